//! A document of this project on the page: the part of Markdown that its documents are written in, as HTML.
//!
//! Headings, paragraphs, lists, quotations, tables, code, emphasis, links, images and the places that links lead to. What is none of
//! these is text: HTML is not taken at its word.

use super::formula::formula;
use crate::report::markup::{Attributes, Markup};

/// What becomes of the addresses in a document.
pub trait Addresses {
    /// Where a link leads on the page or off it; `None` if it leads to nothing that a reader of the page has.
    fn link(&self, address: &str) -> Option<String>;
    /// The id of the figure on the page that an image is.
    fn image(&self, address: &str) -> Option<String>;
}

/// Before the places in a document, so that they are none of the page's own.
pub const PLACE: &str = "found-";

/// Appends a document without its title. Headings go down by one level.
pub fn document(markup: &mut Markup, text: &str, addresses: &dyn Addresses) {
    // Comments between the lines of a paragraph or a list are no lines of it.
    let is_comment = |line: &&str| line.trim().starts_with("<!--") && line.trim().ends_with("-->");
    let lines: Vec<&str> = text.lines().filter(|line| !is_comment(line)).collect();
    let start = lines.iter().position(|line| line.starts_with("# ")).map_or(0, |title| title + 1);
    blocks(markup, &lines[start..], addresses);
}

fn blocks(markup: &mut Markup, lines: &[&str], addresses: &dyn Addresses) {
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at];
        let rest = &lines[at..];
        at += if line.trim().is_empty() {
            1
        } else if let Some(fence) = fence(line) {
            code(markup, rest, fence)
        } else if let Some((level, title)) = heading(line) {
            markup.within(&format!("h{level}"), &[], |h| inline(h, title, addresses));
            1
        } else if line.starts_with('>') {
            let count = run(rest, |line| line.starts_with('>'));
            let inner: Vec<&str> =
                rest[..count].iter().map(|line| line[1..].strip_prefix(' ').unwrap_or(&line[1..])).collect();
            markup.within("blockquote", &[], |quote| blocks(quote, &inner, addresses));
            count
        } else if is_table(rest) {
            table(markup, rest, addresses)
        } else if item(line).is_some() {
            list(markup, rest, addresses)
        } else if line.starts_with("    ") {
            let count = run(rest, |line| line.starts_with("    "));
            let text: Vec<&str> = rest[..count].iter().map(|line| &line[4..]).collect();
            markup.within("pre", &[], |pre| pre.element("code", &[], &text.join("\n")));
            count
        } else {
            let count = 1 + run(&rest[1..], |line| !begins_block(line));
            markup.within("p", &[], |p| inline(p, &joined(&rest[..count]), addresses));
            count
        };
    }
}

/// How many lines at the start are of a kind.
fn run(lines: &[&str], is: impl Fn(&str) -> bool) -> usize {
    lines.iter().position(|line| !is(line)).unwrap_or(lines.len())
}

fn begins_block(line: &str) -> bool {
    line.trim().is_empty()
        || fence(line).is_some()
        || heading(line).is_some()
        || item(line).is_some()
        || line.starts_with('>')
}

fn joined(lines: &[&str]) -> String {
    lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}

/// The mark that opens a block of code, without its language.
fn fence(line: &str) -> Option<&'static str> {
    ["```", "~~~"].into_iter().find(|mark| line.trim_start().starts_with(mark))
}

/// A block of code; those that a shell takes are set as the page's own commands are.
fn code(markup: &mut Markup, lines: &[&str], fence: &str) -> usize {
    let end = lines[1..].iter().position(|line| line.trim() == fence).map_or(lines.len(), |at| at + 1);
    let text = lines[1..end].join("\n");
    let shell = ["sh", "bash", "console"].contains(&lines[0].trim().trim_start_matches(fence));
    let attributes: Attributes<'_> = if shell { &[("class", "shell")] } else { &[] };
    markup.within("pre", attributes, |pre| pre.element("code", &[], &text));
    (end + 1).min(lines.len())
}

/// The level of a heading on the page and its title.
fn heading(line: &str) -> Option<(usize, &str)> {
    let level = line.chars().take_while(|c| *c == '#').count();
    let title = line[level..].strip_prefix(' ')?;
    (1..=5).contains(&level).then(|| ((level + 1).clamp(3, 4), title.trim().trim_end_matches('#').trim()))
}

/// The text of a list's item, and whether the list is numbered.
fn item(line: &str) -> Option<(bool, &str)> {
    if let Some(text) = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")) {
        return Some((false, text));
    }
    let (number, text) = line.split_once(". ")?;
    (!number.is_empty() && number.len() <= 2 && number.chars().all(|c| c.is_ascii_digit())).then_some((true, text))
}

fn list(markup: &mut Markup, lines: &[&str], addresses: &dyn Addresses) -> usize {
    let numbered = item(lines[0]).is_some_and(|(numbered, _)| numbered);
    let mut items: Vec<Vec<&str>> = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at];
        match item(line) {
            Some((same, text)) if same == numbered => items.push(vec![text]),
            Some(_) => break,
            // What is indented belongs to the item, also after an empty line.
            None if line.starts_with("  ") => items.last_mut().into_iter().for_each(|item| item.push(unindented(line))),
            None if line.trim().is_empty() => {
                let next = lines.get(at + 1).copied().unwrap_or_default();
                if !(next.starts_with("  ") || item(next).is_some_and(|(same, _)| same == numbered)) {
                    break;
                }
                items.last_mut().into_iter().for_each(|item| item.push(""));
            }
            None if begins_block(line) => break,
            None => items.last_mut().into_iter().for_each(|item| item.push(line)),
        }
        at += 1;
    }
    markup.within(if numbered { "ol" } else { "ul" }, &[], |list| {
        for lines in &items {
            let simple =
                lines.iter().all(|line| !line.trim().is_empty() && fence(line).is_none() && item(line).is_none());
            list.within("li", &[], |li| {
                if simple { inline(li, &joined(lines), addresses) } else { blocks(li, lines, addresses) }
            });
        }
    });
    at
}

/// A line of an item without the item's indentation.
fn unindented(line: &str) -> &str {
    let spaces = line.len() - line.trim_start_matches(' ').len();
    &line[spaces.min(3)..]
}

/// Whether a table begins here: a line of cells, and one of dashes.
fn is_table(lines: &[&str]) -> bool {
    let dashes = |line: &&str| line.contains('-') && line.chars().all(|c| "|-: ".contains(c));
    lines[0].starts_with('|') && lines.get(1).is_some_and(dashes)
}

fn table(markup: &mut Markup, lines: &[&str], addresses: &dyn Addresses) -> usize {
    let count = run(lines, |line| line.starts_with('|'));
    markup.within("table", &[], |table| {
        for (index, line) in lines[..count].iter().enumerate().filter(|(index, _)| *index != 1) {
            table.within("tr", &[], |tr| {
                for cell in cells(line) {
                    let tag = if index == 0 { "th" } else { "td" };
                    tr.within(tag, &[], |td| inline(td, cell.trim(), addresses));
                }
            });
        }
    });
    count
}

/// The cells of a line; a bar behind a backslash is one of the text.
fn cells(line: &str) -> Vec<&str> {
    let inner = line.trim().trim_start_matches('|');
    let inner = inner.strip_suffix('|').unwrap_or(inner);
    let (mut cells, mut start) = (Vec::new(), 0);
    for (at, _) in inner.match_indices('|').filter(|(at, _)| !inner[..*at].ends_with('\\')) {
        cells.push(&inner[start..at]);
        start = at + 1;
    }
    cells.push(&inner[start..]);
    cells
}

/// What a text in a line is made of.
fn inline(markup: &mut Markup, text: &str, addresses: &dyn Addresses) {
    // Text is gathered until something else comes, so that a formula is set as a whole.
    let mut plain = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let before = text[..text.len() - rest.len()].chars().next_back();
        let found = match first {
            '\\' => rest[1..].chars().next().filter(char::is_ascii_punctuation).map(|c| {
                plain.push(c);
                1 + c.len_utf8()
            }),
            '`' => span(rest, "`").map(|(inner, length)| {
                flush(markup, &mut plain);
                markup.element("code", &[], inner);
                length
            }),
            '*' if !before.is_some_and(char::is_alphanumeric) => emphasis(rest).map(|(tag, inner, length)| {
                flush(markup, &mut plain);
                markup.within(tag, &[], |part| inline(part, inner, addresses));
                length
            }),
            '!' => link(&rest[1..]).map(|(alt, address, length)| {
                flush(markup, &mut plain);
                if let Some(id) = addresses.image(address) {
                    markup.within("a", &[("href", &format!("#{id}")), ("class", "to-figure")], |a| {
                        a.text("Figure: ");
                        formula(a, &unescaped(alt));
                    });
                }
                1 + length
            }),
            '[' => link(rest).map(|(words, address, length)| {
                flush(markup, &mut plain);
                match addresses.link(address) {
                    Some(to) => markup.within("a", &[("href", &to)], |a| inline(a, words, addresses)),
                    None => inline(markup, words, addresses),
                }
                length
            }),
            '<' => place(rest).map(|(id, length)| {
                flush(markup, &mut plain);
                markup.element("span", &[("id", &format!("{PLACE}{id}"))], "");
                length
            }),
            _ => None,
        };
        let length = found.unwrap_or_else(|| {
            plain.push(first);
            first.len_utf8()
        });
        rest = &rest[length..];
    }
    flush(markup, &mut plain);
}

fn flush(markup: &mut Markup, plain: &mut String) {
    formula(markup, plain);
    plain.clear();
}

fn unescaped(text: &str) -> String {
    let mut plain = String::new();
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match characters.peek().filter(|next| character == '\\' && next.is_ascii_punctuation()) {
            Some(&next) => {
                plain.push(next);
                characters.next();
            }
            None => plain.push(character),
        }
    }
    plain
}

/// What stands between a mark and the next one, and the length of all three.
fn span<'a>(text: &'a str, mark: &str) -> Option<(&'a str, usize)> {
    let inner = text.strip_prefix(mark)?;
    let end = inner.find(mark).filter(|end| *end > 0)?;
    Some((&inner[..end], end + 2 * mark.len()))
}

/// Strong or plain emphasis: a star that opens has a letter behind it, one that closes has no space before and no letter behind it.
fn emphasis(text: &str) -> Option<(&'static str, &str, usize)> {
    let (tag, mark) = if text.starts_with("**") { ("strong", "**") } else { ("em", "*") };
    let inner = text.strip_prefix(mark).filter(|inner| !inner.starts_with(' '))?;
    let closes = |at: usize| {
        let behind = inner[at + mark.len()..].chars().next();
        at > 0
            && !inner[..at].ends_with([' ', '\\'])
            && !behind.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '*')
    };
    let (end, _) = inner.match_indices(mark).find(|(at, _)| closes(*at))?;
    Some((tag, &inner[..end], end + 2 * mark.len()))
}

/// The words and the address of a link, and the length of it all.
fn link(text: &str) -> Option<(&str, &str, usize)> {
    let inner = text.strip_prefix('[')?;
    let mut depth = 1;
    let end = inner.char_indices().find_map(|(at, c)| {
        let escaped = inner[..at].ends_with('\\');
        depth += if escaped { 0 } else { i32::from(c == '[') - i32::from(c == ']') };
        (depth == 0).then_some(at)
    })?;
    let address = inner[end + 1..].strip_prefix('(')?;
    let close = address.find(')')?;
    Some((&inner[..end], &address[..close], 1 + end + 2 + close + 1))
}

/// The id of `<a id="…"></a>` or `<a name="…"></a>`, and its length.
fn place(text: &str) -> Option<(&str, usize)> {
    let inner = text.strip_prefix("<a id=\"").or_else(|| text.strip_prefix("<a name=\""))?;
    let (id, rest) = inner.split_once('"')?;
    let rest = rest.strip_prefix("></a>")?;
    let good = id.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    (good && !id.is_empty()).then_some((id, text.len() - rest.len()))
}
