use selfreward::experiment::proof_audit::EXPERIMENT;

use crate::computed;

/// For each inequality a measured quantity and a factor that makes one side come out wrong: 1% where some step attains equality,
/// as much as the tightest step leaves elsewhere. Oracle: the other side, which other code measured.
const CHANGED_SIDES: &[(&str, &str, f64)] = &[
    ("C1 by", "comparator_regret", 1.01),
    ("C1 by", "gap", 0.99),
    ("C1 by", "margin", 1.01),
    ("C1 Markov by", "comparator_failure_0.3", 1.01),
    ("C4 by", "kl_comparator", 1.01),
    ("C5 by", "chain_gap", 1.01),
    ("C6 comparator by", "deviation_comparator", 1.7),
    ("C6 comparator by", "population_loss", 0.38),
    ("C6 learned by", "deviation_policy", 1.3),
    ("C6 learned by", "population_loss", 0.6),
    ("C7 by", "comparator_regret", 2.0),
    ("C7 Markov by", "comparator_failure_0.3", 3.0),
    ("C8 by", "optimal_concentrability", 1.01),
    ("C9 by", "failure_0.3", 1.01),
    ("C16 linear by", "kappa_minus_one", 1.01),
    ("C16 integral by", "kappa_minus_one", 1.01),
    ("C24 by", "log_ratio_distance", 1.1),
    ("C24 by", "parameter_distance", 0.9),
    ("C28 tail by", "tail_excess", 1.4),
    ("C28 moment by", "fourth_moment", 6.0),
];

#[test]
fn the_proof_stands_and_a_wrong_side_is_noticed() {
    let computed = computed(&EXPERIMENT);
    computed.shows_what_it_should();
    for &(violated, changed, factor) in CHANGED_SIDES {
        computed.denies(violated, move |_, _, _, name, value| if name == changed { factor * value } else { value });
    }
    // A NaN is no inequality that holds.
    computed.denies("C5 by", |_, _, _, name, value| if name == "chain_gap" { f64::NAN } else { value });
    // Identities that miss by little.
    for (broken, changed, error) in [
        ("C2 baseline", "baseline_left", 1e-6),
        ("C3 reward", "identity_residual", 1e-12),
        ("C4 the maximum", "objective_policy", 1e-6),
        ("C6 C of", "chain_comparator_concentrability", 1e-6),
        ("C9 nested", "nesting", 1e-12),
    ] {
        computed.denies(broken, move |_, _, _, name, value| if name == changed { value + error } else { value });
    }
    // An audit in which nothing is tight.
    computed.denies("tight", |_, _, _, name, value| if name == "comparator_regret" { 0.5 * value } else { value });
    // Learned policies of least concentrability, and a population update of too much.
    computed.denies("simplification", |_, _, _, name, value| if name == "concentrability" { 1.0 } else { value });
    computed.denies(
        "population update",
        |_, _, _, name, value| if name == "concentrability" { 1e3 * value } else { value },
    );
}
