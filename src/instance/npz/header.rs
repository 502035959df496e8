//! The header of an array in NumPy's format, versions 1 to 3.

use std::io::{self, Read};

use super::literal::Literal;

/// What an array's elements are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// IEEE floating-point numbers.
    Float,
    /// Whole numbers with a sign.
    Signed,
    /// Whole numbers ≥ 0.
    Unsigned,
    /// Truth values: 0 or 1.
    Truth,
}

/// An element's type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dtype {
    pub kind: Kind,
    /// Bytes of an element: 1, 2, 4 or 8.
    pub size: usize,
    pub big_endian: bool,
}

/// A header.
#[derive(Clone, Debug)]
pub(super) struct Header {
    /// The type as it is written, and as it is understood.
    pub descr: String,
    pub dtype: Option<Dtype>,
    pub fortran_order: bool,
    pub shape: Vec<u64>,
    /// The header's own bytes.
    pub length: u64,
}

/// NumPy itself reads no longer ones.
const LONGEST: u32 = 10_000;

const MAGIC: &[u8] = b"\x93NUMPY";

/// Whether these are the first bytes of an array.
pub(super) fn is_array(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

impl Header {
    /// Reads the header from the front of an array.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn read(from: &mut impl Read) -> Result<Self, String> {
        let cut = |error: io::Error| format!("its header cannot be read: {error}");
        let mut start = [0; 8];
        from.read_exact(&mut start).map_err(cut)?;
        if !is_array(&start) {
            return Err("holds no array: it does not begin with \\x93NUMPY".to_owned());
        }
        let (version, field) = match start[6] {
            1 => (1, 2),
            version @ (2 | 3) => (version, 4),
            other => return Err(format!("has version {other}.{} of the format: expected 1.0, 2.0 or 3.0", start[7])),
        };
        let mut length = [0; 4];
        from.read_exact(&mut length[..field]).map_err(cut)?;
        let length = u32::from_le_bytes(length);
        if length > LONGEST {
            return Err(format!("has a header of {length} bytes: expected at most {LONGEST}"));
        }
        let mut bytes = vec![0; length as usize];
        from.read_exact(&mut bytes).map_err(cut)?;
        let text = match version {
            3 => String::from_utf8(bytes).map_err(|_| "has a header that is no UTF-8".to_owned())?,
            _ => bytes.into_iter().map(char::from).collect(),
        };
        let wrong = || format!("has the header {:?}: expected a dict of descr, fortran_order and shape", text.trim());
        Self::parse(&text, 8 + field as u64 + u64::from(length)).ok_or_else(wrong)
    }

    fn parse(text: &str, length: u64) -> Option<Self> {
        let Literal::Dict(entries) = Literal::parse(text)? else { return None };
        let (mut descr, mut fortran_order, mut shape) = (None, None, None);
        for (key, value) in entries {
            match (key, value) {
                (Literal::Text(key), value) if key == "descr" => descr = Some(value),
                (Literal::Text(key), Literal::Truth(truth)) if key == "fortran_order" => fortran_order = Some(truth),
                (Literal::Text(key), Literal::Tuple(axes)) if key == "shape" => shape = Some(axes),
                _ => return None,
            }
        }
        let axis = |literal: &Literal| if let Literal::Whole(axis) = literal { Some(*axis) } else { None };
        let (descr, dtype) = match descr? {
            Literal::Text(name) => (name.clone(), Dtype::named(&name)),
            structured => (structured.shown(), None),
        };
        let shape = shape?.iter().map(axis).collect::<Option<Vec<u64>>>()?;
        Some(Self { descr, dtype, fortran_order: fortran_order?, shape, length })
    }

    /// The number of elements; `None` beyond 2^64.
    pub fn count(&self) -> Option<u64> {
        if self.shape.contains(&0) {
            return Some(0);
        }
        self.shape.iter().try_fold(1u64, |product, &axis| product.checked_mul(axis))
    }

    /// The shape as Python prints it.
    pub fn shape_shown(&self) -> String {
        Literal::Tuple(self.shape.iter().map(|&axis| Literal::Whole(axis)).collect()).shown()
    }
}

impl Dtype {
    /// The type of a name that `numpy.dtype` knows; `None` if it is no real number of at most eight bytes.
    fn named(name: &str) -> Option<Self> {
        let (order, rest) = match name.chars().next()? {
            order @ ('<' | '>' | '=' | '|') => (order, &name[1..]),
            _ => ('=', name),
        };
        let (kind, size) = match rest {
            "f8" | "d" | "float64" | "double" | "float" => (Kind::Float, 8),
            "f4" | "f" | "float32" | "single" => (Kind::Float, 4),
            "f2" | "e" | "float16" | "half" => (Kind::Float, 2),
            "i8" | "q" | "l" | "int64" | "int" => (Kind::Signed, 8),
            "i4" | "i" | "int32" => (Kind::Signed, 4),
            "i2" | "h" | "int16" => (Kind::Signed, 2),
            "i1" | "b" | "int8" => (Kind::Signed, 1),
            "u8" | "Q" | "L" | "uint64" | "uint" => (Kind::Unsigned, 8),
            "u4" | "I" | "uint32" => (Kind::Unsigned, 4),
            "u2" | "H" | "uint16" => (Kind::Unsigned, 2),
            "u1" | "B" | "uint8" => (Kind::Unsigned, 1),
            "b1" | "?" | "bool" => (Kind::Truth, 1),
            _ => return None,
        };
        let big_endian = match order {
            '<' => false,
            '>' => true,
            _ => cfg!(target_endian = "big"),
        };
        Some(Self { kind, size, big_endian })
    }

    /// The value of an element's bytes as a double. Whole numbers beyond 2^53 are rounded.
    pub fn float(self, bytes: &[u8]) -> f64 {
        match (self.kind, self.size) {
            (Kind::Float, 8) => f64::from_bits(self.bits(bytes)),
            (Kind::Float, 4) => f64::from(f32::from_bits(self.bits(bytes) as u32)),
            (Kind::Float, _) => half(self.bits(bytes) as u16),
            _ => self.whole(bytes) as f64,
        }
    }

    /// The value of a whole number's bytes.
    pub fn whole(self, bytes: &[u8]) -> i128 {
        let bits = self.bits(bytes);
        let unused = 64 - 8 * self.size as u32;
        match self.kind {
            // An arithmetic shift brings the sign down from the element's highest bit.
            Kind::Signed => i128::from((bits << unused) as i64 >> unused),
            _ => i128::from(bits),
        }
    }

    fn bits(self, bytes: &[u8]) -> u64 {
        let join = |bits: u64, &byte: &u8| bits << 8 | u64::from(byte);
        if self.big_endian { bytes.iter().fold(0, join) } else { bytes.iter().rev().fold(0, join) }
    }
}

/// A half-precision number: 1 bit of sign, 5 of exponent, 10 of fraction.
fn half(bits: u16) -> f64 {
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f64::from(bits & 1023));
    let size = match exponent {
        0 => fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1.0 + fraction / 1024.0) * 2f64.powi(exponent - 15),
    };
    if bits >> 15 == 1 { -size } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Oracle: IEEE 754 (a few bit patterns, and the largest and least numbers of the formats).
    #[test]
    fn elements_are_read_in_either_byte_order() {
        let named = |name: &str| Dtype::named(name).unwrap();
        for (name, bytes, value) in [
            ("<f8", &1.5f64.to_le_bytes()[..], 1.5),
            (">f8", &1.5f64.to_be_bytes(), 1.5),
            ("=f8", &1.5f64.to_ne_bytes(), 1.5),
            (">f4", &(-0.1f32).to_be_bytes(), f64::from(-0.1f32)),
            ("<f2", &[0xff, 0x7b], 65504.0),
            (">f2", &[0x80, 0x01], -(2f64.powi(-24))),
            ("<f2", &[0x00, 0x3c], 1.0),
            ("<i2", &[0xfe, 0xff], -2.0),
            (">u4", &[0, 0, 1, 0], 256.0),
        ] {
            assert_eq!(named(name).float(bytes), value, "{name}");
        }
        assert!(named("<f2").float(&[0, 0x7c]).is_infinite() && named("<f2").float(&[1, 0x7c]).is_nan());
        assert_eq!(named("<i8").whole(&i64::MIN.to_le_bytes()), i128::from(i64::MIN));
        assert_eq!(named("|u1").whole(&[255]), 255);
        assert_eq!(named("i1").whole(&[255]), -1);
        assert_eq!((named("|b1").kind, named("?").whole(&[1]), named("bool").whole(&[0])), (Kind::Truth, 1, 0));
        assert_eq!(named(">u8").whole(&u64::MAX.to_be_bytes()), i128::from(u64::MAX));
        for other in ["|O", "<c16", "<f16", "|S3", "<U1", "|b2", "<M8[ns]", "", "<", "é8"] {
            assert_eq!(Dtype::named(other), None, "{other}");
        }
    }

    #[test]
    fn a_header_is_read_in_all_versions_and_spellings() {
        let with = |version: u8, text: &str| {
            let mut bytes = [MAGIC, &[version, 0]].concat();
            match version {
                1 => bytes.extend((text.len() as u16).to_le_bytes()),
                _ => bytes.extend((text.len() as u32).to_le_bytes()),
            }
            bytes.extend(text.as_bytes());
            Header::read(&mut &bytes[..])
        };
        for version in 1..=3 {
            let header = with(version, "{'shape': (2L, 3,), \"descr\": u'>f4', 'fortran_order': True}  \n").unwrap();
            assert_eq!((header.shape.as_slice(), header.fortran_order), (&[2, 3][..], true));
            assert_eq!(header.dtype, Some(Dtype { kind: Kind::Float, size: 4, big_endian: true }));
        }
        let structured = with(1, "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': ()}").unwrap();
        assert_eq!((structured.descr.as_str(), structured.dtype), ("[('a', '<f8')]", None));
        for wrong in
            ["", "{}", "{'descr': '<f8', 'shape': (1,)}", "{'descr': '<f8', 'fortran_order': False, 'shape': 3}"]
        {
            assert!(with(1, wrong).unwrap_err().contains("expected a dict"), "{wrong}");
        }
        assert!(with(4, "{}").unwrap_err().contains("version 4.0"));
        assert!(with(2, &" ".repeat(20_000)).unwrap_err().contains("at most 10000"));
        let huge = with(1, "{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296, 2)}").unwrap();
        assert_eq!(huge.count(), None);
    }
}
