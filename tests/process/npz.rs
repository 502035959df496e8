//! NumPy archives: what NumPy writes is read, and what is not sound is refused in one line, before anything is allocated.
//!
//! The bytes are made here, from the description of the formats alone.

use std::fs;
use std::path::PathBuf;

use selfreward::instance::npz::NpzFile;
use selfreward::instance::{FeatureMap, Instance};
use selfreward::metrics::policy::{accuracy, kappa};
use selfreward::seed::Seed;
use tempfile::TempDir;

use crate::npz_support::{Entry, archive, doubles, header, npy, wholes};

const SHAPE: (usize, usize, usize) = (2, 3, 4);
const SHOWN: &str = "(2, 3, 4)";

/// φ of the sound archive: numbers that single and half precision hold.
fn phi() -> Vec<f64> {
    (0..24).map(|i| f64::from((i * 7) % 11 - 5) / 16.0).collect()
}

fn theta() -> Vec<f64> {
    vec![0.5, -1.0, 2.0, 0.25]
}

struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn write(&self, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join("features.npz");
        fs::write(&path, bytes).unwrap();
        path
    }

    fn instance(&self, bytes: &[u8]) -> selfreward::Result<Instance> {
        NpzFile::read(&self.write(bytes), false)?.instance(None, &Seed::from_number(1))
    }

    /// One line with the file's name and these words.
    fn refused(&self, bytes: &[u8], words: &[&str]) {
        let text = self.instance(bytes).expect_err(&words.join(", ")).to_string();
        for word in words.iter().chain(&["features.npz"]) {
            assert!(text.contains(word), "{word:?} is missing from: {text}");
        }
        assert!(!text.contains('\n'), "{text}");
    }
}

fn with(phi: Vec<u8>, more: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut entries = vec![Entry::new("phi.npy", phi), Entry::new("theta0.npy", doubles("(4,)", &theta()))];
    entries.extend(more.iter().map(|(name, bytes)| Entry::new(name, bytes.clone())));
    archive(&entries)
}

fn sound() -> Vec<u8> {
    with(doubles(SHOWN, &phi()), &[])
}

fn assert_same(found: &Instance, what: &str) {
    let FeatureMap::Dense(features) = found.features() else { panic!("dense features") };
    for (i, value) in phi().iter().enumerate() {
        let (x, y, j) = (i / 12, i / 4 % 3, i % 4);
        assert_eq!(features.row(x, y)[j], *value, "{what}: phi[{x}, {y}, {j}]");
    }
}

#[test]
fn what_numpy_writes_is_read() {
    let files = Files::new();
    assert_same(&files.instance(&sound()).unwrap(), "sound");
    let little: Vec<u8> = phi().iter().flat_map(|value| value.to_le_bytes()).collect();
    let big: Vec<u8> = phi().iter().flat_map(|value| value.to_be_bytes()).collect();
    let native: Vec<u8> = phi().iter().flat_map(|value| value.to_ne_bytes()).collect();
    let single: Vec<u8> = phi().iter().flat_map(|&value| (value as f32).to_be_bytes()).collect();
    // Halves: sixteenths up to 5/16 have three bits of fraction at most.
    let half = |value: f64| {
        let (exponent, sign) = (value.abs().log2().floor(), if value < 0.0 { 0x8000 } else { 0 });
        if value == 0.0 {
            return 0;
        }
        let fraction = (value.abs() / exponent.exp2() - 1.0) * 1024.0;
        sign | ((exponent + 15.0) as u16) << 10 | fraction as u16
    };
    let halves: Vec<u8> = phi().iter().flat_map(|&value| half(value).to_le_bytes()).collect();
    for (descr, data) in [
        ("<f8", &little),
        (">f8", &big),
        ("=f8", &native),
        ("f8", &native),
        ("|f8", &native),
        ("float64", &native),
        ("d", &native),
        (">f4", &single),
        ("<f2", &halves),
    ] {
        for version in 1..=3 {
            let text = header(descr, SHOWN);
            assert_same(&files.instance(&with(npy(version, &text, data), &[])).unwrap(), descr);
        }
    }
    for text in [
        "{'shape': (2L, 3L, 4L), 'fortran_order': False, 'descr': '<f8'}",
        "{\"descr\":\"<f8\",\"fortran_order\":False,\"shape\":(2,3,4,)}   \n",
        "  { u'descr' : '<f8' , 'fortran_order':False,\n 'shape':( 2 , 3,4 ) , }",
    ] {
        assert_same(&files.instance(&with(npy(1, text, &little), &[])).unwrap(), text);
    }
    let mut fortran = Vec::new();
    let (m, k, d) = SHAPE;
    for j in 0..d {
        for y in 0..k {
            (0..m).for_each(|x| fortran.extend(phi()[(x * k + y) * d + j].to_le_bytes()));
        }
    }
    let text = "{'descr': '<f8', 'fortran_order': True, 'shape': (2, 3, 4), }\n";
    assert_same(&files.instance(&with(npy(1, text, &fortran), &[])).unwrap(), "Fortran order");
    // Bytes behind the array are none of its business; a name needs no ending.
    let mut long = doubles(SHOWN, &phi());
    long.extend([7; 100]);
    assert_same(&files.instance(&with(long, &[])).unwrap(), "trailing bytes");
    let bare = [Entry::new("phi", doubles(SHOWN, &phi())), Entry::new("theta0", doubles("(4,)", &theta()))];
    assert_same(&files.instance(&archive(&bare)).unwrap(), "names without .npy");
}

/// Oracle: the definition of the two orders by strides.
#[test]
fn fortran_order_is_put_into_c_order() {
    let (m, k, d) = SHAPE;
    // Numbers that doubles hold, no two alike.
    let at = |x: usize, y: usize, j: usize| (x + 10 * y + 100 * j) as f64 / 1024.0;
    let mut fortran = Vec::new();
    (0..d).for_each(|j| (0..k).for_each(|y| (0..m).for_each(|x| fortran.extend(at(x, y, j).to_le_bytes()))));
    let text = "{'descr': '<f8', 'fortran_order': True, 'shape': (2, 3, 4), }\n";
    let instance = Files::new().instance(&with(npy(1, text, &fortran), &[])).unwrap();
    let FeatureMap::Dense(features) = instance.features() else { panic!("features are dense") };
    for (x, y) in (0..m).flat_map(|x| (0..k).map(move |y| (x, y))) {
        let expected: Vec<f64> = (0..d).map(|j| at(x, y, j)).collect();
        assert_eq!(features.row(x, y).to_vec(), expected, "{x} {y}");
    }
}

#[test]
fn whole_numbers_of_every_type_are_read() {
    let files = Files::new();
    let counts = [2u8, 3];
    for (descr, data) in [
        ("|i1", counts.to_vec()),
        ("|u1", counts.to_vec()),
        (">i2", counts.iter().flat_map(|&n| i16::from(n).to_be_bytes()).collect()),
        ("<u2", counts.iter().flat_map(|&n| u16::from(n).to_le_bytes()).collect()),
        ("<i4", counts.iter().flat_map(|&n| i32::from(n).to_le_bytes()).collect()),
        (">u4", counts.iter().flat_map(|&n| u32::from(n).to_be_bytes()).collect()),
        (">i8", counts.iter().flat_map(|&n| i64::from(n).to_be_bytes()).collect()),
        ("<u8", counts.iter().flat_map(|&n| u64::from(n).to_le_bytes()).collect()),
    ] {
        let array = npy(1, &header(descr, "(2,)"), &data);
        let instance = files.instance(&with(doubles(SHOWN, &phi()), &[("num_responses.npy", array)])).unwrap();
        assert_eq!((instance.features().responses(0), instance.features().responses(1)), (2, 3), "{descr}");
    }
}

#[test]
fn other_types_are_refused_by_name_as_found() {
    let files = Files::new();
    for descr in ["<c16", "|O", "<U3", "|S8", "<M8[ns]", "<m8[s]", "|V8", "|b1", "?", "<i8", "<f16", "", "nonsense"] {
        let phi = npy(1, &header(descr, SHOWN), &[0; 16 * 24]);
        files.refused(&with(phi, &[]), &["array \"phi\"", &format!("has dtype {descr}: "), "f8, f4 or f2"]);
    }
    let structured = "{'descr': [('a', '<f4'), ('b', '<f4')], 'fortran_order': False, 'shape': (2, 3, 4), }";
    files.refused(&with(npy(1, structured, &[0; 192]), &[]), &["dtype [('a', '<f4'), ('b', '<f4')]", "expected"]);
    for descr in ["<f8", "|b1", "|O"] {
        let answer = npy(1, &header(descr, "(2,)"), &[0; 16]);
        let bytes = with(doubles(SHOWN, &phi()), &[("answer.npy", answer)]);
        files.refused(&bytes, &["array \"answer\"", &format!("has dtype {descr}: "), "integer"]);
    }
}

/// Headers that speak of more than there is: refused by arithmetic alone, whatever the machine's memory.
#[test]
fn a_header_is_checked_against_its_entry() {
    let files = Files::new();
    for shape in [
        "(4000000000, 3, 4)",
        "(2, 3, 5)",
        "(1000000000000, 1000000000000, 4)",
        "(18446744073709551615, 1, 1)",
        "(4294967296, 4294967296, 1)",
    ] {
        files.refused(&with(doubles(shape, &phi()), &[]), &["array \"phi\"", shape, "bytes"]);
    }
    for shape in ["(-2, 3, 4)", "(2.0, 3, 4)", "[2, 3, 4]", "24", "(2, 3, 99999999999999999999)"] {
        files.refused(&with(doubles(shape, &phi()), &[]), &["array \"phi\"", "expected a dict"]);
    }
    let answer = npy(1, &header("<i8", "(400000000000,)"), &[0; 16]);
    files.refused(&with(doubles(SHOWN, &phi()), &[("answer.npy", answer)]), &["array \"answer\"", "(400000000000,)"]);
    for (shape, word) in [("()", "(M, K, d)"), ("(24,)", "(M, K, d)"), ("(0, 3, 4)", "no empty axis")] {
        files.refused(&with(doubles(shape, &phi()), &[]), &["phi", word]);
    }
    let long = npy(2, &" ".repeat(20_000), &[]);
    files.refused(&with(long, &[]), &["array \"phi\"", "header of 20000 bytes"]);
    files.refused(&with(npy(9, &header("<f8", SHOWN), &[0; 192]), &[]), &["array \"phi\"", "version 9"]);
    files.refused(&with(b"not an array".to_vec(), &[]), &["array \"phi\"", "NUMPY"]);
    files.refused(&with(Vec::new(), &[]), &["array \"phi\""]);
}

/// Archives that lie, or that are not whole.
#[test]
fn an_archive_is_checked_before_it_is_believed() {
    let files = Files::new();
    let sized = |claimed: u32, shape: &str| {
        let mut phi = Entry::new("phi.npy", doubles(shape, &phi()));
        phi.claimed = Some(claimed);
        archive(&[phi, Entry::new("theta0.npy", doubles("(4,)", &theta()))])
    };
    files.refused(&sized(4_000_000_000, "(100000, 1000, 4)"), &["array \"phi\"", "4000000000 bytes"]);
    files.refused(&sized(100_000, "(100, 25, 4)"), &["array \"phi\""]);
    let mut flipped = Entry::new("phi.npy", doubles(SHOWN, &phi()));
    flipped.checksum = Some(1);
    files.refused(&archive(&[flipped]), &["array \"phi\"", "checksum"]);
    let mut encrypted = Entry::new("phi.npy", doubles(SHOWN, &phi()));
    encrypted.flags = 1;
    files.refused(&archive(&[encrypted]), &["array \"phi\""]);
    let mut packed = Entry::new("phi.npy", doubles(SHOWN, &phi()));
    packed.method = 12;
    files.refused(&archive(&[packed]), &["array \"phi\""]);
    let sound = sound();
    for end in [0, 1, 20, sound.len() / 2, sound.len() - 30, sound.len() - 1] {
        files.refused(&sound[..end], &["npz"]);
    }
    files.refused(&with(doubles(SHOWN, &phi()), &[("phi", doubles(SHOWN, &phi()))]), &["array \"phi\"", "twice"]);
    files.refused(
        &with(doubles(SHOWN, &phi()), &[("sub/phi.npy", wholes(&[1]))]),
        &["array \"sub/phi\"", "phi, theta0"],
    );
    // Of two entries of one name the last counts, as for NumPy.
    let other = Entry::new("phi.npy", doubles(SHOWN, &[0.5; 24]));
    let twice =
        [other, Entry::new("phi.npy", doubles(SHOWN, &phi())), Entry::new("theta0.npy", doubles("(4,)", &theta()))];
    assert_same(&files.instance(&archive(&twice)).unwrap(), "the last of two");
    files.refused(&doubles(SHOWN, &phi()), &["is a single array (.npy)", "numpy.savez"]);
    let folder = NpzFile::read(files.0.path(), false).unwrap_err().to_string();
    assert!(folder.contains("is a folder: expected a NumPy archive"), "{folder}");
}

/// κ_0 by a textbook softmax over Φθ.
fn brute_kappa(phi: &[f64], theta: &[f64]) -> f64 {
    let (m, k, d) = SHAPE;
    let logit = |x: usize, y: usize| (0..d).map(|j| phi[(x * k + y) * d + j] * theta[j]).sum::<f64>();
    let of = |x: usize| {
        let top = (0..k).map(|y| logit(x, y)).fold(f64::NEG_INFINITY, f64::max);
        (0..k).map(|y| (logit(x, y) - top).exp()).sum::<f64>()
    };
    (0..m).map(of).sum::<f64>() / m as f64
}

/// Rescaling divides features and multiplies θ_0: π_0 is the policy of the file as it stands.
#[test]
fn rescaling_leaves_the_policy_as_it_is() {
    let files = Files::new();
    let large: Vec<f64> = phi().iter().map(|value| 7.0 * value).collect();
    let bytes = with(doubles(SHOWN, &large), &[]);
    let refused = files.instance(&bytes).unwrap_err().to_string();
    assert!(refused.contains("norm") && refused.contains("--rescale"), "{refused}");
    let file = NpzFile::read(&files.write(&bytes), true).unwrap();
    let norm = file.rescaled_by.unwrap();
    let instance = file.instance(None, &Seed::from_number(1)).unwrap();
    let policy = instance.policy(instance.base());
    let expected = brute_kappa(&large, &theta());
    assert!(norm > 1.0 && (kappa(instance.weights(), &policy) - expected).abs() < 1e-12 * expected);
    assert!((expected - brute_kappa(&phi(), &theta())).abs() > 0.1, "the factor is seen in κ_0");
    // All-zero features have no largest norm.
    let zeros = with(doubles(SHOWN, &[0.0; 24]), &[("num_responses.npy", wholes(&[3, 3]))]);
    let file = NpzFile::read(&files.write(&zeros), true).unwrap();
    assert!(file.instance(None, &Seed::from_number(1)).unwrap().base().norm() > 2.0);
}

#[test]
fn rows_of_zeros_at_the_end_are_asked_about() {
    let files = Files::new();
    let mut padded = phi();
    padded[16..24].fill(0.0);
    files
        .refused(&with(doubles(SHOWN, &padded), &[]), &["phi[1, 1] to phi[1, 2]", "num_responses[1] = 1", "3 if they"]);
    padded[16] = 0.5;
    files.refused(&with(doubles(SHOWN, &padded), &[]), &["phi[1, 2] = 0", "num_responses[1] = 2"]);
    for (counts, rows) in [([3, 3], 3), ([3, 2], 2)] {
        let bytes = with(doubles(SHOWN, &padded), &[("num_responses.npy", wholes(&counts))]);
        assert_eq!(files.instance(&bytes).unwrap().features().responses(1), rows);
    }
    // A row of zeros in the middle is a response like any other.
    let mut middle = phi();
    middle[16..20].fill(0.0);
    assert!(files.instance(&with(doubles(SHOWN, &middle), &[])).is_ok());
}

/// Accuracy over the prompts whose answer is known. Oracle: by hand, with the mode of each prompt.
#[test]
fn minus_one_is_an_answer_that_is_not_known() {
    let files = Files::new();
    let of = |answers: &[i64]| {
        let weights = doubles("(2,)", &[0.25, 0.75]);
        let more = [("answer.npy", wholes(answers)), ("prompt_weights.npy", weights)];
        let instance = files.instance(&with(doubles(SHOWN, &phi()), &more)).unwrap();
        let policy = instance.policy(instance.base());
        let modes: Vec<u32> = (0..2).map(|x| policy.head(x).modal).collect();
        let found = instance.correct().map(|correct| accuracy(instance.weights(), &policy, correct).unwrap());
        (found, modes)
    };
    let (_, modes) = of(&[0, 0]);
    let [first, second] = [i64::from(modes[0]), i64::from(modes[1])];
    let wrong = (second + 1) % 3;
    assert_eq!(of(&[first, wrong]).0, Some(0.25));
    assert_eq!(of(&[-1, second]).0, Some(1.0));
    assert_eq!(of(&[-1, wrong]).0, Some(0.0));
    assert_eq!(of(&[first, -1]).0, Some(1.0));
    assert_eq!(of(&[-1, -1]).0, None);
    let bytes = with(doubles(SHOWN, &phi()), &[("answer.npy", wholes(&[0, -2]))]);
    files.refused(&bytes, &["answer[1] = -2", "-1 where it is not known"]);
}
