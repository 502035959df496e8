//! `selfreward loops`: the loops that have a name.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Map, Value, json};

use super::{Failure, Outputs, Verbosity, print};
use crate::experiment::Table;
use crate::process::PRESETS;
use crate::process::presets::Setting;
use crate::report::loops;
use crate::{Error, Result, files};

/// List the named loops: the keys that each sets, its recursion in the population, where it comes from
///
/// A name goes into a configuration as `preset = "NAME"` in its section [process]; keys given beside it win.
#[derive(Debug, Args)]
pub struct LoopsArgs {
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Make the tables between the marks `<!-- loops -->`, `<!-- systems -->`, `<!-- orders -->` and `<!-- loop NAME -->` of this document anew, as in docs/loops.md
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    splice: Option<PathBuf>,
    /// The folder of the tables that they are made from
    #[arg(long, value_name = "DIR", default_value = "figures", requires = "splice")]
    figures: PathBuf,
    #[command(flatten)]
    _verbosity: Verbosity,
}

/// Carries the command out.
pub(super) fn run(args: &LoopsArgs) -> std::result::Result<(), Failure> {
    if let Some(document) = &args.splice {
        return splice_into(document, &args.figures).map_err(Failure::refused);
    }
    if args.json {
        let text = serde_json::to_string_pretty(&document()).map_err(Failure::failed)?;
        return print(&text);
    }
    let mut text = String::from(
        "Loops by name (preset = \"NAME\" in [process]); ℓ is the log-odds of one response against another, ℓ' after a round\n",
    );
    for preset in PRESETS {
        let keys: Vec<String> = preset.keys.iter().map(|(key, value)| format!("{key} = {value}")).collect();
        let keys = if keys.is_empty() { "the defaults".to_owned() } else { keys.join(", ") };
        text.push_str(&format!(
            "\n{}\n    keys:      {keys}\n    recursion: {}\n    regime:    {}\n    source:    {}\n",
            preset.name, preset.recursion, preset.regime, preset.source
        ));
    }
    print(text.trim_end())
}

/// A value as JSON; a power that follows from β as a text.
fn value_of(setting: Setting) -> Value {
    match setting {
        Setting::Toml(text) => {
            let table: toml::Table = format!("value = {text}").parse().expect("presets are written as TOML");
            serde_json::to_value(&table["value"]).expect("values of presets are plain")
        }
        Setting::GrownPower => json!({ "power": "1 + 1/β" }),
    }
}

/// The same as JSON.
fn document() -> Value {
    let loops: Vec<Value> = PRESETS
        .iter()
        .map(|preset| {
            let keys: Map<String, Value> =
                preset.keys.iter().map(|(key, value)| ((*key).to_owned(), value_of(*value))).collect();
            json!({
                "name": preset.name,
                "keys": keys,
                "recursion": preset.recursion,
                "regime": preset.regime,
                "source": preset.source,
            })
        })
        .collect();
    json!({ "schema": 1, "loops": loops })
}

fn splice_into(document: &Path, figures: &Path) -> Result<()> {
    // The document is read, too, and is what is to change.
    let outputs = Outputs::claim_file("--splice", document, true)?;
    let table = |name: &str| {
        let path = figures.join(format!("{name}.csv"));
        Table::parse(&files::text(&path, "a table of a figure")?).map_err(|error| Error::file(&path, error.to_string()))
    };
    let text = loops::spliced(&files::text(document, "a document with marks for each loop")?, table)
        .map_err(|error| Error::file(document, error.to_string()))?;
    outputs.write(document.file_name().unwrap_or_default(), text)
}
