//! How large the class is: Lemma F.4, Appendix G (C24–C27, C29).

use rand::{Rng, RngExt};

use super::AUDIT;
use super::curves::{curve, one_value, sorted_by, wrong_curve};
use crate::Result;
use crate::claims::cases::{grouped, single, step_by_step};
use crate::claims::premises::{departs_at_most, is_realizable, is_sampled};
use crate::claims::{
    Case, Claim, Comparison, Control, Curve, CurvePoint, Rule, Source, Statement, Trial, weigh::Exponent,
};
use crate::experiment::CellRows;
use crate::metrics::named::{LOG_RATIO_DISTANCE, PARAMETER_DISTANCE, POPULATION_LOSS, THETA_NORM};
use crate::seed::{Purpose, Seed};
use crate::stats::falls_through;
use crate::study::Profile;
use crate::study::definition::Verdict;
use crate::theory::effective_dimension::{Regime, Spectrum, effective_dimension, metric_entropy, regime_bound};
use crate::theory::one_step::covering_number;

/// One round where there are 32 independent differences to a dimension or more, so that their own spectrum is the flat one.
const FLAT: &[Source] = &[Source { experiment: "effective_dimension", part: "to-256" }];
const EXPONENTIAL: &[Source] = &[
    Source { experiment: "effective_dimension", part: "to-256" },
    Source { experiment: "effective_dimension", part: "to-1024" },
    Source { experiment: "effective_dimension", part: "exponential-4096" },
];

const fn algebra(
    id: &'static str,
    says: &'static str,
    result: &'static str,
    make: fn(&Seed, Profile) -> Result<Vec<Case>>,
    controls: &'static [Control],
) -> Claim {
    Claim::exact(id, says, result, &[], Statement::Constructed(make), controls)
}

const fn shift(
    id: &'static str,
    says: &'static str,
    sources: &'static [Source],
    draw: fn(&[CellRows]) -> Result<Vec<Curve>>,
    exponent: f64,
    controls: &'static [Control],
) -> Claim {
    let rule = Rule::Exponent(Exponent::Equals(exponent));
    Claim {
        note: "each n has instances of its own; n½ is cut to the grid of n",
        controls,
        ..curve(id, says, "Corollaries 6.4, G.5, G.6", sources, draw, rule)
    }
}

const fn wrong_shift(
    id: &'static str,
    says: &'static str,
    sources: &'static [Source],
    draw: fn(&[CellRows]) -> Result<Vec<Curve>>,
    exponent: f64,
) -> Control {
    wrong_curve(id, says, sources, draw, Rule::Exponent(Exponent::Equals(exponent)))
}

/// The claims of this file.
pub const CLAIMS: &[Claim] = &[
    Claim {
        sources: AUDIT,
        statement: Statement::Replicates(log_ratios),
        controls: &[Control::replicates("C24.one", "sup |log π_{θ'} − log π_θ| ≤ ‖θ' − θ‖", AUDIT, log_ratios_once)],
        ..algebra("C24", "sup |log π_{θ'} − log π_θ| ≤ 2‖θ' − θ‖ for unit features", "Lemma F.4", covering, &[])
    },
    algebra(
        "C24.net",
        "a ball of radius B is covered at resolution η by (1 + 4B/η)^d policies",
        "Lemma F.4",
        covering,
        &[Control::constructed("C24.net-half", "by (1 + 2B/η)^d policies", covering_half)],
    ),
    algebra(
        "C25",
        "d_λ = Σ λ_j/(λ_j+λ) is at most the rank and tr Σ/λ, and does not rise with λ",
        "Definition G.1",
        dimension,
        &[Control::constructed("C25.half-rank", "d_λ is at most half the rank", dimension_half)],
    ),
    algebra(
        "C25.tail",
        "d_λ ≤ k + (1/λ)Σ_{j>k} λ_j for every k",
        "Eq. 149",
        tail,
        &[Control::constructed("C25.no-head", "the same without k", tail_without_head)],
    ),
    algebra(
        "C26.exponential",
        "λ_j ≤ Ce^{−cj}, λ ≤ C: d_λ ≤ (1/c)log(C/λ) + 1/(1−e^{−c})",
        "Lemma G.4 (A), Corollary 6.4",
        exponential,
        &[Control::constructed(
            "C26.exponential-rate",
            "the same with 2c for c in the logarithm's term",
            exponential_rate,
        )],
    ),
    algebra(
        "C26.polynomial",
        "λ_j ≤ Cj^{−α}, α > 1: d_λ ≤ (C/λ)^{1/α}(1 + 1/(α−1)) + 1",
        "Lemma G.4 (B), Corollary G.5",
        polynomial,
        &[Control::constructed("C26.polynomial-exponent", "the same with (C/λ)^{1/(α+1)}", polynomial_exponent)],
    ),
    algebra(
        "C26.spiked",
        "spike of rank s, tail mass τ: d_λ ≤ s + τ/λ",
        "Lemma G.4 (C), Corollary G.6",
        spiked,
        &[Control::constructed("C26.spiked-tail", "the same with τ for τ/λ", spiked_tail)],
    ),
    shift(
        "C27.isotropic",
        "isotropic features: n½, where ε of one ERM round falls through 0.6 (half of what it is before), is proportional to d",
        FLAT,
        isotropic,
        1.0,
        &[wrong_shift("C27.isotropic-root", "n½ is proportional to √d", FLAT, isotropic, 0.5)],
    ),
    shift(
        "C27.exponential",
        "exponentially decaying features: n½, where ε of one ERM round falls through 0.12 (a tenth), does not depend on d",
        EXPONENTIAL,
        exponential_features,
        0.0,
        &[wrong_shift("C27.exponential-root", "n½ is proportional to √d", EXPONENTIAL, exponential_features, 0.5)],
    ),
    algebra(
        "C29",
        "log N ≤ Σ_{j≤k} log(5B√λ_j/η), k = #{λ_j > η²/(4B²)}, for the ball ‖θ‖ ≤ B in the norm of Σ",
        "Lemma G.2 (explicit form ours)",
        entropy,
        &[Control::constructed("C29.no-axes", "log N ≤ log(5B√λ_1/η): one axis alone", entropy_of_one_axis)],
    ),
    Claim {
        expected: Verdict::Violated,
        note: "the paper leaves λ free; the axes between η²/(4B²) and a larger λ are not covered",
        ..algebra(
            "C29.free",
            "log N ≤ 2 d_λ log(5B√λ_1/η) for every λ, at λ = 1",
            "Lemma G.2, λ free",
            entropy_at_any_lambda,
            &[],
        )
    },
];

fn log_ratios(trial: &Trial<'_>) -> Result<Option<Case>> {
    distances(trial, 2.0)
}

fn log_ratios_once(trial: &Trial<'_>) -> Result<Option<Case>> {
    distances(trial, 1.0)
}

fn distances(trial: &Trial<'_>, factor: f64) -> Result<Option<Case>> {
    step_by_step(
        trial,
        "",
        |_| Ok(true),
        |t| {
            let (distance, norm) = (trial.get(&PARAMETER_DISTANCE, t + 1)?, trial.get(&THETA_NORM, t + 1)?);
            let bound = factor * distance;
            // Logits are known to rounding of θ's own size, however close the two parameters are.
            let tolerance = trial.rounding(t + 1, 1.0 + norm)?;
            Ok(vec![Comparison::unlimited(trial.get(&LOG_RATIO_DISTANCE, t + 1)?, bound, tolerance)])
        },
    )
}

/// Lemma F.4's own count, at its resolution of parameters η/2.
fn covering(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    coverings(seed, profile, |dim, radius, eta| Ok(covering_number(dim, radius, eta)?.value()))
}

fn covering_half(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    coverings(seed, profile, |dim, radius, eta| Ok(dim * (2.0 * radius / eta).ln_1p()))
}

/// A maximal set of points of the ball more than η/2 apart is a cover of radius η/2; on the line it has 1 + 4B/η points, in the
/// plane those of a square lattice of that spacing inside the ball are a packing.
fn coverings(seed: &Seed, profile: Profile, bound: impl Fn(f64, f64, f64) -> Result<f64>) -> Result<Vec<Case>> {
    let mut rng = seed.rng(Purpose::Laws, 0, 0);
    let count = if profile == Profile::Quick { 30 } else { 100 };
    let mut cases = Vec::new();
    for _ in 0..count {
        let (radius, spacing) = (rng.random_range(0.5f64..5.0), rng.random_range(0.05f64..0.4));
        let eta = 2.0 * spacing;
        let line = 1.0 + 2.0 * (radius / spacing).floor();
        cases.push(single(Comparison::unlimited(line.ln(), bound(1.0, radius, eta)?, 1e-12)));
        let across = (radius / spacing).floor() as i64;
        let square = (radius / spacing).powi(2);
        let plane = (-across..=across)
            .flat_map(|i| (-across..=across).map(move |j| (i * i + j * j) as f64))
            .filter(|distance| *distance <= square)
            .count() as f64;
        cases.push(single(Comparison::unlimited(plane.ln(), bound(2.0, radius, eta)?, 1e-12)));
    }
    Ok(cases)
}

/// Random spectra of random decay, with λ.
fn spectra(seed: &Seed, profile: Profile) -> Result<Vec<(Spectrum, f64)>> {
    let mut rng = seed.rng(Purpose::Laws, 0, 0);
    let count = if profile == Profile::Quick { 100 } else { 1000 };
    (0..count)
        .map(|_| {
            let (dim, decay) = (rng.random_range(1..60), rng.random_range(0.0..1.0));
            let values = (0..dim).map(|j| (-decay * f64::from(j)).exp()).collect::<Vec<f64>>();
            Ok((Spectrum::new(values)?, rng.random_range(-8.0f64..1.0).exp()))
        })
        .collect()
}

/// Σ λ_j/(λ_j + λ), by the plain sum.
fn plain_dimension(spectrum: &Spectrum, lambda: f64) -> f64 {
    spectrum.eigenvalues().iter().map(|value| value / (value + lambda)).sum()
}

fn dimension(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    let case = |(spectrum, lambda): &(Spectrum, f64)| {
        let measured = effective_dimension(spectrum, *lambda)?.value();
        let rank = spectrum.eigenvalues().len() as f64;
        let comparisons = vec![
            Comparison::identity(measured, plain_dimension(spectrum, *lambda), 1e-12 * rank),
            Comparison::unlimited(measured, rank, 1e-12),
            Comparison::unlimited(measured, spectrum.trace() / lambda, 1e-12 * measured),
            Comparison::unlimited(effective_dimension(spectrum, 1.5 * lambda)?.value(), measured, 1e-12),
        ];
        Ok(Case { comparisons, ..Case::default() })
    };
    spectra(seed, profile)?.iter().map(case).collect()
}

fn dimension_half(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    let case = |(spectrum, lambda): &(Spectrum, f64)| {
        let rank = spectrum.eigenvalues().len() as f64;
        single(Comparison::unlimited(plain_dimension(spectrum, *lambda), 0.5 * rank, 1e-12))
    };
    Ok(spectra(seed, profile)?.iter().map(case).collect())
}

fn tail(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    tails(seed, profile, 1.0)
}

fn tail_without_head(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    tails(seed, profile, 0.0)
}

fn tails(seed: &Seed, profile: Profile, head: f64) -> Result<Vec<Case>> {
    let case = |(spectrum, lambda): &(Spectrum, f64)| {
        let measured = plain_dimension(spectrum, *lambda);
        let compare = |k: usize| {
            let bound = spectrum.tail_bound(k, *lambda)? - (1.0 - head) * k as f64;
            Ok(Comparison::unlimited(measured, bound, 1e-12 * measured))
        };
        let comparisons = (0..=spectrum.eigenvalues().len()).map(compare).collect::<Result<_>>()?;
        Ok(Case { comparisons, ..Case::default() })
    };
    spectra(seed, profile)?.iter().map(case).collect()
}

/// d_λ of 4096 eigenvalues given by a function of j ≥ 1 against a bound.
fn decaying(
    seed: &Seed,
    profile: Profile,
    draw: impl Fn(&mut dyn FnMut(f64, f64) -> f64) -> Result<(Vec<f64>, Box<dyn Fn(f64) -> Result<f64>>)>,
) -> Result<Vec<Case>> {
    let mut rng = seed.rng(Purpose::Laws, 0, 0);
    let count = if profile == Profile::Quick { 40 } else { 200 };
    (0..count)
        .map(|_| {
            let mut uniform = |low: f64, high: f64| rng.random_range(low..high);
            let (values, bound) = draw(&mut uniform)?;
            let lambda = uniform(-12.0, -1.0).exp() * values[0];
            let measured = plain_dimension(&Spectrum::new(values)?, lambda);
            Ok(single(Comparison::unlimited(measured, bound(lambda)?, 1e-12 * measured)))
        })
        .collect()
}

fn exponential(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    exponentials(seed, profile, false)
}

fn exponential_rate(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    exponentials(seed, profile, true)
}

fn exponentials(seed: &Seed, profile: Profile, wrong: bool) -> Result<Vec<Case>> {
    decaying(seed, profile, |uniform| {
        let (rate, scale) = (uniform(0.05, 2.0), uniform(0.1, 2.0));
        let values = (1..=4096).map(|j| scale * (-rate * f64::from(j)).exp()).collect();
        let bound = move |lambda: f64| {
            let right = regime_bound(&Regime::Exponential { rate, scale }, lambda)?.value();
            Ok(if wrong { right - 0.5 * (scale / lambda).ln() / rate } else { right })
        };
        Ok((values, Box::new(bound)))
    })
}

fn polynomial(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    polynomials(seed, profile, 0.0)
}

fn polynomial_exponent(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    polynomials(seed, profile, 1.0)
}

fn polynomials(seed: &Seed, profile: Profile, more: f64) -> Result<Vec<Case>> {
    decaying(seed, profile, |uniform| {
        let (exponent, scale) = (uniform(1.1, 4.0), uniform(0.1, 2.0));
        let values = (1..=4096).map(|j| scale * f64::from(j).powf(-exponent)).collect();
        let bound = move |lambda: f64| {
            let right = regime_bound(&Regime::Polynomial { exponent, scale }, lambda)?;
            let knee = (scale / lambda).powf(1.0 / (exponent + more));
            Ok(if more > 0.0 { knee * (1.0 + 1.0 / (exponent - 1.0)) + 1.0 } else { right.value() })
        };
        Ok((values, Box::new(bound)))
    })
}

fn spiked(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    spikes(seed, profile, true)
}

fn spiked_tail(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    spikes(seed, profile, false)
}

fn spikes(seed: &Seed, profile: Profile, over_lambda: bool) -> Result<Vec<Case>> {
    decaying(seed, profile, |uniform| {
        let (rank, mass) = (uniform(1.0, 20.0).floor(), uniform(0.01, 0.2));
        let others = 1000.0;
        let spike = (1.0 - mass) / rank;
        let values = (0..(rank + others) as usize).map(|j| if (j as f64) < rank { spike } else { mass / others });
        let bound = move |lambda: f64| {
            let tail = if over_lambda { mass } else { mass * lambda };
            Ok(regime_bound(&Regime::Spiked { rank, tail }, lambda)?.value())
        };
        Ok((values.collect(), Box::new(bound)))
    })
}

/// ε where nothing is seen is 1.2 nats on these features (`effective_dimension`).
fn isotropic(cells: &[CellRows]) -> Result<Vec<Curve>> {
    crossings(cells, "isotropic", 0.6)
}

fn exponential_features(cells: &[CellRows]) -> Result<Vec<Curve>> {
    crossings(cells, "exponential", 0.12)
}

/// Where ε falls through a level, against d, for one spectrum. A value is made of the replicates of one number: every n has an instance
/// of its own.
///
/// Where most of the values of all d but one are cut to the grid, it does not say how n½ moves with d.
fn crossings(cells: &[CellRows], kind: &str, level: f64) -> Result<Vec<Curve>> {
    let mut chosen: Vec<&CellRows> = Vec::new();
    for cell in cells.iter().filter(|cell| cell.label("instance.spectrum.kind") == kind) {
        if is_of_one_round(cell, if kind == "isotropic" { 32.0 } else { 2.0 })? {
            chosen.push(cell);
        }
    }
    // Whose prompts does not matter where they differ in all directions; cells that differ in anything else are of other curves.
    let groups = grouped(chosen.iter().copied(), &["process.samples", "instance.dim", "instance.prompts"]);
    let (mut curves, mut alone) = (Vec::new(), None);
    for (place, cells) in groups.iter().enumerate() {
        if cells.iter().all(|cell| cell.label("instance.dim") == cells[0].label("instance.dim")) {
            alone.get_or_insert(cells[0].cell.ordinal);
            continue;
        }
        let label = if place == 0 { kind.to_owned() } else { format!("{kind} ({})", place + 1) };
        curves.extend(crossings_of(cells, label, level)?);
    }
    one_value(curves, "instance.dim", alone)
}

/// Whether a cell is as the levels are stated for: log-odds of a deviation of 1 on 17 Gaussian features a prompt, so many independent
/// differences to a dimension, one round of least squares on a sample, or its first.
fn is_of_one_round(cell: &CellRows, differences: f64) -> Result<bool> {
    let (simulation, instance) = (cell.simulation()?, &cell.cell.config.instance);
    let number = |key: &str| instance.section().number(key);
    let rate = instance.section().inner("spectrum", "rate");
    let all = number("prompts").unwrap_or(0.0) * (RESPONSES - 1.0);
    Ok(is_sampled(&simulation, "erm")
        && is_realizable(&simulation)
        && departs_at_most(&simulation, &[])
        && instance.kind.name() == "gaussian"
        && number("responses") == Some(RESPONSES)
        && number("logit_scale") == Some(1.0)
        && number("margin").is_none()
        && rate.is_none_or(|rate| rate == 1.0)
        && all >= differences * number("dim").unwrap_or(f64::INFINITY)
        && number("dim") >= Some(LEAST_DIM)
        && cell.rounds() > 0)
}

/// K of the features that the levels are stated for.
const RESPONSES: f64 = 17.0;

/// d from which on a scale of d is one: of a handful of directions one pair tells a large share.
const LEAST_DIM: f64 = 8.0;

/// One curve of the cells of one kind.
fn crossings_of(chosen: &[&CellRows], label: String, level: f64) -> Result<Vec<Curve>> {
    // A cell without n is refused where it is read below; until then its place does not matter.
    let samples = |cell: &CellRows| cell.number("process.samples").unwrap_or(f64::NAN);
    let (mut points, mut bracketed) = (Vec::new(), 0);
    for (_, cells) in sorted_by(chosen, "instance.dim") {
        let mut along = cells.clone();
        along.sort_by(|a, b| samples(a).total_cmp(&samples(b)));
        let replicates = along.iter().map(|cell| cell.replicates.len()).min().unwrap_or_default();
        let crossings = (0..replicates).map(|replicate| crossing(&along, replicate, level));
        let crossings = crossings.collect::<Result<Vec<(f64, bool)>>>()?;
        bracketed += usize::from(2 * crossings.iter().filter(|(_, found)| *found).count() > replicates);
        let values = crossings.into_iter().map(|(n, _)| n).collect();
        points.push(CurvePoint { cell: along[0].cell.ordinal, x: along[0].number("instance.dim")?, values });
    }
    Ok(if bracketed > 1 { vec![Curve { label, points, ..Curve::default() }] } else { Vec::new() })
}

/// The n at which ε falls through a level, between two n by interpolation of log n, and whether the grid brackets it; the end of the
/// grid towards which it lies where it does not.
fn crossing(cells: &[&CellRows], replicate: usize, level: f64) -> Result<(f64, bool)> {
    let point = |cell: &&CellRows| {
        Ok((cell.number("process.samples")?.ln(), cell.value(replicate, &POPULATION_LOSS, 1)?.sqrt()))
    };
    let curve = cells.iter().map(point).collect::<Result<Vec<(f64, f64)>>>()?;
    let (first, last) = (curve[0], curve[curve.len() - 1]);
    let end = if last.1 > level { last.0 } else { first.0 };
    let found = falls_through(&curve, level);
    Ok((found.unwrap_or(end).exp(), found.is_some()))
}

/// Random ellipsoids in the plane, and what a lattice of points more than 2η apart inside them counts: each needs a ball of radius
/// η of its own, so the covering number at η is at least that.
fn ellipses(seed: &Seed, profile: Profile, bound: impl Fn(&Spectrum, f64, f64) -> Result<f64>) -> Result<Vec<Case>> {
    let mut rng = seed.rng(Purpose::Laws, 0, 0);
    let count = if profile == Profile::Quick { 60 } else { 300 };
    (0..count)
        .map(|_| {
            let (spectrum, radius) = ellipse(&mut rng)?;
            let eta = rng.random_range(0.02f64..0.5);
            let packed = lattice(&spectrum, radius, 2.0 * eta);
            Ok(single(Comparison::unlimited(packed.ln(), bound(&spectrum, radius, eta)?, 1e-12)))
        })
        .collect()
}

fn ellipse(rng: &mut impl Rng) -> Result<(Spectrum, f64)> {
    let (first, ratio) = (rng.random_range(0.2f64..1.0), rng.random_range(-4.0f64..0.0).exp());
    Ok((Spectrum::new(vec![first, first * ratio])?, rng.random_range(0.5..4.0)))
}

/// Points of a square lattice, just more than `spacing` apart, inside the ellipse of semi-axes B√λ_j.
fn lattice(spectrum: &Spectrum, radius: f64, spacing: f64) -> f64 {
    let step = spacing * (1.0 + 1e-9);
    let axes: Vec<f64> = spectrum.eigenvalues().iter().map(|value| radius * value.sqrt()).collect();
    let reach = |axis: f64| (axis / step).floor() as i64;
    let inside = |i: i64, j: i64| (i as f64 * step / axes[0]).powi(2) + (j as f64 * step / axes[1]).powi(2) <= 1.0;
    let rows = -reach(axes[0])..=reach(axes[0]);
    rows.flat_map(|i| (-reach(axes[1])..=reach(axes[1])).map(move |j| (i, j))).filter(|&(i, j)| inside(i, j)).count()
        as f64
}

fn entropy(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    ellipses(seed, profile, |spectrum, radius, eta| Ok(metric_entropy(spectrum, radius, eta)?.value()))
}

fn entropy_of_one_axis(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    ellipses(seed, profile, |spectrum, radius, eta| {
        Ok((5.0 * radius * spectrum.eigenvalues()[0].sqrt() / eta).ln().max(0.0))
    })
}

fn entropy_at_any_lambda(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    ellipses(seed, profile, |spectrum, radius, eta| {
        let per_axis = (5.0 * radius * spectrum.eigenvalues()[0].sqrt() / eta).ln().max(0.0);
        Ok(2.0 * plain_dimension(spectrum, 1.0) * per_axis)
    })
}
