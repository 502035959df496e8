//! The files that replay a violation.

use std::path::{Path, PathBuf};

use super::VerifyArgs;
use super::rows::Rows;
use crate::Result;
use crate::claims::Place;
use crate::claims::ledger::{Entry, Origin};
use crate::claims::witness::{Witness, npz_path, toml_path};
use crate::cli::Outputs;
use crate::experiment::Results;
use crate::seed::Seed;
use crate::study::definition::Verdict;

impl VerifyArgs {
    /// Saves the smallest instance that violates a claim; gives where.
    pub(super) fn save(&self, entry: &Entry, rows: &Rows, seed: &Seed) -> Result<Option<String>> {
        let (claim, weighed) = (entry.claim.claim, &entry.weighed);
        let Some(place) = weighed.witness.as_ref().filter(|_| weighed.verdict == Verdict::Violated) else {
            return Ok(None);
        };
        let folder = self.out.clone().unwrap_or_else(|| PathBuf::from("violations"));
        let (name, stores): (String, &[Results]) = match &entry.origin {
            Origin::Sources => (claim.id.to_owned(), &rows.results),
            Origin::Store { name, profile, seed, .. } => {
                let all = || rows.results.iter().chain(&rows.own);
                let is_it = |one: &&Results| {
                    let study = &one.study;
                    study.definition.name == *name
                        && study.profile == *profile
                        && serde_json::json!(study.seed) == *seed
                };
                let Some(found) = all().find(is_it) else { return Ok(None) };
                let namesakes = all().filter(|one| one.study.definition.name == *name);
                let number = namesakes.take_while(|one| !std::ptr::eq(*one, found)).count();
                let number = if number == 0 { String::new() } else { format!("-{}", number + 1) };
                (format!("{}-{name}{number}", claim.id), std::slice::from_ref(found))
            }
        };
        let witness = if place.experiment.is_empty() {
            claim
                .statement
                .replay(claim.id, place, seed, rows.profile)?
                .map(|replay| Witness::of_instance(replay.config.clone(), &replay.instance, &folder, &name))
        } else {
            witness(place, stores, &folder, &name)?
        };
        witness.map(|witness| write_witness(&witness, &self.spared(&folder)?, &name)).transpose()
    }
}

/// The files that replay a place of an experiment.
fn witness(place: &Place, results: &[Results], folder: &Path, name: &str) -> Result<Option<Witness>> {
    let Some(results) = results.iter().find(|results| *results.study.definition.name == *place.experiment) else {
        return Ok(None);
    };
    let cell = results.study.cell(place.cell)?;
    Witness::of_replicate(&cell.config, place.replicate, folder, name).map(Some)
}

/// Writes a witness; gives its configuration's path.
pub(in crate::cli) fn write_witness(witness: &Witness, outputs: &Outputs, name: &str) -> Result<String> {
    let folder = outputs.folder();
    let file = |path: PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if let Some(npz) = &witness.npz {
        outputs.write(file(npz_path(folder, name)), npz)?;
    }
    outputs.write(file(toml_path(folder, name)), &witness.toml)?;
    Ok(toml_path(folder, name).display().to_string())
}
