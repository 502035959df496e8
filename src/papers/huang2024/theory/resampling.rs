//! One tabular round of supervised fine-tuning on selected samples (claim S3): what becomes of a prompt whose picks are counted.

use statrs::function::gamma::ln_gamma;

use crate::error::Result;
use crate::papers::check;

/// What the comparison of a count with (1−δ)k allows for rounding.
const EDGE: f64 = 1e-9;

/// log P[Bin(k, p) = j], given log p and log(1−p); −∞ where it is 0.
pub(super) fn log_binomial(k: f64, j: f64, log_hit: f64, log_miss: f64) -> f64 {
    let power = |times: f64, log: f64| if times == 0.0 { 0.0 } else { times * log };
    ln_gamma(k + 1.0) - ln_gamma(j + 1.0) - ln_gamma(k - j + 1.0) + power(j, log_hit) + power(k - j, log_miss)
}

/// P[Bin(k, a) ≤ m] for whole numbers 0 ≤ m ≤ k, a in [0, 1]: the tail on the side that is the smaller, summed from its largest term.
fn at_most(k: f64, m: f64, a: f64) -> f64 {
    if m >= k || a == 0.0 {
        return 1.0;
    }
    if a == 1.0 {
        return 0.0;
    }
    let (log_hit, log_miss, odds) = (a.ln(), (-a).ln_1p(), a / (1.0 - a));
    let below = m < k * a;
    let (mut j, mut sum) = (if below { m } else { m + 1.0 }, 0.0);
    let mut term = log_binomial(k, j, log_hit, log_miss).exp();
    while (0.0..=k).contains(&j) && term > 1e-18 * sum {
        sum += term;
        if below {
            term *= j / ((k - j + 1.0) * odds);
            j -= 1.0;
        } else {
            term *= (k - j) / (j + 1.0) * odds;
            j += 1.0;
        }
    }
    if below { sum } else { 1.0 - sum }
}

/// The chance that a prompt fails after the round: Σ_k P[Bin(n, w) = k] P[Bin(k, a) ≤ (1−δ)k], and for k = 0, where it keeps the
/// base policy, 1 if `unseen_fails` and else 0.
///
/// `n` ≥ 1 picks in all, `weight` = w in (0, 1] the prompt's probability, `hit` = a in [0, 1] the chance that a pick is the mode,
/// `delta` = δ in (0, 1). The sum leaves out less than 10⁻¹⁵.
///
/// # Errors
/// [`crate::Error::Argument`] for a number out of its range.
///
/// ```
/// use selfreward::papers::huang2024::theory::resampling::prompt_failure;
///
/// // Two picks, one prompt, a = 3/4: it fails unless both are the mode.
/// assert!((prompt_failure(2.0, 1.0, 0.75, true, 0.5)? - 7.0 / 16.0).abs() < 1e-14);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn prompt_failure(n: f64, weight: f64, hit: f64, unseen_fails: bool, delta: f64) -> Result<f64> {
    let n = check::count("n", n)?;
    let weight = check::positive_unit("weight", weight)?;
    let delta = check::open_unit("delta", delta)?;
    if !(0.0..=1.0).contains(&hit) {
        return Err(crate::Error::argument("hit", hit, "a number in [0, 1]"));
    }
    let fails = |k: f64| match k {
        0.0 => f64::from(u8::from(unseen_fails)),
        k => at_most(k, ((1.0 - delta) * k + EDGE).floor(), hit),
    };
    if weight == 1.0 {
        return Ok(fails(n));
    }
    let (mean, deviation) = (n * weight, (n * weight * (1.0 - weight)).sqrt());
    // From 0 on where that is near, since what fails may be the prompts with few picks.
    let first = if mean <= 4000.0 { 0.0 } else { (mean - 40.0 * deviation).floor().max(0.0) };
    let last = (mean + 9.0 * deviation + 60.0).ceil().min(n);
    let (log_hit, log_miss, odds) = (weight.ln(), (-weight).ln_1p(), weight / (1.0 - weight));
    let mode = ((n + 1.0) * weight).floor().clamp(first, last);
    let at_mode = log_binomial(n, mode, log_hit, log_miss).exp();
    let (mut total, mut term, mut k) = (0.0, at_mode, mode);
    while k <= last && term > 1e-30 {
        total += term * fails(k);
        term *= (n - k) / (k + 1.0) * odds;
        k += 1.0;
    }
    (term, k) = (at_mode, mode);
    while k > first && term > 1e-300 {
        term *= k / ((n - k + 1.0) * odds);
        k -= 1.0;
        total += term * fails(k);
    }
    Ok(total.min(1.0))
}
