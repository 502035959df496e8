//! Times of sessions: how long between two of them.

/// Seconds from one moment to another, both ISO 8601 in UTC (`2026-11-24T12:30:00Z`); `None` if one is no such text.
pub fn seconds_between(start: &str, end: &str) -> Option<i64> {
    Some(seconds(end)? - seconds(start)?)
}

/// A time span as hours:minutes:seconds.
pub fn span(seconds: i64) -> String {
    format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// Seconds since 1970.
fn seconds(text: &str) -> Option<i64> {
    let (date, clock) = text.strip_suffix('Z')?.split_once('T')?;
    let [year, month, day] = numbers(date, '-')?;
    let [hour, minute, second] = numbers(clock, ':')?;
    Some(86_400 * days(year, month, day) + 3600 * hour + 60 * minute + second)
}

fn numbers(text: &str, between: char) -> Option<[i64; 3]> {
    let numbers: Option<Vec<i64>> = text.split(between).map(|number| number.parse().ok()).collect();
    numbers?.try_into().ok()
}

/// Days from 1970-01-01, Gregorian. Years begin in March, so that the leap day is a year's last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + (153 * month + 2) / 5 + day
        - 719_469
}
