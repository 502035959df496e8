//! What a configuration measures, `measure.also` resolved.

use super::{Config, ProcessConfig, UpdateConfig};
use crate::metrics::Wanted;
use crate::metrics::also::{Needs, QUANTITIES, named};
use crate::simulate::kinds::Nature;

impl Config {
    /// What is measured. Without `measure.also`, a configuration of the paper's loop on an instance of the paper's class measures nothing
    /// beyond the quantities that are always measured; any other also those that cost little and can exist there.
    pub fn wanted(&self) -> Wanted {
        let measure = &self.measure;
        let also = match &measure.also {
            Some(names) if names.iter().any(|name| name == "all") => names_where(|_| true),
            // Names were checked when they were read.
            Some(names) => names.iter().filter_map(|name| named(name)).map(|also| also.quantity.name).collect(),
            None if self.is_papers() => Vec::new(),
            None => names_where(|needs| self.can_have(needs)),
        };
        Wanted { deltas: measure.delta.clone(), chain: measure.chain, also, levels: measure.levels.clone() }
    }

    /// Whether loop and class are the paper's, as far as keys say so.
    fn is_papers(&self) -> bool {
        let instance = &self.instance;
        let papers_class = !instance.kind.is(Nature::New) && instance.section().value("offset").is_none();
        papers_class && !has_new_key(&self.process)
    }

    /// Whether a quantity that costs little can exist.
    fn can_have(&self, needs: Needs) -> bool {
        let (process, drawn) = (&self.process, !self.process.is_population());
        match needs {
            // What a file holds is not looked at.
            Needs::Correct => self.instance.kind.is(Nature::Correct),
            Needs::Step => true,
            Needs::Draws => drawn,
            Needs::Pairs => drawn && process.update != UpdateConfig::LIKELIHOOD,
            Needs::Filter => process.others.get("prompts").is_some_and(toml::Value::is_table),
            Needs::Convex => matches!(process.update.name(), "logistic" | "likelihood"),
            Needs::OwnSquareLoss | Needs::OwnPairs | Needs::PlainSums => false,
        }
    }
}

fn names_where(has: impl Fn(Needs) -> bool) -> Vec<&'static str> {
    QUANTITIES.iter().filter(|also| has(also.needs)).map(|also| also.quantity.name).collect()
}

/// Whether the loop is described by a key, or has a fit, beyond those of the paper's.
fn has_new_key(process: &ProcessConfig) -> bool {
    !process.is_plain() || matches!(process.update.name(), "logistic" | "win-rate" | "likelihood")
}
