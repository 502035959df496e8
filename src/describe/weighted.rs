//! Values with weights, and their quantiles.

/// Values by ascending size, each with its weight.
///
/// ```
/// use selfreward::describe::Weighted;
///
/// let values = Weighted::of([(3.0, 0.25), (1.0, 0.5), (2.0, 0.25)]);
/// // The least value that is not exceeded with probability 1/2, and 3/4.
/// assert_eq!([0.0, 0.5, 0.75, 1.0].map(|q| values.quantile(q)), [Some(1.0), Some(1.0), Some(2.0), Some(3.0)]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Weighted {
    /// (value, weight of all up to it).
    sums: Vec<(f64, f64)>,
}

/// Sums of weights are rounded: a share is reached if less than this is missing.
const SLACK: f64 = 1e-12;

impl Weighted {
    /// From values, none of them NaN, with weights above 0.
    pub fn of(values: impl IntoIterator<Item = (f64, f64)>) -> Self {
        let mut sums: Vec<(f64, f64)> = values.into_iter().collect();
        sums.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut sum = 0.0;
        for (_, weight) in &mut sums {
            sum += *weight;
            *weight = sum;
        }
        Self { sums }
    }

    /// The least value that a share q in [0, 1] of the weight does not exceed; `None` without values.
    pub fn quantile(&self, q: f64) -> Option<f64> {
        let total = self.sums.last()?.1;
        let at = self.sums.partition_point(|(_, sum)| *sum < (q - SLACK) * total);
        self.sums.get(at).or(self.sums.last()).map(|(value, _)| *value)
    }

    /// The distribution function: at most `points` of its corners (value, share up to it), the last one among them.
    pub fn corners(&self, points: usize) -> Vec<(f64, f64)> {
        let total = self.sums.last().map_or(1.0, |last| last.1);
        let mut corners: Vec<(f64, f64)> = Vec::new();
        let mut next = 0.0;
        for (i, &(value, sum)) in self.sums.iter().enumerate() {
            // Of equal values the last has all their weight.
            if self.sums.get(i + 1).is_some_and(|after| after.0 == value) {
                continue;
            }
            let share = sum / total;
            if share >= next - SLACK || i + 1 == self.sums.len() {
                corners.push((value, share.min(1.0)));
                next = share + 1.0 / points as f64;
            }
        }
        corners
    }
}
