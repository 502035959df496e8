//! The single-step lower bound (Theorem 4.1, Remark 4.2): its hard instance.

mod hard_instance;

pub use hard_instance::{HardInstance, LARGEST_MASS, realised_kappa0, responses_for, worst_mass};
