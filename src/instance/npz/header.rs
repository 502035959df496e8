//! The header of an array in NumPy's format, versions 1 to 3.

use std::io::{self, Read};

use super::literal::Literal;

/// What an array's elements are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
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
pub struct Dtype {
    /// Of which kind they are.
    pub kind: Kind,
    /// Bytes of an element: 1, 2, 4 or 8.
    pub size: usize,
    /// Whether the highest byte comes first.
    pub big_endian: bool,
}

/// A header.
#[derive(Clone, Debug)]
pub struct Header {
    /// The type as it is written.
    pub descr: String,
    /// The type as it is understood; `None` where it is no number of a known kind.
    pub dtype: Option<Dtype>,
    /// Whether the first index runs fastest.
    pub fortran_order: bool,
    /// The lengths of the axes.
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
    pub fn named(name: &str) -> Option<Self> {
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
    #[inline]
    pub fn float(self, bytes: &[u8]) -> f64 {
        match (self.kind, self.size) {
            (Kind::Float, 8) => f64::from_bits(self.bits(bytes)),
            (Kind::Float, 4) => f64::from(self.single(bytes)),
            (Kind::Float, _) => half(self.bits(bytes) as u16),
            _ => self.whole(bytes) as f64,
        }
    }

    /// The value of the bytes of a floating-point number of four.
    #[inline]
    pub fn single(self, bytes: &[u8]) -> f32 {
        f32::from_bits(self.bits(bytes) as u32)
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

    #[inline]
    fn bits(self, bytes: &[u8]) -> u64 {
        if !self.big_endian {
            if let Ok(four) = bytes.try_into() {
                return u64::from(u32::from_le_bytes(four));
            }
            if let Ok(eight) = bytes.try_into() {
                return u64::from_le_bytes(eight);
            }
        }
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
