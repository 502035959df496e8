//! Whether the replicates of two runs pair up: whether they have the same instances, which is found out by drawing these again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::Origin;
use crate::experiment::CellRows;
use crate::instance::{FeatureMap, Instance};
use crate::metrics::Quantity;
use crate::simulate::beforehand::ROUNDING;
use crate::simulate::kinds::Alike;
use crate::simulate::{Config, Simulation};
use crate::study::provenance;

/// How replicates of A and B belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// Replicates of one number have one instance and one stream of randomness.
    Streams,
    /// All replicates of both have one instance; each draws its own samples.
    Instance,
    /// Not at all: they are two samples.
    Apart,
}

/// How replicates belong together, and how that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pairing {
    /// How.
    pub how: How,
    /// How that is known, or why there are no pairs, as a clause.
    pub reason: String,
}

impl How {
    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Streams => "same instances and streams",
            Self::Instance => "one instance, samples of their own",
            Self::Apart => "not paired",
        }
    }
}

/// Quantities of the base policy, whatever the loop.
const OF_BASE: [&str; 10] = [
    "kappa",
    "failure",
    "margin",
    "min_confidence",
    "entropy",
    "kl",
    "accuracy",
    "base_probability",
    "theta_norm",
    "kappa_minus_one",
];

impl Pairing {
    /// Finds out for two cells.
    ///
    /// Pairs are claimed if the instances are the same, bit for bit, when they are drawn again (of files: if both were read from files of
    /// one digest), and if the quantities of the base policy agree in the rows of t = 0, in all replicates.
    pub fn of(a: &CellRows, b: &CellRows, origins: [&Origin; 2]) -> Self {
        let apart = |reason: String| Self { how: How::Apart, reason };
        let [of_a, of_b] = [a, b].map(|rows| &rows.cell.config);
        let seeds = [of_a, of_b].map(|config| config.run.seed.resolve().ok());
        let one_stream = seeds[0].is_some() && seeds[0] == seeds[1];
        let common = common_numbers(a, b);
        let how = match (one_stream && !common.is_empty(), is_one_instance(of_a), is_one_instance(of_b)) {
            (true, ..) => How::Streams,
            (false, true, true) => How::Instance,
            (false, one, other) => {
                let roots = origins.map(|origin| origin.root.as_ref());
                let what = match roots {
                    _ if one_stream => "they have no replicate's number in common".to_owned(),
                    // A cell's seed follows from the root seed, the experiment's name and the cell's values.
                    [Some(a), Some(b)] if a == b => {
                        format!("their cells' names or values differ, and so do their seeds (of one root seed, {a})")
                    }
                    _ => "their seeds differ".to_owned(),
                };
                let instances = match (one, other) {
                    (true, _) => "all replicates of A have one instance, each of B draws its own",
                    (_, true) => "each replicate of A draws its own instance, all of B have one",
                    _ => "each replicate draws its own instance",
                };
                return apart(format!("{what}, and {instances}"));
            }
        };
        let pairs: Vec<(usize, usize)> = match how {
            How::Streams => common,
            _ => (0..a.numbers.len().min(b.numbers.len())).map(|place| (place, place)).collect(),
        };
        let known = match same_instances(a, b, &pairs, origins) {
            Ok(known) => known,
            Err(reason) => return apart(reason),
        };
        match base_difference(a, b, &pairs) {
            Some(reason) => apart(reason),
            None => Self { how, reason: format!("{known}, and the base policy's quantities agree at t = 0") },
        }
    }

    /// The places of A and of B that belong together, in their order; `None` if there are no pairs.
    pub fn pairs(&self, a: &CellRows, b: &CellRows) -> Option<Vec<(usize, usize)>> {
        match self.how {
            How::Streams => Some(common_numbers(a, b)),
            How::Instance => Some((0..a.numbers.len().min(b.numbers.len())).map(|place| (place, place)).collect()),
            How::Apart => None,
        }
    }
}

/// Whether all replicates have one instance.
fn is_one_instance(config: &Config) -> bool {
    let alike = (config.instance.kind.entry().alike)(&config.instance.section());
    config.run.same_instance || alike == Alike::Same
}

/// The places of replicates whose numbers both have.
fn common_numbers(a: &CellRows, b: &CellRows) -> Vec<(usize, usize)> {
    let places: BTreeMap<usize, usize> = b.numbers.iter().enumerate().map(|(place, &number)| (number, place)).collect();
    let of = |(place, number): (usize, &usize)| places.get(number).map(|&other| (place, other));
    a.numbers.iter().enumerate().filter_map(of).collect()
}

/// How it is known that the instances of these replicates are the same, or why they are not taken for it.
fn same_instances(
    a: &CellRows,
    b: &CellRows,
    pairs: &[(usize, usize)],
    origins: [&Origin; 2],
) -> std::result::Result<String, String> {
    let configs = [&a.cell.config, &b.cell.config];
    if let Some(said) = same_files(configs, origins)? {
        return Ok(said);
    }
    let (Some(&first), Some(&last)) = (pairs.first(), pairs.last()) else {
        return Err("they have no replicate in common".to_owned());
    };
    let drawn = configs.map(|config| Simulation::describe(config.clone()));
    let [Ok(of_a), Ok(of_b)] = &drawn else {
        return Err("an instance cannot be drawn again".to_owned());
    };
    let mut checked: Vec<usize> = Vec::new();
    for (of, with) in [first, last] {
        if checked.contains(&a.numbers[of]) {
            continue;
        }
        let instances = [of_a.instance(a.numbers[of]), of_b.instance(b.numbers[with])];
        let [Ok(one), Ok(other)] = &instances else {
            return Err(format!("the instance of replicate {} cannot be drawn again", a.numbers[of]));
        };
        if !is_same(one, other) {
            let number = a.numbers[of];
            return Err(format!("their instances differ (that of replicate {number} was drawn again for both)"));
        }
        checked.push(a.numbers[of]);
    }
    Ok(match checked[..] {
        [one] => format!("the instance of replicate {one} was drawn again for both and is the same, bit for bit"),
        [one, other, ..] => format!(
            "the instances of replicates {one} and {other} were drawn again for both and are the same, bit for bit"
        ),
        [] => "there is nothing to draw".to_owned(),
    })
}

/// What the files say from which instances are read: that the instances are the same, or that they may be, if they are the same when
/// the files are read again (`None`); what two names of files say of it is nothing.
fn same_files(configs: [&Config; 2], origins: [&Origin; 2]) -> std::result::Result<Option<String>, String> {
    let text = |path: &PathBuf| path.to_string_lossy().into_owned();
    let paths = configs.map(|config| config.instance.inputs().iter().map(text).collect::<Vec<_>>());
    let mut known: [Vec<&str>; 2] = [Vec::new(), Vec::new()];
    for (side, name) in ["A", "B"].into_iter().enumerate() {
        for path in &paths[side] {
            let digest = origins[side].digest(path).ok_or_else(|| {
                format!("what {path} held when {name} was run is not known: no provenance.json says its SHA-256 digest")
            })?;
            known[side].push(digest);
        }
    }
    if !paths[0].is_empty() && paths[0].len() == paths[1].len() {
        for ((path, other), (one, two)) in paths[0].iter().zip(&paths[1]).zip(known[0].iter().zip(&known[1])) {
            if one == two {
                continue;
            }
            let short = |digest: &str| digest.chars().take(12).collect::<String>();
            let [one, two] = [one, two].map(|digest| short(digest));
            return Err(match path == other {
                true => format!("{path} is not one file: its SHA-256 digest is {one}… in A, {two}… in B"),
                false => format!("their files differ: {path} (SHA-256 {one}…) in A, {other} ({two}…) in B"),
            });
        }
        let sections = configs.map(|config| {
            let mut section = serde_json::to_value(&config.instance).expect("a table of plain values");
            let entries = section.as_object_mut();
            entries.map(|entries| [entries.remove("path").is_some(), entries.remove("features").is_some()]);
            section
        });
        if sections[0] == sections[1] && configs[0].run.same_instance == configs[1].run.same_instance {
            let [file, other] = paths.each_ref().map(|paths| paths.join(" with "));
            let file = if file == other { file } else { format!("{file} and {other}") };
            return Ok(Some(format!("the instance is read from one file ({file}: the SHA-256 digests agree)")));
        }
    }
    // Files are drawn from again: they must be what they were.
    for (path, digest) in paths.iter().flatten().zip(known.iter().flatten()) {
        if !provenance::input(Path::new(path)).is_ok_and(|(_, now)| now == *digest) {
            return Err(format!("an instance cannot be drawn again: {path} is not here as it was read then"));
        }
    }
    Ok(None)
}

/// Whether two instances are the same, bit for bit.
fn is_same(a: &Instance, b: &Instance) -> bool {
    let features = match (a.features(), b.features()) {
        (FeatureMap::Dense(a), FeatureMap::Dense(b)) => a.same_values(b),
        (FeatureMap::OneHot(a), FeatureMap::OneHot(b)) => a == b,
        _ => false,
    };
    features
        && a.weights() == b.weights()
        && a.base() == b.base()
        && a.offset() == b.offset()
        && a.reward() == b.reward()
        && a.correct() == b.correct()
        && a.levels() == b.levels()
        && a.tokens() == b.tokens()
}

/// In what the rows of t = 0 of these replicates differ first, by more than rounding.
fn base_difference(a: &CellRows, b: &CellRows, pairs: &[(usize, usize)]) -> Option<String> {
    let of_base = |name: &&String| Quantity::of_column(name).is_some_and(|quantity| OF_BASE.contains(&quantity.name));
    for name in a.quantities.iter().filter(of_base) {
        let column = |rows: &CellRows| rows.quantities.iter().position(|other| other == name);
        let (Some(here), Some(there)) = (column(a), column(b)) else { continue };
        for &(of, with) in pairs {
            let value = |rows: &CellRows, replicate: usize, column: usize| rows.replicates[replicate].first()?[column];
            let values = (value(a, of, here), value(b, with, there));
            let agree = match values {
                (Some(one), Some(other)) => one == other || (one - other).abs() <= ROUNDING * one.abs(),
                (one, other) => one.is_none() && other.is_none(),
            };
            if !agree {
                let number = a.numbers[of];
                return Some(format!("{name} differs at t = 0 already, first in replicate {number}: other instances"));
            }
        }
    }
    None
}
