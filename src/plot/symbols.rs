//! What symbols mean: a dictionary, and the symbols that a figure's texts use.

use super::figure::{Figure, Guide};

/// A symbol as it is looked for, as it is shown (the same if empty), and its meaning; in the order in which they are listed. A symbol
/// with a subscript that no entry has is explained by the entry of the symbol without it.
const MEANINGS: &[(&str, &str, &str)] = &[
    ("n", "", "samples of a round"),
    ("t", "", "round"),
    ("T", "", "number of rounds"),
    ("M", "", "number of prompts"),
    ("K", "", "responses per prompt"),
    ("d", "", "dimension of the features"),
    ("β", "", "strength of the KL penalty"),
    ("π", "", "policy"),
    ("π_0", "", "base policy"),
    ("π_1", "", "policy after one round"),
    ("π_t", "", "policy after t rounds"),
    ("π_T", "", "policy after T rounds"),
    ("π′", "", "policy after the step"),
    ("π̂", "", "exact update of a policy"),
    ("π°", "", "all probability on the most likely response"),
    ("π*_β", "", "policy of the greatest reward less β times the KL divergence"),
    ("y*", "", "most likely response"),
    ("y*_0", "", "most likely response of the base policy"),
    ("y*_1", "", "most likely response after one round"),
    ("y*_t", "", "most likely response after t rounds"),
    ("y*_T", "", "most likely response after T rounds"),
    ("F", "F(δ)", "share of prompts where no response has probability above 1 − δ"),
    (
        "F°",
        "F°(δ)",
        "share of prompts where the response that was most likely a round before has probability at most 1 − δ",
    ),
    ("κ", "", "mean over prompts of 1/(probability of the most likely response)"),
    ("κ_0", "", "mean over prompts of 1/π_0(y*_0)"),
    ("κ_t", "", "mean over prompts of 1/π_t(y*_t)"),
    ("κ′", "", "κ after the step"),
    ("J", "", "probability of a right answer, mean over prompts"),
    ("γ", "", "margin: log-probability of the most likely response less that of the next, least over prompts"),
    ("μ", "", "least probability of a most likely response"),
    ("ε", "", "root mean square error of the learned reward differences"),
    ("ε_app", "", "the part of ε that no policy of the class avoids"),
    ("θ", "", "parameter of a policy"),
    ("θ′", "", "parameter after the step"),
    ("φ", "", "features"),
    ("λ_j", "", "eigenvalue number j of Σ"),
    ("Δ", "", "probability of the informative prompts together"),
    ("δ", "", "a prompt counts as failed if no response has probability above 1 − δ"),
    ("Σ", "", "covariance of the features"),
    ("λ", "", "ridge"),
    ("d_λ", "", "effective dimension Σ_j λ_j/(λ_j + λ)"),
    ("Π", "", "class of policies"),
    ("α", "", "exponent of π_t in the reference"),
    ("η", "", "weight of log π_t in the reward"),
    ("ν", "", "log-odds that a solved level adds to the next"),
    ("ρ", "", "probability with which a bound may fail"),
    ("ρ_0", "", "probability that an answer of the base policy is right"),
    ("ρ_t", "", "probability that an answer is right after t rounds"),
    ("σ", "", "standard deviation of the judge's noise"),
    ("τ", "", "temperature of the labels"),
    ("ω", "", "arccos √ρ"),
    ("Φ", "", "distribution function of the normal law"),
    ("R²", "", "share of the variance that the features explain"),
];

/// The symbols that a figure's texts use with what they mean: those that the figure explains by itself first, then those of the
/// dictionary.
pub fn explained(figure: &Figure) -> Vec<(String, String)> {
    let used = used(figure);
    let own = || figure.symbols.iter();
    let mut explained: Vec<(String, String)> = own().filter(|(_, meaning)| !meaning.is_empty()).cloned().collect();
    let is_own = |symbol: &str| own().any(|(known, _)| normal(known) == symbol);
    for &(symbol, shown, meaning) in MEANINGS {
        let asks = |used: &String| !is_own(used) && entry(used) == Some(symbol);
        // F(δ) is explained with its δ.
        let said = symbol == "δ" && explained.iter().any(|(known, _)| known == "F(δ)");
        if !said && used.iter().any(asks) {
            explained.push((if shown.is_empty() { symbol } else { shown }.to_owned(), meaning.to_owned()));
        }
    }
    explained
}

/// The Greek letters of a figure's texts, with their scripts, that nothing explains.
pub fn unexplained(figure: &Figure) -> Vec<String> {
    let own = |symbol: &str| figure.symbols.iter().any(|(known, _)| normal(known) == symbol);
    let greek = |symbol: &String| symbol.starts_with(|c: char| matches!(c, '\u{370}'..='\u{3ff}'));
    used(figure).into_iter().filter(|symbol| greek(symbol) && !own(symbol) && entry(symbol).is_none()).collect()
}

/// The entry that explains a symbol.
fn entry(symbol: &str) -> Option<&'static str> {
    let find = |wanted: &str| MEANINGS.iter().map(|entry| entry.0).find(|known| *known == wanted);
    find(symbol).or_else(|| find(symbol.split_once('_')?.0))
}

/// The symbols of a figure's texts, each once.
fn used(figure: &Figure) -> Vec<String> {
    let mut found = Vec::new();
    for text in texts(figure) {
        for symbol in symbols(&normal(text)) {
            if !found.contains(&symbol) {
                found.push(symbol);
            }
        }
    }
    found
}

/// Every text of a figure.
fn texts(figure: &Figure) -> impl Iterator<Item = &str> {
    let panels = figure.panels.iter().flat_map(|panel| {
        let axes = [&panel.x, &panel.y].into_iter();
        let axes = axes.flat_map(|axis| std::iter::once(&axis.label).chain(axis.ticks.iter().map(|(_, label)| label)));
        let guides = panel.guides.iter().map(|guide| match guide {
            Guide::Horizontal { label, .. } | Guide::Vertical { label, .. } | Guide::Slope { label, .. } => label,
        });
        let series = panel.series.iter().filter_map(|series| series.label.as_ref());
        let map = panel.heatmap.iter().map(|heatmap| &heatmap.label);
        std::iter::once(&panel.title).chain(axes).chain(guides).chain(series).chain(map).chain(&panel.notes)
    });
    std::iter::once(&figure.title).chain(&figure.subtitle).chain(panels).map(String::as_str)
}

/// A text with scripts in one form: `κ₀` and `κ_{0}` are `κ_0`; powers are left out.
fn normal(text: &str) -> String {
    const LOW: &str = "₀₁₂₃₄₅₆₇₈₉";
    let mut normal = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '{' | '}' => {}
            'ₜ' => normal.push_str("_t"),
            'ⱼ' => normal.push_str("_j"),
            _ => match LOW.chars().position(|low| low == c) {
                Some(digit) => normal.push_str(&format!("_{digit}")),
                None => normal.push(c),
            },
        }
    }
    normal
}

/// The symbols of a text: Greek letters, and Latin ones that are no part of a word, with their hats, stars, primes and subscripts.
fn symbols(text: &str) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    let is_latin = |c: char| c.is_alphabetic() && !is_greek(c);
    let mut found = Vec::new();
    let mut at = 0;
    while at < characters.len() {
        let start = at;
        at += 1;
        let first = characters[start];
        let before = start.checked_sub(1).map(|index| characters[index]);
        let is_symbol = match is_greek(first) {
            // Not the signs of a difference (Δr) and of a sum (Σ p(x), Σ_j).
            true if first == 'Δ' => !characters.get(at).is_some_and(|c| c.is_alphabetic()),
            true if first == 'Σ' => !is_sum(&characters[at..]),
            true => true,
            false => {
                first.is_ascii_alphabetic()
                    && !before.is_some_and(|c| is_latin(c) || c.is_ascii_digit() || "_-'’.".contains(c))
            }
        };
        while characters.get(at).is_some_and(|&c| matches!(c, '*' | '′' | '°' | '²' | '⁺' | '\u{300}'..='\u{36f}'))
        {
            at += 1;
        }
        // A power is no part of a symbol; R² has a meaning of its own.
        let mut symbol: String = characters[start..at].iter().collect();
        if symbol != "R²" {
            symbol.retain(|c| c != '²');
        }
        if characters.get(at) == Some(&'_') {
            let end =
                (at + 1..characters.len()).find(|&k| !characters[k].is_ascii_alphabetic() && !is_greek(characters[k]));
            let end = end.unwrap_or(characters.len());
            let digits =
                (at + 1..characters.len()).find(|&k| !characters[k].is_ascii_digit()).unwrap_or(characters.len());
            let end = end.max(digits);
            symbol.extend(&characters[at..end]);
            at = end;
        }
        let after = characters.get(at).copied();
        let ends =
            is_greek(first) || !after.is_some_and(|c| c == '_' || (c.is_alphanumeric() && !is_greek(c)) || c == '-');
        if is_symbol && ends {
            found.push(symbol);
        } else if !ends && is_latin(first) {
            // The rest of a word.
            while characters.get(at).is_some_and(|&c| is_latin(c) || c == '_' || c.is_ascii_digit()) {
                at += 1;
            }
        }
    }
    found
}

fn is_greek(c: char) -> bool {
    matches!(c, '\u{370}'..='\u{3ff}')
}

/// Whether a Σ before this is the sign of a sum.
fn is_sum(after: &[char]) -> bool {
    let next: String = after.iter().skip_while(|c| **c == ' ').take(3).collect();
    next.starts_with(|c: char| c.is_alphanumeric() || c == '_') && next != "of "
}
