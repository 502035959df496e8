//! Statistics by which replicate rows are weighed.
//!
//! | question | answer |
//! | --- | --- |
//! | what is the mean over replicates? | [`mean_interval`] (by the quantity's [`Range`]), [`mean_with_error`]; [`Measured::of`] for a point of a fit |
//! | how often does an event happen? | [`clopper_pearson`] (exact interval of a probability) |
//! | does a failure happen with probability ≤ p? | [`upper_tail`] (exact test), [`lower_tail`] for ≥ p |
//! | … and of trials that hinder each other? | [`deviation`] (Chernoff) |
//! | … asked in many cells at once? | [`holm`] (adjusted p-values) |
//! | what is the rate or the exponent of a decay? | [`log_linear`], [`log_log`]; [`line`](line()) for a straight line as such |
//! | how sure is a statistic of many replicates (a ratio, a fitted exponent)? | [`bootstrap`](bootstrap()): no formula for its error is needed |
//! | which law does a curve follow? | [`compare_decays`]; [`rank`] for candidates fitted elsewhere |
//! | where does a curve fall through a level? | [`falls_through`] |
//! | do two means differ? | [`welch`]; [`paired`] for two rounds of the same replicates |
//! | by how much do two means differ? | [`paired_interval`], [`unpaired_interval`]: intervals of the difference, by the quantity's range |
//! | … for many quantities at once? | [`each_of`]: what each interval may miss, so that all hold together |
//! | do two samples follow one law? | [`kolmogorov`] (exact two-sample test) |
//! | does a ratio drift upward? | [`rises`] (one-sided t test of the slope); [`rises_within`] for one slope in several groups |
//!
//! A replicate's whole trajectory is one unit: values of different rounds of one replicate are dependent, so errors across
//! rounds come from the bootstrap over replicates, never from a count of rows.

pub mod binomial;
pub mod bootstrap;
pub mod comparison;
pub mod contrast;
pub mod crossing;
pub mod decay;
pub mod dirichlet;
pub mod interval;
pub mod multiplicity;
pub mod range;
pub mod regression;
pub mod trend;
pub mod two_sample;

pub use binomial::{clopper_pearson, deviation, lower_tail, upper_tail};
pub use bootstrap::{Estimate, bootstrap};
pub use comparison::{Candidate, Ranked, aicc, bic, rank};
pub use contrast::{least_visible, paired_interval, replicates_to_see, unpaired_interval};
pub use crossing::falls_through;
pub use decay::{Decay, Law, compare_decays};
pub use interval::{
    MeanInterval, Method, STUDENT_FROM, mean_interval, mean_interval_at, mean_with_error, student_quantile,
};
pub use multiplicity::{each_of, holm};
pub use range::Range;
pub use regression::{Line, Measured, Observation, line, log_linear, log_log};
pub use trend::{Trend, rises, rises_within};
pub use two_sample::{Difference, kolmogorov, paired, welch};
