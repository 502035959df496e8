//! The map of a vote (L5, L6).
