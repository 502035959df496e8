//! What a misspelt word may have been meant to be.

/// The name most like `word` (by Jaro–Winkler similarity), the last of equals; `None` if there are no names.
pub(crate) fn nearest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let likeness = |name: &str| strsim::jaro_winkler(word, name);
    names.into_iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
}
