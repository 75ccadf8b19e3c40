//! "Did you mean": the nearest known word to a misspelled one.
//!
//! Must never be shown words the reader may not see: callers pass only names from public schemas.

/// The closest of `known` to `given`, when it is close enough to be a likely slip of the keyboard.
///
/// ```
/// assert_eq!(samhold_model::hint::nearest("paht", ["path", "join"]), Some("path"));
/// assert_eq!(samhold_model::hint::nearest("zzz", ["path", "join"]), None);
/// ```
#[must_use]
pub fn nearest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = given.to_lowercase();
    known
        .into_iter()
        .map(|k| (strsim::damerau_levenshtein(&lower, &k.to_lowercase()), k))
        .filter(|(distance, k)| *distance <= allowed(k.chars().count().max(lower.chars().count())))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, k)| k)
}

/// Whether a place in a text can be shown with a caret under it: the drawing of very long lines fails.
#[must_use]
pub fn can_be_drawn(text: &str, span: &std::ops::Range<usize>) -> bool {
    let before = text.get(..span.start).unwrap_or_default();
    let column = before.len().saturating_sub(before.rfind('\n').map_or(0, |n| n + 1));
    column.saturating_add(span.len()) < 4096
}

/// Longer words may hold more slips: one in short words, a third of the length at most.
fn allowed(length: usize) -> usize {
    (length / 3).max(1)
}
