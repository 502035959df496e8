//! The floor that no algorithm passes (S6), on every row of the hard instance.

use super::super::theory::floor::bayes_floor;
use super::super::theory::hidden::Hidden;
use super::FAR;
use crate::Result;
use crate::claims::cases::{cell_by_cell, derived, of_cell};
use crate::claims::{Case, Claim, Comparison, Control, Level, Rule, Source, Statement};
use crate::experiment::CellRows;
use crate::metrics::named::BASE_FAILURE;
use crate::process::{Accept, CandidateLaw, Memory, PromptLaw, Selection};
use crate::simulate::Simulation;
use crate::stats::mean_with_error;
use crate::study::definition::Verdict;

/// Every part of every experiment whose instance is the hard one; a test walks over all definitions and finds what is not here.
/// Of an experiment named without a part all parts are looked at, those on other instances left out.
pub(super) const HARD: &[Source] = &[
    Source { experiment: "sample_budgets", part: "" },
    Source { experiment: "hard_instance", part: "worst-mass" },
    Source { experiment: "rate_vs_n", part: "hard-worst" },
    Source { experiment: "rate_vs_n", part: "hard-fixed" },
    Source { experiment: "single_step", part: "hard" },
    Source { experiment: "iterations_to_forget", part: "hard" },
    Source { experiment: "iterations_to_forget", part: "many-samples" },
    Source { experiment: "finite_class", part: "classes" },
    Source { experiment: "finite_class", part: "large-classes" },
    Source { experiment: "equal_budget", part: "hard-iterated" },
    Source { experiment: "equal_budget", part: "hard-once" },
    Source { experiment: "equal_budget", part: "hard-once-equivalent" },
    Source { experiment: "league", part: "hard-560" },
    Source { experiment: "league", part: "hard-4480" },
];

/// Prompts in all replicates together from which on a mean is judged: of fewer it is no normal variate.
const ENOUGH: f64 = 50.0;
/// The kind of instance that the floor is of.
const KIND: &str = "hard";

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[Claim {
    id: "S6",
    says: "hidden labels uniform, N base responses at each of nT prompt draws: E base failure(½) ≥ Δ E_b[(1−q)^{Nb} E(1 − 1/(K−S_{Nb}))], b ~ Bin(nT, Δ/M), to 6 standard errors",
    level: Level::Explicit,
    result: "Bayes risk (ours, after Theorem 3.1)",
    expected: Verdict::Holds,
    sources: HARD,
    statement: Statement::Cells(floor),
    rule: Rule::Always,
    note: "every row of every experiment on the hard instance, but for rules that stop by what they see and for rounds whose draws at unresolved prompts are not the base policy's",
    controls: &[Control::cells("S6.half", "Nb/2 in place of Nb", HARD, floor_of_half)],
}];

/// How many base responses a loop sees at each draw of a prompt, in all rounds up to t, or why the floor does not bind it there.
///
/// In round 1 every draw is the base policy's, and whatever the fit makes of them is an algorithm: with a ridge, a judge, labels, votes
/// or a verifier, who tells of a response what its likelihood tells (it is the hidden label or not). Later rounds count like more draws
/// of the first one while the draws of a round at a prompt whose hidden label was not seen can be made from one draw of the base policy
/// and what was seen there: a policy that keeps the base model's odds among unseen labels, and gives them no more mass in all, is
/// sampled by a base draw, which is kept or replaced. So it is with the nearest square-loss fit and finite classes, which leave an
/// unresolved prompt as it is, whatever their ridge, and with the tabular likelihood without a ridge, which leaves an unseen prompt as it
/// is and gives unseen labels of a seen one nothing.
fn responses_each(simulation: &Simulation, t: usize) -> std::result::Result<f64, &'static str> {
    let (process, config) = (&simulation.process, &simulation.config.process);
    let update = config.update.name();
    let of_pairs = update != "likelihood";
    let nearest = config.choice.as_deref().unwrap_or("nearest") == "nearest";
    // Fits that know of the base policy what they have seen: others choose by the population loss, say.
    let known = match update {
        "erm" => nearest,
        "finite-class" | "likelihood" | "logistic" | "win-rate" => true,
        _ => false,
    };
    let plain = (config.ridge.unwrap_or(0.0) == 0.0 || update == "erm")
        && config.judge_noise.unwrap_or(0.0) == 0.0
        && process.radius.is_none()
        && process.accept == Accept::All
        && !config.others.contains_key("reward")
        && !config.others.contains_key("reference");
    let stays = plain && matches!(update, "erm" | "finite-class" | "likelihood") && nearest;
    let law = process.candidates.law;
    let from_base = law == CandidateLaw::Base || (law == CandidateLaw::Current && (t == 1 || stays));
    let selected = match (process.candidates.selection, process.accept) {
        (Selection::Adaptive(_), _) | (_, Accept::Gate { .. }) => {
            return Err("the number of responses at a prompt draw is fixed");
        }
        (Selection::BestOf(n) | Selection::Curated(n), _) => n as f64,
        (Selection::None, Accept::Vote(n)) => n as f64,
        (Selection::None, _) => 1.0,
    };
    let votes = config.others.get("reward").and_then(|reward| reward.get("vote_of")?.as_integer()).unwrap_or(0);
    match () {
        () if config.is_population() => Err("the loop draws responses"),
        () if process.memory != Memory::None || process.prompts != PromptLaw::All => {
            Err("prompts are drawn from all of them, and data from this round")
        }
        () if !known => Err("the fit knows of the base policy what it has seen, as far as is known"),
        () if !from_base || (t > 1 && !stays) => Err("draws at unresolved prompts are the base policy's"),
        () if of_pairs => Ok(2.0 * selected + votes as f64),
        () => Ok(selected),
    }
}

fn floor(cells: &[CellRows]) -> Result<Vec<Case>> {
    against(cells, Some)
}

fn floor_of_half(cells: &[CellRows]) -> Result<Vec<Case>> {
    against(cells, |each| (each % 2.0 == 0.0).then_some(0.5 * each))
}

/// The mean base failure of each round against the floor; `counted` says for how many responses N at a prompt draw count.
fn against(cells: &[CellRows], counted: fn(f64) -> Option<f64>) -> Result<Vec<Case>> {
    let hard: Vec<CellRows> =
        cells.iter().filter(|cell| cell.cell.config.instance.kind.name() == KIND).cloned().collect();
    cell_by_cell(&hard, |cell| {
        let simulation = cell.simulation()?;
        let (prompts, n) = (cell.number("instance.prompts")?, cell.number("process.samples")?);
        let (labels, mass) = (derived(&simulation, "responses")?, derived(&simulation, "mass")?);
        let mut case = of_cell(cell);
        // With two labels the hidden one has more than half of the mass from the start.
        case.assumptions.push(("K ≥ 3: a prompt that is left alone fails", labels >= 3.0));
        let instance = Hidden::new(prompts, labels, mass)?;
        let mut refused = None;
        for t in 1..=cell.rounds() {
            let each = match responses_each(&simulation, t) {
                Ok(each) => each,
                Err(why) => {
                    refused = Some(why);
                    continue;
                }
            };
            let Some(each) = counted(each) else {
                refused = Some("N is even");
                continue;
            };
            let floor = bayes_floor(&instance, n * t as f64, each)?.value();
            let (mean, error) = mean_with_error(&cell.values(BASE_FAILURE.at(0.5), t)?);
            // Where few failures or none are seen their own scatter says too little; prompts left without draws are negatively
            // associated, so that the floor's own binomial variance bounds that of a learner at the floor.
            let share = floor / mass;
            // The roots are taken first: a share near the least double would vanish under a division.
            let known = mass * share.sqrt() * ((1.0 - share) / (prompts * cell.replicates.len() as f64)).sqrt();
            let enough = prompts * cell.replicates.len() as f64 >= ENOUGH;
            let error = error.filter(|_| enough).map_or(f64::INFINITY, |error| error.max(known));
            case.comparisons.push(Comparison::at_least(mean, floor, FAR * error));
        }
        if let (Some(why), true) = (refused, case.comparisons.is_empty()) {
            case.assumptions.push((why, false));
        }
        Ok(case)
    })
}
