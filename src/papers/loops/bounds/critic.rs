//! When pairs that stay make the loop blow up (Q1).
