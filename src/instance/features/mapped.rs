//! Numbers that stay in their file: mapped into the address space, read where they are asked for.

use std::fs::File;
use std::ops::Range;
use std::sync::Arc;
use std::{fmt, io};

use flate2::Crc;
use memmap2::{Mmap, MmapOptions};

use super::storage::{Left, Numbers};

/// Bytes that are asked for at once. Linux reads no more of a request than it reads ahead by
/// itself, 128 KiB as a rule.
#[cfg(unix)]
const READ: usize = 128 << 10;

/// Bytes of a number on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::instance) enum Precision {
    /// Four.
    Single,
    /// Eight.
    Double,
}

impl Precision {
    fn bytes(self) -> usize {
        match self {
            Self::Single => 4,
            Self::Double => 8,
        }
    }
}

/// Where an array lies in a file.
#[derive(Clone, Copy, Debug)]
pub(in crate::instance) struct Place {
    /// Where it begins, with its header.
    pub offset: u64,
    /// Its bytes, with the header and what lies behind the numbers.
    pub length: u64,
    /// The header's bytes.
    pub header: u64,
    /// How many numbers there are.
    pub count: usize,
    /// Little-endian, of this precision.
    pub precision: Precision,
    /// What the checksum of all its bytes is said to be.
    pub checksum: Option<u32>,
}

/// Numbers of a file, in C order, little-endian, wherever they begin: an entry of an archive has no
/// alignment.
///
/// The file must not change as long as this lives.
#[derive(Clone)]
pub struct Mapped {
    bytes: Arc<Mmap>,
    place: Place,
    /// Every number is divided by it.
    divisor: f64,
}

impl Mapped {
    /// Maps an array; its file is at least as long as the place says.
    pub(in crate::instance) fn new(file: &File, place: Place) -> io::Result<Self> {
        let length = usize::try_from(place.length).map_err(io::Error::other)?;
        // SAFETY: the mapping is read-only, and lives as long as its slices. That nobody shortens
        // or writes the file meanwhile cannot be had from the system: it is a rule for who runs the
        // program, and stands in docs/file-formats.md.
        let bytes = unsafe { MmapOptions::new().offset(place.offset).len(length).map(file)? };
        // A row that is looked up brings no megabytes beside it; walks ask for what they come to
        // themselves. Whether the system follows the advice does not matter.
        #[cfg(unix)]
        let _ = bytes.advise(memmap2::Advice::Random);
        Ok(Self { bytes: Arc::new(bytes), place, divisor: 1.0 })
    }

    /// How many numbers there are.
    pub fn len(&self) -> usize {
        self.place.count
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The same numbers, each divided once more where it is read.
    ///
    /// Divided numbers are divided anew, so that there is one rounding: `None` for what was divided
    /// before.
    pub(super) fn divided_by(&self, divisor: f64) -> Option<Self> {
        // The checksum was compared when the numbers were first walked through.
        let place = Place { checksum: None, ..self.place };
        (self.divisor == 1.0).then(|| Self { bytes: Arc::clone(&self.bytes), place, divisor })
    }

    fn place_of(&self, range: &Range<usize>) -> Range<usize> {
        let (start, size) = (self.place.header as usize, self.place.precision.bytes());
        start + range.start * size..start + range.end * size
    }

    /// Some of the numbers.
    pub(super) fn at(&self, range: Range<usize>) -> Numbers<'_> {
        let (bytes, divisor) = (&self.bytes[self.place_of(&range)], self.divisor);
        match self.place.precision {
            Precision::Single => Numbers::Left32(Left { bytes: bytes.as_chunks().0, divisor }),
            Precision::Double => Numbers::Left64(Left { bytes: bytes.as_chunks().0, divisor }),
        }
    }

    /// Asks the system to read numbers that a walk comes to soon.
    pub(super) fn wanted(&self, range: Range<usize>) {
        #[cfg(unix)]
        {
            let place = self.place_of(&range);
            for start in place.clone().step_by(READ) {
                // Whether the system follows the advice does not matter.
                let _ = self.bytes.advise_range(memmap2::Advice::WillNeed, start, READ.min(place.end - start));
            }
        }
        #[cfg(not(unix))]
        let _ = range;
    }

    /// Lets go of the memory that holds numbers which a walk has passed. They are read again where
    /// they are asked for.
    pub(super) fn passed(&self, range: Range<usize>) {
        #[cfg(unix)]
        {
            let Range { start, end } = self.place_of(&range);
            // SAFETY: the mapping is one of a file and never written to, so that its pages come
            // back with the same bytes. Whether the system follows the advice does not matter.
            let _ =
                unsafe { self.bytes.unchecked_advise_range(memmap2::UncheckedAdvice::DontNeed, start, end - start) };
        }
        #[cfg(not(unix))]
        let _ = range;
    }

    /// The checksum, to be summed up along a walk; `None` where none is known.
    pub(super) fn check(&self) -> Option<Check<'_>> {
        let stated = self.place.checksum?;
        Some(Check { mapped: self, stated, crc: Crc::new(), summed: 0 })
    }
}

impl fmt::Debug for Mapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mapped").field("place", &self.place).field("divisor", &self.divisor).finish_non_exhaustive()
    }
}

/// A checksum that is summed up along a walk.
pub(super) struct Check<'a> {
    mapped: &'a Mapped,
    stated: u32,
    crc: Crc,
    summed: usize,
}

impl Check<'_> {
    /// Takes in all bytes before this number.
    pub fn up_to(&mut self, number: usize) {
        let end = self.mapped.place_of(&(0..number)).end;
        self.crc.update(&self.mapped.bytes[self.summed..end]);
        self.summed = end;
    }

    /// Takes in the rest; the checksum that was found and the one that is stated, if they differ.
    pub fn finish(mut self) -> Option<(u32, u32)> {
        self.crc.update(&self.mapped.bytes[self.summed..]);
        let found = self.crc.sum();
        (found != self.stated).then_some((found, self.stated))
    }
}
