//! docs/counterexample.md: its commands print what stands below them, and the committed example is the instance that it tells of.

use assert_cmd::Command;
use selfreward::instance::FeatureMap;
use selfreward::simulate::{Config, Simulation};

const PAGE: &str = include_str!("../../docs/counterexample.md");

fn printed(command: &str) -> String {
    let words = command.split_whitespace().skip(1).map(|word| word.trim_matches('\''));
    let mut program = Command::cargo_bin("selfreward").unwrap();
    let output =
        program.current_dir(env!("CARGO_MANIFEST_DIR")).args(words).assert().success().get_output().stdout.clone();
    String::from_utf8(output).unwrap()
}

/// Every command of the page, and below it the lines that it prints.
#[test]
fn the_page_shows_what_its_commands_print() {
    let mut commands = 0;
    for block in PAGE.split("```sh\n").skip(1) {
        let (command, rest) = block.split_once("\n```").expect("its end");
        let shown = rest.trim_start().strip_prefix("```text\n").expect("what it prints");
        let (shown, _) = shown.split_once("```").expect("its end");
        let folder = tempfile::tempdir().unwrap();
        let out = format!(" --out {}", folder.path().display());
        let printed = printed(&format!("{command}{}", if command.contains("verify") { &out } else { "" }));
        for line in shown.lines().map(str::trim_end).filter(|line| *line != "…") {
            assert!(printed.lines().any(|other| other.trim_end() == line), "{command}: not printed: {line}\n{printed}");
        }
        commands += 1;
    }
    assert_eq!(commands, 5);
}

/// The arrays of the example, and what one round of it comes to; numbers of sections 2 and 4.
#[test]
fn the_example_is_the_instance() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/counterexample.toml")).unwrap();
    let text = text.replace("examples/", concat!(env!("CARGO_MANIFEST_DIR"), "/examples/"));
    let simulation = Simulation::new(text.parse::<Config>().unwrap()).unwrap();
    let instance = simulation.instance(0).unwrap();
    let FeatureMap::Dense(features) = instance.features() else { panic!("dense features") };
    let c = 9.8648e-5f64;
    assert_eq!(features.to_matrix(), ndarray::arr2(&[[0.0, 0.0], [-1.0, 0.0], [c, -(1.0 - c * c).sqrt()]]));
    assert_eq!(instance.base().to_vector().to_vec(), [3.0, 30.0003]);

    let json = |more: &str| -> serde_json::Value {
        let command = format!("selfreward simulate --config examples/counterexample.toml -q --json{more}");
        serde_json::from_str(&printed(&command)).unwrap()
    };
    let mean = |rounds: &serde_json::Value, t: usize, name: &str| rounds["rounds"][t][name]["mean"].as_f64().unwrap();
    let once = json("");
    assert!((mean(&once, 1, "population_loss") / 1.6e-10 - 1.0).abs() < 0.005);
    assert!((mean(&once, 1, "population_loss").sqrt() / 1.3e-5 - 1.0).abs() < 0.03);
    assert!((mean(&once, 1, "concentrability") / 1.8e12 - 1.0).abs() < 0.03);
    assert!((mean(&once, 1, "excess") / 1.3e6 - 1.0).abs() < 0.01);
    let failure = |rounds: &serde_json::Value, t: usize| rounds["rounds"][t]["failure"]["0.3"]["mean"].as_f64();
    assert_eq!(failure(&once, 1), Some(1.0), "{}", once["rounds"][1]);
    // Gradient descent from θ_0 ends at the nearest minimiser, too; a second round repairs it.
    assert_eq!(failure(&json(" --set process.update=\"gradient\""), 1), Some(1.0));
    let twice = json(" --set process.rounds=2");
    assert_eq!([failure(&twice, 1), failure(&twice, 2)], [Some(1.0), Some(0.0)]);
}
