//! The page of loops: what each named loop did, in tables that are made from those beside the figures.

use super::markdown::{escaped, table_row};
use super::splice::between;
use super::systems;
use crate::experiment::Table;
use crate::instance::Instance;
use crate::metrics::{correctness, policy};
use crate::plot::Point;
use crate::process::Round;
use crate::process::presets::{PRESETS, Preset, Setting};
use crate::simulate::{Config, Simulation};
use crate::words::counted;
use crate::{Error, Result};

/// The table that loops are compared in: equal numbers of responses drawn.
const LEAGUE: &str = "league";
/// The table of how fast loops become sure.
const SLOPES: &str = "orders_of_decay_slopes";
/// β of the rows that are shown of it, and of those of normalised advantages, whose law is one of large β.
const BETAS: [&str; 2] = ["1", "20"];
/// The league's row of the policy that loops start from.
const START: &str = "base model";

/// Instances, as the table has them and in words.
const INSTANCES: [(&str, &str); 3] =
    [("hard", "hard instance"), ("language-model", "language model"), ("embeddings", "sentence embeddings")];

/// Two kinds of prompts, those whose favourite is right and others: what each loop makes of them in the population.
pub const MIXTURE: &str = include_str!("../../examples/loops.toml");

/// The rounds of it that are shown.
const SHOWN: [usize; 5] = [0, 1, 2, 4, 8];

/// What is told of a loop: a heading, and the column.
const COLUMNS: [(&str, &str); 4] = [
    ("unsure of its favourite", "failure"),
    ("another favourite", "drift"),
    ("right favourites", "accuracy"),
    ("P[correct]", "correct_probability"),
];

/// The document with its generated parts made anew: between the marks `loops` all loops side by side on the language model, between
/// `systems` which loop stands for which system of the literature, between `orders` how fast they become sure, between `loop NAME` for each named loop its keys and what it did on each instance. `table` gives the
/// table of a figure by the figure's name.
///
/// # Errors
/// [`Error::Argument`] if marks are missing; whatever `table` returns; for tables without a loop.
pub fn spliced(document: &str, table: impl Fn(&str) -> Result<Table>) -> Result<String> {
    let league = table(LEAGUE)?;
    let mut text = between(document, "loops", &side_by_side(&league)?)?;
    text = between(&text, "systems", &systems::table())?;
    text = between(&text, "orders", &orders(&table(SLOPES)?)?)?;
    for preset in PRESETS {
        text = between(&text, &format!("loop {}", preset.name), &of_loop(preset, &league)?)?;
    }
    Ok(text)
}

/// The rows of an instance at its largest budget.
fn at_largest(league: &Table, instance: &str) -> Result<(Table, String)> {
    let rows = league.filter(&[("instance", instance)])?;
    let budgets = rows.distinct("budget")?;
    let largest = budgets.into_iter().max_by_key(|budget| budget.parse::<u64>().unwrap_or(0));
    let budget = largest.ok_or_else(|| Error::argument("instance", instance, "rows in the table of the league"))?;
    Ok((rows.filter(&[("budget", &budget)])?, budget))
}

/// The only value of a measured column.
fn value(rows: &Table, name: &str, column: &str) -> Result<Option<Point>> {
    let found = rows.filter(&[("loop", name)])?;
    Ok(found.measured(&format!("{column}_mean"), column)?.first().copied())
}

/// A mean in thousandths with its interval, where that is longer than they are.
fn written(point: Option<Point>) -> String {
    let Some(point) = point else { return "–".to_owned() };
    let number = |value: f64| format!("{:.3}", if value.abs() < 5e-4 { 0.0 } else { value });
    match (point.lo, point.hi) {
        (Some(lo), Some(hi)) if hi - lo > 1e-3 => format!("{} [{}, {}]", number(point.y), number(lo), number(hi)),
        _ => number(point.y),
    }
}

fn header(first: [&str; 2]) -> String {
    let names = row(first.map(str::to_owned), COLUMNS.map(|(heading, _)| heading.to_owned()));
    names + &table_row(["---"; 6].map(str::to_owned))
}

fn row([first, second]: [String; 2], [a, b, c, d]: [String; 4]) -> String {
    table_row([first, second, a, b, c, d])
}

/// What was measured of a loop, column by column.
fn measured(rows: &Table, name: &str) -> Result<[String; 4]> {
    let mut cells = COLUMNS.map(|_| String::new());
    for (cell, (_, column)) in cells.iter_mut().zip(COLUMNS) {
        *cell = written(value(rows, name, column)?);
    }
    Ok(cells)
}

/// All loops on the language model.
fn side_by_side(league: &Table) -> Result<String> {
    let (instance, words) = INSTANCES[1];
    let (rows, budget) = at_largest(league, instance)?;
    let replicates = rows.distinct("replicates")?.concat().parse::<u64>().unwrap_or(0);
    let mut text =
        format!("After {budget} responses drawn, on the {words} ({}):\n\n", counted(replicates, "replicate"));
    text.push_str(&header(["loop", "who judges"]));
    text.push_str(&row([START, "–"].map(str::to_owned), measured(&rows, START)?));
    for preset in PRESETS {
        let link = format!("[{0}](#{0})", preset.name);
        text.push_str(&row([link, judge(preset).to_owned()], measured(&rows, preset.name)?));
    }
    Ok(text)
}

/// What is straight in t, and its slope a round as stated and as measured, of each loop whose order of decay has one; and where: at which
/// β, log-odds at the start and share of flipped labels.
fn orders(slopes: &Table) -> Result<String> {
    let names = ["loop", "at", "straight in t", "a round, stated", "a round, measured"];
    let mut text = table_row(names.map(str::to_owned)) + &table_row(["---"; 5].map(str::to_owned));
    for name in slopes.distinct("loop")? {
        let of_loop = slopes.filter(&[("loop", &name)])?;
        for beta in BETAS {
            let rows = of_loop.filter(&[("beta", beta)])?;
            // The last start lies farthest from a half: there the law has set in.
            let (Some(slope), Some(start), Some(order)) = (
                rows.points("stated", "measured")?.last().copied(),
                rows.points("start", "flip")?.last().copied(),
                rows.distinct("order")?.first().cloned(),
            ) else {
                continue;
            };
            let flips = if start.y > 0.0 { format!(", e = {}", start.y) } else { String::new() };
            let shown = |value: f64, digits: usize| format!("{value:.digits$}").replace('-', "−");
            let number = |value: f64| shown(value, 4);
            let at = format!("β = {beta}, ℓ₀ = {}{flips}", shown(start.x, if start.x.fract() == 0.0 { 0 } else { 2 }));
            text.push_str(&table_row([name.clone(), at, escaped(&order), number(slope.x), number(slope.y)]));
            break;
        }
    }
    Ok(text)
}

/// Whether a loop is told what is correct.
fn judge(preset: &Preset) -> &'static str {
    let told = |(key, value): &(&str, Setting)| {
        let value = value.to_string();
        (*key == "accept" && (value.contains("correct") || value.contains("true_positive")))
            || value.contains("external")
    };
    if preset.keys.iter().any(told) { "a verdict from outside" } else { "itself" }
}

/// Keys, recursion and what was measured of one loop.
fn of_loop(preset: &Preset, league: &Table) -> Result<String> {
    let keys: Vec<String> = preset.keys.iter().map(|(key, value)| format!("`{key} = {value}`")).collect();
    let keys = if keys.is_empty() { "the defaults".to_owned() } else { keys.join(", ") };
    let mut text = format!(
        "- Keys: {keys}\n- A population round: {}\n- In the end: {}\n- Source: {}\n\n",
        escaped(preset.recursion),
        escaped(preset.regime),
        escaped(preset.source)
    );
    text.push_str(&on_mixture(preset)?);
    text.push('\n');
    text.push_str(&header(["instance", "responses drawn"]));
    for (instance, words) in INSTANCES {
        let (rows, budget) = at_largest(league, instance)?;
        text.push_str(&row([format!("{words}, before"), "0".to_owned()], measured(&rows, START)?));
        text.push_str(&row([words.to_owned(), budget], measured(&rows, preset.name)?));
    }
    Ok(text)
}

/// Round by round, in the population, on the mixture.
fn on_mixture(preset: &Preset) -> Result<String> {
    let text = MIXTURE.replace("preset = \"self-rewarding\"", &format!("preset = \"{}\"", preset.name));
    let simulation = Simulation::new(text.parse::<Config>()?)?;
    let instance = simulation.instance(0)?;
    let checked = simulation.process.on(&instance)?;
    let names = ["t", "two answers differ", "another favourite", "right favourites", "P[correct]"];
    let mut text = table_row(names.map(str::to_owned)) + &table_row(["---"; 5].map(str::to_owned));
    let mut base = None;
    for round in checked.start(simulation.replicate_seed(0)) {
        match round {
            Ok(round) => {
                let base = base.get_or_insert_with(|| round.policy.clone());
                if SHOWN.contains(&round.t) {
                    text.push_str(&table_row(shown(&instance, base, &round)));
                }
            }
            // It crashes, and says in which round.
            Err(error) => text.push_str(&format!("\nIt ends there: {}.\n", escaped(&error.to_string()))),
        }
    }
    Ok(text)
}

fn shown(instance: &Instance, base: &crate::policy::Policy, round: &Round) -> [String; 5] {
    let (weights, now) = (instance.weights(), &round.policy);
    let correct = |of: &dyn Fn(&crate::instance::Correct) -> Option<f64>| instance.correct().and_then(of);
    let number = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"));
    [
        round.t.to_string(),
        number(Some(policy::disagreement(weights, now))),
        number(Some(policy::drift(weights, base, now))),
        number(correct(&|correct| correctness::accuracy_of(weights, now, correct, |_| true))),
        number(correct(&|correct| correctness::correct_probability(weights, now, correct))),
    ]
}
