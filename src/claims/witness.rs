//! A violation, saved so that `selfreward simulate` replays it: the instance as NPZ, the process as TOML.

use std::path::{Path, PathBuf};

use crate::Result;
use crate::instance::Instance;
use crate::instance::npz_writer::to_npz;
use crate::simulate::config::InstanceConfig;
use crate::simulate::{Config, Simulation};

/// The files of a witness, not yet written.
#[derive(Debug)]
pub struct Witness {
    /// The configuration.
    pub toml: String,
    /// The instance; `None` where it is so large that the configuration makes it again instead.
    pub npz: Option<Vec<u8>>,
}

impl Witness {
    /// The replicate of a configuration, to be saved as `NAME.toml` and `NAME.npz` in a folder.
    ///
    /// # Errors
    /// As the instance's generator says.
    pub fn of_replicate(config: &Config, replicate: usize, folder: &Path, name: &str) -> Result<Self> {
        let simulation = Simulation::describe(config.clone())?;
        let instance = simulation.instance(replicate)?;
        let mut config = simulation.config;
        config.run.first_replicate = replicate;
        config.run.replicates = 1;
        config.run.same_instance = false;
        Ok(Self::of_instance(config, &instance, folder, name))
    }

    /// An instance with the process and run of a configuration.
    pub fn of_instance(mut config: Config, instance: &Instance, folder: &Path, name: &str) -> Self {
        let npz = to_npz(instance).ok();
        if npz.is_some() {
            config.instance = InstanceConfig::from_file(&npz_path(folder, name));
        }
        let text = config.to_toml();
        let toml =
            format!("# Replay: selfreward simulate --config {} --out DIR\n{text}", toml_path(folder, name).display());
        Self { toml, npz }
    }
}

/// Where the configuration goes.
pub fn toml_path(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.toml"))
}

/// Where the instance goes.
pub fn npz_path(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.npz"))
}
