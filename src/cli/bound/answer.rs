//! An answer of the calculator, as JSON, as text for a reader, or as a row of a table.

use crate::theory::Bound;
use crate::words;

/// A bound and the numbers it was asked for, defaults included.
pub struct Answer {
    /// Names and values.
    pub used: Vec<(String, f64)>,
    /// Names and lists.
    pub used_lists: Vec<(String, Vec<f64>)>,
    /// The bound.
    pub bound: Bound,
}

impl Answer {
    /// The numbers used and the intermediates, each name once: an intermediate goes before a number of the same name.
    pub fn intermediates(&self) -> Vec<(&str, f64)> {
        let used = self.used.iter().map(|(name, value)| (name.as_str(), *value));
        let mut all: Vec<_> = used.filter(|(name, _)| self.bound.intermediate(name).is_none()).collect();
        for (name, value) in self.bound.intermediates() {
            if all.iter().all(|(known, _)| known != name) {
                all.push((name, *value));
            }
        }
        all
    }

    /// The lists used and those that are intermediates, each name once.
    pub fn lists(&self) -> Vec<(&str, &[f64])> {
        let used = self.used_lists.iter().map(|(name, values)| (name.as_str(), values.as_slice()));
        let computed = || self.bound.lists().iter().map(|(name, values)| (*name, values.as_slice()));
        used.filter(|(name, _)| computed().all(|(known, _)| known != *name)).chain(computed()).collect()
    }

    /// The bound's own form, `{"name", "value", "intermediates", "assumptions", "vacuous"}`, with the numbers used among the
    /// intermediates; a number that is not finite is null.
    pub fn json(&self) -> serde_json::Result<serde_json::Value> {
        let mut form = serde_json::to_value(&self.bound)?;
        let number = |(name, value): (&str, f64)| (name.to_string(), value.into());
        let list = |(name, values): (&str, &[f64])| (name.to_string(), values.into());
        let numbers = self.intermediates().into_iter().map(number);
        let all: serde_json::Map<_, _> = numbers.chain(self.lists().into_iter().map(list)).collect();
        form["intermediates"] = all.into();
        Ok(form)
    }

    /// The value, then the intermediates and the assumptions, one a line.
    pub fn text(&self) -> String {
        let vacuous = if self.bound.vacuous() { "   (vacuous: it excludes nothing)" } else { "" };
        let mut lines = vec![format!("{} = {}{vacuous}", self.bound.name(), exact_if_whole(self.bound.value()))];
        lines.extend(self.intermediates().into_iter().map(|(name, value)| format!("  {name} = {}", number(value))));
        lines.extend(self.lists().into_iter().map(|(name, values)| format!("  {name} = {}", list(values))));
        lines.push("assumes".to_string());
        lines.extend(self.bound.assumptions().iter().map(|assumption| {
            let mark = match assumption.met {
                Some(true) => "met     ",
                Some(false) => "VIOLATED",
                None => "unknown ",
            };
            format!("  {mark}  {}", assumption.name)
        }));
        lines.join("\n")
    }

    /// One cell of a table: a number by its name, `-` where this answer has none.
    fn cell(&self, column: &str) -> String {
        let intermediates = self.intermediates();
        let used = self.used.iter().map(|(name, value)| (name.as_str(), *value));
        let found = used.chain(intermediates).find(|(name, _)| *name == column);
        found.map_or_else(|| "-".to_string(), |(_, value)| number(value))
    }
}

/// One row an answer: the swept number, the value, whether it is vacuous, whether an assumption is violated, and the
/// intermediates. Folded where it is wider than `width`.
pub fn table(swept: &str, answers: &[Answer], width: Option<usize>) -> String {
    // Rows may differ in their intermediates: every name of any row, in the order of first appearance.
    let mut columns: Vec<&str> = Vec::new();
    for (name, _) in answers.iter().flat_map(Answer::intermediates) {
        if name != swept && !columns.contains(&name) {
            columns.push(name);
        }
    }
    let header = [swept, "value", "vacuous", "violated"].into_iter().chain(columns.iter().copied());
    let mut rows: Vec<Vec<String>> = vec![header.map(String::from).collect()];
    rows.extend(answers.iter().map(|answer| {
        let yes_no = |yes: bool| if yes { "yes" } else { "no" }.to_string();
        let value = exact_if_whole(answer.bound.value());
        let head = [answer.cell(swept), value, yes_no(answer.bound.vacuous()), yes_no(answer.bound.refuted())];
        head.into_iter().chain(columns.iter().map(|column| answer.cell(column))).collect()
    }));
    words::table(&rows, width).trim_end().to_owned()
}

/// A whole number in full, as `selfreward plan` has it (beyond 10^16 the digits that tell it from its neighbours): a least
/// n is of use only exactly. Other numbers as [`number`] has them.
fn exact_if_whole(value: f64) -> String {
    match value {
        _ if value.is_infinite() || value.fract() != 0.0 => number(value),
        _ if value.abs() < 1e16 => value.to_string(),
        _ => format!("{value:e}"),
    }
}

/// At most so many numbers of a list are shown to a reader; JSON has them all.
const MOST_SHOWN: usize = 12;

/// Numbers with commas between them.
fn list(values: &[f64]) -> String {
    let shown: Vec<_> = values.iter().take(MOST_SHOWN).map(|value| number(*value)).collect();
    let more = if values.len() > MOST_SHOWN {
        format!(", … ({} numbers; --json has all)", values.len())
    } else {
        String::new()
    };
    format!("{}{more}", shown.join(", "))
}

/// Six significant digits at most, in the shorter of the two notations.
pub fn number(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return value.to_string();
    }
    let exponent = value.abs().log10().floor();
    let (digits, power) = if (-4.0..12.0).contains(&exponent) {
        let decimals = (5.0 - exponent).max(0.0) as usize;
        (format!("{value:.decimals$}"), String::new())
    } else {
        let scientific = format!("{value:.5e}");
        let (digits, power) = scientific.split_once('e').unwrap_or((&scientific, "0"));
        (digits.to_string(), format!("e{power}"))
    };
    let trimmed = if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { &digits };
    format!("{trimmed}{power}")
}
