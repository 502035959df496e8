//! What a configuration says of its means before anything is measured: which of them are exact, and how far they can reach.

use super::config::ProcessConfig;
use super::kinds::Alike;
use super::{Config, Simulation};
use crate::metrics::Quantity;
use crate::stats::{MeanInterval, Range, mean_interval};

/// Values of one computation differ by rounding alone, relative to their size.
pub(crate) const ROUNDING: f64 = 1e-12;

/// Quantities of one policy that compare it with itself at t = 0, whatever the instance.
const KNOWN_AT_THE_START: [&str; 2] = ["drift", "cosine"];

/// Shares of prompts that cannot fail where there is one response only.
const WITHIN_THE_MASS: [&str; 6] =
    ["failure", "base_failure", "comparator_failure", "drift", "step_drift", "population_flips"];

/// What is known beforehand.
#[derive(Clone, Copy, Debug)]
pub struct Beforehand {
    /// How alike the instances of two replicates are.
    alike: Alike,
    /// Whether nothing is drawn after the instance.
    drawn_once: bool,
    /// Whether each candidate takes the same number of draws.
    draws_known: bool,
    /// The share of prompts that can fail: those with more than one response.
    mass: f64,
}

impl Beforehand {
    /// What a configuration says.
    pub fn of(config: &Config) -> Self {
        let instance = &config.instance;
        let of_kind = (instance.kind.entry().alike)(&instance.section());
        let alike = if config.run.same_instance { Alike::Same } else { of_kind };
        let (drawn_once, mass) = (config.process.is_population(), instance.shape(config.process.samples).mass);
        Self { alike, drawn_once, draws_known: draws_known(&config.process), mass }
    }

    /// The same for a simulation, whose instance may have been given in place of being described.
    pub fn of_simulation(simulation: &Simulation) -> Self {
        let of_config = Self::of(&simulation.config);
        if simulation.fixed().is_some() { Self { alike: Alike::Same, mass: 1.0, ..of_config } } else { of_config }
    }

    /// The mean of a column such as `failure_0.5` after t rounds, with its interval.
    pub fn mean(&self, column: &str, t: usize, values: &[f64]) -> MeanInterval {
        if self.is_exact(column, t, values) {
            return MeanInterval::exact(values);
        }
        mean_interval(values, self.range(column, values))
    }

    /// Whether every replicate computes the same number after t rounds, and these are it, up to rounding.
    pub fn is_exact(&self, column: &str, t: usize, values: &[f64]) -> bool {
        self.computed_alike(Quantity::of_column(column).map_or(column, |quantity| quantity.name), t) && agree(values)
    }

    /// Where the values of a column can lie, these among them.
    pub fn range(&self, column: &str, values: &[f64]) -> Range {
        let quantity = Quantity::of_column(column);
        let name = quantity.map_or(column, |quantity| quantity.name);
        let declared = quantity.map_or(Range::ANY, |quantity| quantity.range);
        let range = if WITHIN_THE_MASS.contains(&name) { Range { high: self.mass, ..declared } } else { declared };
        // What rounding adds to a sum of weights does not make the range a wrong one.
        let fits = values.iter().all(|&value| value <= range.high * (1.0 + ROUNDING));
        if fits { range } else { declared }
    }

    /// Whether every replicate computes the same number.
    fn computed_alike(&self, name: &str, t: usize) -> bool {
        let (start, greedy) = (t == 0, name.starts_with("greedy_"));
        match self.alike {
            _ if start && KNOWN_AT_THE_START.contains(&name) => true,
            _ if name == "draws" => self.draws_known,
            Alike::Same => start || self.drawn_once,
            // Greedy decoding breaks ties by name.
            Alike::Renamed => !greedy && (start || self.drawn_once),
            Alike::Drawn => false,
        }
    }
}

/// Whether the number of draws follows from n: no stopping rule decides it, and no filter leaves a round without prompts.
fn draws_known(process: &ProcessConfig) -> bool {
    let table = |key: &str| process.others.get(key).and_then(toml::Value::as_table);
    let gate = table("accept").is_some_and(|accept| accept.contains_key("confidence_gate"));
    !gate && table("prompts").is_none() && !process.others.contains_key("adaptive")
}

fn agree(values: &[f64]) -> bool {
    let first = values[0];
    values.iter().all(|value| value.is_finite() && (value - first).abs() <= ROUNDING * first.abs())
}
