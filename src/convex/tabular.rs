//! Where features are one-hot, a glance tells whether a finite optimum exists.

use ndarray::{Array1, ArrayView2};

use super::{Block, Choices};

/// As [`Block::recession`] says, `None` if the block's features are not one-hot.
pub(super) fn recession(block: &Block<'_>) -> Option<Option<Array1<f64>>> {
    match block {
        Block::Softmax(prompts) => unseen(prompts, block.dim()),
        Block::Logistic { differences, wins, losses } => unbeaten(differences, wins, losses),
    }
}

/// Softmax with a coordinate for every response: no finite optimum if and only if a response of a given prompt is unseen; then the
/// prompt's seen responses rise against it.
fn unseen(prompts: &[Choices<'_>], dim: usize) -> Option<Option<Array1<f64>>> {
    let mut taken = vec![false; dim];
    let mut direction = Array1::zeros(dim);
    let mut found = false;
    for prompt in prompts {
        let mut columns = Vec::with_capacity(prompt.weights.len());
        for row in prompt.features.rows() {
            let column = row.iter().position(|x| *x != 0.0)?;
            let one_hot = row[column] == 1.0 && row.iter().skip(column + 1).all(|x| *x == 0.0);
            if !one_hot || std::mem::replace(&mut taken[column], true) {
                return None;
            }
            columns.push(column);
        }
        let seen = prompt.weights.iter().filter(|c| **c > 0.0).count();
        if seen < columns.len() && !found {
            found = true;
            let share = seen as f64 / columns.len() as f64;
            for (column, c) in columns.into_iter().zip(prompt.weights) {
                direction[column] = if *c > 0.0 { 1.0 } else { 0.0 } - share;
            }
        }
    }
    Some(found.then(|| unit(direction)))
}

/// Pairs of one-hot responses: a finite optimum exists if and only if every component of the graph of wins is strongly connected
/// (Ford, *Solution of a ranking problem from binary comparisons*, 1957). If not, the responses that nobody else has beaten rise.
fn unbeaten(differences: &ArrayView2<'_, f64>, wins: &[f64], losses: &[f64]) -> Option<Option<Array1<f64>>> {
    let dim = differences.ncols();
    let (mut beats, mut beaten) = (vec![Vec::new(); dim], vec![Vec::new(); dim]);
    for (i, row) in differences.rows().into_iter().enumerate() {
        let mut entries = row.iter().enumerate().filter(|(_, x)| **x != 0.0);
        let (first, second) = (entries.next()?, entries.next()?);
        let (plus, minus) = if *first.1 > 0.0 { (first, second) } else { (second, first) };
        if (*plus.1, *minus.1) != (1.0, -1.0) || entries.next().is_some() {
            return None;
        }
        for (weight, winner, loser) in [(wins[i], plus.0, minus.0), (losses[i], minus.0, plus.0)] {
            if weight > 0.0 {
                beats[winner].push(loser);
                beaten[loser].push(winner);
            }
        }
    }
    let both: Vec<Vec<usize>> = beats.iter().zip(&beaten).map(|(a, b)| a.iter().chain(b).copied().collect()).collect();
    let mut met = vec![false; dim];
    for response in 0..dim {
        if met[response] {
            continue;
        }
        let component = reached(&both, response);
        let below = reached(&beats, response);
        let above = reached(&beaten, response);
        (0..dim).filter(|&y| component[y]).for_each(|y| met[y] = true);
        // Nobody below has beaten anybody outside `below`, and nobody outside `above` has beaten anybody above.
        let rising = |y: usize| component[y] && if below != component { !below[y] } else { above[y] };
        if below != component || above != component {
            let size = component.iter().filter(|x| **x).count() as f64;
            let share = (0..dim).filter(|&y| rising(y)).count() as f64 / size;
            let height = |y: usize| {
                if !component[y] {
                    0.0
                } else if rising(y) {
                    1.0 - share
                } else {
                    -share
                }
            };
            return Some(Some(unit(Array1::from_shape_fn(dim, height))));
        }
    }
    Some(None)
}

/// The nodes that a walk from here reaches, itself among them.
fn reached(edges: &[Vec<usize>], from: usize) -> Vec<bool> {
    let mut reached = vec![false; edges.len()];
    let mut open = vec![from];
    reached[from] = true;
    while let Some(node) = open.pop() {
        for &next in &edges[node] {
            if !std::mem::replace(&mut reached[next], true) {
                open.push(next);
            }
        }
    }
    reached
}

fn unit(vector: Array1<f64>) -> Array1<f64> {
    let norm = vector.dot(&vector).sqrt();
    vector / norm
}
