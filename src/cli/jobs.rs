//! Threads: as many as are asked for, and no more than there is work, cores or memory for.

use std::num::NonZeroUsize;
use std::sync::mpsc::{Sender, channel};

use rayon::{ThreadBuilder, ThreadPool, ThreadPoolBuilder};

use super::{Failure, Verbosity};
use crate::memory;

/// Threads for each core, at most: more only get into each other's way.
const PER_CORE: usize = 4;

/// How many threads work is to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Jobs(usize);

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

/// Threads where nothing is asked for: one for each core, or what rayon's environment variable says.
fn default() -> usize {
    let asked = std::env::var("RAYON_NUM_THREADS").ok().and_then(|text| text.parse().ok()).filter(|&count| count > 0);
    asked.unwrap_or_else(cores)
}

/// At most one for each unit of work, and four for each core; at least one.
fn capped(asked: usize, units: usize, cores: usize) -> usize {
    asked.min(units).min(PER_CORE * cores).max(1)
}

/// Starts the pool on which all runs that no [`Jobs`] are asked for, such as the planning of a grid. This thread is one of it,
/// so that a machine that starts no other has one that works.
pub(super) fn start_pool() {
    let threads = capped(default(), usize::MAX, cores());
    // Threads that are there before the pool is: it waits for all that it counts on.
    let mut waiting: Vec<Sender<ThreadBuilder>> = (1..threads).map_while(|_| waiting_thread()).collect();
    let pool = ThreadPoolBuilder::new().num_threads(waiting.len() + 1).use_current_thread();
    let pool = pool.spawn_handler(|thread| {
        let there = waiting.pop().and_then(|sender| sender.send(thread).ok());
        there.ok_or_else(|| std::io::Error::other("no thread waits"))
    });
    pool.build_global().expect("built once, of threads that are there");
}

/// A thread that waits for its place in a pool; `None` if the machine starts none.
fn waiting_thread() -> Option<Sender<ThreadBuilder>> {
    let (sender, receiver) = channel::<ThreadBuilder>();
    let wait = move || {
        if let Ok(thread) = receiver.recv() {
            thread.run();
        }
    };
    std::thread::Builder::new().spawn(wait).ok().map(|_| sender)
}

impl Jobs {
    /// As many as are asked for (`None`: one for each core), capped at the units of work and at four for each core.
    pub fn new(asked: Option<usize>, units: usize, verbosity: Verbosity) -> Self {
        let jobs = capped(asked.unwrap_or_else(default), units, cores());
        if asked.is_some_and(|asked| asked > jobs) {
            let reason = if jobs < units.max(1) { "four for each core" } else { "one for each unit of work" };
            verbosity.detail(format!("{}: {reason}", threads(jobs)));
        }
        Self(jobs)
    }

    /// Lowers the number to what memory allows; says so. Rows do not depend on it. `each` has what every unit of work needs, in
    /// bytes, and `kept` is what stays of all of them.
    ///
    /// # Errors
    /// [`Error::Memory`](crate::Error::Memory) if not even one unit fits.
    pub fn fit(self, what: &str, kept: u64, each: Vec<u64>, verbosity: Verbosity) -> crate::Result<Self> {
        let fit = memory::fit(what, kept, each, self.0)?;
        if let Some(reason) = fit.reason {
            verbosity.say(format!("{}, not {}: {reason}", threads(fit.jobs), self.0));
        }
        Ok(Self(fit.jobs))
    }

    /// Their number.
    pub fn get(self) -> usize {
        self.0
    }

    /// Runs `work` with them, or with fewer where the machine starts no more.
    ///
    /// # Errors
    /// If the backend of `linalg` is not safe under threads.
    pub fn run<T: Send>(self, work: impl FnOnce() -> T + Send) -> Result<T, Failure> {
        crate::linalg::check_threads(self.0).map_err(Failure::refused)?;
        Ok(match self.pool() {
            Some(pool) => pool.install(work),
            // The pool that is there has to do.
            None => work(),
        })
    }

    fn pool(self) -> Option<ThreadPool> {
        let counts = std::iter::successors(Some(self.0), |&count| (count > 1).then_some(count / 2));
        counts.into_iter().find_map(|count| ThreadPoolBuilder::new().num_threads(count).build().ok())
    }
}

fn threads(count: usize) -> String {
    format!("{count} thread{}", if count == 1 { "" } else { "s" })
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
