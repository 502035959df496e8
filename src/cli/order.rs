//! Stores that are to be computed: what every command that runs experiments does.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::progress::duration;
use super::run::Settings;
use super::say::say;
use super::{Failure, Jobs, Progress, Verbosity, outputs};
use crate::experiment::recognise;
use crate::study::plan::Unit;
use crate::study::provenance::Identity;
use crate::study::runner::{Tally, run_units};
use crate::study::store::file_name;
use crate::study::{Shard, Store, Study};
use crate::words::{agreeing, counted};
use crate::{Error, draft, memory};

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
    /// Whether the store stays.
    kept: bool,
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
                say(format!("error: {error:#}"));
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
    /// [`Error::File`] if a file that instances are read from cannot be read, or would be written over.
    pub fn new(study: Study, shard: Shard, folder: &Path, existing: Existing) -> crate::Result<Self> {
        let path = folder.join(file_name(&study.definition.name, study.profile, shard));
        Self::at(study, shard, path, existing)
    }

    /// The store of a study's shard in this file.
    ///
    /// # Errors
    /// As [`Order::new`].
    pub fn at(study: Study, shard: Shard, path: PathBuf, existing: Existing) -> crate::Result<Self> {
        let identity = Identity::new(&study, shard)?;
        outputs::spare(&path, &study.inputs)?;
        // The store that a link leads to is the one that is made or replaced.
        let path = draft::resolved(&path).unwrap_or(path);
        Ok(Self { study, shard, identity, path, existing, parts: Vec::new(), kept: true })
    }

    /// The same for a store that is removed after it was read: what is said names no file.
    pub fn passing(self) -> Self {
        Self { kept: false, ..self }
    }

    /// The same, with the cells of these parts alone; `run --resume` computes the rest.
    pub fn of_parts(self, parts: Vec<&'static str>) -> Self {
        Self { parts, ..self }
    }

    /// What is computed.
    pub fn study(&self) -> &Study {
        &self.study
    }

    /// The store's file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether its rows are all there is of a definition of someone's own that says something of claims.
    pub fn is_weighed(&self) -> bool {
        let own = recognise(&self.study).built_in().is_none();
        own && self.shard == Shard::WHOLE && !self.study.definition.claims.is_empty()
    }

    /// Refuses if the store cannot be made or gone on with, or if memory cannot hold what is to be computed.
    ///
    /// # Errors
    /// [`Error::File`] with what is in the way; [`Error::Memory`] with the numbers.
    pub fn check(&self) -> crate::Result<()> {
        self.check_memory()?;
        if draft::is_special(&self.path) || self.path.is_dir() {
            return Err(Error::file(&self.path, "is no file; expected a place for a store"));
        }
        match self.existing {
            Existing::Replace => Store::refuse_replace(&self.path),
            _ if !self.path.exists() => Ok(()),
            Existing::Resume => Store::open(&self.path)?.refuse_resume(&self.study, self.shard, &self.identity),
            Existing::Keep => {
                Err(Error::file(&self.path, "exists already; --resume goes on with it, --force replaces it"))
            }
        }
    }

    /// Refuses if memory cannot hold the dearest replicate alone, and the list of all.
    ///
    /// # Errors
    /// [`Error::Memory`] with the numbers.
    pub fn check_memory(&self) -> crate::Result<()> {
        let cells = self.study.shard(self.shard);
        let cells = || cells.iter().copied().filter(|&ordinal| self.wants(ordinal));
        let units = cells().map(|ordinal| self.study.replicates(ordinal) as u64).fold(0, u64::saturating_add);
        let dearest = cells().map(|ordinal| self.study.bytes(ordinal)).max().unwrap_or(0);
        let what = format!("{} ({units} replicates, the largest one alone)", self.study.definition.name);
        memory::fit(&what, units.saturating_mul(UNIT_BYTES), vec![dearest], 1).map(drop)
    }

    /// Whether a cell is of the parts that are computed.
    fn wants(&self, ordinal: usize) -> bool {
        self.parts.is_empty() || self.parts.contains(&self.study.part(ordinal))
    }

    /// The time that all of it takes on one core, estimated, in seconds.
    pub fn seconds(&self) -> f64 {
        self.study.units(self.shard).map(|unit| unit.seconds).sum()
    }

    /// What would be computed, in a line.
    pub fn describe(&self) -> String {
        let (mut units, mut seconds) = (0, 0.0);
        for unit in self.study.units(self.shard) {
            units += 1;
            seconds += unit.seconds;
        }
        format!(
            "{} ({}): {}, {}, about {} on one core{}",
            self.study.definition.name,
            self.study.profile,
            counted(self.study.shard(self.shard).len(), "cell"),
            counted(units, "replicate"),
            duration(seconds),
            self.place()
        )
    }

    /// Where the rows go, if they are kept.
    fn place(&self) -> String {
        if self.kept { format!(" -> {}", self.path.display()) } else { String::new() }
    }

    fn open(&self, verbosity: Verbosity) -> crate::Result<(Store, bool)> {
        if self.existing == Existing::Resume && self.path.exists() {
            let (store, note) = Store::resume(&self.path, &self.study, self.shard, &self.identity)?;
            note.into_iter().for_each(|note| verbosity.say(note));
            return Ok((store, true));
        }
        let replace = self.existing == Existing::Replace;
        Ok((Store::create(&self.path, &self.study, self.shard, &self.identity, replace)?, false))
    }

    fn compute(&self, settings: &Settings, stop: &Arc<AtomicBool>) -> Result<(), Failure> {
        let verbosity = settings.verbosity;
        let (mut store, resumed) = self.open(verbosity).map_err(Failure::refused)?;
        let settled = store.settled().map_err(Failure::refused)?;
        let missing =
            |unit: &Unit| self.wants(unit.ordinal as usize) && !settled.contains(&(unit.ordinal, unit.replicate));
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
        let jobs = self.jobs(settings, &units).map_err(Failure::refused)?;
        let progress = Progress::of_work(units.iter().map(|unit| unit.seconds).sum(), verbosity, Arc::clone(stop));
        let tally = jobs.run(|| {
            let session = store.begin_session(rayon::current_num_threads(), resumed)?;
            let tally = run_units(&self.study, &mut store, &units, &progress);
            // The record of the end is worth less than the error that ended it.
            let recorded = store.end_session(session, &outcome(&tally));
            tally.and_then(|tally| recorded.map(|()| tally))
        })?;
        progress.finish();
        self.conclude(tally.map_err(Failure::failed)?, &store, verbosity)
    }

    /// The threads, as memory allows for the dearest replicates at once.
    fn jobs(&self, settings: &Settings, units: &[Unit]) -> crate::Result<Jobs> {
        let each = units.iter().map(|unit| self.study.bytes(unit.ordinal as usize)).collect();
        let jobs = Jobs::new(settings.jobs, units.len(), settings.verbosity);
        jobs.fit(&self.study.definition.name, 0, each, settings.verbosity)
    }

    fn conclude(&self, tally: Tally, store: &Store, verbosity: Verbosity) -> Result<(), Failure> {
        let counts = store.counts().map_err(Failure::failed)?;
        let name = &self.study.definition.name;
        verbosity.say(format!(
            "{name} ({}): {} of {} done, {} failed{}",
            self.study.profile,
            counts.done,
            counted(counts.asked, "replicate"),
            counts.failed,
            self.place()
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
        if let Some(obstacle) = tally.obstacle {
            let message =
                format!("{name}: {} replicates could not be computed here and now, first: {obstacle}", tally.undone);
            return Err(Failure::Failed(anyhow::anyhow!("{message}; --resume tries them again")));
        }
        Ok(())
    }
}

/// What is held of a unit of work: itself, its need, and its place among those that are settled.
const UNIT_BYTES: u64 = 64;

/// How a session ended, for the record.
fn outcome(tally: &crate::Result<Tally>) -> String {
    match tally {
        Ok(tally) if tally.interrupted => "interrupted".to_owned(),
        Ok(Tally { obstacle: Some(obstacle), .. }) => obstacle.to_string(),
        Ok(tally) if tally.failed > 0 => "failures".to_owned(),
        Ok(_) => "done".to_owned(),
        Err(error) => error.to_string(),
    }
}
