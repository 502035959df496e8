//! Words in messages, and tables of them.

use std::fmt::Display;

/// A count with its noun: `1 replicate`, `3 replicates`.
pub fn counted<N: Display + Copy + TryInto<u64>>(count: N, noun: &str) -> String {
    format!("{count} {noun}{}", agreeing(count, "", "s"))
}

/// The word that belongs to a count: `has` or `have`.
pub fn agreeing<'a, N: TryInto<u64>>(count: N, one: &'a str, many: &'a str) -> &'a str {
    if matches!(count.try_into(), Ok(1)) { one } else { many }
}

/// Lines of cells as a table with columns flushed right, the first line being the header.
///
/// A table wider than `width` is folded: the columns that do not fit follow below, each piece led by the first column.
pub fn table(lines: &[Vec<String>], width: Option<usize>) -> String {
    let columns = lines.first().map_or(0, Vec::len);
    let size = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let sizes: Vec<usize> = (0..columns).map(size).collect();
    let mut pieces: Vec<Vec<usize>> = vec![vec![0]];
    let mut taken = sizes.first().copied().unwrap_or(0);
    for column in 1..columns {
        let more = GAP.len() + sizes[column];
        let piece = pieces.last_mut().expect("there is a first piece");
        if piece.len() > 1 && width.is_some_and(|width| taken + more > width) {
            pieces.push(vec![0, column]);
            taken = sizes[0] + more;
        } else {
            piece.push(column);
            taken += more;
        }
    }
    let piece = |columns: &Vec<usize>| {
        let cell = |line: &Vec<String>, column: usize| format!("{:>1$}", line[column], sizes[column]);
        let row = |line: &Vec<String>| columns.iter().map(|&j| cell(line, j)).collect::<Vec<_>>().join(GAP);
        lines.iter().map(|line| format!("{}\n", row(line).trim_end())).collect::<String>()
    };
    pieces.iter().map(piece).collect::<Vec<_>>().join("\n")
}

/// Between two columns.
const GAP: &str = "  ";

#[cfg(test)]
mod tests {
    use super::*;

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
}
