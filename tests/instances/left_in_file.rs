//! Features that stay on disk: which do, that their numbers are those that are read, how often they are gone through, and what is
//! refused. The bytes are made here, from the description of the formats alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use ndarray::Array1;
use selfreward::instance::npz::{Array, InMemory, NpzFile, Reading, Values};
use selfreward::instance::{DenseFeatures, FeatureMap, Lent, Storage};
use selfreward::seed::Seed;
use selfreward::simulate::run::{Observer, Seen, replicate};
use selfreward::simulate::{Config, Simulation};
use selfreward::study::cost;
use tempfile::TempDir;

use crate::npz_support::{Entry, archive, doubles, header, npy, wholes};

/// M, K, d.
const SHAPE: [usize; 3] = [3, 4, 5];
const SHOWN: &str = "(3, 4, 5)";

fn values() -> Vec<f64> {
    (0..60).map(|i| f64::from(((i * 37) % 101) as f32 / 101.0 - 0.45)).collect()
}

fn theta() -> Vec<f64> {
    (0..SHAPE[2]).map(|j| j as f64 - 1.5).collect()
}

/// The array as NumPy writes it.
fn phi(single: bool) -> Vec<u8> {
    let values = values();
    let data: Vec<u8> = if single {
        values.iter().flat_map(|&value| (value as f32).to_le_bytes()).collect()
    } else {
        values.iter().flat_map(|value| value.to_le_bytes()).collect()
    };
    npy(1, &header(if single { "<f4" } else { "<f8" }, SHOWN), &data)
}

/// An archive with φ behind so many more bytes.
fn archived(phi: Vec<u8>, before: usize) -> Vec<u8> {
    let levels = Entry::new("level.npy", wholes(&[1, 2, 3]));
    let mut theta = doubles("(5,)", &theta());
    // NumPy ignores what lies behind an array.
    theta.extend(vec![7; before]);
    archive(&[levels, Entry::new("theta0.npy", theta), Entry::new("phi.npy", phi)])
}

struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    /// An archive with all but φ.
    fn others(&self) -> PathBuf {
        let theta = Entry::new("theta0.npy", doubles("(5,)", &theta()));
        self.write("others.npz", &archive(&[theta]))
    }
}

fn features(path: &Path, reading: &Reading) -> selfreward::Result<Arc<DenseFeatures>> {
    let instance = NpzFile::read_as(path, reading)?.instance(None, &Seed::from_number(0))?;
    let FeatureMap::Dense(dense) = instance.features() else { panic!("dense features") };
    Ok(Arc::clone(dense))
}

/// Every stored entry is left in its file.
fn leaving() -> Reading {
    Reading { left_from: 0, rescale: true, ..Reading::default() }
}

fn beside(path: PathBuf) -> Reading {
    Reading { features: Some(path), rescale: true, ..Reading::default() }
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

fn assert_same(left: &DenseFeatures, read: &DenseFeatures, what: &str) {
    assert!(left.same_values(read) && read.same_values(left), "{what}");
    assert_eq!(left.largest_norm(), read.largest_norm(), "{what}");
    let theta: Array1<f64> = theta().into();
    let logits = |features: &DenseFeatures| bits(&features.times(&theta).to_vec());
    assert_eq!(logits(left), logits(read), "{what}");
    assert_eq!(left.to_matrix(), read.to_matrix(), "{what}");
    for (x, y) in [(0, 0), (2, 3)] {
        let both = [left, read].map(|features| {
            let (mut sum, mut difference) = (Array1::from_elem(SHAPE[2], 0.1), vec![0.0; SHAPE[2]]);
            features.add_to(x, y, 0.3, &mut sum);
            features.difference(x, y, 1, &mut difference);
            let row = features.row(x, y).to_vec();
            [bits(&sum.to_vec()), bits(&difference), bits(&row)]
        });
        assert_eq!(both[0], both[1], "{what}, response {y} at prompt {x}");
    }
}

fn is_left(features: &DenseFeatures) -> bool {
    matches!(features.storage(), Storage::Mapped(_))
}

/// Oracle: the same bytes, read into memory. An entry of an archive begins anywhere, so all eight places of a double occur.
#[test]
fn numbers_left_in_a_file_are_those_that_are_read_wherever_they_begin() {
    let files = Files::new();
    for single in [false, true] {
        for rescale in [false, true] {
            let read_as = |reading: Reading, path: &Path| {
                features(path, &Reading { rescale, ..reading }).unwrap_or_else(|error| panic!("{error}"))
            };
            for before in 0..8 {
                // Norms are below 1 only where they are divided.
                let mut bytes = phi(single);
                let (start, scale) = (bytes.len() - 60 * if single { 4 } else { 8 }, 0.25);
                for (i, value) in values().iter().enumerate() {
                    let value = value * scale;
                    if single {
                        bytes[start + 4 * i..][..4].copy_from_slice(&(value as f32).to_le_bytes());
                    } else {
                        bytes[start + 8 * i..][..8].copy_from_slice(&value.to_le_bytes());
                    }
                }
                let path = files.write("all.npz", &archived(bytes.clone(), before));
                let read = read_as(Reading::default(), &path);
                assert!(!is_left(&read), "small features are read");
                let what = format!("{single} {rescale} {before}");
                let left = read_as(leaving(), &path);
                assert!(is_left(&left), "{what}");
                assert_same(&left, &read, &what);
                let alone = files.write("phi.npy", &bytes);
                let left = read_as(beside(alone), &files.others());
                assert!(is_left(&left), "{what}");
                assert_same(&left, &read, &what);
            }
        }
    }
}

/// Oracle: the sound array. What cannot be used where it lies is read, from either file.
#[test]
fn other_orders_and_types_are_read() {
    let files = Files::new();
    let sound = features(&files.write("sound.npz", &archived(phi(false), 0)), &leaving()).unwrap();
    let values = values();
    let data = |bytes: &dyn Fn(f64) -> Vec<u8>| values.iter().flat_map(|&v| bytes(v)).collect::<Vec<u8>>();
    let big = npy(1, &header(">f8", SHOWN), &data(&|v| v.to_be_bytes().to_vec()));
    let big_single = npy(1, &header(">f4", SHOWN), &data(&|v| (v as f32).to_be_bytes().to_vec()));
    let fortran: Vec<u8> = (0..60)
        .flat_map(|i| {
            let (x, y, j) = (i % 3, i / 3 % 4, i / 12);
            values[(x * 4 + y) * 5 + j].to_le_bytes()
        })
        .collect();
    let fortran = npy(1, &header("<f8", SHOWN).replace("False", "True"), &fortran);
    for (what, bytes) in [("big", big), ("big single", big_single), ("Fortran", fortran)] {
        let entry = features(&files.write("all.npz", &archived(bytes.clone(), 0)), &leaving()).unwrap();
        let alone = features(&files.others(), &beside(files.write("phi.npy", &bytes))).unwrap();
        for read in [entry, alone] {
            assert!(!is_left(&read), "{what}");
            assert_same(&read, &sound, what);
        }
    }
}

#[test]
fn every_wrong_file_of_features_is_refused_in_one_line() {
    let files = Files::new();
    let refused = |found: selfreward::Result<Arc<DenseFeatures>>, words: &[&str]| {
        let text = found.expect_err(&words.join(", ")).to_string();
        for word in words {
            assert!(text.contains(word), "{word:?} is missing from: {text}");
        }
        assert!(!text.contains('\n'), "{text}");
    };
    let alone = |bytes: &[u8], words: &[&str]| {
        let path = files.write("phi.npy", bytes);
        refused(features(&files.others(), &beside(path)), &[words, &["phi.npy"]].concat());
    };
    let sound = phi(true);
    // Cut within the numbers, and within the header.
    alone(&sound[..sound.len() - 1], &[SHOWN, "<f4", "expected 240 bytes, not 239"]);
    alone(&sound[..20], &["header cannot be read", "a single array (.npy)"]);
    alone(b"", &["a single array (.npy)"]);
    alone(&npy(1, &header("<i4", SHOWN), &[0; 240]), &["dtype <i4", "floating-point"]);
    alone(&npy(1, &header("<c8", SHOWN), &[0; 480]), &["dtype <c8", "floating-point"]);
    alone(&archived(phi(true), 0), &["holds no array", "a single array (.npy)"]);
    alone(&npy(1, &header("<f4", "(12, 5)"), &[0; 240]), &["shape [12, 5]", "(M, K, d)"]);
    alone(&npy(1, &header("<f4", "(3, 0, 5)"), &[]), &["no empty axis"]);
    let missing = files.0.path().join("none.npy");
    refused(features(&files.others(), &beside(missing)), &["none.npy", "a single array (.npy)"]);
    let folder = files.0.path().to_path_buf();
    refused(features(&files.others(), &beside(folder)), &["is a folder", "a single array (.npy)"]);
    let twice = files.write("all.npz", &archived(phi(true), 0));
    let path = files.write("phi.npy", &sound);
    refused(features(&twice, &beside(path)), &["\"phi\"", "phi.npy", "expected one of them"]);

    // Numbers: the same words as for what is read.
    let with = |i: usize, value: f32| {
        let mut bytes = phi(true);
        let start = bytes.len() - 240 + 4 * i;
        bytes[start..start + 4].copy_from_slice(&value.to_le_bytes());
        bytes
    };
    for value in [f32::NAN, f32::INFINITY] {
        alone(&with(59, value), &["feature 4 of response 3 at prompt 2", "a finite number"]);
    }
    let mut zeros = phi(true);
    let end = zeros.len() - 80;
    zeros[end - 40..end].fill(0);
    alone(&zeros, &["phi[1, 2] to phi[1, 3]", "num_responses[1] = 2 if they are padding"]);
    let long = Reading { rescale: false, ..leaving() };
    let path = files.write("all.npz", &archived(with(21, 1.5), 0));
    refused(features(&path, &long), &["feature norm of response 0 at prompt 1", "at most 1"]);
}

/// Oracle: one bit of the numbers, of the padding behind them, or of the header is another.
#[test]
fn a_damaged_entry_is_refused_by_its_checksum() {
    let files = Files::new();
    let mut entry = phi(true);
    entry.extend([0; 10]);
    let sound = archived(entry.clone(), 3);
    assert!(features(&files.write("all.npz", &sound), &leaving()).is_ok());
    let start = sound.windows(entry.len()).position(|bytes| bytes == entry).unwrap();
    // A space of the header's dictionary, the lowest bit of a number, and a byte behind all numbers.
    let space = entry.iter().position(|&byte| byte == b'\n').unwrap() - 2;
    for (place, byte) in [(space, b'\t'), (entry.len() - 50, entry[entry.len() - 50] ^ 1), (entry.len() - 1, 1)] {
        let mut damaged = sound.clone();
        damaged[start + place] = byte;
        let path = files.write("all.npz", &damaged);
        let error = features(&path, &leaving()).expect_err("damaged").to_string();
        assert!(error.contains("checksum of phi") && error.contains("damaged"), "{place}: {error}");
        assert!(features(&path, &Reading { rescale: true, ..Reading::default() }).is_err(), "{place}");
    }
}

/// Numbers that count how often they are asked for.
#[derive(Debug)]
struct Counted(Vec<f32>, AtomicUsize);

impl Lent<f32> for Counted {
    fn values(&self) -> &[f32] {
        self.1.fetch_add(1, Ordering::Relaxed);
        &self.0
    }
}

/// Notes at each round how often rows were asked for since the last one.
struct Passes(Arc<Counted>, Mutex<Vec<usize>>);

impl Observer for Passes {
    fn round_done(&self) {}

    fn stop(&self) -> bool {
        false
    }

    fn measured(&self, _seen: &Seen<'_>) -> selfreward::Result<()> {
        self.1.lock().unwrap().push(self.0.1.swap(0, Ordering::Relaxed));
        Ok(())
    }
}

/// Oracle: M looks of a pass, one at each prompt, counted where numbers are handed out. A round of n triples sees n differences, of two rows
/// each, at most; its span looks at each of them three times, at most, and that of all differences, in the first round, at 2d + 8 of them.
#[test]
fn a_round_goes_through_all_features_once() {
    let (prompts, most, dim, samples, rounds) = (1000, 4, 3, 40, 4);
    let rows = prompts * most;
    let numbers: Vec<f32> = (0..rows * dim).map(|i| ((i * 7919) % 1009) as f32 / 2018.0 + 0.001).collect();
    let counted = Arc::new(Counted(numbers, AtomicUsize::new(0)));
    let lent = Arc::clone(&counted) as Arc<dyn Lent<f32>>;
    for keys in ["", "ridge = 0.1", "update = 'gradient'\nsteps = 3", "memory = 'all'"] {
        let arrays = InMemory::default()
            .with("phi", Values::Lent32 { shape: vec![prompts, most, dim], values: Arc::clone(&lent) })
            .with("theta0", Values::Floats(Array { shape: vec![dim], values: vec![0.5, -1.0, 2.0] }));
        let text = format!(
            "[instance]\nkind = 'npz'\n[process]\nbeta = 2.0\nsamples = {samples}\nrounds = {rounds}\n{keys}\n[run]\nseed = 3"
        );
        let simulation = Simulation::of_arrays(text.parse().unwrap(), arrays).unwrap();
        let passes = Passes(Arc::clone(&counted), Mutex::default());
        counted.1.store(0, Ordering::Relaxed);
        replicate(&simulation, 0, false, &passes).unwrap();
        let counts = passes.1.into_inner().unwrap();
        assert_eq!((counts.len(), counts[0]), (rounds + 1, prompts), "{keys}: {counts:?}");
        for (t, &count) in counts.iter().enumerate().skip(1) {
            // Kept laws are those of earlier rounds: their pairs are seen again.
            let seen = if keys.contains("memory") { t * samples } else { samples };
            let looked = 2 * (4 * seen + 2 * dim + 8);
            assert!(prompts <= count && count <= prompts + looked, "{keys}, round {t}: {count}");
        }
    }
}

/// Oracle: a file with 40 GB of features, all of them holes.
#[test]
fn forty_gigabytes_of_features_are_estimated_at_less_than_two() {
    let files = Files::new();
    let path = files.write("phi.npy", &npy(1, &header("<f4", "(1000000, 4, 2500)"), &[]));
    let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    if file.set_len(file.metadata().unwrap().len() + 40_000_000_000).is_err() {
        // A file system without holes.
        return;
    }
    let config = |class: &str| -> Config {
        let (others, features) = (files.others(), path.display());
        let text = format!(
            "[instance]\nkind = 'npz'\npath = '{}'\nfeatures = '{features}'\n{class}\n[process]\nsamples = 4096\nrounds = 8",
            others.display()
        );
        text.parse().unwrap()
    };
    let bytes = cost::bytes(&config(""));
    assert!((200_000_000..2_000_000_000).contains(&bytes), "{bytes}");
    // Another class is a copy, in doubles.
    assert!(cost::bytes(&config("dim = 2499")) > 80_000_000_000);
}
