//! `--no-lock`, on every command that opens stores.

use clap::Args;

use crate::study::store::go_without_locks;

/// How stores are kept from being used by two processes at once.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct Locks {
    /// For a file system without locks (some NFS, FUSE, 9p): a process that writes keeps others of selfreward out by a folder
    /// STORE.lock beside the store; after a kill, remove it by hand
    #[arg(long)]
    pub no_lock: bool,
}

impl Locks {
    /// Has all stores of this process opened in the way that is asked for.
    pub fn apply(self) {
        if self.no_lock {
            go_without_locks();
        }
    }
}
