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

fn capped(asked: usize, units: usize, cores: usize) -> usize {
    asked.min(units).min(PER_CORE * cores).max(1)
}

#[cfg(test)]
mod tests {
    use super::capped;

    #[test]
    fn threads_are_capped_at_the_work_and_at_four_for_each_core() {
        for (asked, units, cores, jobs) in
            [(100_000, 3, 2, 3), (100_000, 1000, 2, 8), (2, 1000, 2, 2), (5, 0, 2, 1), (7, 1000, 1, 4)]
        {
            assert_eq!(capped(asked, units, cores), jobs, "{asked} {units} {cores}");
        }
    }
}
