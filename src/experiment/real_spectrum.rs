//! The covariance spectrum of real features: which regime of Assumption G.3 it is in, and what its effective dimension is.

mod regimes;

use super::{Drawing, Experiment, Finding, Results, Table};
use crate::instance::{FeatureMap, Instance};
use crate::linalg::{r_factor, thin_svd};
use crate::plot::{Axis, Figure, Guide, Panel, Series, Style};
use crate::simulate::output::plain;
use crate::theory::effective_dimension::{Spectrum, effective_dimension};
use crate::{Error, Result};

pub use regimes::{Fit, fits};

/// The spectrum of `data/docqa_minilm.npz`.
pub const EXPERIMENT: Experiment = Experiment {
    name: "real_spectrum",
    about: "The covariance spectrum of real features: its regime by AICc, and its effective dimension beside its bounds",
    definition: include_str!("../../experiments/definitions/real_spectrum.toml"),
    findings: |results| findings_of(&measured(results)?),
    drawings: &[Drawing { name: "real_spectrum", table: |results| table_of(&measured(results)?), figure }],
};

/// The spectrum of the experiment's one cell.
fn measured(results: &Results) -> Result<Spectrum> {
    let cells = results.cells("features")?;
    let cell = cells.first().ok_or_else(|| Error::argument("part", "features", "a cell with a replicate"))?;
    covariance_spectrum(&*cell.simulation()?.instance(0)?)
}

/// The eigenvalues of Σ = E_x Cov_{y~π_0(·|x)} φ(x,y) / max‖φ‖², the covariance of Definition G.1 under p and π_0, which is half the
/// second moment of the differences Δφ of two independent responses: the only directions a round can learn. Features are divided by
/// their largest norm, so that tr Σ ≤ 1. They are squared singular values, not eigenvalues of a sum of squares.
///
/// # Errors
/// [`Error::Argument`] for one-hot features.
pub fn covariance_spectrum(instance: &Instance) -> Result<Spectrum> {
    let FeatureMap::Dense(features) = instance.features() else {
        return Err(Error::argument("features", "one-hot", "dense features"));
    };
    let policy = instance.policy(instance.base());
    let mut rows = features.to_matrix() / features.largest_norm().1;
    for (x, weight) in instance.weights().iter().enumerate() {
        let range = features.starts()[x]..features.starts()[x + 1];
        let probs: Vec<f64> = (0..range.len()).map(|y| policy.prob(x, y as u32)).collect();
        let mut block = rows.slice_mut(ndarray::s![range, ..]);
        let mean = ndarray::aview1(&probs).dot(&block);
        for (mut row, prob) in block.rows_mut().into_iter().zip(&probs) {
            row -= &mean;
            row *= (weight * prob).sqrt();
        }
    }
    let singular = thin_svd(r_factor(rows.view()).view()).singular;
    Spectrum::new(singular.iter().map(|sigma| sigma * sigma).collect())
}

/// Number of eigenvalues above 10^−10 of the largest: below, rounding of single-precision features (2^−24, squared) takes over.
pub fn resolved(spectrum: &Spectrum) -> usize {
    let values = spectrum.eigenvalues();
    values.iter().take_while(|value| **value > 1e-10 * values[0]).count()
}

/// The share of the trace that the head holds.
const HEAD: f64 = 0.9;

/// The least number of leading eigenvalues that hold a share of the trace.
fn holding(spectrum: &Spectrum, share: f64) -> usize {
    let mut sum = 0.0;
    spectrum
        .eigenvalues()
        .iter()
        .take_while(|value| {
            let before = sum;
            sum += **value;
            before < share * spectrum.trace()
        })
        .count()
}

/// λ from 10^−8 to 1.
fn lambdas() -> impl Iterator<Item = f64> {
    (0..=32).map(|step| 10f64.powf(-8.0 + 0.25 * f64::from(step)))
}

/// 1/λ of the effective dimensions that are told.
const TOLD: [f64; 3] = [1e2, 1e3, 1e4];

/// What the experiment says of a spectrum.
///
/// # Errors
/// As the fits.
pub fn findings_of(spectrum: &Spectrum) -> Result<Vec<Finding>> {
    let all = fits(spectrum, resolved(spectrum))?;
    let head = fits(spectrum, holding(spectrum, HEAD))?;
    let (mut least, mut most) = (f64::INFINITY, 0.0f64);
    for lambda in lambdas() {
        for fit in &all {
            if let Some(bound) = fit.bound(spectrum, lambda)? {
                let ratio = bound / effective_dimension(spectrum, lambda)?.value();
                (least, most) = (least.min(ratio), most.max(ratio));
            }
        }
    }
    let dimensions = TOLD.map(|n| Ok(format!("{:.1} at λ = 1/{n}", effective_dimension(spectrum, 1.0 / n)?.value())));
    let dimensions = dimensions.into_iter().collect::<Result<Vec<_>>>()?.join(", ");
    Ok(vec![
        Finding::new(all[0].name() == "exponential", format!("regime of the whole spectrum: {}", told(&all))),
        Finding::new(
            head[0].name() == "polynomial",
            format!("regime of the head that holds {:.0}% of the trace: {}", 100.0 * HEAD, told(&head)),
        ),
        Finding::new(
            least >= 1.0,
            format!(
                "d_λ respects its bounds for λ from {:.0e} to {}: bound over d_λ from {least:.2} to {most:.1}; d_λ = {dimensions}, of {} \
                 resolved dimensions",
                lambdas().fold(f64::INFINITY, f64::min),
                lambdas().fold(0.0, f64::max),
                resolved(spectrum)
            ),
        ),
    ])
}

/// The fits in a sentence, best first.
fn told(fits: &[Fit]) -> String {
    let one = |fit: &Fit| {
        format!("{} (ΔAICc {:.0}, off by a factor {:.2} r.m.s.)", fit.described(), fit.delta, fit.off.exp())
    };
    format!("j = 1 to {}: {}", fits[0].points, fits.iter().map(one).collect::<Vec<_>>().join(", then "))
}

/// Rows `eigenvalue` (x = j) with the fits to the whole and to the head; rows `dimension` (x = λ) with the bounds of the regimes.
///
/// # Errors
/// As the fits.
pub fn table_of(spectrum: &Spectrum) -> Result<Table> {
    let names = ["exponential", "polynomial", "spiked"];
    let header = [
        "quantity",
        "x",
        "value",
        "exponential",
        "polynomial",
        "spiked",
        "head_exponential",
        "head_polynomial",
        "head_spiked",
    ];
    let (all, head) = (fits(spectrum, resolved(spectrum))?, fits(spectrum, holding(spectrum, HEAD))?);
    let by_name = |fits: &[Fit], name: &str| fits.iter().find(|fit| fit.name() == name).cloned();
    let mut rows = Vec::new();
    for (index, value) in spectrum.eigenvalues().iter().enumerate() {
        let mut row = vec!["eigenvalue".to_owned(), (index + 1).to_string(), plain(*value)];
        for fits in [&all, &head] {
            let fitted = |name: &str| by_name(fits, name).filter(|fit| index < fit.points).map(|fit| fit.at(index + 1));
            row.extend(names.map(|name| fitted(name).map_or_else(String::new, plain)));
        }
        rows.push(row);
    }
    for lambda in lambdas() {
        let mut row =
            vec!["dimension".to_owned(), plain(lambda), plain(effective_dimension(spectrum, lambda)?.value())];
        for name in names {
            let bound = by_name(&all, name).map(|fit| fit.bound(spectrum, lambda)).transpose()?.flatten();
            row.push(bound.map_or_else(String::new, plain));
        }
        row.extend(["", "", ""].map(str::to_owned));
        rows.push(row);
    }
    Ok(Table::new(header.map(str::to_owned).to_vec(), rows))
}

const REGIMES: [(&str, &str, Style, usize); 3] = [
    ("exponential", "exponential", Style::Dashed, 1),
    ("polynomial", "polynomial", Style::DashDotted, 2),
    ("spiked", "spikes and flat tail", Style::Dotted, 6),
];

fn figure(table: &Table) -> Result<Figure> {
    let eigenvalues = table.filter(&[("quantity", "eigenvalue")])?;
    let dimensions = table.filter(&[("quantity", "dimension")])?;
    let panel = |title: &str, x: Axis, prefix: &str| -> Result<Panel> {
        let y = Axis::log("eigenvalue λⱼ of Σ").range(1e-6, 0.1);
        let mut panel =
            Panel::new(title, x, y).series(Series::new("measured", Style::Line, 0, eigenvalues.points("x", "value")?));
        for (name, label, style, color) in REGIMES {
            let points = eigenvalues.points("x", &format!("{prefix}{name}"))?;
            panel = panel.series(Series::new(label, style, color, points));
        }
        Ok(panel)
    };
    let mut bounds =
        Panel::new("effective dimension and its bounds", Axis::log("λ"), Axis::log("d_λ").range(0.01, 1e4))
            .series(Series::new("measured", Style::Line, 0, dimensions.points("x", "value")?))
            .guide(Guide::slope((1e-3, 1e3), -1.0, "1/λ"));
    for (name, label, style, color) in REGIMES {
        let points = dimensions.points("x", name)?;
        if points.is_empty() {
            bounds = bounds.note(format!("{label}: exponent at most 1, no bound"));
        }
        bounds = bounds.series(Series::new(label, style, color, points));
    }
    Ok(Figure::new("Spectrum of the real features, with three laws fitted to it")
        .subtitle(
            "sentence-embedding features of questions and their candidate answers; Σ = E Cov φ under p and π₀ (half the second moment of \
             differences), features divided by their largest norm; least-squares fits of log λⱼ",
        )
        .columns(3)
        .shared_legend()
        .panel(panel("fits to the whole spectrum", Axis::linear("index j"), "")?)
        .panel(panel(&format!("fits to the head with {:.0}% of the trace", 100.0 * HEAD), Axis::log("index j"), "head_")?)
        .panel(bounds))
}
