//! Writes figures to files.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::figure::Figure;
use crate::draft;
use crate::error::{Error, Result};

/// The contents of a figure's files: SVG, PNG, PDF, as [`files`] names them.
///
/// # Errors
/// If it cannot be drawn.
pub fn contents(figure: &Figure) -> Result<[Vec<u8>; 3]> {
    Ok([figure.to_svg()?.into_bytes(), figure.to_png()?, figure.to_pdf()?])
}

/// The files of a figure by their names: SVG, PNG, PDF.
///
/// # Errors
/// If it cannot be drawn.
pub fn named(figure: &Figure, name: impl AsRef<OsStr>) -> Result<impl Iterator<Item = (PathBuf, Vec<u8>)>> {
    Ok(files(name.as_ref()).into_iter().zip(contents(figure)?))
}

/// Writes `NAME.svg`, `NAME.png` and `NAME.pdf` into the folder `dir`, which must exist. Files of these names are replaced; each
/// appears whole or not at all. Gives their paths.
///
/// # Errors
/// If the figure cannot be drawn (nothing is written then), or a file cannot be written.
pub fn save(dir: &Path, name: impl AsRef<OsStr>, figure: &Figure) -> Result<[PathBuf; 3]> {
    let contents = contents(figure)?;
    let paths = files(name.as_ref()).map(|file| dir.join(file));
    for (path, bytes) in paths.iter().zip(&contents) {
        replace(path, bytes)?;
    }
    Ok(paths)
}

/// The names of a figure's files: SVG, PNG, PDF.
pub fn files(name: &OsStr) -> [PathBuf; 3] {
    [".svg", ".png", ".pdf"].map(|ending| {
        let mut file = name.to_owned();
        file.push(ending);
        file.into()
    })
}

fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let wrong = |error| Error::file(path, format!("cannot be written: {error}"));
    draft::replace(path, |file| file.write_all(bytes).map_err(wrong))
}
