//! Counts with their nouns, and tables.

use selfreward::words::{counted, table};

#[test]
fn one_is_singular() {
    assert_eq!(counted(1u32, "cell"), "1 cell");
    assert_eq!([counted(0usize, "cell"), counted(2u64, "cell")], ["0 cells", "2 cells"]);
}

#[test]
fn a_wide_table_is_folded_and_loses_nothing() {
    let lines: Vec<Vec<String>> =
        (0..3).map(|row| (0..20).map(|column| format!("{}", row * 100 + column * 7)).collect()).collect();
    let whole = table(&lines, None);
    assert_eq!(whole.lines().count(), 3);
    let folded = table(&lines, Some(40));
    assert!(folded.lines().all(|line| line.chars().count() <= 40), "{folded}");
    let pieces: Vec<Vec<Vec<&str>>> = folded
        .split("\n\n")
        .map(|piece| piece.lines().map(|line| line.split_whitespace().collect()).collect())
        .collect();
    for (row, line) in lines.iter().enumerate() {
        assert!(pieces.iter().all(|piece| piece[row][0] == line[0]), "each piece is led by the first column");
        let rest: Vec<&str> = pieces.iter().flat_map(|piece| piece[row][1..].to_vec()).collect();
        assert_eq!(rest, line[1..].iter().map(String::as_str).collect::<Vec<_>>());
    }
    // A column wider than the screen still has its place.
    assert_eq!(table(&lines, Some(1)).split("\n\n").count(), 19);
    assert_eq!(table(&[], Some(10)), "");
}
