//! Sampling of the triples (x, y, y'): which pairs of responses a round sees, and how often.
//!
//! The loss depends on the sample only through the counts N(x,{y,y'}) (fact F4). A prompt's counts are drawn by *peeling*:
//! with the responses in some order, the number of pairs that contain the first one is binomial; of these, the number of
//! pairs with itself is binomial; the others spread over the remaining responses as a multinomial; and the pairs that do not
//! contain it are pairs of the remaining responses. Wherever fewer pairs are left than there are cells, they are drawn one by
//! one. Both ways have the same law, so the cost is at most of the order of min(n, number of distinct pairs).
//!
//! Every prompt draws from a random stream of its own, so that a sample can be walked through as often as needed without
//! being stored.

use std::ops::Range;

use rand::Rng;

use super::explore::{Explored, Explorer};
use super::multinomial::{Cells, Sampling, binomial, spread};
use crate::logits::{LogitTable, Row};
use crate::policy::Policy;
use crate::seed::{Purpose, Seed};

/// Two different responses that were drawn together, and how often; either order. May be named repeatedly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeenPair {
    /// One response.
    pub a: u32,
    /// The other.
    pub b: u32,
    /// N ≥ 1.
    pub count: u64,
}

/// What one prompt drew: `triples` pairs of responses, of which `pairs` lists those with y ≠ y'.
#[derive(Clone, Copy, Debug)]
pub struct PromptSample<'a> {
    /// x.
    pub prompt: usize,
    /// How often the prompt was drawn.
    pub triples: u64,
    /// The pairs y ≠ y'.
    pub pairs: &'a [SeenPair],
}

impl PromptSample<'_> {
    /// The number of triples with y ≠ y'.
    pub fn diverse(&self) -> u64 {
        self.pairs.iter().map(|pair| pair.count).sum()
    }
}

/// The sample of one round: n triples x ~ p, y, y' ~ π_t(·|x), as counts.
#[derive(Debug)]
pub struct Sample<'a> {
    policy: &'a Policy,
    seed: &'a Seed,
    round: usize,
    sampling: Sampling,
    /// Prompts with two responses or more that were drawn, and how often.
    prompts: Vec<(usize, u64)>,
    /// Prompts with one response that were drawn, and how often.
    lone: Vec<(usize, u64)>,
}

impl<'a> Sample<'a> {
    /// Draws which prompts come how often; their pairs are drawn when the sample is walked through.
    pub fn draw(weights: &[f64], policy: &'a Policy, n: u64, sampling: Sampling, seed: &'a Seed, round: usize) -> Self {
        let counts = prompt_counts(weights, n, sampling, &mut seed.rng(Purpose::Prompts, round, 0));
        Self::of_counts(&counts, policy, sampling, seed, round)
    }

    /// Of prompts that come so often.
    pub(super) fn of_counts(
        counts: &[u64],
        policy: &'a Policy,
        sampling: Sampling,
        seed: &'a Seed,
        round: usize,
    ) -> Self {
        let worth = |&(x, count): &(usize, u64)| count > 0 && policy.row(x).responses() > 1;
        let prompts = counts.iter().copied().enumerate().filter(worth).collect();
        let lone = |&(x, count): &(usize, u64)| count > 0 && policy.row(x).responses() == 1;
        let lone = counts.iter().copied().enumerate().filter(lone).collect();
        Self { policy, seed, round, sampling, prompts, lone }
    }

    /// Walks through the prompts that were drawn and have two responses or more, in order. Repeating it repeats the sample.
    pub fn for_each(&self, f: impl FnMut(PromptSample<'_>)) {
        self.for_each_of(0..self.prompts.len(), f);
    }

    /// How many prompts were drawn that have two responses or more.
    pub(super) fn len(&self) -> usize {
        self.prompts.len()
    }

    /// The i-th of them.
    pub(super) fn prompt(&self, i: usize) -> usize {
        self.prompts[i].0
    }

    /// Walks through some of them, in order.
    pub(super) fn for_each_of(&self, some: Range<usize>, mut f: impl FnMut(PromptSample<'_>)) {
        let mut sampler = PairSampler::default();
        let mut pairs = Vec::new();
        for &(prompt, triples) in &self.prompts[some] {
            pairs.clear();
            let mut rng = self.seed.rng(Purpose::Responses, self.round, prompt);
            sampler.sample(
                self.policy.row(prompt),
                self.policy.head(prompt).logit,
                triples,
                self.sampling,
                &mut rng,
                &mut pairs,
            );
            f(PromptSample { prompt, triples, pairs: &pairs });
        }
    }

    /// Walks through the same prompts, and draws of each only the components that hold a response with a logit of its own, in the law or in
    /// a table of `also`. It has the law of the components that [`Sample::for_each`] shows, and is another draw. Repeating it repeats it.
    ///
    /// ```
    /// use selfreward::instance::tabular::{Tabular, Weights};
    /// use selfreward::process::pairs::Sample;
    /// use selfreward::process::Sampling;
    /// use selfreward::Seed;
    ///
    /// // One of a million responses is favoured; 10^15 triples leave none of them out.
    /// let seed = Seed::from_number(1);
    /// let tabular = Tabular { prompts: 1, responses: 1_000_000, bump: 1.0, weights: Weights::Uniform };
    /// let instance = tabular.draw(&seed)?;
    /// let policy = instance.policy(instance.base());
    /// let sample = Sample::draw(&[1.0], &policy, 1_000_000_000_000_000, Sampling::Explore, &seed, 0);
    /// sample.explore(&[], |prompt| {
    ///     assert!(prompt.whole);
    ///     assert_eq!(prompt.parts[0].responses, [policy.head(0).modal]);
    ///     assert_eq!(prompt.parts[0].unnamed, 999_999);
    /// });
    /// # Ok::<(), selfreward::Error>(())
    /// ```
    pub fn explore(&self, also: &[&LogitTable], mut f: impl FnMut(&Explored)) {
        let mut explorer = Explorer::default();
        for &(prompt, triples) in &self.prompts {
            let mut rng = self.seed.rng(Purpose::Responses, self.round, prompt);
            let row = (self.policy.row(prompt), self.policy.head(prompt).logit);
            f(&explorer.explore(row, also, (prompt, triples), &mut rng));
        }
    }
}

impl Sample<'_> {
    /// Walks through all responses that were drawn, two a triple: (prompt, response, how often), repeatedly named ones among them.
    pub(super) fn for_each_response(&self, mut f: impl FnMut(usize, u32, u64)) {
        let mut sampler = PairSampler { equal: Some(Vec::new()), ..PairSampler::default() };
        let mut pairs = Vec::new();
        self.lone.iter().for_each(|&(prompt, triples)| f(prompt, 0, 2 * triples));
        for &(prompt, triples) in &self.prompts {
            pairs.clear();
            let mut rng = self.seed.rng(Purpose::Responses, self.round, prompt);
            let (row, top) = (self.policy.row(prompt), self.policy.head(prompt).logit);
            sampler.sample(row, top, triples, self.sampling, &mut rng, &mut pairs);
            for pair in &pairs {
                f(prompt, pair.a, pair.count);
                f(prompt, pair.b, pair.count);
            }
            let equal = sampler.equal.as_mut().map(std::mem::take).unwrap_or_default();
            equal.into_iter().for_each(|(response, count)| f(prompt, response, 2 * count));
        }
    }
}

/// How often each prompt is drawn among n.
pub(super) fn prompt_counts(weights: &[f64], n: u64, sampling: Sampling, rng: &mut impl Rng) -> Vec<u64> {
    let mut cells = Cells::default();
    cells.assign(weights.iter().copied());
    let mut drawn = Vec::new();
    cells.multinomial(n, 0, sampling, rng, &mut drawn);
    let mut counts = vec![0; weights.len()];
    drawn.into_iter().for_each(|(x, count)| counts[x] += count);
    counts
}

/// Draws the pairs of one prompt; keeps its buffers from prompt to prompt.
#[derive(Debug, Default)]
pub struct PairSampler {
    /// Atoms by descending mass.
    order: Vec<u32>,
    /// Their masses, then that of the rest as one cell.
    cells: Cells,
    partners: Vec<(usize, u64)>,
    ranks: Vec<(u32, u64)>,
    /// Responses that were drawn with themselves, where they are asked for.
    equal: Option<Vec<(u32, u64)>>,
}

impl PairSampler {
    /// Appends the pairs y ≠ y' among `triples` draws (y, y') from the softmax of `row`, whose largest logit is `top`.
    pub fn sample(
        &mut self,
        row: Row<'_>,
        top: f64,
        triples: u64,
        sampling: Sampling,
        rng: &mut impl Rng,
        pairs: &mut Vec<SeenPair>,
    ) {
        self.arrange(row, top);
        let mut left = triples;
        let mut first = 0;
        while left > 0 {
            let responses = (row.responses() - first) as u64;
            if sampling.draws(left, responses.saturating_mul(responses) / 2) {
                for _ in 0..left {
                    let (a, b) = (self.draw(row, first, rng), self.draw(row, first, rng));
                    self.push(pairs, a, b, 1);
                }
                return;
            }
            if first == row.atoms.len() {
                self.rest_pairs(row, left, sampling, rng, pairs);
                return;
            }
            left -= self.peel(row, first, left, sampling, rng, pairs);
            first += 1;
        }
    }

    fn arrange(&mut self, row: Row<'_>, top: f64) {
        let logit = |i: u32| row.atoms[i as usize].logit;
        self.order.clear();
        self.order.extend(0..row.atoms.len() as u32);
        self.order.sort_by(|&i, &j| logit(j).total_cmp(&logit(i)));
        let rest_mass = f64::from(row.rest) * (row.rest_logit - top).exp();
        let masses = self.order.iter().map(|&i| (logit(i) - top).exp());
        self.cells.assign(masses.chain((row.rest > 0).then_some(rest_mass)));
    }

    /// One response among the cells from `first` on.
    fn draw(&self, row: Row<'_>, first: usize, rng: &mut impl Rng) -> u32 {
        let (cell, offset) = self.cells.draw(first, rng);
        if cell < row.atoms.len() {
            return row.atoms[self.order[cell] as usize].response;
        }
        let rank = offset / self.cells.mass(cell) * f64::from(row.rest);
        row.rest_response((rank as u32).min(row.rest - 1))
    }

    /// Of `left` pairs among the cells from `first` on, draws those that contain the first one; returns how many they are.
    fn peel(
        &mut self,
        row: Row<'_>,
        first: usize,
        left: u64,
        sampling: Sampling,
        rng: &mut impl Rng,
        pairs: &mut Vec<SeenPair>,
    ) -> u64 {
        // The share of the first cell and that of the ones behind it.
        let total = self.cells.from(first);
        let (a, b) = (self.cells.mass(first) / total, self.cells.from(first + 1) / total);
        let hits = binomial(left, a * (a + 2.0 * b), b * b, rng);
        let twice = binomial(hits, a, 2.0 * b, rng);
        let this = row.atoms[self.order[first] as usize].response;
        if twice > 0 {
            self.push(pairs, this, this, twice);
        }
        let mut partners = std::mem::take(&mut self.partners);
        partners.clear();
        if hits > twice {
            self.cells.multinomial(hits - twice, first + 1, sampling, rng, &mut partners);
        }
        for &(cell, count) in &partners {
            if cell < row.atoms.len() {
                self.push(pairs, this, row.atoms[self.order[cell] as usize].response, count);
            } else {
                self.ranks.clear();
                spread(count, row.rest, sampling, rng, &mut self.ranks);
                let ranks = std::mem::take(&mut self.ranks);
                ranks.iter().for_each(|&(rank, count)| self.push(pairs, this, row.rest_response(rank), count));
                self.ranks = ranks;
            }
        }
        self.partners = partners;
        hits
    }

    /// Pairs of the rest alone, whose responses are equally likely.
    fn rest_pairs(
        &mut self,
        row: Row<'_>,
        left: u64,
        sampling: Sampling,
        rng: &mut impl Rng,
        pairs: &mut Vec<SeenPair>,
    ) {
        let mut firsts = Vec::new();
        spread(left, row.rest, sampling, rng, &mut firsts);
        for (rank, count) in firsts {
            self.ranks.clear();
            spread(count, row.rest, sampling, rng, &mut self.ranks);
            let this = row.rest_response(rank);
            let ranks = std::mem::take(&mut self.ranks);
            ranks.iter().for_each(|&(rank, count)| self.push(pairs, this, row.rest_response(rank), count));
            self.ranks = ranks;
        }
    }

    fn push(&mut self, pairs: &mut Vec<SeenPair>, a: u32, b: u32, count: u64) {
        if a != b {
            pairs.push(SeenPair { a, b, count });
        } else if let Some(equal) = &mut self.equal {
            equal.push((a, count));
        }
    }
}
