//! The law of the likeliest of N draws (S1), and how far it is from that of one draw (S2).

use crate::error::{Error, Result};
use crate::papers::Bound;
use crate::papers::check;

/// By how much probabilities may miss 1 in their sum.
const SUM: f64 = 1e-9;

/// Log-probabilities closer than this times max(1, |log π|) are of one level.
const TIE: f64 = 1e-12;

/// The responses of one prompt, sorted upward into levels: groups that the ranking does not tell apart.
///
/// A level is a chain of responses whose log-probabilities differ from one to the next by less than 1e-12·max(1, |log π|).
#[derive(Clone, Debug, PartialEq)]
pub struct Levels {
    /// The level of each response, from 0 for the least likely ones.
    pub of: Vec<usize>,
    /// π of one response of each level, the largest in it.
    pub probability: Vec<f64>,
    /// Mass of each level under the candidates' law.
    pub mass: Vec<f64>,
    /// Q_j: mass of each level and all below it.
    pub upto: Vec<f64>,
    /// Mass of all levels above each.
    pub above: Vec<f64>,
}

/// Checks that these are the probabilities of all responses to a prompt.
///
/// # Errors
/// [`Error::Argument`] unless all are ≥ 0 and they sum to 1, to within 1e-9.
pub fn check_law(name: &str, law: &[f64]) -> Result<()> {
    let expected = "probabilities, at least 0, that sum to 1 within 1e-9";
    if let Some(wrong) = law.iter().find(|mass| !(mass.is_finite() && **mass >= 0.0)) {
        return Err(Error::argument(name, wrong, expected));
    }
    let sum: f64 = law.iter().sum();
    if (sum - 1.0).abs() > SUM {
        return Err(Error::argument(name, format!("numbers with the sum {sum}"), expected));
    }
    Ok(())
}

impl Levels {
    /// Of candidates drawn from `law`, ranked by `ranking`: two laws over the same responses.
    ///
    /// # Errors
    /// As [`check_law`]; [`Error::Argument`] for lists of different lengths.
    pub fn new(law: &[f64], ranking: &[f64]) -> Result<Self> {
        check_law("probabilities", law)?;
        check_law("ranking", ranking)?;
        if law.len() != ranking.len() {
            return Err(Error::argument("length of ranking", ranking.len(), format!("{}, as the law has", law.len())));
        }
        let mut order: Vec<usize> = (0..law.len()).collect();
        order.sort_by(|&a, &b| ranking[a].total_cmp(&ranking[b]));
        let (mut of, mut probability, mut mass) = (vec![0; law.len()], Vec::<f64>::new(), Vec::<f64>::new());
        for &y in &order {
            match probability.last_mut() {
                Some(last) if tied(*last, ranking[y]) => *last = ranking[y],
                _ => {
                    probability.push(ranking[y]);
                    mass.push(0.0);
                }
            }
            of[y] = probability.len() - 1;
            mass[probability.len() - 1] += law[y];
        }
        let mut sum = 0.0;
        let running = |mass: &f64| {
            sum += mass;
            sum
        };
        let upto: Vec<f64> = mass.iter().map(running).collect();
        let above = (0..mass.len()).map(|j| mass[j + 1..].iter().rev().sum()).collect();
        Ok(Self { of, probability, mass, upto, above })
    }

    /// Q_{j−1}, the mass below a level.
    pub fn below(&self, level: usize) -> f64 {
        if level == 0 { 0.0 } else { self.upto[level - 1] }
    }

    /// Q_j^n − Q_{j−1}^n, the probability that the best of n draws lies in the level.
    pub fn best_of(&self, level: usize, n: f64) -> f64 {
        let (mass, upto) = (self.mass[level], self.upto[level]);
        if mass == 0.0 {
            return 0.0;
        }
        // All draws are of the level or below it, and not all below it. 1 − Q_j is the mass above, which keeps its digits.
        let none_above = (n * (-self.above[level]).ln_1p()).exp();
        let some_here = -(n * (-(mass / upto).min(1.0)).ln_1p()).exp_m1();
        none_above * some_here
    }
}

fn tied(lower: f64, upper: f64) -> bool {
    let (lower, upper) = (lower.ln(), upper.ln());
    lower == upper || upper - lower < TIE * lower.abs().max(1.0)
}

/// The law of the likeliest of n draws from `law`, ranked by `ranking` (S1): level j has Q_j^n − Q_{j−1}^n, which its responses share in
/// proportion to `law`, since a tie goes to the one drawn first.
///
/// # Errors
/// As [`Levels::new`]; [`Error::Argument`] unless n is a whole number, at least 1.
///
/// ```
/// use selfreward::papers::huang2024::theory::best_of_n::best_of_law;
///
/// let pi = [0.2, 0.2, 0.3, 0.3];
/// let law = best_of_law(&pi, &pi, 3.0)?;
/// // All three draws are of the lower level with probability .4³ = .064.
/// assert!((law[0] - 0.032).abs() < 1e-15 && (law[3] - 0.468).abs() < 1e-15);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn best_of_law(law: &[f64], ranking: &[f64], n: f64) -> Result<Vec<f64>> {
    let n = check::count("best-of", n)?;
    let levels = Levels::new(law, ranking)?;
    let shared = |(y, mass): (usize, &f64)| {
        let level = levels.of[y];
        if *mass == 0.0 { 0.0 } else { levels.best_of(level, n) * (mass / levels.mass[level]) }
    };
    Ok(law.iter().enumerate().map(shared).collect())
}

/// C_{π'/π} = Σ π'²/π ≥ 1, `after` being π'; +∞ where π' has mass that π lacks.
pub fn concentrability(before: &[f64], after: &[f64]) -> f64 {
    before.iter().zip(after).filter(|(_, after)| **after > 0.0).map(|(before, after)| after * after / before).sum()
}

/// KL(π'‖π) = Σ π' log(π'/π), nats; +∞ where π' has mass that π lacks.
pub fn divergence(before: &[f64], after: &[f64]) -> f64 {
    before
        .iter()
        .zip(after)
        .filter(|(_, after)| **after > 0.0)
        .map(|(before, after)| after * (after / before).ln())
        .sum()
}

/// What C_{π_N/π} is at most, N²/(2N−1), whatever the ranking (S2).
///
/// # Errors
/// [`Error::Argument`] unless n is a whole number, at least 1.
pub fn most_concentrability(n: f64) -> Result<f64> {
    let n = check::count("best-of", n)?;
    Ok(n * n / (2.0 * n - 1.0))
}

/// What KL(π_N‖π) is at most, log N − 1 + 1/N, nats, whatever the ranking (S2).
///
/// # Errors
/// As [`most_concentrability`].
pub fn most_divergence(n: f64) -> Result<f64> {
    let n = check::count("best-of", n)?;
    Ok(n.ln() - 1.0 + 1.0 / n)
}

/// The likeliest of N draws (`best-of-n`, S1 and S2): the value is the mass of the mode, 1 − (1 − π(y*))^N, of all responses that are
/// as likely as the mode together.
///
/// * `law`: π, probabilities ≥ 0 that sum to 1 within 1e-9;
/// * `n` = N, a whole number, at least 1.
///
/// # Errors
/// [`Error::Argument`] for numbers out of range.
///
/// ```
/// use selfreward::papers::huang2024::theory::best_of_n::best_of_n;
///
/// let bound = best_of_n(&[0.5, 0.3, 0.2], 3.0)?;
/// assert!((bound.value() - 0.875).abs() < 1e-15);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn best_of_n(law: &[f64], n: f64) -> Result<Bound> {
    let kept = best_of_law(law, law, n)?;
    let levels = Levels::new(law, law)?;
    let top = levels.mass.len() - 1;
    Ok(Bound::new("best-of-n", levels.best_of(top, n), false)
        .with("mode_mass_before", levels.mass[top])
        .with("modes", levels.of.iter().filter(|level| **level == top).count() as f64)
        .with("concentrability", concentrability(law, &kept))
        .with("concentrability_bound", most_concentrability(n)?)
        .with("kl", divergence(law, &kept).max(0.0))
        .with("kl_bound", most_divergence(n)?)
        .with_list("law", kept)
        .assuming("the draws are independent, and ranked by the probabilities that they have")
        .assuming("a tie among the best goes to the one drawn first, so that it is uniform over the draws"))
}
