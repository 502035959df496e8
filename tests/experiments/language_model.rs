use std::sync::atomic::AtomicBool;

use selfreward::experiment::language_model::{EXPERIMENT, kept, kept_by_flips};
use selfreward::experiment::{CellRows, Table};
use selfreward::metrics::named::{
    self, ACCURACY, ACCURACY_LEVEL, CORRECT_PROBABILITY, DRIFT, KAPPA, Metric, SHARPENED_SHARE,
};
use selfreward::simulate::{Config, Simulation, run};

use crate::computed;

fn is_realizable(cell: &CellRows) -> bool {
    cell.label("instance.offset_as_feature") == "true"
}

#[test]
fn sure_and_wiser_where_nothing_is_fixed_and_each_finding_can_be_denied() {
    let computed = computed(&EXPERIMENT);
    computed.shows_what_it_should();
    computed.denies("surer", |_, _, _, name, value| if name == "failure_0.5" { 0.5 } else { value });
    computed.denies(
        "wiser where nothing is fixed",
        |_, _, t, name, value| {
            if name == "correct_probability" && t > 0 { 0.4 } else { value }
        },
    );
    computed.denies("wiser where nothing is fixed", |cell, _, t, name, value| {
        if is_realizable(cell) && name == "drift" && t > 0 { value + 1.0 / 160.0 } else { value }
    });
    computed
        .denies("elsewhere where logits are fixed", |_, _, _, name, value| if name == "drift" { 0.4 } else { value });
    computed.denies(
        "elsewhere where logits are fixed",
        |_, _, _, name, value| if name == "accuracy" { 0.5 } else { value },
    );
    // Without a rise, and with right favourites that stay.
    computed.denies(
        "slower is better",
        |_, _, _, name, value| {
            if name == "correct_probability" { f64::min(value, 0.407) } else { value }
        },
    );
    computed.denies("slower is better", |_, _, _, name, value| if name == "accuracy" { 0.5 } else { value });
    computed
        .denies("R² decides", |_, _, t, name, value| if name == "correct_probability" && t > 0 { 0.43 } else { value });
    computed.denies("R² decides", |_, _, _, name, value| if name == "sharpened_share" { 0.5 } else { value });
    computed.denies("J gains about", |cell, _, t, name, value| {
        if name == "correct_probability" && cell.label("instance.dim") == "128" && t > 0 { value + 0.01 } else { value }
    });
    computed.denies("below R² = ¼", |cell, _, t, name, value| {
        if name == "correct_probability" && cell.label("instance.dim") == "16" && t > 1 { value + 0.01 } else { value }
    });
    // More flips at the other β than at the one that gives the factor, fewer, flips that do not know of β, and twice as many at all β.
    let first_flips = |at: &'static str, factor: f64| {
        move |cell: &CellRows, _: usize, t: usize, name: &str, value: f64| {
            let here = name == "drift" && t == 1 && (at.is_empty() || cell.label("process.beta") == at);
            if here { factor * value } else { value }
        }
    };
    computed.denies("margins foretell", first_flips("4", 3.0));
    computed.denies("margins foretell", first_flips("4", 0.0));
    computed.denies("margins foretell", first_flips("1", 0.4));
    computed.denies("margins foretell", first_flips("", 2.0));
    computed.denies("margins foretell", |_, _, t, name, value| if name == "drift" && t == 1 { 0.13 } else { value });
    // Right favourites that stay, and one cell in which they become more.
    computed.denies(
        "what the first round turns",
        |_, _, t, name, value| {
            if name == "accuracy" && t == 1 { 0.5 } else { value }
        },
    );
    computed.denies("what the first round turns", |cell, _, t, name, value| {
        if name == "accuracy" && t == 1 && cell.label("instance.dim") == "128" { 0.5 + 1.0 / 160.0 } else { value }
    });
    // A top that comes late, and one that is over when it is time to stop; no gain at all.
    computed.denies("stop early", |_, _, t, name, value| if name == "failure_0.5" && t > 0 { 0.3 } else { value });
    computed.denies("stop early", |cell, _, t, name, value| {
        if name == "correct_probability" && cell.label("instance.dim") == "128" && t == 4 { 0.4 } else { value }
    });
    computed
        .denies("stop early", |_, _, t, name, value| if name == "correct_probability" && t > 0 { 0.4 } else { value });
    computed.denies("as many pairs as directions", |cell, _, _, name, value| {
        if name == "correct_probability" && cell.label("process.samples") == "512" { 0.33 } else { value }
    });
    computed.denies("a ridge saves", |_, _, _, name, value| if name == "correct_probability" { 0.3 } else { value });
    computed.denies("a ridge of 10^-5", |cell, _, _, name, value| {
        let with = cell.number("process.ridge").is_ok_and(|ridge| ridge > 0.0);
        if name == "correct_probability" && with { value - 0.1 } else { value }
    });
    computed.denies("β = 1/√n", |cell, _, _, name, value| {
        if name == "correct_probability" && cell.label("part") == "shrinking-beta" { value.max(0.31) } else { value }
    });
    computed.denies("β = 1/√n", |_, _, _, name, value| if name == "drift" { value.min(0.45) } else { value });
    computed.denies(
        "base candidates",
        |_, _, _, name, value| {
            if name == "correct_probability" { f64::max(value, 0.38) } else { value }
        },
    );
    computed.denies("labels: after a round", |cell, _, t, name, value| {
        if name == "correct_probability" && cell.label("part") == "labels" && t > 0 { 0.4 } else { value }
    });
    computed.denies("leaving sure prompts out", |_, _, _, name, value| if name == "drift" { 0.2 } else { value });
}

/// What a computation of one's own in NumPy found on the same arrays, to the digits that it printed: κ, F(½), the share of right
/// favourites, J and drift round by round in expectation over all samples. Least squares there are `numpy.linalg.lstsq` on the
/// rows √(pπ)(φ − E φ); nothing of it is shared with this program.
#[test]
fn the_pilot_is_reproduced_to_its_printed_digits() {
    let rounds = |beta: f64| -> CellRows {
        let text = format!(
            "[instance]\nkind = 'npz'\npath = 'data/smollm_answers.npz'\n[process]\nupdate = 'population'\nbeta = {beta}\nrounds = 5\n\
             [measure]\ndelta = [0.5]\nalso = ['correct_probability', 'sharpened_share']\nlevels = [0, 1, 2, 3, 4, 5]\n[run]\nreplicates = 1\n"
        );
        let simulation = Simulation::new(Config::from_table(&toml::from_str(&text).unwrap()).unwrap()).unwrap();
        CellRows::of_run(&simulation, &run(&simulation, false, &AtomicBool::new(false)).unwrap())
    };
    let printed = |cell: &CellRows, of: Metric, t: usize, expected: f64, digits: i32| {
        let found = cell.value(0, of, t).unwrap();
        // Half a digit, and the rounding of a value that lies half way.
        assert!(
            (found - expected).abs() <= 0.5 * 10f64.powi(-digits) + 1e-12,
            "{} at {t}: {found}, {expected}",
            of.name()
        );
    };
    let failure = named::FAILURE.at(0.5);
    let one = rounds(1.0);
    printed(&one, (&KAPPA).into(), 0, 2.81, 2);
    printed(&one, (&CORRECT_PROBABILITY).into(), 0, 0.397, 3);
    printed(&one, (&ACCURACY).into(), 0, 0.50, 2);
    printed(&one, ACCURACY_LEVEL.at_level(0), 0, 0.93, 2);
    printed(&one, ACCURACY_LEVEL.at_level(5), 0, 0.04, 2);
    // The step from the base model is the first round's.
    printed(&one, (&SHARPENED_SHARE).into(), 1, 0.50, 2);
    printed(&one, failure, 0, 0.59, 2);
    for (t, kappa, unsure, right, probability, drift) in [
        (1, 2.333, 0.469, 0.469, 0.3995, 0.131),
        (2, 1.886, 0.362, 0.369, 0.3492, 0.319),
        (3, 1.528, 0.200, 0.300, 0.3009, 0.444),
        (4, 1.299, 0.131, 0.269, 0.2686, 0.537),
        (5, 1.171, 0.031, 0.244, 0.2502, 0.613),
    ] {
        printed(&one, (&KAPPA).into(), t, kappa, 3);
        // Shares of 160 prompts lie half way between three digits.
        printed(&one, failure, t, unsure, 3);
        printed(&one, (&ACCURACY).into(), t, right, 3);
        printed(&one, (&CORRECT_PROBABILITY).into(), t, probability, 4);
        printed(&one, (&DRIFT).into(), t, drift, 3);
    }
    let four = rounds(4.0);
    for (t, probability) in [(0, 0.3972), (1, 0.4051), (2, 0.4119), (3, 0.4170), (4, 0.4205), (5, 0.4218)] {
        printed(&four, (&CORRECT_PROBABILITY).into(), t, probability, 4);
    }
}

/// What flips keep is computed in the full profile alone, too.
#[test]
fn the_table_shows_what_flips_keep_and_other_numbers_do_not() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/figures/language_model_knobs.csv");
    let table = Table::parse(&std::fs::read_to_string(path).unwrap()).unwrap();
    let j = |flip: &str| {
        let rows = [("knob", "labels"), ("samples", "1048576"), ("setting", flip), ("t", "4")];
        let points = table.filter(&rows).unwrap().means("t", "correct_probability").unwrap();
        assert_eq!(points.len(), 1, "{flip}");
        points[0].y
    };
    let (none, some, more) = (j("0"), j("0.15"), j("0.3"));
    assert!(kept_by_flips([none, some, more]).expected);
    for other in [[some, some, more], [none, more, some], [none, some, some]] {
        assert!(!kept_by_flips(other).expected, "{other:?}");
    }
}

/// What 64·d and 256·d samples keep is computed in the full profile alone: it is asked of the table beside the figure, and denied where one
/// of the numbers is another.
#[test]
fn the_table_shows_how_many_samples_are_enough_and_other_numbers_do_not() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/figures/language_model_samples.csv");
    let table = Table::parse(&std::fs::read_to_string(path).unwrap()).unwrap();
    let j = |n: &str, t: &str| {
        let rows = [("class", "linearised"), ("beta", "4"), ("samples", n), ("t", t)];
        let points = table.filter(&rows).unwrap().means("samples", "correct_probability").unwrap();
        assert_eq!(points.len(), 1);
        points[0].y
    };
    let gain = |n: &str| j(n, "1") - j(n, "0");
    let (few, some, many, all) = (gain("4096"), gain("16384"), gain("65536"), gain("1048576"));
    assert!(kept([few, some, many], all).expected, "{}", kept([few, some, many], all).statement);
    for (gains, all) in [
        ([0.001, some, many], all),
        ([few, many, many], all),
        ([few, few, many], all),
        ([few, some, some], all),
        ([few, some, many], -all),
    ] {
        assert!(!kept(gains, all).expected, "{gains:?}, {all}");
    }
}
