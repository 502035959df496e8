//! Formulas as they are written in plain text, `κ_{t+1}`, `n^(−1/2)`, `10^−4`, set with subscripts and superscripts.

use crate::plot::script::group;
use crate::report::markup::Markup;

/// Appends a text in which `_` and `^` lower and raise what follows: a group in braces, a number, or one character; `^` also a
/// group in parentheses, which it keeps. An underscore after a word, as in `rate_vs_n`, is an underscore.
pub fn formula(markup: &mut Markup, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find(['_', '^']) {
        let (before, after) = rest.split_at(at);
        markup.text(before);
        let lowers = after.starts_with('_');
        if lowers && ends_in_word(before) {
            markup.text("_");
            rest = &after[1..];
            continue;
        }
        let (script, behind) = operand(&after[1..], lowers);
        markup.within(if lowers { "sub" } else { "sup" }, &[], |markup| formula(markup, script));
        rest = behind;
    }
    markup.text(rest);
}

/// Whether a text ends in two letters of the Latin alphabet, as names do and symbols do not.
fn ends_in_word(text: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphabetic();
    text.ends_with(letter) && text[..text.len() - 1].ends_with(letter)
}

/// What a mark applies to, without its braces, and what comes after.
fn operand(text: &str, lowers: bool) -> (&str, &str) {
    if let Some(end) = group(text, '{', '}') {
        return (&text[1..end], &text[end + 1..]);
    }
    if let Some(end) = group(text, '(', ')').filter(|_| !lowers) {
        return text.split_at(end + 1);
    }
    let first = text.chars().next().map_or(0, char::len_utf8);
    text.split_at(number(text).max(first))
}

/// The length of the number that begins a text: a sign, digits, and a point with digits behind it.
fn number(text: &str) -> usize {
    let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let sign = text.chars().next().filter(|c| ['-', '−'].contains(c)).map_or(0, char::len_utf8);
    let whole = digits(&text[sign..]);
    if whole == 0 {
        return 0;
    }
    let end = sign + whole;
    match text[end..].strip_prefix('.').map(digits) {
        Some(decimals) if decimals > 0 => end + 1 + decimals,
        _ => end,
    }
}
