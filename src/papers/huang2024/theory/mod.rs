//! Right-hand sides of the sharpening mechanism, as functions of numbers (claims S).

pub mod budget;
pub mod floor;
pub mod hidden;
pub mod offline;
pub mod resampling;
pub mod sft;
