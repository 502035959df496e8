//! Definitions, cells and their seeds: what a cell is known by, and what never enters its rows.

use selfreward::Error;
use selfreward::simulate::config::SeedConfig;
use selfreward::study::{CellId, Definition, Profile, Shard, Study, cell};

use crate::study_common::{Bench, PROBE, records};

fn study(text: &str, profile: Profile, seed: u64) -> Study {
    Study::new(Definition::parse(text).unwrap(), profile, SeedConfig::Number(seed)).unwrap()
}

fn ids(study: &Study) -> Vec<CellId> {
    (0..study.cells()).map(|ordinal| study.id(ordinal)).collect()
}

/// The cells' seeds, as `[run] seed` has them.
fn seeds(study: &Study) -> Vec<SeedConfig> {
    (0..study.cells()).map(|ordinal| study.cell(ordinal).unwrap().config.run.seed).collect()
}

#[test]
fn the_grid_is_all_combinations_of_each_part() {
    let full = study(PROBE, Profile::Full, 1);
    assert_eq!(full.cells(), 2 * 3 + 2);
    assert_eq!(full.units(Shard::WHOLE).count(), 6 * 6 + 2 * 4);
    let quick = study(PROBE, Profile::Quick, 1);
    assert_eq!((quick.cells(), quick.units(Shard::WHOLE).count()), (2 + 2, 2 * 3 + 2 * 2));
    let cell = full.cell(4).unwrap();
    // Axes are sorted by key and the last one runs fastest: cell 4 is (bump 1.0, samples 32).
    assert_eq!((cell.config.instance.get("bump"), cell.config.process.samples), (Some(1.0), 32));
}

/// Lists that go together give the cells that they give one by one, with the same ids and so the same seeds and rows.
#[test]
fn lists_that_go_together_are_one_axis() {
    let grid = "[part.grid]\n\"instance.bump\" = [0.5, 1.0]\n\"process.samples\" = [8, 32, 128]\n";
    let zipped = "together = [[\"process.rounds\", \"process.samples\"]]\n[part.grid]\n\"instance.bump\" = [0.5, 1.0]\n\
                  \"process.rounds\" = [3, 2, 1]\n\"process.samples\" = [8, 32, 128]\n";
    let [before, after] = ["[part.base.instance]\nkind = \"tabular\"", "[part.base.instance]"];
    // `together` is a key of the part, and stands before its tables.
    let (keys, lists) = zipped.split_once('\n').unwrap();
    let text =
        PROBE.replacen(before, &format!("{keys}\n{after}\nkind = \"tabular\""), 1).replace(grid, &format!("{lists}\n"));
    let text = text
        .replace("rounds = 3\n", "")
        .replace("\"process.samples\" = [8]", "\"process.rounds\" = [3]\n\"process.samples\" = [8]");
    let study_of = |text: &str| study(text, Profile::Full, 1);
    let together = study_of(&text);
    assert_eq!(together.cells(), 2 * 3 + 2);
    let one_by_one: Vec<CellId> = [0.5, 1.0]
        .into_iter()
        .flat_map(|bump| [(3, 8), (2, 32), (1, 128)].map(|(rounds, samples)| (bump, rounds, samples)))
        .map(|(bump, rounds, samples)| {
            let text = PROBE.replace("rounds = 3", &format!("rounds = {rounds}"));
            let alone = study_of(
                &text.replace("[8, 32, 128]", &format!("[{samples}]")).replace("[0.5, 1.0]", &format!("[{bump}]")),
            );
            alone.id(0)
        })
        .collect();
    assert_eq!(ids(&together)[..6], one_by_one);
    let refused = |text: String, word: &str| {
        let error = Definition::parse(&text).unwrap_err().to_string();
        assert!(error.contains("tabular") && error.contains(word), "{error}");
    };
    refused(text.replace("[3, 2, 1]", "[3, 2]"), "expected 2");
    refused(text.replace("[[\"process.rounds\"", "[[\"process.beta\""), "process.beta");
    refused(text.replace("together = [[", "together = [3, ["), "lists of keys");
}

/// The way in which a value is written, and whether a default is spelled out, is not a value.
#[test]
fn cells_are_known_by_their_values() {
    let reference = study(PROBE, Profile::Full, 1);
    let spelled = PROBE
        .replace("[8, 32, 128]", "[8, 3.2e1, 128]")
        .replace("[0.5, 1.0]", "[0.50, 1]")
        .replace("dim = 6", "dim = 6\nmax_tries = 10000\nspectrum = { kind = \"isotropic\" }")
        .replace("kind = \"tabular\"", "weights = \"uniform\"\nkind = \"tabular\"")
        .replace("\"instance.bump\"", "instance.bump");
    let spelled = study(&spelled, Profile::Full, 1);
    assert_eq!(ids(&reference), ids(&spelled));
    assert_eq!(seeds(&reference), seeds(&spelled));
}

#[test]
fn seeds_follow_from_root_experiment_part_and_values() {
    let reference = seeds(&study(PROBE, Profile::Full, 1));
    let distinct: std::collections::BTreeSet<String> = reference.iter().map(|seed| format!("{seed:?}")).collect();
    assert_eq!(distinct.len(), reference.len(), "no two cells share a seed");
    for changed in [
        study(PROBE, Profile::Full, 2),
        study(&PROBE.replace("\"probe\"", "\"other\""), Profile::Full, 1),
        study(&PROBE.replace("name = \"tabular\"", "name = \"renamed\""), Profile::Full, 1),
        study(&PROBE.replace("rounds = 3", "rounds = 4"), Profile::Full, 1),
    ] {
        assert_ne!(reference[0], seeds(&changed)[0]);
    }
    // Claims, analysis and the number of replicates are no values of a cell.
    for same in [PROBE.replace("A probe", "The probe"), PROBE.replace("replicates = 6", "replicates = 7")] {
        assert_eq!(reference, seeds(&study(&same, Profile::Full, 1)));
    }
}

/// A value added to a grid, a part removed, and the order of values leave the rows of every other cell as they were; so does
/// the profile, for the replicates that both have.
#[test]
fn other_cells_never_enter_a_row() {
    let bench = Bench::with("probe.toml", PROBE);
    let grown = PROBE.replace("[8, 32, 128]", "[64, 128, 32, 8, 1]").replace("[16, 64]", "[64, 16, 32]");
    bench.write("grown.toml", &grown);
    bench.expect(0, "run probe.toml --out a --quiet");
    bench.expect(0, "run grown.toml --out b --quiet");
    bench.expect(0, "run probe.toml --out a --quick --quiet");
    let lines = |store: &str| -> Vec<String> { bench.rows(store).lines().map(str::to_owned).collect() };
    let (small, grown, quick) =
        (lines("a/probe-full.sqlite"), lines("b/probe-full.sqlite"), lines("a/probe-quick.sqlite"));
    assert_eq!(small.len(), 2 + 6 * 6 * 4 + 2 * 4 * 3, "two headers, rows of t = 0 to 3 and of t = 0 to 2");
    assert!(small.iter().all(|line| grown.contains(line)), "rows of a larger grid contain those of a smaller one");
    assert_eq!(grown.len(), 2 + 10 * 6 * 4 + 3 * 4 * 3);
    assert!(quick.iter().all(|line| small.contains(line)), "rows of the full profile contain those of the quick one");
    let ordered: Vec<_> =
        records(&bench.rows("a/probe-full.sqlite").split("part,cell").take(2).collect::<Vec<_>>().join("part,cell"));
    assert_eq!(ordered[0]["round"], "0");
}

#[test]
fn shards_are_disjoint_and_cover_everything() {
    let full = study(PROBE, Profile::Full, 1);
    for count in 1..=10 {
        let mut all: Vec<usize> =
            (1..=count).flat_map(|index| full.shard(format!("{index}/{count}").parse().unwrap())).collect();
        all.sort_unstable();
        assert_eq!(all, (0..full.cells()).collect::<Vec<_>>(), "{count} shards");
    }
    for wrong in ["0/3", "4/3", "1", "1/0", "a/b", "-1/2"] {
        assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
    }
}

/// The work starts with the longest replicates.
#[test]
fn units_come_longest_first() {
    let seconds: Vec<f64> = study(PROBE, Profile::Full, 1).units(Shard::WHOLE).map(|unit| unit.seconds).collect();
    assert!(seconds.windows(2).all(|pair| pair[0] >= pair[1]));
    assert!(seconds[0] > seconds[seconds.len() - 1]);
}

fn figure(name: &str, alt: &str) -> String {
    format!("\n[[figure]]\nname = \"{name}\"\nalt = \"{alt}\"\ncaption = \"c\"\n")
}

/// What is said of figures is no value of a cell.
#[test]
fn a_definition_says_what_its_figures_show() {
    let text = format!("{PROBE}{}{}", figure("probe", "rises\nthen falls"), figure("probe_drift", "level"));
    let text = text.replace("\"rises\nthen falls\"", "\"\"\"rises\nthen falls\"\"\"");
    let definition = Definition::parse(&text).unwrap();
    let alts: Vec<&str> = definition.figures.iter().map(|figure| figure.alt.as_str()).collect();
    assert_eq!(alts, ["rises then falls", "level"]);
    assert_eq!(definition.figure("probe_drift").map(|figure| figure.caption.as_str()), Some("c"));
    assert_eq!(definition.figure("other"), None);
    let with = Study::new(definition, Profile::Full, SeedConfig::Number(1)).unwrap();
    assert_eq!(seeds(&with), seeds(&study(PROBE, Profile::Full, 1)));
}

#[test]
fn definitions_that_are_not_sound_are_refused() {
    let change = |from: &str, to: &str| {
        assert!(PROBE.contains(from), "{from}");
        PROBE.replacen(from, to, 1)
    };
    let cases = [
        (change("claims =", "claim ="), "the nearest is claims"),
        (change("name = \"probe\"", "name = \"Pro be\""), "Pro be"),
        (change("claims = {}", "claims = { C20 = \"maybe\" }"), "maybe"),
        (change("name = \"gaussian\"", "name = \"tabular\""), "no name twice"),
        (format!("{PROBE}{}{}", figure("probe", "a"), figure("probe", "b")), "figure.name = probe"),
        (format!("{PROBE}{}", figure("Pro be", "a")), "Pro be"),
        (format!("{PROBE}{}", figure("probe", " ")), "figure.alt of probe"),
        (format!("{PROBE}{}title = \"a\"\n", figure("probe", "a")), "title"),
        (change("prompts = 20", "promts = 20"), "the nearest is instance.prompts"),
        (change("[part.base.process]", "[part.base.run]"), "run"),
        (PROBE.replace("process.samples", "process.samplez"), "process.samplez"),
        (change("\"process.samples\" = [8, 32, 128]", "\"process.samples\" = []"), "at least one value"),
        (change("\"process.samples\" = [8, 32, 128]", "\"process.samples\" = 8"), "at least one value"),
        (change("[8, 32, 128]", "[8, 32, 8.0]"), "same values"),
        (change("[8, 32, 128]", "[8, 32, -1]"), "-1"),
        (change("replicates = 6", "replicates = 0"), "from 1 to 4294967295"),
        (change("replicates = 6", "replicates = 6\n\"process.samples\" = [8]"), "full profile"),
        (change("replicates = 3", "replicates = 3\n\"process.beta\" = [1.0]"), "process.beta"),
        (change("replicates = 3", "repeats = 3"), "replicates"),
        (change("delta = [0.25]", "delta = [1.25]"), "1.25"),
        (change("beta = 1.0", "beta = 1.0\nbeta_over_sqrt_n = 1.0"), "beta and beta_over_sqrt_n: expected only one"),
        (
            change("[16, 64]", "[16, 64]\n\"process.beta_over_sqrt_n\" = [1.0]"),
            "beta and beta_over_sqrt_n: expected only one",
        ),
        (
            change("[0.5, 1.0]", "[0.5, 1.0]\n\"instance.confidence\" = [\"uniform\"]"),
            "bump and confidence: expected only one",
        ),
    ];
    for (text, word) in cases {
        let made = Definition::parse(&text).and_then(|d| Study::new(d, Profile::Full, SeedConfig::Number(1)));
        let quick = Definition::parse(&text).and_then(|d| Study::new(d, Profile::Quick, SeedConfig::Number(1)));
        let error = made.err().or_else(|| quick.err()).unwrap_or_else(|| panic!("accepted: {word}"));
        assert!(matches!(error, Error::Argument { .. }) && error.to_string().contains(word), "{word}: {error}");
    }
}

/// Pins ids and seeds: a change here changes every sampled row, and is a value-breaking release.
///
/// Oracle: Python's hashlib on the canonical text below, the seed by the chain root → experiment → cell of SHA-256 over
/// (parent, length of the label as 8 bytes little-endian, label, value).
#[test]
fn ids_and_seeds_are_stable() {
    let study = study(PROBE, Profile::Full, 1);
    let mut config = study.cell(0).unwrap().config;
    assert_eq!(cell::canonical("tabular", &config), CANONICAL);
    config.run.replicates = 3;
    assert_eq!(cell::canonical("tabular", &config), CANONICAL, "[run] is no value of a cell");
    assert_eq!(study.id(0).to_string(), "582aa783b9b7bb39");
    let seed = "0x4f09cb1344d9a8cdec6cb2254764e46a59d848b19c1aebda829ef040cf1c9fe1";
    assert_eq!(seeds(&study)[0], SeedConfig::Text(seed.to_owned()));
}

const CANONICAL: &str = r#"part = tabular
instance.bump = 0.5
instance.kind = "tabular"
instance.prompts = 20
instance.responses = 5
process.rounds = 3
process.samples = 8
process.update = "erm"
"#;
