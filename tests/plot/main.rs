//! Figures.

#[path = "../plot_support/mod.rs"]
mod plot_support;

mod clip;
mod committed;
mod figures;
mod foot;
mod output;
mod scripts;
mod single;
mod tables;
mod ticks;
