//! A walk through numbers in order: what lies in a file is fetched ahead of it, and let go of
//! behind it.

use super::mapped::Mapped;
use super::storage::Storage;

/// Numbers between two looks at how far the walk has come: 4 or 8 MiB of a file.
const BLOCK: usize = 1 << 20;

/// How far a walk has come; nothing is to be done where the numbers are in memory.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    mapped: Option<&'a Mapped>,
    /// Numbers before this one were let go of.
    behind: usize,
    /// Numbers before this one were asked for.
    ahead: usize,
}

impl<'a> Walk<'a> {
    /// From the first number.
    pub fn new(storage: &'a Storage) -> Self {
        let mapped = if let Storage::Mapped(mapped) = storage { Some(mapped) } else { None };
        let mut walk = Self { mapped, behind: 0, ahead: 0 };
        walk.fetch();
        walk
    }

    fn fetch(&mut self) {
        if let Some(mapped) = self.mapped {
            let to = (self.behind + 3 * BLOCK).min(mapped.len());
            mapped.wanted(self.ahead..to);
            self.ahead = to;
        }
    }

    /// Whether a block was passed when all numbers before this one were.
    pub fn is_due(&self, number: usize) -> bool {
        number >= self.behind + BLOCK
    }

    /// Takes note that all numbers before this one were looked at.
    pub fn passed(&mut self, number: usize) {
        if let Some(mapped) = self.mapped {
            mapped.passed(self.behind..number);
        }
        self.behind = number;
        self.fetch();
    }
}
