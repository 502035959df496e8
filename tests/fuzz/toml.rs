//! Configurations and definitions.

use rand_chacha::ChaCha8Rng;
use selfreward::simulate::config::{SeedConfig, parse_setting, set};
use selfreward::simulate::{Config, Simulation};
use selfreward::study::{Definition, Profile, Study, cell};

use crate::mutation::{pick, text};
use crate::{Outcome, count, fuzz};

const CONFIGURATIONS: &[&str] = &[
    "[instance]\nkind = 'gaussian'\nprompts = 8\nresponses = 4\ndim = 5\nspectrum = { kind = 'exponential', rate = 0.5 }\n\
     margin = 0.1\nmax_tries = 20\ntheta_norm = 2.0\n[process]\nupdate = 'erm'\nchoice = 'nearest'\nridge = 0.0\n\
     judge_noise = 0.0\nsamples = 30\nrounds = 3\nradius = 9.0\n[run]\nreplicates = 3\nseed = 7\n",
    "[instance]\nkind = 'tabular'\nprompts = 5\nresponses = 4\nweights = { zipf = 1.1 }\nbump = 0.5\n[process]\n\
     update = 'finite-class'\nchoice = 'worst'\nbeta = 0.5\nsamples = 1e6\n[measure]\ndelta = [0.5, 0.25]\nchain = true\n",
    "[instance]\nkind = 'hard'\nprompts = 8\nkappa0 = 4.0\nmass = 'worst'\n[process]\nsampling = 'counts'\n[run]\n\
     first_replicate = 3\nsame_instance = true\nseed = '0x00'\n",
    "[instance]\nkind = 'autoregressive'\nprompts = 3\nvocab = 4\nlength = 3\ntrap = { p = 0.4, eta = 0.05 }\n[process]\n\
     update = 'gradient'\nsteps = 10\nstep_size = 1.0\nbeta_over_sqrt_n = 1.0\n",
    "[instance]\nkind = 'random'\nprompts = 3\nresponses = 4\ndim = 3\ncharacter = 'sharp'\n",
    "[instance]\nkind = 'npz'\npath = 'no/such.npz'\nrescale = true\nlogit_scale = 1.0\n",
];

pub fn configuration(rng: &mut ChaCha8Rng) -> String {
    text(pick::<&str>(CONFIGURATIONS, rng), rng)
}

pub fn read_configuration(text: &str) -> Outcome {
    let read = || -> selfreward::Result<()> {
        let config: Config = text.parse()?;
        let again: Config = config.to_toml().parse()?;
        assert_eq!(format!("{again:?}"), format!("{config:?}"), "config.toml gives the same run");
        cell::canonical("part", &config);
        Simulation::describe(config).map(drop)
    };
    read().map_err(|error| error.to_string())
}

#[test]
fn configurations() {
    fuzz("configuration", count(), configuration, |text| read_configuration(text), String::clone);
}

const SETTINGS: &[&str] =
    &["process.samples=512", "instance.spectrum={ kind = 'isotropic' }", "run.seed=3", "measure.delta=[0.5]"];

#[test]
fn settings() {
    let attempt = |text: &String| {
        let read = || {
            let (key, value) = parse_setting(text)?;
            let mut table = CONFIGURATIONS[0].parse().expect("sound");
            set(&mut table, &key, value)?;
            Config::from_table(&table).map(drop)
        };
        read().map_err(|error: selfreward::Error| error.to_string())
    };
    fuzz("setting", count() / 4, |rng| text(pick::<&str>(SETTINGS, rng), rng), attempt, String::clone);
}

const DEFINITION: &str = r#"name = "probe"
analysis = "What is seen."

[claims]
C20 = "holds"

[[part]]
name = "tabular"
[part.base.instance]
kind = "tabular"
prompts = 20
responses = 4
[part.base.process]
rounds = 2
[part.grid]
"process.samples" = [8, 32, 128]
"instance.bump" = [0.5, 1.0]
[part.full]
replicates = 6
[part.quick]
replicates = 3
"process.samples" = [8, 32]

[[part]]
name = "gaussian"
[part.base.instance]
kind = "gaussian"
prompts = 5
responses = 3
dim = 4
spectrum = { kind = "spiked", rank = 2, tail = 0.5 }
[part.grid]
"instance.spectrum.rank" = [1, 2]
[part.full]
replicates = 2
[part.quick]
replicates = 1
"#;

pub fn definition(rng: &mut ChaCha8Rng) -> String {
    text(DEFINITION, rng)
}

pub fn read_definition(text: &str) -> Outcome {
    let read = || -> selfreward::Result<()> {
        let definition = Definition::parse(text)?;
        for profile in [Profile::Quick, Profile::Full] {
            let study = Study::new(definition.clone(), profile, SeedConfig::Number(1))?;
            study.cell(0)?;
        }
        Ok(())
    };
    read().map_err(|error| error.to_string())
}

#[test]
fn definitions() {
    fuzz("definition", count(), definition, |text| read_definition(text), String::clone);
}
