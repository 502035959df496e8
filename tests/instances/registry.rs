//! What every kind of instance owes: declared keys, an example that draws, and an entry that tells the truth of what is drawn.

use std::collections::BTreeMap;

use selfreward::instance::{FeatureMap, Instance};
use selfreward::settings::Section;
use selfreward::simulate::keys::{exclusive, keys};
use selfreward::simulate::kinds::{Alike, Entry, Held, KINDS, Nature};
use selfreward::simulate::{Config, Simulation};
use selfreward::study::cost;
use toml::{Table, Value};

/// Configurations of each kind, the first with no more than it asks for.
fn examples(kind: &str) -> Vec<&'static str> {
    match kind {
        "npz" => vec![
            "path = 'data/docqa_minilm.npz'",
            "path = 'data/docqa_minilm.npz'\ntheta_norm = 2",
            "path = 'data/docqa_minilm.npz'\ndim = 5",
            "path = 'data/docqa_minilm.npz'\ndim = 5\noffset_as_feature = true",
        ],
        "gaussian" => vec![
            "prompts = 5\nresponses = 3\ndim = 2",
            "prompts = 5\nresponses = 3\ndim = 2\noffset = { along = 1, noise = 1 }",
            "prompts = 5\nresponses = 3\ndim = 2\nreward_norm = 2",
        ],
        "tabular" => vec![
            "prompts = 5\nresponses = 3",
            "prompts = 1\nresponses = 2\ntheta0 = [1, 0]",
            "prompts = 5\nresponses = 3\nconfidence = 'uniform'",
            "prompts = 5\nresponses = 3\nanswer = 'uniform'",
            "prompts = 2\nresponses = 3\ntheta0 = [4, 2, 0, 3, 1, 0]\nanswer = 'uniform'",
        ],
        "hard" => vec!["prompts = 5\nkappa0 = 4"],
        "autoregressive" => {
            vec![
                "prompts = 2\nvocab = 3\nlength = 2\ntop = 0.5",
                "prompts = 2\nvocab = 4\nlength = 3\ntrap = { p = 0.4, eta = 0.1 }",
            ]
        }
        "random" => vec![
            "prompts = 5\nresponses = 4\ndim = 2",
            "prompts = 5\nresponses = 4\ndim = 2\ncharacter = 'sharp'\noffset = { along = 1, noise = 1 }",
            "prompts = 5\nresponses = 4\ndim = 2\nanswer = 'uniform'",
        ],
        "answers" => vec!["responses = 2\ngroups = [{ share = 1, gap = 1, right = false }]"],
        "sphere" => vec!["responses = 9\ndim = 4\nscale = 2"],
        "three-answers" => vec!["prompts = 4", "prompts = 4\nlaw = [0.5, 0.25, 0.25]"],
        other => panic!("{other}: an example of this kind is missing here"),
    }
}

fn parsed(entry: &Entry, lines: &str) -> Table {
    format!("[instance]\nkind = '{}'\n{lines}\n[process]\nsamples = 16\nrounds = 1", entry.name).parse().unwrap()
}

/// All examples, with their simulations.
fn simulations() -> impl Iterator<Item = (&'static Entry, &'static str, Simulation)> {
    KINDS.iter().flat_map(|entry| {
        examples(entry.name).into_iter().map(move |lines| {
            let config = Config::from_table(&parsed(entry, lines)).expect(lines);
            (entry, lines, Simulation::new(config).expect(lines))
        })
    })
}

#[test]
fn each_key_is_declared_once_and_belongs_to_the_kinds_that_name_it() {
    let declared: Vec<_> = keys().iter().filter(|key| key.section == "instance").collect();
    let mut of: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for entry in KINDS {
        assert!(!entry.about.is_empty());
        assert_eq!(KINDS.iter().filter(|other| other.name == entry.name).count(), 1, "{}", entry.name);
        for key in entry.keys {
            let [one] = declared.iter().filter(|known| known.name == key.name).collect::<Vec<_>>()[..] else {
                panic!("{} is not declared once", key.name)
            };
            let text = |form| format!("{form:?}");
            assert_eq!((text(key.form), key.meaning, key.default), (text(one.form), one.meaning, one.default));
            of.entry(key.name).or_default().push(entry.name);
        }
        let has = |name: &str| entry.keys.iter().any(|key| key.name == name);
        for (name, text) in entry.defaults {
            let value = format!("value = {text}").parse::<Table>().unwrap()["value"].clone();
            let key = entry.keys.iter().find(|key| key.name == *name).expect(name);
            assert_eq!(key.form.read(name, &value).unwrap(), value, "{}: {name}", entry.name);
        }
        for names in entry.exclusive {
            assert!(names.iter().all(|name| has(name)), "{}: {names:?}", entry.name);
            assert!(exclusive().iter().any(|(_, all)| names.iter().all(|name| all.contains(name))));
        }
    }
    for key in declared.iter().filter(|key| !["kind", "rescale"].contains(&key.name)) {
        assert_eq!(key.of, of[key.name], "{}", key.name);
    }
}

#[test]
fn each_kind_refuses_the_keys_of_others_by_name() {
    for entry in KINDS {
        for key in keys().iter().filter(|key| key.section == "instance" && !key.of.is_empty()) {
            if key.of.contains(&entry.name) {
                continue;
            }
            // A value of the key's own kind, so that nothing but the kind is wrong.
            let sources =
                KINDS.iter().flat_map(|other| examples(other.name).into_iter().map(|lines| parsed(other, lines)));
            let found = sources.filter_map(|table| table["instance"].get(key.name).cloned()).next();
            let Some(value) = found else { continue };
            let mut table = parsed(entry, examples(entry.name)[0]);
            table["instance"].as_table_mut().unwrap().insert(key.name.to_owned(), value);
            let error = Config::from_table(&table).expect_err(key.name).to_string();
            assert!(error.contains(&format!("instance.{} = ", key.name)) && error.contains(entry.name), "{error}");
        }
    }
}

#[test]
fn each_kind_draws_what_its_entry_says() {
    for (entry, lines, simulation) in simulations() {
        let instance = simulation.instance(0).unwrap();
        let config = &simulation.config;
        assert_eq!(config.to_toml().parse::<Config>().unwrap(), *config, "{lines}");
        let table: Table = config.to_toml().parse().unwrap();
        let Value::Table(values) = &table["instance"] else { panic!("a section") };
        let section = Section::new("instance", values);
        let again = simulation.instance(1).unwrap();
        match (entry.alike)(&section) {
            Alike::Same => assert_eq!(facts(&instance), facts(&again), "{lines}"),
            Alike::Renamed => assert_eq!(sorted(&instance), sorted(&again), "{lines}"),
            Alike::Drawn => assert_ne!(sorted(&instance), sorted(&again), "{lines}"),
        }
        let is = |nature| entry.nature.contains(&nature);
        let answered = section.value("answer").is_some();
        assert!(is(Nature::Correct) || answered == instance.correct().is_some(), "{lines}");
        assert!(!answered || instance.correct().unwrap().known_everywhere(), "{lines}");
        let one_hot = matches!(instance.features(), FeatureMap::OneHot(_));
        assert_eq!(is(Nature::Product), one_hot && instance.tokens().is_none(), "{lines}");
        // What is held once for all is the same for all.
        assert!(simulation.fixed().is_none() || (entry.alike)(&section) == Alike::Same, "{lines}");
    }
}

/// Oracle: the instance itself, counted after it is drawn.
#[test]
fn each_kind_knows_its_size_before_it_is_drawn() {
    for (entry, lines, simulation) in simulations() {
        let instance = simulation.instance(0).unwrap();
        let table: Table = simulation.config.to_toml().parse().unwrap();
        let Value::Table(values) = &table["instance"] else { panic!("a section") };
        let shape = (entry.shape)(&Section::new("instance", values), 16.0);
        let counts = || (0..instance.prompts()).map(|x| instance.features().responses(x));
        // The sentinel of the hard instance has one response, and is not counted.
        let prompts = counts().filter(|&count| entry.name != "hard" || count > 1).count() as f64;
        assert_eq!(shape.prompts, prompts, "{lines}");
        let most = counts().max().unwrap() as f64;
        match shape.held {
            // As the header of the features says.
            Held::File { dim, bytes, left } => {
                assert!(bytes > 0.0 && !left, "{lines}");
                assert_eq!((dim, shape.responses), (instance.features().dim() as f64, most), "{lines}");
            }
            Held::Dense { dim, offset } => {
                assert_eq!((dim, offset), (instance.features().dim() as f64, instance.offset().is_some()), "{lines}");
                assert!(shape.responses >= most && shape.logits >= most, "{lines}");
            }
            Held::OneHot { .. } | Held::Table | Held::Sequences { .. } => assert_eq!(shape.responses, most, "{lines}"),
        }
        let (seconds, bytes) = (cost::seconds(&simulation.config), cost::bytes(&simulation.config));
        assert!(seconds > 0.0 && seconds < 10.0, "{lines}: {seconds} s");
        let numbers = match instance.features() {
            FeatureMap::Dense(features) => features.to_matrix().len(),
            FeatureMap::OneHot(responses) => responses.len(),
        };
        assert!(bytes >= 8 * numbers as u64 && bytes < 1 << 31, "{lines}: {bytes} bytes");
    }
}

#[test]
fn the_commented_example_names_every_kind() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/simulate.toml")).unwrap();
    for entry in KINDS {
        assert!(text.contains(&format!("kind = \"{}\"", entry.name)), "{} is missing from the example", entry.name);
    }
}

/// Weights, then log π_0 of each prompt, response by response.
fn facts(instance: &Instance) -> Vec<Vec<u64>> {
    let policy = instance.policy(instance.base());
    let row =
        |x: usize| (0..instance.features().responses(x) as u32).map(|y| policy.log_prob(x, y).to_bits()).collect();
    let mut weights: Vec<u64> = instance.weights().iter().map(|p| p.to_bits()).collect();
    // What is correct of each prompt stays where responses change their names, too.
    let mass = |x: usize| instance.correct().and_then(|correct| correct.masses(&policy, x));
    weights.extend((0..instance.prompts()).filter_map(mass).map(|(right, _)| right.to_bits()));
    std::iter::once(weights).chain((0..instance.prompts()).map(row)).collect()
}

/// As [`facts`], each prompt's probabilities sorted: what stays where responses change their names.
fn sorted(instance: &Instance) -> Vec<Vec<u64>> {
    let mut facts = facts(instance);
    facts[1..].iter_mut().for_each(|row| row.sort_unstable());
    facts
}
