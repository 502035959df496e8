//! Round after round where all prompts accept alike (T3).

use rand::{Rng, RngExt};

use super::super::theory::acceptance::acceptance;
use super::super::theory::feedback::feedback_map;
use super::class::{Policy, draw_law, filtered, likeliest, normalised, pick, rate};
use super::{NOTE, OURS, RHO, WITH_PROBABILITY, count};
use crate::Result;
use crate::claims::{Case, Claim, Comparison, Control, Level, Statement};
use crate::seed::{Purpose, Seed};
use crate::study::Profile;
use crate::study::definition::Verdict;

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[Claim {
    id: "T3",
    says: "ρ_s(x) = J_s at all prompts, with probability ≥ 1 − ρ, a = log(#Π T/ρ)/n: J_{t+1} ≥ 1 − a/J_t in every round, and J_t at least the t-th iterate of J ↦ 1 − a/J",
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

/// One prompt, and in each round a class of its own, fixed before the round's sample, that holds π_t⁺.
///
/// A class that holds the filtered version of each of its members would say nothing: that version is likelier than the member on whatever
/// is accepted, so that one acceptance makes J = 1.
struct OnePrompt {
    correct: Vec<bool>,
    start: Vec<f64>,
    /// Members beside π_t⁺.
    others: u32,
    acceptance: f64,
    proposals: u64,
    rounds: u32,
}

impl OnePrompt {
    fn draw(rng: &mut impl Rng) -> Result<Self> {
        let (right, wrong) = (rng.random_range(3..=6), rng.random_range(1..=3));
        let (others, rounds) = (rng.random_range(10..=60u32), rng.random_range(1..=5u32));
        let wanted = rng.random_range(0.01f64.ln()..0.3f64.ln()).exp();
        let (log_class, rho) = (f64::from(others + 1).ln(), RHO / f64::from(rounds));
        let proposals = ((log_class - rho.ln()) / wanted).ceil();
        Ok(Self {
            correct: (0..right + wrong).map(|y| y < right).collect(),
            start: draw_law(right + wrong, rng),
            others,
            acceptance: acceptance(log_class, proposals, rho)?.value(),
            proposals: proposals as u64,
            rounds,
        })
    }

    /// π_t⁺, and members with errors of about the size that the guarantee allows whose laws on correct answers differ from π_t⁺ by about what
    /// a sample does: what is hardest to tell from it.
    fn class(&self, law: &[f64], rng: &mut impl Rng) -> Vec<Policy> {
        let (best, accepted) = (filtered(law, &self.correct), rate(law, &self.correct));
        let wrong: Vec<bool> = self.correct.iter().map(|right| !right).collect();
        // Where nothing wrong is left it is put anywhere.
        let spread = if accepted < 1.0 { filtered(law, &wrong) } else { filtered(&self.start, &wrong) };
        let size = 2.0 / (self.proposals as f64 * accepted).sqrt().max(1.0);
        let mut members = vec![vec![best.clone()]];
        for _ in 0..self.others {
            let share = (rng.random_range(0.02..1.0) * self.acceptance / accepted).min(0.9);
            let tilted = best.iter().map(|mass| mass * (size * rng.random_range(-1.7f64..1.7)).exp()).collect();
            let mixed = normalised(tilted).into_iter().zip(&spread);
            members.push(vec![mixed.map(|(one, other)| (1.0 - share) * one + share * other).collect()]);
        }
        members
    }

    fn case(&self, rng: &mut impl Rng) -> Result<Case> {
        let (mut law, mut case) = (self.start.clone(), Case::default());
        let start = rate(&law, &self.correct);
        for t in 0..self.rounds {
            let (class, before) = (self.class(&law, rng), rate(&law, &self.correct));
            let mut counts = vec![vec![0; law.len()]];
            for _ in 0..self.proposals {
                let y = pick(&law, rng);
                counts[0][y] += u64::from(self.correct[y]);
            }
            let loss = |member: &Policy| 1.0 - rate(&member[0], &self.correct);
            law.clone_from(&class[likeliest(&class, &counts, loss)][0]);
            let wrong = 1.0 - rate(&law, &self.correct);
            let guarantee = feedback_map(self.acceptance, start, t + 1)?.value();
            case.comparisons.push(Comparison::probability(wrong, self.acceptance / before, 1e-9));
            case.comparisons.push(Comparison::probability(wrong, 1.0 - guarantee, 1e-9));
        }
        Ok(case)
    }
}

fn one_prompt(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    let mut rng = seed.rng(Purpose::Laws, 0, 0);
    (0..count(profile, 2000, 20_000)).map(|_| OnePrompt::draw(&mut rng)?.case(&mut rng)).collect()
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
