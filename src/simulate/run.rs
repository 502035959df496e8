//! Replicates in parallel; the same result whatever the number of threads and the order in which they finish.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::Simulation;
use crate::instance::Instance;
use crate::metrics::also::{self, At};
use crate::metrics::chain::{self, ChainMetrics, Transition};
use crate::metrics::{Measurement, measure};
use crate::policy::Policy;
use crate::process::Round;
use crate::{Error, Result};

/// What watches a run from outside. None of it reaches the results.
pub trait Observer: Sync {
    /// A round of some replicate is done.
    fn round_done(&self);

    /// Whether the run should stop.
    fn stop(&self) -> bool;

    /// A round was measured, with what it was measured on. Of one replicate, the rounds come in their order.
    ///
    /// # Errors
    /// What ends the replicate; [`Error::Interrupted`] where the reason is kept elsewhere.
    fn measured(&self, _seen: &Seen<'_>) -> Result<()> {
        Ok(())
    }
}

/// A round that was measured.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// The replicate's number.
    pub replicate: usize,
    /// What it runs on.
    pub instance: &'a Instance,
    /// π_0.
    pub base: &'a Policy,
    /// The round.
    pub round: &'a Round,
    /// What was measured.
    pub measurement: &'a Measurement,
}

/// Counts nothing, stops at a flag.
impl Observer for AtomicBool {
    fn round_done(&self) {}

    fn stop(&self) -> bool {
        self.load(Ordering::Relaxed)
    }
}

/// One replicate: what was measured at t = 0, …, T.
#[derive(Clone, Debug)]
pub struct Replicate {
    /// One for each t.
    pub rounds: Vec<Measurement>,
    /// θ_t as vectors, if they were asked for.
    pub thetas: Vec<Vec<f64>>,
}

/// All replicates, in their order.
pub type Trajectories = Vec<Replicate>;

/// Runs all replicates on the current rayon pool.
///
/// # Errors
/// The error of the first replicate (by number) that failed; [`Error::Interrupted`] if the observer stopped the run.
///
/// ```
/// use std::sync::atomic::AtomicBool;
/// use selfreward::simulate::{Config, Simulation, run};
///
/// let config: Config = "
///     [instance]
///     kind = 'tabular'
///     prompts = 10
///     responses = 2
///     bump = 1.0
///     [process]
///     preset = 'frozen-reward'
///     population = true
///     beta = 2.0
///     rounds = 4
///     [run]
///     replicates = 3"
///     .parse()?;
/// let replicates = run(&Simulation::new(config)?, false, &AtomicBool::new(false))?;
/// assert_eq!(replicates.len(), 3);
/// // ℓ' = ℓ + ℓ_0/β: log-odds of 3 after four rounds.
/// assert!((replicates[0].rounds[4].policy.margin - 3.0).abs() < 1e-12);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn run(simulation: &Simulation, keep_theta: bool, observer: &dyn Observer) -> Result<Trajectories> {
    let settings = &simulation.config.run;
    let numbers = settings.first_replicate..settings.first_replicate + settings.replicates;
    // Results are collected by index: neither scheduling nor the number of threads enters.
    let results: Vec<Result<Replicate>> =
        numbers.into_par_iter().map(|index| numbered(simulation, index, keep_theta, observer)).collect();
    results.into_iter().collect()
}

/// As [`replicate`]; an error says which one it was.
fn numbered(simulation: &Simulation, index: usize, keep_theta: bool, observer: &dyn Observer) -> Result<Replicate> {
    replicate(simulation, index, keep_theta, observer).map_err(|error| error.at(format!("replicate {index}")))
}

/// Runs the replicate of a number.
///
/// # Errors
/// As the instance's generator, the process's check and the update operator say; [`Error::Interrupted`] if the observer stopped the run.
pub fn replicate(
    simulation: &Simulation,
    index: usize,
    keep_theta: bool,
    observer: &dyn Observer,
) -> Result<Replicate> {
    if observer.stop() {
        return Err(Error::Interrupted);
    }
    let instance = simulation.instance(index)?;
    simulation.check(&instance)?;
    let checked = simulation.process.on(&instance)?;
    let wanted = simulation.config.wanted();
    let mut replicate = Replicate { rounds: Vec::new(), thetas: Vec::new() };
    let rounds = checked.start(simulation.replicate_seed(index));
    let base = Arc::clone(rounds.base());
    for round in rounds {
        let round = round?;
        let mut measured = measure(&instance, &base, &round, simulation.process.beta, &simulation.deltas);
        if wanted.asks() {
            let at = At::new(&instance, &simulation.process, &round);
            measured.also = Some(Box::new(also::measure(&at, &wanted.also, &wanted.levels)));
        }
        if wanted.chain {
            measured.chain = chain_of(simulation, &instance, &round)?;
        }
        observer.measured(&Seen {
            replicate: index,
            instance: &instance,
            base: &base,
            round: &round,
            measurement: &measured,
        })?;
        replicate.rounds.push(measured);
        if keep_theta {
            replicate.thetas.push(round.theta.to_vector().to_vec());
        }
        observer.round_done();
        if observer.stop() && round.t < simulation.process.rounds {
            return Err(Error::Interrupted);
        }
    }
    Ok(replicate)
}

/// The proof's chain for the step that arrived at a round.
fn chain_of(simulation: &Simulation, instance: &Instance, round: &Round) -> Result<Option<ChainMetrics>> {
    let Some(arrival) = &round.step else { return Ok(None) };
    let transition = Transition {
        weights: instance.weights(),
        before: (&arrival.from, &arrival.previous),
        after: (&round.theta, &round.policy),
        beta: simulation.process.beta,
        delta: simulation.deltas[0],
    };
    chain::measure(&transition).map(Some)
}
