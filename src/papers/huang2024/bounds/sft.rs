//! Fine-tuning on the best of N over a finite class (S4).

use super::super::theory::sft::{Tuning, sft};
use crate::Result;
use crate::papers::{Bound, BoundEntry, Numbers};

pub(super) const SFT: BoundEntry = BoundEntry {
    name: "sft",
    about: "share of prompts that fail after a round of best-of-N fine-tuning over a finite class (S4; Theorem 4.1 with constants)",
    usage: "class-size or log-class-size, n, best-of, modes, weights (rho, delta; eta: the best one)",
    evaluate,
};

fn evaluate(numbers: &Numbers) -> Result<Bound> {
    let round = Tuning {
        log_class: numbers.log_class_size(1.0)?,
        n: numbers.need("n")?,
        best_of: numbers.need("best-of")?,
        rho: numbers.or("rho", 0.05)?,
        delta: numbers.or("delta", 0.5)?,
        modes: numbers.list("modes")?,
        weights: numbers.list("weights")?,
    };
    sft(&round, numbers.optional("eta")?)
}
