//! Counts on the command line: each flag has one range, and what lies outside is refused with it.

/// The largest count that no flag limits further: replicates and threads are numbered in 32 bits.
pub const MOST: u64 = u32::MAX as u64;

/// A whole number from `LEAST` to `MOST`, written in digits or, as in configurations, like 1e6.
///
/// # Errors
/// What was expected, for the command line's message.
pub fn whole<const LEAST: u64, const MOST: u64, T: TryFrom<u64>>(text: &str) -> Result<T, String> {
    let number = text.parse().ok().or_else(|| real(text));
    let number = number.filter(|number| (LEAST..=MOST).contains(number)).and_then(|number| T::try_from(number).ok());
    number.ok_or_else(|| format!("a whole number from {LEAST} to {MOST}"))
}

/// A finite number.
///
/// # Errors
/// What was expected.
pub fn number(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|value: &f64| value.is_finite()).ok_or_else(|| "a number".to_owned())
}

/// A whole number that is written with an exponent or a point, if doubles hold it exactly.
fn real(text: &str) -> Option<u64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let value: f64 = text.parse().ok()?;
    (value.fract() == 0.0 && (0.0..=EXACT).contains(&value)).then_some(value as u64)
}
