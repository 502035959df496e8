//! The time that normalised advantages take (Q4a, Q4b).
