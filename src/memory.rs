//! Estimates of memory, compared with what the machine grants, before long work starts.
//!
//! What it grants is the least of three: the memory that is available, what the control group may still take, and what the limits
//! of the process leave (`ulimit -v`, `ulimit -d`).

use std::fs;
use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// Bytes assumed where the machine says nothing.
pub const DEFAULT_BYTES: u64 = 16 << 30;
/// Needs below this are granted unasked: asking the machine costs more than a small replicate.
const NEGLIGIBLE: u64 = 16 << 20;
/// What a thread takes for its stack, and what the allocator sets aside for it where address space is counted.
const STACK: u64 = 2 << 20;
const ARENA: u64 = 64 << 20;

/// How much more memory this process may take, and who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Bytes.
    pub bytes: u64,
    /// Whose limit it is, as a person knows it.
    pub source: &'static str,
    /// Bytes that each further thread takes of it.
    pub thread: u64,
}

impl Limit {
    /// What is asked of it, at most: estimates are no better than that.
    fn usable(&self) -> u64 {
        self.bytes / 10 * 9
    }

    /// What is left for so many threads.
    fn left(&self, threads: usize) -> u64 {
        self.usable().saturating_sub(self.thread.saturating_mul(threads as u64))
    }

    fn said(&self) -> String {
        format!("{} (90% of {})", human(self.usable()), self.source)
    }
}

/// Bytes that this process may still take.
pub fn available() -> u64 {
    limits(Path::new("/")).iter().map(|limit| limit.bytes).min().unwrap_or(DEFAULT_BYTES)
}

/// Every limit there is, read below a root folder: `/`, or one with files like those that Linux has in `proc` and `sys`.
///
/// ```
/// use std::path::Path;
///
/// use selfreward::memory::{DEFAULT_BYTES, limits};
///
/// // Where the machine says nothing, a default stands for the memory available.
/// let limits = limits(Path::new("/no/such/folder"));
/// assert_eq!((limits.len(), limits[0].bytes), (1, DEFAULT_BYTES));
/// ```
pub fn limits(root: &Path) -> Vec<Limit> {
    let mut limits: Vec<Limit> = Vec::new();
    let mut add = |bytes: Option<u64>, source, thread| {
        limits.extend(bytes.map(|bytes| Limit { bytes, source, thread }));
    };
    let read = |path: &str| fs::read_to_string(root.join(path)).unwrap_or_default();
    let kilobytes = |text: &str, name: &str| number(text, name).map(|kilobytes| kilobytes.saturating_mul(1024));
    let available = kilobytes(&read("proc/meminfo"), "MemAvailable:");
    add(Some(available.unwrap_or(DEFAULT_BYTES)), "the memory available", STACK);
    add(control_group(root, &read("proc/self/cgroup")), "what the control group leaves", STACK);
    let (allowed, status) = (read("proc/self/limits"), read("proc/self/status"));
    let left = |limit: &str, used: &str| Some(number(&allowed, limit)?.saturating_sub(kilobytes(&status, used)?));
    add(left("Max address space", "VmSize:"), "what `ulimit -v` leaves", STACK + ARENA);
    add(left("Max data size", "VmData:"), "what `ulimit -d` leaves", STACK + ARENA);
    limits
}

/// The number behind a name at the start of a line; `None` if there is none (`unlimited`, `max`).
fn number(text: &str, name: &str) -> Option<u64> {
    let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
    rest.split_whitespace().next()?.parse().ok()
}

/// What the process's control group and all those above it leave: version 2 and version 1.
fn control_group(root: &Path, groups: &str) -> Option<u64> {
    let mut least: Option<u64> = None;
    for line in groups.lines() {
        let mut fields = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(path)) = (fields.next(), fields.next()) else { continue };
        let (folder, limit, usage, cache) = match controllers {
            "" => ("sys/fs/cgroup", "memory.max", "memory.current", ["active_file ", "inactive_file "]),
            _ if controllers.split(',').any(|controller| controller == "memory") => (
                "sys/fs/cgroup/memory",
                "memory.limit_in_bytes",
                "memory.usage_in_bytes",
                ["total_active_file ", "total_inactive_file "],
            ),
            _ => continue,
        };
        let folder = root.join(folder);
        for group in groups_from(&folder, path) {
            let read = |name: &str| fs::read_to_string(group.join(name)).unwrap_or_default();
            let Some(limit) = number(&read(limit), "") else { continue };
            // What holds files that can be read again is given back when it is needed.
            let stat = read("memory.stat");
            let cache = cache.iter().filter_map(|name| number(&stat, name)).sum();
            let used = number(&read(usage), "").unwrap_or(0).saturating_sub(cache);
            let left = limit.saturating_sub(used);
            least = Some(least.map_or(left, |least| least.min(left)));
        }
    }
    least
}

/// A group's folder and those above it, up to the mount. A group outside of what is mounted here has the mount alone.
fn groups_from(mount: &Path, group: &str) -> Vec<PathBuf> {
    let group = group.trim_start_matches('/');
    let inside = if group.split('/').any(|step| step == "..") { "" } else { group };
    mount.join(inside).ancestors().take_while(|folder| folder.starts_with(mount)).map(Path::to_owned).collect()
}

/// Refuses work that needs more than 90% of what the machine grants.
///
/// # Errors
/// [`Error::Memory`] with the estimate and the limit.
pub fn require(what: &str, bytes: u64) -> Result<()> {
    fit(what, bytes, Vec::new(), 0).map(drop)
}

/// How many units of work fit into memory at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fit {
    /// Their number.
    pub jobs: usize,
    /// Why they are fewer than were asked for, with the numbers.
    pub reason: Option<String>,
}

/// Finds how many units of work, of `jobs`, fit into memory at once, whichever they are: `each` has what every one needs, and `kept`
/// is what stays of all of them, in bytes.
///
/// # Errors
/// [`Error::Memory`] with the numbers if not even one fits.
pub fn fit(what: &str, kept: u64, mut each: Vec<u64>, jobs: usize) -> Result<Fit> {
    each.sort_unstable_by(|a, b| b.cmp(a));
    each.truncate(jobs);
    if each.iter().fold(kept, |sum, bytes| sum.saturating_add(*bytes)) <= NEGLIGIBLE {
        return Ok(Fit { jobs, reason: None });
    }
    fit_into(&limits(Path::new("/")), what, kept, &each, jobs)
}

/// As [`fit`], under these limits; `each` is sorted, the dearest first.
///
/// # Errors
/// [`Error::Memory`] with the numbers if not even one fits.
///
/// ```
/// use selfreward::memory::{Limit, fit_into};
///
/// // 90% of 1000 bytes hold 400 and 300, not 250 more; threads take nothing.
/// let limits = [Limit { bytes: 1000, source: "a", thread: 0 }];
/// assert_eq!(fit_into(&limits, "work", 0, &[400, 300, 250], 3)?.jobs, 2);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn fit_into(limits: &[Limit], what: &str, kept: u64, each: &[u64], jobs: usize) -> Result<Fit> {
    let need = |jobs: usize| each.iter().take(jobs).fold(kept, |sum, bytes| sum.saturating_add(*bytes));
    let tightest = |jobs: usize| limits.iter().min_by_key(|limit| limit.left(jobs));
    let fits = |jobs: usize| tightest(jobs).is_none_or(|limit| need(jobs) <= limit.left(jobs));
    if fits(jobs) {
        return Ok(Fit { jobs, reason: None });
    }
    if let Some(fewer) = (1..jobs).rev().find(|&fewer| fits(fewer)) {
        let limit = tightest(jobs).expect("without limits all fits");
        let reason = format!("{what} with {jobs} needs about {}, the limit is {}", human(need(jobs)), limit.said());
        return Ok(Fit { jobs: fewer, reason: Some(reason) });
    }
    let least = jobs.min(1);
    let limit = tightest(least).expect("without limits all fits");
    Err(Error::Memory { what: what.to_owned(), need: format!("about {}", human(need(least))), limit: limit.said() })
}

/// A byte count as a person reads it.
pub fn human(bytes: u64) -> String {
    match bytes as f64 {
        b if b >= 1e12 => format!("{:.1} TB", b / 1e12),
        b if b >= 1e9 => format!("{:.1} GB", b / 1e9),
        b if b >= 1e6 => format!("{:.1} MB", b / 1e6),
        b => format!("{b} bytes"),
    }
}
