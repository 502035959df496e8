//! The stores of a sweep's shards, found in a folder by their names.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::store::shard_of;
use crate::{Error, Result};

/// The stores of one study in a number of shards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sweep {
    /// Experiment and profile: `NAME-PROFILE`.
    pub study: String,
    /// N, the number of shards.
    pub shards: usize,
    /// The stores that are there, by the number of the shard.
    pub stores: BTreeMap<usize, PathBuf>,
}

impl Sweep {
    /// The sweep in a folder; of several, the one of this study (`NAME-PROFILE`) and number of shards.
    ///
    /// # Errors
    /// [`Error::File`] if the folder cannot be read, or if it holds no such store, or those of several sweeps (they are named).
    pub fn find(folder: &Path, study: Option<&str>, shards: Option<usize>) -> Result<Self> {
        let wrong = |error: std::io::Error| Error::file(folder, format!("cannot be read: {error}"));
        let mut sweeps: BTreeMap<(String, usize), BTreeMap<usize, PathBuf>> = BTreeMap::new();
        for entry in fs::read_dir(folder).map_err(wrong)? {
            let name = entry.map_err(wrong)?.file_name();
            let Some((of, shard)) = name.to_str().and_then(shard_of) else { continue };
            if study.is_none_or(|study| study == of) && shards.is_none_or(|shards| shards == shard.count()) {
                let stores = sweeps.entry((of.to_owned(), shard.count())).or_default();
                stores.insert(shard.index(), folder.join(&name));
            }
        }
        let named = |(study, shards): &(String, usize)| format!("{study} in {shards}");
        let found: Vec<String> = sweeps.keys().map(named).collect();
        match (sweeps.pop_first(), found.len()) {
            (Some(((study, shards), stores)), 1) => Ok(Self { study, shards, stores }),
            (None, _) => {
                let (study, shards) =
                    (study.unwrap_or("NAME-PROFILE"), shards.map_or_else(|| "N".to_owned(), |n| n.to_string()));
                let expected = format!("expected files such as {study}-shard-1-of-{shards}.sqlite");
                Err(Error::file(folder, format!("holds no store of a shard to merge; {expected}")))
            }
            _ => {
                let expected = "choose one with --study NAME-PROFILE, --shards N, or both";
                Err(Error::file(folder, format!("holds shards of several sweeps ({}); {expected}", found.join(", "))))
            }
        }
    }

    /// The shards of which there is no store, the first `most` of them.
    pub fn missing(&self, most: usize) -> Vec<usize> {
        (1..=self.shards).filter(|shard| !self.stores.contains_key(shard)).take(most).collect()
    }
}
