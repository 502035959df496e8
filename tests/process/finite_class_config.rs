//! The update over a finite class as configurations ask for it: what they state of the class, what is refused, and how it scales.

use crate::support::assert_refuses;
use selfreward::instance::FeatureMap;
use selfreward::process::{ClassChoice, FiniteClass};
use selfreward::simulate::{Config, Simulation, config};

const TABULAR: &str =
    "[instance]\nkind = 'tabular'\nprompts = 5\nresponses = 4\n[process]\nupdate = 'finite-class'\nrounds = 3\n";
const HARD: &str =
    "[instance]\nkind = 'hard'\nprompts = 9\nkappa0 = 3.0\n[process]\nupdate = 'finite-class'\nrounds = 2\n";
const GAUSSIAN: &str = "[instance]\nkind = 'gaussian'\nprompts = 6\nresponses = 4\ndim = 5\n[process]\nupdate = 'finite-class'\nrounds = 2\nrays = 50\n";

fn simulation(text: &str, settings: &[&str]) -> selfreward::Result<Simulation> {
    let mut table = text.parse().unwrap();
    for setting in settings {
        let (key, value) = config::parse_setting(setting)?;
        config::set(&mut table, &key, value)?;
    }
    Simulation::new(Config::from_table(&table)?)
}

/// What a configuration says of the class is what the class says of the instance.
#[test]
fn configurations_state_the_class() {
    let theta0 = "instance.theta0=[0,0,1.5,0, 0,-2.5,0,0, 0.5,0,0,0, 1,0,0,0, 0,0,0,1]";
    for (text, settings) in [(TABULAR, &[][..]), (TABULAR, &[theta0]), (HARD, &[]), (GAUSSIAN, &[])] {
        let simulation = simulation(text, settings).unwrap();
        let derived = |name| simulation.derived.iter().find(|entry| entry.0 == name).map(|entry| entry.1);
        let instance = simulation.instance(0).unwrap();
        let rounds = simulation.process.rounds;
        let class = FiniteClass { choice: ClassChoice::Nearest, levels: rounds, rays: 50 };
        let (size, range) =
            (class.log_size(&instance, rounds), class.range(&instance, simulation.process.beta, rounds));
        assert!((derived("log_class").unwrap() - size).abs() <= 1e-12 * size);
        match instance.features() {
            FeatureMap::OneHot(_) => assert!((derived("class_range").unwrap() - range).abs() <= 1e-12 * range),
            FeatureMap::Dense(_) => assert_eq!(derived("class_range"), None),
        }
    }
}

#[test]
fn what_has_no_class_is_refused() {
    let refuse = |text: &str, settings: &[&str], name: &str| assert_refuses(simulation(text, settings), name);
    refuse(TABULAR, &["process.choice=min-norm"], "process.choice");
    refuse(&TABULAR.replace("finite-class", "erm"), &["process.choice=worst"], "process.choice");
    refuse(&TABULAR.replace("finite-class", "erm"), &["process.choice=random"], "process.choice");
    refuse(&TABULAR.replace("finite-class", "erm"), &["process.rays=7"], "process.rays");
    refuse(&TABULAR.replace("finite-class", "gradient"), &["process.choice=nearest"], "process.choice");
    refuse(TABULAR, &["process.rays=7"], "process.rays");
    refuse(GAUSSIAN, &["process.rays=0"], "process.rays");
    refuse(GAUSSIAN, &["process.radius=9.0"], "process.radius");
    refuse(TABULAR, &["instance.bump=0.0"], "theta0 at prompt 0");
    refuse(TABULAR, &["process.rounds=400"], "process.rounds");
    refuse(TABULAR, &["process.beta=1e17"], "process.beta");
    refuse(GAUSSIAN, &["instance.theta_norm=0.0"], "theta0");
    let large = simulation(GAUSSIAN, &["process.rays=1000000000", "process.choice=worst"]).unwrap_err().to_string();
    assert!(large.contains("finite class needs"), "{large}");
}

/// A class with log #Π > 2^20 is as quick as its sample: well under a second a choice, where enumeration would never end.
#[test]
fn huge_product_classes_cost_what_was_seen() {
    for choice in ["nearest", "random", "worst"] {
        let choice = format!("process.choice={choice}");
        let settings = ["instance.prompts=131072", "instance.responses=1000", "process.samples=200000", &choice];
        let simulation = simulation(TABULAR, &settings).unwrap();
        let log_class = simulation.derived.iter().find(|entry| entry.0 == "log_class").unwrap().1;
        assert!(log_class > f64::from(1 << 20));
        let instance = simulation.instance(0).unwrap();
        let rounds = simulation.process.on(&instance).unwrap().start(simulation.replicate_seed(0));
        assert_eq!(rounds.map(Result::unwrap).count(), 4);
    }
}
