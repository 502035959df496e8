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
            How::Instance => "Paired by number: all replicates have one instance, each with samples of its own",
            How::Apart => apart(comparison),
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

/// What it means that there are no pairs.
fn apart(comparison: &Comparison) -> &'static str {
    let is_apart = |row: &&Row| comparison.gathered.pairings[row.pair].how == How::Apart;
    let mut known = comparison.rows.iter().filter(is_apart).filter(|row| row.means.is_some()).peekable();
    if known.peek().is_some() && known.clone().all(Row::is_exact) {
        "Not paired, which exact values need not be"
    } else if known.any(|row| row.interval.is_some() && !row.is_exact()) {
        "Not paired: the interval is that of two samples"
    } else {
        "Not paired"
    }
}

/// Whether they differ, in a sentence.
fn verdict(comparison: &Comparison) -> String {
    let rows = &comparison.rows;
    let count = |holds: fn(&Row) -> bool| rows.iter().filter(|row| holds(row)).count();
    let equal = count(Row::is_equal);
    let unknown = count(|row| matches!(row.verdict, Verdict::Unknown(_)));
    let level = match comparison.intervals {
        0 => "nothing is left to chance".to_owned(),
        intervals => format!(
            "jointly, with probability {} or less of any false alarm among {}",
            JOINT,
            counted(intervals, "interval")
        ),
    };
    let open = open(comparison);
    let rest = open.as_ref().map_or_else(String::new, |open| format!("; {open}"));
    if comparison.differs() {
        return format!("A and B differ ({level}){rest}:");
    }
    if unknown == rows.len() {
        let one = !rows.is_empty() && rows.iter().all(|row| row.is_open() && row.replicates == [1, 1]);
        let why = if one { ": one replicate says nothing of the expectations" } else { "" };
        return format!("Whether A and B differ is unknown{why}:");
    }
    if equal + unknown < rows.len() {
        let told = if rows.iter().any(is_unsettled) { "settled" } else { "seen" };
        return format!("No difference of A and B is {told} ({level}){rest}:");
    }
    let one = rows.iter().filter(|row| row.is_open()).all(|row| row.replicates == [1, 1]);
    if let Some(open) = open {
        if one {
            let all = rows.len();
            let said = "Whether A and B differ is unknown: one replicate says nothing of the expectations";
            return format!("{said} ({equal} of {all} values are equal on it):");
        }
        return format!(
            "Whether A and B differ is unknown in part: {equal} of {} values are equal; {open}:",
            rows.len()
        );
    }
    let known = if unknown == 0 { "" } else { " that is known" };
    let rounding = if count(|row| row.verdict == Verdict::Rounding) == 0 { "" } else { ", up to rounding" };
    let one = if count(Row::is_equal_on_one) == 0 { "" } else { ON_ONE };
    format!("A and B are equal in every value{known}{rounding}{one}:")
}

/// What equal values of a single replicate are worth.
const ON_ONE: &str = " on one replicate, which says nothing of the expectations";

/// Of which quantities it is open whether they differ, as a clause; those that differ in another round are left out.
fn open(comparison: &Comparison) -> Option<String> {
    let differs = |name: &str| comparison.of(name).any(|row| row.verdict == Verdict::Differs);
    let is_open = |name: &&String| comparison.of(name).any(Row::is_open) && !differs(name);
    let names: Vec<&str> = comparison.gathered.quantities.iter().filter(is_open).map(String::as_str).collect();
    let reason =
        comparison.rows.iter().filter(|row| row.is_open() && names.contains(&row.quantity.as_str())).find_map(reason);
    let names = match &names[..] {
        [] => return None,
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    };
    Some(format!("of {names} it is unknown ({})", reason.unwrap_or("no interval")))
}

/// Why it is unknown.
fn reason(row: &Row) -> Option<&str> {
    if let Verdict::Unknown(reason) = &row.verdict { Some(reason) } else { None }
}

/// Whether its own interval excludes 0, while those that hold together do not.
fn is_unsettled(row: &Row) -> bool {
    row.verdict == Verdict::NotSeen && row.interval.is_some_and(|(low, high)| low > 0.0 || high < 0.0)
}

/// What is said where the intervals that hold together do not exclude 0.
fn unseen_as(unsettled: bool) -> &'static str {
    if unsettled { "not settled" } else { "no difference seen" }
}

/// What is said of a quantity.
fn answer(comparison: &Comparison, quantity: &str) -> String {
    let rows: Vec<&Row> = comparison.of(quantity).collect();
    if comparison.gathered.labels.len() == 1 { along(&rows) } else { over_cells(&rows) }
}

/// Of a single pair, round by round.
fn along(rows: &[&Row]) -> String {
    let mut parts: Vec<String> = Vec::new();
    let open: Vec<&&Row> = rows.iter().filter(|row| row.is_open()).collect();
    let differing: Vec<&&Row> = rows.iter().filter(|row| row.verdict == Verdict::Differs).collect();
    let unseen: Vec<&&Row> = rows.iter().filter(|row| row.verdict == Verdict::NotSeen).collect();
    if let (Some(first), Some(last)) = (differing.first(), differing.last()) {
        let after: Vec<&&Row> = rows.iter().filter(|row| row.t >= first.t).collect();
        let throughout = after.iter().all(|row| row.verdict == Verdict::Differs);
        let where_ = match (differing.len(), throughout) {
            (1, _) => format!("at t = {}", first.t),
            (_, true) => format!("at every t compared from {} on", first.t),
            (count, false) => format!("at {count} of {} rounds, first at t = {}", rows.len(), first.t),
        };
        parts.push(format!("differs {where_}; at t = {} B − A = {}", last.t, measured(last)));
    } else if let Some(most) = unseen.iter().filter_map(|row| row.at_most()).reduce(f64::max) {
        let share =
            if open.is_empty() { String::new() } else { format!(" at {} of {} rounds", unseen.len(), rows.len()) };
        let unsettled = unseen.iter().any(|row| is_unsettled(row));
        parts.push(format!("{}{share}; at most ±{}", unseen_as(unsettled), significant(most, 2)));
    }
    if let Some(last) = open.last() {
        let share = match open.len() {
            count if count == rows.len() => String::new(),
            count => format!(" at {count} of {} rounds", rows.len()),
        };
        let on = if last.replicates == [1, 1] { "on the one replicate" } else { "in the mean" };
        let value = significant(last.difference.unwrap_or_default(), 3);
        let why = reason(last).unwrap_or_default();
        parts.push(format!("unknown{share} ({why}); at t = {} B − A = {value} {on}", last.t));
    }
    let equal: Vec<&&Row> = rows.iter().filter(|row| row.is_equal()).collect();
    if differing.is_empty() && unseen.is_empty() && !equal.is_empty() {
        parts.push(if open.is_empty() { all_equal(rows, &equal) } else { equal_at(&equal) });
    }
    if parts.is_empty() { unknown(rows) } else { parts.join("; ") }
}

/// Where values are equal, beside rounds of which nothing is known.
fn equal_at(equal: &[&&Row]) -> String {
    let rounds: Vec<String> = equal.iter().map(|row| row.t.to_string()).collect();
    match rounds.len() {
        1..=4 => format!("equal at t = {}", rounds.join(", ")),
        count => format!("equal at {count} rounds"),
    }
}

/// All values that are known are equal.
fn all_equal(rows: &[&Row], equal: &[&&Row]) -> String {
    let known = equal.len();
    let rest = if known == rows.len() { String::new() } else { format!(" (known in {known} of {})", rows.len()) };
    if equal.iter().any(|row| row.is_equal_on_one()) {
        return format!("equal{rest}{ON_ONE}");
    }
    let rounded = equal.iter().filter(|row| row.verdict == Verdict::Rounding);
    if let Some(most) = rounded.filter_map(|row| row.difference).map(f64::abs).reduce(f64::max) {
        return format!("equal up to rounding{rest}; |B − A| ≤ {}", significant(most, 2));
    }
    let open = match equal.iter().filter_map(|row| row.at_most()).reduce(f64::max) {
        Some(most) if most > 0.0 => format!(", which leaves ±{} of the expectations open", significant(most, 2)),
        _ => String::new(),
    };
    format!("equal, value by value{rest}{open}")
}

fn unknown(rows: &[&Row]) -> String {
    format!("unknown: {}", rows.iter().find_map(|row| reason(row)).unwrap_or("nothing was compared"))
}

/// Of several pairs: in how many of them.
fn over_cells(rows: &[&Row]) -> String {
    let all = rows.len();
    let count = |verdict: &str| rows.iter().filter(|row| row.verdict.name() == verdict).count();
    let (differ, unseen, equal, unknowns) =
        (count("differs"), count("no difference seen"), count("equal"), count("unknown"));
    let rounded = count("equal up to rounding");
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
        let on = if rows.iter().any(|row| row.is_equal_on_one()) { ON_ONE } else { "" };
        parts.push(format!("equal in {equal}{on}"));
    }
    if rounded > 0 {
        parts.push(format!("equal up to rounding in {rounded}"));
    }
    if unknowns > 0 {
        let why = rows.iter().find_map(|row| reason(row)).unwrap_or_default();
        parts.push(format!("unknown in {unknowns} ({why})"));
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
                format!("{}{most}", unseen_as(is_unsettled(row)))
            }
            Verdict::Unknown(reason) => format!("unknown: {reason}"),
            verdict => verdict.name().to_owned(),
        };
        let mut line = gathered.labels[row.pair].clone();
        line.extend([row.quantity.clone(), row.t.to_string(), mean(0), mean(1), measured(row), verdict]);
        lines.push(line);
    }
    let rest = if shown < all { format!("; the other {} are not told from 0", all - shown) } else { String::new() };
    let mut legend = format!("{}{rest}", replicates(comparison));
    if comparison.intervals > 0 {
        let miss = significant(comparison.miss(), 2);
        legend.push_str(
            "; \"differs\" and \"at most\" by the intervals that hold together: each misses with probability ",
        );
        legend.push_str(&format!("{miss} or less"));
    }
    if rows.iter().any(|row| is_unsettled(row)) {
        legend.push_str("; \"not settled\": the interval by itself excludes 0, those that hold together do not");
    }
    format!("{}({legend}; \"equal\": all values agree)", table(&lines, width))
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
