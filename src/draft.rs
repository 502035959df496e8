//! Files that appear whole: written beside their place, then moved there.
//!
//! What stood in the place before stays until the new file is complete, and a draft is removed whatever goes wrong: by its
//! writer, or, where a signal ends the process, by [`discard_all`]. A path that is a link is followed: the file that it leads to is
//! replaced, and the link stays.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, BufWriter, ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;

use crate::{Error, Result};

/// The drafts of this process that may still lie about.
static DRAFTS: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn drafts() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    DRAFTS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Notes a draft that other code makes and moves, or a folder of such, so that [`discard_all`] removes it.
pub fn note(draft: &Path) {
    drafts().insert(draft.to_owned());
}

/// Removes every draft, before the process is ended from outside its course. What is returned keeps new ones from being made. A thread
/// that holds the list and never lets go (memory is out, say) is not waited for.
pub fn discard_all() -> impl Sized {
    /// Tries, a millisecond apart.
    const TRIES: u32 = 100;
    let free = || match DRAFTS.try_lock() {
        Ok(drafts) => Some(drafts),
        Err(TryLockError::Poisoned(drafts)) => Some(drafts.into_inner()),
        Err(TryLockError::WouldBlock) => {
            std::thread::sleep(Duration::from_millis(1));
            None
        }
    };
    let drafts = (0..TRIES).find_map(|_| free());
    for draft in drafts.iter().flat_map(|drafts| drafts.iter()) {
        // What cannot be removed, or was moved to its place, is left.
        drop(if draft.is_dir() { fs::remove_dir_all(draft) } else { fs::remove_file(draft) });
    }
    drafts
}

/// A file beside its place; removed when it is dropped before it was [published](Draft::publish).
#[derive(Debug)]
struct Draft {
    path: PathBuf,
    /// `None` once it is in its place.
    target: Option<PathBuf>,
}

impl Draft {
    /// An empty draft in the folder of `target`, which is no link.
    fn beside(target: &Path) -> io::Result<(Self, File)> {
        let folder = folder_of(target);
        loop {
            // A name that nobody foresees, and a file that is made, never opened.
            let path = folder.join(format!(".selfreward-{:016x}.part", RandomState::new().hash_one(target)));
            let mut drafts = drafts();
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
                Ok(file) => {
                    drafts.insert(path.clone());
                    return Ok((Self { path, target: Some(target.to_owned()) }, file));
                }
            }
        }
    }

    /// Moves the file to its place, with the permissions of what stood there.
    fn publish(mut self, file: &File) -> io::Result<()> {
        match file.sync_all() {
            // Some file systems cannot say that a file is safe.
            Err(error) if !matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Err(error),
            _ => Ok(()),
        }?;
        let target = self.target.as_ref().expect("published once");
        if let Ok(there) = fs::metadata(target) {
            drop(fs::set_permissions(&self.path, there.permissions()));
        }
        let mut drafts = drafts();
        fs::rename(&self.path, target)?;
        drafts.remove(&self.path);
        self.target = None;
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if self.target.is_some() {
            drop(fs::remove_file(&self.path));
            drafts().remove(&self.path);
        }
    }
}

/// A file that is being written. After a first error it takes whatever comes without writing it, so that what closes an archive
/// when it is dropped does not fail as well; the file is given up then.
#[derive(Debug)]
pub struct Sink {
    file: BufWriter<File>,
    broken: Option<io::Error>,
    /// Where the next byte goes, and where the last one went: also of what is not written any more.
    place: u64,
    end: u64,
}

impl Sink {
    fn new(file: File) -> Self {
        Self { file: BufWriter::new(file), broken: None, place: 0, end: 0 }
    }

    fn noted<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        result.map_err(|error| {
            let same = error.raw_os_error().map_or_else(|| error.kind().into(), io::Error::from_raw_os_error);
            self.broken = Some(error);
            same
        })
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = if self.broken.is_some() { Ok(bytes.len()) } else { self.file.write(bytes) };
        self.place += *written.as_ref().unwrap_or(&0) as u64;
        self.end = self.end.max(self.place);
        self.noted(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.broken.is_some() {
            return Ok(());
        }
        let flushed = self.file.flush();
        self.noted(flushed)
    }
}

impl Seek for Sink {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match (&self.broken, to) {
            (None, to) => self.file.seek(to),
            (Some(_), SeekFrom::Start(place)) => Ok(place),
            (Some(_), SeekFrom::Current(by)) => Ok(self.place.saturating_add_signed(by)),
            (Some(_), SeekFrom::End(by)) => Ok(self.end.saturating_add_signed(by)),
        };
        self.place = *place.as_ref().unwrap_or(&self.place);
        self.noted(place)
    }
}

/// Writes a file whole: `write` fills it, and what stood in its place stays if that fails. A device or a pipe is written to.
///
/// # Errors
/// Those of `write`; [`Error::File`] with the file.
pub fn replace(path: &Path, write: impl FnOnce(&mut Sink) -> Result<()>) -> Result<()> {
    let wrong = |error: io::Error| Error::file(path, format!("cannot be written: {error}"));
    if is_special(path) {
        return fill(Sink::new(OpenOptions::new().write(true).open(path).map_err(wrong)?), write, wrong).map(drop);
    }
    let (draft, file) = Draft::beside(&resolved(path).map_err(wrong)?).map_err(wrong)?;
    let file = fill(Sink::new(file), write, wrong)?;
    draft.publish(&file).map_err(wrong)
}

/// Gives the file once all is in it; an error of the file comes before what others made of it.
fn fill(
    mut sink: Sink,
    write: impl FnOnce(&mut Sink) -> Result<()>,
    wrong: impl Fn(io::Error) -> Error,
) -> Result<File> {
    let written = write(&mut sink).and_then(|()| sink.flush().map_err(&wrong));
    let Sink { file, broken, .. } = sink;
    // What a failed write left in the buffer is not tried again.
    let (file, _) = file.into_parts();
    broken.map_or(written, |error| Err(wrong(error))).map(|()| file)
}

/// Whether files can be made in a folder.
///
/// # Errors
/// Why not.
pub fn probe(folder: &Path) -> io::Result<()> {
    // A file without a name, of which a process that is killed leaves nothing; where a file system has none, one with a name.
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::fs::OpenOptionsExt;
        if OpenOptions::new().write(true).custom_flags(libc::O_TMPFILE).open(folder).is_ok() {
            return Ok(());
        }
    }
    Draft::beside(&folder.join("probe")).map(drop)
}

/// The place that a path leads to: links are followed to their end, whether or not there is a file.
///
/// # Errors
/// If the links cannot be read, or lead round.
pub fn resolved(path: &Path) -> io::Result<PathBuf> {
    /// As many as Linux follows.
    const LINKS: usize = 40;
    let mut place = path.to_owned();
    for _ in 0..LINKS {
        match fs::symlink_metadata(&place) {
            Ok(there) if there.is_symlink() => place = folder_of(&place).join(fs::read_link(&place)?),
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => return Ok(place),
        }
    }
    Err(io::Error::other(format!("more than {LINKS} links, one after another")))
}

/// Whether something stands there that is neither file nor folder: a device, a pipe.
pub fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|there| !there.is_file() && !there.is_dir())
}

/// Whether two paths are one file, by whatever names, or would be.
pub fn same(a: &Path, b: &Path) -> bool {
    match (identity(a), identity(b)) {
        (Some(a), Some(b)) => a == b,
        (None, None) => place(a).is_some_and(|a| Some(a) == place(b)),
        _ => false,
    }
}

/// What a file is known by, if there is one.
#[cfg(unix)]
fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).ok().map(|there| (there.dev(), there.ino()))
}

#[cfg(not(unix))]
fn identity(path: &Path) -> Option<PathBuf> {
    fs::canonicalize(path).ok()
}

/// Where a file would be.
fn place(path: &Path) -> Option<PathBuf> {
    let path = resolved(path).ok()?;
    Some(fs::canonicalize(folder_of(&path)).ok()?.join(path.file_name()?))
}

/// The folder that a file lies in.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
