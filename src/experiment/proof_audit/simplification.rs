//! The paper's simplification C_{π_{t+1}/π_t} ≤ κ_t (claim C8): how often, and by how much, it fails.

use super::UPDATES;
use super::step::{Step, steps};
use crate::Result;
use crate::experiment::{Finding, Results, Table};
use crate::plot::{Axis, Figure, Guide, Legend, Panel, Series, Style};
use crate::simulate::output;
use crate::stats::clopper_pearson;

/// The steps of a part.
struct Part<'a> {
    name: &'a str,
    steps: Vec<&'a Step>,
}

fn parts(steps: &[Step]) -> Vec<Part<'_>> {
    let mut parts: Vec<Part<'_>> = Vec::new();
    for step in steps {
        let name = step.setting.part.as_str();
        match parts.iter_mut().find(|part| part.name == name) {
            Some(part) => part.steps.push(step),
            None => parts.push(Part { name, steps: vec![step] }),
        }
    }
    parts
}

impl Part<'_> {
    fn is_population(&self) -> bool {
        self.name == "population"
    }
}

/// Whether C_{π_{t+1}/π_t} exceeds κ_t beyond rounding.
fn exceeds(step: &Step) -> bool {
    step.simplification() > 1.0 + step.unit()
}

/// The share of replicates in which some step exceeds, with its exact 95% interval, and the share of steps.
///
/// Replicates of different cells have different probabilities; their sum then varies less than a binomial count of the mean
/// probability (Hoeffding 1956), so the interval is safe.
fn share(steps: &[&Step], level: f64) -> Result<[f64; 4]> {
    let groups = || steps.chunk_by(|a, b| a.replicate == b.replicate);
    let (count, all) = (groups().filter(|group| group.iter().any(|step| exceeds(step))).count(), groups().count());
    let (lo, hi) = clopper_pearson(count as u64, all as u64, level)?;
    let of_steps = steps.iter().filter(|step| exceeds(step)).count() as f64 / steps.len() as f64;
    Ok([count as f64 / all as f64, lo, hi, of_steps])
}

fn largest(steps: &[&Step]) -> f64 {
    steps.iter().map(|step| step.simplification()).fold(0.0, f64::max)
}

/// Never under the population update (C8 itself); in many steps of every update that learns from a sample.
pub(super) fn findings(steps: &[Step]) -> Result<Vec<Finding>> {
    let (population, learned): (Vec<_>, Vec<_>) = parts(steps).into_iter().partition(Part::is_population);
    let mut findings = Vec::new();
    for part in population {
        let largest = largest(&part.steps);
        let exceeding = part.steps.iter().filter(|step| exceeds(step)).count();
        findings.push(Finding::new(
            exceeding == 0,
            format!(
                "population update: C ≤ κ in all but {exceeding} of {} steps, C/κ at most {largest:.6}",
                part.steps.len()
            ),
        ));
    }
    let mut shares = Vec::new();
    for part in &learned {
        let [of_replicates, lo, hi, of_steps] = share(&part.steps, 0.95)?.map(|share| 100.0 * share);
        shares.push(format!(
            "{} in {of_steps:.1}% of steps, {of_replicates:.1}% [{lo:.1}, {hi:.1}] of replicates",
            part.name
        ));
    }
    let all: Vec<&Step> = learned.iter().flat_map(|part| part.steps.iter().copied()).collect();
    let [of_replicates, lo, hi, of_steps] = share(&all, 0.95)?.map(|share| 100.0 * share);
    let finite = all.iter().map(|step| step.simplification()).filter(|ratio| ratio.is_finite()).fold(0.0, f64::max);
    let statement = format!(
        "the simplification C ≤ κ fails for learned policies in {of_steps:.1}% of steps, {of_replicates:.1}% [{lo:.1}, {hi:.1}] of \
         replicates, by factors up to {finite:.0e} and beyond the doubles: {}",
        shares.join("; ")
    );
    // More than one replicate in a hundred, at a confidence that leaves a false alarm in 10^8 runs.
    findings.push(Finding::new(share(&all, 1.0 - 1e-8)?[1] > 0.01, statement));
    Ok(findings)
}

/// Shares of the steps at which the distribution is tabulated: this many, from 1 down to a single step, evenly on a log scale.
const POINTS: usize = 60;

/// The steps of each update on sharp instances and on the others: how many exceed, and which ratio a share of them reaches.
pub(super) fn table(results: &Results) -> Result<Table> {
    let steps = steps(results)?;
    let header = [
        "instances",
        "update",
        "steps",
        "exceeding",
        "replicates_mean",
        "replicates_lo",
        "replicates_hi",
        "share",
        "ratio",
    ];
    let mut rows = Vec::new();
    for (instances, sharp) in [("others", false), ("sharp", true)] {
        for part in parts(&steps) {
            let chosen: Vec<&Step> =
                part.steps.into_iter().filter(|step| (step.setting.character == "sharp") == sharp).collect();
            if chosen.is_empty() {
                continue;
            }
            let [mean, lo, hi, of_steps] = share(&chosen, 0.95)?;
            let mut ratios: Vec<f64> = chosen.iter().map(|step| step.simplification()).collect();
            ratios.sort_by(|a, b| b.total_cmp(a));
            let labels = [instances.to_owned(), part.name.to_owned(), chosen.len().to_string()];
            let numbers = [of_steps, mean, lo, hi].map(output::plain);
            for (share, ratio) in distribution(&ratios) {
                let point = [share, ratio].map(output::plain);
                rows.push(labels.iter().chain(&numbers).chain(&point).cloned().collect());
            }
        }
    }
    Ok(Table::new(header.map(str::to_owned).to_vec(), rows))
}

/// (share, the ratio that it reaches or exceeds) of ratios in decreasing order.
fn distribution(ratios: &[f64]) -> Vec<(f64, f64)> {
    let count = ratios.len();
    let rank = |k: usize| (count as f64).powf(1.0 - k as f64 / POINTS as f64).round() as usize;
    let mut ranks: Vec<usize> = (0..=POINTS).map(rank).collect();
    ranks.dedup();
    ranks.into_iter().map(|rank| (rank as f64 / count as f64, ratios[rank - 1])).collect()
}

/// Line styles: six updates differ in grey too.
const STYLES: [Style; 3] = [Style::Line, Style::Dashed, Style::DashDotted];

pub(super) fn figure(table: &Table) -> Result<Figure> {
    let mut figure = Figure::new("C′/κ of each update, which the paper takes to be at most 1")
        .subtitle(
            "Distribution of C′/κ over the steps, C′ = C_{π′/π}: concentrability of the learned policy π′ with respect to π. Legend: share of replicates in which some \
             step exceeds 1, with its 95% Clopper–Pearson interval, and the largest C′/κ; lines that reach the right edge go on",
        )
        .columns(2);
    for (instances, title) in [
        ("others", "plain, near-tie and unevenly weighted instances"),
        ("sharp", "sharp instances (probabilities down to 10^(−304))"),
    ] {
        let rows = table.filter(&[("instances", instances)])?;
        let mut panel = Panel::new(
            title,
            Axis::log("C′/κ").range(0.1, 1e12),
            Axis::log("share of steps with at least this C′/κ").range(1e-4, 1.5),
        )
        .guide(Guide::vertical(1.0, "C′ = κ"))
        .legend(Legend::Below);
        for (color, (update, name)) in UPDATES.into_iter().enumerate() {
            let curve = rows.filter(&[("update", update)])?;
            let mut points = curve.points("ratio", "share")?;
            let largest = points.iter().map(|point| point.x).fold(0.0, f64::max);
            points.retain(|point| point.x.is_finite());
            let label = format!("{name}: {}, up to {}", exceeding(&curve)?, factor(largest));
            panel = panel.series(Series::new(label, STYLES[color % STYLES.len()], color, points));
        }
        figure = figure.panel(panel);
    }
    Ok(figure)
}

/// `10`, `2·10^58`, `∞`.
fn factor(value: f64) -> String {
    match value {
        f64::INFINITY => "∞".to_owned(),
        small if small < 1000.0 => format!("{small:.0}"),
        large => {
            let exponent = large.log10().floor();
            // The leading digit may round up to ten.
            let (digit, exponent) = match (large / 10f64.powf(exponent)).round() {
                10.0 => (1.0, exponent + 1.0),
                digit => (digit, exponent),
            };
            if digit == 1.0 { format!("10^{exponent}") } else { format!("{digit}·10^{exponent}") }
        }
    }
}

/// `23% [21, 25]`.
fn exceeding(curve: &Table) -> Result<String> {
    let percent =
        |name: &str| -> Result<f64> { Ok(100.0 * curve.points(name, name)?.first().map_or(0.0, |point| point.x)) };
    let [mean, lo, hi] = [percent("replicates_mean")?, percent("replicates_lo")?, percent("replicates_hi")?];
    Ok(format!("{mean:.1}% [{lo:.1}, {hi:.1}]"))
}
