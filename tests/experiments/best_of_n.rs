use selfreward::experiment::best_of_n::EXPERIMENT;

use crate::computed;

#[test]
fn the_likeliest_of_n_draws_and_each_effect_can_be_denied() {
    let computed = computed(&EXPERIMENT);
    computed.shows_what_it_should();
    // A mode of another mass, in one round and in several.
    computed.denies("of one round has the mass", |cell, _, t, name, value| {
        if cell.cell.part == "law" && t > 0 && name == "base_probability" { 0.999 * value } else { value }
    });
    computed.denies("are one at N^T", |cell, _, t, name, value| {
        if cell.cell.part == "rounds" && t == 3 && name == "base_probability" { 0.999 * value } else { value }
    });
    // Bounds that are passed, and bounds that nothing comes near.
    for factor in [0.5, 1.5] {
        computed.denies(
            "S2's bounds",
            move |_, _, _, name, value| if name == "kl_policy" { factor * value } else { value },
        );
    }
    // A class that does not get better with directions, or is the law before its time.
    computed.denies("comes closer", |_, _, _, name, value| if name == "fit_divergence" { 0.05 } else { value });
    computed
        .denies("end in the same place", |_, _, _, name, value| if name == "fit_divergence" { 0.05 } else { value });
    computed.denies(
        "need six directions",
        |_, _, _, name, value| {
            if name == "fit_divergence" { value + 1e-6 } else { value }
        },
    );
    computed.denies("moves modes", |_, _, _, name, value| if name == "drift" { 0.0 } else { value });
    computed.denies("moves none", |_, _, t, name, value| if name == "drift" && t > 0 { 0.005 } else { value });
}
