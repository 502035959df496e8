//! Studies: experiments as grids of cells × replicates, computed once, kept, and repeated to the byte.
//!
//! ```text
//! Definition (TOML) + Profile + Seed ──► Study ──► runner ──► Store (SQLite) ──► export, figures
//!                                        cells     units      rows, failures
//! ```
//!
//! A cell is a configuration of `simulate`. It is known by its values ([`cell`]), so neither its place in the grid nor the
//! number of other cells enters its results; neither do threads, shards ([`shard`]) and interruptions. What may differ between
//! two honest runs (times, hosts, threads) stands in the store's sessions ([`provenance`]) and nowhere else.

pub mod cell;
mod check;
pub mod cost;
pub mod definition;
pub mod export;
mod fields;
pub mod grid;
pub mod merge;
pub mod plan;
pub mod provenance;
pub mod revised;
pub mod runner;
mod setting;
pub mod shard;
pub mod store;
pub mod sweep;

pub use cell::{Cell, CellId};
pub use definition::{Definition, FigureText, Profile};
pub use plan::Study;
pub use shard::Shard;
pub use store::Store;
