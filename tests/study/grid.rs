//! Grids: which combinations they have, in which order.

use selfreward::study::grid::{Axis, Grid};
use toml::Value;

/// Oracle: nested loops.
#[test]
fn combinations_are_those_of_nested_loops() {
    let axis = |key: &str, values: &[i64]| Axis { key: key.into(), values: values.iter().map(|&v| v.into()).collect() };
    let grid = Grid::new(vec![axis("a.a", &[1, 2, 3]), axis("b.b", &[10]), axis("c.c", &[7, 8])]).unwrap();
    let mut index = 0;
    for a in [1, 2, 3] {
        for c in [7, 8] {
            let values: Vec<i64> = grid.combination(index).map(|(_, value)| value.as_integer().unwrap()).collect();
            assert_eq!(values, [a, 10, c]);
            index += 1;
        }
    }
    assert_eq!(grid.len(), index);
    assert_eq!(Grid::new(Vec::new()).unwrap().combination(0).count(), 0);
    let wide = |key: &str| axis(key, &(0..100_000).collect::<Vec<i64>>());
    assert!(Grid::new(vec![wide("a.a"), wide("b.b")]).is_err());
}

/// Oracle: the lists zipped, inside nested loops.
#[test]
fn axes_that_go_together_are_zipped() {
    let axis = |key: &str, values: &[i64]| Axis { key: key.into(), values: values.iter().map(|&v| v.into()).collect() };
    let axes = || vec![axis("a.a", &[1, 2]), axis("b.b", &[3, 4, 5]), axis("c.c", &[6, 7]), axis("d.d", &[8, 9, 10])];
    let keys = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    let grid = Grid::together(axes(), &[keys(&["d.d", "b.b"])]).unwrap();
    let mut index = 0;
    for a in [1, 2] {
        for (b, d) in [3, 4, 5].into_iter().zip([8, 9, 10]) {
            for c in [6, 7] {
                let values: Vec<i64> = grid.combination(index).map(|(_, value)| value.as_integer().unwrap()).collect();
                assert_eq!(values, [a, b, c, d]);
                index += 1;
            }
        }
    }
    assert_eq!(grid.len(), index);
    // c alone moves between changes of a; b and d move together, so with d outside only c is inside.
    assert_eq!([grid.inner(|key| key == "a.a"), grid.inner(|key| key == "d.d"), grid.inner(|_| true)], [6, 2, 1]);
    for wrong in [keys(&["a.a", "b.b"]), keys(&["a.a", "x.x"]), keys(&["a.a", "a.a"])] {
        assert!(Grid::together(axes(), &[wrong]).is_err());
    }
}

/// "at most 2^32 − 1": 65535·65537 is that number, 65536² one more.
#[test]
fn combinations_are_limited() {
    let axis = |key: &str, count: i64| Axis { key: key.into(), values: (0..count).map(Value::from).collect() };
    let len = |a: i64, b: i64| Grid::new(vec![axis("a.a", a), axis("b.b", b)]).ok().map(|grid| grid.len());
    assert_eq!(len(65_535, 65_537), Some(4_294_967_295));
    assert_eq!(len(65_536, 65_536), None);
}
