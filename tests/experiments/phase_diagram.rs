use selfreward::experiment::phase_diagram::EXPERIMENT;
use selfreward::metrics::named::{DRIFT, KAPPA};

use crate::computed;

#[test]
fn the_diagram_is_found_and_each_of_its_features_can_be_denied() {
    let computed = computed(&EXPERIMENT);
    computed.shows_what_it_should();
    // A failure rate that forgets κ_0: that of κ_0 = 2 at every κ_0 would not move the frontier, one that forgets n has none.
    computed.denies("law", |_, _, t, name, value| if name == "failure_0.5" && t > 0 { 0.5 } else { value });
    computed.denies("frontier", |cell, _, t, name, value| {
        let n = cell.number("process.samples").unwrap();
        if name == "failure_0.5" && t > 0 { (-n / 50.0).exp() } else { value }
    });
    // A failure rate that rises with n, and one that falls with κ_0.
    computed.denies("rise with n", |cell, _, _, name, value| {
        let n = cell.number("process.samples").unwrap();
        if name == "failure_0.5" { 1.0 - 1.0 / n } else { value }
    });
    computed.denies("nor fall with κ₀", |cell, _, _, name, value| {
        if name == "failure_0.5" { 1.0 / cell.mean(&KAPPA, 0).unwrap().mean } else { value }
    });
    // Rounds that keep what the first one found.
    computed.denies(
        "undo",
        |cell, r, t, name, value| {
            if name == "drift" && t > 1 { cell.values(&DRIFT, 1).unwrap()[r] } else { value }
        },
    );
    computed.denies("drift needs", |_, _, _, name, value| if name == "drift" { value.min(0.2) } else { value });
    // A failure rate that stays where the bound says that it cannot.
    computed.denies("bound holds", |_, _, _, name, value| if name == "failure_0.5" { 1.0 } else { value });
}
