//! The product class on one-hot features: at each prompt a favoured response ℓ and a level s; never enumerated.
//!
//! The empirical loss is a sum over prompts, so each prompt chooses by itself. With c_s = b(x)g^s and (ℓ, s) the member that θ_t is at
//! the prompt, a candidate (ℓ', s') is consistent with a pair {y, y'} if Δθ' = g·Δθ_t there, that is
//!
//! ```text
//! c_{s'} ([y=ℓ'] − [y'=ℓ']) = c_{s+1} ([y=ℓ] − [y'=ℓ]).
//! ```
//!
//! All c are of one sign and differ in size. So a pair that contains ℓ leaves (ℓ, s+1) alone; a pair that does not contain it excludes
//! its two responses as labels, at every level, and says nothing else. Hence with V the responses of the prompt's pairs
//!
//! ```text
//! ℓ ∈ V:  {(ℓ, s+1)}          ℓ ∉ V:  {(ℓ', s') : ℓ' ∉ V, any s'}
//! ```
//!
//! which costs what was seen, whatever K and T. All comparisons are between labels and levels: no loss is ever compared with zero.

use rand::RngExt;

use super::super::super::graph::SeenGraph;
use super::super::Minimum;
use super::super::projection::summary;
use super::levels::Levels;
use super::{ClassChoice, FiniteClass};
use crate::instance::Parameter;
use crate::logits::{Atom, LogitTable, Row};
use crate::process::pairs::PromptSample;
use crate::process::{Batch, Step};
use crate::seed::Purpose;
use crate::{Error, Result};

/// log of the number of policies at one prompt with levels 0, …, `level`: log(K·(`level`+1)), and 0 for a single response.
pub(super) fn log_size(responses: u32, level: usize) -> f64 {
    if responses < 2 { 0.0 } else { (f64::from(responses) * (level as f64 + 1.0)).ln() }
}

/// The favoured response and its logit, in a row where exactly one logit is not 0.
pub(super) fn favoured(row: Row<'_>) -> Option<(u32, f64)> {
    let mut favoured = row.atoms.iter().filter(|atom| atom.logit != 0.0);
    let rest = if row.rest_logit == 0.0 { 0 } else { row.rest };
    match (favoured.next(), favoured.next(), rest) {
        (Some(atom), None, 0) => Some((atom.response, atom.logit)),
        (None, None, 1) => Some((row.rest_response(0), row.rest_logit)),
        _ => None,
    }
}

/// Refuses a θ_0 that has no product class, and levels that doubles cannot hold.
pub(super) fn check(base: &LogitTable, beta: f64, top: usize) -> Result<()> {
    let mut checked = None;
    for (x, row) in base.rows().enumerate().filter(|(_, row)| row.responses() > 1) {
        let Some((_, bump)) = favoured(row) else {
            let expected = "one response with a logit other than 0 at each prompt (update = \"finite-class\")";
            return Err(Error::argument(format!("theta0 at prompt {x}"), "other", expected));
        };
        if checked != Some(bump) {
            Levels::of(bump, beta, top).check(beta)?;
            checked = Some(bump);
        }
    }
    Ok(())
}

/// A member of the class at one prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Member {
    /// ℓ.
    label: u32,
    /// s.
    level: usize,
}

/// One round.
pub(super) fn update(class: &FiniteClass, step: &Step<'_>, batches: &[Batch], theta: &LogitTable) -> Result<Minimum> {
    let mut round = Round::new(class, step, theta)?;
    let mut graph = SeenGraph::default();
    let mut touched = Vec::new();
    let (mut diverse, mut rank) = (0, 0);
    let mut take = |seen: PromptSample<'_>| {
        graph.build(theta.row(seen.prompt).responses(), seen.pairs.iter().map(|pair| (pair.a, pair.b)));
        diverse += seen.diverse();
        rank += graph.forest().len();
        touched.clear();
        touched.extend_from_slice(graph.responses());
        touched.sort_unstable();
        round.unseen_up_to(seen.prompt);
        round.push(&touched);
    };
    batches.iter().for_each(|batch| batch.pairs().for_each(&mut take));
    round.unseen_up_to(theta.prompts());
    Ok(Minimum::new(Parameter::tabular(round.next), Some(summary(step, batches, diverse, rank))))
}

/// Builds θ_{t+1} prompt by prompt.
struct Round<'a> {
    choice: ClassChoice,
    step: &'a Step<'a>,
    theta: &'a LogitTable,
    base: &'a LogitTable,
    /// θ_t at each prompt; `None` where there is one response, hence one policy.
    members: Vec<Option<Member>>,
    levels: SharedLevels,
    next: LogitTable,
}

impl<'a> Round<'a> {
    /// Reads θ_t.
    fn new(class: &FiniteClass, step: &'a Step<'a>, theta: &'a LogitTable) -> Result<Self> {
        let Parameter::Tabular(base) = step.instance.base() else {
            unreachable!("an instance has parameters and features of one kind")
        };
        let mut levels = SharedLevels { beta: step.beta, top: step.round + 1, current: None };
        let mut members = Vec::with_capacity(theta.prompts());
        for (x, (row, base_row)) in theta.rows().zip(base.rows()).enumerate() {
            members.push(if row.responses() < 2 { None } else { Some(locate(x, row, base_row, &mut levels)?) });
        }
        Ok(Self { choice: class.choice, step, theta, base, members, levels, next: LogitTable::default() })
    }

    /// Chooses for the prompts before this one that drew nothing.
    fn unseen_up_to(&mut self, prompt: usize) {
        while self.next.prompts() < prompt {
            self.push(&[]);
        }
    }

    /// Chooses for the next prompt, of which `touched` lists the responses of seen pairs by ascending index.
    fn push(&mut self, touched: &[u32]) {
        let x = self.next.prompts();
        let row = self.theta.row(x);
        let Some(member) = self.members[x] else {
            return self.next.push(row.atoms.iter().copied(), row.rest_logit, row.rest);
        };
        let bump = favoured(self.base.row(x)).expect("θ_t was read with it").1;
        let levels = self.levels.of(bump);
        let top = self.step.round + 1;
        let chosen = if touched.binary_search(&member.label).is_ok() {
            Member { level: member.level + 1, ..member }
        } else {
            let labels = Labels { touched, free: row.responses() as u32 - touched.len() as u32 };
            match self.choice {
                ClassChoice::Nearest => member,
                ClassChoice::Random => {
                    let mut rng = self.step.seed.rng(Purpose::Choice, self.step.round, x);
                    let label = labels.nth(rng.random_range(0..labels.free));
                    Member { label, level: rng.random_range(0..=top as u64) as usize }
                }
                ClassChoice::Worst => worst(member, &labels, levels, top, row.responses()),
            }
        };
        let atom = Atom { response: chosen.label, logit: levels.at(chosen.level) };
        self.next.push([atom], 0.0, row.responses() as u32 - 1);
    }
}

/// Which member θ_t is at a prompt with two responses or more.
fn locate(x: usize, row: Row<'_>, base: Row<'_>, levels: &mut SharedLevels) -> Result<Member> {
    let found = favoured(base).zip(favoured(row)).and_then(|((_, bump), (label, logit))| {
        let level = levels.of(bump).find(logit)?;
        (level < levels.top).then_some(Member { label, level })
    });
    let expected = "a member of the finite class, of a level no higher than the round";
    found.ok_or_else(|| Error::argument(format!("theta at prompt {x}"), "other", expected))
}

/// The labels that no seen pair excludes.
struct Labels<'a> {
    touched: &'a [u32],
    free: u32,
}

impl Labels<'_> {
    /// The `rank`-th of them (from 0), by ascending index.
    fn nth(&self, rank: u32) -> u32 {
        self.touched.iter().fold(rank, |label, &touched| label + u32::from(touched <= label))
    }

    /// The least of them other than `label`, which is one of them.
    fn least_but(&self, label: u32) -> Option<u32> {
        let first = self.nth(0);
        match () {
            () if first != label => Some(first),
            () if self.free > 1 => Some(self.nth(1)),
            () => None,
        }
    }
}

/// The consistent member of level ≤ `top` with the largest population loss, at a prompt where none of the pairs contains ℓ.
///
/// Given the prompt, the loss is 2β² Var_{y~π_t}(c' [y=ℓ'] − c [y=ℓ]) with c' = c_{s'}, c = c_{s+1}. Divided by 2β² π_t(ℓ)π_t(other), where
/// π_t(other)/π_t(ℓ) = e^{−c_s},
///
/// ```text
/// ℓ' = ℓ:  (K−1)(c' − c)²        ℓ' ≠ ℓ:  (1 + (K−2)e^{−c_s}) c'² + (K−1) c² + 2 c c'.
/// ```
///
/// The second grows with c' and exceeds the first at every level s' ≤ s + 1. So where there is another label, either it is the worst, at
/// the top, or (ℓ, `top`) is; with c' = c_top their difference over c'² is 2K c/c' − (K−2)(1 − e^{−c_s}). Otherwise ℓ is worst at one of
/// the ends. Equals go to the other label, or to level 0.
fn worst(member: Member, labels: &Labels<'_>, levels: &Levels, top: usize, responses: usize) -> Member {
    let (target, highest) = (levels.at(member.level + 1), levels.at(top));
    let own = |level| Member { label: member.label, level };
    let Some(other) = labels.least_but(member.label) else {
        let falls_short = (levels.at(0) - target).abs() >= (highest - target).abs();
        return own(if falls_short { 0 } else { top });
    };
    let (responses, current) = (responses as f64, levels.at(member.level));
    let gain = 2.0 * responses * (target / highest);
    // A negative c_s makes the right side negative.
    if current < 0.0 || gain >= (responses - 2.0) * -(-current).exp_m1() {
        Member { label: other, level: top }
    } else {
        own(top)
    }
}

/// The levels of the bump that was asked for last: bumps mostly are all the same.
struct SharedLevels {
    beta: f64,
    top: usize,
    current: Option<Levels>,
}

impl SharedLevels {
    fn of(&mut self, bump: f64) -> &Levels {
        if self.current.as_ref().is_none_or(|levels| levels.at(0) != bump) {
            self.current = Some(Levels::of(bump, self.beta, self.top));
        }
        self.current.as_ref().expect("just made")
    }
}
