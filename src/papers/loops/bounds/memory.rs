//! The threshold of replay (L11).
