//! Plain gradient descent on the entropy of two answers (L18).

use super::OURS;
use super::straight::bent;
use crate::Result;
use crate::claims::{Case, Claim, Comparison, Control, Level, Statement};
use crate::papers::loops::theory::entropy::flow_time;
use crate::seed::Seed;
use crate::study::Profile;

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[Claim {
    level: Level::Shape,
    note: "weighed on its map: no key of the process is a step along the gradient of the entropy in the logits",
    ..Claim::exact(
        "L18",
        "ℓ' = ℓ + 2ηp(1−p)ℓ from p_0 = .6, η = .1, .5: ∫(2+2cosh u)/u du from ℓ_0 to ℓ_t is 2ηt to .002 of it from t = 10⁴ on; so ℓ grows like log t, and 1−p is 1/(2ηtℓ) to 2/ℓ of it",
        OURS,
        &[],
        Statement::Constructed(flow),
        &[Control::constructed("L18.geometric", "log(1−p) is straighter in t than in log t", geometric)],
    )
}];

/// p_0 and η of the grid, and what the integral may miss of 2ηt.
const START: f64 = 0.6;
const RATES: [f64; 2] = [0.1, 0.5];
const NEAR: f64 = 0.002;
/// The round from which on it is stated.
const FROM: f64 = 1e4;

/// (t, ℓ_t) at about ten rounds in each factor of ten, from the first of these on.
fn path(rate: f64, first: f64, rounds: u64) -> Vec<(f64, f64)> {
    let (mut log_odds, mut found, mut next) = ((START / (1.0 - START)).ln(), Vec::new(), first);
    for t in 1..=rounds {
        // 1/(p(1−p)) = 2 + 2cosh ℓ.
        log_odds += 2.0 * rate * log_odds / (2.0 + 2.0 * log_odds.cosh());
        if t as f64 >= next {
            found.push((t as f64, log_odds));
            next *= 10f64.powf(0.1);
        }
    }
    found
}

fn rounds(profile: Profile) -> u64 {
    if profile == Profile::Quick { 100_000 } else { 1_000_000 }
}

fn flow(_seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    let start = (START / (1.0 - START)).ln();
    let of = |rate: f64| -> Result<Case> {
        let mut case = Case::default();
        for (t, log_odds) in path(rate, FROM, rounds(profile)) {
            let time = 2.0 * rate * t;
            case.comparisons.push(Comparison::identity(flow_time(start, log_odds)? / time, 1.0, NEAR));
            let rest = 1.0 / (1.0 + log_odds.exp());
            case.comparisons.push(Comparison::identity(rest * time * log_odds, 1.0, 2.0 / log_odds));
        }
        Ok(case)
    };
    RATES.into_iter().map(of).collect()
}

fn geometric(_seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    let of = |rate: f64| {
        let path = path(rate, 100.0, rounds(profile));
        let curve = |x: fn(f64) -> f64| -> Vec<(f64, f64)> {
            path.iter().map(|&(t, log_odds)| (x(t), -log_odds.exp().ln_1p())).collect()
        };
        let bound = bent(&curve(f64::ln));
        Case { comparisons: vec![Comparison::unlimited(bent(&curve(|t| t)), bound, 1e-12)], ..Case::default() }
    };
    Ok(RATES.into_iter().map(of).collect())
}
