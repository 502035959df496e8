//! A comparison for people: the answer first, then the table.

use super::comparison::{Comparison, JOINT, Row, Verdict};
use super::pairing::How;
use crate::metrics::Quantity;
use crate::simulate::output::significant;
use crate::stats::{Range, least_visible, replicates_to_see};
use crate::words::{agreeing, counted, table};

/// Lines of the table that are printed; of more, those that differ alone.
const MOST_LINES: usize = 120;

/// The answer and the table, folded where it is wider than `width`.
pub fn text(comparison: &Comparison, width: Option<usize>) -> String {
    let [a, b] = &comparison.gathered.names;
    let mut text = format!("A: {a}\nB: {b}\n");
    heading(comparison).into_iter().for_each(|line| text.push_str(&format!("{line}\n")));
    text.push_str(&format!("\n{}\n", verdict(comparison)));
    for quantity in &comparison.gathered.quantities {
        text.push_str(&format!("  {quantity}: {}\n", answer(comparison, quantity)));
    }
    power(comparison).into_iter().for_each(|line| text.push_str(&format!("{line}\n")));
    text.push('\n');
    text.push_str(&lines(comparison, width));
    text
}

/// In what A and B differ as they are described, and whether their replicates pair up.
fn heading(comparison: &Comparison) -> Vec<String> {
    let gathered = &comparison.gathered;
    let mut lines = Vec::new();
    let changes = gathered.changes.text();
    lines.push(if changes.is_empty() {
        "Their configurations are the same, seeds and numbers of replicates aside.".to_owned()
    } else {
        format!("Their configurations differ in {changes}.")
    });
    let pairs = gathered.labels.len();
    for how in [How::Streams, How::Instance, How::Apart] {
        let Some(first) = gathered.pairings.iter().find(|pairing| pairing.how == how) else { continue };
        let share = if pairs == 1 { String::new() } else { format!(" ({} of {pairs} cells)", gathered.paired(how)) };
        let what = match how {
            How::Streams => "Paired: replicates of one number have the same instance and the same streams",
            How::Instance => "Paired: all replicates have one instance, each with samples of its own",
            How::Apart => "Not paired: the interval is that of two samples",
        };
        lines.push(format!("{what}{share}; {}.", first.reason));
    }
    if let Some([a, b]) = gathered.last.iter().find(|[a, b]| a != b) {
        let of = if pairs == 1 { "" } else { ", in a cell" };
        lines.push(format!("A has {}, B {b}{of}: those in common are compared.", counted(*a, "round")));
    }
    let differing = |row: &&Row| row.replicates[0] != row.replicates[1];
    if let Some(row) = comparison.rows.iter().find(differing) {
        lines.push(format!("A has {} here, B {}.", counted(row.replicates[0], "replicate"), row.replicates[1]));
    }
    lines.extend(gathered.notes.iter().cloned());
    for (side, only) in ["A", "B"].into_iter().zip(&gathered.only).filter(|(_, only)| !only.is_empty()) {
        lines.push(format!("Measured in {side} alone: {}.", only.join(", ")));
    }
    lines
}

/// Whether they differ, in a sentence.
fn verdict(comparison: &Comparison) -> String {
    let count = |verdict: fn(&Verdict) -> bool| comparison.rows.iter().filter(|row| verdict(&row.verdict)).count();
    let equal = count(|verdict| *verdict == Verdict::Equal);
    let unknown = count(|verdict| matches!(verdict, Verdict::Unknown(_)));
    let level = match comparison.intervals {
        0 => "nothing is left to chance".to_owned(),
        intervals => format!(
            "jointly, with probability {} or less of any false alarm among {}",
            JOINT,
            counted(intervals, "interval")
        ),
    };
    if comparison.differs() {
        format!("A and B differ ({level}):")
    } else if unknown == comparison.rows.len() {
        "Whether A and B differ is unknown:".to_owned()
    } else if equal + unknown == comparison.rows.len() {
        let rest = if unknown == 0 { "" } else { " that is known" };
        format!("A and B are equal in every value{rest}:")
    } else {
        format!("No difference of A and B is seen ({level}):")
    }
}

/// What is said of a quantity.
fn answer(comparison: &Comparison, quantity: &str) -> String {
    let rows: Vec<&Row> = comparison.of(quantity).collect();
    if comparison.gathered.labels.len() == 1 { along(&rows) } else { over_cells(&rows) }
}

/// Of a single pair, round by round.
fn along(rows: &[&Row]) -> String {
    let differing: Vec<&&Row> = rows.iter().filter(|row| row.verdict == Verdict::Differs).collect();
    if let (Some(first), Some(last)) = (differing.first(), differing.last()) {
        let after: Vec<&&Row> = rows.iter().filter(|row| row.t >= first.t).collect();
        let throughout = after.iter().all(|row| row.verdict == Verdict::Differs);
        let where_ = match (differing.len(), throughout) {
            (1, _) => format!("at t = {}", first.t),
            (_, true) => format!("at every t compared from {} on", first.t),
            (count, false) => format!("at {count} of {} rounds, first at t = {}", rows.len(), first.t),
        };
        return format!("differs {where_}; at t = {} B − A = {}", last.t, measured(last));
    }
    let most = rows.iter().filter(|row| row.verdict == Verdict::NotSeen).filter_map(|row| row.at_most());
    if let Some(most) = most.reduce(f64::max) {
        return format!("no difference seen; at most ±{}", significant(most, 2));
    }
    if rows.iter().any(|row| row.verdict == Verdict::Equal) {
        let known = rows.iter().filter(|row| row.verdict == Verdict::Equal).count();
        let rest = if known == rows.len() { String::new() } else { format!(" (known in {known} of {})", rows.len()) };
        let open = rows.iter().filter(|row| row.verdict == Verdict::Equal).filter_map(|row| row.at_most());
        let open = match open.reduce(f64::max) {
            Some(most) if most > 0.0 => format!(", which leaves ±{} of the expectations open", significant(most, 2)),
            _ => String::new(),
        };
        return format!("equal, value by value{rest}{open}");
    }
    unknown(rows)
}

fn unknown(rows: &[&Row]) -> String {
    let reason = rows.iter().find_map(|row| match &row.verdict {
        Verdict::Unknown(reason) => Some(reason.as_str()),
        _ => None,
    });
    format!("unknown: {}", reason.unwrap_or("nothing was compared"))
}

/// Of several pairs: in how many of them.
fn over_cells(rows: &[&Row]) -> String {
    let all = rows.len();
    let count = |verdict: &str| rows.iter().filter(|row| row.verdict.name() == verdict).count();
    let (differ, unseen, equal, unknowns) =
        (count("differs"), count("no difference seen"), count("equal"), count("unknown"));
    if unknowns == all {
        return unknown(rows);
    }
    let mut parts = Vec::new();
    if differ > 0 {
        let higher = |row: &&&Row| row.verdict == Verdict::Differs && row.difference.is_some_and(|value| value > 0.0);
        let higher = rows.iter().filter(higher).count();
        parts.push(format!("differs in {differ} of {all} (B higher in {higher}, lower in {})", differ - higher));
    }
    if unseen > 0 {
        let most = rows.iter().filter(|row| row.verdict == Verdict::NotSeen).filter_map(|row| row.at_most());
        let most =
            most.reduce(f64::max).map_or_else(String::new, |most| format!(", at most ±{}", significant(most, 2)));
        parts.push(format!("no difference seen in {unseen}{most}"));
    }
    if equal > 0 {
        parts.push(format!("equal in {equal}"));
    }
    if unknowns > 0 {
        parts.push(format!("unknown in {unknowns}"));
    }
    parts.join("; ")
}

/// What so few replicates cannot show, where no difference of a share is seen.
fn power(comparison: &Comparison) -> Option<String> {
    let is_share = |name: &str| Quantity::of_column(name).is_some_and(|quantity| quantity.range == Range::SHARE);
    let shares = |row: &&Row| row.verdict == Verdict::NotSeen && row.method == "dirichlet" && is_share(&row.quantity);
    let largest = comparison.rows.iter().filter(shares).max_by(|one, other| {
        let size = |row: &Row| row.difference.map_or(0.0, f64::abs);
        size(one).total_cmp(&size(other))
    })?;
    let paired = comparison.gathered.pairings[largest.pair].how != How::Apart;
    let count = largest.replicates[0].min(largest.replicates[1]);
    let least = least_visible(count, comparison.miss(), paired);
    let seen = largest.difference.map_or(0.0, f64::abs);
    if seen == 0.0 || seen >= least {
        return None;
    }
    let can = match least <= 1.0 {
        true => format!("a share must differ by {} at least to be told from 0", significant(least, 2)),
        false => "no difference of a share is large enough to be told from 0".to_owned(),
    };
    let needed = replicates_to_see(seen.min(1.0), comparison.miss(), paired);
    Some(format!(
        "With {} {can}; for the largest one that is seen and not settled, {} in {}, {needed} {} needed, or more.",
        counted(count, "replicate"),
        significant(seen, 2),
        largest.quantity,
        agreeing(needed, "is", "are")
    ))
}

fn measured(row: &Row) -> String {
    let Some(value) = row.difference else { return "-".to_owned() };
    let value = significant(value, 3);
    match row.interval {
        _ if row.method == "exact" => value,
        None if row.verdict == Verdict::Equal => value,
        Some((low, high)) => format!("{value} [{}, {}]", significant(low, 3), significant(high, 3)),
        None => format!("{value} [?]"),
    }
}

/// The table with its legend.
fn lines(comparison: &Comparison, width: Option<usize>) -> String {
    let gathered = &comparison.gathered;
    let mut rows: Vec<&Row> = comparison.rows.iter().collect();
    let all = rows.len();
    if all > MOST_LINES {
        rows.retain(|row| row.verdict == Verdict::Differs);
    }
    let shown = rows.len();
    if shown > MOST_LINES || (shown == 0 && all > 0) {
        return format!(
            "{all} differences, {shown} of them told from 0: --out writes them all, --y and --t ask for fewer"
        );
    }
    let mut header: Vec<String> = gathered.keys.clone();
    header.extend(["quantity", "t", "A", "B", "B - A [95% interval]", "verdict"].map(str::to_owned));
    let mut lines = vec![header];
    for row in &rows {
        let mean = |side: usize| row.means.map_or_else(|| "-".to_owned(), |means| significant(means[side], 4));
        let verdict = match &row.verdict {
            Verdict::NotSeen => {
                let most =
                    row.at_most().map_or_else(String::new, |most| format!(", at most ±{}", significant(most, 2)));
                format!("no difference seen{most}")
            }
            Verdict::Unknown(reason) => format!("unknown: {reason}"),
            verdict => verdict.name().to_owned(),
        };
        let mut line = gathered.labels[row.pair].clone();
        line.extend([row.quantity.clone(), row.t.to_string(), mean(0), mean(1), measured(row), verdict]);
        lines.push(line);
    }
    let rest = if shown < all { format!("; the other {} are not told from 0", all - shown) } else { String::new() };
    let level = format!(
        "\"differs\" and \"at most\" by the intervals that hold together: each misses with probability {} or less",
        significant(comparison.miss(), 2)
    );
    let replicates = replicates(comparison);
    format!("{}({replicates}{rest}; {level}; \"equal\": all values agree)", table(&lines, width))
}

/// On how many replicates, in words.
fn replicates(comparison: &Comparison) -> String {
    let compared = || comparison.rows.iter().map(|row| row.replicates).filter(|counts| counts[0] > 0);
    match compared().next() {
        None => "no replicate was compared".to_owned(),
        Some([a, b]) if compared().all(|counts| counts == [a, b]) && a == b => counted(a, "replicate"),
        Some([a, b]) if compared().all(|counts| counts == [a, b]) => format!("{a} replicates of A, {b} of B"),
        Some(_) => "replicates as --json and compare.csv say".to_owned(),
    }
}
