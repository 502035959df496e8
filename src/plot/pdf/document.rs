//! The file around a page: objects with numbers, and where each begins.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::ZlibEncoder;

use crate::error::{Error, Result};

/// A document in the making.
#[derive(Debug)]
pub(super) struct Document {
    bytes: Vec<u8>,
    /// Where each object begins, the first being number 1.
    starts: Vec<usize>,
}

impl Default for Document {
    fn default() -> Self {
        // The four bytes of the second line tell programs that move files that this one is not of text.
        Self { bytes: b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec(), starts: Vec::new() }
    }
}

impl Document {
    /// The number that the next object has.
    pub(super) fn next(&self) -> usize {
        self.starts.len() + 1
    }

    /// Adds an object; gives its number.
    pub(super) fn add(&mut self, content: impl AsRef<[u8]>) -> usize {
        let number = self.next();
        self.starts.push(self.bytes.len());
        self.bytes.extend(format!("{number} 0 obj\n").bytes());
        self.bytes.extend(content.as_ref());
        self.bytes.extend(b"\nendobj\n");
        number
    }

    /// Adds a stream, compressed, with these entries beside its length; gives its number.
    ///
    /// # Errors
    /// If it cannot be compressed.
    pub(super) fn stream(&mut self, entries: &str, data: &[u8]) -> Result<usize> {
        let failed = |error: io::Error| Error::argument("stream", error, "data that can be compressed");
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
        packed.write_all(data).map_err(failed)?;
        let packed = packed.finish().map_err(failed)?;
        let head = format!("<< /Length {} /Filter /FlateDecode{entries} >>\nstream\n", packed.len());
        Ok(self.add([head.as_bytes(), &packed, b"\nendstream"].concat()))
    }

    /// The whole file.
    pub(super) fn finish(mut self, catalog: usize, information: usize) -> Vec<u8> {
        let (start, size) = (self.bytes.len(), self.next());
        let mut end = format!("xref\n0 {size}\n0000000000 65535 f \n");
        self.starts.iter().for_each(|start| end.push_str(&format!("{start:010} 00000 n \n")));
        end.push_str(&format!(
            "trailer\n<< /Size {size} /Root {catalog} 0 R /Info {information} 0 R >>\nstartxref\n{start}\n%%EOF\n"
        ));
        self.bytes.extend(end.bytes());
        self.bytes
    }
}
