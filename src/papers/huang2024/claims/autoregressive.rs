//! A class of sequences that the sharpened law leaves: no member is ever sure (S11, Proposition E.2).

use super::super::theory::autoregressive::{BASE, RADIUS, law, most_of_optimum};
use super::super::theory::sharpened::sharpened;
use crate::Result;
use crate::claims::{Case, Claim, Comparison, Control, Statement};
use crate::papers::laws::{ROUNDING, case};
use crate::seed::Seed;
use crate::study::Profile;

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[Claim {
    note: "every θ on a grid of the ball, and the one that favours (2,1) most; so F(δ) = 1 for ever, at δ ≤ ½",
    ..Claim::exact(
        "S11",
        "two tokens, φ_1(1) = φ_1(2), B = log 2: (2,1) is the only optimum of π_0, and all members have max π ≤ ½ and π(2,1) ≤ ½σ(√2 log 2)",
        "Proposition E.2 (δ repaired)",
        &[],
        Statement::Constructed(unsure),
        &[Control::constructed("S11.closed", "the law ∝ π_0^{1+1/β} is a member", closed)],
    )
}];

/// The θ of a grid of the ball with this many steps from centre to surface, by rings, the one along (1,−1) of each ring included.
pub(super) fn members(steps: u32) -> Vec<[f64; 2]> {
    let mut members = vec![[0.0, 0.0], BASE];
    for ring in 1..=steps {
        let radius = RADIUS * f64::from(ring) / f64::from(steps);
        members.extend((0..4 * steps).map(|k| {
            let angle = std::f64::consts::TAU * f64::from(k) / f64::from(4 * steps) - std::f64::consts::FRAC_PI_4;
            [radius * angle.cos(), radius * angle.sin()]
        }));
    }
    members
}

fn unsure(_: &Seed, profile: Profile) -> Result<Vec<Case>> {
    let base = law(BASE);
    let (optimum, others) = (base[2], [base[0], base[1], base[3]]);
    let only = others.into_iter().map(|other| Comparison::at_least(optimum, 1.3 * other, ROUNDING)).collect();
    let mut cases = vec![case(1, only)];
    for theta in members(if profile == Profile::Quick { 12 } else { 60 }) {
        let member = law(theta);
        let most = member.into_iter().fold(0.0, f64::max);
        let comparisons = vec![
            Comparison::probability(most, 0.5, ROUNDING),
            Comparison::probability(member[2], most_of_optimum(), ROUNDING),
            Comparison::identity(member[0] + member[1], 0.5, ROUNDING),
        ];
        cases.push(case(1, comparisons));
    }
    Ok(cases)
}

fn closed(_: &Seed, _: Profile) -> Result<Vec<Case>> {
    let one = |beta: f64| {
        let sharp = sharpened(&law(BASE), beta)?;
        // What all members give to a first token.
        Ok(case(1, vec![Comparison::identity(sharp[2] + sharp[3], 0.5, ROUNDING)]))
    };
    [0.1, 0.5, 1.0, 4.0].into_iter().map(one).collect()
}
