//! Statistics over replicates.

pub mod interval;
