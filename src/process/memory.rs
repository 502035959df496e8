//! What a loop keeps of earlier rounds.

/// What a fit looks at beside the round's own draws.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Memory {
    /// Nothing.
    #[default]
    None,
    /// The counts of all rounds. For the likelihood, π_t is the fit of t + 1 batches, the first from π_0; for pairs, the counts of all
    /// rounds meet the targets of the current one.
    All,
    /// A share λ in [0, 1) of each round comes from the data law (uniform over each prompt's responses), the rest from the loop's own.
    /// The number of replayed answers is λn, rounded to the nearest whole number.
    Replay(f64),
}
