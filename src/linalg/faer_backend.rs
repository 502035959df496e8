//! The default backend: `faer`, sequential. It is compiled in a crate of its own, `selfreward-kernels`.

pub use selfreward_kernels::{
    Panel, inverse_cholesky, is_positive_definite, lower_gram, r_factor, row_space, thin_svd,
};

/// The backend's name.
pub const NAME: &str = "faer";

/// See [`super::check_threads`]: any number will do.
pub fn check_threads(_threads: usize) -> crate::Result<()> {
    Ok(())
}
