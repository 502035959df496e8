//! Small numerical helpers that keep sums exact enough where doubles run out of range.

/// A Euclidean norm that neither overflows nor underflows: terms are scaled by the largest magnitude met so far.
///
/// ```
/// use selfreward::floats::Norm;
///
/// // The squares overflow, the norm does not.
/// assert!((Norm::of(&[3e200, 4e200]) / 5e200 - 1.0).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Norm {
    scale: f64,
    sum: f64,
}

/// Coordinates that are taken at once.
const BLOCK: usize = 8;

impl Norm {
    /// Adds `count` coordinates of the value `x`.
    #[inline]
    pub fn add(&mut self, x: f64, count: f64) {
        let size = x.abs();
        if size == 0.0 || count == 0.0 {
            return;
        }
        if size > self.scale {
            self.sum *= (self.scale / size).powi(2);
            self.scale = size;
        }
        self.sum += count * (size / self.scale).powi(2);
    }

    /// The norm of all that was added; +∞ if a coordinate was infinite.
    #[inline]
    pub fn value(&self) -> f64 {
        if self.scale == f64::INFINITY { self.scale } else { self.scale * self.sum.sqrt() }
    }

    /// The norm of a vector.
    #[inline]
    pub fn of<'a>(values: impl IntoIterator<Item = &'a f64>) -> f64 {
        let mut norm = Self::default();
        values.into_iter().for_each(|&x| norm.add(x, 1.0));
        norm.value()
    }

    /// The norm of a vector that lies in memory as a whole: the same bits, with quotients that do not wait for each other.
    ///
    /// ```
    /// use selfreward::floats::Norm;
    ///
    /// let vector: Vec<f64> = (0..100).map(|i| f64::from(i * i % 37) - 18.0).collect();
    /// assert_eq!(Norm::of_slice(&vector), Norm::of(&vector));
    /// ```
    pub fn of_slice(values: &[f64]) -> f64 {
        let mut norm = Self::default();
        let (blocks, rest) = values.as_chunks::<BLOCK>();
        for block in blocks {
            let mut largest = 0.0;
            for x in block {
                largest = if x.abs() > largest { x.abs() } else { largest };
            }
            if largest == 0.0 || largest > norm.scale {
                block.iter().for_each(|&x| norm.add(x, 1.0));
                continue;
            }
            // Nothing is rescaled: the quotients do not wait for each other.
            let mut terms = [0.0; BLOCK];
            for i in 0..BLOCK {
                let quotient = block[i].abs() / norm.scale;
                terms[i] = quotient * quotient;
            }
            for term in terms {
                norm.sum += term;
            }
        }
        rest.iter().for_each(|&x| norm.add(x, 1.0));
        norm.value()
    }
}

/// Does work in code that may use wider registers. No bit changes: products and sums are rounded one by one in them, as without them.
///
/// The work must be inlined here, which is why it and what it calls say `#[inline(always)]`.
#[inline(always)]
pub(crate) fn in_wide_registers<T>(work: impl FnOnce() -> T) -> T {
    #[cfg(target_arch = "x86_64")]
    {
        #[target_feature(enable = "avx2")]
        fn wide<T>(work: impl FnOnce() -> T) -> T {
            work()
        }
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the processor has AVX2, as was just asked.
            return unsafe { wide(work) };
        }
    }
    work()
}

/// Adds the terms, each times the factor, as far as both reach. A function of its own knows that they do not overlap.
#[inline(never)]
pub(crate) fn add_scaled(sums: &mut [f64], factor: f64, terms: &[f64]) {
    in_wide_registers(
        #[inline(always)]
        || {
            let both = sums.len().min(terms.len());
            let (sums, terms) = (&mut sums[..both], &terms[..both]);
            for i in 0..both {
                sums[i] += factor * terms[i];
            }
        },
    );
}
