//! Sums of truncated geometric variables, at a cost that does not grow with their number.

use rand::Rng;

use crate::process::Sampling;
use crate::process::multinomial::{Cells, binomial};

/// The sum of `count` independent variables on {0, …, length − 1} with probabilities ∝ ratio^k, given log(ratio) ≤ 0.
///
/// The binary digits of a geometric variable on {0, …, 2^l − 1} are independent, digit b being 1 with odds ratio^{2^b}
/// : 1. So the range is cut into blocks whose lengths are the powers of two of `length`; the blocks' counts are
/// multinomial, and each digit's count in a block is binomial.
pub(super) fn truncated_sum(count: u64, log_ratio: f64, length: u64, rng: &mut impl Rng) -> u128 {
    if count == 0 || length <= 1 || log_ratio == f64::NEG_INFINITY {
        return 0;
    }
    let digits: Vec<u32> = (0..u64::BITS).rev().filter(|&b| length >> b & 1 == 1).collect();
    let mut starts = Vec::with_capacity(digits.len());
    let mut start = 0u64;
    for &b in &digits {
        starts.push(start);
        start += 1 << b;
    }
    let mass = |(&start, &b): (&u64, &u32)| {
        let size = (1u64 << b) as f64;
        // Up to the factor 1/(1 − ratio), of all blocks alike.
        let own = if log_ratio == 0.0 { size } else { -(size * log_ratio).exp_m1() };
        (start as f64 * log_ratio).exp() * own
    };
    let mut blocks = Cells::default();
    blocks.assign(starts.iter().zip(&digits).map(mass));
    let mut drawn = Vec::new();
    blocks.multinomial(count, 0, Sampling::Counts, rng, &mut drawn);
    let mut sum = 0;
    for (block, count) in drawn {
        sum += u128::from(count) * u128::from(starts[block]);
        for b in 0..digits[block] {
            let ones = binomial(count, ((1u64 << b) as f64 * log_ratio).exp(), 1.0, rng);
            sum += u128::from(ones) << b;
        }
    }
    sum
}
