//! Rows of logits in which equal ones share storage.

use selfreward::logits::{Atom, LogitTable, Row, joint_levels};

fn row_of(atoms: &[(u32, f64)], rest_logit: f64, rest: u32) -> LogitTable {
    let mut table = LogitTable::default();
    table.push(atoms.iter().map(|&(response, logit)| Atom { response, logit }), rest_logit, rest);
    table
}

/// Oracle: the row written out response by response.
#[test]
fn lumped_rows_agree_with_written_out_rows() {
    let a = row_of(&[(0, 1.0), (3, 2.0), (4, -1.0)], 0.5, 4);
    let b = row_of(&[(3, 7.0), (6, 8.0)], -0.5, 5);
    let written = |row: Row<'_>| (0..row.responses() as u32).map(|y| row.logit(y)).collect::<Vec<_>>();
    assert_eq!(written(a.row(0)), [1.0, 0.5, 0.5, 2.0, -1.0, 0.5, 0.5]);
    assert_eq!((0..4).map(|k| a.row(0).rest_response(k)).collect::<Vec<_>>(), [1, 2, 5, 6]);
    assert_eq!((0..5).map(|k| b.row(0).rest_response(k)).collect::<Vec<_>>(), [0, 1, 2, 4, 5]);
    let mut joint: Vec<(f64, f64)> = Vec::new();
    for (p, q, count) in joint_levels(a.row(0), b.row(0)) {
        joint.extend(std::iter::repeat_n((p, q), count as usize));
    }
    let mut expected: Vec<_> = written(a.row(0)).into_iter().zip(written(b.row(0))).collect();
    let order = |p: &(f64, f64), q: &(f64, f64)| p.partial_cmp(q).unwrap();
    joint.sort_by(order);
    expected.sort_by(order);
    assert_eq!(joint, expected);
}
