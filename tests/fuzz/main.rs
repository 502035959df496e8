//! Whatever a file holds, the program says in one line what is wrong with it: no panic, no abort, no allocation out of proportion.
//!
//! Inputs are mutations of sound ones, drawn from pinned seeds, 10^5 of each kind; SELFREWARD_FUZZ asks for another number, such
//! as 10000000 for a night.

mod binary;
mod csv;
mod lent;
mod memory;
mod mutation;
mod npz;
#[path = "../npz_support/mod.rs"]
mod npz_support;
mod toml;

use std::panic::{AssertUnwindSafe, catch_unwind};

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

/// How many inputs of each kind.
fn count() -> u64 {
    std::env::var("SELFREWARD_FUZZ").ok().and_then(|text| text.parse().ok()).unwrap_or(100_000)
}

/// What came of one input: nothing to object to, or what an error says.
type Outcome = Result<(), String>;

/// Makes inputs and tries them. Each must end well or with an error of one line; `shown` writes an input down where one does not.
/// At least a hundredth must end well, and as many with an error: otherwise the mutations are none.
fn fuzz<T>(
    kind: &str,
    count: u64,
    make: impl Fn(&mut ChaCha8Rng) -> T + Sync,
    attempt: impl Fn(&T) -> Outcome + Sync,
    shown: impl Fn(&T) -> String + Sync,
) {
    let is_sound = |index| {
        let mut rng = ChaCha8Rng::seed_from_u64(index);
        let input = make(&mut rng);
        memory::reset();
        let outcome = catch_unwind(AssertUnwindSafe(|| attempt(&input)))
            .unwrap_or_else(|_| panic!("{kind} {index} panics:\n{}", shown(&input)));
        let largest = memory::largest();
        assert!(largest <= memory::LIMIT, "{kind} {index} asks for {largest} bytes at once:\n{}", shown(&input));
        if let Err(message) = &outcome {
            let line = !message.is_empty() && !message.chars().any(char::is_control) && message.len() < 10_000;
            assert!(line, "{kind} {index}: {message:?} is no line:\n{}", shown(&input));
        }
        outcome.is_ok()
    };
    let sound = (0..count).into_par_iter().filter(|&index| is_sound(index)).count() as u64;
    let refused = count - sound;
    assert!(sound >= count / 100 && refused >= count / 100, "{kind}: {sound} end well, {refused} are refused");
}
