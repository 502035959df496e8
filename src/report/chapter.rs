//! What a report says of one store: analysis, findings, figures, provenance.

use crate::words::{agreeing, counted};
use std::collections::BTreeMap;

use super::time::{seconds_between, span};
use super::{Own, alt, commands};
use crate::Result;
use crate::experiment::{Finding, Plate, Results, generic, plates};
use crate::plot::{Drawn, Size};
use crate::study::definition::Verdict;
use crate::study::store::{Counts, Session};
use crate::study::{FigureText, Profile};

/// One store's chapter.
#[derive(Debug)]
pub struct Chapter {
    /// The experiment's name.
    pub name: String,
    /// Whether it is an experiment that is compiled in.
    pub built_in: bool,
    /// What does not fit the experiment whose name it bears.
    pub misfit: Option<String>,
    /// What it shows, in a line; empty for a definition that is not built in.
    pub about: &'static str,
    /// The store's path, as it was given.
    pub store: String,
    /// The profile of its rows.
    pub profile: Profile,
    /// The claims that it bears on, with the expected verdicts.
    pub claims: BTreeMap<String, Verdict>,
    /// The verdicts on its rows, where they are of a definition of someone's own.
    pub own: Option<Own>,
    /// Its analysis, paragraph by paragraph, each without line breaks.
    pub analysis: Vec<String>,
    /// What was found; or why it could not be looked for.
    pub findings: std::result::Result<Vec<Finding>, String>,
    /// Its figures; or why one could not be drawn. None if there are no findings because rows are missing.
    pub pictures: Vec<std::result::Result<Picture, String>>,
    /// What its rows follow from, without the definition's text.
    pub identity: Vec<(String, String)>,
    /// How far it is.
    pub counts: Counts,
    /// The processes that worked on it.
    pub sessions: Vec<Session>,
}

/// A figure, drawn.
#[derive(Debug)]
pub struct Picture {
    /// The figure and its table.
    pub plate: Plate,
    /// The drawing.
    pub drawn: Drawn,
    /// The same with its panels one below the other, for screens on which the drawing would be too small to be read; `None` where the
    /// labels leave no room for that.
    pub narrow: Option<Drawn>,
    /// What its definition says of it, where that is said of such rows.
    pub said: Option<FigureText>,
}

/// The width of the drawing for narrow screens, in pixels.
const NARROW: f64 = 380.0;

impl Picture {
    /// Draws a figure.
    ///
    /// # Errors
    /// As [`crate::plot::Figure::draw`].
    pub fn new(plate: Plate, said: Option<FigureText>) -> Result<Self> {
        let drawn = plate.figure.draw()?;
        let narrow = plate.figure.clone().size(Size { width: NARROW, height: None }).draw().ok();
        Ok(Self { plate, drawn, narrow, said })
    }

    /// What is seen, in words.
    pub fn alt(&self) -> String {
        self.said.as_ref().map_or_else(|| alt::text(&self.plate.figure), |said| said.alt.clone())
    }
}

impl Chapter {
    /// Of a store.
    ///
    /// # Errors
    /// [`crate::Error::File`] if the store cannot be read.
    pub fn new(results: &Results) -> Result<Self> {
        let definition = &results.study.definition;
        let recognised = results.recognised()?;
        let built_in = recognised.built_in();
        let profile = results.study.profile;
        // Texts of an experiment speak of the rows of its full profile.
        let speaks = built_in.is_none() || profile == Profile::Full;
        let said = |plate: &Plate| definition.figure(&plate.name).filter(|_| speaks).cloned();
        let picture = |plate: Result<Plate>| {
            let drawn = plate.and_then(|plate| {
                let text = said(&plate);
                Picture::new(plate, text)
            });
            drawn.map_err(|e| e.to_string())
        };
        // An experiment's figures and findings compare its parts, so each cell must have rows.
        let missing = results.study.cells() - results.store.done()?.len();
        let (findings, pictures) = match built_in {
            Some(_) if missing > 0 => (Err(gap(missing)), Vec::new()),
            Some(experiment) => {
                ((experiment.findings)(results).map_err(|e| e.to_string()), plates(results).map(picture).collect())
            }
            None => (Ok(Vec::new()), plates(results).map(picture).collect()),
        };
        let identity = results.store.identity()?.0.into_iter().filter(|(name, _)| name != "definition").collect();
        Ok(Self {
            name: definition.name.clone(),
            built_in: built_in.is_some(),
            misfit: recognised.misfit().map(str::to_owned),
            about: built_in.map_or("", |experiment| experiment.about),
            store: results.store.path().display().to_string(),
            profile,
            claims: definition.claims.clone(),
            own: None,
            analysis: paragraphs(&definition.analysis),
            findings,
            pictures,
            identity,
            counts: results.store.counts()?,
            sessions: results.store.sessions()?,
        })
    }

    /// What could not be drawn or looked for.
    pub fn failures(&self) -> Vec<String> {
        let findings = self.findings.as_ref().err().into_iter();
        // A grid that is larger than one figure is drawn by `selfreward plot` as it is asked to.
        let asked_for = |reason: &&String| !generic::is_too_large(reason);
        let pictures = self.pictures.iter().filter_map(|picture| picture.as_ref().err()).filter(asked_for);
        findings.chain(pictures).map(|reason| format!("{}: {reason}", self.name)).collect()
    }

    /// The value of an entry of the identity; empty if there is none.
    pub fn of_identity(&self, name: &str) -> &str {
        self.identity.iter().find(|(entry, _)| entry == name).map_or("", |(_, value)| value)
    }

    /// Whether its analysis, which an experiment of the crate has for the rows of the full profile, stands beside its rows.
    pub fn shows_analysis(&self) -> bool {
        !self.built_in || self.profile == Profile::Full
    }

    /// The commands that compute its rows and draw its figures.
    pub fn commands(&self) -> [String; 2] {
        [commands::run(&[self]), format!("selfreward plot {}", commands::store(self))]
    }

    /// The time that its sessions took, on the clock; `None` if one of them was killed, so that its end is not known.
    pub fn time_taken(&self) -> Option<String> {
        let each = self.sessions.iter().map(|session| seconds_between(&session.started, session.ended.as_deref()?));
        each.sum::<Option<i64>>().map(span)
    }

    /// A session in a sentence.
    pub fn session_text(session: &Session) -> String {
        let Session { started, ended, outcome, jobs, resumed, host, cpu, system, .. } = session;
        let (ended, outcome) = (ended.as_deref().unwrap_or("?"), outcome.as_deref().unwrap_or("running or killed"));
        let resumed = if *resumed { ", resumed" } else { "" };
        format!("{started} to {ended}, {outcome}{resumed}; {} on {host} ({cpu}, {system})", counted(*jobs, "thread"))
    }
}

/// Why there are neither findings nor figures.
fn gap(missing: usize) -> String {
    format!(
        "{} {} no rows yet; `selfreward run --resume` computes them",
        counted(missing, "cell"),
        agreeing(missing, "has", "have")
    )
}

/// The paragraphs of a text, each without line breaks.
pub(super) fn paragraphs(text: &str) -> Vec<String> {
    let joined = |paragraph: &str| paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    text.split("\n\n").map(joined).filter(|paragraph| !paragraph.is_empty()).collect()
}
