//! The bound on a sampled step of the misspecified class (M5).

use super::super::theory::excess::{Event, Scatter, misspecified_excess};
use crate::Result;
use crate::papers::{Bound, BoundEntry, Numbers};

pub(super) const EXCESS: BoundEntry = BoundEntry {
    name: "misspecified-excess",
    about: "distance of a sampled step from the population's where the class misses part of the reward (M5, ours)",
    usage: "n, trace, leverage, sup, spread, rank (s, x, rho)",
    evaluate,
};

fn evaluate(numbers: &Numbers) -> Result<Bound> {
    let n = numbers.need("n")?;
    let scatter = Scatter {
        trace: numbers.need("trace")?,
        leverage: numbers.need("leverage")?,
        sup: numbers.need("sup")?,
        spread: numbers.need("spread")?,
        rank: numbers.need("rank")?,
    };
    let (s, x) = (numbers.optional("s")?, numbers.optional("x")?);
    let event = match (s, x) {
        (Some(s), Some(x)) => Some(Event { s, x }),
        _ => {
            let rho = numbers.or("rho", 0.05)?;
            let chosen = Event::of(n, scatter.leverage, scatter.rank, rho)?;
            let (x, least) = (x.unwrap_or((2.0 / rho).ln()), chosen.map(|event| event.s));
            s.or(least).map(|s| Event { s, x })
        }
    };
    misspecified_excess(n, &scatter, event)
}
