//! Writes figures to files.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::canvas::svg_to_png;
use super::figure::Figure;
use crate::error::{Error, Result};

/// Writes `NAME.svg` and `NAME.png` into the folder `dir`, which must exist. Files of these names are replaced; each
/// appears whole or not at all. Gives their paths.
///
/// # Errors
///
/// If the figure cannot be drawn (nothing is written then), or a file cannot be written.
pub fn save(dir: &Path, name: impl AsRef<OsStr>, figure: &Figure) -> Result<[PathBuf; 2]> {
    let svg = figure.to_svg()?;
    let png = svg_to_png(&svg)?;
    let paths = [".svg", ".png"].map(|ending| {
        let mut file = name.as_ref().to_owned();
        file.push(ending);
        dir.join(file)
    });
    replace(&paths[0], svg.as_bytes())?;
    replace(&paths[1], &png)?;
    Ok(paths)
}

/// Writes a file beside its place and moves it there.
fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".tmp");
    fs::write(&temporary, bytes)
        .map_err(|e| Error::file(path, format!("cannot be written ({e}): expected a writable folder")))?;
    fs::rename(&temporary, path).map_err(|e| Error::file(path, format!("cannot be replaced ({e}): expected a file")))
}
