//! What the tests of loops share: loops by their keys, small instances written out, and a plain Newton method.

use crate::common::*;
use ndarray::Array1;
use selfreward::Result;
use selfreward::instance::{Correct, Instance};
use selfreward::logits::{Atom, LogitTable};
use selfreward::policy::Policy;
use selfreward::process::{Loop, Round};
use selfreward::seed::Seed;
use selfreward::simulate::{Config, Simulation};

/// The loop of these keys of `[process]`.
pub fn settle(keys: &str) -> Result<Loop> {
    let text = format!("[instance]\nkind = \"tabular\"\nprompts = 1\nresponses = 2\n[process]\n{keys}\n");
    let table = text.parse().unwrap_or_else(|error| panic!("{error}: {text}"));
    Simulation::settle(&Config::from_table(&table)?)
}

/// All rounds of a loop.
pub fn rounds(process: &Loop, instance: &Instance, seed: u64) -> Vec<Round> {
    let checked = process.on(instance).unwrap_or_else(|error| panic!("{error}"));
    checked.start(Seed::from_number(seed)).map(|round| round.unwrap_or_else(|error| panic!("{error}"))).collect()
}

/// A table with every entry an atom.
pub fn table(rows: &[Vec<f64>]) -> LogitTable {
    let mut table = LogitTable::default();
    rows.iter().for_each(|row| table.push_dense(row));
    table
}

/// The same with one atom a prompt, its last; the others must share a value.
pub fn lumped(rows: &[Vec<f64>]) -> LogitTable {
    let mut table = LogitTable::default();
    for row in rows {
        let last = row.len() - 1;
        let atom = Atom { response: last as u32, logit: row[last] };
        assert!(row[..last].windows(2).all(|pair| pair[0] == pair[1]));
        table.push([atom], row[0], last as u32);
    }
    table
}

/// The marked responses.
pub fn correct(marks: &[Vec<bool>]) -> Correct {
    let list = |row: &Vec<bool>| Some((0..row.len() as u32).filter(|&y| row[y as usize]).collect());
    Correct::new(marks.iter().map(list).collect(), |x| marks[x].len()).unwrap()
}

/// log π(y|x), by the textbook formula around the largest logit.
pub fn log_softmax(logits: &[f64]) -> Vec<f64> {
    let top = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let total: f64 = logits.iter().map(|logit| (logit - top).exp()).sum();
    logits.iter().map(|logit| logit - top - total.ln()).collect()
}

/// log π(y|x) of a policy.
pub fn log_probs(policy: &Policy) -> Vec<Vec<f64>> {
    (0..policy.prompts()).map(|x| log_softmax(&row(policy, x))).collect()
}

/// Every sequence of responses drawn independently from a law, with its probability.
pub fn sequences(law: &[f64], length: usize, mut f: impl FnMut(&[usize], f64)) {
    let count = law.len();
    let mut sequence = vec![0; length];
    for number in 0..count.pow(length as u32) {
        let mut left = number;
        for y in &mut sequence {
            (*y, left) = (left % count, left / count);
        }
        f(&sequence, sequence.iter().map(|&y| law[y]).product());
    }
}

/// A linear system by Gaussian elimination with row pivoting.
pub fn eliminate(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Vec<f64> {
    let n = right.len();
    for column in 0..n {
        let pivot = (column..n).max_by(|&i, &j| matrix[i][column].abs().total_cmp(&matrix[j][column].abs())).unwrap();
        matrix.swap(column, pivot);
        right.swap(column, pivot);
        for below in column + 1..n {
            let factor = matrix[below][column] / matrix[column][column];
            for k in column..n {
                matrix[below][k] -= factor * matrix[column][k];
            }
            right[below] -= factor * right[column];
        }
    }
    for column in (0..n).rev() {
        let known: f64 = (column + 1..n).map(|k| matrix[column][k] * right[k]).sum();
        right[column] = (right[column] - known) / matrix[column][column];
    }
    right
}

/// A smooth convex loss, by value, gradient and Hessian at a point.
pub type Loss<'l> = dyn Fn(&Array1<f64>) -> (f64, Array1<f64>, ndarray::Array2<f64>) + 'l;

/// The minimiser over start + span(directions) by Newton's method with halved steps.
pub fn newton(loss: &Loss<'_>, start: &Array1<f64>, directions: &[Array1<f64>]) -> Array1<f64> {
    let basis = gram_schmidt(directions);
    let mut point = start.clone();
    for _ in 0..200 {
        let (value, gradient, hessian) = loss(&point);
        let slope: Vec<f64> = basis.iter().map(|v| -v.dot(&gradient)).collect();
        if slope.iter().all(|s| s.abs() < 1e-15) {
            break;
        }
        let curvature = basis.iter().map(|v| basis.iter().map(|w| v.dot(&hessian.dot(w))).collect()).collect();
        let step = eliminate(curvature, slope);
        let step = basis.iter().zip(step).fold(Array1::zeros(start.len()), |sum, (v, s)| sum + v * s);
        let mut length = 1.0;
        while loss(&(&point + &(&step * length))).0 > value + 1e-15 * value.abs() && length > 1e-6 {
            length /= 2.0;
        }
        point.scaled_add(length, &step);
    }
    point
}

/// log(1 + eᶻ), its first and second derivative.
pub fn softplus(z: f64) -> (f64, f64, f64) {
    let value = z.max(0.0) + (-z.abs()).exp().ln_1p();
    let sigma = if z >= 0.0 { 1.0 / (1.0 + (-z).exp()) } else { z.exp() / (1.0 + z.exp()) };
    (value, sigma, sigma * (1.0 - sigma))
}
