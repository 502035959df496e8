use selfreward::experiment::CellRows;
use selfreward::experiment::where_noise_enters::EXPERIMENT;

use crate::computed;

/// The lens on the error of one part (of one noise, where it is given): ε and e both times a factor of n.
fn errors(
    part: &'static str,
    noisy: Option<bool>,
    factor: fn(f64) -> f64,
) -> impl Fn(&CellRows, usize, usize, &str, f64) -> f64 + Send + Sync + 'static {
    move |cell, _, _, name, value| {
        let of_part = cell.cell.part == part
            && noisy.is_none_or(|noisy| (cell.number("instance.offset.noise").unwrap() > 0.0) == noisy);
        let factor = if of_part { factor(cell.number("process.samples").unwrap()) } else { 1.0 };
        match name {
            "population_loss" => value * factor * factor,
            "estimation_error" => value * factor,
            _ => value,
        }
    }
}

#[test]
fn noise_is_found_where_it_enters_and_each_finding_can_be_denied() {
    let computed = computed(&EXPERIMENT);
    computed.shows_what_it_should();
    // A regression without noise that errs.
    computed.denies("without noise", |cell, _, t, name, value| {
        let clean = cell.cell.part == "offset" && cell.number("instance.offset.noise").unwrap() == 0.0;
        if clean && t > 0 && name == "population_loss" { 1e-4 } else { value }
    });
    // A judge whose error falls as n^(−1/4), or as 1/n, and one that is twice as noisy.
    computed.denies("noisy judge", errors("judge", None, |n| (n / 4096.0).powf(0.25)));
    computed.denies("noisy judge", errors("judge", None, |n| (n / 4096.0).powf(-0.5)));
    computed.denies("noisy judge", errors("judge", None, |_| 2.0));
    // Labels that teach as 1/n, or not.
    computed.denies("labels", errors("labels", None, |n| (n / 4096.0).powf(-0.5)));
    computed.denies("labels", errors("labels", None, |n| (n / 4096.0).powf(0.5)));
    // An offset whose step does not tend to the population's, and one without a floor.
    computed.denies("offset: n e²", errors("offset", Some(true), |n| (n / 4096.0).powf(0.25)));
    computed.denies("floor", errors("offset", Some(true), |n| (n / 256.0).powf(-0.25)));
    // Steps far beyond the bound of M5, and so far below that it bounds nothing.
    computed.denies("bound of M5", errors("offset", Some(true), |_| 30.0));
    computed.denies("bound of M5", errors("offset", Some(true), |_| 0.01));
    computed.denies("bound of M5", |_, _, _, name, value| if name == "leverage" { 1e6 * value } else { value });
    // Labels that cost twice what they should.
    computed.denies("labels: n ε² tends", errors("labels", None, |_| 2.0));
    // The same with selective prompts: an error without noise, limits missed, and no floor of their own.
    computed.denies("selective prompts, regression", |cell, _, t, name, value| {
        let clean = cell.cell.part == "selective" && cell.number("instance.offset.noise").unwrap() == 0.0;
        if clean && t > 0 && name == "population_loss" { 1e-4 } else { value }
    });
    computed.denies("selective prompts, noisy judge", errors("selective-judge", None, |_| 2.0));
    computed.denies("selective prompts, labels", errors("selective-labels", None, |n| (n / 4096.0).powf(0.25)));
    computed.denies("selective prompts, offset", errors("selective", Some(true), |_| 0.9));
}
