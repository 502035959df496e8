//! Drafts: a store is made beside its place and moved there whole.

use std::ffi::OsString;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::place::{Access, beside, connect, database, lockless, no_locks};
use super::{PATIENCE, Store};
use crate::{Error, Result, draft};

/// An empty database beside `path`, in which nothing is safe until it is published.
pub(in crate::study) fn draft(path: &Path) -> Result<(PathBuf, Connection)> {
    let place = draft_name(path)?;
    // A signal that ends the process takes it away.
    draft::note(&place);
    let connection = connect(&place, Access::Draft)?;
    let settings = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF";
    connection.execute_batch(settings).map_err(|error| database(path, error))?;
    Ok((place, connection))
}

/// The name of this process's draft of a store, in a folder that is made if need be; drafts of killed processes are removed.
pub(super) fn draft_name(path: &Path) -> Result<PathBuf> {
    let folder = folder_of(path);
    fs::create_dir_all(folder).map_err(|error| Error::file(folder, format!("cannot be made a folder: {error}")))?;
    sweep(path)?;
    let mut name = draft_prefix(path);
    name.push(format!("{}.part", std::process::id()));
    Ok(folder.join(name))
}

/// Moves a finished draft to its place. With `replace` it takes the place of what stands there, which is kept until that moment;
/// without, whatever stands there stays.
///
/// # Errors
/// [`Error::File`] if something stands there and `replace` is not set, if another process uses it, if the file system has no
/// locks, or if the draft cannot be moved.
pub(in crate::study) fn publish(draft: &Path, path: &Path, replace: bool) -> Result<()> {
    let wrong = |error: io::Error| Error::file(path, format!("cannot be written: {error}"));
    fs::File::open(draft).and_then(|file| file.sync_all()).map_err(wrong)?;
    if let Some(reason) = lockless(draft) {
        return Err(no_locks(path, &reason));
    }
    if crate::draft::is_special(path) {
        return Err(Error::file(path, "is a device or a pipe; expected the path of a file for a store"));
    }
    if replace {
        // Held until the other file stands there, so that no process starts to work on a file that goes.
        let _held = hold(path)?;
        remove_if_there(&beside(path, "-journal"))?;
        return fs::rename(draft, path).map_err(wrong);
    }
    // A journal without its store is what is left of a store that was deleted; it must not be rolled into this one.
    if !path.exists() {
        remove_if_there(&beside(path, "-journal"))?;
    }
    move_to_free_place(draft, path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => Error::file(path, "exists already; --resume goes on with it, --force replaces it"),
        _ => wrong(error),
    })
}

/// Moves a file without ever replacing one: by a hard link, where the file system has them.
fn move_to_free_place(draft: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(draft, path) {
        Ok(()) => return fs::remove_file(draft),
        // Another process that starts the same store may have been first, or have swept the draft away.
        Err(error) if matches!(error.kind(), ErrorKind::AlreadyExists | ErrorKind::NotFound) => return Err(error),
        // Whatever the reason is, the next route meets it, too, unless it is that there are no links.
        Err(_) => {}
    }
    match rename_to_free_place(draft, path) {
        Err(error) if !matches!(error.kind(), ErrorKind::AlreadyExists | ErrorKind::NotFound) => {}
        done => return done,
    }
    // An empty file takes the place first, since making one never replaces another.
    fs::File::create_new(path)?;
    fs::rename(draft, path).inspect_err(|_| drop(fs::remove_file(path)))
}

/// A rename that never replaces a file, where system and file system know it.
#[cfg(target_os = "linux")]
fn rename_to_free_place(draft: &Path, path: &Path) -> io::Result<()> {
    use std::ffi::CString;
    use std::os::unix::ffi::OsStrExt;
    let (from, to) = (CString::new(draft.as_os_str().as_bytes())?, CString::new(path.as_os_str().as_bytes())?);
    // SAFETY: both names end with a zero and outlive the call.
    let code = unsafe {
        libc::syscall(
            libc::SYS_renameat2,
            libc::AT_FDCWD,
            from.as_ptr(),
            libc::AT_FDCWD,
            to.as_ptr(),
            libc::RENAME_NOREPLACE,
        )
    };
    if code == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

#[cfg(not(target_os = "linux"))]
fn rename_to_free_place(_: &Path, _: &Path) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

impl Store {
    /// Refuses to replace a store that another process uses.
    ///
    /// # Errors
    /// [`Error::File`] with the store.
    pub fn refuse_replace(path: &Path) -> Result<()> {
        hold(path).map(drop)
    }
}

/// Keeps other processes out of a store that is to be replaced; nothing, if what stands there is no database.
fn hold(path: &Path) -> Result<Option<Connection>> {
    if !path.is_file() {
        return Ok(None);
    }
    let Ok(connection) = connect(path, Access::Write) else { return Ok(None) };
    drop(connection.busy_timeout(PATIENCE));
    match connection.execute_batch("BEGIN EXCLUSIVE") {
        Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy) => {
            Err(database(path, error))
        }
        _ => Ok(Some(connection)),
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn draft_prefix(path: &Path) -> OsString {
    let mut prefix = OsString::from(".");
    prefix.push(path.file_name().unwrap_or_default());
    prefix.push(".");
    prefix
}

/// Removes drafts of this store that killed processes left behind.
pub(super) fn sweep(path: &Path) -> Result<()> {
    let prefix = draft_prefix(path);
    let prefix = prefix.as_encoded_bytes();
    let folder = folder_of(path);
    let entries = fs::read_dir(folder).map_err(|error| Error::file(folder, format!("cannot be read: {error}")))?;
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.as_encoded_bytes();
        let is_draft = name.starts_with(prefix) && (name.ends_with(b".part") || name.ends_with(b".part-journal"));
        if is_draft {
            remove_if_there(&entry.path())?;
        }
    }
    Ok(())
}

fn remove_if_there(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(Error::file(path, format!("cannot be removed: {error}")))
        }
        _ => Ok(()),
    }
}
