//! Numbers in texts as powers: 2^20 in place of 1048576, 10^6 in place of 1000000.

use super::figure::{Axis, Figure, Guide, Panel};

/// From here on a power of two is written as one; of ten, from the second on, and as small as the third.
const LARGE: (f64, f64, f64) = (1024.0, 1e5, 1e-4);

/// The figure with its large powers of two and ten written as powers. Labels that belong together are written alike: either all
/// numbers that stand at one place of them, or none.
pub(super) fn powers(figure: &mut Figure) {
    text(&mut figure.title);
    figure.subtitle.iter_mut().for_each(text);
    group(figure.panels.iter_mut().map(|panel| &mut panel.title).collect());
    group(figure.panels.iter_mut().flat_map(|panel| &mut panel.series).filter_map(|s| s.label.as_mut()).collect());
    figure.panels.iter_mut().for_each(panel);
}

fn panel(panel: &mut Panel) {
    panel.notes.iter_mut().for_each(text);
    panel.heatmap.iter_mut().for_each(|heatmap| text(&mut heatmap.label));
    axis(&mut panel.x);
    axis(&mut panel.y);
    for guide in &mut panel.guides {
        let (Guide::Horizontal { label, .. } | Guide::Vertical { label, .. } | Guide::Slope { label, .. }) = guide;
        text(label);
    }
}

fn axis(axis: &mut Axis) {
    text(&mut axis.label);
    group(axis.ticks.iter_mut().map(|(_, label)| label).collect());
}

/// One text by itself.
fn text(text: &mut String) {
    *text = rewritten(text, |before, number| {
        // Things that are counted (1024 prompts) stay: they are no values of a symbol.
        before.trim_end().ends_with(['=', '≥', '≤', '<', '>']).then_some(())?;
        let large = |base: Base| match base {
            Base::Two => number >= LARGE.0,
            Base::Ten => number >= LARGE.1 || number <= LARGE.2,
        };
        Base::ALL.into_iter().find(|&base| large(base) && base.exponent(number).is_some())
    });
}

/// Labels that belong together.
fn group(labels: Vec<&mut String>) {
    // What stands before a number tells which numbers are compared.
    let mut found: Vec<(String, f64)> = Vec::new();
    for label in &labels {
        rewritten(label, |before, number| {
            found.push((before.to_owned(), number));
            None
        });
    }
    let base = |before: &str| {
        let numbers = || found.iter().filter(|(place, _)| place == before).map(|(_, number)| *number);
        let (least, most) = numbers().fold((f64::INFINITY, 0.0), |(lo, hi): (f64, f64), x| (lo.min(x), hi.max(x)));
        let all = |base: Base| numbers().all(|number| base.exponent(number).is_some());
        if most >= LARGE.0 && least >= 1.0 && all(Base::Two) {
            return Some(Base::Two);
        }
        ((most >= LARGE.1 || least <= LARGE.2) && all(Base::Ten)).then_some(Base::Ten)
    };
    for label in labels {
        *label = rewritten(label, |before, _| base(before));
    }
}

/// What a number is a power of.
#[derive(Clone, Copy)]
enum Base {
    Two,
    Ten,
}

impl Base {
    const ALL: [Self; 2] = [Self::Two, Self::Ten];

    /// The exponent, if the number is a power.
    fn exponent(self, number: f64) -> Option<i32> {
        let exponent = match self {
            Self::Two => number.log2(),
            Self::Ten => number.log10(),
        };
        let exponent = exponent.round().clamp(-400.0, 400.0) as i32;
        let power = match self {
            Self::Two => 2f64.powi(exponent),
            Self::Ten => format!("1e{exponent}").parse().unwrap_or(f64::NAN),
        };
        (number > 0.0 && power == number).then_some(exponent)
    }
}

/// A text in which those numbers are written as powers for which `base` names one; it is given what stands before the number.
fn rewritten(text: &str, mut base: impl FnMut(&str, f64) -> Option<Base>) -> String {
    let mut written = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let length = rest[start..].find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len() - start);
        let digits = rest[start..start + length].trim_end_matches('.');
        let end = start + digits.len();
        let (before, after) = (&text[..text.len() - rest.len() + start], &rest[end..]);
        written.push_str(&rest[..start]);
        let power = digits.parse().ok().filter(|_| stands_alone(before, after));
        let power = power.and_then(|number: f64| Some((base(before, number)?, number)));
        match power.and_then(|(base, number)| Some((base, base.exponent(number)?))) {
            Some((Base::Two, exponent)) => written.push_str(&format!("2^{exponent}")),
            Some((Base::Ten, exponent)) => written.push_str(&format!("10^{exponent}")),
            None => written.push_str(digits),
        }
        rest = after;
    }
    written.push_str(rest);
    written
}

/// Whether what is between these is a number by itself: no part of a name, of a date, of a longer number, nor counted things.
fn stands_alone(before: &str, after: &str) -> bool {
    let open = before.chars().next_back().is_none_or(|c| c.is_whitespace() || "(=/[≥≤<>".contains(c));
    let mut following = after.chars();
    let close = match (following.next(), following.next()) {
        (None, _) => true,
        (Some(c), next) if ".,;:".contains(c) => next.is_none_or(char::is_whitespace),
        (Some(c), _) => c.is_whitespace() || ")]/".contains(c),
    };
    open && close
}
