//! Intervals, tests, fits and laws.

mod binomial;
mod bootstrap;
mod constants;
mod intervals;
mod laws;
mod lines;
mod two_sample;
