//! The few Python literals that NumPy writes into the header of an array.

/// A literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Literal {
    /// A text in either kind of quotes.
    Text(String),
    /// `True` or `False`.
    Truth(bool),
    /// A whole number ≥ 0, with or without Python 2's `L`.
    Whole(u64),
    /// `(…)` with a comma, or `()`.
    Tuple(Vec<Literal>),
    /// `[…]`.
    List(Vec<Literal>),
    /// `{…}`, in the order in which it is written.
    Dict(Vec<(Literal, Literal)>),
}

/// Containers within containers: the header of an array has three.
const DEEPEST: usize = 16;

impl Literal {
    /// Reads a literal that fills the text but for white space; `None` if there is none.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parser = Parser { rest: text, depth: 0 };
        let literal = parser.literal()?;
        parser.blank();
        parser.rest.is_empty().then_some(literal)
    }

    /// As Python would print it.
    pub fn shown(&self) -> String {
        let joined = |items: &[Self]| items.iter().map(Self::shown).collect::<Vec<_>>().join(", ");
        match self {
            Self::Text(text) => format!("'{text}'"),
            Self::Truth(truth) => if *truth { "True" } else { "False" }.to_owned(),
            Self::Whole(number) => number.to_string(),
            Self::Tuple(items) if items.len() == 1 => format!("({},)", items[0].shown()),
            Self::Tuple(items) => format!("({})", joined(items)),
            Self::List(items) => format!("[{}]", joined(items)),
            Self::Dict(entries) => {
                let entry = |(key, value): &(Self, Self)| format!("{}: {}", key.shown(), value.shown());
                format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
            }
        }
    }
}

struct Parser<'a> {
    rest: &'a str,
    depth: usize,
}

impl Parser<'_> {
    fn blank(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n', '\x0c']);
    }

    /// Takes a token, with the white space before it.
    fn take(&mut self, token: &str) -> bool {
        self.blank();
        let rest = self.rest.strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn literal(&mut self) -> Option<Literal> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        self.blank();
        let literal = match self.rest.chars().next()? {
            '{' => self.dict(),
            '[' => self.items("[", "]").map(|(items, _)| Literal::List(items)),
            '(' => {
                let (mut items, comma) = self.items("(", ")")?;
                // Parentheses around one value without a comma are no tuple.
                if items.len() == 1 && !comma { items.pop() } else { Some(Literal::Tuple(items)) }
            }
            '0'..='9' => self.whole(),
            _ if self.take("True") => Some(Literal::Truth(true)),
            _ if self.take("False") => Some(Literal::Truth(false)),
            _ => self.text(),
        };
        self.depth -= 1;
        literal
    }

    fn text(&mut self) -> Option<Literal> {
        // Python 2 may write u'…', Python 3 b'…'.
        let _ = self.take("u") || self.take("b");
        let quote = ["'", "\""].into_iter().find(|quote| self.take(quote))?;
        let (text, rest) = self.rest.split_once(quote)?;
        self.rest = rest;
        (!text.contains(['\\', '\n'])).then(|| Literal::Text(text.to_owned()))
    }

    fn whole(&mut self) -> Option<Literal> {
        let end = self.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.rest.len());
        let number = self.rest[..end].parse().ok()?;
        self.rest = &self.rest[end..];
        self.rest = self.rest.strip_prefix(['L', 'l']).unwrap_or(self.rest);
        Some(Literal::Whole(number))
    }

    /// Values between brackets, and whether a comma follows the last.
    fn items(&mut self, open: &str, close: &str) -> Option<(Vec<Literal>, bool)> {
        self.take(open);
        let mut items = Vec::new();
        let mut comma = false;
        loop {
            if self.take(close) {
                return Some((items, comma));
            }
            if !items.is_empty() && !comma {
                return None;
            }
            items.push(self.literal()?);
            comma = self.take(",");
        }
    }

    fn dict(&mut self) -> Option<Literal> {
        self.take("{");
        let mut entries = Vec::new();
        loop {
            if self.take("}") {
                return Some(Literal::Dict(entries));
            }
            let key = self.literal()?;
            if !self.take(":") {
                return None;
            }
            entries.push((key, self.literal()?));
            if !self.take(",") {
                return self.take("}").then_some(Literal::Dict(entries));
            }
        }
    }
}
