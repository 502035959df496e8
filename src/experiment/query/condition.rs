//! Conditions on cells and rounds: comparisons that all have to hold, such as `t == last and process.samples >= 64`.

use serde_json::Value;

use super::keys;
use crate::{Error, Result};

/// The flag whose text is read here.
const FLAG: &str = "--where";
/// What it holds.
const FORM: &str = "comparisons KEY OP VALUE (OP one of ==, !=, <, <=, >, >=) joined by `and`, such as \
                    't == last and process.samples >= 64'";

/// Comparisons that all have to hold; none holds always.
///
/// ```
/// use selfreward::experiment::query::{Condition, Operator};
///
/// let condition = Condition::parse("process.samples >= 64 and process.preset == 'self-rewarding'")?;
/// let first = &condition.comparisons[0];
/// assert_eq!((first.key.as_str(), first.operator, first.value.as_str()), ("process.samples", Operator::AtLeast, "64"));
/// assert!(Condition::parse("process.samples = 64").is_err());
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Condition {
    /// The comparisons, in the order in which they were written.
    pub comparisons: Vec<Comparison>,
}

/// One comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The key as it was written.
    pub key: String,
    /// How it is compared.
    pub operator: Operator,
    /// What it is compared with: a number or a word, without quotes.
    pub value: String,
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is what it says")]
pub enum Operator {
    Equal,
    NotEqual,
    Below,
    AtMost,
    Above,
    AtLeast,
}

impl Operator {
    const ALL: [(&str, Self); 6] = [
        ("==", Self::Equal),
        ("!=", Self::NotEqual),
        ("<=", Self::AtMost),
        (">=", Self::AtLeast),
        ("<", Self::Below),
        (">", Self::Above),
    ];

    /// As it is written.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, operator)| *operator == self).map_or("", |(name, _)| name)
    }

    /// Whether it orders its sides, which words are not.
    fn orders(self) -> bool {
        !matches!(self, Self::Equal | Self::NotEqual)
    }

    fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Self::Equal => left == right,
            Self::NotEqual => left != right,
            Self::Below => left < right,
            Self::AtMost => left <= right,
            Self::Above => left > right,
            Self::AtLeast => left >= right,
        }
    }
}

/// A piece of the text.
#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Quoted(String),
    Operator(Operator),
    And,
}

impl Condition {
    /// Reads a text.
    ///
    /// # Errors
    /// [`Error::Argument`] with what is wrong in it.
    pub fn parse(text: &str) -> Result<Self> {
        let tokens = tokens(text)?;
        let mut comparisons = Vec::new();
        for part in tokens.split(|token| *token == Token::And) {
            let [Token::Word(key), Token::Operator(operator), value] = part else {
                return Err(wrong(text, FORM));
            };
            let (value, quoted) = match value {
                Token::Word(value) => (value, false),
                Token::Quoted(value) => (value, true),
                _ => return Err(wrong(text, FORM)),
            };
            let is_number = !quoted && value.parse::<f64>().is_ok_and(|number| !number.is_nan());
            if operator.orders() && !is_number && !(key == keys::ROUND && value == keys::LAST) {
                let expected = format!("a number after {}; words are compared by == and !=", operator.name());
                return Err(wrong(&format!("{key} {} {value}", operator.name()), &expected));
            }
            comparisons.push(Comparison { key: key.clone(), operator: *operator, value: value.clone() });
        }
        Ok(Self { comparisons })
    }

    /// Both conditions.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.comparisons.extend(other.comparisons);
        self
    }
}

impl Comparison {
    /// Whether it holds of the round t out of 0, …, `last`.
    ///
    /// # Errors
    /// [`Error::Argument`] if its value is neither a number nor `last`.
    ///
    /// ```
    /// use selfreward::experiment::query::Condition;
    ///
    /// let last = &Condition::parse("t == last")?.comparisons[0];
    /// assert!(last.holds_of_round(3, 3)? && !last.holds_of_round(3, 4)?);
    /// # Ok::<(), selfreward::Error>(())
    /// ```
    pub fn holds_of_round(&self, t: usize, last: usize) -> Result<bool> {
        let side = match self.value.as_str() {
            keys::LAST => last as f64,
            value => value.parse().map_err(|_| wrong(&self.to_string(), "a number, or `last`, after the round t"))?,
        };
        Ok(self.operator.holds(t as f64, side))
    }

    /// Whether it holds of what a cell has under the key; nothing there equals nothing.
    ///
    /// ```
    /// use selfreward::experiment::query::Condition;
    ///
    /// // Numbers are compared as numbers, however they are written.
    /// let half = &Condition::parse("process.beta == 5e-1")?.comparisons[0];
    /// assert!(half.holds(Some(&0.5.into())) && !half.holds(None));
    /// # Ok::<(), selfreward::Error>(())
    /// ```
    pub fn holds(&self, value: Option<&Value>) -> bool {
        let number = self.value.parse::<f64>();
        match (value.and_then(Value::as_f64), number) {
            (Some(left), Ok(right)) => self.operator.holds(left, right),
            _ => {
                let same = value.is_some_and(|value| keys::text(value) == self.value);
                match self.operator {
                    Operator::Equal => same,
                    Operator::NotEqual => !same,
                    _ => false,
                }
            }
        }
    }
}

impl std::fmt::Display for Comparison {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.key, self.operator.name(), self.value)
    }
}

pub(super) fn wrong(text: &str, expected: &str) -> Error {
    Error::argument(FLAG, if text.trim().is_empty() { "nothing" } else { text }, expected)
}

fn tokens(text: &str) -> Result<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let operator = Operator::ALL.iter().find(|(name, _)| rest.starts_with(name));
        if let Some((name, operator)) = operator {
            tokens.push(Token::Operator(*operator));
            rest = &rest[name.len()..];
        } else if let Some(after) = rest.strip_prefix("&&") {
            tokens.push(Token::And);
            rest = after;
        } else if first == '"' || first == '\'' {
            let end = rest[1..].find(first).ok_or_else(|| wrong(text, "a closing quote"))?;
            tokens.push(Token::Quoted(rest[1..=end].to_owned()));
            rest = &rest[end + 2..];
        } else if first == '=' {
            return Err(wrong(text, "== between a key and its value"));
        } else if rest.starts_with("||") || first == '(' {
            return Err(wrong(text, "comparisons joined by `and` alone; two plots show what `or` would"));
        } else {
            let end = rest.find(|c: char| c.is_whitespace() || "=!<>&|()\"'".contains(c)).unwrap_or(rest.len());
            if end == 0 {
                return Err(wrong(text, FORM));
            }
            match &rest[..end] {
                "and" | "AND" => tokens.push(Token::And),
                "or" | "OR" => {
                    return Err(wrong(text, "comparisons joined by `and` alone; two plots show what `or` would"));
                }
                word => tokens.push(Token::Word(word.to_owned())),
            }
            rest = &rest[end..];
        }
        rest = rest.trim_start();
    }
    Ok(tokens)
}
