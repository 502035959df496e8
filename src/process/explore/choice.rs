//! Whether a loop's rounds may be explored, and whether it pays.

use super::super::{Loop, Memory, Sampling, Selection};
use crate::instance::{FeatureMap, Instance, Parameter};
use crate::{Error, Result};

/// How a loop draws on an instance from a parameter on: as it says, and where it says [`Sampling::Auto`], by exploration if that is possible
/// and pays. A function of these three alone, so that all rounds of a replicate do the same.
pub fn sampling(process: &Loop, instance: &Instance, start: &Parameter) -> Sampling {
    let chosen = process.sampling == Sampling::Auto
        && !process.fit.is_population()
        && possible(process).is_ok()
        && possible_on(process, instance, start).is_ok()
        && pays_on(process, instance, start);
    if chosen { Sampling::Explore } else { process.sampling }
}

/// A prompt as far as its cost goes.
#[derive(Clone, Copy, Debug)]
pub struct Prompt {
    /// The expected number of triples, n p(x).
    pub triples: f64,
    /// K(x).
    pub responses: f64,
    /// Responses with a logit of their own.
    pub marked: f64,
    /// Their probability.
    pub mass: f64,
}

impl Prompt {
    /// Microseconds of a round that draws all pairs: one by one, or the count of each pair.
    fn drawn(self) -> f64 {
        1.0 + 0.1 * self.triples.min(self.responses * self.responses / 2.0)
    }

    /// The same by exploration: some counts for each marked response, and what is found, of which at most half gets names.
    fn explored(self) -> f64 {
        self.explored_at_least() + 0.1 * self.found()
    }

    fn explored_at_least(self) -> f64 {
        1.0 + 0.4 * (1.0 + self.marked)
    }

    /// How many responses the marked ones come together with: a branching process in which each one that is found finds 2t/K more.
    fn found(self) -> f64 {
        let offspring = 2.0 * self.triples / self.responses;
        let touched = 2.0 * self.triples * self.mass;
        let all = if offspring < 1.0 { touched / (1.0 - offspring) } else { f64::INFINITY };
        all.min(2.0 * self.triples).min(self.responses / 2.0)
    }
}

/// How many times cheaper exploration must be to be chosen, since it leaves the rank unknown.
const WORTH: f64 = 4.0;

/// Whether exploration is worth what it leaves out. The constants are those of one machine; a factor of 2 either way moves the
/// border, and no law.
pub fn pays(prompts: impl IntoIterator<Item = Prompt>) -> bool {
    worth(prompts, Prompt::explored)
}

fn worth(prompts: impl IntoIterator<Item = Prompt>, cost: fn(Prompt) -> f64) -> bool {
    let (mut drawn, mut explored) = (0.0, 0.0);
    for prompt in prompts {
        drawn += prompt.drawn();
        explored += cost(prompt);
    }
    drawn > WORTH * explored
}

/// As [`pays`], for the policy from which the rounds start. Prompts with one response cost nothing.
fn pays_on(process: &Loop, instance: &Instance, start: &Parameter) -> bool {
    let Parameter::Tabular(table) = start else { return false };
    let (n, weights) = (process.samples as f64, instance.weights());
    let drawn = || (0..instance.prompts()).filter(|&x| weights[x] > 0.0 && instance.features().responses(x) > 1);
    let sized = |x: usize| Prompt {
        triples: n * weights[x],
        responses: instance.features().responses(x) as f64,
        marked: table.row(x).atoms.len() as f64,
        mass: 0.0,
    };
    // Where few pairs are drawn no policy is made.
    if !worth(drawn().map(sized), Prompt::explored_at_least) {
        return false;
    }
    let policy = instance.policy(start);
    let whole = |x: usize| {
        let row = policy.row(x);
        let own: f64 = row.atoms.iter().map(|atom| policy.prob(x, atom.response)).sum();
        let marked = row.atoms.len().max(instance.reward().map_or(0, |reward| reward.row(x).atoms.len()));
        let others = (marked - row.atoms.len()) as f64 / f64::from(row.rest.max(1));
        Prompt { marked: marked as f64, mass: own + others * (1.0 - own), ..sized(x) }
    };
    pays(drawn().map(whole))
}

/// Whether a loop's choices ask for no more than the pairs that move.
///
/// # Errors
/// [`Error::Argument`] with the choice for which all pairs of a sample matter.
pub fn possible(process: &Loop) -> Result<()> {
    let reason = if !process.fit.explores() {
        "only the square loss without ridge and judge noise (erm) does with the pairs that move"
    } else if process.signal.votes() > 0 {
        "a vote is drawn for each pair"
    } else if process.memory != Memory::None {
        "what is remembered may move in a later round (memory = \"none\" remembers nothing)"
    } else if matches!(process.candidates.selection, Selection::Adaptive(_)) {
        "adaptive counts the draws of every candidate"
    } else {
        return Ok(());
    };
    Err(refusal(reason))
}

/// The same of the loop on an instance, from a parameter on.
///
/// # Errors
/// As [`possible`].
pub fn possible_on(process: &Loop, instance: &Instance, start: &Parameter) -> Result<()> {
    if matches!(instance.features(), FeatureMap::Dense(_)) {
        let reason = "pairs of dense features share directions; what is explored are the components of one-hot ones";
        return Err(refusal(reason));
    }
    let Some(radius) = process.radius else { return Ok(()) };
    let growth = (1.0 + 1.0 / process.beta).powi(process.rounds as i32);
    // By more than rounding, so that the ball has room in every round; what another signal or reference does to ‖θ‖ is not known.
    if process.is_self_rewarding() && growth * start.norm() * (1.0 + 1e-9) <= radius {
        return Ok(());
    }
    Err(refusal("the ball of process.radius may bind, and then the number of each pair matters"))
}

/// The refusal of an exploration where all pairs of a sample matter.
pub fn refusal(why: &str) -> Error {
    let expected = format!("\"auto\", \"draws\" or \"counts\", which draw all pairs: {why}");
    Error::argument("process.sampling", "\"explore\"", expected)
}
