//! Where the numbers of dense features lie.

use std::fmt::Debug;

/// Numbers in memory that something else owns, such as an array of another language.
///
/// Whoever implements it keeps the memory alive for as long as it lives, and gives the same numbers at each call.
///
/// ```
/// use std::sync::Arc;
///
/// use selfreward::instance::Lent;
///
/// let lent: Arc<dyn Lent<f32>> = Arc::new(vec![0.5, -0.25]);
/// assert_eq!(lent.values(), [0.5, -0.25]);
/// ```
pub trait Lent<T>: Debug + Send + Sync {
    /// The numbers, in C order.
    fn values(&self) -> &[T];
}

impl<T: Debug + Send + Sync> Lent<T> for Vec<T> {
    fn values(&self) -> &[T] {
        self
    }
}

impl<T: PartialEq> PartialEq for dyn Lent<T> {
    fn eq(&self, other: &Self) -> bool {
        self.values() == other.values()
    }
}
