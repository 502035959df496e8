//! Headers of arrays in NumPy's format, and the elements behind them.

use selfreward::instance::npz::{Dtype, Header, Kind};

/// The first bytes of an array.
const MAGIC: &[u8] = b"\x93NUMPY";

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
    for wrong in ["", "{}", "{'descr': '<f8', 'shape': (1,)}", "{'descr': '<f8', 'fortran_order': False, 'shape': 3}"] {
        assert!(with(1, wrong).unwrap_err().contains("expected a dict"), "{wrong}");
    }
    assert!(with(4, "{}").unwrap_err().contains("version 4.0"));
    assert!(with(2, &" ".repeat(20_000)).unwrap_err().contains("at most 10000"));
    let huge = with(1, "{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296, 2)}").unwrap();
    assert_eq!(huge.count(), None);
}
