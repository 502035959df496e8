//! The sign of dJ/ds where log-odds have grown far, in logarithms (L7.slope).

use rand::RngExt;

use super::super::super::theory::laws::softplus;
use super::super::super::theory::mixture::{Growth, Mixture};
use super::super::OURS;
use crate::Result;
use crate::claims::{Case, Claim, Comparison, Control, Statement};
use crate::papers::laws::{case, count};
use crate::seed::{Purpose, Seed};
use crate::study::Profile;

pub(super) const CLAIM: Claim = Claim {
    note: "random w, a and b, a third of them with b = a; both terms of dJ/ds are central differences of logistic tails, as logarithms. Where b ≠ a, |b−a|s exceeds |log(wa/((1−w)b))| by 1, so that the sign is that of the end",
    ..Claim::exact(
        "L7.slope",
        "in self-rewarding, at s = 50/min(a,b): dJ/ds < 0 iff b < a, or b = a and w < ½",
        OURS,
        &[],
        Statement::Constructed(signs),
        &[Control::constructed("L7.share", "dJ/ds < 0 there iff w < ½", signs_by_share)],
    )
};

/// Half of a difference's step, in nats of the larger gap: its error is a sixth of its square for each term.
const STEP: f64 = 1e-3;
/// Twice that error.
const REACH: f64 = STEP * STEP / 3.0;

fn signs(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    mixtures(seed, profile, |mixture| mixture.falls_in_the_end(Growth::Multiplied))
}

fn signs_by_share(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    mixtures(seed, profile, |mixture| mixture.right < 0.5)
}

fn mixtures(seed: &Seed, profile: Profile, falls: fn(&Mixture) -> bool) -> Result<Vec<Case>> {
    let mut rng = seed.rng(Purpose::Laws, 0, 0);
    let mut cases = Vec::new();
    while cases.len() < count(profile, 300) {
        let (share, right) = (rng.random_range(0.02..0.98), rng.random_range(0.1f64.ln()..4f64.ln()).exp());
        let wrong = if cases.len() % 3 == 0 { right } else { rng.random_range(0.1f64.ln()..4f64.ln()).exp() };
        let mixture = Mixture::new(share, right, wrong)?;
        let scale = 50.0 / right.min(wrong);
        let weights = (share * right / ((1.0 - share) * wrong)).ln();
        if right != wrong && (right - wrong).abs() * scale < weights.abs() + 1.0 {
            continue;
        }
        let half = STEP / right.max(wrong);
        let log_term = |weight: f64, gap: f64| weight.ln() + log_fall(gap * (scale - half), gap * (scale + half));
        let found = log_term(share, right) - log_term(1.0 - share, wrong);
        // The tails differ by 2·10⁻³ of a nat times a quotient of gaps.
        let rounding = 4.0 * f64::EPSILON * right.max(wrong) * scale / (STEP * right.min(wrong) / right.max(wrong));
        let number = |is: bool| f64::from(u8::from(is));
        cases.push(case(
            2,
            vec![
                Comparison::identity(found, mixture.balance(Growth::Multiplied, scale), REACH + rounding),
                Comparison::identity(number(found < 0.0), number(falls(&mixture)), 0.0),
            ],
        ));
    }
    Ok(cases)
}

/// log(σ(−x) − σ(−y)) for x < y.
fn log_fall(x: f64, y: f64) -> f64 {
    let (near, far) = (-softplus(x), -softplus(y));
    near + (-(far - near).exp_m1()).ln()
}
