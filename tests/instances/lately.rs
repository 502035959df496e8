//! Cells of a grid share the instance of their file, and a file that was changed is read again.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use selfreward::instance::Instance;
use selfreward::instance::npz::NpzWriter;
use selfreward::simulate::{Config, Simulation};

/// Two prompts of two responses each, d = 1, with this feature of the first.
fn write(path: &Path, feature: f64) {
    let mut npz = NpzWriter::new(fs::File::create(path).unwrap());
    npz.add_array("phi", &ndarray::array![[[feature], [0.25]], [[0.5], [-0.5]]]).unwrap();
    npz.add_array("theta0", &ndarray::array![1.0]).unwrap();
    npz.finish().unwrap();
}

fn instance(path: &Path, more: &str) -> Arc<Instance> {
    let text = format!("[instance]\nkind = \"npz\"\npath = {path:?}\n{more}\n[process]\nsamples = 4\nrounds = 1\n");
    Simulation::new(text.parse::<Config>().unwrap()).unwrap().instance(0).unwrap()
}

fn feature(instance: &Instance) -> f64 {
    let selfreward::instance::FeatureMap::Dense(features) = instance.features() else { panic!("dense") };
    features.row(0, 0)[0]
}

#[test]
fn a_file_is_read_once_and_again_where_it_changed() {
    let folder = tempfile::tempdir().unwrap();
    let (path, other) = (folder.path().join("one.npz"), folder.path().join("other.npz"));
    // Just written: every change is seen, though nothing but the numbers differs.
    for value in [0.75, -0.75, 0.125] {
        write(&path, value);
        assert_eq!(feature(&instance(&path, "")), value);
    }
    write(&other, -0.25);
    std::thread::sleep(Duration::from_millis(3200));
    let (first, second) = (instance(&path, ""), instance(&path, ""));
    assert!(Arc::ptr_eq(&first, &second), "the file was read twice");
    assert!(Arc::ptr_eq(&instance(&other, ""), &instance(&other, "")));
    assert!(Arc::ptr_eq(&first, &instance(&path, "")), "another file took its place");
    // Another question about the same file.
    let rescaled = instance(&path, "rescale = true");
    assert_eq!((feature(&first), feature(&rescaled)), (0.125, 0.25));
    assert_eq!(feature(&instance(&path, "theta0 = [2.0]")), 0.125);
    // As long as before, and said to be as old.
    let times = fs::metadata(&path).unwrap().modified().unwrap();
    write(&path, 0.375);
    fs::File::options().write(true).open(&path).unwrap().set_modified(times).unwrap();
    assert_eq!(feature(&instance(&path, "")), 0.375);
    fs::remove_file(&path).unwrap();
    let gone = format!("[instance]\nkind = \"npz\"\npath = {path:?}\n").parse::<Config>().and_then(Simulation::new);
    assert!(gone.is_err());
}
