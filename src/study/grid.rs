//! Grids: all combinations of the values of a few keys, some of which may go together.

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
///
/// Axes that go together advance in step, as one: a loop with its own number of samples, say.
///
/// ```
/// use selfreward::study::grid::{Axis, Grid};
///
/// let axis = |key: &str, values: &[i64]| Axis { key: key.to_owned(), values: values.iter().map(|&v| v.into()).collect() };
/// let axes = vec![axis("process.beta", &[1, 2]), axis("process.rounds", &[4, 8, 16]), axis("process.samples", &[400, 200, 100])];
/// let grid = Grid::together(axes, &[vec!["process.rounds".to_owned(), "process.samples".to_owned()]])?;
/// assert_eq!(grid.len(), 2 * 3);
/// let values: Vec<i64> = grid.combination(4).filter_map(|(_, value)| value.as_integer()).collect();
/// assert_eq!(values, [2, 8, 200]);
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Grid {
    axes: Vec<Axis>,
    /// For each axis the place of the first axis that it goes together with: its own, if it stands alone.
    leaders: Vec<usize>,
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
        Self::together(axes, &[])
    }

    /// The grid over these axes, in which each of these lists of keys goes together: the first values, the second ones, and so on.
    ///
    /// # Errors
    /// [`Error::Argument`] if a key is no axis or is listed twice, if axes that go together have different numbers of values, or if
    /// there are more than [`Grid::LARGEST`] combinations.
    pub fn together(axes: Vec<Axis>, groups: &[Vec<String>]) -> Result<Self> {
        let mut leaders: Vec<usize> = (0..axes.len()).collect();
        let mut seen: Vec<&str> = Vec::new();
        for group in groups {
            let mut places = Vec::new();
            for key in group {
                let place = axes.iter().position(|axis| axis.key == *key);
                let place = place.ok_or_else(|| Error::argument("together", key, "a key of the grid"))?;
                if seen.contains(&key.as_str()) {
                    return Err(Error::argument("together", key, "no key twice"));
                }
                seen.push(key);
                places.push(place);
            }
            let Some(&leader) = places.iter().min() else { continue };
            let count = axes[leader].values.len();
            for &place in &places {
                let values = axes[place].values.len();
                if values != count {
                    let expected = format!("{count}, as of {}, with which it goes together", axes[leader].key);
                    return Err(Error::argument(format!("number of values of {}", axes[place].key), values, expected));
                }
                leaders[place] = leader;
            }
        }
        let alone = axes.iter().enumerate().filter(|(place, _)| leaders[*place] == *place);
        let product = alone.fold(1u128, |product, (_, axis)| product.saturating_mul(axis.values.len() as u128));
        let len = usize::try_from(product).ok().filter(|&len| len <= Self::LARGEST);
        let len = len.ok_or_else(|| {
            Error::argument("combinations of the grid", product, format!("at most {}", Self::LARGEST))
        })?;
        Ok(Self { axes, leaders, len })
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
        let mut chosen = Vec::with_capacity(self.axes.len());
        for (place, axis) in self.axes.iter().enumerate() {
            chosen.push(match self.leaders[place] {
                leader if leader < place => chosen[leader],
                _ => {
                    stride /= axis.values.len();
                    index / stride % axis.values.len()
                }
            });
        }
        self.axes.iter().zip(chosen).map(|(axis, value)| (axis.key.as_str(), &axis.values[value]))
    }

    /// How many combinations follow each other before the value of a key changes for which `outer` holds, at least: 1 where axes of both
    /// kinds go together.
    pub fn inner(&self, outer: impl Fn(&str) -> bool) -> usize {
        let moves_outer =
            |leader: usize| self.axes.iter().zip(&self.leaders).any(|(axis, &of)| of == leader && outer(&axis.key));
        let leaders = (0..self.axes.len()).rev().filter(|&place| self.leaders[place] == place);
        leaders.take_while(|&place| !moves_outer(place)).map(|place| self.axes[place].values.len()).product()
    }
}
