//! θ_t itself along each eigenvector of the kept pairs (Q1.components): two coordinates of it are measured.

use ndarray::Array1;

use super::{AFTER, ROUNDING, chosen, keeps_pairs};
use crate::Result;
use crate::claims::cases::{cell_by_cell, of_cell};
use crate::claims::{Case, Claim, Comparison, Control, Source, Statement};
use crate::experiment::CellRows;
use crate::experiment::self_excitation::directions::{base, first_pairs, round_of};
use crate::instance::Instance;
use crate::metrics::named::{COSINE, PARAMETER_PROBE, THETA_NORM};
use crate::metrics::plain_step::PlainStep;
use crate::papers::loops::theory::critic::Round;

const ROWS: &[Source] = &[Source { experiment: "self_excitation", part: "components" }];

pub(super) const CLAIM: Claim = Claim {
    note: "coordinates of θ_t along a fixed vector and along θ_0 are measured. Where d = 2 they are θ_t, and each component is weighed round by round; where d = 8 they are weighed as all eight components make them, from c_0 on",
    ..Claim::exact(
        "Q1.components",
        "pairs of the first round in all rounds, as in Q1: the component of θ_t along each eigenvector v_j of ΣNΔφΔφᵀ/n obeys c_{t+1} = m_j c_t + (1−α)c_0, sign and all, m_j = α + ηβg_j/(β²g_j+λ)",
        AFTER,
        ROWS,
        Statement::Cells(components),
        &[
            Control::cells("Q1.modulus", "the same with |m_j|: no component changes its sign", ROWS, without_signs),
            Control::cells("Q1.mean", "all components have one multiplier, the mean of the m_j", ROWS, alike),
        ],
    )
};

/// Where the two vectors are so nearly parallel, θ_t is not known from its coordinates along them.
const PARALLEL: f64 = 1e-3;

fn components(cells: &[CellRows]) -> Result<Vec<Case>> {
    followed(cells, |multipliers| multipliers)
}

fn without_signs(cells: &[CellRows]) -> Result<Vec<Case>> {
    followed(cells, |multipliers| multipliers.into_iter().map(f64::abs).collect())
}

fn alike(cells: &[CellRows]) -> Result<Vec<Case>> {
    followed(cells, |multipliers| {
        let mean = multipliers.iter().sum::<f64>() / multipliers.len() as f64;
        vec![mean; multipliers.len()]
    })
}

/// The two unit vectors along which θ_t is measured: that of `parameter_probe`, and θ_0/‖θ_0‖. `None` where they are no two, or where some
/// direction makes no difference to any pair of responses.
fn measured_along(instance: &Instance) -> Result<Option<[Array1<f64>; 2]>> {
    let start = base(instance)?;
    let (dim, length) = (start.len(), start.dot(&start).sqrt());
    let policy = instance.policy(instance.base());
    let Some(plain) = PlainStep::new(instance, instance.base(), &policy) else { return Ok(None) };
    if instance.rank() < dim || length == 0.0 {
        return Ok(None);
    }
    let unit = |j: usize| Array1::from_shape_fn(dim, |k| f64::from(u8::from(j == k)));
    let probe: Array1<f64> = (0..dim).map(|j| plain.probe(&unit(j))).collect();
    let start = start / length;
    let cosine = probe.dot(&start);
    Ok((1.0 - cosine * cosine > PARALLEL * PARALLEL).then_some([probe, start]))
}

/// A replicate: what is measured of it, and its loop.
struct Followed<'a> {
    cell: &'a CellRows,
    replicate: usize,
    round: Round,
    /// Components of the two vectors along the eigenvectors.
    along: [Vec<f64>; 2],
    multipliers: Vec<f64>,
    /// c_0.
    start: Vec<f64>,
}

fn followed(cells: &[CellRows], stated: fn(Vec<f64>) -> Vec<f64>) -> Result<Vec<Case>> {
    cell_by_cell(&chosen(cells, keeps_pairs)?, |cell| {
        let (round, mut case) = (round_of(cell)?, of_cell(cell));
        for (replicate, &number) in cell.numbers.iter().enumerate() {
            let (instance, directions) = first_pairs(cell, number)?;
            let Some(along) = measured_along(&instance)?.filter(|_| directions.known) else { continue };
            let multiplier = |&g: &f64| round.multiplier(g);
            let multipliers = directions.curvatures.iter().map(multiplier).collect::<Result<Vec<f64>>>()?;
            let of = |vector: &Array1<f64>| directions.components(vector);
            let followed = Followed {
                cell,
                replicate,
                round,
                along: along.each_ref().map(of),
                multipliers: stated(multipliers),
                start: directions.components(&base(&instance)?),
            };
            case.comparisons.extend(if followed.start.len() == 2 { followed.by_round() } else { followed.at_start() }?);
        }
        Ok(case)
    })
}

impl Followed<'_> {
    /// The two coordinates after t rounds, and ‖θ_t‖.
    fn measured(&self, t: usize) -> Result<([f64; 2], f64)> {
        let norm = self.cell.value(self.replicate, &THETA_NORM, t)?;
        let probe = self.cell.value(self.replicate, &PARAMETER_PROBE, t)?;
        // A vector of length 0 has no direction.
        let start = if norm > 0.0 { norm * self.cell.value(self.replicate, &COSINE, t)? } else { 0.0 };
        Ok(([probe, start], norm))
    }

    /// Both components of θ_t in the plane, by Cramer's rule, with what rounding may do to them.
    fn components(&self, t: usize) -> Result<([f64; 2], f64)> {
        let ([first, second], norm) = self.measured(t)?;
        let [u, v] = &self.along;
        let area = u[0] * v[1] - u[1] * v[0];
        let solved = [(first * v[1] - second * u[1]) / area, (second * u[0] - first * v[0]) / area];
        Ok((solved, ROUNDING * (1.0 + norm) / area.abs()))
    }

    /// Each component after the next round, from where it was measured.
    fn by_round(&self) -> Result<Vec<Comparison>> {
        let mut comparisons = Vec::new();
        for t in 0..self.cell.rounds() {
            let ((now, before), (next, after)) = (self.components(t)?, self.components(t + 1)?);
            for j in 0..2 {
                let stated = self.multipliers[j] * now[j] + (1.0 - self.round.alpha) * self.start[j];
                let error = after + self.multipliers[j].abs() * before;
                comparisons.push(Comparison::identity(next[j], stated, error));
            }
        }
        Ok(comparisons)
    }

    /// Both coordinates of all rounds, from θ_0.
    fn at_start(&self) -> Result<Vec<Comparison>> {
        let (mut comparisons, mut now, mut longest) = (Vec::new(), self.start.clone(), 0.0f64);
        for t in 0..=self.cell.rounds() {
            let (coordinates, norm) = self.measured(t)?;
            longest = longest.max(norm);
            for (found, along) in coordinates.iter().zip(&self.along) {
                let stated: f64 = along.iter().zip(&now).map(|(a, c)| a * c).sum();
                comparisons.push(Comparison::identity(*found, stated, ROUNDING * (1.0 + longest)));
            }
            for ((c, m), first) in now.iter_mut().zip(&self.multipliers).zip(&self.start) {
                *c = m * *c + (1.0 - self.round.alpha) * first;
            }
        }
        Ok(comparisons)
    }
}
