//! Remark 4.2: where n = κ_0, base policies fail at a rate that does not go to 0 as n and κ_0 grow together.

use super::{CONSTANT, FAR};
use crate::Result;
use crate::experiment::{CellRows, Finding, Line, Results, Table};
use crate::metrics::named::{BASE_FAILURE, DRIFT, FAILURE, Metric};
use crate::plot::{Axis, Figure, Guide, Legend, Panel, Series, Style};
use crate::stats::deviation;
use crate::theory::single_step::{autoregressive_kappa0, near_uniform_kappa0, single_step, unresolved_share};

/// A base policy of Remark 4.2 after one round.
struct Base {
    rows: CellRows,
    /// n.
    samples: f64,
    /// M.
    prompts: f64,
    /// κ_0 = 1/π_0(y*|x) at every prompt.
    kappa0: f64,
    /// The sample size at which the remark expects a constant: K of the near-uniform policy, α^(−L) of the autoregressive one.
    critical: f64,
    /// log #Π = M log K: the favoured response may be any of K, at every prompt.
    log_class: f64,
}

impl Base {
    fn cells(results: &Results, part: &str) -> Result<Vec<Self>> {
        results.cells(part)?.into_iter().map(Self::new).collect()
    }

    fn new(rows: CellRows) -> Result<Self> {
        let (samples, prompts) = (rows.number("process.samples")?, rows.number("instance.prompts")?);
        let (kappa0, critical, responses) = if rows.cell.part == "near-uniform" {
            let responses = rows.number("instance.responses")?;
            (near_uniform_kappa0(responses, rows.number("instance.bump")?)?, responses, responses)
        } else {
            let length = rows.number("instance.length")?;
            let kappa0 = autoregressive_kappa0(rows.number("instance.top")?, length)?;
            (kappa0, kappa0.round(), rows.number("instance.vocab")?.powf(length))
        };
        Ok(Self { samples, prompts, kappa0, critical, log_class: prompts * responses.ln(), rows })
    }

    /// The share of prompts whose modal response is never drawn against another one among n = `samples` triples.
    fn unseen(&self, samples: f64) -> Result<f64> {
        unresolved_share(1.0 / self.kappa0, 1.0 / self.prompts, samples)
    }

    fn mean(&self, of: impl Into<Metric>) -> Result<f64> {
        Ok(self.rows.mean(of, 1)?.mean)
    }

    fn is_critical(&self) -> bool {
        self.samples == self.critical
    }

    /// How far a share of prompts deviates from that of the unseen ones.
    fn deviation(&self, of: impl Into<Metric>) -> Result<f64> {
        let trials = self.prompts * self.rows.replicates.len() as f64;
        deviation(self.mean(of)?, trials, self.unseen(self.samples)?)
    }
}

pub(super) fn table(results: &Results) -> Result<Table> {
    let mut lines = Vec::new();
    for part in PARTS {
        let cells = Base::cells(results, part)?;
        for cell in &cells {
            let mut line = Line::default()
                .label("base", part)
                .label("size", format!("{:.0}", cell.critical))
                .label("prompts", cell.rows.label("instance.prompts"))
                .label("replicates", cell.rows.replicates.len().to_string())
                .label("critical", if cell.is_critical() { "yes" } else { "no" })
                .number("samples", cell.samples)
                .number("kappa0", cell.kappa0)
                .number("shown", shown(cell.samples, cell.kappa0))
                .number("unseen", cell.unseen(cell.samples)?);
            for (name, quantity) in measured() {
                let measured = cell.rows.mean(quantity, 1)?;
                line = line.measured(name, measured.mean, measured.ends);
            }
            let bound = single_step(cell.samples, cell.kappa0, cell.log_class, CONSTANT)?;
            lines.push(
                line.number("log_class", cell.log_class).number("constant", CONSTANT).number("bound", bound.value()),
            );
        }
        if let Some(largest) = cells.last() {
            lines.extend(law(part, largest)?);
        }
    }
    Ok(Table::of_lines(lines))
}

const PARTS: [&str; 2] = ["near-uniform", "autoregressive"];

/// Names in the table and in the store.
fn measured() -> [(&'static str, Metric); 3] {
    [("base_failure", BASE_FAILURE.at(0.5)), ("failure", FAILURE.at(0.5)), ("drift", (&DRIFT).into())]
}

/// The share of the unseen on a finer grid of n than that of the cells, at the κ_0 of one of them: lines without measured values.
fn law(part: &str, cell: &Base) -> Result<Vec<Line>> {
    let line = |step: i32| -> Result<Line> {
        let samples = (cell.kappa0 * f64::from(step).exp2().powf(0.25)).round();
        let line = Line::default()
            .label("base", format!("{part}, law"))
            .label("size", format!("{:.0}", cell.critical))
            .label("prompts", cell.rows.label("instance.prompts"))
            .label("replicates", "")
            .label("critical", "no")
            .number("samples", samples)
            .number("kappa0", cell.kappa0)
            .number("shown", shown(samples, cell.kappa0))
            .number("unseen", cell.unseen(samples)?);
        let line = measured().iter().fold(line, |line, (name, _)| line.measured(name, f64::NAN, None));
        Ok(line.number("log_class", f64::NAN).number("constant", f64::NAN).number("bound", f64::NAN))
    };
    (-32..=32).map(line).collect()
}

/// The expected number of triples that show an optimum against another response, if all were drawn at one prompt: 2nq(1−q),
/// q = 1/κ_0; near 2 at n = κ_0.
fn shown(samples: f64, kappa0: f64) -> f64 {
    2.0 * samples / kappa0 * (1.0 - 1.0 / kappa0)
}

pub(super) fn findings(results: &Results) -> Result<Vec<Finding>> {
    Ok(vec![near_uniform(results)?, autoregressive(results)?])
}

/// One pair resolves a prompt here (bump/(2β) = 50 nats lift the favoured response above all others), and no pair without it
/// changes anything: failure *is* the share of the unseen.
fn near_uniform(results: &Results) -> Result<Finding> {
    let (mut farthest, mut floor) = (0.0f64, Vec::new());
    for cell in Base::cells(results, "near-uniform")? {
        farthest = farthest.max(cell.deviation(FAILURE.at(0.5))?.abs());
        if cell.is_critical() {
            floor.push(cell.mean(FAILURE.at(0.5))?);
        }
    }
    let (lo, hi) = ends(&floor);
    let statement = format!(
        "floor of the near-uniform base: at n = K ≈ κ₀ failure is {lo:.3} to {hi:.3} over {} values of K, and everywhere the share \
         of prompts whose optimum was never seen (farthest mean {farthest:.1} standard errors away, up to {FAR} expected)",
        floor.len()
    );
    Ok(Finding::new(farthest <= FAR && !floor.is_empty(), statement))
}

/// Drift at n = κ_0 that is expected at least. It is above 0.43; the mean of 150 independent numbers in [0, 1], one a replicate,
/// lies 0.23 and more below its expectation with probability ≤ e^(−2·150·0.23²) = 1.3e-7 by Hoeffding's inequality even if
/// the prompts of a replicate were all alike; they share nothing but the number of triples, so that it is near the fourth power.
const LEAST_DRIFT: f64 = 0.2;

/// The unseen are a floor under the base failure rate alone: a pair without the optimum may make another sequence sure.
fn autoregressive(results: &Results) -> Result<Finding> {
    let (mut lowest, mut base, mut own, mut drift) = (f64::INFINITY, Vec::new(), Vec::new(), Vec::new());
    for cell in Base::cells(results, "autoregressive")? {
        lowest = lowest.min(cell.deviation(BASE_FAILURE.at(0.5))?);
        if cell.is_critical() {
            base.push(cell.mean(BASE_FAILURE.at(0.5))?);
            own.push(cell.mean(FAILURE.at(0.5))?);
            drift.push(cell.mean(&DRIFT)?);
        }
    }
    let (base, own, drift) = (ends(&base), ends(&own), ends(&drift));
    let statement = format!(
        "floor of the autoregressive base: at n = κ₀ the base model's optimum fails at {:.3} to {:.3}, nowhere below the share of \
         the unseen (lowest mean {lowest:.1} standard errors from it, −{FAR} allowed); but the policy's own optimum fails at {:.3} to \
         {:.3} only: it is sure of another sequence (drift {:.3} to {:.3}, at least {LEAST_DRIFT} expected)",
        base.0, base.1, own.0, own.1, drift.0, drift.1
    );
    Ok(Finding::new(lowest >= -FAR && drift.0 >= LEAST_DRIFT, statement))
}

fn ends(values: &[f64]) -> (f64, f64) {
    values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), &value| (lo.min(value), hi.max(value)))
}

/// The colour of a K or κ_0: one for each factor of 4 in all panels (8 and 16 the first), none of them that of [`AT_ONCE`].
fn color(size: &str) -> usize {
    let quarters = size.parse::<f64>().map_or(f64::NAN, |size| (size.log2() / 2.0).ceil() - 2.0);
    quarters.clamp(0.0, 5.0) as usize
}

/// Colours of the panel in which n = κ_0 runs along the axis: black all, with marks of three shapes.
const AT_ONCE: [usize; 3] = [6, 14, 22];

/// A panel of shares against [`shown`], one series for each size, with the share of the unseen.
fn against_shown(table: &Table, base: &str, title: &str, name: &str, symbol: &str) -> Result<Panel> {
    let rows = table.filter(&[("base", base)])?;
    let axes = (
        Axis::log("expected sightings of an optimum, 2nq(1−q), q = 1/κ₀"),
        Axis::linear(format!("{symbol} after one round")).range(-0.03, 1.03),
    );
    let mut panel = Panel::new(title, axes.0, axes.1);
    let unknown = if base == "near-uniform" { "K" } else { "κ₀" };
    for size in rows.distinct("size")? {
        let points = rows.filter(&[("size", &size)])?.measured("shown", name)?;
        panel = panel.series(Series::new(format!("{unknown} = {size}"), Style::Markers, color(&size), points).bars());
    }
    let law = table.filter(&[("base", &format!("{base}, law"))])?.points("shown", "unseen")?;
    Ok(panel.series(Series::new("optimum never seen (law)", Style::Line, 6, law)).guide(Guide::vertical(2.0, "n = κ₀")))
}

pub(super) fn figure(table: &Table) -> Result<Figure> {
    let prompts = table.distinct("prompts")?.join(", ");
    let replicates: Vec<String> = table.distinct("replicates")?.into_iter().filter(|r| !r.is_empty()).collect();
    let critical = |base: &str| table.filter(&[("base", base), ("critical", "yes")]);
    let (uniform, sequences) = (critical("near-uniform")?, critical("autoregressive")?);
    let at = Panel::new("at n = κ₀", Axis::log("n = κ₀"), Axis::linear("share of prompts").range(-0.03, 1.03))
        .series(
            Series::new(
                "near-uniform: F = base failure",
                Style::Markers,
                AT_ONCE[0],
                uniform.measured("kappa0", "failure")?,
            )
            .bars(),
        )
        .series(
            Series::new(
                "autoregressive: base failure",
                Style::Markers,
                AT_ONCE[1],
                sequences.measured("kappa0", "base_failure")?,
            )
            .bars(),
        )
        .series(
            Series::new("autoregressive: F", Style::Markers, AT_ONCE[2], sequences.measured("kappa0", "failure")?)
                .bars(),
        )
        .series(Series::new("optimum never seen, near e^(−2/M)", Style::Line, 6, uniform.points("kappa0", "unseen")?))
        .series(Series::new(
            "bound, log #Π = M log K grows with κ₀",
            Style::Dashed,
            6,
            uniform.points("kappa0", "bound")?,
        ))
        .series(Series::new(
            "bound, log #Π = M log V^L fixed (V = 24, L = 3)",
            Style::DashDotted,
            6,
            sequences.points("kappa0", "bound")?,
        ))
        .note("the bound is that of the worst instance: others may fail less")
        .legend(Legend::Below);
    Ok(Figure::new("One round, n below, at and above κ₀: failure, base failure and unseen optima")
        .subtitle(format!(
            "M = {prompts} prompts, β = 10⁻⁴. First three panels: n against κ₀; last: n = κ₀, both growing. Base policies: near-uniform over K \
             responses (logit bump 0.01, κ₀ near K), and sequences of 3 tokens out of 24 with top-token probability κ₀^(−1/3). Means over {} \
             replicates with 95% intervals; bound: Theorem 4.1 with c = {CONSTANT}",
            replicates.join(" and ")
        ))
        .columns(2)
        .panel(against_shown(table, "near-uniform", "near-uniform base", "failure", "F(0.5) = base failure")?)
        .panel(against_shown(table, "autoregressive", "autoregressive: optimum of the base policy", "base_failure", "base failure at δ = 0.5")?)
        .panel(against_shown(table, "autoregressive", "autoregressive: optimum of the new policy", "failure", "F(0.5)")?)
        .panel(at))
}
