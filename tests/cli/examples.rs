//! The programs of `examples/`, compiled and run: each prints numbers that are held against something else.
//!
//! `cargo test --release` builds them; a single test binary does not, so `cargo build --release --examples` comes before
//! `cargo test --release --test cli examples`.

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use ndarray::{Array1, Array3};

use crate::npz_support;

/// What an example prints.
fn run(name: &str, arguments: &[&str]) -> String {
    let path = example(name);
    assert!(path.exists(), "{} is missing: cargo build --release --examples", path.display());
    let output = Command::new(path).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).assert().success();
    String::from_utf8(output.get_output().stdout.clone()).unwrap()
}

fn example(name: &str) -> PathBuf {
    let programs = Path::new(env!("CARGO_BIN_EXE_selfreward")).parent().unwrap();
    programs.join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// The lines made of so many columns that all are numbers or `-` (read as NaN).
fn rows(text: &str, columns: usize) -> Vec<Vec<f64>> {
    let number = |word: &str| if word == "-" { Some(f64::NAN) } else { word.parse().ok() };
    let line = |line: &str| line.split_whitespace().map(number).collect::<Option<Vec<f64>>>();
    text.lines().filter_map(line).filter(|row| row.len() == columns).collect()
}

/// κ of the enclosed features, by a textbook softmax on the arrays of the file.
fn kappa_of_enclosed_file() -> f64 {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/docqa_minilm.npz");
    let (shape, phi) = npz_support::read(&file, "phi");
    let phi = Array3::from_shape_vec((shape[0], shape[1], shape[2]), phi).unwrap();
    let theta = Array1::from(npz_support::read(&file, "theta0").1);
    let inverse = |prompt: ndarray::ArrayView2<'_, f64>| {
        let masses: Vec<f64> = prompt.rows().into_iter().map(|row| row.dot(&theta).exp()).collect();
        masses.iter().sum::<f64>() / masses.iter().copied().fold(0.0, f64::max)
    };
    phi.outer_iter().map(inverse).sum::<f64>() / phi.len_of(ndarray::Axis(0)) as f64
}

/// Oracles: the entropy of eight responses is at most log 8. Half-forgetting makes the log-odds of a reward in [0, 1] at β = 1/2 stay
/// below ℓ_0 + 4, so that loop keeps some doubt; the self-reward has no such bound, and the best of four sharpens every prompt.
#[test]
fn own_loop_stands_beside_named_ones() {
    let text = run("own_loop", &[]);
    let numbers = |line: &str| -> Vec<f64> { line.split_whitespace().filter_map(|word| word.parse().ok()).collect() };
    let row = |name: &str| {
        let line = text.lines().find(|line| line.trim_start().starts_with(name)).unwrap_or_else(|| panic!("{name}"));
        let all = numbers(line);
        let [entropy, failure, drift] = all[all.len() - 3..] else { unreachable!() };
        assert!((0.0..=8f64.ln()).contains(&entropy) && (0.0..=1.0).contains(&failure), "{line}");
        (entropy, failure, drift)
    };
    let (own, own_failure, _) = row("better half");
    let (sharp, sharp_failure, _) = row("self-rewarding");
    let (best, best_failure, _) = row("likelihood of the best of 4");
    assert!(own > 1.0 && own_failure > 0.5, "{text}");
    assert!(sharp < 0.2 && sharp_failure < 0.05, "{text}");
    assert!(best < own && best_failure < 0.05, "{text}");
    assert!(row("frozen reference").2 <= 1.0);
}

/// Oracles: the twelve Fourier waves are linearly independent over the pairs of residues, so differences have rank 12; n triples
/// show at most n directions (fact F2); a round that has seen all of them scales θ, and the modes stay (fact F1).
#[test]
fn own_feature_map_has_twelve_directions() {
    let text = run("own_feature_map", &[]);
    assert!(text.contains("49 prompts, 7 responses, differences of rank 12"), "{text}");
    let rows = rows(&text, 7);
    assert_eq!(rows.len(), 15, "{text}");
    for row in &rows {
        let [samples, t, seen, kappa, failure, drift, _] = row[..] else { unreachable!() };
        assert!((1.0..=7.0).contains(&kappa) && (0.0..=1.0).contains(&failure), "{row:?}");
        assert!(t == 0.0 || seen <= samples / 12.0 + 5e-4, "{row:?}: more directions than triples");
        assert!(t > 1.0 || seen.is_nan() || seen < 1.0 || drift == 0.0, "{row:?}: a scaled θ has the same modes");
    }
    // Few triples learn a part, many learn all: the first round tells them apart.
    let first: Vec<f64> = rows.iter().filter(|row| row[1] == 1.0).map(|row| row[2]).collect();
    assert!(first[0] < 0.5 && first[2] == 1.0, "{text}");
}

/// Oracle: with the population update θ_t = s_t θ_0, s_{t+1} = (1 − α)(1 + 1/β)s_t + α from s_0 = 1 (fact F1), β = 1, T = 4.
#[test]
fn own_update_pulls_towards_the_base() {
    let text = run("own_update", &[]);
    let of = |update: &str| -> Vec<Vec<f64>> {
        let lines = text.lines().filter(|line| line.split_whitespace().nth(1) == Some(update));
        lines.map(|line| line.split_whitespace().filter_map(|word| word.parse().ok()).collect()).collect()
    };
    let (population, erm) = (of("population"), of("erm"));
    assert_eq!((population.len(), erm.len()), (4, 4), "{text}");
    for (exact, sampled) in population.iter().zip(&erm) {
        let [share, growth, failure, drift, base_failure] = exact[..] else { unreachable!() };
        let expected = (0..4).fold(1.0, |s, _| (1.0 - share) * 2.0 * s + share);
        assert!((growth - expected).abs() <= 5e-5, "{growth} against {expected}");
        // Its modes never change, so both failures are the same.
        assert!(drift == 0.0 && failure == base_failure, "{exact:?}");
        // An ERM step is a projection (fact F2): it never grows θ by more, and where it sees a part only, modes change.
        assert!(sampled[1] <= growth && sampled[3] > 0.0, "{sampled:?}");
    }
}

/// Oracle: the sample itself. A triple of round t + 1 has y = y' with probability E_x Σ_y π_t², independently of the others, so the
/// observed share of n = 65536 strays by 0.0122 or more with probability at most 2 exp(−2n·0.0122²) < 7e-9 (Hoeffding); six rounds
/// raise a false alarm with less than 5e-8, for any seed.
#[test]
fn own_metric_foretells_the_pairs_drawn() {
    let text = run("own_metric", &[]);
    let rows = rows(&text, 7);
    assert_eq!(rows.len(), 6, "{text}");
    for row in &rows {
        let [_, _, confidence, accuracy, overconfidence, agreement, drawn] = row[..] else { unreachable!() };
        assert!((agreement - drawn).abs() < 0.0122, "{row:?}");
        // A largest probability m and its square: m² ≤ Σπ² ≤ m at each prompt.
        assert!(confidence.powi(2) <= agreement + 1e-4 && agreement <= confidence + 1e-4, "{row:?}");
        assert!((confidence - accuracy - overconfidence).abs() <= 1.5e-4, "{row:?}");
    }
    assert!((rows[0][1] - kappa_of_enclosed_file()).abs() <= 5e-5 + 1e-5, "{text}");
}

/// Oracle: Markov's inequality for the claim. The control is refuted by a policy with s = 1/8 at every prompt: F(0.1) = 1 > κ − 1.
#[test]
fn own_claim_holds_and_its_control_is_caught() {
    let text = run("own_claim", &[]);
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].contains("holds in 20 replicates (in all 240 comparisons)"), "{text}");
    assert!(lines[1].contains("control") && lines[1].contains("violated in 20 replicates"), "{text}");
}

/// Oracles: κ_0 by a textbook softmax; accuracy, failure and rank of the base model as data/README.md and the file state them.
#[test]
fn npz_features_reads_the_file_that_is_named() {
    let text = run("npz_features", &[]);
    assert!(text.contains("256 prompts, 16 to 16 responses, d = 384, differences of rank 381"), "{text}");
    let rows = rows(&text, 6);
    assert_eq!(rows.len(), 6, "{text}");
    assert!((rows[0][1] - kappa_of_enclosed_file()).abs() <= 5e-5 + 1e-5, "{text}");
    // A complete span scales θ: no mode changes (fact F1).
    assert!(rows.iter().skip(1).take_while(|row| row[5] == 1.0).all(|row| row[3] == 0.0), "{text}");

    let fewer = run("npz_features", &["data/docqa_minilm.npz", "32"]);
    let seen = self::rows(&fewer, 6)[1][5];
    assert!(fewer.contains("n = 32") && seen <= 32.0 / 381.0, "{fewer}");
    Command::new(example("npz_features")).arg("no-such.npz").assert().failure();
}

/// What the README shows of a language model is what its command prints; 0.49 is what it says of the other class.
#[test]
fn the_readme_shows_what_the_language_model_does() {
    let readme = include_str!("../../README.md");
    let (_, rest) =
        readme.split_once("simulate --config examples/language_model.toml\n```\n\n```text\n").expect("its table");
    let (shown, _) = rest.split_once("```").expect("its end");
    assert!(shown.lines().count() == 7, "{shown}");
    let simulate = |more: &[&str]| {
        let mut command = Command::cargo_bin("selfreward").unwrap();
        command.current_dir(env!("CARGO_MANIFEST_DIR")).args([
            "simulate",
            "-q",
            "--config",
            "examples/language_model.toml",
        ]);
        let output = command.args(more).assert().success().get_output().stdout.clone();
        String::from_utf8(output).unwrap()
    };
    let printed = simulate(&[]);
    for line in shown.lines() {
        assert!(printed.lines().any(|other| other.trim_end() == line), "not printed: {line}\n{printed}");
    }
    let free: serde_json::Value =
        serde_json::from_str(&simulate(&["--set", "instance.offset_as_feature=true", "--json"])).unwrap();
    let last = &free["rounds"][5];
    assert!((last["correct_probability"]["mean"].as_f64().unwrap() - 0.49).abs() <= 0.005, "{last}");
    assert_eq!(last["drift"]["mean"], 0.0);
    assert!(readme.contains("`P[correct]` rises to 0.49"));
}

/// Configurations in the README that are followed by a table give that table, from the left as far as it is shown.
#[test]
fn the_readme_shows_what_its_configurations_print() {
    let readme = include_str!("../../README.md");
    let folder = tempfile::tempdir().unwrap();
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut found = 0;
    for block in readme.split("```toml\n").skip(1) {
        let (config, rest) = block.split_once("```").expect("its end");
        let Some((_, table)) = rest.split_once("```text\nt ") else { continue };
        let (shown, _) = table.split_once("```").expect("its end");
        let path = folder.path().join("readme.toml");
        std::fs::write(&path, config).unwrap();
        let mut command = Command::cargo_bin("selfreward").unwrap();
        command.current_dir(env!("CARGO_MANIFEST_DIR")).args(["simulate", "-q", "--config"]).arg(&path);
        let output = command.assert().success().get_output().stdout.clone();
        let printed: Vec<String> = String::from_utf8(output).unwrap().lines().map(words).collect();
        for line in format!("t {shown}").lines().map(words) {
            assert!(printed.iter().any(|other| other.starts_with(&line)), "not printed: {line}\n{printed:#?}");
        }
        found += 1;
    }
    assert_eq!(found, 2, "configurations with a table");
}
