//! A paper as data.

use std::cmp::Reverse;
use std::ops::Deref;

use super::{Bound, Flag, Numbers};
use crate::Result;
use crate::claims::gather::Question;
use crate::claims::{Claim, Control, Rule};

/// A paper: what is said, and where. Everything that lists claims or bounds has a chapter for each.
pub struct Paper {
    /// Its key: first author and year, in lower case, or a word for what has no author but this project.
    pub key: &'static str,
    /// Authors, title and where it stands, in a line.
    pub citation: &'static str,
    /// Its address, or the document of this project that holds it.
    pub link: &'static str,
    /// Its claims, section by section; ids are free of those of other papers, by letters of their own.
    pub claims: &'static [&'static [Claim]],
    /// Ids and numbers of its claims with the words that it prints, in this project's notation.
    pub printed: &'static [(&'static str, &'static str)],
    /// What it prints, statement by statement, in this project's notation.
    pub quoted: &'static [Quoted],
    /// Its bounds, for the calculator; names are free of those of other papers.
    pub bounds: &'static [BoundEntry],
    /// The numbers and words that its bounds ask for.
    pub flags: &'static [Flag],
}

/// A statement as its paper prints it, in a line and in this project's notation, with the claims that weigh it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quoted {
    /// Where it stands in the paper: `Theorem 5.3`.
    pub place: &'static str,
    /// What is printed there.
    pub says: &'static str,
    /// Ids of the claims that weigh it or a form of it.
    pub claims: &'static [&'static str],
}

/// A bound that the calculator knows.
pub struct BoundEntry {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub about: &'static str,
    /// What it needs, defaults in parentheses.
    pub usage: &'static str,
    /// Its evaluation.
    pub evaluate: fn(&Numbers) -> Result<Bound>,
}

impl Paper {
    /// Its claims, in the order of their letters and numbers.
    pub fn claims(&'static self) -> impl Iterator<Item = Listed> {
        let mut claims: Vec<&Claim> = self.claims.iter().copied().flatten().collect();
        let number = |claim: &Claim| claim.family()[claim.letter().len()..].parse().unwrap_or(u32::MAX);
        claims.sort_by_key(|claim| (claim.letter(), number(claim)));
        claims.into_iter().map(move |claim| Listed { paper: self, claim })
    }

    /// The number of statistical decisions among all its claims: what the joint level is shared among.
    pub fn decisions(&self) -> usize {
        self.claims.iter().copied().flatten().filter(|claim| claim.rule != Rule::Always).count()
    }

    /// The words that it prints of a claim's id, or else of its number; empty if there are none.
    pub fn printed(&self, id: &str) -> &'static str {
        let is_of = |name: &str| id == name || id.split('.').next() == Some(name);
        let found = self.printed.iter().filter(|(name, _)| is_of(name));
        found.min_by_key(|(name, _)| Reverse(name.len())).map_or("", |(_, text)| text)
    }

    /// Key and citation, above what is listed of it.
    pub fn heading(&self) -> String {
        format!("{}: {}", self.key, self.citation)
    }
}

/// A claim with the paper that it belongs to.
#[derive(Clone, Copy)]
pub struct Listed {
    /// The paper.
    pub paper: &'static Paper,
    /// The claim.
    pub claim: &'static Claim,
}

impl Listed {
    /// Whether a person may call it so: by its id (`C16.linear`), its number (`C16`; `M6` and `M6a`), its letters (`C`), or its paper's
    /// key.
    pub fn is_called(&self, name: &str) -> bool {
        [self.claim.id, self.claim.number(), self.claim.family(), self.claim.letter(), self.paper.key].contains(&name)
    }

    /// What it asks of rows.
    pub fn question(&self) -> Question {
        Question::of_claim(self.claim, self.paper.decisions())
    }

    /// Its controls, with what each asks of rows.
    pub fn controls(&self) -> impl Iterator<Item = (&'static Control, Question)> + use<> {
        let (level, decisions) = (self.claim.level, self.paper.decisions());
        self.claim.controls.iter().map(move |control| (control, Question::of_control(control, level, decisions)))
    }
}

impl Deref for Listed {
    type Target = Claim;

    fn deref(&self) -> &Claim {
        self.claim
    }
}
