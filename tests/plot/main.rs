//! Figures.

#[path = "../plot_support/mod.rs"]
mod plot_support;

mod clip;
mod figures;
mod output;
mod single;
mod tables;
mod ticks;
