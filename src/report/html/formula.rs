//! Formulas as they are written in the ledger, `κ_{t+1}` and `n^{−1/2}`, set with subscripts and superscripts.

use crate::report::markup::Markup;

/// Appends a text in which `_` and `^` lower and raise what follows: a group in braces, a whole number, or one character.
pub fn formula(markup: &mut Markup, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find(['_', '^']) {
        let (before, after) = rest.split_at(at);
        markup.text(before);
        let tag = if after.starts_with('_') { "sub" } else { "sup" };
        let (script, behind) = operand(&after[1..]);
        markup.within(tag, &[], |markup| formula(markup, script));
        rest = behind;
    }
    markup.text(rest);
}

/// What a `_` or `^` applies to, without its braces, and what comes after.
fn operand(text: &str) -> (&str, &str) {
    if let Some(inner) = text.strip_prefix('{')
        && let Some(end) = closing(inner)
    {
        return (&inner[..end], &inner[end + 1..]);
    }
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let first = text.chars().next().map_or(0, char::len_utf8);
    text.split_at(digits.max(first))
}

/// Where the brace ends that was opened before the text.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 1;
    text.char_indices().find_map(|(at, character)| {
        depth += i32::from(character == '{') - i32::from(character == '}');
        (depth == 0).then_some(at)
    })
}
