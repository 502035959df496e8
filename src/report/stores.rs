//! Which stores a report is made of where none is named.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::experiment::{ALL, Results};
use crate::study::{Profile, Shard, Store};
use crate::{Error, Result};

/// What was chosen, and what was passed over and why.
#[derive(Debug, Default)]
pub struct Choice {
    /// One store for each experiment: built-in ones in their order, then the others by name.
    pub results: Vec<Results>,
    /// What was passed over, one sentence each.
    pub passed_over: Vec<String>,
}

/// The newest store of each experiment below a folder, a full one before a quick one.
///
/// # Errors
/// [`Error::File`] if a folder cannot be read; a store that cannot be read is passed over.
pub fn newest(folder: &Path) -> Result<Choice> {
    let mut choice = Choice::default();
    let mut best: BTreeMap<String, (Rank, Results)> = BTreeMap::new();
    for path in databases(folder)? {
        let (rank, results) = match candidate(&path) {
            Ok(candidate) => candidate,
            Err(error) => {
                choice.passed_over.push(error.to_string());
                continue;
            }
        };
        let name = results.study.definition.name.clone();
        let loser = match best.remove(&name) {
            Some((other, kept)) if other >= rank => {
                best.insert(name, (other, kept));
                Some(path)
            }
            other => {
                best.insert(name, (rank, results));
                other.map(|(_, results)| results.store.path().to_owned())
            }
        };
        choice.passed_over.extend(loser.map(|path| format!("{}: another store comes first", path.display())));
    }
    let built_in = ALL.iter().filter_map(|experiment| best.remove(experiment.name)).collect::<Vec<_>>();
    choice.results = built_in.into_iter().chain(best.into_values()).map(|(_, results)| results).collect();
    Ok(choice)
}

/// What decides between two stores of one name: what the name promises, full, complete, latest start.
type Rank = (bool, bool, bool, String);

fn candidate(path: &Path) -> Result<(Rank, Results)> {
    // Opened once for what it says of itself, so that only a whole store with rows is read further.
    let store = Store::open(path)?;
    let counts = store.counts()?;
    let shard = store.identity()?.get("shard").unwrap_or_default().to_owned();
    if shard != Shard::WHOLE.to_string() {
        return Err(Error::file(path, format!("is shard {shard}; expected a whole store (`selfreward merge`)")));
    }
    if counts.done == 0 {
        return Err(Error::file(path, "holds no rows"));
    }
    let started = store.sessions()?.into_iter().map(|session| session.started).max().unwrap_or_default();
    drop(store);
    let results = Results::open(path)?;
    let promised = results.recognised()?.misfit().is_none();
    Ok(((promised, results.study.profile == Profile::Full, counts.complete(), started), results))
}

/// Refuses two stores of one experiment, whose rows would count twice, and none at all.
///
/// # Errors
/// [`Error::File`] with the second store; [`Error::Argument`] if there is none.
pub fn check(results: &[Results]) -> Result<()> {
    if results.is_empty() {
        return Err(Error::argument("stores", 0, "at least one"));
    }
    for (index, later) in results.iter().enumerate() {
        let name = &later.study.definition.name;
        if results[..index].iter().any(|other| other.study.definition.name == *name) {
            return Err(Error::file(later.store.path(), format!("is a second store of {name}; expected one")));
        }
    }
    Ok(())
}

/// The files `*.sqlite` below a folder, sorted; none if there is no folder.
fn databases(folder: &Path) -> Result<Vec<PathBuf>> {
    let wrong = |error: std::io::Error| Error::file(folder, format!("cannot be read: {error}"));
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut paths = fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect::<std::io::Result<Vec<_>>>())
        .map_err(wrong)?;
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            found.extend(databases(&path)?);
        } else if path.extension().is_some_and(|ending| ending == "sqlite") {
            found.push(path);
        }
    }
    Ok(found)
}
