//! A base of any logits: files without features. The files are made by `ndarray-npy`.

use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

use ndarray::{Array1, Array2, Array3, array};
use selfreward::instance::gaussian::BaseParameter;
use selfreward::instance::npz::{Class, Element, NpzFile, NpzWriter};
use selfreward::instance::{Correct, FeatureMap, Instance, Parameter};
use selfreward::logits::LogitTable;
use selfreward::seed::Seed;
use selfreward::simulate::run::replicate;
use selfreward::simulate::{Config, Simulation};
use std::sync::atomic::AtomicBool;
use tempfile::TempDir;

struct File(NpzWriter<Cursor<Vec<u8>>>);

impl File {
    fn of(logits: &Array2<f64>) -> Self {
        Self(NpzWriter::new(Cursor::new(Vec::new()))).with2("offset", logits)
    }

    fn with1<T: Element>(mut self, name: &str, array: &Array1<T>) -> Self {
        self.0.add_array(name, array).unwrap();
        self
    }

    fn with2<T: Element>(mut self, name: &str, array: &Array2<T>) -> Self {
        self.0.add_array(name, array).unwrap();
        self
    }

    fn bytes(self) -> Vec<u8> {
        self.0.finish().unwrap().into_inner()
    }

    fn open(self, rescale: bool) -> selfreward::Result<NpzFile> {
        NpzFile::of(Path::new("file.npz"), Box::new(Cursor::new(self.bytes())), rescale)
    }

    fn read(self) -> selfreward::Result<Instance> {
        self.open(false)?.instance(None, &Seed::from_number(1))
    }

    fn refused(self, words: &[&str]) {
        let text = self.read().expect_err(&words.join(", ")).to_string();
        for word in words.iter().chain(&["file.npz"]) {
            assert!(text.contains(word), "{word:?} is missing from: {text}");
        }
    }
}

const INF: f64 = f64::INFINITY;

/// Prompts with 3, 1 and 2 responses.
fn ragged() -> Array2<f64> {
    array![[1.0, -2.0, 0.5], [4.0, f64::NAN, 9.0], [0.25, 3.0, -INF]]
}

fn by_hand() -> Instance {
    let mut table = LogitTable::default();
    [&[1.0, -2.0, 0.5][..], &[4.0], &[0.25, 3.0]].iter().for_each(|row| table.push_dense(row));
    let features = FeatureMap::one_hot(vec![3, 1, 2]);
    Instance::new(vec![0.5, 0.2, 0.3], features, Parameter::tabular(table), None).unwrap()
}

/// Oracle: the softmax of the logits, and an instance put together by hand.
#[test]
fn logits_are_a_tabular_policy_with_all_that_stands_beside() {
    let file = File::of(&ragged())
        .with1("num_responses", &array![3i64, 1, 2])
        .with1("prompt_weights", &array![0.5, 0.2, 0.3])
        .with2("correct", &array![[1i8, 0, 1], [-1, -1, -1], [0, 0, 9]])
        .with2("reward", &array![[1.0, 2.0, 3.0], [4.0, INF, INF], [5.0, 6.0, f64::NAN]])
        .with1("level", &array![2i64, -1, 2]);
    let (instance, hand) = (file.read().unwrap(), by_hand());
    assert_eq!(instance.base(), hand.base());
    assert_eq!((instance.weights(), instance.rank()), (hand.weights(), 3));
    assert!(instance.offset().is_none());
    let FeatureMap::OneHot(counts) = instance.features() else { panic!("one-hot features") };
    assert_eq!(**counts, [3, 1, 2]);
    let total = 1f64.exp() + (-2f64).exp() + 0.5f64.exp();
    let policy = instance.policy(instance.base());
    assert!((policy.prob(0, 2) - 0.5f64.exp() / total).abs() < 1e-15);
    let known = Correct::new(vec![Some(vec![0, 2]), None, Some(vec![])], |x| [3, 1, 2][x]).unwrap();
    assert_eq!(instance.correct(), Some(&known));
    assert_eq!(instance.reward().unwrap().row(2).logit(1), 6.0);
    assert_eq!(instance.levels(), Some(&[2, -1, 2][..]));
}

#[test]
fn padding_is_minus_infinity_behind_the_last_response() {
    let counts = |logits: Array2<f64>| {
        let instance = File::of(&logits).read().unwrap();
        (0..instance.prompts()).map(|x| instance.features().responses(x)).collect::<Vec<_>>()
    };
    assert_eq!(counts(array![[1.0, -INF, -INF], [1.0, 2.0, 3.0], [0.0, 1.0, -INF]]), [1, 3, 2]);
    // Where some padding is −∞ all is, and zeros are responses; a row of zeros is a uniform one.
    assert_eq!(counts(array![[1.0, 0.0, 0.0], [1.0, 2.0, -INF]]), [3, 2]);
    assert_eq!(counts(array![[0.0, 0.0], [0.0, 0.0]]), [2, 2]);
    File::of(&array![[1.0, 2.0, 3.0], [1.0, 0.0, 0.0]]).refused(&[
        "offset[1, 1] to offset[1, 2] = 0",
        "num_responses[1] = 1 if they are padding",
        "3 if they are responses",
    ]);
    let told = File::of(&array![[1.0, 2.0, 3.0], [1.0, 0.0, 0.0]]).with1("num_responses", &array![3u8, 3]);
    assert_eq!(told.read().unwrap().rank(), 4);
}

#[test]
fn every_wrong_logit_is_refused_with_its_place() {
    let at = |value: f64| array![[1.0, 2.0, 3.0], [1.0, value, 3.0]];
    File::of(&at(f64::NAN)).refused(&["offset[1, 1] = NaN", "finite"]);
    File::of(&at(INF)).refused(&["offset[1, 1] = inf", "finite"]);
    File::of(&at(-INF)).refused(&["offset[1, 1] = -inf", "behind a prompt's last response"]);
    File::of(&array![[1.0, 2.0], [1.0, f64::NAN]]).refused(&["offset[1, 1] = NaN"]);
    File::of(&array![[1.0, 2.0], [1.0, INF]]).refused(&["offset[1, 1] = inf"]);
    File::of(&array![[1.0, 2.0], [-INF, -INF]]).refused(&["offset[1] = -inf", "no response"]);
    // Told to be a response, −∞ is none.
    File::of(&array![[1.0, -INF]]).with1("num_responses", &array![2i64]).refused(&["offset[0, 1] = -inf"]);
    File::of(&array![[1.0, 2.0]])
        .with1("num_responses", &array![3i64])
        .refused(&["num_responses[0] = 3", "K of offset"]);
    File::of(&array![[1.0, 2.0]]).with1("level", &array![3i64, 4]).refused(&["level", "shape of offset"]);
    File::of(&array![[1.0, 2.0]])
        .with2("reward", &array![[1.0]])
        .refused(&["reward", "(1, 2), for the shape of offset"]);
    File::of(&array![[1.0, 2.0]]).with1("theta0", &array![3.0]).refused(&["\"theta0\"", "phi"]);
    File::of(&Array2::zeros((0, 3))).refused(&["\"offset\"", "no empty axis"]);
    let cube = Array3::<f64>::zeros((1, 2, 2));
    let mut file = File(NpzWriter::new(Cursor::new(Vec::new())));
    file.0.add_array("offset", &cube).unwrap();
    file.refused(&["\"offset\"", "(M, K)", "no phi"]);
    let mut none = File(NpzWriter::new(Cursor::new(Vec::new())));
    none.0.add_array("level", &array![1i64]).unwrap();
    none.refused(&["\"phi\" is missing", "offset"]);
}

#[test]
fn what_has_no_meaning_without_features_is_refused_by_name() {
    let file = || File::of(&array![[1.0, 2.0]]);
    let text = file().open(true).unwrap_err().to_string();
    assert!(text.contains("instance.rescale") && text.contains("phi"), "{text}");
    for (class, key) in [
        (Class { dim: Some(1), ..Class::default() }, "instance.dim"),
        (Class { offset_as_feature: true, ..Class::default() }, "instance.offset_as_feature"),
    ] {
        let text = file().open(false).unwrap().taken_as(class).instance(None, &Seed::from_number(1)).unwrap_err();
        assert!(text.to_string().contains(key), "{text}");
    }
    for (base, key) in [
        (BaseParameter::Norm(1.0), "instance.theta_norm"),
        (BaseParameter::LogitScale(1.0), "instance.logit_scale"),
        (BaseParameter::Given(vec![1.0, 2.0]), "instance.theta0"),
    ] {
        let text = file().open(false).unwrap().instance(Some(&base), &Seed::from_number(1)).unwrap_err();
        assert!(text.to_string().contains(key), "{text}");
    }
}

/// Oracle: `kind = "tabular"` with the same logits, and an instance put together by hand; every row is the same, bit for bit.
#[test]
fn a_run_has_the_rows_of_a_tabular_one() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("logits.npz");
    std::fs::write(&path, File::of(&array![[1.5, 0.0, -0.5], [0.2, 0.1, 2.0]]).bytes()).unwrap();
    let rows = |simulation: &Simulation| {
        let simulated = replicate(simulation, 3, false, &AtomicBool::new(false)).unwrap();
        format!("{:?}", simulated.rounds)
    };
    let tabular = "kind = 'tabular'\nprompts = 2\nresponses = 3\ntheta0 = [1.5, 0.0, -0.5, 0.2, 0.1, 2.0]";
    let npz = format!("kind = 'npz'\npath = '{}'", path.display());
    for process in [
        "samples = 8\nrounds = 3",
        "samples = 64\nrounds = 2\nridge = 0.1\njudge_noise = 0.5",
        "update = 'population'\nrounds = 3",
        "update = 'likelihood'\nsamples = 50\nrounds = 2",
        "update = 'gradient'\nsamples = 20\nrounds = 2\nstep_size = 0.1\nsteps = 5",
        "preset = 'sharpening-sft'\nsamples = 100\nrounds = 1",
    ] {
        let of = |instance: &str| {
            let text = format!("[instance]\n{instance}\n[process]\n{process}\n[run]\nreplicates = 5");
            Simulation::new(text.parse::<Config>().unwrap()).unwrap()
        };
        assert_eq!(rows(&of(&npz)), rows(&of(tabular)), "{process}");
    }
    // Ragged logits.
    let text = format!("[instance]\n{npz}\n[process]\nsamples = 30\nrounds = 3\n[run]\nreplicates = 5");
    let config: Config = text.parse().unwrap();
    let file = File::of(&ragged()).with1("num_responses", &array![3i64, 1, 2]);
    std::fs::write(&path, file.with1("prompt_weights", &array![0.5, 0.2, 0.3]).bytes()).unwrap();
    let given = Simulation::given(config.clone(), by_hand()).unwrap();
    assert_eq!(rows(&Simulation::new(config).unwrap()), rows(&given));
}

/// A file of 10^5 prompts with 8 responses each: no matrix of d = 800 000 columns is made.
#[test]
fn a_large_file_is_read() {
    let logits = Array2::from_shape_fn((100_000, 8), |(x, y)| ((3 * x + 7 * y) as f64).sin());
    let instance = Arc::new(File::of(&logits).read().unwrap());
    assert_eq!((instance.prompts(), instance.features().dim(), instance.rank()), (100_000, 800_000, 700_000));
}
