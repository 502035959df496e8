//! What a configuration measures, `measure.also` resolved.

use super::{Config, ProcessConfig, UpdateConfig};
use crate::instance::{FeatureMap, Instance};
use crate::metrics::Wanted;
use crate::metrics::also::{Needs, QUANTITIES, named};
use crate::process::Loop;
use crate::process::fit::Data;
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
            None => names_where(|needs| !is_dear(needs) && self.lacks(needs).is_none()),
        };
        Wanted { deltas: measure.delta.clone(), chain: measure.chain, also, levels: measure.levels.clone() }
    }

    /// Whether loop and class are the paper's, as far as keys say so.
    fn is_papers(&self) -> bool {
        let instance = &self.instance;
        let papers_class = !instance.kind.is(Nature::New) && instance.section().value("offset").is_none();
        papers_class && self.is_papers_loop()
    }

    /// Whether the loop is the paper's, as far as keys say so.
    pub(crate) fn is_papers_loop(&self) -> bool {
        !has_new_key(&self.process)
    }

    /// The same of a loop that is named after the paper's, too.
    pub(crate) fn runs_papers_loop(&self) -> bool {
        let mut process = self.process.clone();
        if process.others.get("preset").and_then(toml::Value::as_str) == Some("self-rewarding") {
            process.others.remove("preset");
        }
        !has_new_key(&process)
    }

    /// Why a quantity cannot exist, as far as keys say so; `None` where it can.
    fn lacks(&self, needs: Needs) -> Option<&'static str> {
        let (process, drawn) = (&self.process, !self.process.is_population());
        let (has, without) = match needs {
            // What a file holds is not looked at.
            Needs::Correct => {
                let drawn = self.instance.section().value("answer").is_some();
                (drawn || self.instance.kind.is(Nature::Correct), "correct responses")
            }
            Needs::Policy
            | Needs::Step
            | Needs::OwnSquareLoss
            | Needs::OwnPairs
            | Needs::OwnDifferences
            | Needs::OwnLabels
            | Needs::PlainSums => (true, ""),
            Needs::Draws => (drawn, "draws"),
            Needs::Pairs => (drawn && process.update != UpdateConfig::LIKELIHOOD, "drawn pairs"),
            Needs::Filter => (process.others.get("prompts").is_some_and(toml::Value::is_table), "a filter of prompts"),
            Needs::Convex => (matches!(process.update.name(), "logistic" | "likelihood"), "a convex fit"),
            Needs::Likelihood => (process.update == UpdateConfig::LIKELIHOOD, "a likelihood"),
        };
        (!has).then_some(without)
    }

    /// The quantities that `measure.also` asks for by name.
    pub fn asked(&self) -> Vec<&'static str> {
        let names = self.measure.also.as_deref().unwrap_or_default();
        names.iter().filter_map(|name| named(name)).map(|also| also.quantity.name).collect()
    }

    /// A sentence for each quantity that is asked for by name and cannot exist.
    pub(in crate::simulate) fn never_measured(&self, process: &Loop, instance: &Instance) -> Vec<String> {
        let own_loss = process.is_self_rewarding() && process.fit.data() == Data::Pairs;
        let own_labels = process.is_self_rewarding()
            && process.fit.bradley_terry().is_some()
            && instance.offset().is_none()
            && matches!(instance.features(), FeatureMap::Dense(_));
        let why = |needs: Needs| {
            match needs {
            Needs::Policy => None,
            Needs::Correct => instance.correct().is_none().then_some("correct responses"),
            Needs::OwnSquareLoss | Needs::OwnPairs => (!own_loss)
                .then_some("a square loss and the paper's own prompts, candidates, reward, reference and memory"),
            Needs::OwnDifferences => (!own_loss && !own_labels).then_some(
                "a square loss, or labels with dense features, and the paper's own prompts, candidates, reward, reference and memory",
            ),
            Needs::OwnLabels => (!own_labels).then_some(
                "a logistic fit without ridge to labels without flips, dense features, no offset, and the paper's own prompts, \
                 candidates, reward, reference and memory",
            ),
            Needs::PlainSums => matches!(instance.features(), FeatureMap::OneHot(_)).then_some("dense features"),
            _ if process.rounds == 0 => Some("rounds"),
            needs => self.lacks(needs),
        }
        };
        let absent = |name: &str| {
            let without = why(named(name)?.needs)?;
            Some(format!("measure.also asks for {name}, which does not exist without {without}"))
        };
        self.asked().into_iter().filter_map(absent).collect()
    }
}

/// Whether a quantity costs something of its own in each round.
fn is_dear(needs: Needs) -> bool {
    matches!(
        needs,
        Needs::Policy
            | Needs::OwnSquareLoss
            | Needs::OwnPairs
            | Needs::OwnDifferences
            | Needs::OwnLabels
            | Needs::PlainSums
            | Needs::Likelihood
    )
}

fn names_where(has: impl Fn(Needs) -> bool) -> Vec<&'static str> {
    QUANTITIES.iter().filter(|also| has(also.needs)).map(|also| also.quantity.name).collect()
}

/// Whether the loop is described by a key, or has a fit, beyond those of the paper's.
fn has_new_key(process: &ProcessConfig) -> bool {
    !process.is_plain() || matches!(process.update.name(), "logistic" | "win-rate" | "likelihood")
}
