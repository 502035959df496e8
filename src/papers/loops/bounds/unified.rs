//! The multiplier of a loop and what becomes of it (U1).

use super::super::theory::unified::loop_map;
use crate::nearest::one_of;
use crate::papers::{Bound, BoundEntry, Numbers};
use crate::{Error, Result};

pub(super) const LOOP_MAP: BoundEntry = BoundEntry {
    name: "loop-map",
    about: "log-odds after T population rounds of ℓ' = (α + η/β)ℓ + (1−α)ℓ₀ + Δr°/β: multiplier, fixed point, regime (U1)",
    usage: "beta, log-odds (alpha, eta, external, or preset of a loop with such a reward, spin's with external; rounds)",
    evaluate,
};

/// α, η and Δr° of a named loop; what is `None` is to be given.
struct Named {
    name: &'static str,
    alpha: f64,
    eta: f64,
    external: External,
}

#[derive(Clone, Copy)]
enum External {
    Nothing,
    /// The reward is frozen: Δr° = ℓ_0.
    Start,
    /// It is given.
    Given,
}

const fn named(name: &'static str, alpha: f64, eta: f64, external: External) -> Named {
    Named { name, alpha, eta, external }
}

/// Named loops whose reward is a sum of log π_t and of what does not change, in every round and at every prompt.
const NAMED: [Named; 5] = [
    named("self-rewarding", 1.0, 1.0, External::Nothing),
    named("preference-dpo", 1.0, 1.0, External::Nothing),
    named("live-reward-frozen-reference", 0.0, 1.0, External::Nothing),
    named("frozen-reward", 1.0, 0.0, External::Start),
    named("spin", 1.0, -1.0, External::Given),
];

fn evaluate(numbers: &Numbers) -> Result<Bound> {
    let (beta, start) = (numbers.need("beta")?, numbers.need("log-odds")?);
    let Some(word) = numbers.word("preset") else {
        let (alpha, eta, external) = (numbers.or("alpha", 1.0)?, numbers.or("eta", 1.0)?, numbers.or("external", 0.0)?);
        return loop_map(alpha, eta, beta, start, external, numbers.rounds_or(1)?);
    };
    let known = NAMED.iter().find(|named| named.name == word);
    let names = NAMED.map(|named| named.name);
    let &Named { alpha, eta, external, .. } =
        known.ok_or_else(|| Error::argument("preset", word, one_of(word, &names)))?;
    let external = match external {
        External::Nothing => 0.0,
        External::Start => start,
        External::Given => numbers.need("external")?,
    };
    let bound = loop_map(alpha, eta, beta, start, external, numbers.rounds_or(1)?)?;
    Ok(bound.with("preset_alpha", alpha).with("preset_eta", eta))
}
