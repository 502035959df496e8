//! The order of decay of 1 − p: on which axis it is straight in t, and with which slope (U3).

/// What is straight in t in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// log log(1/(1−p)): double exponential decay.
    DoubleLog,
    /// log(1/(1−p)): geometric decay.
    Log,
    /// arccos √ρ: certainty after finitely many rounds.
    Angle,
}

/// The order of a named loop on two responses and the slope in the end, from ℓ_0 > 0 at β, with the numbers that the loop has by default
/// (`None` where a law of another kind holds: a limit inside, 1/t, one step).
///
/// | loop | straight | slope |
/// | --- | --- | --- |
/// | self-rewarding | log log 1/(1−p) | log(1 + 1/β) |
/// | sharpening-sft, best of N | log log 1/(1−p) | log N |
/// | majority-sft, odd N | log log 1/(1−p) | log((N+1)/2) |
/// | frozen-reward | log 1/(1−p) | ℓ_0/β |
/// | verifier-filter | log 1/(1−p) | log(a/f) |
/// | majority-reward | log 1/(1−p) | 1/β |
/// | curation from K draws | log 1/(1−p) | log((1 + (K−1)e^{Δr})/K) |
/// | win-rate-ipo | log 1/(1−p) | 1/(2β) |
/// | preference-dpo, flips e | log 1/(1−p) | log((1−e)/e)/β |
/// | grpo-mirror | arccos √ρ | −1/(2β) |
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loop {
    /// Its name.
    pub name: &'static str,
    /// β.
    pub beta: f64,
    /// ℓ_0.
    pub start: f64,
    /// e.
    pub flip: f64,
}

/// Draws, votes and verdicts that the named loops have by default.
const DRAWS: f64 = 4.0;
const VOTES: f64 = 5.0;
const TRUE_POSITIVE: f64 = 0.9;
const FALSE_POSITIVE: f64 = 0.1;

impl Loop {
    /// The order and its slope.
    ///
    /// ```
    /// use selfreward::papers::loops::theory::orders::{Loop, Order};
    ///
    /// let named = |name| Loop { name, beta: 2.0, start: 1.0, flip: 0.0 }.order();
    /// assert_eq!(named("sharpening-sft"), Some((Order::DoubleLog, 4f64.ln())));
    /// assert_eq!(named("frozen-reward"), Some((Order::Log, 0.5)));
    /// assert_eq!(named("spin"), None);
    /// ```
    pub fn order(&self) -> Option<(Order, f64)> {
        let beta = self.beta;
        Some(match self.name {
            "self-rewarding" => (Order::DoubleLog, (1.0 / beta).ln_1p()),
            "sharpening-sft" => (Order::DoubleLog, DRAWS.ln()),
            "majority-sft" => (Order::DoubleLog, f64::midpoint(VOTES, 1.0).ln()),
            "frozen-reward" => (Order::Log, self.start / beta),
            "verifier-filter" => (Order::Log, (TRUE_POSITIVE / FALSE_POSITIVE).ln()),
            "majority-reward" => (Order::Log, 1.0 / beta),
            "curation" => (Order::Log, ((1.0 + (DRAWS - 1.0) * 1f64.exp()) / DRAWS).ln()),
            "win-rate-ipo" => (Order::Log, 0.5 / beta),
            "preference-dpo" if self.flip > 0.0 => (Order::Log, ((1.0 - self.flip) / self.flip).ln() / beta),
            "preference-dpo" => (Order::DoubleLog, (1.0 / beta).ln_1p()),
            "grpo-mirror" => (Order::Angle, -0.5 / beta),
            _ => return None,
        })
    }
}
