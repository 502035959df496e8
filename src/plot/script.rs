//! Sub- and superscripts: which parts of a text are set smaller, below or above its line.
//!
//! A `_` after a symbol lowers what follows, a `^` after a number, a symbol or a bracket raises it: `F_T`, `κ_{t+1}`, `π_(T−1)`,
//! `n^(−1/2)`, `2^25`. A symbol is a single letter, with or without a hat, star or prime; the underscore of a name
//! (`process.samples`, `base_failure`, `best_of_n`, `a_b.npz`) is an underscore. Digits become the characters that Unicode has for
//! them (`2²⁵`, `κ₀`), which are read and copied as what they are; all else is set in a smaller size.
//!
//! ```
//! use selfreward::plot::script::pieces;
//!
//! let texts = |text| pieces(text).into_iter().map(|piece| piece.text).collect::<Vec<_>>();
//! assert_eq!(texts("rate F_T(δ)"), ["rate F", "T", "(δ)"]);
//! assert_eq!(texts("κ_0 = 2^10"), ["κ₀ = 2¹⁰"]);
//! assert_eq!(texts("base_failure"), ["base_failure"]);
//! ```

/// Begins a subscript, a superscript; ends either. No text has these: the font lacks them.
const SUB: char = '\u{e000}';
const SUPER: char = '\u{e001}';
const END: char = '\u{e002}';
/// A space at which no line is broken.
const SPACE: &str = "\u{e003}";

/// The size of a script, as a fraction of the size around it, and the least one of nested scripts.
const SIZE: (f64, f64) = (0.74, 0.55);
/// How far a script lies below and above the line, as a fraction of the size around it.
const RISE: (f64, f64) = (-0.2, 0.38);

/// A part of a text that is set in one size at one height.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// Its characters.
    pub text: String,
    /// Its size, as a fraction of the text's, at most 1.
    pub size: f64,
    /// How far its line lies above the text's, as a fraction of the text's size; negative below.
    pub rise: f64,
}

/// The parts of a text, in their order.
pub fn pieces(text: &str) -> Vec<Piece> {
    parts(&marked(text))
}

/// A text in which marks stand for what sets its scripts.
pub(super) fn marked(text: &str) -> String {
    let mut marked = String::with_capacity(text.len());
    set(&mut marked, text);
    marked
}

fn set(marked: &mut String, text: &str) {
    let mut done = 0;
    for (at, sign) in text.char_indices().filter(|(_, c)| ['_', '^'].contains(c)) {
        if at < done {
            continue;
        }
        let (before, after) = (&text[..at], &text[at + 1..]);
        let lowers = sign == '_';
        let base = if lowers { symbol(before) } else { raised(before) };
        let Some((inner, length)) = base.and_then(|base| operand(after, lowers, base)) else { continue };
        marked.push_str(&text[done..at]);
        done = at + 1 + length;
        let inner = inner.split_whitespace().collect::<Vec<_>>().join(SPACE);
        match inner.chars().map(|c| digit(c, lowers)).collect::<Option<String>>() {
            Some(digits) => marked.push_str(&digits),
            None => {
                marked.push(if lowers { SUB } else { SUPER });
                set(marked, &inner);
                marked.push(END);
            }
        }
    }
    marked.push_str(&text[done..]);
}

/// The symbol that a text ends in, if it does: a letter that is no part of a word.
fn symbol(text: &str) -> Option<char> {
    let text = text.trim_end_matches(is_accent);
    let last = text.chars().next_back()?;
    let before = text[..text.len() - last.len_utf8()].chars().next_back();
    match last {
        '‖' => Some(last),
        _ if is_greek(last) => Some(last),
        _ if !last.is_alphabetic() || before.is_some_and(|c| is_word(c) && !c.is_ascii_digit()) => None,
        _ => {
            // A digit may be a factor (2d_λ) or a part of a name (v2a_b).
            let name = text.trim_end_matches(is_word);
            let digits = text[name.len()..].strip_suffix(last)?;
            digits.chars().all(|c| c.is_ascii_digit()).then_some(last)
        }
    }
}

/// What a text ends in that can be raised to a power.
fn raised(text: &str) -> Option<char> {
    let last = text.trim_end_matches(is_accent).chars().next_back()?;
    (last.is_alphanumeric() || ")]}|‖".contains(last)).then_some(last)
}

/// What a sign applies to, without its brackets, and the length with them.
fn operand(text: &str, lowers: bool, base: char) -> Option<(&str, usize)> {
    let first = text.chars().next()?;
    if let Some(end) = group(text, '{', '}').or_else(|| group(text, '(', ')')) {
        return (end > 1).then(|| (&text[1..end], end + 1));
    }
    let letters = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    let length = match first {
        '∞' | '*' | '°' => first.len_utf8(),
        '+' if lowers => 1,
        _ if is_greek(first) => first.len_utf8(),
        // κ_app and M_test are symbols; t_hit may be the name of a column.
        _ if letters > 1 => (lowers && !base.is_ascii_lowercase()).then_some(letters)?,
        _ => letters.max(number(text)),
    };
    // A name goes on; so does the name of a file.
    let mut rest = text[length..].chars();
    let goes_on = match (rest.next(), rest.next()) {
        (Some('_'), _) => true,
        (Some(c), _) if lowers || letters > 0 => c.is_ascii_alphanumeric(),
        _ => false,
    };
    let file = rest_is_ending(&text[length..]) && lowers;
    (length > 0 && !goes_on && !file).then(|| (&text[..length], length))
}

/// Whether a text begins as the ending of a file's name does.
fn rest_is_ending(text: &str) -> bool {
    text.strip_prefix('.').is_some_and(|ending| ending.starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// Where the bracket ends that opens the text.
pub(crate) fn group(text: &str, open: char, close: char) -> Option<usize> {
    let mut depth = 0;
    let mut characters = text.starts_with(open).then(|| text.char_indices())?;
    characters.find_map(|(at, character)| {
        depth += i32::from(character == open) - i32::from(character == close);
        (depth == 0).then_some(at)
    })
}

/// The length of the number that begins a text: a sign, digits, and a point with digits behind it.
fn number(text: &str) -> usize {
    let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let sign = text.chars().next().filter(|c| ['-', '−', '+'].contains(c)).map_or(0, char::len_utf8);
    let whole = digits(&text[sign..]);
    let decimals = text[sign + whole..].strip_prefix('.').map_or(0, digits);
    match (whole, decimals) {
        (0, 0) => 0,
        (_, 0) => sign + whole,
        _ => sign + whole + 1 + decimals,
    }
}

/// The character that Unicode has for a lowered or raised digit or sign.
fn digit(c: char, lowers: bool) -> Option<char> {
    const PLAIN: &str = "0123456789+−-";
    let scripts =
        if lowers { "₀₁₂₃₄₅₆₇₈₉₊₋₋" } else { "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻" };
    PLAIN.chars().position(|plain| plain == c).and_then(|index| scripts.chars().nth(index))
}

fn is_greek(c: char) -> bool {
    matches!(c, '\u{370}'..='\u{3ff}' | 'ℓ')
}

/// What may stand between a symbol and its script: hats and the like, stars, primes, other scripts.
fn is_accent(c: char) -> bool {
    let script = |c: char| "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻₀₁₂₃₄₅₆₇₈₉₊₋ₜ".contains(c);
    matches!(c, '*' | '′' | '\'' | '°' | '\u{300}'..='\u{36f}') || script(c)
}

/// What names are made of.
fn is_word(c: char) -> bool {
    c == '_' || (c.is_alphanumeric() && !is_greek(c) && !is_accent(c))
}

/// Whether a marked text has no scripts.
pub(super) fn is_plain(marked: &str) -> bool {
    !marked.contains([SUB, SUPER])
}

/// The parts of a marked text.
pub(super) fn parts(marked: &str) -> Vec<Piece> {
    let mut around = vec![(1.0, 0.0)];
    let mut parts: Vec<Piece> = Vec::new();
    for c in marked.chars() {
        let c = if SPACE.starts_with(c) { ' ' } else { c };
        let &(size, rise) = around.last().unwrap_or(&(1.0, 0.0));
        match c {
            SUB | SUPER => {
                let by = if c == SUB { RISE.0 } else { RISE.1 };
                around.push(((SIZE.0 * size).max(SIZE.1), rise + by * size));
            }
            END => drop(around.pop()),
            _ => match parts.last_mut().filter(|part| (part.size, part.rise) == (size, rise)) {
                Some(part) => part.text.push(c),
                None => parts.push(Piece { text: c.into(), size, rise }),
            },
        }
    }
    parts
}

/// A marked text in the parts that no line break divides: characters, and scripts as a whole.
pub(super) fn unbroken(marked: &str) -> Vec<String> {
    let (mut depth, mut units) = (0, Vec::<String>::new());
    for c in marked.chars() {
        match units.last_mut().filter(|_| depth > 0) {
            Some(unit) => unit.push(c),
            None => units.push(c.into()),
        }
        depth += match c {
            SUB | SUPER => 1,
            END => -1,
            _ => 0,
        };
    }
    units
}

/// An SVG document whose texts are marked, with elements in place of the marks.
pub(super) fn in_svg(document: &str) -> String {
    let line = |line: &str| {
        if is_plain(line) {
            return line.to_owned();
        }
        let mut height = 0.0;
        let element = |part: Piece| {
            // An element's em is its own size.
            let down = (height - part.rise) / part.size;
            height = part.rise;
            if (part.size, down) == (1.0, 0.0) {
                return part.text;
            }
            let size =
                if part.size < 1.0 { format!(" font-size=\"{:.0}%\"", 100.0 * part.size) } else { String::new() };
            format!("<tspan dy=\"{down:.3}em\"{size}>{}</tspan>", part.text)
        };
        parts(line).into_iter().map(element).collect()
    };
    document.split('\n').map(line).collect::<Vec<_>>().join("\n")
}
