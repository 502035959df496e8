//! `selfreward verify --controls`: the false variants of the claims, and how often each is caught.

use serde_json::{Value, json};

use super::verify::{VerifyArgs, pretty};
use super::{Failure, Jobs, stop_flag};
use crate::claims::gather::{Question, answer};
use crate::claims::own::answer_on_own;
use crate::claims::{Control, Weighed};
use crate::papers::Listed;
use crate::study::definition::Verdict;
use crate::words::counted;

/// One control with what came out, seed by seed.
struct Tried {
    claim: Listed,
    control: &'static Control,
    /// What it asks of rows.
    question: Question,
    verdicts: Vec<Verdict>,
    /// What the first seed compared, in words and numbers.
    comparison: String,
    /// How often, by a part of its rows or all of them, it could not be weighed.
    unweighed: usize,
    /// How often the true claim came out violated though it is not expected to.
    false_alarms: usize,
    note: String,
    /// Whether its rows were made to catch it: those that its claim was written for, or constructed ones.
    at_home: bool,
}

impl Tried {
    /// Whether it was caught with the first seed.
    fn caught(&self) -> bool {
        self.verdicts[0] == Verdict::Violated
    }

    /// Whether it could not be weighed with some seed: there were no rows, quantities were not there, or weighing broke off. One that was
    /// caught on what there is was tried.
    fn untried(&self) -> bool {
        self.unweighed > 0
    }

    fn share(&self, count: usize) -> Option<f64> {
        (self.verdicts.len() > 1).then(|| count as f64 / self.verdicts.len() as f64)
    }

    fn power(&self) -> Option<f64> {
        self.share(self.verdicts.iter().filter(|verdict| **verdict == Verdict::Violated).count())
    }

    fn to_json(&self) -> Value {
        json!({
            "id": self.control.id,
            "paper": self.claim.paper.key,
            "claim": self.claim.id,
            "statement": self.control.says,
            "evidence": if self.control.sources.is_empty() { "constructed" } else { "rows" },
            "verdict": self.verdicts[0],
            "caught": self.caught(),
            "untried": self.untried(),
            "expected": if self.at_home { json!("caught") } else { Value::Null },
            "comparison": self.comparison,
            "power": self.power(),
            "false_alarm": self.share(self.false_alarms),
            "note": self.note,
        })
    }
}

/// Weighs the controls of claims.
pub(super) fn run(claims: &[Listed], args: &VerifyArgs) -> Result<(), Failure> {
    let mut tried: Vec<Tried> = claims
        .iter()
        .flat_map(|&claim| claim.controls().map(move |(control, question)| (claim, control, question)))
        .map(|(claim, control, question)| Tried {
            claim,
            control,
            question,
            verdicts: Vec::new(),
            comparison: String::new(),
            unweighed: 0,
            false_alarms: 0,
            note: String::new(),
            at_home: true,
        })
        .collect();
    if tried.is_empty() {
        return Err(Failure::Nothing(anyhow::anyhow!("these claims have no controls")));
    }
    let controls: Vec<Question> = tried.iter().map(|tried| tried.question).collect();
    let truths: Vec<Question> = tried.iter().map(|tried| tried.claim.question()).collect();
    // With one seed the claims themselves need not be weighed.
    let several = args.seeds > 1;
    let questions: Vec<Question> = controls.iter().chain(truths.iter().filter(|_| several)).copied().collect();
    let stop = stop_flag();
    let (outputs, shown) = (args.outputs().map_err(Failure::refused)?, args.shown().map_err(Failure::refused)?);
    for number in 0..args.seeds {
        let mut rows = args.rows_of_seed(&questions, number as u64, &stop)?;
        let seed = rows.seed()?;
        let jobs = Jobs::new(args.settings.jobs, questions.len(), args.settings.verbosity);
        let mut weighed =
            jobs.run(|| answer(&questions, &mut rows.results, &seed, rows.profile))?.map_err(Failure::failed)?;
        if let Some(own) = rows.own_alone().map_err(Failure::refused)? {
            args.whole(own, &[])?;
            let found = jobs.run(|| answer_on_own(&questions, own))?.map_err(Failure::failed)?;
            for (index, found) in found.into_iter().enumerate() {
                let Some(found) = found else { continue };
                weighed[index] = found;
                if let Some(tried) = tried.get_mut(index) {
                    tried.at_home = false;
                }
            }
        }
        record(&mut tried, &weighed);
    }
    // Of rows that nobody made to catch it no false variant is expected to be caught.
    let meant = || tried.iter().filter(|tried| tried.at_home);
    let untried: Vec<&str> = meant().filter(|tried| tried.untried()).map(|tried| tried.control.id).collect();
    let escaped: Vec<&str> =
        meant().filter(|tried| !tried.caught() && !tried.untried()).map(|tried| tried.control.id).collect();
    let document = json!({"schema": 1, "controls": tried.iter().map(Tried::to_json).collect::<Vec<_>>()});
    let text = pretty(&document);
    let kept = outputs.map_or(Ok(()), |outputs| outputs.write("controls.json", format!("{text}\n")));
    shown.show(|| table(&tried), &text)?;
    kept.map_err(Failure::failed)?;
    let named = [("not caught", escaped), ("not tried", untried)].into_iter().filter(|(_, ids)| !ids.is_empty());
    let failures: Vec<String> = named.map(|(what, ids)| format!("{what}: {}", ids.join(", "))).collect();
    // A control that was not tried has shown nothing of the rows it was meant to try.
    if failures.is_empty() { Ok(()) } else { Err(Failure::Contradicted(anyhow::anyhow!(failures.join("; ")))) }
}

/// Adds one seed's verdicts: first those of the controls, then, if they were weighed, those of the claims.
fn record(tried: &mut [Tried], weighed: &[Weighed]) {
    let (of_controls, of_claims) = weighed.split_at(tried.len());
    for (index, tried) in tried.iter_mut().enumerate() {
        let weighed = &of_controls[index];
        let open = weighed.unknown.is_some() && weighed.verdict != Verdict::Violated;
        tried.unweighed += usize::from(open || weighed.error.is_some() || weighed.verdict == Verdict::NotApplicable);
        if tried.verdicts.is_empty() {
            tried.note.clone_from(&weighed.note);
            tried.comparison.clone_from(&weighed.comparison);
        }
        tried.verdicts.push(weighed.verdict);
        let wrong = of_claims.get(index).is_some_and(|weighed| weighed.verdict == Verdict::Violated);
        tried.false_alarms += usize::from(wrong && tried.claim.expected != Verdict::Violated);
    }
}

fn table(tried: &[Tried]) -> String {
    let share = |share: Option<f64>| share.map_or_else(|| "-".to_owned(), |share| format!("{share:.2}"));
    let header =
        format!("{:28} {:8} {:>6} {:>12}  {}\n", "control", "", "power", "false alarm", "what it says, falsely");
    let mut text = String::new();
    for (index, one) in tried.iter().enumerate() {
        // Claims are listed paper by paper: where the paper changes a chapter begins.
        if index == 0 || tried[index - 1].claim.paper.key != one.claim.paper.key {
            let gap = if index == 0 { "" } else { "\n" };
            text.push_str(&format!("{gap}{}\n{header}", one.claim.paper.heading()));
        }
        text.push_str(&format!(
            "{:28} {:8} {:>6} {:>12}  {}\n{:28} {}. {}\n",
            one.control.id,
            match (one.untried(), one.caught()) {
                (true, _) => "untried",
                (_, true) => "caught",
                _ if one.at_home => "ESCAPED",
                _ => "not here",
            },
            share(one.power()),
            share(one.share(one.false_alarms)),
            one.control.says,
            "",
            one.comparison,
            one.note
        ));
    }
    let foreign: Vec<&Tried> = tried.iter().filter(|one| !one.at_home).collect();
    if !foreign.is_empty() {
        let caught = foreign.iter().filter(|one| one.caught() && !one.untried()).count();
        let untried = foreign.iter().filter(|one| one.untried()).count();
        text.push_str(&format!(
            "\nOn rows of one's own, which were not made to tell them apart, nothing is expected: {caught} of {} caught, {untried} have \
             nothing to be tried on, {} not told apart here\n",
            counted(foreign.len(), "false variant"),
            foreign.len() - caught - untried
        ));
    }
    text
}
