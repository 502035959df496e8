//! Figures.

#[path = "../plot_support/mod.rs"]
mod plot_support;

mod clip;
mod committed;
mod conditions;
mod drawn_fit;
mod figures;
mod foot;
mod output;
mod round_ticks;
mod scripts;
mod single;
mod subjects;
mod tables;
mod ticks;
