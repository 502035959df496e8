//! The runner: replicates in parallel, longest first, streamed into the store as they end.
//!
//! It knows neither terminals nor signals; a [`Watcher`] does. What is held at any time is a bounded number of outcomes.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use super::plan::{Study, Unit};
use super::store::{Outcome, Store, Writer, reason};
use crate::simulate::summary::Column;
use crate::simulate::{Observer, Replicate, Simulation, run};
use crate::{Error, Result};

/// What watches a study from outside. None of it reaches the rows.
pub trait Watcher: Sync {
    /// A replicate that was estimated at so many seconds is done.
    fn unit_done(&self, unit: Unit);

    /// Whether to stop: replicates that are running are abandoned, those that are done are kept.
    fn stop(&self) -> bool;
}

/// How a run ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Replicates that were done now.
    pub done: usize,
    /// Replicates that failed now.
    pub failed: usize,
    /// Whether the watcher stopped it.
    pub interrupted: bool,
}

/// Outcomes that may wait for the writer.
const WAITING: usize = 256;
/// Outcomes in a transaction, at most.
const BATCH: usize = 1024;
/// Time between two commits, at most, as long as outcomes come in.
const BETWEEN_COMMITS: Duration = Duration::from_millis(200);

/// Computes units on the current rayon pool and writes their rows.
///
/// # Errors
/// [`Error::File`] if the store cannot be written; what was committed is kept.
pub fn run_units(study: &Study, store: &mut Store, units: &[Unit], watcher: &dyn Watcher) -> Result<Tally> {
    let next = AtomicUsize::new(0);
    let broken = AtomicBool::new(false);
    let (sender, receiver) = sync_channel(WAITING);
    let worker = Worker { study, units, next: &next, broken: &broken, watcher };
    let written = std::thread::scope(|scope| {
        let broken = &broken;
        let writer = scope.spawn(move || {
            let written = write_all(store, study.columns().len(), &receiver);
            // Workers need not go on if their results cannot be kept; the closed channel wakes those that wait.
            broken.store(true, Ordering::Relaxed);
            written
        });
        rayon::broadcast(|_| worker.run(&sender));
        drop(sender);
        writer.join().unwrap_or_else(|_| Err(Error::file("store", "its writer panicked")))
    });
    let mut tally = written?;
    tally.interrupted = watcher.stop() && tally.done + tally.failed < units.len();
    Ok(tally)
}

/// Takes outcomes from the channel until it closes.
fn write_all(store: &mut Store, columns: usize, receiver: &Receiver<Outcome>) -> Result<Tally> {
    let mut writer = store.writer(columns)?;
    let mut tally = Tally::default();
    while let Ok(first) = receiver.recv() {
        writer.begin()?;
        note(&mut writer, &first, &mut tally)?;
        gather(&mut writer, receiver, &mut tally)?;
        writer.commit()?;
    }
    Ok(tally)
}

/// Fills a transaction until it is full, old, or nothing more comes.
#[expect(clippy::disallowed_methods, reason = "the clock decides when rows are committed, never what they hold")]
fn gather(writer: &mut Writer<'_>, receiver: &Receiver<Outcome>, tally: &mut Tally) -> Result<()> {
    let started = Instant::now();
    for _ in 1..BATCH {
        let left = BETWEEN_COMMITS.saturating_sub(started.elapsed());
        match receiver.recv_timeout(left) {
            Ok(outcome) => note(writer, &outcome, tally)?,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
        }
    }
    Ok(())
}

fn note(writer: &mut Writer<'_>, outcome: &Outcome, tally: &mut Tally) -> Result<()> {
    match outcome.values {
        Ok(_) => tally.done += 1,
        Err(_) => tally.failed += 1,
    }
    writer.write(outcome)
}

/// One thread's share of the work.
struct Worker<'a> {
    study: &'a Study,
    units: &'a [Unit],
    next: &'a AtomicUsize,
    broken: &'a AtomicBool,
    watcher: &'a dyn Watcher,
}

impl Observer for Worker<'_> {
    fn round_done(&self) {}

    fn stop(&self) -> bool {
        self.broken.load(Ordering::Relaxed) || self.watcher.stop()
    }
}

/// A cell with all that its replicates share.
struct Prepared {
    ordinal: u32,
    simulation: Result<Simulation>,
    /// For each column of the store, how this cell measures it; `None` for what only other cells measure.
    columns: Vec<Option<Column>>,
}

impl Worker<'_> {
    fn run(&self, sender: &SyncSender<Outcome>) {
        let mut prepared: Option<Prepared> = None;
        while let Some(&unit) = self.units.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            if self.stop() {
                return;
            }
            let cell = match prepared.take().filter(|cell| cell.ordinal == unit.ordinal) {
                Some(cell) => cell,
                None => self.prepare(unit.ordinal),
            };
            let Some(outcome) = self.outcome(&cell, unit) else { return };
            prepared = Some(cell);
            if sender.send(outcome).is_err() {
                return;
            }
            self.watcher.unit_done(unit);
        }
    }

    fn prepare(&self, ordinal: u32) -> Prepared {
        let simulation = self.study.cell(ordinal as usize).and_then(|cell| Simulation::describe(cell.config));
        let own = simulation.as_ref().map_or_else(|_| Vec::new(), |simulation| simulation.columns());
        let measured = |column: Column| own.iter().find(|own| own.same(&column)).copied();
        let columns = self.study.columns().into_iter().map(measured).collect();
        Prepared { ordinal, simulation, columns }
    }

    /// What becomes of a unit; `None` if it was abandoned.
    fn outcome(&self, cell: &Prepared, unit: Unit) -> Option<Outcome> {
        let replicate = |simulation: &Simulation| {
            // A panic is a bug; it is recorded where it struck, and costs no other replicate.
            let caught =
                catch_unwind(AssertUnwindSafe(|| run::replicate(simulation, unit.replicate as usize, false, self)));
            caught.unwrap_or_else(|panic| Err(Error::NotFound(format!("panicked: {}", message(&*panic)))))
        };
        let values = match cell.simulation.as_ref().map(replicate) {
            Ok(Ok(replicate)) => Ok(values(&replicate, &cell.columns)),
            Ok(Err(Error::Interrupted)) => return None,
            Ok(Err(error)) => Err(reason(&error)),
            Err(error) => Err(reason(error)),
        };
        Some(Outcome { unit, values })
    }
}

fn values(replicate: &Replicate, columns: &[Option<Column>]) -> Vec<Vec<Option<f64>>> {
    let round = |round| columns.iter().map(|column| column.as_ref().and_then(|column| column.read(round))).collect();
    replicate.rounds.iter().map(round).collect()
}

fn message(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}
