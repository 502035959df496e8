//! Instances, updates, sampling, metrics, and the algebra below them.

#[path = "../common/mod.rs"]
mod common;
#[path = "../npz_support/mod.rs"]
mod npz_support;
#[path = "../study_common/mod.rs"]
mod study_common;
#[path = "../support/mod.rs"]
mod support;

mod autoregressive;
mod awkward;
mod ball_ridge_gradient;
mod chain;
mod continuum;
mod convex;
mod convex_infinity;
mod convex_loss;
mod convex_support;
mod digits;
mod enumeration;
mod epsilon_coverage;
mod exploration;
mod exploration_choice;
mod exploration_law;
mod facts;
mod finite_class;
mod finite_class_config;
mod floats;
mod graded;
mod graded_least_squares;
mod hard_instance;
mod invariance;
mod laplacian;
mod laws_common;
mod laws_curation;
mod laws_gauss;
mod laws_plurality;
mod laws_selection;
mod laws_stopping;
mod limits;
mod linalg;
mod logits;
mod loops_common;
mod loops_convergence;
mod loops_cost;
mod loops_counts;
mod loops_exact;
mod loops_fits;
mod loops_kept;
mod loops_levels;
mod loops_plain;
mod loops_population;
mod loops_presets;
mod loops_refusals;
mod loops_routes;
mod loops_same_data;
mod loops_scipy;
mod loops_thresholds;
mod loops_thresholds_mixture;
mod loops_thresholds_sampled;
mod metrics;
mod npz;
mod one_walk;
mod policy;
mod random_instance;
mod run_constants;
mod sampling;
mod seed;
mod span_rows;
mod triangulation;
mod whitening;
