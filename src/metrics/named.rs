//! Every measured quantity as an item of its own, and a column of rows as a value: a mistyped name does not compile.
//!
//! Each item is the entry of its name in [`super::QUANTITIES`], [`chain::QUANTITIES`], [`also::QUANTITIES`] or
//! [`also::LEVEL_QUANTITIES`], looked up by the compiler.

use std::fmt;

use super::{QUANTITIES, Quantity, Reader, also, chain};

/// A column of rows: a quantity, at one δ or level where it has a value for each.
///
/// ```
/// use selfreward::metrics::named::{FAILURE, KAPPA, Metric};
///
/// const FAILURE_AT_HALF: Metric = FAILURE.at(0.5);
/// assert_eq!(FAILURE_AT_HALF.name(), "failure_0.5");
/// assert_eq!(Metric::from(&KAPPA).name(), "kappa");
/// ```
///
/// ```compile_fail
/// let mistyped = selfreward::metrics::named::KAPA.name;
/// ```
#[derive(Clone, Copy)]
pub struct Metric {
    quantity: &'static Quantity,
    delta: Option<f64>,
    level: Option<i64>,
}

impl Metric {
    /// The quantity.
    pub fn quantity(&self) -> &'static Quantity {
        self.quantity
    }

    /// Its name in every output: `kappa`, `failure_0.5`.
    pub fn name(&self) -> String {
        self.to_string()
    }
}

impl From<&'static Quantity> for Metric {
    fn from(quantity: &'static Quantity) -> Self {
        Self { quantity, delta: None, level: None }
    }
}

impl PartialEq for Metric {
    fn eq(&self, other: &Self) -> bool {
        self.quantity.name == other.quantity.name && self.delta == other.delta && self.level == other.level
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.delta, self.level) {
            (Some(delta), _) => write!(f, "{}_{delta}", self.quantity.name),
            (_, Some(level)) => write!(f, "{}_{level}", self.quantity.name),
            (None, None) => f.write_str(self.quantity.name),
        }
    }
}

impl fmt::Debug for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Quantity {
    /// Its column at one δ; of a quantity that has a value for each.
    ///
    /// # Panics
    /// For a quantity without δ (while compiling, in a constant).
    pub const fn at(&'static self, delta: f64) -> Metric {
        assert!(matches!(self.read, Reader::PerDelta(_)), "this quantity does not depend on δ");
        Metric { quantity: self, delta: Some(delta), level: None }
    }

    /// Its column at one level; of a quantity that has a value for each.
    ///
    /// # Panics
    /// For a quantity without levels (while compiling, in a constant).
    pub const fn at_level(&'static self, level: i64) -> Metric {
        assert!(matches!(self.read, Reader::PerLevel(_)), "this quantity does not depend on the level");
        Metric { quantity: self, delta: None, level: Some(level) }
    }
}

/// The entry of this name.
const fn listed(name: &str) -> Quantity {
    let lists = [QUANTITIES, chain::QUANTITIES, also::LEVEL_QUANTITIES];
    let mut list = 0;
    while list < lists.len() {
        let mut index = 0;
        while index < lists[list].len() {
            if equal(lists[list][index].name.as_bytes(), name.as_bytes()) {
                return lists[list][index];
            }
            index += 1;
        }
        list += 1;
    }
    let mut index = 0;
    while index < also::QUANTITIES.len() {
        let entry = also::QUANTITIES[index].quantity;
        if equal(entry.name.as_bytes(), name.as_bytes()) {
            return entry;
        }
        index += 1;
    }
    panic!("no quantity is listed under this name")
}

const fn equal(one: &[u8], other: &[u8]) -> bool {
    let mut index = 0;
    while index < one.len() && index < other.len() && one[index] == other[index] {
        index += 1;
    }
    index == one.len() && index == other.len()
}

macro_rules! named {
    ($($item:ident = $name:literal;)*) => {
        $(
            #[doc = concat!("`", $name, "`, as its list defines it.")]
            pub static $item: Quantity = listed($name);
        )*

        /// All of them.
        pub static ALL: &[&Quantity] = &[$(&$item),*];
    };
}

named! {
    KAPPA = "kappa";
    FAILURE = "failure";
    BASE_FAILURE = "base_failure";
    DRIFT = "drift";
    MARGIN = "margin";
    MIN_CONFIDENCE = "min_confidence";
    ENTROPY = "entropy";
    KL = "kl";
    ACCURACY = "accuracy";
    BASE_PROBABILITY = "base_probability";
    GREEDY_MODAL = "greedy_modal";
    GREEDY_BASE = "greedy_base";
    THETA_NORM = "theta_norm";
    COSINE = "cosine";
    KAPPA_MINUS_ONE = "kappa_minus_one";
    LOGIT_ROUNDING = "logit_rounding";
    COMPARATOR_FAILURE = "comparator_failure";
    GAP = "gap";
    CONCENTRABILITY = "concentrability";
    EXCESS = "excess";
    POPULATION_LOSS = "population_loss";
    RANK_FRACTION = "rank_fraction";
    DIVERSITY = "diversity";
    COMPARATOR_REGRET = "comparator_regret";
    CHAIN_GAP = "chain_gap";
    BASELINE_LEFT = "baseline_left";
    BASELINE_RIGHT = "baseline_right";
    IDENTITY_RESIDUAL = "identity_residual";
    OBJECTIVE_COMPARATOR = "objective_comparator";
    OBJECTIVE_POLICY = "objective_policy";
    DEVIATION_COMPARATOR = "deviation_comparator";
    DEVIATION_POLICY = "deviation_policy";
    KL_COMPARATOR = "kl_comparator";
    KL_POLICY = "kl_policy";
    SECOND_MOMENT = "second_moment";
    CHAIN_CONCENTRABILITY = "chain_concentrability";
    CHAIN_COMPARATOR_CONCENTRABILITY = "chain_comparator_concentrability";
    OPTIMAL_CONCENTRABILITY = "optimal_concentrability";
    NESTING = "nesting";
    PARAMETER_DISTANCE = "parameter_distance";
    LOG_RATIO_DISTANCE = "log_ratio_distance";
    TAIL_MEAN = "tail_mean";
    FOURTH_MOMENT = "fourth_moment";
    TAIL_EXCESS = "tail_excess";
    CORRECT_PROBABILITY = "correct_probability";
    ACCEPTANCE_CONDITION = "acceptance_condition";
    CIRCLE_ANGLE = "circle_angle";
    LOG_ODDS = "log_odds";
    DISAGREEMENT = "disagreement";
    STEP_DRIFT = "step_drift";
    DRIFT_MASS = "drift_mass";
    FLIP_LOSS = "flip_loss";
    APPROXIMATION_ERROR = "approximation_error";
    ESTIMATION_ERROR = "estimation_error";
    SHARPENED_SHARE = "sharpened_share";
    POPULATION_FLIPS = "population_flips";
    STEP_LENGTH = "step_length";
    POPULATION_KAPPA = "population_kappa";
    POPULATION_KL = "population_kl";
    POPULATION_GAP = "population_gap";
    DIFFERENCE_RANK = "difference_rank";
    LEVERAGE = "leverage";
    NOISE_TRACE = "noise_trace";
    NOISE_SPREAD = "noise_spread";
    NOISE_SQUARE = "noise_square";
    NOISE_SUP = "noise_sup";
    KAPPA_DEVIATION = "kappa_deviation";
    KL_DEVIATION = "kl_deviation";
    GAP_DEVIATION = "gap_deviation";
    PREDICTED_FLIPS = "predicted_flips";
    LABEL_TRACE = "label_trace";
    LABEL_SQUARE = "label_square";
    DRAWS = "draws";
    RANK_LOSSES = "rank_losses";
    EMPTY_FILTERS = "empty_filters";
    GAIN_MAX = "gain_max";
    GAIN_MIN = "gain_min";
    AT_INFINITY = "at_infinity";
    FIT_DIVERGENCE = "fit_divergence";
    GRADIENT_NORM = "gradient_norm";
    CONDITION_NUMBER = "condition_number";
    NEWTON_STEPS = "newton_steps";
    REWARD_VARIANCE = "reward_variance";
    FISHER_MAX = "fisher_max";
    FISHER_MIN = "fisher_min";
    NATURAL_STEP = "natural_step";
    NATURAL_DISTANCE = "natural_distance";
    GRADIENT_DISTANCE = "gradient_distance";
    ENTROPY_DESCENT = "entropy_descent";
    PARAMETER_PROBE = "parameter_probe";
    OFFSET_PROBE = "offset_probe";
    OFFSET_STEP = "offset_step";
    NULL_DISTANCE = "null_distance";
    ACCURACY_LEVEL = "accuracy_level";
    CORRECT_PROBABILITY_LEVEL = "correct_probability_level";
}
