//! Where rows come from.
//!
//! An [`Identity`] is what two runs must share for their rows to be the same: the store refuses to go on, and to be merged,
//! where it differs. A session is one process that worked on a store; what may differ between honest runs stands there alone.

use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::{Shard, Study};
use crate::instance::files;
use crate::simulate::config::SeedConfig;
use crate::{Error, Result};

/// What rows follow from, by name. The order is that in which it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity(pub Vec<(String, String)>);

impl Identity {
    /// Of a study's shard, computed by this build of the program.
    ///
    /// # Errors
    /// [`Error::File`] if an input file cannot be read.
    pub fn new(study: &Study, shard: Shard) -> Result<Self> {
        let seed = match &study.seed {
            SeedConfig::Number(number) => number.to_string(),
            SeedConfig::Text(text) => text.clone(),
        };
        let fixed = [
            ("experiment", study.definition.name.clone()),
            ("profile", study.profile.name().to_owned()),
            ("seed", seed),
            ("shard", shard.to_string()),
            ("definition", study.definition.text.clone()),
        ];
        let named = |(name, value): (&str, String)| (name.to_owned(), value);
        let mut entries: Vec<(String, String)> = fixed.into_iter().chain(build()).map(named).collect();
        for path in &study.inputs {
            entries.push(input(path)?);
        }
        Ok(Self(entries))
    }

    /// The value under a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(entry, _)| entry == name).map(|(_, value)| value.as_str())
    }

    /// The same but for the shard.
    pub fn unsharded(&self) -> Self {
        let whole = |(name, value): &(String, String)| {
            (name.clone(), if name == "shard" { Shard::WHOLE.to_string() } else { value.clone() })
        };
        Self(self.0.iter().map(whole).collect())
    }

    /// What differs of that from which rows follow, one sentence each; nothing if the rows are the same. The text of the
    /// definition is left out, since a row follows from the values of its cell, and so are input files that only one of the two
    /// reads.
    pub fn row_differences(&self, other: &Self, here: &str, there: &str) -> Vec<String> {
        let mut sentences: Vec<String> = Vec::new();
        for (name, _) in self.0.iter().chain(&other.0).filter(|(name, _)| name != "definition") {
            let (mine, theirs) = (self.get(name), other.get(name));
            let elsewhere = name.starts_with(INPUT) && (mine.is_none() || theirs.is_none());
            if mine == theirs || elsewhere {
                continue;
            }
            let (mine, theirs) = (mine.unwrap_or("absent"), theirs.unwrap_or("absent"));
            let sentence = format!("{name} is {mine} {here}, {theirs} {there}");
            if !sentences.contains(&sentence) {
                sentences.push(sentence);
            }
        }
        sentences
    }
}

/// What the names of input files begin with.
pub(crate) const INPUT: &str = "input ";
const LOCKFILE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.lock"));
const BACKEND: &str = if cfg!(feature = "lapack") { "lapack" } else { "faer" };

/// Bytes of an input that are read at once.
const PIECE: usize = 1 << 20;

fn digest(bytes: &[u8]) -> String {
    shown(&Sha256::digest(bytes))
}

fn shown(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// This build of the program: its version, the revision of its sources, the digest of the Cargo.lock that lay beside them (by
/// which cargo builds, but for `cargo install` without `--locked`), and the backend of its linear algebra.
pub fn build() -> [(&'static str, String); 4] {
    [
        ("version", env!("CARGO_PKG_VERSION").to_owned()),
        ("revision", env!("SELFREWARD_REVISION").to_owned()),
        ("lockfile", digest(LOCKFILE.as_bytes())),
        ("backend", BACKEND.to_owned()),
    ]
}

/// The entry of an input file: its path, and the SHA-256 digest of its bytes.
///
/// # Errors
/// [`Error::File`] if it cannot be read.
pub fn input(path: &Path) -> Result<(String, String)> {
    // Piece by piece: it may be larger than memory.
    let (mut file, mut hasher, mut piece) = (files::open(path)?, Sha256::new(), vec![0; PIECE]);
    loop {
        let read = file.read(&mut piece).map_err(|error| Error::file(path, format!("cannot be read: {error}")))?;
        if read == 0 {
            break;
        }
        hasher.update(&piece[..read]);
    }
    Ok((format!("{INPUT}{}", path.display()), shown(&hasher.finalize())))
}

/// The entries of the data files that come with the program; none if it was built without.
pub fn enclosed() -> Vec<(String, String)> {
    files::enclosed().iter().map(|(path, bytes)| (format!("{INPUT}{path}"), digest(bytes))).collect()
}

/// What is known of this machine and process, for the record.
pub fn machine() -> Vec<(&'static str, String)> {
    let line = |path: &str| fs::read_to_string(path).ok().map(|text| text.trim().to_owned());
    let cpu = line("/proc/cpuinfo").and_then(|text| {
        let model = text.lines().find(|line| line.starts_with("model name"))?.split_once(':')?.1.trim().to_owned();
        Some(model)
    });
    let unknown = || "unknown".to_owned();
    vec![
        ("host", line("/proc/sys/kernel/hostname").unwrap_or_else(unknown)),
        ("cpu", cpu.unwrap_or_else(unknown)),
        ("system", format!("{} {}", std::env::consts::OS, std::env::consts::ARCH)),
        ("process", std::process::id().to_string()),
    ]
}
