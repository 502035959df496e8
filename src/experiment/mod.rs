//! Experiments: a definition, and figures that are drawn from tables of what was measured.
//!
//! A [`Drawing`] makes a table out of a store and a figure out of that table alone: the CSV beside a figure is all that is
//! needed to draw it again.

pub mod best_of_n;
mod cell_rows;
pub mod consistency_vs_correctness;
pub mod curriculum;
pub mod drawn_fit;
pub mod effective_dimension;
pub mod equal_budget;
mod finding;
pub mod finite_class;
pub mod generic;
pub mod greedy_trap;
pub mod hard_instance;
pub mod initial_dependence;
pub mod iterations_to_forget;
pub mod labels;
mod lacking;
pub mod language_model;
mod last_rounds;
pub mod league;
pub mod loop_plane;
pub mod misspecified;
pub mod misspecified_audit;
pub mod misspecified_floor;
pub mod mode_flips;
pub mod orders_of_decay;
pub mod phase_diagram;
mod plate;
pub mod population_drift;
pub mod proof_audit;
pub mod query;
pub mod rate_vs_n;
pub mod real_features;
pub mod real_spectrum;
mod recognise;
pub mod replay_and_memory;
mod results;
pub mod reward_filter;
pub mod rise_then_fall;
mod round_ticks;
mod run_constants;
pub mod sample_budgets;
pub mod selective_rewriting;
pub mod self_excitation;
pub mod single_step;
pub mod sphere;
mod table;
pub mod where_noise_enters;

pub use cell_rows::CellRows;
pub(crate) use cell_rows::label as label_of;
pub use finding::{Finding, Findings};
pub use last_rounds::{LastRound, LastRounds};
pub use plate::{Plate, plates};
pub use recognise::{Recognised, recognise, refuse_other_data};
pub use results::{Columns, Gaps, Lens, Results, Theory};
pub use run_constants::RunConstants;
// For the tests.
#[doc(hidden)]
pub use round_ticks::round_ticks;
pub use table::{Line, Table};

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::Result;
use crate::plot::Figure;
use crate::study::Definition;

/// Names and values.
pub type Named = Vec<(&'static str, f64)>;

/// One experiment.
#[derive(Clone, Copy, Debug)]
pub struct Experiment {
    /// Its name: that of its definition.
    pub name: &'static str,
    /// What it shows, in a line.
    pub about: &'static str,
    /// Its definition, as TOML.
    pub definition: &'static str,
    /// The phenomena that it is there to show.
    pub findings: Findings,
    /// Its figures.
    pub drawings: &'static [Drawing],
}

/// One figure of an experiment.
#[derive(Clone, Copy, Debug)]
pub struct Drawing {
    /// The name of its files: the experiment's, or the experiment's and a word of its own.
    pub name: &'static str,
    /// The table that it is drawn from.
    pub table: fn(&Results) -> Result<Table>,
    /// The figure, drawn from the table alone.
    pub figure: fn(&Table) -> Result<Figure>,
}

/// All experiments, in the order in which they are shown.
pub const ALL: &[&Experiment] = &[
    &real_features::EXPERIMENT,
    &language_model::EXPERIMENT,
    &hard_instance::EXPERIMENT,
    &rate_vs_n::EXPERIMENT,
    &initial_dependence::EXPERIMENT,
    &single_step::EXPERIMENT,
    &greedy_trap::EXPERIMENT,
    &iterations_to_forget::EXPERIMENT,
    &effective_dimension::EXPERIMENT,
    &finite_class::EXPERIMENT,
    &proof_audit::EXPERIMENT,
    &phase_diagram::EXPERIMENT,
    &equal_budget::EXPERIMENT,
    &consistency_vs_correctness::EXPERIMENT,
    &real_spectrum::EXPERIMENT,
    &misspecified_audit::EXPERIMENT,
    &population_drift::EXPERIMENT,
    &where_noise_enters::EXPERIMENT,
    &mode_flips::EXPERIMENT,
    &misspecified_floor::EXPERIMENT,
    &best_of_n::EXPERIMENT,
    &sample_budgets::EXPERIMENT,
    &sphere::EXPERIMENT,
    &reward_filter::EXPERIMENT,
    &curriculum::EXPERIMENT,
    &loop_plane::EXPERIMENT,
    &orders_of_decay::EXPERIMENT,
    &self_excitation::EXPERIMENT,
    &labels::EXPERIMENT,
    &selective_rewriting::EXPERIMENT,
    &rise_then_fall::EXPERIMENT,
    &replay_and_memory::EXPERIMENT,
    &league::EXPERIMENT,
];

/// The experiment of a name. Of a store, ask [`recognise()`]: its definition may bear the name and be another.
pub fn find(name: &str) -> Option<&'static Experiment> {
    ALL.iter().copied().find(|experiment| experiment.name == name)
}

/// The drawing whose files have this name.
pub fn drawing(name: &str) -> Option<&'static Drawing> {
    ALL.iter().flat_map(|experiment| experiment.drawings).find(|drawing| drawing.name == name)
}

impl Experiment {
    /// Its definition, read.
    ///
    /// # Errors
    /// [`crate::Error::Argument`] if it is not sound.
    pub fn definition(&self) -> Result<Definition> {
        self.read().map(Arc::unwrap_or_clone)
    }

    /// The same, read once for all that ask.
    fn read(&self) -> Result<Arc<Definition>> {
        static READ: Mutex<BTreeMap<&str, Arc<Definition>>> = Mutex::new(BTreeMap::new());
        let mut all = READ.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(definition) = all.get(self.definition) {
            return Ok(Arc::clone(definition));
        }
        let definition = Arc::new(Definition::parse(self.definition)?);
        all.insert(self.definition, Arc::clone(&definition));
        Ok(definition)
    }

    /// What a part sets whatever the profile, as a person writes it: for the words of a figure whose table has no column of it.
    ///
    /// # Errors
    /// As [`Definition::setting`].
    pub fn given(&self, part: &str, key: &str) -> Result<String> {
        self.read()?.setting(part, key)
    }

    /// The same of several keys.
    ///
    /// # Errors
    /// As [`Definition::setting`].
    pub(crate) fn settings<const N: usize>(&self, part: &str, keys: [&str; N]) -> Result<[String; N]> {
        let definition = self.read()?;
        let mut found = keys.map(|_| String::new());
        for (value, key) in found.iter_mut().zip(keys) {
            *value = definition.setting(part, key)?;
        }
        Ok(found)
    }
}
