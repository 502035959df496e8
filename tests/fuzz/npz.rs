//! NumPy archives: mutated as a whole, and in the header or data of an array within a sound archive.

use std::io::Cursor;
use std::path::Path;

use ndarray::{Array1, Array3};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use selfreward::instance::npz::{NpzFile, NpzWriter};
use selfreward::seed::Seed;

use crate::mutation::{bytes, pick, text};
use crate::npz_support::{Entry, archive, doubles, npy, wholes};
use crate::{Outcome, count, fuzz};

const HEADERS: &[&str] = &[
    "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3, 2), }\n",
    "{'shape': (2L, 3L, 2L), 'fortran_order': True, 'descr': '>f4'}",
    "{'descr': [('a', '<f8'), ('b', '|O')], 'fortran_order': False, 'shape': (2, 3, 2), }",
];

fn values() -> Vec<f64> {
    (0..12).map(|i| f64::from(i % 5) / 8.0 + 0.125).collect()
}

/// As `numpy.savez_compressed` writes it.
pub fn compressed() -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    let mut npz = NpzWriter::new_compressed(&mut out);
    npz.add_array("phi", &Array3::from_shape_vec((2, 3, 2), values()).unwrap()).unwrap();
    npz.add_array("theta0", &Array1::from(vec![1.0, -1.0])).unwrap();
    npz.add_array("answer", &Array1::from(vec![-1i64, 2])).unwrap();
    npz.finish().unwrap();
    out.into_inner()
}

/// Entries of a sound archive.
fn entries() -> Vec<Entry> {
    vec![
        Entry::new("phi.npy", doubles("(2, 3, 2)", &values())),
        Entry::new("theta0.npy", doubles("(2,)", &[1.0, -1.0])),
        Entry::new("num_responses.npy", wholes(&[3, 2])),
        Entry::new("prompt_weights.npy", doubles("(2,)", &[0.25, 0.75])),
        Entry::new("answer.npy", wholes(&[-1, 1])),
    ]
}

pub fn made(rng: &mut ChaCha8Rng) -> Vec<u8> {
    let mut entries = entries();
    let place = rng.random_range(0..entries.len());
    match rng.random_range(0..5) {
        0 => return bytes(&compressed(), rng),
        1 => return bytes(&archive(&entries), rng),
        2 => entries[place].bytes = bytes(&entries[place].bytes, rng),
        3 => entries[place].bytes = npy(rng.random_range(1..4), &text(pick::<&str>(HEADERS, rng), rng), &[64; 96]),
        _ => {
            let entry = &mut entries[place];
            entry.claimed = Some(1 << rng.random_range(0..32));
            entry.name = text(&entry.name, rng);
        }
    }
    archive(&entries)
}

pub fn read(archive: &[u8], rescale: bool) -> Outcome {
    let source = Box::new(Cursor::new(archive.to_vec()));
    let file = NpzFile::of(Path::new("features.npz"), source, rescale);
    file.and_then(|file| file.instance(None, &Seed::from_number(1))).map(drop).map_err(|error| error.to_string())
}

pub fn attempt(archive: &[u8]) -> Outcome {
    let rescaled = read(archive, true);
    read(archive, false).and(rescaled)
}

#[test]
fn npz_bytes() {
    fuzz("NPZ", count(), made, |archive| attempt(archive), |archive: &Vec<u8>| archive.escape_ascii().to_string());
}
