//! `selfreward falsify`: searches for the instance on which a claim fails most.

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use clap::Args;
use serde_json::{Value, json};

use super::counts::{MOST, number, whole};
use super::verify::{pretty, write_witness};
use super::{Failure, Json, Outputs, Verbosity, stop_flag};
use crate::Error;
use crate::claims::falsifier::{Found, search};
use crate::claims::witness::Witness;
use crate::claims::{Claim, Comparison, Level};
use crate::papers::{self, Listed, PAPERS};
use crate::study::definition::Verdict;
use crate::study::store::parse_seed;
use crate::words::counted;

/// Search for the instance with the largest ratio measured/bound of a claim: random restarts and local search
#[derive(Debug, Args)]
#[command(after_help = super::EXIT_CODES)]
pub struct FalsifyArgs {
    /// A claim that says something of every replicate, such as C7 or C8.simplification
    #[arg(value_name = "CLAIM")]
    claim: String,
    /// Stop after so many seconds [default: 10]; the number of evaluations is printed, and replays with --evaluations
    #[arg(long, value_name = "SECONDS", value_parser = number)]
    budget: Option<f64>,
    /// Stop after so many evaluations: the same number finds the same instance
    #[arg(long, value_name = "N", value_parser = whole::<1, MOST, u64>, conflicts_with = "budget")]
    evaluations: Option<u64>,
    /// The root seed: a whole number, or 0x and 64 hexadecimal digits
    #[arg(long, value_name = "S", default_value = "1")]
    seed: String,
    /// Where the worst instance is saved
    #[arg(long, value_name = "DIR", default_value = "violations")]
    out: PathBuf,
    #[command(flatten)]
    json: Json,
    #[command(flatten)]
    verbosity: Verbosity,
}

/// Carries the command out.
pub(super) fn run(args: &FalsifyArgs) -> Result<(), Failure> {
    let claim = args.claim().map_err(Failure::refused)?;
    let seed = parse_seed(&args.seed).and_then(|seed| seed.resolve()).map_err(Failure::refused)?;
    let budget = args.budget.unwrap_or(10.0);
    if !(budget.is_finite() && budget > 0.0) {
        return Err(Failure::refused(Error::argument("--budget", budget, "a number of seconds > 0")));
    }
    let outputs = Outputs::claim(&args.out, &[], true).map_err(Failure::refused)?;
    let shown = args.json.claim::<&Path>([]).map_err(Failure::refused)?;
    let stop = stop_flag();
    #[expect(
        clippy::disallowed_methods,
        reason = "a budget of time decides when to stop; the count it stops at replays"
    )]
    let end = Instant::now() + Duration::from_secs_f64(budget);
    #[expect(clippy::disallowed_methods, reason = "as above")]
    let enough = |evaluations: u64| {
        stop.load(Ordering::Relaxed)
            || args.evaluations.map_or_else(|| Instant::now() >= end, |asked| evaluations >= asked)
    };
    let found = search(&claim, &seed.named("falsify", claim.id), enough).map_err(Failure::refused)?;
    let saved = args.save(&claim, &found, &outputs);
    let path = saved.as_ref().ok().and_then(Option::as_deref);
    shown.show(|| report(&claim, &found, path), &pretty(&document(&claim, &found, path)))?;
    saved?;
    if stop.load(Ordering::Relaxed) {
        return Err(Failure::Interrupted);
    }
    if found.comparison.is_none() {
        return Err(Failure::Unsettled(anyhow::anyhow!("{} applied to none of the instances searched", claim.id)));
    }
    let surprising = found.violated() && claim.expected != Verdict::Violated && claim.level == Level::Exact;
    if surprising {
        return Err(Failure::Contradicted(anyhow::anyhow!("{} is expected to hold", claim.id)));
    }
    Ok(())
}

impl FalsifyArgs {
    fn claim(&self) -> crate::Result<Listed> {
        let found = papers::named(PAPERS, &self.claim);
        match found.as_slice() {
            [] => Err(papers::unknown(&self.claim)),
            [one] => Ok(*one),
            // A number that is itself an id, such as C7 beside C7.log.
            parts => parts.iter().find(|claim| claim.id == self.claim).copied().ok_or_else(|| {
                let ids: Vec<&str> = parts.iter().map(|claim| claim.id).collect();
                Error::argument("CLAIM", &self.claim, format!("one of its parts: {}", ids.join(", ")))
            }),
        }
    }

    /// Saves the worst instance; gives its configuration's path.
    fn save(&self, claim: &Claim, found: &Found, outputs: &Outputs) -> Result<Option<String>, Failure> {
        let Some(candidate) = &found.candidate else { return Ok(None) };
        let instance = candidate.instance().map_err(Failure::failed)?;
        let name = format!("{}-worst", claim.id);
        // The instance's own keys are replaced by the file's path.
        let witness = Witness::of_instance(candidate.config(Path::new("")), &instance, outputs.folder(), &name);
        write_witness(&witness, outputs, &name).map(Some).map_err(Failure::failed)
    }
}

/// How the search came out: what exceeds a bound of every replicate violates it, one that allows a share of them is exceeded in this one.
fn outcome(claim: &Claim, found: &Found) -> &'static str {
    match (&found.comparison, found.violated(), claim.level) {
        (None, ..) => "never applied",
        (_, false, _) => "not violated",
        (_, true, Level::Exact) => "violated",
        (_, true, _) => "exceeded",
    }
}

/// The result as JSON. A number is null where the claim never applied, and the text "inf" where it is infinite.
fn document(claim: &Listed, found: &Found, saved: Option<&str>) -> Value {
    let number = |value: f64| match value {
        f64::INFINITY => json!("inf"),
        f64::NEG_INFINITY => json!("-inf"),
        value => json!(value),
    };
    let compared = |value: fn(&Comparison) -> f64| found.comparison.as_ref().map(|compared| number(value(compared)));
    json!({
        "schema": 1,
        "id": claim.id,
        "paper": claim.paper.key,
        "statement": claim.says,
        "level": claim.level,
        "expected": claim.expected,
        "outcome": outcome(claim, found),
        "ratio": found.comparison.map(|_| number(found.ratio)),
        "measured": compared(|compared| compared.measured),
        "bound": compared(|compared| compared.bound),
        "rounding": compared(|compared| compared.tolerance),
        "at": found.comparison.map(|_| found.at),
        "evaluations": found.evaluations,
        "growth": found.comparison.map(|_| found.growth.map(number)),
        "unbounded": found.unbounded(),
        "saved": saved,
    })
}

fn report(claim: &Listed, found: &Found, saved: Option<&str>) -> String {
    let mut text = format!("{}\n{}: {}\n", claim.paper.heading(), claim.id, claim.says);
    match &found.comparison {
        None => text.push_str(&format!(
            "never applied in {}: rounds of sampled ERM are tried, on instances without an offset\n",
            counted(found.evaluations, "evaluation")
        )),
        Some(comparison) => {
            text.push_str(&format!(
                "largest measured/bound {:.6e} (measured {:e}, bound {:e}, rounding {:.1e}) at evaluation {} of {}\n",
                found.ratio, comparison.measured, comparison.bound, comparison.tolerance, found.at, found.evaluations
            ));
            let [quarter, half, all] = found.growth;
            text.push_str(&format!("after a quarter, a half and all of them: {quarter:.6e}, {half:.6e}, {all:.6e}\n"));
            text.push_str(match outcome(claim, found) {
                "exceeded" => "exceeded in this one replicate; the statement allows a share of them (see verify)",
                verdict => verdict,
            });
            if found.unbounded() {
                text.push_str(": the ratio grows without a sign of a bound");
            }
            if claim.expected == Verdict::Violated {
                text.push_str(" (the claim is expected to be false)");
            }
            text.push('\n');
        }
    }
    text.push_str(&format!("replay: --evaluations {}\n", found.evaluations));
    if let Some(path) = saved {
        text.push_str(&format!("saved: {path}\n"));
    }
    text
}
