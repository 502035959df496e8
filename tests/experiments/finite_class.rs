use selfreward::experiment::finite_class::EXPERIMENT;

use crate::computed;

#[test]
fn the_bounds_the_order_and_the_shape_are_found_and_each_can_be_denied() {
    let computed = computed(&EXPERIMENT);
    computed.shows_what_it_should();
    // One choice, one class, one round beyond ε_n in half of the replicates.
    computed.denies("C10", |cell, replicate, t, name, value| {
        let here = cell.label("process.choice") == "random" && cell.label("instance.prompts") == "16" && t == 1;
        if name == "population_loss" && here && replicate % 2 == 0 { value + 1e4 } else { value }
    });
    // All prompts fail, whatever n.
    computed.denies("C18", |_, _, _, name, value| if name == "failure_0.5" { 1.0 } else { value });
    // A second round that keeps what the first one learned; a nearest choice that does not.
    computed.denies("printed form", |_, _, t, name, value| if name == "failure_0.5" && t == 2 { 0.0 } else { value });
    computed.denies("printed form", |_, _, t, name, value| if name == "failure_0.5" && t == 2 { 0.9 } else { value });
    // The worst choice as good as the nearest; the nearest twice as bad.
    computed.denies("order", |cell, _, _, name, value| {
        let worst = cell.label("process.choice") == "worst";
        if name == "population_loss" && worst { value * 2.0 / 3.0 } else { value }
    });
    computed.denies("order", |cell, _, _, name, value| {
        let nearest = cell.label("process.choice") == "nearest";
        if name == "population_loss" && nearest { 2.0 * value } else { value }
    });
    // A misled prompt that knows it; losses a quarter smaller.
    computed.denies("closed forms", |cell, _, _, name, value| {
        if name == "failure_0.5" && cell.label("process.choice") == "worst" { value + 0.01 } else { value }
    });
    computed
        .denies("closed forms", |_, _, _, name, value| if name == "population_loss" { 0.75 * value } else { value });
    // ε that does not depend on n, and ε as 1/n.
    computed.denies("shape", |_, _, _, name, value| if name == "population_loss" { 1e-4 } else { value });
    computed.denies("shape", |cell, _, _, name, value| {
        let n = cell.number("process.samples").unwrap();
        if name == "population_loss" { value / n } else { value }
    });
    // A prompt that is never settled.
    computed.denies("recovery", |_, _, _, name, value| if name == "population_loss" { value + 1e-3 } else { value });
}
