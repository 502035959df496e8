//! Numbers as a reader of the ledger sees them.

/// Four significant digits, plain where the number is of moderate size.
pub fn short(value: f64) -> String {
    digits(value, 4)
}

/// The same with a true minus, and a sign for infinity.
pub fn figure(value: f64) -> String {
    signed(value, 4)
}

/// Two numbers with as many digits as it takes to see which is the larger; the same text twice only if they are equal.
pub fn apart(one: f64, other: f64) -> (String, String) {
    let texts = |count: usize| (signed(one, count), signed(other, count));
    let different = (4..=17).map(texts).find(|(one, other)| one != other);
    different.filter(|_| one != other).unwrap_or_else(|| texts(4))
}

/// A share in percent, without digits that say nothing: 10%.
pub fn percent(share: f64) -> String {
    format!("{}%", figure(100.0 * share))
}

fn signed(value: f64, count: usize) -> String {
    let size = if value.is_infinite() { "∞".to_owned() } else { digits(value.abs(), count) };
    if value < 0.0 { format!("−{size}") } else { size }
}

/// So many significant digits, at least one, without trailing zeros.
fn digits(value: f64, count: usize) -> String {
    let scientific = format!("{value:.*e}", count - 1);
    let Some((digits, exponent)) = scientific.split_once('e') else { return scientific };
    let trimmed = |text: &str| match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text.to_owned(),
    };
    match exponent.parse::<i32>() {
        Ok(exponent @ -3..=4) => trimmed(&format!("{value:.*}", (count as i32 - 1 - exponent).max(0) as usize)),
        _ => format!("{}e{exponent}", trimmed(digits)),
    }
}
