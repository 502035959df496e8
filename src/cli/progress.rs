//! Progress on stderr: a bar with the time left on a terminal, plain lines otherwise.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Failure;
use crate::Error;
use crate::simulate::Observer;

/// How much is said on stderr.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct Verbosity {
    /// Say nothing on stderr but errors
    #[arg(short, long)]
    pub quiet: bool,
    /// Say more on stderr: what was derived from the configuration, and how long the run took
    #[arg(short, long, conflicts_with = "quiet")]
    pub verbose: bool,
}

impl Verbosity {
    /// A sentence for people.
    pub fn say(self, text: impl std::fmt::Display) {
        if !self.quiet {
            eprintln!("{text}");
        }
    }

    /// A sentence for people who asked for more.
    pub fn detail(self, text: impl std::fmt::Display) {
        if self.verbose {
            eprintln!("{text}");
        }
    }
}

/// A flag that Ctrl-C (or SIGTERM) raises; a second Ctrl-C ends the process at once.
///
/// # Errors
/// If no handler can be installed.
pub fn stop_flag() -> Result<Arc<AtomicBool>, Failure> {
    let flag = Arc::new(AtomicBool::new(false));
    let raised = Arc::clone(&flag);
    ctrlc::set_handler(move || {
        if raised.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    })
    .map_err(Failure::refused)?;
    Ok(flag)
}

/// Runs `work` with so many threads (`None`: one for each core).
///
/// # Errors
/// If `jobs` is zero, or threads cannot be started.
pub fn with_jobs<T: Send>(jobs: Option<usize>, work: impl FnOnce() -> T + Send) -> Result<T, Failure> {
    if jobs == Some(0) {
        return Err(Failure::refused(Error::argument("--jobs", 0, "at least 1")));
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs.unwrap_or(0)).build().map_err(Failure::refused)?;
    crate::linalg::check_threads(pool.current_num_threads()).map_err(Failure::refused)?;
    Ok(pool.install(work))
}

/// Watches a run of a known number of rounds.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    /// Lines instead of a bar: how many rounds are done, and after how many the next line is due.
    lines: Option<Lines>,
    stop: Arc<AtomicBool>,
}

#[derive(Debug)]
struct Lines {
    total: u64,
    done: AtomicU64,
}

impl Progress {
    /// For `total` rounds.
    pub fn new(total: u64, verbosity: Verbosity, stop: Arc<AtomicBool>) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let bar = if verbosity.quiet || !terminal {
            ProgressBar::hidden()
        } else {
            let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
            let style = ProgressStyle::with_template("{bar:30} {pos}/{len} rounds, {eta} left");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        };
        let lines = (!verbosity.quiet && !terminal).then(|| Lines { total, done: AtomicU64::new(0) });
        Self { bar, lines, stop }
    }

    /// Takes the bar off the screen.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Observer for Progress {
    fn round_done(&self) {
        self.bar.inc(1);
        if let Some(lines) = &self.lines {
            let done = lines.done.fetch_add(1, Ordering::Relaxed) + 1;
            // A line at each quarter.
            if (done * 4) / lines.total.max(1) > ((done - 1) * 4) / lines.total.max(1) {
                eprintln!("{done} of {} rounds", lines.total);
            }
        }
    }

    fn stop(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}
