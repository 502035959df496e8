//! The runner: replicates in parallel, longest first, streamed into the store as they end.
//!
//! It knows neither terminals nor signals; a [`Watcher`] does. What is held at any time is a bounded number of outcomes.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
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
#[derive(Debug, Default)]
pub struct Tally {
    /// Replicates that were done now.
    pub done: usize,
    /// Replicates that failed now, and would fail again anywhere.
    pub failed: usize,
    /// Replicates that the machine failed; nothing is recorded of them, and they are tried again with the next run.
    pub undone: usize,
    /// Why the first of those was not done.
    pub obstacle: Option<Error>,
    /// Whether the watcher stopped it.
    pub interrupted: bool,
}

/// Outcomes that may wait for the writer, at most, and the bytes that they may hold.
const WAITING: usize = 256;
const WAITING_BYTES: u64 = 64 << 20;
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
    let (sender, receiver) = sync_channel(waiting(study, units));
    let obstacles = Mutex::new((0, None));
    let worker = Worker { study, units, next: &next, broken: &broken, obstacles: &obstacles, watcher };
    let written = std::thread::scope(|scope| {
        let broken = &broken;
        let write = move || {
            let written = write_all(store, study.columns().len(), &receiver, watcher);
            // Workers need not go on if their results cannot be kept; the closed channel wakes those that wait.
            broken.store(true, Ordering::Relaxed);
            written
        };
        let writer = std::thread::Builder::new().spawn_scoped(scope, write).map_err(|error| Error::Machine {
            what: "the thread that writes rows".to_owned(),
            message: format!("cannot be started: {error}"),
        })?;
        // One task for each thread, and not a broadcast, which would wait for threads that the machine did not start.
        rayon::scope(|scope| {
            (0..rayon::current_num_threads()).for_each(|_| scope.spawn(|_| worker.run(&sender)));
        });
        drop(sender);
        writer.join().unwrap_or_else(|_| Err(Error::file("store", "its writer panicked")))
    });
    let mut tally = written?;
    (tally.undone, tally.obstacle) = obstacles.into_inner().unwrap_or_else(PoisonError::into_inner);
    tally.interrupted = watcher.stop() && tally.done + tally.failed + tally.undone < units.len();
    Ok(tally)
}

/// How many outcomes may wait: few where they are large.
fn waiting(study: &Study, units: &[Unit]) -> usize {
    let largest = units.iter().map(|unit| study.bytes_of_outcome(unit.ordinal as usize)).max().unwrap_or(0);
    (WAITING_BYTES / largest.max(1)).clamp(1, WAITING as u64) as usize
}

/// Takes outcomes from the channel until it closes.
fn write_all(store: &mut Store, columns: usize, receiver: &Receiver<Outcome>, watcher: &dyn Watcher) -> Result<Tally> {
    let mut writer = store.writer(columns)?;
    let mut tally = Tally::default();
    let mut told = false;
    loop {
        match receiver.recv_timeout(BETWEEN_COMMITS / 2) {
            Ok(first) => {
                writer.begin()?;
                note(&mut writer, &first, &mut tally)?;
                gather(&mut writer, receiver, &mut tally)?;
                writer.commit()?;
            }
            Err(RecvTimeoutError::Disconnected) => return Ok(tally),
            // A replicate that takes long may be cut off before the end is recorded in its order.
            Err(RecvTimeoutError::Timeout) if !told && watcher.stop() => {
                writer.note_interruption()?;
                told = true;
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
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
    /// How many units the machine failed, and the first reason.
    obstacles: &'a Mutex<(usize, Option<Error>)>,
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
                Some(cell) => Ok(cell),
                None => self.prepare(unit.ordinal),
            };
            let values = cell.and_then(|cell| {
                let values = self.outcome(&cell, unit);
                prepared = Some(cell);
                values
            });
            match values {
                Ok(values) => {
                    if sender.send(Outcome { unit, values }).is_err() {
                        return;
                    }
                }
                Err(Error::Interrupted) => return,
                Err(obstacle) => {
                    let mut obstacles = self.obstacles.lock().unwrap_or_else(PoisonError::into_inner);
                    obstacles.0 += 1;
                    obstacles.1.get_or_insert(obstacle);
                }
            }
            self.watcher.unit_done(unit);
        }
    }

    /// # Errors
    /// What the machine failed to do; an error of the configuration is that of each replicate.
    fn prepare(&self, ordinal: u32) -> Result<Prepared> {
        let simulation = match self.study.cell(ordinal as usize).and_then(|cell| Simulation::describe(cell.config)) {
            Err(error) if !error.is_final() => return Err(error),
            other => other,
        };
        let own = simulation.as_ref().map_or_else(|_| Vec::new(), |simulation| simulation.columns());
        let measured = |column: Column| own.iter().find(|own| own.same(&column)).copied();
        let columns = self.study.columns().into_iter().map(measured).collect();
        Ok(Prepared { ordinal, simulation, columns })
    }

    /// What becomes of a unit.
    ///
    /// # Errors
    /// What is no answer: [`Error::Interrupted`], and whatever the machine failed to do.
    fn outcome(&self, cell: &Prepared, unit: Unit) -> Result<Values> {
        let simulation = match &cell.simulation {
            Ok(simulation) => simulation,
            Err(error) => return Ok(Err(reason(error))),
        };
        // A panic is a bug; it is recorded where it struck, and costs no other replicate.
        let caught =
            catch_unwind(AssertUnwindSafe(|| run::replicate(simulation, unit.replicate as usize, false, self)));
        match caught {
            Ok(Ok(replicate)) => Ok(Ok(values(&replicate, &cell.columns))),
            Ok(Err(error)) if error.is_final() => Ok(Err(reason(&error))),
            Ok(Err(error)) => Err(error),
            Err(panic) => Ok(Err(format!("panicked: {}", message(&*panic)))),
        }
    }
}

/// The rows of a replicate, or why there are none on any machine.
type Values = std::result::Result<Vec<Vec<Option<f64>>>, String>;

fn values(replicate: &Replicate, columns: &[Option<Column>]) -> Vec<Vec<Option<f64>>> {
    let round = |round| columns.iter().map(|column| column.as_ref().and_then(|column| column.read(round))).collect();
    replicate.rounds.iter().map(round).collect()
}

fn message(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}
