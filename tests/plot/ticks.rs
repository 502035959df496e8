//! Ticks over random ranges.

use std::collections::BTreeSet;

use proptest::prelude::*;
use selfreward::plot::Scale;
use selfreward::plot::ticks::{Tick, ticks};

/// Reads a label back: the independent oracle for what a tick claims to be.
fn read(label: &str) -> f64 {
    let superscript = |c: char| "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().position(|d| d == c).map(|d| d.to_string());
    let exponent = |text: &str| -> i32 {
        let digits = text.chars().map(|c| if c == '⁻' { "-".into() } else { superscript(c).expect("a superscript") });
        digits.collect::<String>().parse().expect("an exponent")
    };
    let number = |text: &str| text.replace('−', "-");
    match (label.split_once("×10"), label.strip_prefix("10").filter(|t| t.starts_with(|c| "⁻⁰¹²³⁴⁵⁶⁷⁸⁹".contains(c))))
    {
        (Some((mantissa, power)), _) => format!("{}e{}", number(mantissa), exponent(power)),
        (None, Some(power)) => format!("1e{}", exponent(power)),
        (None, None) => number(label),
    }
    .parse()
    .unwrap_or_else(|_| panic!("{label:?} is no number"))
}

fn labelled(ticks: &[Tick]) -> Vec<(f64, &str)> {
    ticks.iter().filter_map(|t| Some((t.at, t.label.as_deref()?))).collect()
}

/// Inside the range, no label twice, at least two labels where six are allowed, no more than allowed.
fn check(found: &[Tick], (lo, hi): (f64, f64), most: usize) -> Result<(), TestCaseError> {
    prop_assert!(found.iter().all(|t| (lo..=hi).contains(&t.at)), "{found:?} in [{lo:e}, {hi:e}]");
    let labels = labelled(found);
    let distinct: BTreeSet<&str> = labels.iter().map(|l| l.1).collect();
    prop_assert_eq!(distinct.len(), labels.len(), "{:?}", labels);
    prop_assert!(labels.len() <= most.max(3), "{labels:?}: more than {most}");
    prop_assert!(most < 6 || labels.len() >= 2, "{labels:?} in [{lo:e}, {hi:e}], {most} allowed");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, rng_seed: prop::test_runner::RngSeed::Fixed(2), failure_persistence: None, ..Default::default() })]

    #[test]
    fn linear(centre in -1.0..1.0, size in -300..300, width in -11.0..0.5, most in 1usize..10) {
        let scale = 10f64.powi(size);
        let (lo, hi) = ((centre - 10f64.powf(width)) * scale, (centre + 10f64.powf(width)) * scale);
        let found = ticks(Scale::Linear, (lo, hi), most);
        check(&found, (lo, hi), most)?;
        for (at, label) in labelled(&found) {
            prop_assert_eq!(at, read(label), "{}", label);
        }
    }

    #[test]
    fn logarithmic(lo in -300.0..300.0f64, width in -6.0..2.7, most in 1usize..10) {
        let hi = (lo + 10f64.powf(width)).min(308.0);
        let found = ticks(Scale::Log10, (lo, hi), most);
        check(&found, (lo, hi), most)?;
        for (at, label) in labelled(&found) {
            // The logarithm of the label's value: rounding of the value and of the logarithm, in decades.
            prop_assert!((at - read(label).log10()).abs() <= 1e-15 * (1.0 + 2.0 * at.abs()), "{at} {label}");
        }
    }
}

/// Expected labels written down by hand.
#[test]
fn labels_look_as_expected() {
    let show = |scale, range, most| -> Vec<String> {
        labelled(&ticks(scale, range, most)).into_iter().map(|(_, label)| label.to_string()).collect()
    };
    assert_eq!(show(Scale::Linear, (0.0, 1.0), 6), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
    assert_eq!(show(Scale::Linear, (-3.2, 3.1), 4), ["−2", "0", "2"]);
    assert_eq!(show(Scale::Linear, (0.0, 4e6), 5), ["0", "1×10⁶", "2×10⁶", "3×10⁶", "4×10⁶"]);
    assert_eq!(show(Scale::Linear, (99.99, 100.01), 3), ["99.99", "100.00", "100.01"]);
    assert_eq!(show(Scale::Log10, (-3.0, 0.0), 9), ["10⁻³", "10⁻²", "10⁻¹", "10⁰"]);
    assert_eq!(show(Scale::Log10, (-10.0, 10.0), 5), ["10⁻¹⁰", "10⁻⁵", "10⁰", "10⁵", "10¹⁰"]);
    assert_eq!(show(Scale::Log10, (0.3, 1.7), 9), ["2", "5", "10", "20", "50"]);
    let all_doubles = (5e-324f64.log10(), f64::MAX.log10());
    assert_eq!(show(Scale::Log10, all_doubles, 6), ["10⁻²⁰⁰", "10⁰", "10²⁰⁰"]);
}

/// Every single-digit multiple of a power of ten carries a tick where all decades are labelled.
#[test]
fn decades_are_divided() {
    let found = ticks(Scale::Log10, (-2.0, 0.0), 9);
    let values: BTreeSet<i64> = found.iter().map(|t| (10f64.powf(t.at) * 100.0).round() as i64).collect();
    let expected: BTreeSet<i64> = (1..10).chain((10..100).step_by(10)).chain([100]).collect();
    assert_eq!(values, expected);
    assert_eq!(found.len(), expected.len());
}
