//! Where the rows of a side come from, beside their configurations: the root seed, and the contents of the files that were read.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Map, Value};

use crate::Result;
use crate::simulate::Config;
use crate::study::provenance::{self, INPUT, Identity};

/// What is known of where rows come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The root seed from which the seeds of a store's cells follow; `None` of a run, which has its seed itself.
    pub root: Option<String>,
    /// SHA-256 digests of files, by the path under which they were read.
    digests: BTreeMap<String, String>,
}

impl Origin {
    /// Of a store.
    pub fn of_store(identity: &Identity) -> Self {
        let entries = identity.0.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        Self { root: identity.get("seed").map(str::to_owned), digests: digests(entries) }
    }

    /// Of a folder of `simulate --out`, or of the `trajectory.json` in it: what its `provenance.json` says; nothing without one.
    pub fn of_run(path: &Path) -> Self {
        let folder = match path.is_dir() {
            true => path,
            // A document that was renamed has left its folder.
            false if path.file_name().is_some_and(|name| name == super::RUN) => path.parent().unwrap_or(path),
            false => return Self::default(),
        };
        let document = fs::read(folder.join("provenance.json")).ok();
        let document: Option<Value> = document.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let identity: Map<String, Value> =
            document.and_then(|document| document.get("identity")?.as_object().cloned()).unwrap_or_default();
        let entries = identity.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)));
        Self { root: None, digests: digests(entries) }
    }

    /// Of a configuration that is run here: its file is read.
    ///
    /// # Errors
    /// As [`provenance::input`].
    pub fn of_config(config: &Config) -> Result<Self> {
        let files = config.instance.inputs();
        let entries = files.iter().map(|path| provenance::input(path)).collect::<Result<Vec<_>>>()?;
        let entries = entries.iter().map(|(name, digest)| (name.as_str(), digest.as_str()));
        Ok(Self { root: None, digests: digests(entries) })
    }

    /// The digest of the file that was read under this path, where it is known.
    pub fn digest(&self, path: &str) -> Option<&str> {
        self.digests.get(path).map(String::as_str)
    }
}

fn digests<'a>(entries: impl Iterator<Item = (&'a str, &'a str)>) -> BTreeMap<String, String> {
    entries.filter_map(|(name, value)| Some((name.strip_prefix(INPUT)?.to_owned(), value.to_owned()))).collect()
}
