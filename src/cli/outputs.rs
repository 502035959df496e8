//! Files that a command is about to write: checked before work starts, written whole, and never over what it reads.

use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::{Error, Result, draft};

/// A folder and the files that will be written into it.
#[derive(Debug)]
pub struct Outputs {
    folder: PathBuf,
    files: Vec<OsString>,
    /// What the command reads.
    inputs: Vec<PathBuf>,
}

impl Outputs {
    /// Makes the folder if need be, and refuses if it cannot be written to or, without `replace`, if one of the files exists.
    ///
    /// # Errors
    /// [`Error::File`] with the folder or file.
    pub fn claim(folder: &Path, files: &[&str], replace: bool) -> Result<Self> {
        Self::of(folder, files.iter().map(OsString::from).collect(), replace)
    }

    /// The same for one file, which an argument names; a device or a pipe is one, too.
    ///
    /// # Errors
    /// [`Error::Argument`] if it is no file's name; [`Error::File`] with the file or its folder.
    pub fn claim_file(argument: &str, file: &Path, replace: bool) -> Result<Self> {
        let name = file.file_name().filter(|_| !file.as_os_str().as_encoded_bytes().ends_with(b"/"));
        let name = name.ok_or_else(|| Error::argument(argument, file.display(), "the path of a file"))?;
        Self::of(draft::folder_of(file), vec![name.to_owned()], replace)
    }

    fn of(folder: &Path, files: Vec<OsString>, replace: bool) -> Result<Self> {
        refuse_home(folder)?;
        let special = |name: &OsString| draft::is_special(&within(folder, name));
        // A device is written to where it is: its folder need not be writable.
        if files.is_empty() || !files.iter().all(special) {
            let made = fs::create_dir_all(folder);
            made.map_err(|error| Error::file(folder, format!("cannot be made a folder: {error}")))?;
            let probed = draft::probe(folder);
            probed.map_err(|error| Error::file(folder, format!("cannot be written to: {error}")))?;
        }
        for name in files.iter().filter(|name| !special(name)) {
            let path = within(folder, name);
            let place =
                draft::resolved(&path).map_err(|error| Error::file(&path, format!("leads nowhere: {error}")))?;
            if place.is_dir() {
                return Err(Error::file(path, "is a folder; expected a file"));
            }
            if place.exists() && !replace {
                return Err(Error::file(path, "exists already; --force overwrites it"));
            }
            let beside = draft::folder_of(&place);
            if place != path {
                let probed = draft::probe(beside);
                probed.map_err(|error| Error::file(&path, format!("leads to {}: {error}", place.display())))?;
            }
        }
        Ok(Self { folder: folder.to_owned(), files, inputs: Vec::new() })
    }

    /// Names what the command reads, and refuses if one of the files is among it.
    ///
    /// # Errors
    /// [`Error::File`] with the file.
    pub fn sparing<P: Into<PathBuf>>(mut self, inputs: impl IntoIterator<Item = P>) -> Result<Self> {
        self.inputs.extend(inputs.into_iter().map(Into::into));
        self.files.iter().try_for_each(|name| spare(&within(&self.folder, name), &self.inputs))?;
        Ok(self)
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A folder within this one, with the same to spare.
    ///
    /// # Errors
    /// [`Error::File`] if it cannot be made or written to.
    pub fn within(&self, folder: &str) -> Result<Self> {
        Self::claim(&self.folder.join(folder), &[], true)?.sparing(self.inputs.clone())
    }

    /// Writes a file whole: first beside it, then in its place.
    ///
    /// # Errors
    /// [`Error::File`] with the file.
    pub fn write(&self, name: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> Result<()> {
        let path = within(&self.folder, &name);
        let wrong = |error: std::io::Error| Error::file(&path, format!("cannot be written: {error}"));
        self.stream(&name, |file| file.write_all(bytes.as_ref()).map_err(wrong))
    }

    /// Writes a file whole, piece by piece: first beside it, then in its place.
    ///
    /// # Errors
    /// Those of `write`; [`Error::File`] with the file.
    pub fn stream(&self, name: impl AsRef<Path>, write: impl FnOnce(&mut draft::Sink) -> Result<()>) -> Result<()> {
        let path = within(&self.folder, name);
        spare(&path, &self.inputs)?;
        draft::replace(&path, write)
    }
}

/// Refuses a path that begins with ~: a folder of that name is never meant.
///
/// # Errors
/// [`Error::File`] with the path.
pub fn refuse_home(path: &Path) -> Result<()> {
    let first = path.components().next().map(|first| first.as_os_str().as_encoded_bytes());
    match first {
        Some([b'~', ..]) if path.components().count() > 1 || first == Some(b"~") => Err(Error::file(
            path,
            "begins with ~, which stands for a home folder in a shell alone; expected that folder written out (or ./~)",
        )),
        _ => Ok(()),
    }
}

/// A file of a folder, as a person writes it: those of the current one by their names.
pub fn within(folder: &Path, name: impl AsRef<Path>) -> PathBuf {
    if folder == Path::new(".") { name.as_ref().to_owned() } else { folder.join(name) }
}

/// Refuses a file that is one of those that the command reads, whatever it is called: by another path, by a link.
///
/// # Errors
/// [`Error::File`] with the file.
pub fn spare<P: AsRef<Path>>(output: &Path, inputs: &[P]) -> Result<()> {
    match inputs.iter().find(|input| draft::same(output, input.as_ref())) {
        None => Ok(()),
        Some(input) => {
            let input = input.as_ref();
            let named = if input == output { String::new() } else { format!("is {}, and ", input.display()) };
            Err(Error::file(
                output,
                format!("{named}is read by this command; expected another file for what it writes"),
            ))
        }
    }
}

/// A store's files: itself, and what SQLite keeps beside it.
pub fn files_of_store(store: &Path) -> Vec<PathBuf> {
    let beside = |ending: &str| {
        let mut name = store.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    ["", "-journal", "-wal", "-shm"].map(beside).into()
}
