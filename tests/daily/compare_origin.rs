//! `compare` of files and of stores: a name of a file is not the file, and what is said of seeds and instances is what they are.

use std::fs;

use ndarray::{Array1, Array2, Array3};
use selfreward::instance::npz::NpzWriter;
use serde_json::Value;

use crate::study_common::Bench;

const RUN: &str = "[instance]\nkind = 'npz'\npath = 'f.npz'\n[process]\nbeta = 1.0\nsamples = 8\nrounds = 2\n\
    [run]\nreplicates = 3\n";

const STORE: &str = "name = 'mine'\n[[part]]\nname = 'p'\n[part.base.instance]\nkind = 'npz'\npath = 'f.npz'\n\
    [part.base.process]\nrounds = 2\nbeta = 1.0\n[part.grid]\n'process.samples' = [8, 16]\n\
    [part.full]\nreplicates = 3\n[part.quick]\nreplicates = 2\n";

/// A file with features and an offset that is all of the base policy, so that nothing of t = 0 tells features apart.
fn write(bench: &Bench, name: &str, seed: f64) {
    let phi = Array3::from_shape_fn((5, 3, 4), |(x, y, i)| 0.4 * (seed * (1 + x + 7 * y + 31 * i) as f64).sin());
    let offset = Array2::from_shape_fn((5, 3), |(x, y)| ((x + 5 * y) as f64).cos());
    let mut npz = NpzWriter::new(fs::File::create(bench.path(name)).unwrap());
    npz.add_array("phi", &phi).unwrap();
    npz.add_array("offset", &offset).unwrap();
    npz.finish().unwrap();
}

/// Runs the command in a folder of the bench.
fn within(bench: &Bench, folder: &str, line: &str) {
    let output = bench.command(line).current_dir(bench.path(folder)).output().unwrap();
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
}

fn json(bench: &Bench, line: &str) -> Value {
    serde_json::from_str(&bench.expect(0, line)).unwrap()
}

fn pairing(document: &Value) -> (&str, &str) {
    let pair = &document["pairs"][0];
    (pair["pairing"].as_str().unwrap(), pair["reason"].as_str().unwrap())
}

/// Folders d1 and d2 with other files of one name, d3 with that of d1.
fn folders() -> Bench {
    let bench = Bench::with("c.toml", RUN);
    for folder in ["d1", "d2", "d3"] {
        fs::create_dir(bench.path(folder)).unwrap();
        bench.write(&format!("{folder}/c.toml"), RUN);
        bench.write(&format!("{folder}/s.toml"), STORE);
        write(&bench, &format!("{folder}/f.npz"), if folder == "d2" { 2.0 } else { 1.0 });
    }
    bench
}

#[test]
fn files_of_one_name_are_one_instance_only_if_their_contents_are() {
    let bench = folders();
    for folder in ["d1", "d2", "d3"] {
        within(&bench, folder, "simulate --config c.toml --out out -q");
    }
    let document = json(&bench, "compare d1/out d2/out --json");
    let (how, reason) = pairing(&document);
    assert!(how == "not paired" && reason.contains("f.npz is not one file") && reason.contains("SHA-256"), "{reason}");
    let document = json(&bench, "compare d1/out d3/out --json");
    let (how, reason) = pairing(&document);
    assert!(how == "same instances and streams" && reason.contains("digests agree"), "{reason}");
    // Under another name it is the same file; with other seeds it is one instance.
    fs::rename(bench.path("d3/f.npz"), bench.path("d3/g.npz")).unwrap();
    within(
        &bench,
        "d3",
        "simulate --config c.toml --set instance.path=\"g.npz\" --seed 5 --replicates 5 --out other -q",
    );
    let document = json(&bench, "compare d1/out d3/other --json");
    assert_eq!(pairing(&document).0, "one instance, samples of their own");
    assert!(document["notes"][0].as_str().unwrap().contains("of 3 of A and 5 of B, 3 are compared"), "{document:#}");
    // Without a digest nothing is claimed.
    fs::remove_file(bench.path("d1/out/provenance.json")).unwrap();
    let document = json(&bench, "compare d1/out d3/out --json");
    let (how, reason) = pairing(&document);
    assert!(how == "not paired" && reason.contains("what f.npz held when A was run is not known"), "{reason}");
}

#[test]
fn stores_of_files_of_one_name_are_told_apart_by_their_contents() {
    let bench = folders();
    for folder in ["d1", "d2", "d3"] {
        within(&bench, folder, "run s.toml --quick --out s -q");
    }
    let document = json(&bench, "compare d1/s d2/s --json --y base_probability");
    let pairs = document["pairs"].as_array().unwrap();
    assert!(pairs.len() == 2 && pairs.iter().all(|pair| pair["pairing"] == "not paired"), "{document:#}");
    assert!(pairing(&document).1.contains("f.npz is not one file"));
    let document = json(&bench, "compare d1/s d3/s --json --y base_probability");
    assert_eq!(pairing(&document).0, "same instances and streams");
    // Of a store of drawn instances and one of a file each is said what it is; seeds of one root seed are not called two.
    let drawn = STORE.replace("kind = 'npz'\npath = 'f.npz'", "kind = 'tabular'\nprompts = 5\nresponses = 3");
    bench.write("t.toml", &drawn);
    bench.expect(0, "run t.toml --quick --out t -q");
    let document = json(&bench, "compare t d1/s --json --y base_probability");
    let reason = pairing(&document).1;
    assert!(reason.contains("names or values differ, and so do their seeds"), "{reason}");
    let gaussian =
        STORE.replace("kind = 'npz'\npath = 'f.npz'", "kind = 'gaussian'\nprompts = 5\nresponses = 3\ndim = 4");
    bench.write("g.toml", &gaussian);
    bench.expect(0, "run g.toml --quick --out g -q");
    let document = json(&bench, "compare g d1/s --json --y base_probability");
    let reason = pairing(&document).1;
    assert!(reason.contains("each replicate of A draws its own instance, all of B have one"), "{reason}");
    let document = json(&bench, "compare d1/s g --json --y base_probability");
    assert!(pairing(&document).1.contains("all replicates of A have one instance, each of B draws its own"));
    bench.expect(0, "run g.toml --quick --seed 9 --out g9 -q");
    let document = json(&bench, "compare g g9 --json --y base_probability");
    assert!(pairing(&document).1.starts_with("their seeds differ, and each"), "{document:#}");
}

/// The same policies with rotated and scaled features: what is computed of them is the same up to rounding.
#[test]
fn rounding_is_no_difference_of_exact_values() {
    let text = "[instance]\nkind = 'npz'\npath = 'a.npz'\n[process]\npopulation = true\nbeta = 0.1\nrounds = 4\n[run]\nreplicates = 1\n";
    let bench = Bench::with("c.toml", text);
    let phi = Array3::from_shape_fn((12, 4, 4), |(x, y, i)| 0.5 * ((1 + x + 13 * y + 57 * i * i) as f64).sin());
    let theta = Array1::from_shape_fn(4, |i| 3.0 + (i as f64).cos());
    // Two plane rotations by an angle with cosine 0.6, and a factor.
    let turned = |v: [f64; 4]| {
        [0.6 * v[0] - 0.8 * v[1], 0.8 * v[0] + 0.6 * v[1], 0.6 * v[2] - 0.8 * v[3], 0.8 * v[2] + 0.6 * v[3]]
    };
    let row = |x: usize, y: usize| turned([0, 1, 2, 3].map(|i| phi[[x, y, i]]));
    let other = Array3::from_shape_fn((12, 4, 4), |(x, y, i)| 0.37 * row(x, y)[i]);
    let other_theta = turned([0, 1, 2, 3].map(|i| theta[i] / 0.37));
    for (name, phi, theta) in [("a.npz", &phi, theta.clone()), ("b.npz", &other, Array1::from(other_theta.to_vec()))] {
        let mut npz = NpzWriter::new(fs::File::create(bench.path(name)).unwrap());
        npz.add_array("phi", phi).unwrap();
        npz.add_array("theta0", &theta).unwrap();
        npz.finish().unwrap();
    }
    let text = bench.expect(0, "compare c.toml --set-b instance.path=\"b.npz\" --t 0,1,2,3,4");
    assert!(text.contains("A and B are equal in every value, up to rounding:"), "{text}");
    assert!(text.contains("Not paired, which exact values need not be") && !text.contains("two samples"), "{text}");
    assert!(text.contains("margin: equal up to rounding") && !text.contains("hold together"), "{text}");
    // What is larger than rounding differs.
    let text = bench.expect(0, "compare c.toml --set-b process.beta=0.1000001 --y margin,kappa");
    assert!(text.contains("A and B differ (nothing is left to chance)"), "{text}");
}
