//! HTML that is escaped and balanced by construction: text and attributes are escaped on the way in, and an element is closed
//! where it was opened.

/// Attributes, by name.
pub type Attributes<'a> = &'a [(&'a str, &'a str)];

/// A piece of a page in the making.
#[derive(Clone, Debug, Default)]
pub struct Markup(String);

impl Markup {
    /// Appends what is markup already: our own style and script, a drawing.
    pub fn trusted(&mut self, markup: &str) {
        self.0.push_str(markup);
    }

    /// Appends text.
    pub fn text(&mut self, text: &str) {
        self.0.push_str(&escaped(text));
    }

    /// Appends an element and fills it.
    pub fn within(&mut self, tag: &str, attributes: Attributes<'_>, fill: impl FnOnce(&mut Self)) {
        self.void(tag, attributes);
        fill(self);
        self.0.push_str(&format!("</{tag}>"));
        if BLOCKS.contains(&tag) {
            self.0.push('\n');
        }
    }

    /// Appends an element that holds text alone.
    pub fn element(&mut self, tag: &str, attributes: Attributes<'_>, text: &str) {
        self.within(tag, attributes, |element| element.text(text));
    }

    /// Appends a tag that is never closed, such as `meta`.
    pub fn void(&mut self, tag: &str, attributes: Attributes<'_>) {
        let attributes: Vec<String> =
            attributes.iter().map(|(name, value)| format!(" {name}=\"{}\"", escaped(value))).collect();
        self.0.push_str(&format!("<{tag}{}>", attributes.concat()));
    }

    /// What was made.
    pub fn finish(self) -> String {
        self.0
    }
}

/// Elements after which a line ends.
const BLOCKS: [&str; 15] =
    ["h1", "h2", "h3", "h4", "p", "tr", "li", "ul", "section", "figure", "div", "details", "header", "table", "script"];

/// Text with the characters that mean something in HTML replaced; right in elements and in quoted attributes.
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

/// JSON for a `script` element: no `<` is left that could end it.
pub fn json_for_script(value: &serde_json::Value) -> String {
    value.to_string().replace('<', "\\u003c")
}

/// A text as a `data:` URI.
pub fn data_uri(media: &str, text: &str) -> String {
    let mut uri = format!("data:{media};charset=utf-8,");
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~,:;/()".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}
