//! How figures look and what their files are called, whatever they show.

use clap::Args;

use crate::experiment::query::{Log, Style};
use crate::plot::{Figure, Size};
use crate::{Error, Result};

/// Size, title, name and forms.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Look")]
pub struct LookArgs {
    /// The title; an empty one ('') leaves out the sentence below it and the meanings of symbols, too, for a figure that has a caption
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// The width of the whole, such as 3.25in, 8.5cm, 85mm, 234pt or 400px: panels are set below each other where they would be too
    /// narrow, texts keep their size
    #[arg(long, value_name = "LENGTH")]
    width: Option<String>,
    /// The height of the whole, beside --width [default: as high as panels of this width are drawn best]
    #[arg(long, value_name = "LENGTH", requires = "width")]
    height: Option<String>,
    // Asked for the PDF before every figure had one; commands that say so still run.
    #[arg(long = "pdf", hide = true)]
    _pdf: bool,
    /// The name of the files, without an ending [default: what is drawn, in words]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
}

/// The same, read.
#[derive(Debug, Default)]
pub(super) struct Look {
    pub(super) style: Style,
    pub(super) name: Option<String>,
    /// What tells a figure that looks otherwise from the one that is drawn without flags.
    suffix: String,
}

impl LookArgs {
    /// Reads it.
    pub(super) fn read(&self, log: Option<Log>) -> Result<Look> {
        let length =
            |flag: &str, text: &Option<String>| text.as_deref().map(|text| Size::pixels(flag, text)).transpose();
        let (width, height) = (length("--width", &self.width)?, length("--height", &self.height)?);
        let size = width.map(|width| Size { width, height });
        if let Some(name) = &self.name {
            let good = |c: char| !(c.is_control() || "/\\".contains(c));
            if name.is_empty() || name.starts_with('.') || !name.chars().all(good) {
                return Err(Error::argument("--name", format!("{name:?}"), "a file's name without folder and ending"));
            }
        }
        let lengths = [&self.width, &self.height].into_iter().flatten().map(|text| text.replace(' ', ""));
        let title = self.title.as_ref().map(|_| "titled".to_owned());
        let log = log.map(|log| format!("log-{}", if log.x() { if log.y() { "xy" } else { "x" } } else { "y" }));
        let suffix = lengths.chain(title).chain(log.clone()).map(|part| format!("-{part}")).collect();
        let style = Style { title: self.title.clone(), log: None, size };
        Ok(Look { style, name: self.name.clone(), suffix })
    }
}

impl Look {
    /// The name of the files of a figure that has one of its own.
    pub(super) fn named(&self, name: &str) -> String {
        self.name.clone().unwrap_or_else(|| format!("{name}{}", self.suffix))
    }

    /// The figure as it is to look.
    pub(super) fn applied(&self, mut figure: Figure) -> Figure {
        if let Some(title) = &self.style.title {
            figure.title.clone_from(title);
            if title.is_empty() {
                figure.subtitle = None;
                figure.bare = true;
            }
        }
        figure.size = self.style.size.or(figure.size);
        figure
    }
}
