//! Mutations of bytes and of texts.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// A few of: bytes changed, a piece removed, repeated, or moved, the end cut off.
pub fn bytes(sound: &[u8], rng: &mut ChaCha8Rng) -> Vec<u8> {
    let mut bytes = sound.to_vec();
    for _ in 0..rng.random_range(1..=4) {
        if bytes.is_empty() {
            break;
        }
        let start = rng.random_range(0..bytes.len());
        let end = (start + rng.random_range(1..=16)).min(bytes.len());
        match rng.random_range(0..7) {
            0 => bytes[start] = rng.random(),
            1 => bytes[start] ^= 1 << rng.random_range(0..8),
            2 => bytes[start..end].fill(*pick(&[0, 255, 127, 128], rng)),
            3 => drop(bytes.drain(start..end)),
            4 => {
                let piece = bytes[start..end].to_vec();
                let place = rng.random_range(0..=bytes.len());
                bytes.splice(place..place, piece);
            }
            5 => bytes.truncate(start),
            _ => {
                let value = (1u64 << rng.random_range(0..64)).wrapping_sub(rng.random_range(0..2));
                bytes[start..].iter_mut().zip(value.to_le_bytes()).for_each(|(byte, new)| *byte = new);
            }
        }
    }
    bytes
}

/// Words that have gone wrong somewhere before.
const WORDS: &[&str] = &[
    "0",
    "-1",
    "1",
    "2.5",
    "1e3",
    "1e999",
    "-1e-999",
    "nan",
    "inf",
    "-inf",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551616",
    "1e15",
    "1e300",
    "true",
    "false",
    "''",
    "\"\"",
    "\"\"\"a\nb\"\"\"",
    "[]",
    "[[]]",
    "{}",
    "{ kind = 'spiked' }",
    "{ kind = 'spiked', rank = 0, tail = -1 }",
    "[0.5, 0.5]",
    "[1e999]",
    "(",
    "]",
    "}",
    "=",
    "\n",
    ",",
    ".",
    "\u{0}",
    "\u{1b}[31m",
    "é",
    "\u{1F600}",
    "\r",
    "#",
    "'",
    "\"",
    "~/x",
    "data/docqa_minilm.npz",
    "1979-05-27",
    "part",
    "instance",
    "process",
    "kind",
    "npz",
    "gaussian",
    "tabular",
    "hard",
    "autoregressive",
    "random",
    "erm",
    "gradient",
    "finite-class",
    "population",
    "worst",
    "uniform",
];

/// A few of: a token replaced by a word or by another token, a line removed, repeated, or moved, bytes changed.
pub fn text(sound: &str, rng: &mut ChaCha8Rng) -> String {
    let mut text = sound.to_owned();
    for _ in 0..rng.random_range(1..=3) {
        text = match rng.random_range(0..10) {
            0..6 => replaced(&text, rng),
            6..9 => shuffled(&text, rng),
            _ => String::from_utf8_lossy(&bytes(text.as_bytes(), rng)).into_owned(),
        };
    }
    text
}

/// A number, a word, or a sign of the text replaced.
fn replaced(text: &str, rng: &mut ChaCha8Rng) -> String {
    let tokens = tokens(text);
    if tokens.is_empty() {
        return text.to_owned();
    }
    let (start, end) = *pick(&tokens, rng);
    let (from, to) = *pick(&tokens, rng);
    let word = if rng.random_range(0..4) == 0 { &text[from..to] } else { *pick(WORDS, rng) };
    format!("{}{word}{}", &text[..start], &text[end..])
}

/// Places of words and numbers, and of single signs.
fn tokens(text: &str) -> Vec<(usize, usize)> {
    let of_word = |c: char| c.is_alphanumeric() || "_.-+".contains(c);
    let mut tokens = Vec::new();
    let mut last_in_word = false;
    for (place, c) in text.char_indices().filter(|(_, c)| *c != ' ') {
        let end = place + c.len_utf8();
        match tokens.last_mut() {
            Some((_, last)) if last_in_word && of_word(c) && *last == place => *last = end,
            _ => tokens.push((place, end)),
        }
        last_in_word = of_word(c);
    }
    tokens
}

fn shuffled(text: &str, rng: &mut ChaCha8Rng) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    if lines.is_empty() {
        return String::new();
    }
    let (place, other) = (rng.random_range(0..lines.len()), rng.random_range(0..lines.len()));
    match rng.random_range(0..3) {
        0 => drop(lines.remove(place)),
        1 => lines.insert(other, lines[place]),
        _ => lines.swap(place, other),
    }
    lines.join("\n") + "\n"
}

/// One of a few.
pub fn pick<'a, T>(all: &'a [T], rng: &mut ChaCha8Rng) -> &'a T {
    &all[rng.random_range(0..all.len())]
}
