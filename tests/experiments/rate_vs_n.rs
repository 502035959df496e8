use selfreward::experiment::CellRows;
use selfreward::experiment::rate_vs_n::EXPERIMENT;

use crate::computed;

/// The lens on one quantity of one part, from the first round on: `world` makes the new value of (n, t, value).
fn lens(
    part: &'static str,
    quantity: &'static str,
    world: fn(f64, usize, f64) -> f64,
) -> impl Fn(&CellRows, usize, usize, &str, f64) -> f64 + Send + Sync + 'static {
    move |cell, _, t, name, value| {
        if cell.cell.part == part && name == quantity && t > 0 {
            world(cell.number("process.samples").unwrap(), t, value)
        } else {
            value
        }
    }
}

#[test]
fn rates_bounds_and_the_sudden_zero_are_found_and_each_can_be_denied() {
    let computed = computed(&EXPERIMENT);
    computed.shows_what_it_should();

    // n^0 and n^(−3/4) in place of n^(−1/2), on the hard instance and on the generic one.
    let hard = "hard instance, worst mass, T = 1";
    computed.denies(hard, lens("hard-worst", "failure_0.5", |n, _, value| value * n.sqrt() / 1e4));
    computed.denies(hard, lens("hard-worst", "failure_0.5", |n, _, value| value * n.powf(-0.25)));
    let generic = "generic instance, δ = 0.1, T = 1";
    computed.denies(generic, lens("generic", "failure_0.1", |n, _, value| value * n.sqrt() / 1e4));
    computed.denies(generic, lens("generic", "failure_0.1", |n, _, value| value * n.powf(-0.25)));
    // δ = 1/2 no steeper than δ = 0.1.
    computed.denies("generic instance, δ = 0.5, T = 1", lens("generic", "failure_0.5", |n, _, value| value * n.sqrt()));
    computed.denies("ERM, δ = 0.1, T = 1", lens("generic-erm", "failure_0.1", |n, _, value| value * n.sqrt() / 1e4));
    // The same means of every exponent, with a scatter that leaves none of them settled: agreement alone is no evidence.
    computed.denies("exponents: 0 of", |cell, r, t, name, value| {
        let scattered = cell.cell.part.starts_with("generic") && name.starts_with("failure") && t > 0;
        if scattered { value * if r % 3 == 0 { 3.0 } else { 0.0 } } else { value }
    });

    // At the fixed mass, a power of n with the same scatter, and failures that never cease.
    computed.denies(
        "mass 1/2",
        lens("hard-fixed", "failure_0.5", |n, t, value| {
            let nt = n * t as f64;
            if value == 0.0 { 0.0 } else { value * (0.0025 * nt).exp() / (1.0 + nt / 16.0) }
        }),
    );
    computed.denies("mass 1/2", lens("hard-fixed", "failure_0.5", |_, _, value| value.max(1e-3)));

    // ERM as good as the population update; a second round that leaves the choices; a first that does not.
    computed
        .denies("no such rate", lens("generic-erm", "failure_0.01", |_, t, value| if t == 4 { 0.0 } else { value }));
    computed.denies("first round", lens("generic-erm", "drift", |_, t, value| if t == 2 { 0.01 } else { value }));
    computed.denies("first round", lens("generic-erm", "drift", |_, t, value| if t == 1 { 0.01 } else { value }));

    // A failure that lingers beyond C12's n, one above the bounds, and bounds that never bite.
    computed.denies("exactly 0", lens("margin", "failure_0.1", |_, _, value| value + 0.002));
    computed.denies("above the explicit bound", lens("margin", "failure_0.1", |_, _, _| 1.0));
    computed.denies("below 1 in every run", lens("margin", "excess", |_, _, value| 1e9 * value));
}
