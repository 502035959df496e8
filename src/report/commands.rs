//! The commands on the page: pasted one after another, in their order, into a shell in the folder of the program's sources they all
//! work, whatever stores are there already. So they name the stores that they themselves make, not those that the page was made of.

use std::borrow::Cow;

use super::Chapter;
use crate::experiment;
use crate::study::store::file_name;
use crate::study::{Profile, Shard};

/// What comes before all others, in the folder of the program's sources: it builds the program and puts it on the path.
pub const SETUP: [&str; 2] =
    ["cargo build --release --locked --bin selfreward", "export PATH=\"$PWD/target/release:$PATH\""];

/// Computes the full profile, as far as it is not there, and makes the report of it.
pub const FULL: &str = "selfreward report --full";

/// The seed of the stores that `reproduce` makes unless it is told otherwise.
const SEED: &str = "1";

/// Computes the rows of chapters that share folder, profile and seed.
///
/// With `--resume`, a second time or beside rows that are there it computes what is missing, which may be nothing.
pub fn run(chapters: &[&Chapter]) -> String {
    let Some(first) = chapters.first() else { return String::new() };
    let definition = |chapter: &&Chapter| {
        if chapter.built_in { chapter.name.clone() } else { quoted(&format!("{}.toml", chapter.name)).into_owned() }
    };
    let names: Vec<String> = chapters.iter().map(definition).collect();
    let (profile, seed) = (first.profile, first.of_identity("seed"));
    format!(
        "selfreward run {} --{profile} --seed {} --resume --out {}",
        names.join(" "),
        quoted(seed),
        quoted(&folder(first))
    )
}

/// The store that [`run`] makes of a chapter's definition.
pub fn store(chapter: &Chapter) -> String {
    let name = file_name(&chapter.name, chapter.profile, Shard::WHOLE);
    quoted(&format!("{}/{name}", folder(chapter))).into_owned()
}

/// Computes everything on the page again, makes the page, and weighs the claims; `single` says whether all stores are of one profile
/// and seed, which `verify` asks for.
pub fn all(chapters: &[Chapter], single: bool) -> Vec<String> {
    let mut folders: Vec<(String, Vec<&Chapter>)> = Vec::new();
    for chapter in chapters {
        let place = folder(chapter);
        match folders.iter_mut().find(|(known, _)| *known == place) {
            Some((_, those)) => those.push(chapter),
            None => folders.push((place, vec![chapter])),
        }
    }
    let mut commands: Vec<String> = folders.iter().map(|(_, those)| run(those)).collect();
    let stores = match &folders[..] {
        [(folder, those)] if is_everything(those) => format!("{folder}/*.sqlite"),
        _ => chapters.iter().map(store).collect::<Vec<_>>().join(" "),
    };
    commands.push(format!("selfreward report {stores}"));
    if single {
        commands.push(format!("selfreward verify --from {stores}"));
    }
    commands
}

/// Whether these are all experiments of the crate and no other, as `reproduce` makes them.
fn is_everything(chapters: &[&Chapter]) -> bool {
    chapters.len() == experiment::ALL.len() && chapters.iter().all(|chapter| chapter.built_in)
}

/// Where the rows of a chapter go: for the usual seed where `reproduce` has them.
fn folder(chapter: &Chapter) -> String {
    let (profile, seed): (Profile, &str) = (chapter.profile, chapter.of_identity("seed"));
    match (chapter.built_in, seed) {
        (true, SEED) => format!("runs/reproduce-{profile}"),
        (true, other) => format!("runs/seed-{other}-{profile}"),
        (false, other) => format!("runs/own-{other}-{profile}"),
    }
}

/// A word of a command as a POSIX shell takes it: in quotes where it needs them.
///
/// ```
/// use selfreward::report::commands::quoted;
///
/// assert_eq!(quoted("runs/probe.sqlite"), "runs/probe.sqlite");
/// assert_eq!(quoted("two words"), "'two words'");
/// ```
pub fn quoted(word: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=+,@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return Cow::Borrowed(word);
    }
    Cow::Owned(format!("'{}'", word.replace('\'', "'\\''")))
}
