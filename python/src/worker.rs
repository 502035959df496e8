//! `simulate`: the run on threads of its own, while the caller's thread looks for Ctrl-C.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use pyo3::exceptions::{PyKeyboardInterrupt, PyRuntimeError};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use selfreward::instance::npz::InMemory;
use selfreward::simulate::{Config, Observer, Seen, Simulation};
use selfreward::study::cost;
use selfreward::{Error, memory, threads};

use crate::calls::{Calls, locked};
use crate::failure::raised;
use crate::fit::{self, OwnFit};
use crate::metrics::Metrics;
use crate::run::{Run, Slot};
use crate::view::Instances;
use crate::{arrays, config};

/// How often the caller's thread looks for Ctrl-C.
const LOOK: Duration = Duration::from_millis(50);
/// How long threads may take after it to end their rounds, until callables of Python are interrupted.
const ASKED: Duration = Duration::from_millis(400);
/// How long until those that still run are left to themselves.
const GRACE: Duration = Duration::from_millis(700);

/// Runs that may call Python: no thread of theirs may outlive the interpreter.
static CALLING: Mutex<Vec<(JoinHandle<()>, Arc<AtomicBool>)>> = Mutex::new(Vec::new());

/// Ends the runs that still call Python (those of other threads, and those that Ctrl-C left), and waits for them; a further Ctrl-C gives that up.
#[pyfunction]
pub fn settle(py: Python<'_>) -> PyResult<()> {
    let left = std::mem::take(&mut *locked(&CALLING));
    left.iter().for_each(|(_, stop)| stop.store(true, Ordering::Relaxed));
    while left.iter().any(|(thread, _)| !thread.is_finished()) {
        py.detach(|| std::thread::sleep(LOOK));
        py.check_signals()?;
    }
    Ok(())
}

/// Remembers the thread of a run that may call Python, and forgets those that have ended.
fn remember(thread: JoinHandle<()>, shared: &Shared) {
    let mut calling = locked(&CALLING);
    calling.retain(|(thread, _)| !thread.is_finished());
    calling.push((thread, Arc::clone(&shared.stop)));
}

/// What the threads and the caller's thread share.
struct Shared {
    stop: Arc<AtomicBool>,
    done: AtomicU64,
    total: AtomicU64,
    slots: OnceLock<Vec<Mutex<Slot>>>,
    simulation: OnceLock<Arc<Simulation>>,
    calls: Arc<Calls>,
    metrics: Metrics,
    instances: OnceLock<Arc<Instances>>,
    keep_theta: bool,
    remarks: Mutex<Vec<String>>,
}

impl Observer for Shared {
    fn round_done(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    fn stop(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || self.calls.failed()
    }

    fn measured(&self, seen: &Seen<'_>) -> selfreward::Result<()> {
        let (Some(slots), Some(instances), Some(simulation)) =
            (self.slots.get(), self.instances.get(), self.simulation.get())
        else {
            return Ok(());
        };
        let own = self.metrics.measure(seen, instances, &self.calls)?;
        let mut slot = locked(&slots[seen.replicate - simulation.config.run.first_replicate]);
        slot.rounds.push(seen.measurement.clone());
        slot.own.push(own);
        if self.keep_theta {
            slot.thetas.push(seen.round.theta.to_vector().to_vec());
        }
        Ok(())
    }
}

/// What is to be run.
struct Job {
    config: Config,
    arrays: InMemory,
    fit: Option<Py<PyAny>>,
    /// The array of features, where no key changes it.
    given: Option<Py<PyAny>>,
    jobs: Option<usize>,
}

/// Prepares and runs; the results are in `shared`.
fn work(job: Job, shared: &Arc<Shared>) -> selfreward::Result<()> {
    let mut simulation = match job.arrays.is_empty() {
        true => Simulation::new(job.config)?,
        false => Simulation::of_arrays(job.config, job.arrays)?,
    };
    shared.metrics.check(&simulation).map_err(|error| shared.calls.keep(error))?;
    let replicates = simulation.config.run.replicates;
    let needs = cost::of_run(&simulation, false, shared.keep_theta)?;
    let count = threads::count(job.jobs, replicates);
    let fitted = memory::fit(&needs.what, needs.kept, vec![needs.each; count], count)?;
    selfreward::linalg::check_threads(fitted.jobs)?;
    locked(&shared.remarks).extend(simulation.remarks.iter().cloned().chain(fitted.reason));
    let instances = Arc::new(Instances::new(job.given, fitted.jobs));
    if let Some(call) = job.fit {
        fit::check(&simulation)?;
        let data = simulation.process.fit.data();
        simulation.process.fit = Box::new(OwnFit::new(call, data, Arc::clone(&instances), Arc::clone(&shared.calls)));
    }
    let policies = simulation.process.rounds as u64 + 1;
    shared.total.store((replicates as u64).saturating_mul(policies), Ordering::Relaxed);
    let _ = shared.slots.set((0..replicates).map(|_| Mutex::default()).collect());
    let _ = shared.instances.set(instances);
    let simulation = Arc::new(simulation);
    let _ = shared.simulation.set(Arc::clone(&simulation));
    let run = || selfreward::simulate::run(&simulation, false, shared.as_ref()).map(drop);
    match threads::pool(fitted.jobs) {
        Some(pool) => pool.install(run),
        None => run(),
    }
}

/// Waits for the end, looking for Ctrl-C; `None` where threads are left to themselves after it. `tick` is told how many policies of how many were measured.
fn wait(
    py: Python<'_>,
    ended: &Mutex<Receiver<selfreward::Result<()>>>,
    shared: &Shared,
    tick: Option<&Bound<'_, PyAny>>,
) -> PyResult<Option<selfreward::Result<()>>> {
    // When Ctrl-C came.
    let mut since: Option<Instant> = None;
    loop {
        match py.detach(|| locked(ended).recv_timeout(LOOK)) {
            Ok(outcome) => return Ok(Some(outcome)),
            Err(RecvTimeoutError::Disconnected) => {
                return Err(PyRuntimeError::new_err("the run ended by a fault of the program; its message is above"));
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
        match since.map(|since| since.elapsed()) {
            Some(time) if time > GRACE => return Ok(None),
            Some(time) if time > ASKED => shared.calls.interrupt(py),
            _ => {}
        }
        let told = tick.filter(|_| since.is_none()).map_or(Ok(()), |tick| {
            let (done, total) = (shared.done.load(Ordering::Relaxed), shared.total.load(Ordering::Relaxed));
            tick.call1((done, total)).map(drop)
        });
        if let Err(error) = told.and_then(|()| py.check_signals()) {
            shared.stop.store(true, Ordering::Relaxed);
            if !error.is_instance_of::<PyKeyboardInterrupt>(py) {
                return Err(error);
            }
            #[expect(clippy::disallowed_methods, reason = "it decides when to stop waiting, never what comes out")]
            since.get_or_insert_with(Instant::now);
        }
    }
}

/// Runs a configuration; what Ctrl-C leaves is given back.
///
/// `config` is a path, a dictionary or None; `settings` are layers of keys laid over it, the last one on top; `arrays` are those of an instance.
#[pyfunction]
#[pyo3(signature = (config, settings, arrays, *, keep_theta=false, jobs=None, fit=None, metrics=None, tick=None))]
#[expect(clippy::too_many_arguments, reason = "one for each keyword of Python")]
pub fn simulate(
    py: Python<'_>,
    config: Option<&Bound<'_, PyAny>>,
    settings: Vec<Bound<'_, PyDict>>,
    arrays: &Bound<'_, PyDict>,
    keep_theta: bool,
    jobs: Option<usize>,
    fit: Option<Py<PyAny>>,
    metrics: Option<&Bound<'_, PyDict>>,
    tick: Option<&Bound<'_, PyAny>>,
) -> PyResult<Run> {
    let mut remarks = Vec::new();
    let table = config::whole(config, &settings, !arrays.is_empty())?;
    let changed = ["rescale", "dim", "offset_as_feature"];
    let unchanged = table.get("instance").is_none_or(|keys| changed.iter().all(|key| keys.get(key).is_none()));
    let given = arrays.get_item("phi")?.filter(|_| unchanged).map(Bound::unbind);
    let arrays = arrays::of(arrays, &mut remarks)?;
    let config = Config::from_table(&table).map_err(|error| raised(&error))?;
    let metrics = Metrics::read(metrics)?;
    let own = metrics.names();
    let calls_python = fit.is_some() || !own.is_empty();
    let shared = Arc::new(Shared {
        stop: Arc::default(),
        done: AtomicU64::new(0),
        total: AtomicU64::new(0),
        slots: OnceLock::new(),
        simulation: OnceLock::new(),
        calls: Arc::default(),
        metrics,
        instances: OnceLock::new(),
        keep_theta,
        remarks: Mutex::new(remarks),
    });
    let job = Job { config, arrays, fit, given, jobs };
    let (sender, ended) = channel();
    let ended = Mutex::new(ended);
    let inside = Arc::clone(&shared);
    let worker = std::thread::Builder::new().name("selfreward".to_owned()).spawn(move || {
        // Nobody listens any more where Ctrl-C was faster.
        let _ = sender.send(work(job, &inside));
    });
    let worker = worker.map_err(|error| PyRuntimeError::new_err(format!("no thread can be started: {error}")))?;
    if calls_python {
        remember(worker, &shared);
    }
    let outcome = wait(py, &ended, &shared, tick)?;
    // Ctrl-C in a callable is no error of its own.
    let of_python = shared
        .calls
        .take()
        .filter(|error| !(shared.stop.load(Ordering::Relaxed) && error.is_instance_of::<PyKeyboardInterrupt>(py)));
    if let Some(error) = of_python {
        return Err(error);
    }
    let interrupted = || PyKeyboardInterrupt::new_err("before any round was measured");
    match outcome {
        Some(Err(Error::Interrupted)) | Some(Ok(())) | None => {}
        Some(Err(error)) => return Err(raised(&error)),
    }
    let (Some(simulation), Some(slots)) = (shared.simulation.get(), shared.slots.get()) else {
        return Err(interrupted());
    };
    let slots: Vec<Slot> = slots.iter().map(|slot| std::mem::take(&mut *locked(slot))).collect();
    if slots.iter().all(|slot| slot.rounds.is_empty()) {
        return Err(interrupted());
    }
    let remarks = locked(&shared.remarks).clone();
    Ok(Run { simulation: Arc::clone(simulation), slots, own, keep_theta, remarks })
}
