//! Offline sharpening by reinforcement over a finite class (S9).

use super::super::theory::offline::{Offline, offline_sharpening};
use crate::Result;
use crate::papers::{Bound, BoundEntry, Numbers};

pub(super) const OFFLINE: BoundEntry = BoundEntry {
    name: "offline-sharpening",
    about: "share of prompts that fail after offline sharpening over a finite class, and the regret (S9; Theorem 4.2 with constants)",
    usage: "kappa0, c-conc, c-loss, class-size or log-class-size, n, beta, margin (rho, delta)",
    evaluate,
};

fn evaluate(numbers: &Numbers) -> Result<Bound> {
    let of = Offline {
        kappa0: numbers.need("kappa0")?,
        c_conc: numbers.need("c-conc")?,
        c_loss: numbers.need("c-loss")?,
        log_class: numbers.log_class_size(1.0)?,
        n: numbers.need("n")?,
        rho: numbers.or("rho", 0.05)?,
        beta: numbers.need("beta")?,
    };
    offline_sharpening(&of, numbers.need("margin")?, numbers.or("delta", 0.5)?)
}
