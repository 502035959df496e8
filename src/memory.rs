//! Estimates of memory, compared with what the machine has, before long work starts.

use crate::{Error, Result};

/// Bytes assumed where the machine does not tell how much memory is available.
const DEFAULT_BYTES: u64 = 16 << 30;

/// Bytes of memory available now (Linux: `MemAvailable`; elsewhere a default of 16 GiB).
pub fn available() -> u64 {
    let kilobytes = |text: String| {
        let line = text.lines().find(|line| line.starts_with("MemAvailable:"))?.to_owned();
        line.split_whitespace().nth(1)?.parse::<u64>().ok()
    };
    std::fs::read_to_string("/proc/meminfo").ok().and_then(kilobytes).map_or(DEFAULT_BYTES, |kb| kb * 1024)
}

/// Needs below this are granted unasked: asking the machine costs more than a small replicate.
const NEGLIGIBLE: u64 = 16 << 20;

/// Refuses work that needs more than 90% of the memory available.
///
/// # Errors
/// [`Error::TooLarge`] with the estimate and the limit.
pub fn require(what: &str, bytes: u64) -> Result<()> {
    if bytes <= NEGLIGIBLE {
        return Ok(());
    }
    let limit = available() / 10 * 9;
    if bytes <= limit {
        return Ok(());
    }
    Err(Error::TooLarge {
        what: what.to_owned(),
        need: format!("about {}", human(bytes)),
        limit: format!("{} (90% of the memory available)", human(limit)),
    })
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
