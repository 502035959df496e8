//! Grids: all combinations of the values of a few keys.

use toml::Value;

use crate::{Error, Result};

/// A dotted key of `simulate`'s configuration and the values it takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// The key, such as `process.samples`.
    pub key: String,
    /// Its values; at least one.
    pub values: Vec<Value>,
}

/// All combinations, numbered with the last axis running fastest. Nothing but the lists is held.
///
/// ```
/// use selfreward::study::grid::{Axis, Grid};
///
/// let axis = |key: &str, values: &[i64]| Axis { key: key.to_owned(), values: values.iter().map(|&v| v.into()).collect() };
/// let grid = Grid::new(vec![axis("instance.dim", &[8, 32]), axis("process.samples", &[16, 64, 256])])?;
/// assert_eq!(grid.len(), 6);
/// // The last axis runs fastest: 4 = 1·3 + 1.
/// let values: Vec<i64> = grid.combination(4).filter_map(|(_, value)| value.as_integer()).collect();
/// assert_eq!(values, [32, 64]);
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Grid {
    axes: Vec<Axis>,
    len: usize,
}

impl Grid {
    /// The largest number of combinations.
    pub const LARGEST: usize = u32::MAX as usize;

    /// The grid over these axes; without axes it has one combination.
    ///
    /// # Errors
    /// [`Error::Argument`] if there are more than [`Grid::LARGEST`] combinations.
    pub fn new(axes: Vec<Axis>) -> Result<Self> {
        let product = axes.iter().fold(1u128, |product, axis| product.saturating_mul(axis.values.len() as u128));
        let len = usize::try_from(product).ok().filter(|&len| len <= Self::LARGEST);
        let len = len.ok_or_else(|| {
            Error::argument("combinations of the grid", product, format!("at most {}", Self::LARGEST))
        })?;
        Ok(Self { axes, len })
    }

    /// The axes, sorted by key.
    pub fn axes(&self) -> impl Iterator<Item = &Axis> {
        self.axes.iter()
    }

    /// The number of combinations.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no combination.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The key and value on every axis of the `index`-th combination.
    pub fn combination(&self, index: usize) -> impl Iterator<Item = (&str, &Value)> {
        let mut stride = self.len;
        self.axes.iter().map(move |axis| {
            stride /= axis.values.len();
            (axis.key.as_str(), &axis.values[index / stride % axis.values.len()])
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Oracle: nested loops.
    #[test]
    fn combinations_are_those_of_nested_loops() {
        let axis =
            |key: &str, values: &[i64]| Axis { key: key.into(), values: values.iter().map(|&v| v.into()).collect() };
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

    /// "at most 2^32 − 1": 65535·65537 is that number, 65536² one more.
    #[test]
    fn combinations_are_limited() {
        let axis = |key: &str, count: i64| Axis { key: key.into(), values: (0..count).map(Value::from).collect() };
        let len = |a: i64, b: i64| Grid::new(vec![axis("a.a", a), axis("b.b", b)]).ok().map(|grid| grid.len());
        assert_eq!(len(65_535, 65_537), Some(4_294_967_295));
        assert_eq!(len(65_536, 65_536), None);
    }
}
