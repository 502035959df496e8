//! What the rows must show.

use super::case::{Case, MANY_LABELS, RHO};
use crate::Result;
use crate::experiment::{Finding, Results};
use crate::metrics::named::{DRIFT, EXCESS, FAILURE};
use crate::stats::{Measured, holm, log_log, upper_tail};

const CHOICES: [&str; 3] = ["nearest", "random", "worst"];

/// Standard errors that a mean over replicates may lie from its law.
///
/// The number of unresolved prompts over all replicates is a sum of negatively correlated indicators, and checks are made where its
/// variance is at least [`LEAST_VARIANCE`]. By Bernstein's inequality it lies z standard errors σ away with probability at most
/// 2 exp(−z²/2 / (1 + z/(3σ))), 3e-10 at z = 8.5 and σ² = 24, and there are at most 200 checks: 6e-8.
const FAR: f64 = 8.5;

/// The least variance of a count that [`FAR`] is derived for.
const LEAST_VARIANCE: f64 = 24.0;

/// p-values below this refute, after Holm's adjustment.
const REFUTED: f64 = 1e-9;

pub(super) fn findings(results: &Results) -> Result<Vec<Finding>> {
    let cases = Case::all(results)?;
    [coverage, failure_bound, printed_bound, order, laws, shape, recovery].iter().map(|find| find(&cases)).collect()
}

/// The variance of the number of unresolved prompts over all replicates, were they independent.
fn variance(case: &Case, share: f64) -> f64 {
    case.prompts * case.rows.replicates.len() as f64 * share * (1.0 - share)
}

/// The smallest of Holm's adjusted p-values.
fn least(p_values: &[f64]) -> f64 {
    holm(p_values).into_iter().fold(1.0, f64::min)
}

/// C10: given π_{t−1}, a round exceeds ε_n with probability at most ρ, so that its count over replicates is dominated by a binomial one.
fn coverage(cases: &[Case]) -> Result<Finding> {
    let mut p_values = Vec::new();
    let mut parts = Vec::new();
    for choice in CHOICES {
        let (mut above, mut rounds, mut closest) = (0, 0, 0.0f64);
        for case in cases.iter().filter(|case| case.choice == choice) {
            for t in 1..=case.rows.rounds() {
                let (bound, losses) = (case.epsilon_bound(t, RHO)?, case.losses(t)?);
                let here = losses.iter().filter(|loss| loss.sqrt() > bound).count() as u64;
                closest = losses.iter().fold(closest, |most, loss| most.max(loss.sqrt() / bound));
                p_values.push(upper_tail(here, losses.len() as u64, RHO)?);
                (above, rounds) = (above + here, rounds + losses.len());
            }
        }
        parts.push(format!("{above} of {rounds} rounds ({choice}; largest ε/ε_n {closest:.3})"));
    }
    let p = least(&p_values);
    Ok(Finding::new(
        p > REFUTED,
        format!(
            "C10 holds: ε exceeds ε_n(ρ = {RHO}) in {}; exact binomial tests of every round of every cell, least adjusted p = {p:.2}",
            parts.join(", ")
        ),
    ))
}

/// C18 round by round, after one round and after all.
fn failure_bound(cases: &[Case]) -> Result<Finding> {
    let mut p_values = Vec::new();
    let (mut above, mut runs, mut informative, mut large, mut steps) = (0, 0, [0, 0], 0, 0);
    for case in cases {
        let last = case.rows.rounds();
        let mut ends = vec![1, last];
        ends.dedup();
        for t in ends {
            let (bounds, failures) = (case.failure_bounds(t)?, case.rows.values(FAILURE.at(0.5), t)?);
            let here = bounds.iter().zip(&failures).filter(|(bound, failure)| failure > bound).count() as u64;
            p_values.push(upper_tail(here, bounds.len() as u64, RHO)?);
            informative[usize::from(t > 1)] += bounds.iter().filter(|&&bound| bound < 1.0).count();
            (above, runs) = (above + here, runs + bounds.len());
        }
        for t in 1..=last {
            let excesses = case.rows.values(&EXCESS, t)?;
            large += excesses.iter().filter(|&&excess| excess > 1.0).count();
            steps += excesses.len();
        }
    }
    let p = least(&p_values);
    Ok(Finding::new(
        p > REFUTED,
        format!(
            "C18 holds: F(0.5) exceeds it in {above} of {runs} runs (least adjusted p = {p:.2}); it is below 1 in {} runs after \
             one round, in {} after four; r̄ > 1 in {large} of {steps} rounds",
            informative[0], informative[1]
        ),
    ))
}

/// The form of C18 with 2 for 1 + r̄, which is false: after one round with Δ = 0.9 the policies are sure, the second round sees no pair of
/// two responses, and a random choice is as good as none, while that form goes to 0 with n. Refuted in some cell, and in none where
/// the choice is the nearest.
fn printed_bound(cases: &[Case]) -> Result<Finding> {
    let (mut random, mut nearest) = (Vec::new(), Vec::new());
    let (mut widest, mut example) = (0.0f64, String::new());
    for case in cases.iter().filter(|case| !case.is_hardest() && case.rows.rounds() > 1 && case.choice != "worst") {
        let (bounds, failures) = (case.printed_failure_bounds(2)?, case.rows.values(FAILURE.at(0.5), 2)?);
        let above = bounds.iter().zip(&failures).filter(|(bound, failure)| failure > bound).count() as u64;
        let p = upper_tail(above, bounds.len() as u64, RHO)?;
        if case.choice == "nearest" {
            nearest.push(p);
            continue;
        }
        random.push(p);
        let bound = bounds.iter().fold(0.0f64, |most, &bound| most.max(bound));
        let failure = case.rows.mean(FAILURE.at(0.5), 2)?.mean;
        if failure / bound > widest {
            widest = failure / bound;
            example =
                format!("F_2(0.5) = {failure:.2} against {bound:.3} at M = {}, n = {}", case.prompts, case.samples);
        }
    }
    let refuted = holm(&random).into_iter().filter(|&p| p < REFUTED).count();
    Ok(Finding::new(
        refuted > 0 && least(&nearest) > REFUTED,
        format!(
            "the printed form of C18 (2 for 1 + r̄) is false for a random choice: refuted in {refuted} of {} cells after two rounds with \
             Δ = 0.9, {example}; not for the nearest (least adjusted p = {:.2})",
            random.len(),
            least(&nearest)
        ),
    ))
}

/// ε² of nearest, random and worst after one round. ε² at a prompt lies between 0 and the misled loss, so that its mean has a standard
/// error of at most Δ·loss·√(u/(MR)); a difference may lie [`FAR`] of its standard errors on the wrong side.
fn order(cases: &[Case]) -> Result<Finding> {
    let (mut reversed, mut compared, mut used) = (0, 0, 0);
    let (mut sums, mut errors) = ([0.0; 3], [0.0; 3]);
    for case in cases.iter().filter(|case| case.choice == CHOICES[0]) {
        let share = case.unresolved()?;
        if variance(case, share) < LEAST_VARIANCE {
            continue;
        }
        let mut means = [0.0; 3];
        for (mean, choice) in means.iter_mut().zip(CHOICES) {
            let same = |other: &&Case| {
                (&other.choice[..], &other.mass, other.prompts, other.samples)
                    == (choice, &case.mass, case.prompts, case.samples)
            };
            let Some(twin) = cases.iter().find(same) else { continue };
            *mean = twin.epsilon(1)?.mean.powi(2);
        }
        let replicates = case.rows.replicates.len() as f64;
        let error = case.weight * case.law.misled_loss(case.beta)? * (share / (case.prompts * replicates)).sqrt();
        compared += 2;
        reversed += means.windows(2).filter(|pair| pair[0] - pair[1] > FAR * 2f64.sqrt() * error).count();
        if case.is_hardest() && case.labels >= MANY_LABELS {
            let law = case.weight * share * case.law.kept_loss();
            used += 1;
            for (i, mean) in means.into_iter().enumerate() {
                sums[i] += mean / law;
                errors[i] += (error / law).powi(2);
            }
        }
    }
    let count = f64::from(used);
    let [nearest, random, worst] = sums.map(|sum| sum / count);
    let error = errors[0].sqrt() / count;
    let apart = FAR * 2f64.sqrt() * error;
    Ok(Finding::new(
        reversed == 0 && random - nearest > apart && worst - random > apart,
        format!(
            "the order is nearest ≤ random ≤ worst: reversed beyond noise in {reversed} of {compared} comparisons; with the worst \
             mass ε² is {nearest:.3}, {random:.3}, {worst:.3} of the nearest choice's law (± {error:.3} at most)"
        ),
    ))
}

/// Closed forms after one round, with the worst mass: ε² of the nearest and the worst choice, F of all, drift of the nearest.
fn laws(cases: &[Case]) -> Result<Finding> {
    let (mut farthest, mut checks, mut sure) = (0.0f64, 0, true);
    let (mut most_drift, mut drifting) = (0.0f64, 0.0f64);
    for case in cases.iter().filter(|case| case.is_hardest()) {
        let unresolved = case.unresolved()?;
        let mut check = |mean: f64, each: f64, share: f64| {
            let deviation = variance(case, share);
            if deviation >= LEAST_VARIANCE {
                let count = mean / each * case.prompts * case.rows.replicates.len() as f64;
                let expected = share * case.prompts * case.rows.replicates.len() as f64;
                farthest = farthest.max((count - expected).abs() / deviation.sqrt());
                checks += 1;
            }
        };
        if let Some(loss) = case.loss_each()? {
            check(case.epsilon(1)?.mean.powi(2), case.weight * loss, unresolved);
        }
        let (failure, drift) = (case.rows.mean(FAILURE.at(0.5), 1)?.mean, case.rows.mean(&DRIFT, 1)?.mean);
        match case.failing_share() {
            0.0 if case.labels >= MANY_LABELS => {
                sure &= failure == 0.0;
                drifting = drifting.max(drift);
            }
            0.0 => {}
            share => check(failure, case.weight, unresolved * share),
        }
        if case.choice == "nearest" {
            most_drift = most_drift.max(drift);
        }
    }
    Ok(Finding::new(
        farthest <= FAR && sure && most_drift == 0.0 && drifting > 0.0,
        format!(
            "one round follows its closed forms: an unresolved prompt stays unsure (nearest), or unsure with probability 1/2 (random), or \
             becomes sure of another label (worst: F = 0, drift up to {drifting:.2}); of {checks} means the farthest lies {farthest:.1} \
             standard errors away (up to {FAR} expected)"
        ),
    ))
}

/// The exponent of ε in log #Π/n, worst choice and worst mass, beside that of the closed form at the same places with the same weights,
/// and the bound's 1/2. log #Π = M log 2K while the closed form knows M/n alone: its exponent is above 1/2 by what log 2K adds, less
/// than 0.1.
fn shape(cases: &[Case]) -> Result<Finding> {
    let (mut measured, mut closed) = (Vec::new(), Vec::new());
    let mut sizes = (f64::INFINITY, 0.0f64);
    for case in cases.iter().filter(|case| case.choice == "worst" && case.is_hardest()) {
        let Some(loss) = case.loss_each()? else { continue };
        let share = case.unresolved()?;
        let count = case.prompts * case.rows.replicates.len() as f64;
        let law = case.weight * share * loss;
        let error = law * ((1.0 - share) / (share * count)).sqrt();
        let x = case.log_class(1) / case.samples;
        closed.push(Measured { x, mean: law, error });
        let mean = case.epsilon(1)?.mean.powi(2);
        measured.push(Measured { x, mean, error: error * mean / law });
        sizes = (sizes.0.min(case.log_class(1)), sizes.1.max(case.log_class(1)));
    }
    let (measured, closed) = (log_log(&measured)?, log_log(&closed)?);
    let (exponent, expected, error) = (0.5 * measured.slope, 0.5 * closed.slope, 0.5 * closed.slope_error);
    Ok(Finding::new(
        (exponent - expected).abs() <= FAR * error && (exponent - 0.5).abs() <= 0.1 + FAR * error,
        format!(
            "the shape is that of the bound: with the worst choice and mass ε grows as (log #Π/n)^{exponent:.3} (± {error:.4}; closed form \
             {expected:.3}, bound 1/2) for log #Π from {:.1} to {:.0}",
            sizes.0, sizes.1
        ),
    ))
}

/// Exact recovery with Δ = 0.9: missed with probability at most M(1 − 2q(1−q)Δ/M)^n, one term for each prompt.
fn recovery(cases: &[Case]) -> Result<Finding> {
    let (mut p_values, mut exact, mut runs, mut sure, mut misses) = (Vec::new(), 0, 0, 0, 0);
    let mut loosest = f64::INFINITY;
    for case in cases.iter().filter(|case| !case.is_hardest()) {
        let (recovered, replicates) = (case.recovered()?, case.rows.replicates.len() as u64);
        let missed = (case.prompts * case.unresolved()?).min(1.0);
        p_values.push(upper_tail(replicates - recovered, replicates, missed)?);
        (exact, runs) = (exact + recovered, runs + replicates);
        if missed < 1e-12 {
            (sure, misses) = (sure + 1, misses + replicates - recovered);
            loosest = loosest.min(case.epsilon_bound(1, RHO)?);
        }
    }
    let p = least(&p_values);
    Ok(Finding::new(
        p > REFUTED && misses == 0 && sure > 0,
        format!(
            "recovery is exact (Δ = 0.9): ε = 0 in {exact} of {runs} first rounds, as often as a union bound over prompts says (least \
             adjusted p = {p:.2}), and in all of the {sure} cells where it leaves less than 1e-12, though ε_n there is {loosest:.1e} and more"
        ),
    ))
}
