//! How unevenly pairs tell: what is left out of a limit in n is of the order of their leverage over n.

use crate::Result;
use crate::experiment::self_excitation::directions::Directions;
use crate::instance::{FeatureMap, Instance};

/// E‖Z‖⁴/E‖Z‖² over pairs of π_0, Z = G^{+½}Δφ and G = E ΔφΔφᵀ; ∞ where nothing differs.
///
/// E‖Z‖² is the rank r, and n ≫ E‖Z‖⁴/r makes a sample's Gram matrix the law's.
pub(super) fn mean_leverage(instance: &Instance) -> Result<f64> {
    let rank = instance.rank() as f64;
    if rank == 0.0 {
        return Ok(f64::INFINITY);
    }
    let policy = instance.policy(instance.base());
    let directions = match instance.features() {
        FeatureMap::Dense(features) => Some((features, Directions::of_policy(instance, &policy)?)),
        FeatureMap::OneHot(_) => None,
    };
    let mut sum = 0.0;
    for (x, &p) in instance.weights().iter().enumerate().filter(|(_, p)| **p > 0.0) {
        let masses: Vec<f64> = (0..policy.row(x).responses() as u32).map(|y| policy.prob(x, y)).collect();
        for a in (0..masses.len()).filter(|&a| masses[a] > 0.0) {
            for b in (0..a).filter(|&b| masses[b] > 0.0) {
                let square = match &directions {
                    Some((features, directions)) => {
                        let delta = &features.row(x, a) - &features.row(x, b);
                        let components = directions.components(&delta);
                        let seen = components.iter().zip(&directions.curvatures).filter(|(_, g)| **g > 0.0);
                        seen.map(|(c, g)| c * c / g).sum::<f64>()
                    }
                    // The resistance between two nodes of the complete graph with the conductances 2pπ_aπ_b.
                    None => (1.0 / masses[a] + 1.0 / masses[b]) / (2.0 * p),
                };
                sum += 2.0 * p * masses[a] * masses[b] * square * square;
            }
        }
    }
    Ok(sum / rank)
}
