use selfreward::experiment::real_spectrum::{EXPERIMENT, findings_of, fits};
use selfreward::theory::effective_dimension::Spectrum;

use crate::computed;

fn spectrum(value: impl Fn(f64) -> f64) -> Spectrum {
    Spectrum::new((1..=300).map(|j| value(f64::from(j))).collect()).unwrap()
}

#[test]
fn the_regimes_are_found() {
    computed(&EXPERIMENT).shows_what_it_should();
}

/// Oracle: spectra made of one law, with a ripple of 5%.
#[test]
fn each_regime_is_told_from_the_others() {
    let ripple = |j: f64| 1.0 + 0.05 * (1.7 * j).sin() / j.sqrt().max(1.0);
    let sorted = |value: &dyn Fn(f64) -> f64| {
        let mut values: Vec<f64> = (1..=300).map(|j| value(f64::from(j))).collect();
        values.sort_by(|a, b| b.total_cmp(a));
        Spectrum::new(values).unwrap()
    };
    let exponential = fits(&sorted(&|j| 0.1 * (-0.02 * j).exp() * ripple(j)), 300).unwrap();
    assert_eq!(
        (exponential[0].name(), exponential[0].described().as_str()),
        ("exponential", "exponential, c = 0.0200")
    );
    let polynomial = fits(&sorted(&|j| 0.1 * j.powf(-1.5) * ripple(j)), 300).unwrap();
    assert_eq!((polynomial[0].name(), polynomial[0].described().as_str()), ("polynomial", "polynomial, α = 1.50"));
    let spiked = fits(&sorted(&|j| if j <= 7.0 { 0.1 / j } else { 1e-4 * ripple(j) }), 300).unwrap();
    assert_eq!((spiked[0].name(), spiked[0].described().as_str()), ("spiked", "spiked, s = 7"));
    assert!(exponential[1].delta > 100.0 && polynomial[1].delta > 100.0 && spiked[1].delta > 100.0);
}

/// Spectra without the phenomenon: a power law throughout, and an exponential throughout.
#[test]
fn other_spectra_are_denied() {
    let denied = |spectrum: &Spectrum| -> Vec<String> {
        let findings = findings_of(spectrum).unwrap();
        findings.into_iter().filter(|finding| !finding.expected).map(|finding| finding.statement).collect()
    };
    let polynomial = denied(&spectrum(|j| 0.1 * j.powf(-1.5)));
    assert!(polynomial.len() == 1 && polynomial[0].contains("whole"), "{polynomial:?}");
    let exponential = denied(&spectrum(|j| 0.01 * (-0.02 * j).exp()));
    assert!(exponential.len() == 1 && exponential[0].contains("head"), "{exponential:?}");
}
