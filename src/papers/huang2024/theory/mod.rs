//! Right-hand sides of the sharpening mechanism, as functions of numbers (claims S).
