//! What an exploration shows: P_S θ_ref and P_S τ where all that moves was found (fact F5).

use super::super::Step;
use super::super::batch::Batch;
use super::super::explore::{Explored, Part};
use super::SampleSummary;
use super::aim::Aim;
use super::projection::{Seen, full_rank, skip_to};
use crate::instance::{FeatureMap, Parameter};
use crate::logits::{Atom, LogitTable, Row};

/// The seen part of one-hot features, of the components that hold a response with a logit of its own.
pub(super) fn seen(step: &Step<'_>, batch: &Batch, aim: &Aim<'_>) -> Seen {
    let (FeatureMap::OneHot(responses), Parameter::Tabular(reference), Parameter::Tabular(linear)) =
        (step.instance.features(), &*aim.reference, &*aim.linear)
    else {
        unreachable!("slots::check_on refuses dense features")
    };
    let own = aim.is_own();
    let (mut first, mut second) = (LogitTable::default(), LogitTable::default());
    // Prompts that are one component have all of their rank, the others less than that.
    let (mut diverse, mut rank_of_whole) = (0, 0);
    batch.pairs().explore(&[&**reference, &**linear], |found| {
        diverse += found.diverse;
        rank_of_whole += if found.whole { responses[found.prompt] as usize - 1 } else { 0 };
        let push = |projection: &mut LogitTable, table: &LogitTable| {
            skip_to(projection, found.prompt, responses);
            let row = table.row(found.prompt);
            let (atoms, unnamed) = centred(row, found);
            let rest = (row.responses() - atoms.len()) as u32;
            projection.push(atoms, unnamed, rest);
        };
        push(&mut first, reference);
        if !own {
            push(&mut second, linear);
        }
    });
    skip_to(&mut first, responses.len(), responses);
    skip_to(&mut second, responses.len(), responses);
    let full_rank = full_rank(step, std::slice::from_ref(batch));
    let complete = rank_of_whole == full_rank;
    let summary = SampleSummary { triples: batch.samples, diverse, rank: None, full_rank, complete };
    Seen::new(Parameter::tabular(first), (!own).then(|| Parameter::tabular(second)), summary)
}

/// A row minus its mean, on every component whose values are not all equal, and 0 elsewhere: by ascending response, and of the responses
/// that have no name.
fn centred(row: Row<'_>, found: &Explored) -> (Vec<Atom>, f64) {
    let (mut atoms, mut unnamed) = (Vec::new(), None);
    for part in &found.parts {
        let Some(mean) = mean_if_unequal(row, part) else { continue };
        atoms.extend(part.responses.iter().map(|&response| Atom { response, logit: row.logit(response) - mean }));
        if part.unnamed > 0 {
            unnamed = Some(row.rest_logit - mean);
        }
    }
    if unnamed.is_some() {
        // Those that have no name move, so those that do not are named.
        let still = found.parts.iter().filter(|part| mean_if_unequal(row, part).is_none());
        let still = still.flat_map(|part| &part.responses).chain(&found.apart);
        atoms.extend(still.map(|&response| Atom { response, logit: 0.0 }));
    }
    atoms.sort_unstable_by_key(|atom| atom.response);
    (atoms, unnamed.unwrap_or(0.0))
}

/// The mean over a component, formed around one value so that equal values have it exactly; `None` if all are equal.
fn mean_if_unequal(row: Row<'_>, part: &Part) -> Option<f64> {
    if part.unnamed == 0 && part.responses.len() == 1 {
        return None;
    }
    // Where none is unnamed, the rest's logit may mean nothing.
    let unnamed = (part.unnamed > 0).then_some((row.rest_logit, f64::from(part.unnamed)));
    let values = || part.responses.iter().map(|&response| (row.logit(response), 1.0)).chain(unnamed);
    let (first, _) = values().next()?;
    let (sum, count) =
        values().fold((0.0, 0.0), |(sum, all), (value, count)| (sum + count * (value - first), all + count));
    values().any(|(value, _)| value != first).then(|| first + sum / count)
}
