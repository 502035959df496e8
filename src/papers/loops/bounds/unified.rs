//! The multiplier of a loop and what becomes of it (U1).
