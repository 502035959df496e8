//! Instances of files that were read lately. Cells of a grid name the same file one after another, and to read it, to inflate it and to
//! find the span of its differences costs more than some of their replicates.

use std::fs::{self, File, Metadata};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use crate::instance::gaussian::BaseParameter;
use crate::instance::npz::{Class, Reading};
use crate::instance::{FeatureMap, Instance};

/// Numbers of all features that are kept, at most: 64 MB of doubles.
const MOST: usize = 1 << 23;

/// A file that changed more lately than this may change again without its times telling.
const SETTLED: Duration = Duration::from_secs(3);

/// The one that was asked for last comes last.
static KEPT: Mutex<Vec<Kept>> = Mutex::new(Vec::new());

struct Kept {
    question: Question,
    instance: Arc<Instance>,
    /// Of its features.
    numbers: usize,
    rescaled_by: Option<f64>,
}

/// What an instance without chance follows from.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Question {
    path: PathBuf,
    state: State,
    rescale: bool,
    class: Class,
    base: Option<BaseParameter>,
}

/// Which bytes are behind a path.
#[derive(Clone, Debug, PartialEq)]
enum State {
    /// Those that come along with the program.
    Enclosed,
    /// Device, number, length, and the time of the last change, which nobody can set.
    File([u64; 5]),
}

impl Question {
    /// `None` where the answer is not kept: features of their own file, θ_0 by chance, a file that changed just now.
    pub(super) fn new(path: &Path, reading: &Reading, class: Class, base: Option<&BaseParameter>) -> Option<Self> {
        let drawn = matches!(base, Some(BaseParameter::Norm(_) | BaseParameter::LogitScale(_)));
        if drawn || reading.features.is_some() {
            return None;
        }
        let (path, state) = match fs::canonicalize(path) {
            Ok(path) => {
                // Of the open file: a network's file system may remember for a while what it said of a path.
                let regular = path.is_file().then(|| File::open(&path));
                let state = settled(&regular?.and_then(|file| file.metadata()).ok()?)?;
                (path, State::File(state))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => (path.to_owned(), State::Enclosed),
            Err(_) => return None,
        };
        Some(Self { path, state, rescale: reading.rescale, class, base: base.cloned() })
    }

    /// The instance, and what its features were divided by.
    pub(super) fn answer(&self) -> Option<(Arc<Instance>, Option<f64>)> {
        let mut all = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        let at = all.iter().position(|kept| kept.question == *self)?;
        all[at..].rotate_left(1);
        all.last().map(|kept| (Arc::clone(&kept.instance), kept.rescaled_by))
    }

    /// Keeps an answer, unless it is large.
    pub(super) fn keep(self, instance: &Arc<Instance>, rescaled_by: Option<f64>) {
        let FeatureMap::Dense(features) = instance.features() else { return };
        let numbers = features.rows().saturating_mul(features.dim());
        if numbers > MOST {
            return;
        }
        let mut all = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|kept| kept.question != self);
        while !all.is_empty() && all.iter().map(|kept| kept.numbers).sum::<usize>() + numbers > MOST {
            all.remove(0);
        }
        all.push(Kept { question: self, instance: Arc::clone(instance), numbers, rescaled_by });
    }
}

/// The state of a file that has not changed for a while.
#[cfg(unix)]
#[expect(clippy::disallowed_methods, reason = "decides whether a file is read again, never what is in it")]
fn settled(metadata: &Metadata) -> Option<[u64; 5]> {
    use std::os::unix::fs::MetadataExt;
    let (seconds, nanos) = (u64::try_from(metadata.ctime()).ok()?, metadata.ctime_nsec() as u64);
    let changed = SystemTime::UNIX_EPOCH + Duration::new(seconds, nanos as u32);
    let age = SystemTime::now().duration_since(changed).ok()?;
    (age > SETTLED).then_some([metadata.dev(), metadata.ino(), metadata.len(), seconds, nanos])
}

/// The state of a file that has not changed for a while.
#[cfg(not(unix))]
fn settled(_metadata: &Metadata) -> Option<[u64; 5]> {
    None
}
