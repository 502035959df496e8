//! When accuracy rises first and falls then (L7).
