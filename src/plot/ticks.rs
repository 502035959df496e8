//! Round numbers along an axis. A tick is a decimal number n·10^k in integers, so its label is exact and no two
//! ticks can share one.

use super::figure::Scale;

/// A tick at a coordinate (log₁₀ of the value on a logarithmic axis); minor ticks have no label.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// The coordinate, within the range asked for.
    pub at: f64,
    /// The label.
    pub label: Option<String>,
}

/// Ticks for the coordinates from `lo` to `hi` (finite, lo < hi, apart by more than 1e-12 of their size), with at most
/// `most` labels (three, where a logarithmic axis has room for no more than 1, 2, 5).
pub fn ticks(scale: Scale, (lo, hi): (f64, f64), most: usize) -> Vec<Tick> {
    match scale {
        Scale::Linear => linear(lo, hi, most),
        Scale::Log10 => log10(lo, hi, most),
    }
}

/// The decimal number n·10^k.
#[derive(Clone, Copy)]
struct Decimal {
    n: i64,
    k: i32,
}

impl Decimal {
    fn value(self) -> f64 {
        format!("{}e{}", self.n, self.k).parse().unwrap_or(f64::NAN)
    }

    /// Exponent of the leading digit; `None` for zero.
    fn magnitude(self) -> Option<i32> {
        self.n.unsigned_abs().checked_ilog10().map(|digits| digits as i32 + self.k)
    }

    /// Written out, with −k decimals.
    fn plain(self) -> String {
        let sign = if self.n < 0 { "−" } else { "" };
        let digits = self.n.unsigned_abs().to_string();
        match usize::try_from(-self.k) {
            Ok(0) => format!("{sign}{digits}"),
            Ok(decimals) => {
                let digits = format!("{digits:0>width$}", width = decimals + 1);
                let (whole, fraction) = digits.split_at(digits.len() - decimals);
                format!("{sign}{whole}.{fraction}")
            }
            Err(_) if self.n == 0 => "0".into(),
            Err(_) => format!("{sign}{digits}{}", "0".repeat(self.k.unsigned_abs() as usize)),
        }
    }

    /// Written as a multiple of 10^`power`.
    fn scientific(self, power: i32) -> String {
        match self.n {
            0 => "0".into(),
            _ => format!("{}×{}", Self { n: self.n, k: self.k - power }.plain(), power_of_ten(power)),
        }
    }
}

/// 10 with an exponent: `10⁻³`.
fn power_of_ten(exponent: i32) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let digits = exponent.unsigned_abs().to_string();
    let sign = if exponent < 0 { "⁻" } else { "" };
    format!("10{sign}{}", digits.bytes().map(|d| DIGITS[usize::from(d - b'0')]).collect::<String>())
}

/// Labels numbers alike: written out if none is very large or small, else as multiples of one power of ten.
fn labels(numbers: &[Decimal]) -> Vec<String> {
    let power = numbers.iter().filter_map(|d| d.magnitude()).max().unwrap_or(0);
    let plain = (-3..=5).contains(&power);
    numbers.iter().map(|d| if plain { d.plain() } else { d.scientific(power) }).collect()
}

/// The multiples of a step of 1, 2 or 5 times a power of ten in the range.
fn round_numbers(lo: f64, hi: f64, most: usize) -> Vec<Decimal> {
    let raw = (hi - lo) / (most + 1) as f64;
    let k = raw.log10().floor() as i32;
    let steps = [(1, k), (2, k), (5, k), (1, k + 1), (2, k + 1), (5, k + 1)].map(|(n, k)| Decimal { n, k });
    let numbers = steps.into_iter().filter(|step| step.value() >= raw).map(|step| multiples_of(step, lo, hi));
    numbers.into_iter().find(|numbers| numbers.len() <= most).unwrap_or_default()
}

fn multiples_of(step: Decimal, lo: f64, hi: f64) -> Vec<Decimal> {
    // The ends in steps, one wider than rounding could make them; what lies outside is then dropped by value.
    let (first, last) = ((lo / step.value()).ceil() as i64 - 1, (hi / step.value()).floor() as i64 + 1);
    let numbers = (first..=last).map(|i| Decimal { n: i * step.n, k: step.k });
    numbers.filter(|d| (lo..=hi).contains(&d.value())).collect()
}

fn linear(lo: f64, hi: f64, most: usize) -> Vec<Tick> {
    let numbers = round_numbers(lo, hi, most);
    let labels = labels(&numbers);
    numbers.iter().zip(labels).map(|(d, label)| Tick { at: d.value(), label: Some(label) }).collect()
}

fn log10(lo: f64, hi: f64, most: usize) -> Vec<Tick> {
    let decades = (lo.ceil() as i32)..=(hi.floor() as i32);
    if hi - lo >= 2.0 && decades.clone().count() >= 2 {
        return decade_ticks(lo, hi, most);
    }
    for digits in [[1, 2, 5].as_slice(), &[1, 3], &[1]] {
        let labelled = multiples(lo, hi, digits);
        if (3..=most.max(3)).contains(&labelled.len()) {
            return with_minor(lo, hi, &labelled);
        }
    }
    let numbers = round_numbers(10f64.powf(lo), 10f64.powf(hi).min(f64::MAX), most);
    let labels = labels(&numbers);
    let ticks = numbers.iter().zip(labels).map(|(d, label)| Tick { at: d.value().log10(), label: Some(label) });
    ticks.filter(|tick| (lo..=hi).contains(&tick.at)).collect()
}

/// The numbers d·10^k, for the given digits d, whose logarithm lies in the range.
fn multiples(lo: f64, hi: f64, digits: &[i64]) -> Vec<Decimal> {
    ((lo.floor() as i32)..=(hi.floor() as i32))
        .flat_map(|k| digits.iter().map(move |&n| Decimal { n, k }))
        .filter(|d| (lo..=hi).contains(&log_of(*d)))
        .collect()
}

/// log₁₀(n·10^k), good below the smallest double too.
fn log_of(d: Decimal) -> f64 {
    (d.n as f64).log10() + f64::from(d.k)
}

/// Labels at the given numbers and minor ticks at the other single-digit multiples.
fn with_minor(lo: f64, hi: f64, labelled: &[Decimal]) -> Vec<Tick> {
    let mut ticks: Vec<Tick> = multiples(lo, hi, &[1, 2, 3, 4, 5, 6, 7, 8, 9])
        .into_iter()
        .filter(|d| labelled.iter().all(|l| (l.n, l.k) != (d.n, d.k)))
        .map(|d| Tick { at: log_of(d), label: None })
        .collect();
    ticks.extend(labelled.iter().zip(labels(labelled)).map(|(d, l)| Tick { at: log_of(*d), label: Some(l) }));
    ticks
}

/// Labels at powers of ten, thinned to every 2nd, 3rd, 5th, … if there are many.
fn decade_ticks(lo: f64, hi: f64, most: usize) -> Vec<Tick> {
    let (first, last) = (lo.ceil() as i32, hi.floor() as i32);
    let labelled = |stride: i32| (first..=last).filter(move |k| k % stride == 0);
    let strides = [1, 2, 3, 5, 10, 20, 30, 50, 100, 200];
    let stride = strides.into_iter().find(|&s| labelled(s).count() <= most.max(2)).unwrap_or(200);
    let mut ticks: Vec<Tick> =
        labelled(stride).map(|k| Tick { at: f64::from(k), label: Some(power_of_ten(k)) }).collect();
    let minor = |at| Tick { at, label: None };
    if stride == 1 {
        ticks.extend(multiples(lo, hi, &[2, 3, 4, 5, 6, 7, 8, 9]).into_iter().map(|d| minor(log_of(d))));
    } else if last - first <= 40 {
        ticks.extend((first..=last).filter(|k| k % stride != 0).map(|k| minor(f64::from(k))));
    }
    ticks
}
