//! `selfreward describe`.

use std::path::PathBuf;

use clap::Args;

use super::counts::{self, number, whole};
use super::overlays::{self, Overlay};
use super::source::Source;
use super::{Failure, Json, Outputs, Verbosity, as_flag};
use crate::describe::{describe, figure, output};
use crate::plot;

const FILES: [&str; 4] = ["description.json", "description.svg", "description.png", "description.pdf"];

/// Say what a base policy and its features are: κ_0, margins, confidence, rank and leverage, spectrum, ties, accuracy by level
///
/// The source is a NumPy archive as kind = "npz" reads it, or a configuration, of which the instance of one replicate is described.
/// Numbers that depend on n and β take them from the configuration; for a file n is 1024 and β is 1/√n, and --set process.samples=N
/// or process.beta=B sets them.
#[derive(Debug, Args)]
#[command(allow_negative_numbers = true)]
pub struct DescribeArgs {
    /// A file of features or logits (.npz), or a configuration (TOML)
    #[arg(value_name = "FILE")]
    source: PathBuf,
    /// The replicate whose instance is described [default: the first, run.first_replicate]
    #[arg(long, value_name = "R", value_parser = whole::<0, { counts::MOST }, usize>)]
    replicate: Option<usize>,
    /// Set a dotted key to a TOML value, for example process.samples=512 or instance.dim=16; wins over the file
    #[arg(long = "set", value_name = "KEY=VALUE")]
    settings: Vec<String>,
    /// The seed: a whole number, or 0x and 64 hexadecimal digits (run.seed)
    #[arg(long, value_name = "S")]
    seed: Option<String>,
    /// Divide all features by the largest norm (instance.rescale); a file whose features leave the unit ball is so described anyway
    #[arg(long)]
    rescale: bool,
    /// λ of the effective dimension [default: 1/n]
    #[arg(long, value_name = "L", value_parser = number)]
    lambda: Option<f64>,
    #[command(flatten)]
    json: Json,
    /// Write description.json, description.svg, description.png and description.pdf into this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Overwrite files that exist
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    verbosity: Verbosity,
}

/// Carries the command out.
pub(super) fn run(args: &DescribeArgs) -> Result<(), Failure> {
    let verbosity = args.verbosity;
    if let Some(lambda) = args.lambda.filter(|lambda| !(lambda.is_finite() && *lambda > 0.0)) {
        let error = crate::Error::argument("--lambda", lambda, "a finite number above 0");
        return Err(Failure::refused(error));
    }
    let mut laid = overlays::read(&args.settings, args.seed.as_deref()).map_err(Failure::Refused)?;
    laid.extend(args.rescale.then(|| Overlay::one("--rescale", "instance.rescale", true)));
    let source = Source::read(&args.source, laid).map_err(Failure::Refused)?;
    let claimed = args.out.as_ref().map(|folder| Outputs::claim(folder, &FILES, args.force)?.sparing(source.inputs()));
    let outputs = claimed.transpose().map_err(Failure::refused)?;
    let shown = args.json.claim(source.inputs()).map_err(Failure::refused)?;
    let (name, replicate) = (source.name(), args.replicate.unwrap_or(source.first_replicate()));
    let drawn = !source.is_file() || args.replicate.is_some() || !args.settings.is_empty();
    let (measured, options, remarks) = source.measure(replicate, args.lambda).map_err(Failure::Refused)?;
    remarks.iter().for_each(|remark| verbosity.say(remark));
    if drawn {
        verbosity.say(format!("the instance of replicate {replicate}"));
    }
    let groups = describe(&measured, &options).map_err(as_flag).map_err(Failure::refused)?;
    let document = output::json(&name, drawn.then_some(replicate), &options, &groups);
    let document = format!("{document:#}");
    let written = outputs.map(|outputs| -> anyhow::Result<String> {
        outputs.write("description.json", format!("{document}\n"))?;
        let title = args.source.file_name().unwrap_or_default().display().to_string();
        for (file, bytes) in plot::named(&figure::figure(&measured, &title), "description")? {
            outputs.write(file, bytes)?;
        }
        Ok(format!("wrote {} to {}", FILES.join(", "), outputs.folder().display()))
    });
    // What was computed is shown, whether or not it could be written.
    let printed = shown.show(|| output::table(&groups), &document);
    if let Some(written) = written {
        verbosity.say(written.map_err(Failure::failed)?);
    }
    printed
}
