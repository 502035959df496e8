//! A bound: a number together with what it was computed from and what it assumes.

use serde::ser::{Serialize, SerializeMap, Serializer};

/// A hypothesis of a result, and whether the numbers given satisfy it.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Assumption {
    /// The hypothesis, in words and symbols.
    pub name: String,
    /// Whether it holds; `None` where the numbers given cannot tell.
    pub met: Option<bool>,
}

/// A right-hand side of the theory: its value, every intermediate, the assumptions it rests on, and whether it says
/// anything.
///
/// Serialized as `{"name", "value", "intermediates": {…}, "assumptions": [{"name", "met"}], "vacuous"}`; a number that
/// is not finite becomes null.
#[derive(Debug, Clone, PartialEq)]
pub struct Bound {
    name: &'static str,
    value: f64,
    intermediates: Vec<(&'static str, f64)>,
    lists: Vec<(&'static str, Vec<f64>)>,
    assumptions: Vec<Assumption>,
    vacuous: bool,
}

impl Bound {
    /// A bound of this name and value, `vacuous` where the value excludes nothing; one that left the doubles does not.
    pub(crate) fn new(name: &'static str, value: f64, vacuous: bool) -> Self {
        let vacuous = vacuous || !value.is_finite();
        Self { name, value, intermediates: Vec::new(), lists: Vec::new(), assumptions: Vec::new(), vacuous }
    }

    /// Marks a value that says something where it is infinite, too.
    pub(crate) fn informative(mut self) -> Self {
        self.vacuous = false;
        self
    }

    /// Adds an intermediate.
    pub(crate) fn with(mut self, name: &'static str, value: f64) -> Self {
        self.intermediates.push((name, value));
        self
    }

    /// Adds an intermediate that is a list: a law over responses, one number for each round.
    pub(crate) fn with_list(mut self, name: &'static str, values: Vec<f64>) -> Self {
        self.lists.push((name, values));
        self
    }

    /// Adds an assumption of which the numbers given can tell whether it holds.
    pub(crate) fn checked(mut self, name: impl Into<String>, met: bool) -> Self {
        self.assumptions.push(Assumption { name: name.into(), met: Some(met) });
        self
    }

    /// Adds an assumption that the numbers given cannot confirm.
    pub(crate) fn assuming(mut self, name: impl Into<String>) -> Self {
        self.assumptions.push(Assumption { name: name.into(), met: None });
        self
    }

    /// Adds an assumption that the numbers given can refute but not confirm.
    pub(crate) fn unless(mut self, refuted: bool, name: impl Into<String>) -> Self {
        self.assumptions.push(Assumption { name: name.into(), met: refuted.then_some(false) });
        self
    }

    /// Adds the intermediates and assumptions of a bound that this one builds on.
    pub(crate) fn building_on(mut self, other: &Self) -> Self {
        self.intermediates.extend(other.intermediates.iter().copied());
        self.lists.extend(other.lists.iter().cloned());
        self.assumptions.extend(other.assumptions.iter().cloned());
        self
    }

    /// The name, as the calculator knows it (`one-step`).
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The value.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// The quantities the value was computed from, in the order of computation.
    pub fn intermediates(&self) -> &[(&'static str, f64)] {
        &self.intermediates
    }

    /// The intermediates that are lists, in the order of computation.
    pub fn lists(&self) -> &[(&'static str, Vec<f64>)] {
        &self.lists
    }

    /// The intermediate of this name.
    pub fn intermediate(&self, name: &str) -> Option<f64> {
        self.intermediates.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    /// What the bound rests on.
    pub fn assumptions(&self) -> &[Assumption] {
        &self.assumptions
    }

    /// Whether the numbers given refute one of the assumptions.
    pub fn refuted(&self) -> bool {
        self.assumptions.iter().any(|assumption| assumption.met == Some(false))
    }

    /// Whether the value excludes nothing: a bound of at least 1 on a probability, of at least 1/μ on κ_{t+1}, of at
    /// least κ₀ on κ_∞, of at least the range on ε, a guaranteed confidence of at most 1 − δ, a value that is not finite
    /// (but for log-odds: infinite ones say that the policy is sure).
    pub fn vacuous(&self) -> bool {
        self.vacuous
    }
}

/// The intermediates, serialized as a map in their order, lists last.
struct Intermediates<'a>(&'a Bound);

impl Serialize for Intermediates<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Bound { intermediates, lists, .. } = self.0;
        let mut map = serializer.serialize_map(Some(intermediates.len() + lists.len()))?;
        intermediates.iter().try_for_each(|(name, value)| map.serialize_entry(name, value))?;
        lists.iter().try_for_each(|(name, values)| map.serialize_entry(name, values))?;
        map.end()
    }
}

impl Serialize for Bound {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(5))?;
        map.serialize_entry("name", self.name)?;
        map.serialize_entry("value", &self.value)?;
        map.serialize_entry("intermediates", &Intermediates(self))?;
        map.serialize_entry("assumptions", &self.assumptions)?;
        map.serialize_entry("vacuous", &self.vacuous)?;
        map.end()
    }
}
