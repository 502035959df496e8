//! Intervals, tests, fits and laws.

mod binomial;
mod bootstrap;
mod constants;
mod dirichlet;
mod intervals;
mod laws;
mod lines;
mod mean_interval;
mod two_sample;
