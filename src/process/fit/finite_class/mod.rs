//! Empirical risk minimisation over a finite class that is realizable in every round (claims C10 and C18, Theorem 5.3).
//!
//! The class Π is fixed before the first round. With *levels* s ∈ {0, …, T} and the growth g = 1 + 1/β of the population update it
//! holds, at level s, what s population updates make of its members of level 0:
//!
//! * one-hot features: a *product class* (`product`). At each prompt, independently, a favoured response ℓ and a level s: logit
//!   b(x)g^s on ℓ and 0 on the others, where b(x) is the prompt's bump in θ_0.
//! * dense features: an *enumerated class* (`rays`). The rays g^s u_i, where u_0 = θ_0 and the other u_i have its norm and a direction
//!   drawn uniformly, once for each replicate.
//!
//! **Realizability.** π_t^{1+1/β} of a member of level s is the member of level s + 1 with the same label or ray. So it lies in Π at
//! round t as long as no level exceeds t, and then the least empirical loss is 0. Every choice below is therefore made among the
//! *consistent* members of level ≤ t + 1: those without empirical loss. Each is an empirical minimiser over all of Π, and the next
//! round is realizable too; a choice of level T before the last round would have no successor in Π. In the last round the
//! restriction is void.

mod levels;
mod product;
mod rays;

use super::entry::{self, Entry};
use super::{Fit, Fitted};
use crate::instance::{FeatureMap, Instance, Parameter};
use crate::process::{Loop, Step};
use crate::settings::{Form, Key, Section};
use crate::{Error, Result};

/// Which of the consistent members of level ≤ t + 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClassChoice {
    /// The one whose θ is nearest to θ_t in Euclidean distance. A product class has no ties (a prompt whose favoured response was in no
    /// pair keeps it and its level); among rays the least index wins, then the least level.
    #[default]
    Nearest,
    /// Uniform over them; in a product class that is uniform at each prompt.
    Random,
    /// The one with the largest population loss ε², the quantity that C10 bounds. Ties: the least label or ray, then the least level.
    Worst,
}

/// ERM over a finite class.
///
/// ```
/// use selfreward::instance::tabular::{Tabular, Weights};
/// use selfreward::process::{ClassChoice, FiniteClass};
/// use selfreward::Seed;
///
/// let instance = Tabular { prompts: 7, responses: 5, bump: 1.0, weights: Weights::Uniform }.draw(&Seed::from_number(1))?;
/// let class = FiniteClass { choice: ClassChoice::Nearest, levels: 3, rays: 1 };
/// // At each of 7 prompts one of 5 labels at one of 4 levels.
/// assert!((class.log_size(&instance, 3) - 7.0 * 20f64.ln()).abs() < 1e-12);
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FiniteClass {
    /// Which of the empirical minimisers.
    pub choice: ClassChoice,
    /// T, the highest level; at least the number of rounds.
    pub levels: usize,
    /// Rays of the enumerated class, that of θ_0 included, 1 to 10^9. Product classes have no rays, and ignore it.
    pub rays: u64,
}

/// The largest number of rays.
const MAX_RAYS: u64 = 1_000_000_000;

impl FiniteClass {
    /// log of the number of policies of level at most `level` in nats: Σ_x log(K(x)(`level`+1)) over prompts with two responses or more,
    /// or log(rays·(`level`+1)). With `level` = T it is log #Π; round t chooses among those of level t + 1.
    pub fn log_size(&self, instance: &Instance, level: usize) -> f64 {
        match instance.features() {
            FeatureMap::OneHot(responses) => responses.iter().map(|&count| product::log_size(count, level)).sum(),
            FeatureMap::Dense(_) => rays::log_size(self.rays, level),
        }
    }

    /// R: no member of level at most `level`, from no θ_t of level at most `level` − 1, has a |Δ^{r̂} − Δ^{r_t}| above it at any pair, in
    /// nats.
    ///
    /// * Product class: 2β·max_x |b(x)|·g^`level`, attained where the favoured responses differ.
    /// * Rays: 2β·‖θ_0‖·g^`level`·max ‖Δφ‖, an upper bound.
    pub fn range(&self, instance: &Instance, beta: f64, level: usize) -> f64 {
        let largest = match (instance.features(), instance.base()) {
            (FeatureMap::OneHot(_), Parameter::Tabular(table)) => {
                let rows = table.rows().filter(|row| row.responses() > 1);
                rows.filter_map(product::favoured).map(|(_, bump)| bump.abs()).fold(0.0, f64::max)
            }
            (features, base) => base.norm() * features.largest_difference(),
        };
        range(largest, beta, level)
    }

    /// log #Π of M prompts with K responses each.
    pub(crate) fn log_size_of_product(prompts: usize, responses: u32, level: usize) -> f64 {
        prompts as f64 * product::log_size(responses, level)
    }

    /// log #Π of the enumerated class.
    pub(crate) fn log_size_of_rays(&self, level: usize) -> f64 {
        rays::log_size(self.rays, level)
    }
}

/// R = 2β·`largest`·(1+1/β)^`level`, where `largest` bounds the differences of logits at level 0.
pub(crate) fn range(largest: f64, beta: f64, level: usize) -> f64 {
    2.0 * beta * largest * (1.0 + 1.0 / beta).powf(level as f64)
}

/// The fit's entry.
pub(super) const ENTRY: Entry = Entry {
    name: "finite-class",
    about: "ERM over a finite class",
    keys: &[
        entry::CHOICE,
        Key::of_process(
            "rays",
            Form::Whole(1, MAX_RAYS),
            "rays of the class on gaussian and npz instances, that of θ_0 included, 1 to 10^9; each has T+1 members",
            "1000",
        ),
    ],
    defaults: &[("choice", "\"nearest\"")],
    make: |process| Ok(Box::new(FiniteClass::read(process)?)),
};

impl FiniteClass {
    /// The finite class of `[process]`, up to the instance.
    ///
    /// # Errors
    /// [`Error::Argument`] with the offending value and what was expected.
    pub(crate) fn read(process: &Section<'_>) -> Result<Self> {
        let choice = match process.word("choice") {
            None | Some("nearest") => ClassChoice::Nearest,
            Some("random") => ClassChoice::Random,
            Some("worst") => ClassChoice::Worst,
            Some(other) => {
                let expected = "\"nearest\", \"random\" or \"worst\" for the update \"finite-class\"";
                return Err(process.wrong("choice", format!("\"{other}\""), expected));
            }
        };
        if let Some(radius) = process.number("radius") {
            return Err(process.wrong("radius", radius, "no ball for the update \"finite-class\""));
        }
        let levels = process.whole("rounds").unwrap_or(8) as usize;
        Ok(Self { choice, levels, rays: process.whole("rays").unwrap_or(1000) })
    }
}

impl Fit for FiniteClass {
    fn fit(&self, step: &Step<'_>) -> Result<Fitted> {
        if step.round >= self.levels {
            let expected = format!("at most the {} levels of the class above its base", self.levels);
            return Err(Error::argument("process.rounds", step.round + 1, expected));
        }
        let batches = step.batches();
        match (step.instance.features(), step.theta()) {
            (FeatureMap::OneHot(_), Parameter::Tabular(table)) => product::update(self, step, batches, table),
            (FeatureMap::Dense(features), Parameter::Dense(theta)) => {
                rays::update(self, step, batches, features, theta)
            }
            _ => unreachable!("an instance has parameters and features of one kind"),
        }
        .map(Fitted::from)
    }

    fn check(&self, process: &Loop, instance: &Instance) -> Result<()> {
        if let Some((key, value)) = process.departure() {
            let expected =
                "its default beside update = \"finite-class\": the class is realizable in the paper's loop alone";
            return Err(Error::argument(format!("process.{key}"), value, expected));
        }
        if instance.offset().is_some() {
            let expected = "an instance without an offset: the class is realizable without one alone";
            return Err(Error::argument("process.update", "\"finite-class\"", expected));
        }
        if process.rounds > self.levels {
            let expected = format!("at most the {} levels of the class above its base", self.levels);
            return Err(Error::argument("process.rounds", process.rounds, expected));
        }
        if let Some(radius) = process.radius {
            return Err(Error::argument("process.radius", radius, "none: a finite class has no ball"));
        }
        match (instance.features(), instance.base()) {
            (FeatureMap::OneHot(_), Parameter::Tabular(table)) => product::check(table, process.beta, self.levels),
            (FeatureMap::Dense(features), Parameter::Dense(base)) => rays::check(self, process.beta, features, base),
            _ => unreachable!("an instance has parameters and features of one kind"),
        }
    }
}
