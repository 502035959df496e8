//! The rows that claims are weighed on: computed, or opened.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::VerifyArgs;
use crate::claims::gather::{Question, experiments, parts, weighing_seed};
use crate::claims::ledger::Entry;
use crate::claims::own::Asked;
use crate::claims::{Weighed, expectation};
use crate::cli::order::{Existing, Order, compute};
use crate::cli::outputs::files_of_store;
use crate::cli::scratch::Scratch;
use crate::cli::{Failure, Outputs};
use crate::experiment::{self, Results, refuse_other_data};
use crate::papers::{self, Listed, PAPERS};
use crate::seed::Seed;
use crate::study::{Profile, Shard, Study};
use crate::words::{agreeing, counted};
use crate::{Error, Result};

/// Raised when the user wants to stop.
pub(super) type Stop = Arc<AtomicBool>;

/// Rows that were computed or opened.
pub(in crate::cli) struct Rows {
    /// One for each experiment.
    pub results: Vec<Results>,
    /// Those of definitions of someone's own.
    pub own: Vec<Results>,
    /// Their profile.
    pub profile: Profile,
    /// The root seed.
    seed: crate::simulate::config::SeedConfig,
    /// Whether they were computed for the claims, rather than opened.
    is_computed: bool,
    /// Stores that are not kept live as long as this.
    _folder: Option<Scratch>,
}

impl Rows {
    /// The seed of what is drawn while weighing.
    pub fn seed(&self) -> std::result::Result<Seed, Failure> {
        weighing_seed(&self.seed).map_err(Failure::refused)
    }

    pub(super) fn seed_as_given(&self) -> serde_json::Value {
        serde_json::to_value(&self.seed).expect("a seed is a number or a text")
    }

    /// The claims to weigh on the rows that they were written for; and for each store that others are weighed on, its place and those.
    ///
    /// A store of one's own is for every claim; one of an experiment also for a claim that was named and was written for none of the stores.
    pub(super) fn shared_out(&self, claims: &[Listed], named: bool) -> (Vec<Listed>, Vec<(Place, Vec<Asked>)>) {
        let written_for = |claim: &Listed, one: &Results| {
            claim.sources.iter().any(|source| source.experiment == one.study.definition.name)
        };
        let at_home = |claim: &Listed| self.results.iter().any(|one| written_for(claim, one));
        let asked = |claim: &Listed| Asked { claim: *claim, named };
        // A constructed claim says the same beside any store.
        let here = |claim: &&Listed| match (claim.sources.is_empty(), self.is_computed, named) {
            (_, true, _) => true,
            (true, ..) => named || !self.results.is_empty(),
            (false, _, true) => at_home(claim),
            (false, _, false) => !self.results.is_empty(),
        };
        let strangers: Vec<Asked> =
            claims.iter().filter(|claim| named && !claim.sources.is_empty() && !at_home(claim)).map(asked).collect();
        let mut elsewhere: Vec<(Place, Vec<Asked>)> = Vec::new();
        if !strangers.is_empty() && !self.is_computed {
            elsewhere.extend((0..self.results.len()).map(|index| (Place::Experiment(index), strangers.clone())));
        }
        let all: Vec<Asked> = claims.iter().filter(|claim| !claim.sources.is_empty()).map(asked).collect();
        elsewhere.extend((0..self.own.len()).map(|index| (Place::Own(index), all.clone())));
        (claims.iter().filter(here).copied().collect(), elsewhere)
    }

    /// The one store of someone's own, whose rows false variants are weighed on; `None` where there is none.
    ///
    /// # Errors
    /// [`Error::File`] where it does not stand alone: what was caught on which rows could not be told.
    pub fn own_alone(&mut self) -> Result<Option<&mut Results>> {
        match (self.own.len(), self.results.len()) {
            (0, _) | (1, 0) => Ok(self.own.first_mut()),
            _ => Err(Error::file(
                self.own[0].store.path(),
                "is of one's own; with --controls expected such a store alone",
            )),
        }
    }

    /// A store.
    pub(super) fn store(&mut self, place: Place) -> &mut Results {
        match place {
            Place::Experiment(index) => &mut self.results[index],
            Place::Own(index) => &mut self.own[index],
        }
    }

    /// An entry of the rows that a claim was written for.
    pub(super) fn entry(&self, claim: Listed, mut weighed: Weighed) -> Entry {
        if self.results.is_empty() && claim.sources.is_empty() {
            weighed.note = format!("constructed, whatever the store holds; {}", weighed.note);
        }
        Entry::new(claim, weighed)
    }
}

/// Where a store stands among those that are there.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    /// Among those of experiments.
    Experiment(usize),
    /// Among those of someone's own.
    Own(usize),
}

impl VerifyArgs {
    /// Whether an argument of `--from` is a claim that was named after the stores.
    fn names_a_claim(path: &Path) -> bool {
        !path.exists() && path.to_str().is_some_and(|name| !papers::named(PAPERS, name).is_empty())
    }

    /// The claims, wherever they stand on the line.
    pub(super) fn named(&self) -> Vec<String> {
        let behind = self.from.iter().filter(|path| Self::names_a_claim(path));
        self.claims.iter().cloned().chain(behind.map(|path| path.display().to_string())).collect()
    }

    /// The rows that questions need, for the number-th seed from the given one on.
    pub(in crate::cli) fn rows_of_seed(
        &self,
        questions: &[Question],
        number: u64,
        stop: &Stop,
    ) -> std::result::Result<Rows, Failure> {
        if number == 0 {
            return self.rows(questions, stop);
        }
        let first: u64 = self.settings.seed.parse().map_err(|_| {
            Failure::refused(Error::argument(
                "--seed",
                &self.settings.seed,
                "a whole number, to count seeds on from it",
            ))
        })?;
        self.compute(questions, &(first + number).to_string(), stop)
    }

    /// The folder that is asked for: it can be written to, and no store that is read is written over.
    pub(in crate::cli) fn outputs(&self) -> Result<Option<Outputs>> {
        self.out.as_deref().map(|folder| self.spared(folder)).transpose()
    }

    pub(super) fn spared(&self, folder: &Path) -> Result<Outputs> {
        Outputs::claim(folder, &[], true)?.sparing(self.from.iter().flat_map(|path| files_of_store(path)))
    }

    /// The rows that questions need.
    pub(super) fn rows(&self, questions: &[Question], stop: &Stop) -> std::result::Result<Rows, Failure> {
        if self.from.is_empty() { self.compute(questions, &self.settings.seed, stop) } else { self.open(questions) }
    }

    fn open(&self, questions: &[Question]) -> std::result::Result<Rows, Failure> {
        let stores = self.from.iter().filter(|path| !Self::names_a_claim(path));
        let results: Vec<Results> =
            stores.map(|path| Results::open(path)).collect::<Result<_>>().map_err(Failure::refused)?;
        let (results, own) = self.told_apart(results).map_err(Failure::refused)?;
        let Some(first) = results.first().or(own.first()) else {
            let named = self.named().join(" ");
            return Err(Failure::refused(Error::argument("--from", named, "one store at least, not claims alone")));
        };
        // What is drawn while weighing is drawn once for all experiments; a store of one's own is weighed by itself.
        let differs =
            |other: &&Results| other.study.profile != first.study.profile || other.study.seed != first.study.seed;
        if let Some(other) = results.iter().find(differs) {
            let (profile, seed) = (first.study.profile, serde_json::json!(first.study.seed));
            let expected = format!("a store of the {profile} profile with seed {seed}, as the first one");
            return Err(Failure::refused(Error::file(other.store.path(), format!("expected {expected}"))));
        }
        for (index, one) in results.iter().enumerate() {
            let name = &one.study.definition.name;
            if results[..index].iter().any(|other| other.study.definition.name == *name) {
                let expected = format!("one store of each experiment, and {name} is there already");
                return Err(Failure::refused(Error::file(one.store.path(), expected)));
            }
        }
        for (index, one) in own.iter().enumerate() {
            let is_same = |other: &Results| {
                let ([a, b], [p, q]) = ([one, other].map(|one| &one.study), [one, other].map(|one| one.study.profile));
                a.definition.name == b.definition.name && p == q && a.seed == b.seed
            };
            if own[..index].iter().any(is_same) {
                let name = &one.study.definition.name;
                let expected = format!("one store of each profile and seed, and such a one of {name} is there already");
                return Err(Failure::refused(Error::file(one.store.path(), expected)));
            }
        }
        for one in &results {
            self.complete(one, questions)?;
        }
        let absent = absent(&results, questions).map_err(Failure::refused)?;
        if !absent.is_empty() {
            let text = absent.into_iter().collect::<Vec<_>>().join(", ");
            self.settings
                .verbosity
                .say(format!("warning: no rows of {text}: claims that look there, too, are weighed on the rest"));
        }
        let (profile, seed) = (first.study.profile, first.study.seed.clone());
        Ok(Rows { results, own, profile, seed, is_computed: false, _folder: None })
    }

    /// The stores of experiments, and those of someone's own; what is peculiar about the latter is said.
    fn told_apart(&self, results: Vec<Results>) -> Result<(Vec<Results>, Vec<Results>)> {
        let (mut known, mut own) = (Vec::new(), Vec::new());
        for one in results {
            let recognised = one.recognised()?;
            let path = one.store.path().display();
            if let Some(misfit) = recognised.misfit() {
                let text = format!("warning: {path} {misfit}; it is weighed as a store of one's own");
                self.settings.verbosity.say(text);
            }
            if recognised.built_in().is_some() {
                known.push(one);
                continue;
            }
            let unknown = expectation::unknown(&one.study.definition);
            if !unknown.is_empty() {
                let text =
                    format!("warning: {path}: its `claims` name what no claim is called: {}", unknown.join(", "));
                self.settings.verbosity.say(text);
            }
            own.push(one);
        }
        Ok((known, own))
    }

    /// Refuses a store in which cells are missing from parts that are there and looked at: a verdict on what is left of a grid
    /// would not be one on the grid. Missing replicates are said.
    fn complete(&self, results: &Results, questions: &[Question]) -> std::result::Result<(), Failure> {
        let name = &results.study.definition.name;
        if !experiments(questions).contains(&name.as_str()) {
            return Ok(());
        }
        self.whole(results, &parts(questions, name))
    }

    /// The same of these parts; of all if there are none.
    pub(in crate::cli) fn whole(&self, results: &Results, parts: &[&str]) -> std::result::Result<(), Failure> {
        let path = results.store.path();
        let gaps = results.gaps(parts).map_err(Failure::refused)?;
        if gaps.cells > 0 {
            let what = format!(
                "{} that the claims look at {} no rows; `selfreward run --resume` computes them, `selfreward merge` joins shards",
                counted(gaps.cells, "cell"),
                agreeing(gaps.cells, "has", "have")
            );
            let failed = results.store.first_failure().map_err(Failure::refused)?;
            let what = failed.map_or(what.clone(), |first| format!("{what}; replicates failed, first {first}"));
            return Err(Failure::refused(Error::file(path, what)));
        }
        if gaps.replicates > 0 {
            let text = format!(
                "warning: {}: {} {} missing",
                path.display(),
                counted(gaps.replicates, "replicate"),
                agreeing(gaps.replicates, "is", "are")
            );
            self.settings.verbosity.say(text);
        }
        Ok(())
    }

    /// Runs the experiments that bear on the questions.
    fn compute(&self, questions: &[Question], seed: &str, stop: &Stop) -> std::result::Result<Rows, Failure> {
        let profile = self.profile.profile();
        let seed = crate::study::store::parse_seed(seed).map_err(Failure::refused)?;
        let scratch = self.out.is_none().then(Scratch::new).transpose().map_err(Failure::refused)?;
        let folder = match (&self.out, &scratch) {
            (Some(out), _) => out.join("runs"),
            (None, Some(scratch)) => scratch.path().to_owned(),
            (None, None) => unreachable!("one of the two is there"),
        };
        let order = |name: &&str| -> Result<Order> {
            let experiment = experiment::find(name).expect("sources name experiments; a test walks through them");
            let study = Study::new(experiment.definition()?, profile, seed.clone())?;
            refuse_other_data(&study)?;
            Ok(Order::new(study, Shard::WHOLE, &folder, Existing::Replace)?.of_parts(parts(questions, name)))
        };
        let orders =
            experiments(questions).iter().map(order).collect::<Result<Vec<Order>>>().map_err(Failure::refused)?;
        Outputs::claim(&folder, &[], true).map_err(Failure::refused)?;
        orders.iter().try_for_each(Order::check).map_err(Failure::refused)?;
        compute(&orders, &self.settings, stop)?;
        let results =
            orders.iter().map(|order| Results::open(order.path())).collect::<Result<_>>().map_err(Failure::failed)?;
        Ok(Rows { results, own: Vec::new(), profile, seed, is_computed: true, _folder: scratch })
    }
}

/// The parts that are not there, of those that a question looks at besides others that are.
fn absent(results: &[Results], questions: &[Question]) -> Result<BTreeSet<String>> {
    let mut all = BTreeSet::new();
    for question in questions {
        let (mut there, mut not) = (false, Vec::new());
        for source in question.sources {
            let store = results.iter().find(|results| results.study.definition.name == source.experiment);
            if store.map(|results| results.holds(source.part)).transpose()?.unwrap_or(false) {
                there = true;
            } else {
                not.push(format!("{} {}", source.experiment, source.part).trim_end().to_owned());
            }
        }
        all.extend(not.into_iter().filter(|_| there));
    }
    Ok(all)
}
