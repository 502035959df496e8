//! Stores that are to be computed: what every command that runs experiments does.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::progress::duration;
use super::run::Settings;
use super::{Failure, Progress, Verbosity, with_jobs};
use crate::Error;
use crate::study::plan::Unit;
use crate::study::provenance::Identity;
use crate::study::runner::{Tally, run_units};
use crate::study::store::file_name;
use crate::study::{Shard, Store, Study};
use crate::words::{agreeing, counted};

/// What to do with a store that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// Refuse.
    Keep,
    /// Go on with it.
    Resume,
    /// Replace it.
    Replace,
}

/// A store that is to be computed.
#[derive(Debug)]
pub struct Order {
    study: Study,
    shard: Shard,
    identity: Identity,
    path: PathBuf,
    existing: Existing,
    /// The parts that are computed; all of them if there are none here.
    parts: Vec<&'static str>,
}

/// Computes stores, one after another.
///
/// # Errors
/// [`Failure::Refused`] if a store cannot be opened, [`Failure::Failed`] if replicates failed or rows could not be kept,
/// [`Failure::Interrupted`] if the flag was raised.
pub fn compute(orders: &[Order], settings: &Settings, stop: &Arc<AtomicBool>) -> Result<(), Failure> {
    let mut failures = Vec::new();
    for order in orders {
        match order.compute(settings, stop) {
            Err(Failure::Failed(error)) if orders.len() > 1 => {
                eprintln!("error: {error:#}");
                failures.push(order.study.definition.name.as_str());
            }
            other => other?,
        }
    }
    if failures.is_empty() { Ok(()) } else { Err(Failure::Failed(anyhow::anyhow!("failed: {}", failures.join(", ")))) }
}

impl Order {
    /// The store of a study's shard in a folder.
    ///
    /// # Errors
    /// [`Error::File`] if a file that instances are read from cannot be read.
    pub fn new(study: Study, shard: Shard, folder: &Path, existing: Existing) -> crate::Result<Self> {
        let identity = Identity::new(&study, shard)?;
        let path = folder.join(file_name(&study.definition.name, study.profile, shard));
        Ok(Self { study, shard, identity, path, existing, parts: Vec::new() })
    }

    /// The same, with the cells of these parts alone; `run --resume` computes the rest.
    pub fn of_parts(self, parts: Vec<&'static str>) -> Self {
        Self { parts, ..self }
    }

    /// The store's file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Refuses if the store cannot be made or gone on with.
    ///
    /// # Errors
    /// [`Error::File`] with what is in the way.
    pub fn check(&self) -> crate::Result<()> {
        match self.existing {
            Existing::Replace => Ok(()),
            _ if !self.path.exists() => Ok(()),
            Existing::Resume => Store::open(&self.path)?.match_identity(&self.identity),
            Existing::Keep => {
                Err(Error::file(&self.path, "exists already; --resume goes on with it, --force replaces it"))
            }
        }
    }

    /// What would be computed, for people.
    /// What would be computed, in a line.
    pub fn describe(&self) -> String {
        let units: Vec<Unit> = self.study.units(self.shard).collect();
        let seconds: f64 = units.iter().map(|unit| unit.seconds).sum();
        format!(
            "{} ({}): {}, {}, about {} on one core -> {}",
            self.study.definition.name,
            self.study.profile,
            counted(self.study.shard(self.shard).len(), "cell"),
            counted(units.len(), "replicate"),
            duration(seconds),
            self.path.display()
        )
    }

    fn open(&self) -> crate::Result<(Store, bool)> {
        if self.existing == Existing::Resume && self.path.exists() {
            return Ok((Store::resume(&self.path, &self.identity)?, true));
        }
        let replace = self.existing == Existing::Replace;
        Ok((Store::create(&self.path, &self.study, self.shard, &self.identity, replace)?, false))
    }

    fn compute(&self, settings: &Settings, stop: &Arc<AtomicBool>) -> Result<(), Failure> {
        let verbosity = settings.verbosity;
        let (mut store, resumed) = self.open().map_err(Failure::refused)?;
        let settled = store.settled().map_err(Failure::refused)?;
        let wanted =
            |unit: &Unit| self.parts.is_empty() || self.parts.contains(&self.study.part(unit.ordinal as usize));
        let missing = |unit: &Unit| wanted(unit) && !settled.contains(&(unit.ordinal, unit.replicate));
        let units: Vec<Unit> = self.study.units(self.shard).filter(missing).collect();
        if resumed {
            verbosity.say(format!(
                "{}: {} {} there, {} to go",
                self.path.display(),
                counted(settled.len(), "replicate"),
                agreeing(settled.len(), "is", "are"),
                units.len()
            ));
        }
        let progress = Progress::of_work(units.iter().map(|unit| unit.seconds).sum(), verbosity, Arc::clone(stop));
        let tally = with_jobs(settings.jobs.map(NonZeroUsize::get), || {
            let session = store.begin_session(rayon::current_num_threads(), resumed)?;
            let tally = run_units(&self.study, &mut store, &units, &progress);
            // The record of the end is worth less than the error that ended it.
            let recorded = store.end_session(session, &outcome(&tally));
            tally.and_then(|tally| recorded.map(|()| tally))
        })?;
        progress.finish();
        self.conclude(tally.map_err(Failure::failed)?, &store, verbosity)
    }

    fn conclude(&self, tally: Tally, store: &Store, verbosity: Verbosity) -> Result<(), Failure> {
        let counts = store.counts().map_err(Failure::failed)?;
        let name = &self.study.definition.name;
        verbosity.say(format!(
            "{name} ({}): {} of {} done, {} failed -> {}",
            self.study.profile,
            counts.done,
            counted(counts.asked, "replicate"),
            counts.failed,
            self.path.display()
        ));
        if tally.interrupted {
            return Err(Failure::Interrupted);
        }
        if counts.failed > 0 {
            let first = store.first_failure().map_err(Failure::failed)?.unwrap_or_default();
            let message =
                format!("{name}: {} of {} failed, first {first}", counts.failed, counted(counts.asked, "replicate"));
            return Err(Failure::Failed(anyhow::anyhow!(message)));
        }
        Ok(())
    }
}

/// How a session ended, for the record.
fn outcome(tally: &crate::Result<Tally>) -> String {
    match tally {
        Ok(tally) if tally.interrupted => "interrupted".to_owned(),
        Ok(tally) if tally.failed > 0 => "failures".to_owned(),
        Ok(_) => "done".to_owned(),
        Err(error) => error.to_string(),
    }
}
