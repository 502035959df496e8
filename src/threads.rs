//! Threads: how many work is to have, and a pool of them.

use std::num::NonZeroUsize;

use rayon::{ThreadPool, ThreadPoolBuilder};

/// Threads for each core, at most: more only get into each other's way.
const PER_CORE: usize = 4;

/// As many threads as are asked for (`None`: one for each core, or what `RAYON_NUM_THREADS` says), at most one for each unit of work and
/// four for each core; at least one.
pub fn count(asked: Option<usize>, units: usize) -> usize {
    capped(asked.unwrap_or_else(default), units, cores())
}

/// A pool of so many threads, or of fewer where the machine starts no more; `None` where it starts none.
pub fn pool(count: usize) -> Option<ThreadPool> {
    let counts = std::iter::successors(Some(count), |&count| (count > 1).then_some(count / 2));
    counts.into_iter().find_map(|count| ThreadPoolBuilder::new().num_threads(count).build().ok())
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

fn default() -> usize {
    let asked = std::env::var("RAYON_NUM_THREADS").ok().and_then(|text| text.parse().ok()).filter(|&count| count > 0);
    asked.unwrap_or_else(cores)
}

/// As many threads as are asked for, at most one for each unit of work and four for each of the machine's cores; at least one.
///
/// ```
/// use selfreward::threads::capped;
///
/// // A hundred units of work on two cores: eight threads, whoever asks for more.
/// assert_eq!(capped(16, 100, 2), 8);
/// ```
pub fn capped(asked: usize, units: usize, cores: usize) -> usize {
    asked.min(units).min(PER_CORE * cores).max(1)
}
