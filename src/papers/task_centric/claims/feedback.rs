//! Round after round where all prompts accept alike (T3).

use rand::{Rng, RngExt};

use super::super::theory::acceptance::acceptance;
use super::super::theory::feedback::feedback_map;
use super::class::{Policy, draw_law, filtered, likeliest, pick, rate};
use super::{NOTE, OURS, RHO, WITH_PROBABILITY, count};
use crate::Result;
use crate::claims::{Case, Claim, Comparison, Control, Level, Statement};
use crate::seed::{Purpose, Seed};
use crate::study::Profile;
use crate::study::definition::Verdict;

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[Claim {
    id: "T3",
    says: "ρ_s(x) = J_s at all prompts, a = log(#Π T/ρ)/n: J_{t+1} ≥ 1 − a/J_t in every round, and J_t at least the t-th iterate of J ↦ 1 − a/J",
    level: Level::Explicit,
    result: OURS,
    expected: Verdict::Holds,
    sources: &[],
    statement: Statement::Constructed(one_prompt),
    rule: WITH_PROBABILITY,
    note: NOTE,
    controls: &[Control {
        id: "T3.heterogeneous",
        says: "J_{t+1} ≥ 1 − a/J_t for any acceptance of mean J_t",
        sources: &[],
        statement: Statement::Constructed(heterogeneous),
        rule: WITH_PROBABILITY,
    }],
}];

/// One prompt, and a class that holds the filtered version of each of its members.
struct Closed {
    correct: Vec<bool>,
    /// π_0 first.
    members: Vec<Policy>,
    proposals: u64,
    rounds: usize,
}

impl Closed {
    fn draw(rng: &mut impl Rng) -> Self {
        let responses = rng.random_range(3..=6);
        let mut correct: Vec<bool> = (0..responses).map(|_| rng.random_bool(0.4)).collect();
        let right = rng.random_range(0..responses);
        correct[right] = true;
        correct[(right + 1) % responses] = false;
        let mut members: Vec<Policy> = Vec::new();
        for _ in 0..rng.random_range(2..=8) {
            let law = draw_law(responses, rng);
            // Its filtered version, but for a share that is wrong: what is hardest to tell from it.
            let best = filtered(&law, &correct);
            let share = rng.random_range(-5.0f64..-0.5).exp();
            members.push(vec![best.iter().zip(&law).map(|(one, other)| (1.0 - share) * one + share * other).collect()]);
            members.push(vec![law]);
        }
        members.reverse();
        let closure: Vec<Policy> = members.iter().map(|member| vec![filtered(&member[0], &correct)]).collect();
        members.extend(closure);
        let rounds = rng.random_range(1..=5);
        let wanted = rng.random_range(0.01f64.ln()..0.4f64.ln()).exp();
        let proposals = ((members.len() as f64 * rounds as f64 / RHO).ln() / wanted).ceil() as u64;
        Self { correct, members, proposals, rounds }
    }

    fn case(&self, rng: &mut impl Rng) -> Result<Case> {
        let log_class = (self.members.len() as f64).ln();
        let a = acceptance(log_class, self.proposals as f64, RHO / self.rounds as f64)?.value();
        let rate_of = |member: &Policy| rate(&member[0], &self.correct);
        let (mut current, mut case) = (0, Case::default());
        let start = rate_of(&self.members[0]);
        for t in 0..self.rounds {
            let (law, before) = (&self.members[current][0], rate_of(&self.members[current]));
            let mut counts = vec![vec![0; law.len()]];
            for _ in 0..self.proposals {
                let y = pick(law, rng);
                counts[0][y] += u64::from(self.correct[y]);
            }
            current = likeliest(&self.members, &counts, |member| 1.0 - rate_of(member));
            let wrong = 1.0 - rate_of(&self.members[current]);
            let guarantee = feedback_map(a, start, t as u32 + 1)?.value();
            case.comparisons.push(Comparison::probability(wrong, a / before, 1e-9));
            case.comparisons.push(Comparison::probability(wrong, 1.0 - guarantee, 1e-9));
        }
        Ok(case)
    }
}

fn one_prompt(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    let mut rng = seed.rng(Purpose::Laws, 0, 0);
    (0..count(profile, 2000, 20_000)).map(|_| Closed::draw(&mut rng).case(&mut rng)).collect()
}

/// Two equal prompts with ρ_0 = (1, 10⁻⁶), two members that differ at the second: as long as nothing is accepted there they tie, against
/// us.
fn heterogeneous(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    const PROPOSALS: u64 = 100;
    const RATES: [f64; 2] = [1.0, 1e-6];
    let mut rng = seed.rng(Purpose::Laws, 0, 0);
    let start = 0.5 * (RATES[0] + RATES[1]);
    let bound = acceptance(2f64.ln(), PROPOSALS as f64, RHO)?.value() / start;
    let mut case = || {
        let mut solved = false;
        for _ in 0..PROPOSALS {
            let x = rng.random_range(0..2);
            solved |= x == 1 && rng.random_bool(RATES[x]);
        }
        let wrong = if solved { 0.0 } else { 0.5 };
        Case { comparisons: vec![Comparison::probability(wrong, bound, 0.0)], ..Case::default() }
    };
    Ok((0..count(profile, 300, 1000)).map(|_| case()).collect())
}
