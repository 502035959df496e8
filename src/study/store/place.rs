//! Where a store lies: its path as SQLite takes it, and the locks that its file system has or lacks.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::{Connection, Error as Wrong, ErrorCode, OpenFlags};

use crate::{Error, Result};

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::study) enum Access {
    /// To read; a journal that a killed process left is rolled back, where that can be done.
    Read,
    /// To write into a store that exists.
    Write,
    /// To make a file that no other process knows of.
    Draft,
}

static WITHOUT_LOCKS: AtomicBool = AtomicBool::new(false);

/// From now on this process asks the file system for no locks (`--no-lock`). One that writes makes a folder `STORE.lock` beside
/// the store instead, and takes it away at its end; one that reads refuses a store beside which this folder lies.
pub fn go_without_locks() {
    WITHOUT_LOCKS.store(true, Ordering::Relaxed);
}

fn without_locks() -> bool {
    WITHOUT_LOCKS.load(Ordering::Relaxed)
}

/// Opens a database by its path, whatever bytes and signs that has.
///
/// # Errors
/// [`Error::File`] if it cannot be opened, or if `--no-lock` is given and the folder `STORE.lock` says that it is in use.
pub(in crate::study) fn connect(path: &Path, access: Access) -> Result<Connection> {
    // SQLite itself looks at this folder where `--no-lock` opens a store to write.
    let looks = access == Access::Write && without_locks();
    if access != Access::Draft && !looks && beside(path, ".lock").exists() {
        return Err(Error::file(path, in_use_without_locks(path)));
    }
    // A process that asks for locks knows nothing of the folder: its locks are seen where there are any.
    if without_locks() && system::locked(path) {
        return Err(Error::file(path, "is locked by another process; wait for it to end"));
    }
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    if access == Access::Draft {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
    }
    Connection::open_with_flags(uri(path, access), flags).map_err(|error| database(path, error))
}

/// The address of a file: SQLite reads plain paths such as `file:x` and `:memory:` as something else, and takes text alone.
pub(in crate::study) fn uri(path: &Path, access: Access) -> String {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut text = String::from("file://");
    for &byte in absolute.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'_' | b'-' => text.push(char::from(byte)),
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text + parameters(path, access)
}

fn parameters(path: &Path, access: Access) -> &'static str {
    match access {
        _ if cfg!(not(unix)) => "",
        Access::Draft => "?vfs=unix-none",
        Access::Write if without_locks() => "?vfs=unix-dotfile",
        Access::Read if without_locks() => "?vfs=unix-none",
        // Nobody writes there, so nothing need be locked.
        Access::Read if on_read_only_media(path) && lockless(path).is_some() => "?immutable=1",
        Access::Read | Access::Write => "",
    }
}

/// A name with something added to it.
pub(in crate::study) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Why this file cannot be locked, where its file system has no locks.
pub(in crate::study) fn lockless(path: &Path) -> Option<std::io::Error> {
    if without_locks() { None } else { system::lockless(path) }
}

fn on_read_only_media(path: &Path) -> bool {
    system::on_read_only_media(path)
}

#[cfg(unix)]
mod system {
    use std::ffi::CString;
    use std::fs::File;
    use std::io;
    use std::os::fd::AsRawFd;
    use std::os::unix::ffi::OsStrExt;
    use std::path::Path;

    /// Asks for a lock on the first byte, which SQLite never locks: only a file system without locks refuses it.
    pub fn lockless(path: &Path) -> Option<io::Error> {
        let file = File::open(path).ok()?;
        // SAFETY: all zeros is a value of this plain structure.
        let mut lock: libc::flock = unsafe { std::mem::zeroed() };
        lock.l_type = libc::F_RDLCK as _;
        lock.l_whence = libc::SEEK_SET as _;
        lock.l_len = 1;
        loop {
            // SAFETY: the descriptor is open, and the structure outlives the call.
            if unsafe { libc::fcntl(file.as_raw_fd(), libc::F_SETLK, &raw const lock) } != -1 {
                return None;
            }
            let error = io::Error::last_os_error();
            if error.kind() != io::ErrorKind::Interrupted {
                return Some(error);
            }
        }
    }

    /// Whether another process holds a lock that SQLite takes to write; unknown, and so not, where there are no locks.
    pub fn locked(path: &Path) -> bool {
        /// The bytes of SQLite's pending, reserved and shared locks.
        const LOCKS: (i64, i64) = (0x4000_0000, 512);
        let Ok(file) = File::open(path) else { return false };
        // SAFETY: all zeros is a value of this plain structure.
        let mut lock: libc::flock = unsafe { std::mem::zeroed() };
        lock.l_type = libc::F_RDLCK as _;
        lock.l_whence = libc::SEEK_SET as _;
        (lock.l_start, lock.l_len) = (LOCKS.0 as _, LOCKS.1 as _);
        // SAFETY: the descriptor is open, and the structure outlives the call, which only asks.
        let asked = unsafe { libc::fcntl(file.as_raw_fd(), libc::F_GETLK, &raw mut lock) } != -1;
        asked && lock.l_type != libc::F_UNLCK as libc::c_short
    }

    /// Whether the file system is mounted so that nobody writes.
    pub fn on_read_only_media(path: &Path) -> bool {
        let Ok(name) = CString::new(path.as_os_str().as_bytes()) else { return false };
        // SAFETY: all zeros is a value of this plain structure; the name ends with a zero.
        unsafe {
            let mut about: libc::statvfs = std::mem::zeroed();
            libc::statvfs(name.as_ptr(), &raw mut about) == 0 && about.f_flag & libc::ST_RDONLY != 0
        }
    }
}

#[cfg(not(unix))]
mod system {
    use std::path::Path;

    pub fn locked(_: &Path) -> bool {
        false
    }

    pub fn lockless(_: &Path) -> Option<std::io::Error> {
        None
    }

    pub fn on_read_only_media(_: &Path) -> bool {
        false
    }
}

/// Which file a path leads to, so that a store that was replaced meanwhile is noticed.
#[cfg(unix)]
pub(super) fn file_number(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).ok().map(|about| (about.dev(), about.ino()))
}

#[cfg(not(unix))]
pub(super) fn file_number(_: &Path) -> Option<(u64, u64)> {
    None
}

/// SQLite refuses longer paths, and adds `-journal` to them.
const LONGEST_PATH: usize = 500;

/// An error of SQLite as one sentence for people.
pub(in crate::study) fn database(path: &Path, error: Wrong) -> Error {
    let code = error.sqlite_error_code();
    let about_locks = matches!(
        code,
        Some(
            ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::SystemIoFailure
                | ErrorCode::FileLockingProtocolFailed
                | ErrorCode::PermissionDenied
        )
    );
    if about_locks && let Some(reason) = lockless(path) {
        return no_locks(path, &reason);
    }
    if code == Some(ErrorCode::OutOfMemory) {
        return Error::Machine { what: path.display().to_string(), message: "memory is out".to_owned() };
    }
    let message = match code {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) if without_locks() => in_use_without_locks(path),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "is locked by another process; wait for it to end".to_owned()
        }
        Some(ErrorCode::DiskFull) => {
            "cannot be written to: the disk is full; what was committed is kept (`selfreward run --resume` goes on with a store that exists)".to_owned()
        }
        Some(ErrorCode::CannotOpen) if path.as_os_str().len() > LONGEST_PATH || too_long(path) => {
            format!("cannot be opened: expected a full path of at most {LONGEST_PATH} bytes")
        }
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen) if beside(path, "-journal").exists() => {
            let journal = beside(path, "-journal");
            let journal = journal.display();
            format!(
                "cannot be opened ({error}): a process was killed while it wrote, and {journal} cannot be rolled back \
                 here; expected a folder that can be written to (copy both files into one)"
            )
        }
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
            format!("cannot be written to ({error}); expected a file and folder that can be")
        }
        Some(ErrorCode::NotADatabase) => {
            "is no store of selfreward; expected a file made by `selfreward run`".to_owned()
        }
        Some(ErrorCode::DatabaseCorrupt) => damaged(&error),
        None if no_such_value(&error) => damaged(&error),
        _ => format!("cannot be used: {error}"),
    };
    Error::file(path, message)
}

/// A file system without locks, said truly.
pub(in crate::study) fn no_locks(path: &Path, reason: &std::io::Error) -> Error {
    let message = format!(
        "cannot be locked, since its file system has no locks ({reason}); --no-lock goes on without them, and keeps \
         other processes of selfreward out by a folder {}.lock",
        path.file_name().unwrap_or_default().to_string_lossy()
    );
    Error::file(path, message)
}

fn in_use_without_locks(path: &Path) -> String {
    let lock = beside(path, ".lock");
    format!(
        "is in use: {} says that another process works on it; if none does (it was killed), remove this folder",
        lock.display()
    )
}

fn too_long(path: &Path) -> bool {
    std::path::absolute(path).is_ok_and(|path| path.as_os_str().len() > LONGEST_PATH)
}

/// Whether a value is not of the type that its column holds.
fn no_such_value(error: &Wrong) -> bool {
    matches!(
        error,
        Wrong::FromSqlConversionFailure(..)
            | Wrong::IntegralValueOutOfRange(..)
            | Wrong::Utf8Error(..)
            | Wrong::InvalidColumnType(..)
    )
}

fn damaged(error: &Wrong) -> String {
    format!("is damaged ({error}); its rows cannot be trusted")
}
