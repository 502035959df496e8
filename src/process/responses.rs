//! Sampling of single responses: prompts x ~ p_t, y ~ ν_t(·|x), kept with probability a(x,y), as counts.

use rand::Rng;

use super::batch::Batch;
use super::candidates::{Counting, known};
use super::multinomial::{Cells, Sampling, binomial, spread};
use super::pairs::prompt_counts;
use crate::Result;
use crate::logits::Row;
use crate::policy::Policy;
use crate::seed::Purpose;

/// The responses of a batch.
#[derive(Debug)]
pub struct Responses<'a> {
    batch: &'a Batch,
    /// Prompts that were drawn, and how often.
    prompts: Vec<(usize, u64)>,
}

/// What one prompt gave.
#[derive(Clone, Copy, Debug)]
pub struct PromptResponses<'a> {
    /// x.
    pub prompt: usize,
    /// How often it was drawn.
    pub drawn: u64,
    /// Which responses were drawn, with their numbers; by ascending index, each once.
    pub picked: &'a [(u32, u64)],
    /// Which were kept; by ascending index, each once.
    pub kept: &'a [(u32, u64)],
}

impl<'a> Responses<'a> {
    /// Draws which prompts come how often; their responses are drawn when the sample is walked through.
    pub(super) fn draw(batch: &'a Batch) -> Self {
        let mut rng = batch.seed.rng(Purpose::Prompts, batch.round, 0);
        let prompts = prompt_counts(&batch.weights, batch.samples, batch.sampling, &mut rng);
        Self { batch, prompts: prompts.into_iter().enumerate().filter(|(_, count)| *count > 0).collect() }
    }

    /// Walks through the prompts that were drawn, in order. Repeating it repeats the sample.
    pub fn for_each(&self, mut f: impl FnMut(PromptResponses<'_>)) {
        let batch = self.batch;
        let (mut cells, mut picked, mut kept) = (Cells::default(), Vec::new(), Vec::new());
        for &(prompt, drawn) in &self.prompts {
            let mut rng = batch.seed.rng(Purpose::Responses, batch.round, prompt);
            pick(&batch.law, prompt, drawn, batch.sampling, &mut rng, &mut cells, &mut picked);
            kept.clear();
            kept.extend(picked.iter().filter_map(|&(response, count)| {
                let accepted = batch.acceptance(prompt, response);
                let count = binomial(count, accepted, 1.0 - accepted, &mut rng);
                (count > 0).then_some((response, count))
            }));
            f(PromptResponses { prompt, drawn, picked: &picked, kept: &kept });
        }
    }

    /// How many responses were drawn in all, those that a selection threw away among them.
    ///
    /// # Errors
    /// None where the batch's laws are those that were sampled.
    pub fn draws(&self) -> Result<u128> {
        let batch = self.batch;
        let mut total: u128 = 0;
        let mut failed = Ok(());
        if let Counting::Each(each) = batch.count {
            return Ok(u128::from(each) * u128::from(batch.samples));
        }
        self.for_each(|seen| {
            let mut rng = batch.seed.rng(Purpose::Draws, batch.round, seen.prompt);
            for &(response, count) in seen.picked {
                match draws_of(&batch.count, seen.prompt, response, count, &mut rng) {
                    Ok(draws) => total += draws,
                    Err(error) => failed = Err(error),
                }
            }
        });
        failed.map(|()| total)
    }
}

/// How many draws so many candidates took, given that each is this response.
pub(super) fn draws_of(
    count: &Counting,
    prompt: usize,
    response: u32,
    candidates: u64,
    rng: &mut impl Rng,
) -> Result<u128> {
    match count {
        Counting::Each(each) => Ok(u128::from(*each) * u128::from(candidates)),
        Counting::Adaptive(rules) => Ok(known(rules, prompt)?.draws(response, candidates, rng)),
        Counting::Gate(gates) => Ok(known(gates, prompt)?.draws(response, candidates, rng)),
    }
}

/// Multinomial counts over one prompt's responses; by ascending index, each once.
fn pick(
    law: &Policy,
    prompt: usize,
    drawn: u64,
    sampling: Sampling,
    rng: &mut impl Rng,
    cells: &mut Cells,
    out: &mut Vec<(u32, u64)>,
) {
    let (row, top): (Row<'_>, f64) = (law.row(prompt), law.head(prompt).logit);
    // The smallest masses come last, where the resolution is best.
    let mut order: Vec<usize> = (0..row.atoms.len()).collect();
    order.sort_by(|&i, &j| row.atoms[j].logit.total_cmp(&row.atoms[i].logit));
    let rest = f64::from(row.rest) * (row.rest_logit - top).exp();
    let masses = order.iter().map(|&i| (row.atoms[i].logit - top).exp());
    cells.assign(masses.chain((row.rest > 0).then_some(rest)));
    let mut counts = Vec::new();
    cells.multinomial(drawn, 0, sampling, rng, &mut counts);
    out.clear();
    let (mut in_rest, mut ranks) = (0, Vec::new());
    for (cell, count) in counts {
        match order.get(cell) {
            Some(&atom) => out.push((row.atoms[atom].response, count)),
            None => in_rest += count,
        }
    }
    if in_rest > 0 {
        spread(in_rest, row.rest, sampling, rng, &mut ranks);
        out.extend(ranks.iter().map(|&(rank, count)| (row.rest_response(rank), count)));
    }
    out.sort_unstable();
    out.dedup_by(|next, first| {
        let same = next.0 == first.0;
        if same {
            first.1 += next.1;
        }
        same
    });
}
