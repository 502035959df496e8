//! What an instance is, before any round: the numbers that the theory asks of a base policy and its features, each with its meaning.
//!
//! [`describe`] makes the list that `selfreward describe` shows; [`Measured`] computes each number once, when it is first asked for; and
//! [`given`] says which of them stands for which flag of `selfreward bound` and `selfreward plan`. All are exact sums over the instance,
//! weighed by p(x), with the fixed logits in π_0; padding is no response. What does not exist is [`Absent`], with the reason.

mod base;
mod correctness;
mod design;
pub mod figure;
pub mod given;
pub mod output;
mod shape;
mod spectrum;
mod weighted;

use std::cell::OnceCell;
use std::sync::Arc;

use crate::Result;
use crate::instance::{FeatureMap, Instance};
use crate::policy::Policy;
use crate::theory::effective_dimension::{Spectrum, paper_lambda};
use design::Design;
pub use weighted::Weighted;

/// Why a number is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absent(pub String);

/// A number, or why there is none.
pub type Found<T = f64> = std::result::Result<T, Absent>;

/// No number, for this reason.
fn absent<T>(reason: impl Into<String>) -> Found<T> {
    Err(Absent(reason.into()))
}

/// A number that is one.
fn finite(value: f64) -> Found {
    if value.is_finite() { Ok(value) } else { absent(format!("it leaves the range of a double ({value})")) }
}

/// What an entry holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A number.
    Number(f64),
    /// A word.
    Word(String),
}

/// A line of the description.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its name in JSON and in the table.
    pub name: String,
    /// What it means, with its unit.
    pub meaning: String,
    /// What it is.
    pub value: Found<Value>,
}

/// Entries that belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// What they speak of.
    pub title: &'static str,
    /// In the order in which they are shown.
    pub entries: Vec<Entry>,
}

impl Group {
    fn new(title: &'static str) -> Self {
        Self { title, entries: Vec::new() }
    }

    /// Appends a number.
    fn number(&mut self, name: impl Into<String>, meaning: impl Into<String>, value: Found) {
        let value = value.and_then(finite).map(Value::Number);
        self.entries.push(Entry { name: name.into(), meaning: meaning.into(), value });
    }

    /// Appends a count.
    fn count(&mut self, name: &str, meaning: impl Into<String>, value: usize) {
        self.number(name, meaning, Ok(value as f64));
    }

    /// Appends a word.
    fn word(&mut self, name: &str, meaning: impl Into<String>, value: Found<String>) {
        self.entries.push(Entry { name: name.to_owned(), meaning: meaning.into(), value: value.map(Value::Word) });
    }
}

/// Numbers that a description depends on beside the instance.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// n ≥ 1, samples a round.
    pub samples: f64,
    /// β > 0.
    pub beta: f64,
    /// λ > 0 of the effective dimension; 1/n if `None`.
    pub lambda: Option<f64>,
    /// δ in (0, 1) of the failure rates.
    pub deltas: Vec<f64>,
}

impl Options {
    /// λ.
    pub fn lambda(&self) -> f64 {
        self.lambda.unwrap_or(1.0 / self.samples)
    }
}

/// An instance of which each number is computed once, when it is first asked for.
#[derive(Debug)]
pub struct Measured {
    instance: Arc<Instance>,
    policy: Policy,
    /// The largest feature norm before any division.
    norm: f64,
    design: OnceCell<Option<Design>>,
    leverage: OnceCell<Found>,
    spectrum: OnceCell<Found<Spectrum>>,
}

impl Measured {
    /// Of an instance as it is.
    pub fn new(instance: Arc<Instance>) -> Self {
        let policy = instance.policy(instance.base());
        let norm = match instance.features() {
            FeatureMap::Dense(dense) => dense.largest_norm().1,
            FeatureMap::OneHot(_) => 1.0,
        };
        let (design, leverage, spectrum) = (OnceCell::new(), OnceCell::new(), OnceCell::new());
        Self { instance, policy, norm, design, leverage, spectrum }
    }

    /// Of one whose features were divided by their largest norm, this number.
    pub fn divided_by(self, norm: f64) -> Self {
        Self { norm, ..self }
    }

    /// The instance.
    pub fn instance(&self) -> &Instance {
        &self.instance
    }

    /// π_0.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    fn weights(&self) -> &[f64] {
        self.instance.weights()
    }

    /// The prompts that count, those with p(x) > 0, with their weights.
    fn prompts(&self) -> impl Iterator<Item = (usize, f64)> + '_ {
        self.weights().iter().copied().enumerate().filter(|(_, p)| *p > 0.0)
    }

    /// The factorization of dense features; `None` for one-hot ones.
    fn design(&self) -> Option<&Design> {
        self.design.get_or_init(|| Design::of(&self.instance, &self.policy)).as_ref()
    }

    /// The largest leverage L of a pair (C11): max Δφᵀ G⁺ Δφ over pairs of positive probability, G = E ΔφΔφᵀ under p and π_0.
    ///
    /// # Errors
    /// [`Absent`] where no features differ, or where it cannot be told in doubles.
    pub fn leverage(&self) -> Found {
        self.leverage.get_or_init(|| design::leverage(&self.instance, &self.policy, self.design())).clone()
    }

    /// The eigenvalues of Σ = E_x Cov_{π_0} φ / max‖φ‖² (Definition G.1), half the second moment of the differences.
    ///
    /// # Errors
    /// [`Absent`] where no features differ, or there are too many eigenvalues.
    pub fn spectrum(&self) -> Found<&Spectrum> {
        let made = || spectrum::of(&self.instance, &self.policy, self.design());
        self.spectrum.get_or_init(made).as_ref().map_err(Clone::clone)
    }

    /// d_λ of that spectrum; of one-hot features in closed form.
    ///
    /// # Errors
    /// As [`Measured::spectrum`] for dense features.
    pub fn effective_dimension(&self, lambda: f64) -> Found {
        match self.instance.features() {
            FeatureMap::OneHot(_) => Ok(spectrum::one_hot_dimension(self.weights(), &self.policy, lambda)),
            FeatureMap::Dense(_) => self.spectrum().map(|spectrum| spectrum.dimension(lambda)),
        }
    }

    /// The rank of all feature differences.
    ///
    /// # Errors
    /// [`Absent`] where no features differ.
    pub fn rank(&self) -> Found {
        match self.instance.rank() {
            0 => absent("no two responses to a prompt differ in their features"),
            rank => Ok(rank as f64),
        }
    }
}

/// Everything that is said of an instance, group by group.
///
/// ```
/// use std::sync::Arc;
///
/// use selfreward::describe::{Measured, Options, Value, describe};
/// use selfreward::instance::{FeatureMap, Instance, Parameter};
/// use selfreward::logits::LogitTable;
///
/// let mut table = LogitTable::default();
/// table.push_dense(&[3f64.ln(), 0.0]);
/// let instance = Instance::new(vec![1.0], FeatureMap::one_hot(vec![2]), Parameter::tabular(table), None)?;
/// let options = Options { samples: 1024.0, beta: 1.0, lambda: None, deltas: vec![0.5] };
/// let groups = describe(&Measured::new(Arc::new(instance)), &options)?;
/// let entry = |name: &str| groups.iter().flat_map(|group| &group.entries).find(|entry| entry.name == name);
/// // max π_0 = 3/4, and of correct responses nothing is known.
/// let Some(Ok(Value::Number(kappa))) = entry("kappa0").map(|entry| entry.value.clone()) else { panic!("a number") };
/// assert!((kappa - 4.0 / 3.0).abs() < 1e-15);
/// assert!(entry("accuracy").expect("a line of its own").value.is_err());
/// # Ok::<(), selfreward::Error>(())
/// ```
///
/// # Errors
/// [`crate::Error::Argument`] for a λ that is not above 0.
pub fn describe(measured: &Measured, options: &Options) -> Result<Vec<Group>> {
    let lambda = options.lambda();
    if !(lambda.is_finite() && lambda > 0.0) {
        return Err(crate::Error::argument("lambda", lambda, "a finite number above 0"));
    }
    Ok(vec![
        shape::sizes(measured),
        shape::features(measured),
        base::group(measured, options),
        differences(measured, options, lambda),
        offset(measured),
        correctness::group(measured),
    ])
}

fn differences(measured: &Measured, options: &Options, lambda: f64) -> Group {
    let mut group = Group::new("differences of features");
    let instance = measured.instance();
    group.number("rank", "rank r of all differences φ(x,y) − φ(x,y') (C11)", measured.rank());
    group.number(
        "leverage",
        "largest leverage L = max ΔφᵀG⁺Δφ of a pair, G = E ΔφΔφᵀ under p and π_0 (C11); at least r",
        measured.leverage(),
    );
    let trace = measured.spectrum().map(Spectrum::trace);
    group.number("trace", "tr Σ, Σ = E_x Cov φ / max‖φ‖² under p and π_0 (Definition G.1); at most 1", trace);
    let given = if options.lambda.is_some() { "as given" } else { "1/n" };
    group.number("lambda", format!("λ of the effective dimension, {given}"), Ok(lambda));
    group.number("effective_dimension", "d_λ = Σ_j λ_j/(λ_j+λ) of Σ", measured.effective_dimension(lambda));
    let dim = instance.features().dim() as f64;
    let papers = match paper_lambda(dim) {
        Ok(lambda) => measured.effective_dimension(lambda),
        Err(_) => absent("1/log d needs d ≥ 2"),
    };
    group.number("effective_dimension_paper", "d_λ at the paper's λ = 1/log d", papers);
    let best = measured.spectrum().and_then(spectrum::best_regime);
    let name = best.as_ref().map(spectrum::told).map_err(Clone::clone);
    group.word("regime", "regime of decay that fits the leading eigenvalues best, by AICc (Assumption G.3)", name);
    let points = best.as_ref().map(|fit| fit.points as f64).map_err(Clone::clone);
    group.number("regime_points", "leading eigenvalues that it is fitted to", points);
    let bound = best.and_then(|fit| spectrum::regime_bound(&fit, measured.spectrum()?, lambda));
    group.number("regime_bound", "bound on d_λ of that regime (Lemma G.4)", bound);
    group
}

fn offset(measured: &Measured) -> Group {
    let mut group = Group::new("fixed logits");
    let followed = measured.design().and_then(|design| design.followed.as_ref());
    let offset_share = match (measured.instance().features(), followed) {
        (_, Some(followed)) => followed.offset_share(),
        (FeatureMap::OneHot(_), None) => absent("every response has a parameter of its own: nothing is fixed"),
        (FeatureMap::Dense(_), None) => absent("no logit is fixed: all is linear in the features"),
    };
    let sharpened_share = match (followed, measured.range()) {
        (Some(followed), _) => followed.sharpened_share(),
        (None, Ok(range)) if range > 0.0 => Ok(1.0),
        (None, _) => absent("π_0 is uniform at every prompt"),
    };
    group.number(
        "offset_share",
        "R² of the fixed logits: share of their log-odds that is linear in the features, under π_0",
        offset_share,
    );
    group.number(
        "sharpened_share",
        "R² of log π_0: share of the sharpening that the features can follow",
        sharpened_share,
    );
    group.number(
        "approximation_error",
        "ε_app: root of the least population loss of a step from π_0, nats",
        measured.approximation_error(),
    );
    group
}

impl Measured {
    /// ε_app ≥ 0, nats: root of the least population loss that a step from π_0 can have; 0 where all is followed.
    ///
    /// # Errors
    /// [`Absent`] if it leaves the doubles.
    pub fn approximation_error(&self) -> Found {
        let followed = self.design().and_then(|design| design.followed.as_ref());
        followed.map_or(Ok(0.0), |followed| finite((2.0 * followed.missed).sqrt()))
    }
}
