//! Keys that several kinds have, and how they are read.

use crate::instance::gaussian::{BaseParameter, Offset};
use crate::settings::{Form, Key, Section};
use crate::simulate::keys::COUNT;
use crate::{Error, Result, memory};

/// Keys that every kind has, beside `kind`.
pub(super) const OF_ALL: &[Key] = &[Key::of_instance(
    "rescale",
    Form::Switch,
    "divide all features by the largest norm and multiply θ_0 by it, which leaves π_0 as it is (θ_0 of theta_norm and logit_scale is drawn for the divided features); the norm is 1 already, unless they come from a file",
    "false",
)];

/// Their defaults.
pub(super) const DEFAULTS: &[(&str, &str)] = &[("rescale", "false")];

pub(super) const PROMPTS: Key =
    Key::of_instance("prompts", COUNT, "M ≥ 1 (hard: the sentinel not counted)", "required (sphere: 1)");
pub(super) const RESPONSES: Key = Key::of_instance(
    "responses",
    COUNT,
    "K ≥ 1, responses of every prompt (random: K ≥ 2, K(x) uniform on 1 to K)",
    "required",
);
pub(super) const DIM: Key = Key::of_instance(
    "dim",
    COUNT,
    "d ≥ 1 (npz: only the first d coordinates are trained, the others stay as θ_0 has them, and so does π_0)",
    "required (npz: all)",
);
pub(super) const THETA_NORM: Key =
    Key::of_instance("theta_norm", Form::Real, "draw θ_0 with this norm", "4.0 (gaussian); the file's theta0 (npz)");
pub(super) const LOGIT_SCALE: Key = Key::of_instance(
    "logit_scale",
    Form::Real,
    "draw θ_0 with this standard deviation of its logits",
    "theta_norm is used",
);
pub(super) const THETA0: Key =
    Key::of_instance("theta0", Form::Reals, "θ_0, coordinate by coordinate", "theta_norm is used (tabular: bump)");
pub(super) const OFFSET: Key = Key::of_instance(
    "offset",
    Form::Keys(&[("along", Form::Real), ("noise", Form::Real)]),
    "{ along = a, noise = s }: fixed logits b = a⟨w, φ⟩ + s·N(0,1), w a random unit vector, φ after the division by the largest norm (npz: the file's offset)",
    "no fixed logits",
);

pub(super) const ANSWER: Key = Key::of_instance(
    "answer",
    Form::Word(&["uniform"]),
    "\"uniform\": one response of each prompt is correct, drawn uniformly and independently of all else",
    "no correct response is known",
);

/// Ways to say θ_0 of dense features, at most one of them.
pub(super) const BASE: &[&str] = &["theta_norm", "logit_scale", "theta0"];

/// A value that this kind of instance cannot do without.
pub(super) fn required<T>(value: Option<T>, key: &str) -> Result<T> {
    value.ok_or_else(|| Error::argument(format!("instance.{key}"), "absent", "this key, for this kind of instance"))
}

/// M.
pub(super) fn prompts(instance: &Section<'_>) -> Result<usize> {
    required(instance.get("prompts"), "prompts")
}

/// K.
pub(super) fn responses(instance: &Section<'_>) -> Result<u32> {
    required(instance.get("responses"), "responses")
}

/// d.
pub(super) fn dim(instance: &Section<'_>) -> Result<usize> {
    required(instance.get("dim"), "dim")
}

/// A number where it is given, else another: for estimates, which come before a missing key is refused.
pub(super) fn number_or(instance: &Section<'_>, key: &str, other: f64) -> f64 {
    instance.number(key).unwrap_or(other)
}

/// θ_0, where the configuration says something of it.
pub(super) fn base(instance: &Section<'_>) -> Option<BaseParameter> {
    let norm = instance.number("theta_norm").map(BaseParameter::Norm);
    let scale = || instance.number("logit_scale").map(BaseParameter::LogitScale);
    norm.or_else(scale).or_else(|| instance.get("theta0").map(BaseParameter::Given))
}

/// The fixed logits, where there are any.
pub(super) fn offset(instance: &Section<'_>) -> Option<Offset> {
    let (along, noise) = (instance.inner("offset", "along")?, instance.inner("offset", "noise")?);
    Some(Offset { along, noise })
}

/// Refuses an instance of so many numbers of so many bytes each, unless memory can hold it.
pub(super) fn require_memory(what: &str, bytes: u64, numbers: &[u64]) -> Result<()> {
    memory::require(what, numbers.iter().fold(bytes, |product, &n| product.saturating_mul(n)))
}
