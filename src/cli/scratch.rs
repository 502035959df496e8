//! A folder for stores that nobody asked to keep.

use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// A folder that is removed when it is no longer needed.
#[derive(Debug)]
pub struct Scratch(PathBuf);

impl Scratch {
    /// A new one, for this process.
    ///
    /// # Errors
    /// [`Error::File`] if it cannot be made.
    pub fn new() -> Result<Self> {
        let path = std::env::temp_dir().join(format!("selfreward-{}", std::process::id()));
        crate::draft::note(&path);
        std::fs::create_dir_all(&path)
            .map_err(|error| Error::file(&path, format!("cannot be made a folder: {error}")))?;
        Ok(Self(path))
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Nothing depends on it any more; a folder that cannot be removed is the system's to clean.
        drop(std::fs::remove_dir_all(&self.0));
    }
}
