//! Differences of means and the two-sample Kolmogorov–Smirnov test.

use selfreward::stats::{kolmogorov, paired, welch};

/// Oracle: worked by hand. a = 1,2,3 (mean 2, s² 1), b = 2,4,6,8 (mean 5, s² 20/3): difference 3, error √(1/3 + 5/3) = √2,
/// Welch's ν = 4/((1/9)/2 + (25/9)/3) = 4/(53/54) = 216/53.
#[test]
fn welch_agrees_with_a_worked_example() {
    let difference = welch(&[1.0, 2.0, 3.0], &[2.0, 4.0, 6.0, 8.0]).unwrap();
    assert!((difference.value - 3.0).abs() < 1e-14);
    assert!((difference.error - 2f64.sqrt()).abs() < 1e-14);
    assert!((difference.freedom - 216.0 / 53.0).abs() < 1e-12);
}

/// Oracle: printed quantiles of Student's t: P[t_3 ≥ 3.18245] = 0.025, P[t_3 ≥ 5.84091] = 0.005.
#[test]
fn p_values_agree_with_printed_quantiles() {
    // Differences −1, 0, 1, 2 times a scale around a shift: mean 0.5 + shift, s² = 5/3, error √(5/12).
    for (quantile, p) in [(3.18245, 0.025), (5.84091, 0.005)] {
        let shift = quantile * (5.0f64 / 12.0).sqrt() - 0.5;
        let after: Vec<f64> = [-1.0, 0.0, 1.0, 2.0].iter().map(|x| x + shift).collect();
        let difference = paired(&[0.0; 4], &after).unwrap();
        assert!((difference.p_above() - p).abs() < 1e-6 && (difference.p_below() - (1.0 - p)).abs() < 1e-6);
    }
}

#[test]
fn without_spread_only_the_sign_counts() {
    let rise = welch(&[0.1; 5], &[0.2; 7]).unwrap();
    assert_eq!((rise.error, rise.p_above(), rise.p_below()), (0.0, 0.0, 1.0));
    let equal = paired(&[0.1; 5], &[0.1; 5]).unwrap();
    assert_eq!((equal.p_above(), equal.p_below()), (1.0, 1.0));
}

/// Oracle: all C(12, 6) ways in which two samples of 6 distinct values can interleave, each equally likely under one law.
#[test]
fn the_kolmogorov_bound_is_the_first_term_of_the_exact_tail() {
    const SIZE: usize = 6;
    let mut tally = [0u32; SIZE + 1];
    let mut total = 0;
    for mask in 0u32..1 << (2 * SIZE) {
        if mask.count_ones() as usize == SIZE {
            let split = |wanted: u32| -> Vec<f64> {
                (0..2 * SIZE as u32).filter(|i| mask >> i & 1 == wanted).map(f64::from).collect()
            };
            let (distance, _) = kolmogorov(&split(0), &split(1)).unwrap();
            tally[(distance * SIZE as f64).round() as usize] += 1;
            total += 1;
        }
    }
    for k in 1..=SIZE {
        let exact = f64::from(tally[k..].iter().sum::<u32>()) / f64::from(total);
        let a: Vec<f64> = (0..SIZE).map(|i| i as f64).collect();
        let b: Vec<f64> = (0..SIZE).map(|i| i as f64 + k as f64 - 0.5).collect();
        let (distance, bound) = kolmogorov(&a, &b).unwrap();
        assert_eq!(distance, k as f64 / SIZE as f64);
        assert!(bound >= exact * (1.0 - 1e-12), "k = {k}: {bound} {exact}");
        // From k > R/2 on the series has that one term.
        assert!(2 * k <= SIZE || (bound / exact - 1.0).abs() < 1e-12, "k = {k}: {bound} {exact}");
    }
}

#[test]
fn samples_that_cannot_be_compared_are_refused() {
    assert!(welch(&[1.0], &[1.0, 2.0]).is_err());
    assert!(paired(&[1.0, 2.0], &[1.0, 2.0, 3.0]).is_err());
    assert!(kolmogorov(&[1.0, f64::NAN], &[1.0, 2.0]).is_err());
}
