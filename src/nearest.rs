//! What a misspelt word may have been meant to be.

/// The name most like `word` (by Jaro–Winkler similarity, without regard to case at first), the last of equals; `None` if there are no
/// names.
pub(crate) fn nearest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let folded = |name: &str| strsim::jaro_winkler(&lower, &name.to_lowercase());
    let likeness = |name: &str| strsim::jaro_winkler(word, name);
    names.into_iter().max_by(|a, b| folded(a).total_cmp(&folded(b)).then(likeness(a).total_cmp(&likeness(b))))
}

/// What is expected of a word that none of the names is: the names, and the one most like it.
pub(crate) fn one_of(word: &str, names: &[impl AsRef<str>]) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    let list = names.join(", ");
    match nearest(word, names.iter().copied()) {
        Some(nearest) if names.len() > 1 => format!("one of {list}; the nearest is {nearest}"),
        _ => format!("one of {list}"),
    }
}
