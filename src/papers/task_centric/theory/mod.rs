//! Right-hand sides of reward-filtered training, as functions of numbers (claims T).
