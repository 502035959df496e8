//! Threads: how many work is to have, a pool of them, and work within one replicate that a thread
//! shares with those of its pool that have none.

use std::cell::Cell;
use std::num::NonZeroUsize;
use std::ops::Range;

use rayon::prelude::*;
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

/// Prompts (or other things in a row) that are worked on at once: enough to be worth a thread's while,
/// few enough that what is held of some blocks is little beside a table of all.
const BLOCK: usize = 8192;

thread_local! {
    static SHARES: Cell<bool> = const { Cell::new(false) };
}

/// Does work whose blocks are shared with the other threads of the pool it is called in.
///
/// What is to run at the same time must be no more than there are threads: a thread that waits for a
/// block takes up whatever the pool has to do, and would start one replicate above another.
pub fn shared<T>(work: impl FnOnce() -> T) -> T {
    /// Puts back what was there, also where the work panics.
    struct Before(bool);
    impl Drop for Before {
        fn drop(&mut self) {
            SHARES.set(self.0);
        }
    }
    let _before = Before(SHARES.replace(true));
    work()
}

/// The blocks of so many prompts: as many threads can work on one replicate at once.
pub fn blocks(count: usize) -> usize {
    count.div_ceil(BLOCK)
}

/// Whether the calling thread's work on so many prompts is shared.
pub(crate) fn shares(prompts: usize) -> bool {
    let asked = blocks(prompts) > 1 && SHARES.get();
    asked && rayon::current_thread_index().is_some() && rayon::current_num_threads() > 1
}

/// Makes something of each block of consecutive numbers below `count`, and takes what was made in the
/// order of the blocks. Within [`shared`] work the other threads of the pool help. Which thread makes a
/// block, and how many there are, reaches no result.
pub(crate) fn for_each_block<T: Send>(
    count: usize,
    make: impl Fn(Range<usize>) -> T + Sync,
    mut take: impl FnMut(T) + Send,
) {
    let blocks = blocks(count);
    let block = |i: usize| i * BLOCK..((i + 1) * BLOCK).min(count);
    if !shares(count) {
        return (0..blocks).for_each(|i| take(make(block(i))));
    }
    // While some blocks are made, those that were made before are taken.
    let at_once = 2 * rayon::current_num_threads();
    let some = |from: usize| -> Vec<T> {
        (from..(from + at_once).min(blocks)).into_par_iter().map(|i| make(block(i))).collect()
    };
    let mut made = some(0);
    for from in (at_once..blocks + at_once).step_by(at_once) {
        let ((), next) = rayon::join(|| made.into_iter().for_each(&mut take), || some(from));
        made = next;
    }
}

/// Both results, at the same time where a thread is free.
pub(crate) fn both<A: Send, B: Send>(a: impl FnOnce() -> A + Send, b: impl FnOnce() -> B + Send) -> (A, B) {
    rayon::join(a, b)
}
