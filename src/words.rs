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
