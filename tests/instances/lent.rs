//! Features in memory that something else owns, or left on disk: the numbers of a file, bit for bit, without a copy. The files are made by `ndarray-npy`.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use ndarray::{Array1, Array2, Array3, Axis, aview1, s};
use selfreward::instance::npz::{Array, InMemory, NpzFile, NpzWriter, Values, write_npy};
use selfreward::instance::{DenseFeatures, FeatureMap, Lent, Storage};
use selfreward::seed::Seed;
use selfreward::simulate::run::replicate;
use selfreward::simulate::{Config, Simulation};
use tempfile::TempDir;

/// M, K and d; of eight numbers and more, sums are formed in blocks.
const SHAPE: [usize; 3] = [5, 4, 11];
/// K(x) where they differ.
const COUNTS: [usize; 5] = [4, 2, 3, 1, 4];

/// Numbers in (−1, 1) of 53 digits, the same at each call.
fn noise(i: usize) -> f64 {
    let wild = (i as f64 * 12.9898 + 4.1).sin() * 43758.5453;
    2.0 * (wild - wild.floor()) - 1.0
}

/// φ with norms below 1; behind the responses of a prompt lies no number.
fn phi(ragged: bool) -> Array3<f64> {
    Array3::from_shape_fn(SHAPE, |(x, y, j)| {
        if ragged && y >= COUNTS[x] { f64::NAN } else { noise((x * SHAPE[1] + y) * SHAPE[2] + j) / 4.0 }
    })
}

/// What the arrays hold, and how.
#[derive(Clone, Copy, Debug)]
struct Given {
    single: bool,
    ragged: bool,
    theta: bool,
    offset: bool,
}

/// How features are at hand.
#[derive(Clone, Copy, Debug)]
enum Way {
    Held,
    Lent,
}

impl Given {
    /// φ as the file holds it, in doubles.
    fn phi(self) -> Array3<f64> {
        if self.single { phi(self.ragged).mapv(|value| f64::from(value as f32)) } else { phi(self.ragged) }
    }

    fn theta() -> Array1<f64> {
        (0..SHAPE[2]).map(|j| 3.0 * noise(j + 1000)).collect()
    }

    /// b, and the reward from outside.
    fn logits(start: usize) -> Array2<f64> {
        Array2::from_shape_fn((SHAPE[0], SHAPE[1]), |(x, y)| 2.0 * noise(start + x * SHAPE[1] + y))
    }

    fn correct() -> Array2<bool> {
        Array2::from_shape_fn((SHAPE[0], SHAPE[1]), |(x, y)| (x + y) % 3 == 0)
    }

    fn write(self, path: &Path) {
        let mut npz = NpzWriter::new(File::create(path).unwrap());
        if self.single {
            npz.add_array("phi", &phi(self.ragged).mapv(|value| value as f32)).unwrap();
        } else {
            npz.add_array("phi", &phi(self.ragged)).unwrap();
        }
        self.write_others(npz);
    }

    /// The same as two files: φ alone, and all else.
    fn write_apart(self, features: &Path, others: &Path) {
        if self.single {
            write_npy(File::create(features).unwrap(), &phi(self.ragged).mapv(|value| value as f32)).unwrap();
        } else {
            write_npy(File::create(features).unwrap(), &phi(self.ragged)).unwrap();
        }
        self.write_others(NpzWriter::new(File::create(others).unwrap()));
    }

    fn write_others(self, mut npz: NpzWriter<File>) {
        if self.ragged {
            npz.add_array("num_responses", &Array1::from(COUNTS.map(|count| count as i64).to_vec())).unwrap();
        }
        if self.theta {
            npz.add_array("theta0", &Self::theta()).unwrap();
        }
        if self.offset {
            npz.add_array("offset", &Self::logits(2000)).unwrap();
        }
        npz.add_array("reward", &Self::logits(3000)).unwrap();
        npz.add_array("correct", &Self::correct()).unwrap();
        npz.finish().unwrap();
    }

    fn arrays(self, way: Way) -> InMemory {
        let held = |array: Vec<f64>, shape: &[usize]| Values::Floats(Array { shape: shape.to_vec(), values: array });
        let table = |array: Array2<f64>| match way {
            Way::Held => held(array.into_iter().collect(), &SHAPE[..2]),
            Way::Lent => {
                Values::Lent64 { shape: SHAPE[..2].to_vec(), values: Arc::new(array.into_iter().collect::<Vec<_>>()) }
            }
        };
        let shape = SHAPE.to_vec();
        let phi = match way {
            Way::Held => held(self.phi().into_iter().collect(), &shape),
            Way::Lent if self.single => {
                let values: Vec<f32> = phi(self.ragged).iter().map(|&value| value as f32).collect();
                Values::Lent32 { shape, values: Arc::new(values) }
            }
            Way::Lent => Values::Lent64 { shape, values: Arc::new(self.phi().into_iter().collect::<Vec<_>>()) },
        };
        let mut arrays = InMemory::default().with("phi", phi).with("reward", table(Self::logits(3000)));
        let marks = Self::correct().iter().map(|&mark| i128::from(mark)).collect();
        arrays = arrays.with("correct", Values::Truths(Array { shape: SHAPE[..2].to_vec(), values: marks }));
        if self.ragged {
            let values = COUNTS.map(|count| count as i128).to_vec();
            arrays = arrays.with("num_responses", Values::Wholes(Array { shape: vec![SHAPE[0]], values }));
        }
        if self.theta {
            arrays = arrays.with("theta0", held(Self::theta().to_vec(), &SHAPE[2..]));
        }
        if self.offset {
            arrays = arrays.with("offset", table(Self::logits(2000)));
        }
        arrays
    }
}

/// Measured numbers and θ of two replicates as text: a double is written with all its digits, and −0 as such.
fn run(simulation: &Simulation) -> String {
    let run = |index| replicate(simulation, index, true, &AtomicBool::new(false)).unwrap();
    format!("{:?}", [run(0), run(1)])
}

/// Every route that reads features: each fit on dense features, and what is measured on request.
const LOOPS: [&str; 14] = [
    "preset = 'self-rewarding'",
    "preset = 'self-rewarding'\npopulation = true",
    "preset = 'frozen-reward'\nridge = 0.01\nradius = 20.0",
    "preset = 'self-rewarding'\nupdate = 'gradient'\nsteps = 3",
    "preset = 'live-reward-frozen-reference'",
    "preset = 'preference-dpo'\nridge = 0.1",
    "preset = 'win-rate-ipo'\npopulation = true",
    "preset = 'sharpening-sft'\nridge = 0.1",
    "preset = 'sharpening-sft'\npopulation = true",
    "preset = 'majority-reward'",
    "update = 'finite-class'\nrays = 4\nchoice = 'worst'",
    "preset = 'task-centric'\nridge = 0.1",
    "preset = 'grpo-mirror'",
    "preset = 'accumulate'\nridge = 0.1",
];

const MEASURED: &str = "also = ['all']\nchain = true";

/// Oracle: the run of the file.
#[test]
fn features_that_are_lent_or_left_on_disk_give_the_numbers_of_the_file() {
    let folder = TempDir::new().unwrap();
    let [path, phi, others] = ["features.npz", "phi.npy", "others.npz"].map(|name| folder.path().join(name));
    let instances = ["", "rescale = true", "theta_norm = 2.0", "dim = 4", "offset_as_feature = true"];
    let mut texts = Vec::new();
    for (single, ragged, offset) in
        [(false, true, true), (true, true, false), (true, false, true), (false, false, false)]
    {
        let all = Given { single, ragged, offset, theta: true };
        for given in [all, Given { theta: false, ..all }] {
            given.write(&path);
            given.write_apart(&phi, &others);
            for (number, keys) in LOOPS.iter().enumerate() {
                let instance = instances[number % instances.len()];
                let refused = (!given.theta && !offset && !instance.contains("theta_norm"))
                    || (given.theta && instance.contains("theta_norm"))
                    || (!offset && instance.contains("offset_as_feature"));
                let instance = if refused { "" } else { instance };
                let without_theta = !given.theta && !offset && instance.is_empty();
                if without_theta || (offset && keys.contains("finite-class")) {
                    continue;
                }
                let config = |path: &str| -> Config {
                    let text = format!(
                        "[instance]\nkind = 'npz'\n{path}\n{instance}\n[process]\nbeta = 2.0\nsamples = 3000\nrounds = 2\n{keys}\n\
                         [measure]\n{MEASURED}\n[run]\nreplicates = 2\nseed = 7"
                    );
                    text.parse().unwrap_or_else(|error| panic!("{error}\n{text}"))
                };
                let of_file = run(&Simulation::new(config(&format!("path = '{}'", path.display()))).unwrap());
                for way in [Way::Held, Way::Lent] {
                    let simulation = Simulation::of_arrays(config(""), given.arrays(way)).unwrap();
                    assert!(run(&simulation) == of_file, "{given:?} {way:?} {instance:?} {keys:?}");
                }
                let apart = format!("path = '{}'\nfeatures = '{}'", others.display(), phi.display());
                assert!(
                    run(&Simulation::new(config(&apart)).unwrap()) == of_file,
                    "{given:?} left {instance:?} {keys:?}"
                );
                texts.push(of_file);
            }
        }
    }
    // They are runs of their own: no two are alike.
    texts.sort();
    let count = texts.len();
    texts.dedup();
    assert_eq!((texts.len(), count > 60), (count, true));
}

/// The same features in all storages: held and packed, lent in doubles, and lent in single precision.
fn in_all_storages(counts: &[usize], most: usize, dim: usize) -> [DenseFeatures; 3] {
    let singles: Vec<f32> = (0..counts.len() * most * dim).map(|i| noise(i + dim) as f32).collect();
    let doubles: Vec<f64> = singles.iter().map(|&value| f64::from(value)).collect();
    let of = |storage| DenseFeatures::padded(storage, most, dim, counts).unwrap();
    [
        of(Storage::Owned(doubles.clone())),
        of(Storage::Lent64(Arc::new(doubles))),
        of(Storage::Lent32(Arc::new(singles))),
    ]
}

/// Oracle: `ndarray`'s product of the matrix with the vector. With `lapack` that is OpenBLAS's, which sums in another order.
#[test]
fn logits_are_the_product_bit_for_bit_wherever_the_features_lie() {
    for dim in [1, 2, 7, 8, 9, 31, 32, 33, 100] {
        let all = in_all_storages(&COUNTS, 4, dim);
        let theta: Array1<f64> = (0..dim).map(|j| noise(j + 77) / 3.0).collect();
        let matrix = all[0].to_matrix();
        let product = if cfg!(feature = "lapack") {
            matrix.rows().into_iter().map(|row| row.dot(&theta)).collect()
        } else {
            matrix.dot(&theta)
        };
        let bits = |logits: &Array1<f64>| logits.iter().map(|logit| logit.to_bits()).collect::<Vec<_>>();
        for features in &all {
            assert_eq!(bits(&features.times(&theta)), bits(&product), "{dim}");
        }
    }
}

/// Oracle: the rows that count, cut out of the array by hand.
#[test]
fn every_view_has_the_same_numbers_in_all_storages() {
    let dim = 6;
    let all = in_all_storages(&COUNTS, 4, dim);
    let value = |x: usize, y: usize, j: usize| f64::from(noise((x * 4 + y) * dim + j + dim) as f32);
    let cut: Vec<f64> = (0..COUNTS.len())
        .flat_map(|x| (0..COUNTS[x]).flat_map(move |y| (0..dim).map(move |j| value(x, y, j))))
        .collect();
    let cut = Array2::from_shape_vec((COUNTS.iter().sum(), dim), cut).unwrap();
    for features in &all {
        assert_eq!((features.rows(), features.dim(), features.starts()), (14, dim, &[0, 4, 6, 9, 10, 14][..]));
        assert_eq!(features.to_matrix(), cut);
        assert!(all.iter().all(|other| features.same_values(other)));
        let norms = cut.rows().into_iter().map(|row| row.dot(&row).sqrt()).collect::<Vec<_>>();
        let (row, norm) = features.largest_norm();
        assert!(norms.iter().all(|other| *other <= norms[row]) && (norm / norms[row] - 1.0).abs() < 1e-14);
        for x in 0..COUNTS.len() {
            let start = features.starts()[x];
            assert_eq!(features.prompt(x), cut.slice(s![start..start + COUNTS[x], ..]));
            for y in 0..COUNTS[x] {
                let expected = cut.row(start + y);
                assert_eq!(features.row(x, y), expected);
                let (mut sum, mut difference) = (Array1::from_elem(dim, 0.25), vec![0.0; dim]);
                features.add_to(x, y, 3.0, &mut sum);
                assert_eq!(sum, &expected * 3.0 + 0.25);
                features.difference(x, y, COUNTS[x] - 1, &mut difference);
                assert_eq!(aview1(&difference), &expected - &cut.row(start + COUNTS[x] - 1));
            }
        }
    }
    for features in all {
        assert_eq!(features.into_matrix(), cut);
    }
    // Other numbers, and as many of other prompts, are not the same.
    let [held, _, single] = in_all_storages(&COUNTS, 4, dim);
    let [other, ..] = in_all_storages(&COUNTS, 4, dim + 1);
    let [swapped, ..] = in_all_storages(&[2, 4, 3, 1, 4], 4, dim);
    let changed =
        DenseFeatures::new(&cut + 1e-16 * &Array2::<f64>::from_diag_elem(14, 1e16).slice(s![.., ..dim]), &COUNTS);
    let changed = changed.unwrap();
    assert!([&other, &swapped, &changed].iter().all(|other| !held.same_values(other) && !single.same_values(other)));
}

#[test]
fn a_matrix_that_was_cut_out_of_another_is_itself() {
    let whole = Array2::from_shape_fn((6, 3), |(i, j)| noise(3 * i + j));
    let lower = DenseFeatures::new(whole.clone().slice_move(s![2..5, ..]), &[1, 2]).unwrap();
    assert_eq!(lower.to_matrix(), whole.slice(s![2..5, ..]));
    let column = DenseFeatures::new(whole.clone().slice_move(s![.., 1..2]), &[2, 4]).unwrap();
    assert_eq!(column.to_matrix(), whole.slice(s![.., 1..2]));
    let turned = DenseFeatures::new(whole.clone().reversed_axes(), &[3]).unwrap();
    assert_eq!(turned.to_matrix(), whole.t());
    let mut backwards = whole.clone();
    backwards.invert_axis(Axis(0));
    assert_eq!(DenseFeatures::new(backwards, &[6]).unwrap().row(0, 0), whole.row(5));
}

fn instance(arrays: InMemory) -> selfreward::Result<selfreward::instance::Instance> {
    NpzFile::of_arrays(arrays, false)?.instance(None, &Seed::from_number(0))
}

/// Oracle: the addresses of what is lent.
#[test]
fn what_is_lent_is_not_copied() {
    let theta = || Values::Floats(Array { shape: vec![SHAPE[2]], values: Given::theta().to_vec() });
    let counts = || {
        let values = COUNTS.map(|count| count as i128).to_vec();
        Values::Wholes(Array { shape: vec![SHAPE[0]], values })
    };
    let doubles = Arc::new(phi(true).into_iter().collect::<Vec<f64>>());
    let lent = Values::Lent64 { shape: SHAPE.to_vec(), values: Arc::clone(&doubles) as Arc<dyn Lent<f64>> };
    let arrays = InMemory::default().with("phi", lent).with("theta0", theta()).with("num_responses", counts());
    let config: Config = "[instance]\nkind = 'npz'\n[run]\nreplicates = 3".parse().unwrap();
    let simulation = Simulation::of_arrays(config, arrays.clone()).unwrap();
    for index in 0..3 {
        let instance = simulation.instance(index).unwrap();
        let FeatureMap::Dense(features) = instance.features() else { panic!("dense") };
        assert_eq!(features.storage().own_bytes(), 0);
        for (x, &count) in COUNTS.iter().enumerate() {
            for y in 0..count {
                let place = &doubles[(x * SHAPE[1] + y) * SHAPE[2]];
                assert!(std::ptr::eq(features.row(x, y).as_ptr(), place), "{x} {y}");
            }
            assert!(std::ptr::eq(features.prompt(x).as_ptr(), &doubles[x * SHAPE[1] * SHAPE[2]]), "{x}");
        }
    }
    // Divided features are a copy, of the rows that count, and what was lent stays as it was.
    let FeatureMap::Dense(divided) = NpzFile::of_arrays(arrays, true)
        .and_then(|file| file.instance(None, &Seed::from_number(0)))
        .map(|instance| instance.features().clone())
        .unwrap()
    else {
        panic!("dense")
    };
    assert_eq!(divided.storage().own_bytes(), 8 * 14 * SHAPE[2]);
    assert!(divided.largest_norm().1 > 1.0 - 1e-15 && doubles[0] == phi(true)[(0, 0, 0)]);

    let singles = Arc::new(phi(true).iter().map(|&value| value as f32).collect::<Vec<f32>>());
    let lent = Values::Lent32 { shape: SHAPE.to_vec(), values: Arc::clone(&singles) as Arc<dyn Lent<f32>> };
    let arrays = InMemory::default().with("phi", lent).with("theta0", theta()).with("num_responses", counts());
    let instance = instance(arrays).unwrap();
    let FeatureMap::Dense(features) = instance.features() else { panic!("dense") };
    let Storage::Lent32(there) = features.storage() else { panic!("lent in single precision") };
    assert!(std::ptr::eq(there.values(), singles.as_slice()));
    assert_eq!(features.row(4, 3)[SHAPE[2] - 1], f64::from(singles[singles.len() - 1]));
}

/// An owner that notes when it is let go.
#[derive(Debug)]
struct Owner(Vec<f64>, Arc<AtomicBool>);

impl Lent<f64> for Owner {
    fn values(&self) -> &[f64] {
        &self.0
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.1.store(true, std::sync::atomic::Ordering::Relaxed);
    }
}

#[test]
fn an_instance_keeps_what_it_was_lent() {
    let gone = Arc::new(AtomicBool::new(false));
    let is_gone = || gone.load(std::sync::atomic::Ordering::Relaxed);
    let values = Arc::new(Owner(vec![0.5, -0.25], Arc::clone(&gone)));
    let arrays = InMemory::default()
        .with("phi", Values::Lent64 { shape: vec![1, 2, 1], values })
        .with("theta0", Values::Floats(Array { shape: vec![1], values: vec![1.0] }));
    let instance = instance(arrays).unwrap();
    assert!(!is_gone());
    let policy = instance.policy(instance.base());
    assert!((policy.log_prob(0, 0) - policy.log_prob(0, 1) - 0.75).abs() < 1e-15);
    drop(instance);
    assert!(is_gone());
}

#[test]
fn every_wrong_lent_array_is_refused_by_name() {
    let theta = || Values::Floats(Array { shape: vec![2], values: vec![0.5, -1.0] });
    let refused = |arrays: InMemory, words: &[&str]| {
        let text = instance(arrays).expect_err(&words.join(", ")).to_string();
        words.iter().for_each(|word| assert!(text.contains(word), "{word:?} is missing from: {text}"));
    };
    let doubles = |shape: &[usize], values: Vec<f64>| {
        let phi = Values::Lent64 { shape: shape.to_vec(), values: Arc::new(values) };
        InMemory::default().with("phi", phi).with("theta0", theta())
    };
    let singles = |shape: &[usize], values: Vec<f32>| {
        let phi = Values::Lent32 { shape: shape.to_vec(), values: Arc::new(values) };
        InMemory::default().with("phi", phi).with("theta0", theta())
    };
    let counts = |values: [i128; 2]| Values::Wholes(Array { shape: vec![2], values: values.to_vec() });
    let sound: Vec<f64> = (0..12).map(|i| 0.125 + f64::from(i % 5) / 16.0).collect();
    let sound32: Vec<f32> = sound.iter().map(|&value| value as f32).collect();
    assert!(
        instance(doubles(&[2, 3, 2], sound.clone())).is_ok() && instance(singles(&[2, 3, 2], sound32.clone())).is_ok()
    );

    // Entries that are no numbers, where they count; behind the responses they do not.
    for (value, shown) in [(f64::NAN, "NaN"), (f64::INFINITY, "inf")] {
        let (mut wrong, mut wrong32) = (sound.clone(), sound32.clone());
        (wrong[11], wrong32[11]) = (value, value as f32);
        let words = ["feature 1 of response 2 at prompt 1", shown, "a finite number"];
        refused(doubles(&[2, 3, 2], wrong.clone()), &words);
        refused(singles(&[2, 3, 2], wrong32.clone()), &words);
        let cut = |arrays: InMemory| instance(arrays.with("num_responses", counts([3, 2])));
        assert!(cut(doubles(&[2, 3, 2], wrong)).is_ok() && cut(singles(&[2, 3, 2], wrong32)).is_ok());
    }
    // Zeros that may be padding.
    let (mut padded, mut padded32) = (sound.clone(), sound32.clone());
    padded[8..].fill(0.0);
    padded32[8..].fill(0.0);
    let words = ["phi[1, 1] to phi[1, 2]", "num_responses[1] = 1 if they are padding"];
    refused(doubles(&[2, 3, 2], padded.clone()), &words);
    refused(singles(&[2, 3, 2], padded32.clone()), &words);
    assert!(instance(doubles(&[2, 3, 2], padded).with("num_responses", counts([3, 3]))).is_ok());
    assert!(instance(singles(&[2, 3, 2], padded32).with("num_responses", counts([3, 1]))).is_ok());
    // Norms, shapes, counts and names.
    let mut long = sound.clone();
    long[4] = 1.5;
    refused(doubles(&[2, 3, 2], long), &["feature norm of response 2 at prompt 0", "at most 1"]);
    refused(doubles(&[6, 2], sound.clone()), &["\"phi\"", "[6, 2]", "(M, K, d)"]);
    refused(doubles(&[2, 0, 2], vec![]), &["\"phi\"", "[2, 0, 2]", "no empty axis"]);
    refused(doubles(&[2, 3, 3], sound.clone()), &["\"phi\"", "[2, 3, 3]", "18 values, not 12"]);
    refused(singles(&[2, 3, 1], sound32.clone()), &["\"phi\"", "[2, 3, 1]", "6 values, not 12"]);
    refused(singles(&[usize::MAX, 3, 1], sound32), &["\"phi\"", "more than 2^64 values, not 12"]);
    refused(
        doubles(&[2, 3, 2], sound.clone()).with("num_responses", counts([3, 4])),
        &["num_responses[1] = 4", "1 to 3"],
    );
    refused(doubles(&[2, 3, 2], sound.clone()).with("theta", theta()), &["\"theta\"", "not known", "theta0"]);
    let short = Values::Lent64 { shape: vec![1], values: Arc::new(vec![1.0]) };
    refused(doubles(&[2, 3, 2], sound.clone()).with("theta0", short), &["shape of theta0 = [1]", "(2)"]);
    let offset = Values::Lent32 { shape: vec![2, 3], values: Arc::new(vec![0.0, 1.0, 2.0, 0.0, f32::NAN, 0.0]) };
    refused(doubles(&[2, 3, 2], sound.clone()).with("offset", offset), &["offset[1, 1] = NaN", "a finite number"]);
    let wholes = Values::Lent64 { shape: vec![2], values: Arc::new(vec![3.0, 2.0]) };
    let words = ["\"num_responses\"", "holds numbers", "whole numbers"];
    refused(doubles(&[2, 3, 2], sound).with("num_responses", wholes), &words);
}
