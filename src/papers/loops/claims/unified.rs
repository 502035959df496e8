//! One loop: its multiplier, what it does not depend on, the order of its decay (U1–U3).

use super::super::theory::laws::softplus;
use super::super::theory::unified::{Affine, Regime};
use super::OURS;
use super::presets::Path;
use super::rows::{
    NEWTON, ROUNDING, alpha, is_its_preset, is_marked, is_of_two_answers, is_population_of, is_table, preset, rewards,
    smooth_labels, weights,
};
use crate::claims::premises::{Slot, has_offset};
use crate::claims::{Case, Claim, Comparison, Control, Source, Statement, Trial};
use crate::instance::Instance;
use crate::metrics::named::{LOG_ODDS, NULL_DISTANCE, PARAMETER_PROBE, THETA_NORM};
use crate::metrics::plain_step::PlainStep;
use crate::process::fit::Data;
use crate::process::{Memory, Reference};
use crate::{Error, Result};

/// Two responses over (α, η, β), the square loss and labels.
const PLANE: &[Source] =
    &[Source { experiment: "loop_plane", part: "plane" }, Source { experiment: "loop_plane", part: "plane-labels" }];

/// A linear class with a linear reward, the last with more directions than differences.
const LINEAR: &[Source] = &[
    Source { experiment: "loop_plane", part: "linear" },
    Source { experiment: "loop_plane", part: "linear-labels" },
    Source { experiment: "loop_plane", part: "across" },
];

/// Those whose features have directions in which no responses differ.
const ACROSS: &[Source] = &[Source { experiment: "loop_plane", part: "across" }];

/// Every named loop on two responses and on tables.
const PRESETS: &[Source] = &[
    Source { experiment: "orders_of_decay", part: "presets" },
    Source { experiment: "orders_of_decay", part: "grpo" },
    Source { experiment: "orders_of_decay", part: "flips" },
    Source { experiment: "orders_of_decay", part: "tables" },
];

/// Loops at two responses, and replay on either side of its threshold.
const LIMITS: &[Source] = &[
    Source { experiment: "orders_of_decay", part: "presets" },
    Source { experiment: "replay_and_memory", part: "replay" },
];

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[
    Claim {
        note: "rounds whose log-odds leave 10⁻⁶ of their size unchanged say nothing of the ratio",
        ..Claim::exact(
            "U1",
            "reference ∝ π_t^α π_0^{1−α}, reward η log π_t + r°: every log-odds obeys ℓ_{t+1} = mℓ_t + (1−α)ℓ_0 + Δr°/β with m = α + η/β; m is the ratio of successive increments",
            OURS,
            PLANE,
            Statement::Replicates(affine_on_tables),
            &[Control::replicates(
                "U1.beta-one",
                "increments shrink if and only if β > 1, whatever α and η",
                PLANE,
                beta_one,
            )],
        )
    },
    Claim {
        note: "a coordinate of Pθ_t, P the projection onto the span of all feature differences; θ_t across that span is weighed where d = 20 and there are 12 differences. The closed form of the paper's own loop (square loss, reference π_t, reward log π_t) is another minimiser, with the same policy: (I − P)θ_t is weighed there as (1+1/β)^t(I − P)θ_0",
        ..Claim::exact(
            "U1.linear",
            "the linear class with r° = ⟨θ°, φ⟩: Pθ_{t+1} = mPθ_t + (1−α)Pθ_0 + Pθ°/β with m = α + η/β, and (I − P)θ_t = (I − P)θ_0, but for the closed form (1+1/β)θ_t of the paper's own loop",
            OURS,
            LINEAR,
            Statement::Replicates(affine_in_linear_classes),
            &[
                Control::replicates("U1.no-reference", "the same with m = η/β, where α > 0", LINEAR, without_reference),
                Control::replicates(
                    "U1.whole",
                    "(I − P)θ_t obeys the recursion, too: (I − P)θ_{t+1} = m(I − P)θ_t + (1−α)(I − P)θ_0",
                    ACROSS,
                    whole,
                ),
            ],
        )
    },
    Claim {
        note: "preference-dpo with flips is weighed at two responses, where its optimum has a closed form",
        ..Claim::exact(
            "U3",
            "one-hot features: the population round of each of the 21 named loops is its recursion",
            "each loop's own source (selfreward loops): arXiv 2412.01951 and 2601.22513 (read), 2401.01335, 2407.09499, 2602.12180 (second hand), 2503.06639, 2602.10014 (abstracts), general knowledge, ours",
            PRESETS,
            Statement::Replicates(recursions),
            &[Control::replicates(
                "U3.geometric",
                "log(1−p) falls by the same amount in every round of sharpening-sft",
                PRESETS,
                geometric,
            )],
        )
    },
    Claim {
        note: "live-reward-frozen-reference (β > 1), spin (β > ½) and replay; the log-odds of replay lie within ±log((2−λ)/λ) from the first round on, and its last increments shrink",
        ..Claim::exact(
            "U3.limit",
            "two responses: the limit is interior for |m| < 1, with |ℓ_t − ℓ*| = |m|^t|ℓ_0 − ℓ*|, and for replay, every λ > 0",
            OURS,
            LIMITS,
            Statement::Replicates(interior),
            &[Control::replicates(
                "U3.sure",
                "they become sure: log-odds move in the second half of the rounds by at least half of what they did in the first",
                LIMITS,
                sure,
            )],
        )
    },
];

/// What a run says of U1: the map of one of its numbers, and that number round by round.
struct Followed {
    map: Affine,
    values: Vec<f64>,
    /// Its size, for rounding: the largest number that enters a round.
    scale: f64,
    tolerance: f64,
}

impl Followed {
    /// The mean log-odds of a table with two responses, or a coordinate of Pθ_t in a linear class; `None` where the hypotheses fail.
    fn of(trial: &Trial<'_>) -> Result<Option<Self>> {
        const SLOTS: &[Slot] = &[Slot::Candidates, Slot::Reward, Slot::Reference];
        let tolerance = match smooth_labels(trial) {
            None if is_population_of(trial, "erm", SLOTS) => ROUNDING,
            Some((1.0, 0.0)) if is_population_of(trial, "logistic", SLOTS) => NEWTON,
            _ => return Ok(None),
        };
        let Some((own, 0.0, external)) = weights(trial) else { return Ok(None) };
        let instance = trial.instance()?;
        let table = is_table(&instance);
        // A reward from outside is known to be linear where it was drawn so.
        let linear = external == 0.0 || trial.config().instance.get::<f64>("reward_norm").is_some();
        let speaks = if table { is_of_two_answers(&instance) } else { linear && !has_offset(trial.simulation()) };
        if !speaks {
            return Ok(None);
        }
        let of = if table { &LOG_ODDS } else { &PARAMETER_PROBE };
        let values: Vec<f64> = (0..=trial.rounds()).map(|t| trial.get(of, t)).collect::<Result<_>>()?;
        let outside = external * if table { difference(&instance) } else { coordinate(&instance)? };
        let map = Affine::of(alpha(trial), own, trial.beta(), values[0], outside)?;
        let sizes = if table { 0.0 } else { trial.get(&THETA_NORM, 0)? + outside.abs() / trial.beta() };
        Ok(Some(Self { map, values, scale: sizes + map.constant.abs(), tolerance }))
    }

    /// The size of what enters round t + 1.
    fn size(&self, t: usize, moved: f64) -> f64 {
        let most = self.values[..=t + 1].iter().fold(0.0, |most: f64, value| most.max(value.abs()));
        self.scale + (1.0 + self.map.multiplier.abs()) * most.max(moved)
    }
}

/// E_x of the reward of the correct response less that of the other.
fn difference(instance: &Instance) -> f64 {
    let (rewards, marks) = (rewards(instance), super::rows::marks(instance));
    super::rows::mean(instance, |x| {
        let of =
            |right: bool| rewards[x].iter().zip(&marks[x]).find(|(_, mark)| **mark == right).map_or(0.0, |(r, _)| *r);
        of(true) - of(false)
    })
}

/// The coordinate of Pθ° that `parameter_probe` is of Pθ_t: r° = ⟨θ°, φ⟩ + const, so that θ° is the least squares of r° on φ.
fn coordinate(instance: &Instance) -> Result<f64> {
    let Some(reward) = instance.reward() else { return Ok(0.0) };
    let of_reward = instance.clone().with_offset((**reward).clone())?;
    let policy = instance.policy(instance.base());
    let missing = || Error::argument("features", "without a difference", "dense features that differ");
    let plain = PlainStep::new(&of_reward, instance.base(), &policy).ok_or_else(missing)?;
    Ok(plain.probe(&plain.of_offset().ok_or_else(missing)?))
}

fn affine_on_tables(trial: &Trial<'_>) -> Result<Option<Case>> {
    affine(trial, false)
}

fn affine_in_linear_classes(trial: &Trial<'_>) -> Result<Option<Case>> {
    affine(trial, true)
}

/// ‖(I − P)θ_0‖: the part of θ_0 that makes no difference to any pair of responses.
fn across(instance: &Instance) -> f64 {
    let policy = instance.policy(instance.base());
    PlainStep::new(instance, instance.base(), &policy).map_or(0.0, |plain| plain.across())
}

/// By what a round of this loop multiplies (I − P)θ_t: 1, but in the paper's own loop under the square loss (self-reward, reference π_t),
/// where the closed form (1 + 1/β)θ_t stands for the minimiser. It is one, and has the same policy as the one that leaves (I − P)θ_t.
fn factor_across(trial: &Trial<'_>) -> f64 {
    let own = weights(trial) == Some((1.0, 0.0, 0.0)) && trial.simulation().process.reference == Reference::Current;
    if own && smooth_labels(trial).is_none() { 1.0 + 1.0 / trial.beta() } else { 1.0 }
}

/// U1 on tables, or in linear classes.
fn affine(trial: &Trial<'_>, linear: bool) -> Result<Option<Case>> {
    let instance = trial.instance()?;
    if linear == is_table(&instance) {
        return Ok(None);
    }
    let Some(followed) = Followed::of(trial)? else { return Ok(None) };
    let Followed { map, values, tolerance, .. } = &followed;
    let (outside, factor) = if linear { (across(&instance), factor_across(trial)) } else { (0.0, 1.0) };
    let mut case = Case::default();
    case.place.size = trial.size();
    for t in 0..trial.rounds() {
        let moved = if linear { trial.get(&THETA_NORM, t)?.max(trial.get(&THETA_NORM, t + 1)?) } else { 0.0 };
        let size = followed.size(t, moved);
        case.comparisons.push(Comparison::identity(values[t + 1], map.next(values[t]), tolerance * size));
        if linear {
            let (null, stated) = (trial.get(&NULL_DISTANCE, t + 1)?, (factor.powi(t as i32 + 1) - 1.0) * outside);
            case.comparisons.push(Comparison::identity(null, stated, tolerance * size.max(stated)));
        }
        if let Some((ratio, error)) = ratio(&followed, t, moved) {
            case.comparisons.push(Comparison::identity(ratio, map.multiplier, error));
        }
    }
    // All rounds at once; what rounding does in one grows like |m|^t.
    let grown: f64 = (0..=trial.rounds()).map(|t| map.multiplier.abs().powi(t as i32)).fold(0.0, f64::max);
    let moved = if linear { trial.get(&THETA_NORM, trial.rounds())? } else { 0.0 };
    let rounds = trial.rounds() as f64;
    let error = tolerance * rounds * grown.max(1.0) * (followed.scale + values[0].abs()) + tolerance * moved;
    let last = map.after(trial.rounds() as u32);
    case.comparisons.push(Comparison::identity(values[trial.rounds()], last, error));
    Ok(Some(case))
}

fn without_reference(trial: &Trial<'_>) -> Result<Option<Case>> {
    let speaks = alpha(trial) > 0.0 && !is_table(&*trial.instance()?);
    let Some(followed) = Followed::of(trial)?.filter(|_| speaks) else { return Ok(None) };
    let (map, values) = (&followed.map, &followed.values);
    let next = |now: f64| (map.multiplier - alpha(trial)) * now + map.constant;
    let mut case = Case::default();
    case.place.size = trial.size();
    for t in 0..trial.rounds() {
        let tolerance = followed.tolerance * followed.size(t, trial.get(&THETA_NORM, t + 1)?);
        case.comparisons.push(Comparison::identity(values[t + 1], next(values[t]), tolerance));
    }
    Ok(Some(case))
}

/// ‖(I − P)(θ_t − θ_0)‖ if (I − P)θ_t were multiplied and pulled as Pθ_t is.
fn whole(trial: &Trial<'_>) -> Result<Option<Case>> {
    let instance = trial.instance()?;
    let Some(followed) = Followed::of(trial)?.filter(|_| !is_table(&instance)) else { return Ok(None) };
    let (outside, mut part) = (across(&instance), 1.0);
    let mut case = Case::default();
    case.place.size = trial.size();
    for t in 0..trial.rounds() {
        part = followed.map.multiplier * part + 1.0 - alpha(trial);
        let tolerance = followed.tolerance * followed.size(t, trial.get(&THETA_NORM, t + 1)?);
        let stated = (part - 1.0).abs() * outside;
        case.comparisons.push(Comparison::identity(trial.get(&NULL_DISTANCE, t + 1)?, stated, tolerance));
    }
    Ok(Some(case))
}

/// (x_{t+2} − x_{t+1})/(x_{t+1} − x_t) with what it is known to; `None` where increments are rounding.
fn ratio(followed: &Followed, t: usize, moved: f64) -> Option<(f64, f64)> {
    let [first, second, third] = followed.values.get(t..t + 3)?.try_into().ok()?;
    let (step, size) = (second - first, followed.size(t, moved).max(third.abs()));
    // A Newton fit knows its optimum to less than rounding does.
    let share = if followed.tolerance == ROUNDING { 1e-6 } else { 1e-3 };
    if step.abs() <= share * size {
        return None;
    }
    let ratio = (third - second) / step;
    Some((ratio, followed.tolerance * (1.0 + ratio.abs()) * size / step.abs()))
}

fn beta_one(trial: &Trial<'_>) -> Result<Option<Case>> {
    let speaks = is_table(&*trial.instance()?);
    let Some(followed) = Followed::of(trial)?.filter(|_| speaks) else { return Ok(None) };
    // A live reward with a frozen reference: there it is true.
    if alpha(trial) == 0.0 && weights(trial).is_some_and(|(own, ..)| own == 1.0) {
        return Ok(None);
    }
    let mut case = Case::default();
    case.place.size = trial.size();
    for t in 0..trial.rounds() {
        let Some((ratio, error)) = ratio(&followed, t, 0.0) else { continue };
        let shrinks = trial.beta() > 1.0;
        case.comparisons.push(match shrinks {
            true => Comparison::unlimited(ratio.abs(), 1.0, error),
            false => Comparison::at_least(ratio.abs(), 1.0, error),
        });
    }
    Ok((!case.comparisons.is_empty()).then_some(case))
}

fn recursions(trial: &Trial<'_>) -> Result<Option<Case>> {
    // The law of labels enters one of the recursions.
    let labels: &[&str] = if preset(trial) == Some("preference-dpo") { &["labels"] } else { &[] };
    let population = trial.simulation().process.fit.is_population();
    if !population || !is_its_preset(trial, labels)? || !is_marked(&*trial.instance()?) {
        return Ok(None);
    }
    let Some(mut path) = Path::of(trial)? else { return Ok(None) };
    let tolerance = if matches!(trial.simulation().process.fit.data(), Data::Labels(_)) { NEWTON } else { ROUNDING };
    let mut case = Case::default();
    case.place.size = trial.size();
    for t in 0..trial.rounds() {
        if path.is_scalar() {
            path.go_on_from(trial.get(&LOG_ODDS, t)?);
        }
        if !path.advance()? {
            return Ok(None);
        }
        case.comparisons.extend(path.compare(trial, tolerance)?);
    }
    Ok(Some(case))
}

fn geometric(trial: &Trial<'_>) -> Result<Option<Case>> {
    let speaks = preset(trial) == Some("sharpening-sft") && trial.simulation().process.fit.is_population();
    if !speaks || !is_its_preset(trial, &[])? || !Path::of(trial)?.is_some_and(|path| path.is_scalar()) {
        return Ok(None);
    }
    // log(1 − p) of the mode.
    let doubts: Vec<f64> = (0..=trial.rounds())
        .map(|t| trial.get(&LOG_ODDS, t).map(|odds| -softplus(odds.abs())))
        .collect::<Result<_>>()?;
    let mut case = Case::default();
    case.place.size = trial.size();
    for doubts in doubts.windows(3) {
        let (first, second) = (doubts[1] - doubts[0], doubts[2] - doubts[1]);
        case.comparisons.push(Comparison::identity(second, first, ROUNDING * (1.0 + first.abs())));
    }
    Ok(Some(case))
}

/// A loop at two responses whose limit is interior.
enum Interior {
    /// ℓ ↦ mℓ + k with |m| < 1.
    Linear(Affine),
    /// A share λ of uniform answers.
    Replay(f64),
}

impl Interior {
    fn of(trial: &Trial<'_>) -> Result<Option<Self>> {
        let population = trial.simulation().process.fit.is_population();
        let Some(name) = preset(trial).filter(|_| population) else { return Ok(None) };
        let share: &[&str] = if name == "replay" { &["memory"] } else { &[] };
        if !is_its_preset(trial, share)?
            || !is_of_two_answers(&*trial.instance()?)
            || !Path::of(trial)?.is_some_and(|path| path.is_scalar())
        {
            return Ok(None);
        }
        let start = trial.get(&LOG_ODDS, 0)?;
        let (alpha, eta, outside) = match (name, trial.simulation().process.memory) {
            ("replay", Memory::Replay(share)) => return Ok(Some(Self::Replay(share)).filter(|_| share > 0.0)),
            ("live-reward-frozen-reference", _) => (0.0, 1.0, 0.0),
            ("spin", _) => (1.0, -1.0, difference(&*trial.instance()?)),
            _ => return Ok(None),
        };
        let map = Affine::of(alpha, eta, trial.beta(), start, outside)?;
        Ok(Some(Self::Linear(map)).filter(|_| map.regime() == Regime::Converges))
    }
}

/// dℓ'/dℓ of a round of replay, p' = (1−λ)σ((1+1/β)ℓ) + λ/2: from where it is below 1 increments shrink.
fn slope(share: f64, beta: f64, odds: f64) -> f64 {
    let (sigma, power) = (|odds: f64| 1.0 / (1.0 + (-odds).exp()), 1.0 + 1.0 / beta);
    let (right, wrong) = (sigma(power * odds), sigma(-power * odds));
    let next = |p: f64| (1.0 - share) * p + 0.5 * share;
    (1.0 - share) * power * right * wrong / (next(right) * next(wrong))
}

fn interior(trial: &Trial<'_>) -> Result<Option<Case>> {
    let Some(interior) = Interior::of(trial)? else { return Ok(None) };
    let values: Vec<f64> = (0..=trial.rounds()).map(|t| trial.get(&LOG_ODDS, t)).collect::<Result<_>>()?;
    let mut case = Case::default();
    case.place.size = trial.size();
    match interior {
        Interior::Linear(map) => {
            let limit = map.constant / (1.0 - map.multiplier);
            let (mut distance, rounding) = ((values[0] - limit).abs(), ROUNDING * (1.0 + limit.abs()));
            for value in &values[1..] {
                distance *= map.multiplier.abs();
                case.comparisons.push(Comparison::identity((value - limit).abs(), distance, rounding));
            }
        }
        Interior::Replay(share) => {
            let most = ((2.0 - share) / share).ln();
            let bounded = |value: &f64| Comparison::unlimited(value.abs(), most, ROUNDING * (1.0 + most));
            case.comparisons.extend(values[1..].iter().map(bounded));
            if let [.., first, second, third] = values[..]
                && slope(share, trial.beta(), first) < 1.0
            {
                let (before, after) = ((second - first).abs(), (third - second).abs());
                case.comparisons.push(Comparison::unlimited(after, before, ROUNDING * (1.0 + most)));
            }
        }
    }
    Ok(Some(case))
}

fn sure(trial: &Trial<'_>) -> Result<Option<Case>> {
    if Interior::of(trial)?.is_none() || trial.rounds() < 2 {
        return Ok(None);
    }
    let [first, middle, last] = [0, trial.rounds() / 2, trial.rounds()];
    let [first, middle, last] =
        [trial.get(&LOG_ODDS, first)?, trial.get(&LOG_ODDS, middle)?, trial.get(&LOG_ODDS, last)?];
    let mut case = Case::default();
    case.place.size = trial.size();
    let least = 0.5 * (middle - first).abs();
    case.comparisons.push(Comparison::at_least((last - middle).abs(), least, ROUNDING * (1.0 + least)));
    Ok(Some(case))
}
