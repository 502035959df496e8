//! `selfreward cite`: how to cite the program, and the papers that its claims come from.

use clap::Args;

use super::{Failure, Verbosity, print};
use crate::nearest::one_of;
use crate::papers::reference::{Origin, REFERENCES, Reference, software};
use crate::papers::{self, PAPERS};
use crate::process::PRESETS;
use crate::{Error, Result};

/// Print BibTeX entries: of this program, or of the papers that claims, chapters and named loops come from
///
/// A claim that is marked as ours is cited by this program's entry, beside that of the paper in whose setting it stands.
#[derive(Debug, Args)]
pub struct CiteArgs {
    /// Claims such as C18 or L4, papers such as huang2024, named loops such as spin, or selfreward, this program
    /// [default: this program]
    #[arg(value_name = "CLAIM|PAPER|LOOP")]
    names: Vec<String>,
    #[command(flatten)]
    _verbosity: Verbosity,
}

/// The program's name among those that can be cited.
const PROGRAM: &str = "selfreward";

/// Carries the command out.
pub(super) fn run(args: &CiteArgs) -> std::result::Result<(), Failure> {
    if args.names.is_empty() {
        return print(&software());
    }
    let mut cited: Vec<&Reference> = Vec::new();
    let (mut ours, mut text) = (false, String::new());
    for name in &args.names {
        for (what, origin) in origins(name).map_err(Failure::refused)? {
            let keys: Vec<&str> =
                origin.papers.iter().map(|paper| paper.key).chain(origin.ours.then_some(PROGRAM)).collect();
            text.push_str(&format!("% {what} -> {}\n", keys.join(", ")));
            let new: Vec<&Reference> = origin.papers.into_iter().filter(|paper| !cited.contains(paper)).collect();
            cited.extend(new);
            ours |= origin.ours;
        }
    }
    let entries = cited.iter().map(|paper| paper.bibtex()).chain(ours.then(software));
    entries.for_each(|entry| text.push_str(&format!("\n{entry}\n")));
    print(text.trim_end())
}

/// What a name stands for, each in a few words, with where it comes from.
fn origins(name: &str) -> Result<Vec<(String, Origin)>> {
    if name == PROGRAM {
        return Ok(vec![(PROGRAM.to_owned(), Origin { papers: Vec::new(), ours: true })]);
    }
    if let Some(paper) = PAPERS.iter().find(|paper| paper.key == name) {
        return Ok(vec![(plain(paper.citation), Origin::of_paper(paper))]);
    }
    if let Some(reference) = REFERENCES.iter().find(|reference| reference.key == name) {
        return Ok(vec![(name.to_owned(), Origin { papers: vec![reference], ours: false })]);
    }
    if let Some(preset) = PRESETS.iter().find(|preset| preset.name == name) {
        return Ok(vec![(plain(&format!("{}: {}", preset.name, preset.source)), Origin::of_loop(preset))]);
    }
    let claims = papers::named(PAPERS, name);
    if !claims.is_empty() {
        let of_claim = |claim: &papers::Listed| {
            (plain(&format!("{} ({}): {}", claim.id, claim.paper.key, claim.result)), Origin::of_claim(claim))
        };
        return Ok(claims.iter().map(of_claim).collect());
    }
    let mut names: Vec<&str> = vec![PROGRAM];
    names.extend(PAPERS.iter().map(|paper| paper.key));
    names.extend(REFERENCES.iter().map(|reference| reference.key));
    names.extend(PRESETS.iter().map(|preset| preset.name));
    for claim in papers::claims() {
        names.extend([claim.letter(), claim.number(), claim.id]);
    }
    let mut known: Vec<&str> = Vec::new();
    names.into_iter().for_each(|name| {
        if !known.contains(&name) {
            known.push(name)
        }
    });
    Err(Error::argument("CLAIM|PAPER|LOOP", name, one_of(name, &known)))
}

/// A text beside an entry: whatever BibTeX could take for the start of one is left out.
fn plain(text: &str) -> String {
    text.replace(['@', '{', '}', '\n'], " ")
}
