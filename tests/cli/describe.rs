//! `selfreward describe`, and what `bound` and `plan` take from a file.

use std::fs;
use std::io::Cursor;

use assert_cmd::Command;
use ndarray::{Array2, Array3, array};
use selfreward::instance::npz::NpzWriter;
use serde_json::Value;
use tempfile::TempDir;

const CONFIG: &str = "[instance]\nkind = 'gaussian'\nprompts = 20\nresponses = 4\ndim = 3\n[process]\nsamples = 400\n\
    [measure]\ndelta = [0.2]\n";

struct Desk(TempDir);

impl Desk {
    /// Two prompts of logits, with 3 and 2 responses, and features that leave the unit ball.
    fn new() -> Self {
        let desk = Self(TempDir::new().unwrap());
        let mut npz = NpzWriter::new(Cursor::new(Vec::new()));
        npz.add_array("offset", &array![[2.0, 1.0, 0.5], [0.0, 3.0, f64::NEG_INFINITY]]).unwrap();
        npz.add_array("answer", &array![0i64, 0]).unwrap();
        npz.add_array("level", &array![1i64, 2]).unwrap();
        desk.write("logits.npz", npz.finish().unwrap().into_inner());
        let mut npz = NpzWriter::new(Cursor::new(Vec::new()));
        let phi = Array3::from_shape_fn((3, 3, 2), |(x, y, j)| 3.0 * ((1 + 5 * x + 2 * y + 7 * j) as f64).sin());
        npz.add_array("phi", &phi).unwrap();
        npz.add_array("theta0", &array![0.5, -0.25]).unwrap();
        desk.write("wide.npz", npz.finish().unwrap().into_inner());
        desk.write("c.toml", CONFIG);
        desk
    }

    /// Three prompts with features and fixed logits, as linear in the features as `noise` is small.
    fn with_fixed_logits(&self, name: &str, noise: f64) {
        let phi = Array3::from_shape_fn((3, 3, 2), |(x, y, j)| 0.5 * ((1 + 5 * x + 2 * y + 7 * j) as f64).sin());
        let offset = Array2::from_shape_fn((3, 3), |(x, y)| {
            3.0 + 2.0 * phi[[x, y, 0]] - phi[[x, y, 1]] + noise * ((1 + x + 4 * y) as f64).cos()
        });
        let mut npz = NpzWriter::new(Cursor::new(Vec::new()));
        npz.add_array("phi", &phi).unwrap();
        npz.add_array("offset", &offset).unwrap();
        self.write(name, npz.finish().unwrap().into_inner());
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.0.path().join(name), bytes).unwrap();
    }

    fn command(&self, arguments: &str) -> Command {
        let mut command = Command::cargo_bin("selfreward").unwrap();
        command.current_dir(&self.0).args(arguments.split_whitespace());
        command
    }

    /// (stdout, stderr)
    fn done(&self, arguments: &str) -> (String, String) {
        let output = self.command(arguments).assert().code(0).get_output().clone();
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    }

    fn json(&self, arguments: &str) -> Value {
        serde_json::from_str(&self.done(&format!("{arguments} --json")).0).unwrap()
    }

    fn refused(&self, arguments: &str, words: &[&str]) {
        let done = self.command(arguments).assert().code(2).stdout("").get_output().clone();
        let stderr = String::from_utf8(done.stderr).unwrap();
        assert!(stderr.starts_with("error: ") && stderr.matches('\n').count() == 1, "{arguments:?}: {stderr}");
        for word in words {
            assert!(stderr.contains(word), "{arguments:?}: {word:?} is missing from: {stderr}");
        }
    }
}

fn number(form: &Value, name: &str) -> f64 {
    form["quantities"][name]["value"].as_f64().unwrap_or_else(|| panic!("{name}: {}", form["quantities"][name]))
}

fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-12 * expected.abs().max(1.0), "{found} {expected}");
}

/// κ_0 of the logits.
fn kappa() -> f64 {
    0.5 * (1.0 + (-1f64).exp() + (-1.5f64).exp()) + 0.5 * (1.0 + (-3f64).exp())
}

#[test]
fn a_file_of_logits_is_described() {
    let desk = Desk::new();
    let form = desk.json("describe logits.npz");
    assert_eq!((&form["schema"], &form["source"], &form["replicate"]), (&1.into(), &"logits.npz".into(), &Value::Null));
    assert_eq!(form["quantities"]["class"]["value"], "tabular");
    near(number(&form, "kappa0"), kappa());
    near(number(&form, "gamma"), 1.0);
    near(number(&form, "accuracy"), 0.5);
    near(number(&form, "accuracy_level_2"), 0.0);
    near(form["options"]["lambda"].as_f64().unwrap(), 1.0 / 1024.0);
    // What does not exist is null, with its reason.
    let offset = &form["quantities"]["offset_share"];
    assert!(offset["value"].is_null() && offset["reason"].as_str().unwrap().contains("parameter of its own"));
    let (table, said) = desk.done("describe logits.npz");
    assert!(said.is_empty(), "{said}");
    let line = |name: &str| table.lines().find(|line| line.trim_start().starts_with(&format!("{name} "))).unwrap();
    assert!(line("kappa0").contains("condition number") && line("reward").contains(" -  "), "{table}");
    assert!(line("offset_share").contains("[none: "), "{table}");
}

#[test]
fn features_outside_the_unit_ball_are_divided_and_that_is_said() {
    let desk = Desk::new();
    let (_, said) = desk.done("describe wide.npz");
    assert!(said.contains("divided by the largest norm"), "{said}");
    let form = desk.json("describe wide.npz");
    assert!(number(&form, "norm_max") > 2.0);
    assert!(form["quantities"]["unit_ball"]["value"].as_str().unwrap().starts_with("no"));
    // θ_0 is multiplied by what features are divided by.
    near(number(&form, "theta_norm") / number(&form, "norm_max"), 0.3125f64.sqrt());
    // A file with another fault is refused with that fault.
    desk.refused("describe wide.npz --set instance.dim=7", &["wide.npz", "instance.dim = 7", "1 to 2"]);
}

#[test]
fn a_configuration_is_described_by_one_replicate() {
    let desk = Desk::new();
    let (_, said) = desk.done("describe c.toml");
    assert_eq!(said, "the instance of replicate 0\n");
    let form = desk.json("describe c.toml");
    near(form["options"]["lambda"].as_f64().unwrap(), 1.0 / 400.0);
    near(form["options"]["beta"].as_f64().unwrap(), 0.05);
    let other = desk.json("describe c.toml --replicate 3");
    assert_eq!((&form["replicate"], &other["replicate"]), (&0.into(), &3.into()));
    assert!(number(&form, "kappa0") != number(&other, "kappa0"));
    // Oracle: what a run measures at t = 0.
    let run = desk.json("simulate --config c.toml --replicates 1 --set process.rounds=1");
    for (name, column) in [("kappa0", "kappa"), ("gamma", "margin"), ("mu", "min_confidence"), ("entropy", "entropy")] {
        near(number(&form, name), run["rounds"][0][column]["mean"].as_f64().unwrap());
    }
    near(number(&form, "failure_0.2"), run["rounds"][0]["failure"]["0.2"]["mean"].as_f64().unwrap());
    let set = desk.json("describe c.toml --set instance.prompts=7 --seed 5 --lambda 0.5");
    assert_eq!((number(&set, "prompts"), set["options"]["lambda"].as_f64()), (7.0, Some(0.5)));
    desk.refused("describe c.toml --set instance.prompt=7", &["--set", "instance.prompt", "prompts"]);
    desk.refused("describe c.toml --lambda 0", &["--lambda", "0"]);
    desk.refused("describe none.toml", &["none.toml", "does not exist"]);
    desk.refused("describe none.npz", &["none.npz"]);
    desk.refused("describe logits.npz --rescale", &["instance.rescale = true", "phi"]);
    desk.refused("describe logits.npz --set instance.theta_norm=2", &["logits.npz", "instance.theta_norm = 2", "phi"]);
}

#[test]
fn the_files_are_those_of_the_table() {
    let desk = Desk::new();
    let (_, said) = desk.done("describe logits.npz --out d");
    assert!(said.contains("wrote description.json, description.svg, description.png, description.pdf to d"), "{said}");
    let read = |name: &str| fs::read(desk.0.path().join("d").join(name)).unwrap();
    let kept: Value = serde_json::from_slice(&read("description.json")).unwrap();
    assert_eq!(kept, desk.json("describe logits.npz"));
    assert!(read("description.png").starts_with(b"\x89PNG") && read("description.svg").starts_with(b"<svg"));
    desk.refused("describe logits.npz --out d", &["exists already", "--force"]);
    let before = read("description.svg");
    desk.done("describe logits.npz --out d --force --quiet");
    assert_eq!(read("description.svg"), before);
    // A configuration by this name is no place for the output.
    desk.write("description.json", CONFIG);
    desk.refused("describe description.json --out . --force", &["description.json", "read by this command"]);
}

/// The data files that come along, from any folder.
#[test]
fn enclosed_files_are_described() {
    let desk = Desk::new();
    let form = desk.json("describe data/smollm_answers.npz");
    assert_eq!(number(&form, "prompts"), 160.0);
    assert!((0.0..1.0).contains(&number(&form, "offset_share")));
    assert!(number(&form, "leverage") >= number(&form, "rank"));
}

/// Oracle: the same bound with the numbers on the line.
#[test]
fn bounds_take_what_is_not_given_from_a_file() {
    let desk = Desk::new();
    let form = desk.json("describe logits.npz");
    let [rank, leverage, gamma, mu] = ["rank", "leverage", "gamma", "mu"].map(|name| number(&form, name));
    let taken = desk.json("bound exact-recovery --n 400 --from logits.npz");
    let given = desk.json(&format!("bound exact-recovery --n 400 --rank {rank} --leverage {leverage}"));
    assert_eq!((&taken["value"], &taken["intermediates"]), (&given["value"], &given["intermediates"]));
    assert_eq!(taken["from"]["file"], "logits.npz");
    assert_eq!(taken["from"]["values"]["leverage"].as_f64(), Some(leverage));
    assert!(given.get("from").is_none());
    // A flag on the line wins, and is not said to come from the file.
    let (_, said) = desk.done("bound exact-recovery --n 400 --rank 7 --from logits.npz");
    assert!(said.contains("leverage = ") && said.contains("(from logits.npz: ") && !said.contains("rank ="), "{said}");
    let mixed = desk.json("bound exact-recovery --n 400 --rank 7 --from logits.npz");
    assert_eq!(mixed["intermediates"]["rank"], 7.0);
    // A range is swept with the file's numbers; what the file cannot give is asked for.
    let swept = desk.json("bound exact-recovery --n 100..1000:3 --from logits.npz");
    assert_eq!(swept.as_array().unwrap().len(), 3);
    let line = "bound linear-softmax --rounds 2 --radius 9 --from logits.npz";
    desk.refused(line, &["--n", "nothing", "linear-softmax needs"]);
    let whole = desk.json(&format!("{line} --n 1e6"));
    let plain = format!(
        "bound linear-softmax --rounds 2 --radius 9 --n 1e6 --kappa0 {} --gamma {gamma} --mu {mu} --dim 5",
        number(&form, "kappa0")
    );
    assert_eq!(whole["value"], desk.json(&plain)["value"]);
    // The class is chosen by what is on the line: γ of nats and g of ratios are two numbers.
    let finite = desk.json("bound epsilon --n 1e6 --class-size 8 --from logits.npz");
    near(finite["from"]["values"]["range"].as_f64().unwrap(), 3.0);
    // Over rounds the class has a larger range than π_0: no file knows it.
    for line in ["bound iterative --n 1e6 --rounds 2 --class-size 8", "bound iterations --n 1e6 --class-size 8"] {
        desk.refused(&format!("{line} --from logits.npz"), &["--range", "that of π_0, 3 nats, is only the least"]);
        let values = desk.json(&format!("{line} --range 9 --from logits.npz"))["from"]["values"].clone();
        assert_eq!(values.as_object().unwrap().keys().collect::<Vec<_>>(), ["kappa0", "gamma", "mu"]);
    }
    let offline =
        "bound offline-sharpening --c-conc 3 --c-loss 4 --log-class-size 3 --n 1e6 --beta 0.05 --from logits.npz";
    near(desk.json(offline)["from"]["values"]["margin"].as_f64().unwrap(), 1f64.exp() - 1.0);
    desk.refused("bound one-step --epsilon 0.01 --from logits.npz", &["--beta", "nothing"]);
    desk.refused("bound exact-recovery --n 400 --from none.npz", &["none.npz"]);
    desk.refused("bound --list --from logits.npz", &["--list alone"]);
}

#[test]
fn what_a_file_lacks_or_has_out_of_range_is_said_to_be_its_own() {
    let desk = Desk::new();
    let mut npz = NpzWriter::new(Cursor::new(Vec::new()));
    npz.add_array("offset", &Array2::<f64>::from_elem((2, 1), 1.0)).unwrap();
    desk.write("alone.npz", npz.finish().unwrap().into_inner());
    let mut npz = NpzWriter::new(Cursor::new(Vec::new()));
    npz.add_array("offset", &array![[1.0, 1.0]]).unwrap();
    desk.write("tie.npz", npz.finish().unwrap().into_inner());
    desk.refused("bound exact-recovery --n 9 --from alone.npz", &["--rank", "the file has none: no two responses"]);
    let tied = "bound one-step --epsilon 0.01 --beta 0.1 --from tie.npz";
    desk.refused(tied, &["--gamma", "0 (from tie.npz)"]);
}

#[test]
fn plans_take_what_is_not_given_from_a_file() {
    let desk = Desk::new();
    let form = desk.json("describe logits.npz");
    let [kappa, gamma, mu] = ["kappa0", "gamma", "mu"].map(|name| number(&form, name));
    let taken = desk.json("plan --from logits.npz --target-failure 0.1 --class-size 8 --range 3 --max-rounds 3");
    let given = desk.json(&format!(
        "plan --kappa0 {kappa} --gamma {gamma} --mu {mu} --target-failure 0.1 --class-size 8 --range 3 --max-rounds 3"
    ));
    assert_eq!((&taken["plans"], &taken["best"]), (&given["plans"], &given["best"]));
    assert_eq!(taken["from"]["values"].get("range"), None);
    assert!(given.get("from").is_none() && given.get("promised_if").is_none());
    let linear = desk.json("plan --from logits.npz --target-failure 0.1 --radius 9 --gamma 0.5 --max-rounds 2");
    let values = linear["from"]["values"].as_object().unwrap();
    assert_eq!(values.keys().collect::<Vec<_>>(), ["kappa0", "mu", "dim"]);
    let (_, said) = desk.done("plan --from logits.npz --target-failure 0.1 --radius 9 --max-rounds 2");
    assert!(said.contains("kappa0 = ") && said.contains("(from logits.npz: "), "{said}");
    desk.refused("plan --gamma 0.5", &["--kappa0, --mu, --target-failure missing", "--from FILE"]);
    desk.refused("plan --from logits.npz --radius 9", &["--target-failure missing"]);
    // What of the class is missing, and what the file gave.
    let words = ["--radius (with the file's dim = 5) or else --range and --class-size", "no file gives them"];
    desk.refused("plan --from logits.npz --target-failure 0.1", &words);
    desk.refused("plan --from logits.npz --target-failure 0.1", &["it gave kappa0 = 1.32", ", gamma = 1, mu = 0.62"]);
    desk.refused("plan --from logits.npz --target-failure 0.1 --dim 5", &["FLAGS = --radius missing"]);
    desk.refused("plan --from logits.npz --target-failure 0.1 --range 5", &["FLAGS = --class-size or"]);
    let line = "plan --from logits.npz --target-failure 0.1 --class-size 8";
    desk.refused(line, &["FLAGS = --range missing", "3 nats, is only the least"]);
}

/// A run's γ and μ are the least over its rounds; those of π_0 alone promise nothing by themselves.
#[test]
fn a_promise_with_the_numbers_of_round_0_says_its_condition() {
    let desk = Desk::new();
    let line = "plan --from logits.npz --target-failure 0.1 --class-size 8 --range 3 --max-rounds 3";
    for (given, condition) in [
        ("", Some("γ and μ of all rounds are no worse than those of π_0")),
        ("--mu 0.5", Some("γ of all rounds is no worse than that of π_0")),
        ("--gamma 0.5", Some("μ of all rounds is no worse than that of π_0")),
        ("--gamma 0.5 --mu 0.5", None),
    ] {
        let form = desk.json(&format!("{line} {given}"));
        assert_eq!((form["promised"].as_bool(), form["promised_if"].as_str()), (Some(true), condition), "{given}");
        let (table, _) = desk.done(&format!("{line} {given}"));
        let expected = condition.map_or_else(|| "promised: ".to_owned(), |text| format!("promised if {text}: "));
        assert!(table.lines().last().unwrap().starts_with(&expected), "{table}");
    }
    // The ball has to hold the target of the first round: 1/β = √n, and ‖θ_0‖ is that of the file.
    let enclosed = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data/docqa_minilm.npz");
    let plan = format!("plan --target-failure 0.1 --radius 50 --max-rounds 1 --from {}", enclosed.display());
    let (form, norm) = (desk.json(&plan), 489.898);
    let needed = (1.0 + form["best"]["samples"].as_f64().unwrap().sqrt()) * norm;
    let reason = form["reason"].as_str().unwrap();
    assert_eq!((form["promised"].as_bool(), &form["promised_if"]), (Some(false), &Value::Null));
    assert!(reason.contains("norm 489.898") && reason.contains(&format!("{needed:.4e}")), "{reason}");
    // What is not promised is so on no condition.
    let narrow = "plan --from logits.npz --target-failure 0.1 --radius 0.6 --max-rounds 3";
    let form = desk.json(narrow);
    assert_eq!((form["promised"].as_bool(), &form["promised_if"]), (Some(false), &Value::Null));
    assert!(desk.done(narrow).0.lines().last().unwrap().starts_with("not promised: "));
}

/// M8: no sample has loss 0 there, so that bounds that rest on it are void, whatever else is given.
#[test]
fn fixed_logits_that_features_cannot_follow_void_what_rests_on_realizability() {
    let desk = Desk::new();
    desk.with_fixed_logits("beside.npz", 0.5);
    desk.with_fixed_logits("linear.npz", 0.0);
    let share = number(&desk.json("describe beside.npz"), "offset_share");
    let share = format!("cannot follow (R² = {share:.3})");
    for line in [
        "bound epsilon --n 1e4 --dim 2 --radius 50",
        "bound epsilon --n 1e4 --class-size 8 --range 3",
        "bound iterative --n 1e6 --rounds 2 --class-size 8 --range 90",
        "bound linear-softmax --n 1e6 --rounds 2 --radius 50",
        "bound iterations --n 1e6 --dim 2 --radius 50",
        "bound exact-recovery --n 400",
        "bound zero-failure --beta 0.1",
        "plan --target-failure 0.1 --radius 50 --max-rounds 2",
        "plan --target-failure 0.1 --class-size 8 --range 90 --max-rounds 2",
        "plan --target-failure 0.1",
    ] {
        let of = |file: &str| format!("{line} --from {file}");
        desk.refused(&of("beside.npz"), &["beside.npz", &share, "void", "M8", "misspecified-excess", "-failure"]);
        if line.contains("radius") || line.starts_with("bound") {
            desk.done(&of("linear.npz"));
        }
    }
    // A fixed logit that is nearly linear is told by what is missed.
    desk.with_fixed_logits("nearly.npz", 1e-4);
    desk.refused("bound exact-recovery --n 400 --from nearly.npz", &["(1 − R² = "]);
    // What rests on no realizability takes its numbers, and a file of logits alone fixes nothing.
    for line in [
        "bound one-step --epsilon 0.01 --beta 0.1",
        "bound recurrence --epsilon 0.01 --beta 0.1",
        "bound fixed-point --epsilon 0.01 --beta 0.1",
        "bound drift --epsilon 0.01 --beta 0.1 --omega 0.1",
        "bound misspecified-failure --concentrability 2 --estimation 0.1 --beta 0.1",
        "bound covering-number --radius 9 --eta 0.1",
    ] {
        desk.done(&format!("{line} --from beside.npz"));
    }
    desk.done("bound zero-failure --beta 0.1 --from logits.npz");
}

/// A number that is none comes before the question whether zeros are padding.
#[test]
fn logits_that_are_no_numbers_are_named_before_zeros() {
    let desk = Desk::new();
    for (odd, name) in [(f64::NAN, "NaN"), (f64::INFINITY, "inf")] {
        let mut npz = NpzWriter::new(Cursor::new(Vec::new()));
        npz.add_array("offset", &array![[1.0, 0.5, 0.0], [2.0, odd, 1.0]]).unwrap();
        desk.write("odd.npz", npz.finish().unwrap().into_inner());
        desk.refused("describe odd.npz", &["odd.npz", &format!("offset[1, 1] = {name}"), "a finite number"]);
    }
}
