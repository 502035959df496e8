//! Threads: as many as are asked for, and no more than there is work, cores or memory for.

use std::sync::mpsc::{Sender, channel};

use rayon::{ThreadBuilder, ThreadPoolBuilder};

use super::{Failure, Verbosity};
use crate::{memory, threads};

/// How many threads work is to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Jobs(usize);

/// Starts the pool on which all runs that no [`Jobs`] are asked for, such as the planning of a grid. This thread is one of it,
/// so that a machine that starts no other has one that works.
pub(super) fn start_pool() {
    let threads = threads::count(None, usize::MAX);
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
        let jobs = threads::count(asked, units);
        if asked.is_some_and(|asked| asked > jobs) {
            let reason = if jobs < units.max(1) { "four for each core" } else { "one for each unit of work" };
            verbosity.detail(format!("{}: {reason}", counted(jobs)));
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
            verbosity.say(format!("{}, not {}: {reason}", counted(fit.jobs), self.0));
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
        Ok(match threads::pool(self.0) {
            Some(pool) => pool.install(work),
            // The pool that is there has to do.
            None => work(),
        })
    }
}

fn counted(count: usize) -> String {
    format!("{count} thread{}", if count == 1 { "" } else { "s" })
}
