//! Counts on the command line.

use selfreward::cli::counts::{number, whole};

#[test]
fn a_count_is_never_cut() {
    assert_eq!(whole::<1, 1000, u64>("1e3"), Ok(1000));
    for text in ["0", "1001", "-1", "1.5", "", "x", "4294967297", "18446744073709551616", "1e400", "nan"] {
        assert_eq!(whole::<1, 1000, u32>(text), Err("a whole number from 1 to 1000".to_owned()), "{text}");
    }
    assert_eq!(number("1e400"), Err("a number".to_owned()));
    assert_eq!(number("-2"), Ok(-2.0));
}
