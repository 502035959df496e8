//! `[process]` resolved: the loop with its numbers.

use super::config::Config;
use super::kinds::Nature;
use crate::process::settings;
use crate::process::{FiniteClass, Loop};
use crate::{Error, Result};

/// The loop that `[process]` describes.
///
/// # Errors
/// [`Error::Argument`] with the offending value and what was expected.
pub(super) fn process(config: &Config) -> Result<Loop> {
    if config.process.update.name() == "finite-class" {
        finite_class(config)?;
    }
    config.process.with_section(settings::read)
}

/// The finite class, up to the instance.
///
/// # Errors
/// As [`process`].
pub(super) fn finite_class(config: &Config) -> Result<FiniteClass> {
    let class = config.process.with_section(FiniteClass::read)?;
    if let (true, Some(rays)) = (config.instance.kind.is(Nature::Product), config.process.rays) {
        let expected = "no rays on one-hot features: the class of one-hot features is a product over its prompts";
        return Err(Error::argument("process.rays", rays, expected));
    }
    Ok(class)
}
