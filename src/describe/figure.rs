//! The figure of a description: how sure the base policy is, by how much, the spectrum, and how right it is.

use super::output::short;
use super::{Measured, spectrum};
use crate::metrics::correctness::{accuracy_of, correct_probability_of};
use crate::plot::{Axis, Figure, Guide, Panel, Point, Series, Style};
use crate::words::counted;

/// Corners of a distribution function that are drawn, at most.
const CORNERS: usize = 400;
/// Eigenvalues that are drawn, at most.
const EIGENVALUES: usize = 400;
/// Levels that are drawn, at most.
const LEVELS: usize = 30;

/// Four panels: confidences, margins, the spectrum with its best regime, and accuracy level by level, or entropies where there are none.
pub fn figure(measured: &Measured, source: &str) -> Figure {
    let instance = measured.instance();
    let features = instance.features();
    let counts = || (0..instance.prompts()).map(|x| features.responses(x));
    let (least, most) = (counts().min().unwrap_or(0), counts().max().unwrap_or(0));
    let responses = if least == most { counted(most, "response") } else { format!("{least} to {most} responses") };
    let subtitle = format!("{} with {responses}, d = {}", counted(instance.prompts(), "prompt"), features.dim());
    Figure::new(format!("The base policy of {source}"))
        .subtitle(subtitle)
        .columns(2)
        .panel(confidence(measured))
        .panel(margins(measured))
        .panel(eigenvalues(measured))
        .panel(correctness(measured).unwrap_or_else(|| entropies(measured)))
}

fn share() -> Axis {
    Axis::linear("share of prompts").range(0.0, 1.0)
}

/// A distribution function as steps.
fn steps(corners: &[(f64, f64)]) -> Vec<Point> {
    let mut points = Vec::new();
    let mut before = 0.0;
    for &(value, share) in corners {
        points.extend([(value, before), (value, share)].map(Point::from));
        before = share;
    }
    points
}

fn confidence(measured: &Measured) -> Panel {
    let corners = measured.confidences().corners(CORNERS);
    let mut panel = Panel::new("confidence", Axis::linear("max π₀(y|x)").range(0.0, 1.0), share())
        .series(Series::unlabelled(Style::Line, 0, steps(&corners)))
        .guide(Guide::vertical(0.5, "1/2"));
    if let (Ok(kappa), Ok(mu)) = (measured.kappa0(), measured.mu()) {
        panel = panel.note(format!("κ₀ = {}, μ = {}", short(kappa, 3), short(mu, 3)));
    }
    panel
}

fn margins(measured: &Measured) -> Panel {
    let corners = measured.margins().corners(CORNERS);
    let mut panel = Panel::new("margin", Axis::log("log π₀(y*) − log π₀(second), nats"), share())
        .series(Series::unlabelled(Style::Line, 1, steps(&corners)));
    panel = match measured.gamma() {
        Ok(gamma) => panel.note(format!("γ₀ = {} nats", short(gamma, 3))),
        Err(absent) => panel.note(format!("no γ₀: {}", absent.0)),
    };
    panel
}

fn eigenvalues(measured: &Measured) -> Panel {
    let panel = Panel::new("spectrum of E Cov φ", Axis::log("j"), Axis::log("λⱼ"));
    let spectrum = match measured.spectrum() {
        Ok(spectrum) => spectrum,
        Err(absent) => return panel.note(format!("none: {}", absent.0)),
    };
    let values = spectrum.eigenvalues();
    let places = places(values.len());
    // What is 1e-10 of the largest may be rounding.
    let floor = 1e-10 * values[0];
    let all = places.iter().filter(|&&j| values[j - 1] > floor).map(|&j| (j as f64, values[j - 1]));
    let mut panel = panel.series(Series::new("eigenvalues", Style::Markers, 0, all.collect::<Vec<_>>()));
    if let Ok(fit) = spectrum::best_regime(spectrum) {
        let fitted = places.iter().filter(|&&j| j <= fit.points).map(|&j| (j as f64, fit.at(j)));
        let fitted: Vec<_> = fitted.filter(|(_, value)| *value > floor).collect();
        panel = panel.series(Series::new(spectrum::told(&fit), Style::Line, 1, fitted));
    }
    panel
}

/// Numbers from 1 to `count`, all of them or evenly spaced in the logarithm.
fn places(count: usize) -> Vec<usize> {
    let last = count as f64;
    let mut places: Vec<usize> = (0..EIGENVALUES)
        .map(|i| last.powf(i as f64 / (EIGENVALUES - 1) as f64).round() as usize)
        .map(|j| j.clamp(1, count))
        .collect();
    places.dedup();
    places
}

/// Accuracy and J by level; `None` without levels or correct responses, and with too many levels.
fn correctness(measured: &Measured) -> Option<Panel> {
    let (correct, levels) = (measured.instance().correct()?, measured.instance().levels()?);
    let (weights, policy) = (measured.weights(), measured.policy());
    let mut all: Vec<i64> = measured.prompts().map(|(x, _)| levels[x]).collect();
    all.sort_unstable();
    all.dedup();
    if all.len() > LEVELS {
        return None;
    }
    let points = |of: &dyn Fn(i64) -> Option<f64>| -> Vec<(f64, f64)> {
        all.iter().enumerate().filter_map(|(i, &level)| Some((i as f64, of(level)?))).collect()
    };
    let accuracy = points(&|level| accuracy_of(weights, policy, correct, |x| levels[x] == level));
    let mass = points(&|level| correct_probability_of(weights, policy, correct, |x| levels[x] == level));
    let axis = Axis::linear("level").categories(all.iter().map(i64::to_string));
    Some(
        Panel::new("correctness", axis, Axis::linear("share").range(0.0, 1.0))
            .series(Series::new("accuracy: y* is correct", Style::LineMarkers, 2, accuracy))
            .series(Series::new("J₀: mass of correct responses", Style::DashedMarkers, 3, mass)),
    )
}

fn entropies(measured: &Measured) -> Panel {
    let corners = measured.entropies().corners(CORNERS);
    Panel::new("entropy", Axis::linear("H(π₀(·|x)), nats"), share()).series(Series::unlabelled(
        Style::Line,
        2,
        steps(&corners),
    ))
}
