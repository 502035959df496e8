//! Files that a command is about to write: checked before work starts, written in one step each.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// A folder and the files that will be written into it.
#[derive(Debug)]
pub struct Outputs {
    folder: PathBuf,
}

impl Outputs {
    /// Makes the folder if need be, and refuses if it cannot be written to or, without `replace`, if one of the files exists.
    ///
    /// # Errors
    /// [`Error::File`] with the folder or file.
    pub fn claim(folder: &Path, files: &[&str], replace: bool) -> Result<Self> {
        fs::create_dir_all(folder).map_err(|error| Error::file(folder, format!("cannot be made a folder: {error}")))?;
        let probe = folder.join(format!(".selfreward-probe-{}", std::process::id()));
        fs::write(&probe, []).map_err(|error| Error::file(folder, format!("cannot be written to: {error}")))?;
        fs::remove_file(&probe).map_err(|error| Error::file(&probe, format!("cannot be removed: {error}")))?;
        for file in files {
            let path = folder.join(file);
            if path.exists() && !replace {
                return Err(Error::file(path, "exists already; --force overwrites it"));
            }
        }
        Ok(Self { folder: folder.to_owned() })
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes a file whole: first beside it, then in its place.
    ///
    /// # Errors
    /// [`Error::File`] with the file.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> Result<()> {
        let (path, draft) = (self.folder.join(name), self.folder.join(format!(".{name}.part")));
        fs::write(&draft, bytes)
            .and_then(|()| fs::rename(&draft, &path))
            .map_err(|error| Error::file(&path, format!("cannot be written: {error}")))
    }

    /// Writes a file whole, piece by piece: first beside it, then in its place.
    ///
    /// # Errors
    /// Those of `write`; [`Error::File`] with the file.
    pub fn stream(&self, name: &str, write: impl FnOnce(&mut BufWriter<File>) -> Result<()>) -> Result<()> {
        let (path, draft) = (self.folder.join(name), self.folder.join(format!(".{name}.part")));
        let wrong = |error: std::io::Error| Error::file(&path, format!("cannot be written: {error}"));
        let mut file = BufWriter::new(File::create(&draft).map_err(wrong)?);
        write(&mut file).and_then(|()| file.flush().map_err(wrong)).inspect_err(|_| drop(fs::remove_file(&draft)))?;
        fs::rename(&draft, &path).map_err(wrong)
    }
}
