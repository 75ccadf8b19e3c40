//! Strict reading of one TOML file: every mistake in it, with its place.
//!
//! A decoder stops at its first mistake. So the key it complained about is taken out and the file is read again, until it
//! reads or no progress is made; the person then sees all of them at once.

use std::sync::Arc;

use samhold_model::hint::nearest;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::report::{Mistake, Mistakes};

/// Reads `text` as `T`. `None` when there is a mistake; all are added to `mistakes`.
pub fn read<T: DeserializeOwned>(file: &str, text: &Arc<str>, mistakes: &mut Mistakes) -> Option<T> {
    let mut table = match DeTable::parse(text) {
        Ok(table) => table,
        Err(e) => {
            mistakes.push(Mistake::at(file, text, e.span(), e.message()));
            return None;
        }
    };
    let before = mistakes.0.len();
    for _ in 0..50 {
        match T::deserialize(toml::Deserializer::from(table.clone())) {
            Ok(value) => return (mistakes.0.len() == before).then_some(value),
            Err(e) => {
                mistakes.push(mistake_of(file, text, &e));
                let removed = e.span().is_some_and(|span| remove(table.get_mut(), &span));
                if !removed {
                    return None;
                }
            }
        }
    }
    None
}

fn mistake_of(file: &str, text: &Arc<str>, error: &toml::de::Error) -> Mistake {
    let mistake = Mistake::at(file, text, error.span(), without_values(error.message()));
    match suggestion(error.message()) {
        Some(word) => mistake.help(format!("did you mean `{word}`?")),
        None => mistake,
    }
}

/// A decoder repeats a text of the wrong kind, and that may be a secret typed where only its place may stand; the line
/// ends in a log.
pub fn without_values(message: &str) -> String {
    let wrong = ["string \"", "string: \""].into_iter().find_map(|mark| message.find(mark).map(|at| at + mark.len()));
    let end = message.rfind("\", expected ");
    match wrong.zip(end) {
        Some((from, to)) if from <= to => {
            format!("{}…{}", message.get(..from).unwrap_or_default(), message.get(to..).unwrap_or_default())
        }
        _ => message.to_owned(),
    }
}

/// The decoder says ``unknown field `paht`, expected one of `path`, `join` ``: the nearest of those.
fn suggestion(message: &str) -> Option<String> {
    if !message.starts_with("unknown ") {
        return None;
    }
    let words: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let (given, known) = words.split_first()?;
    nearest(given, known.iter().copied()).map(str::to_owned)
}

/// Takes out the entry whose key or value the span lies in, as deep as possible.
fn remove(table: &mut DeTable<'_>, span: &std::ops::Range<usize>) -> bool {
    let inside = |outer: &std::ops::Range<usize>| outer.start <= span.start && span.end <= outer.end;
    let hit = table
        .iter()
        .find(|(k, v)| inside(&k.span()) || inside(&v.span()))
        .map(|(k, v)| (k.clone(), inside(&k.span()) || v.span() == *span));
    let Some((key, whole)) = hit else { return false };
    if !whole && table.get_mut(&key).is_some_and(|v| remove_in(v, span)) {
        return true;
    }
    table.remove(&key).is_some()
}

fn remove_in(value: &mut Spanned<DeValue<'_>>, span: &std::ops::Range<usize>) -> bool {
    match value.get_mut() {
        DeValue::Table(inner) => remove(inner, span),
        _ => false,
    }
}

/// Where the value at a path of keys stands, rows of a list by number; where the path ends early, the last that is there.
pub fn place(text: &str, path: &[String]) -> Option<std::ops::Range<usize>> {
    let table = DeTable::parse(text).ok()?;
    let (first, rest) = path.split_first()?;
    let mut found = table.get_ref().get(first.as_str())?;
    for key in rest {
        let Some(value) = inside(found, key) else { break };
        found = value;
    }
    Some(first_line(text, found.span()))
}

fn inside<'a, 'i>(value: &'a Spanned<DeValue<'i>>, key: &str) -> Option<&'a Spanned<DeValue<'i>>> {
    match value.get_ref() {
        DeValue::Table(table) => table.get(key),
        DeValue::Array(items) => items.get(key.parse::<usize>().ok()?),
        _ => None,
    }
}

/// A caret under many lines points nowhere.
fn first_line(text: &str, span: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let shown = text.get(span.clone()).and_then(|t| t.split('\n').next()).map_or(0, str::len);
    span.start..span.start.saturating_add(shown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only read to find mistakes")]
    struct Inner {
        #[serde(default)]
        listen: String,
    }

    #[derive(Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only read to find mistakes")]
    struct Outer {
        #[serde(default)]
        web: Option<Inner>,
        #[serde(default)]
        days: i64,
    }

    #[test]
    fn all_mistakes_of_a_file_are_told_at_once_with_line_and_suggestion() {
        let text: Arc<str> = Arc::from("dayz = 3\ndays = \"tre\"\n[web]\nlisen = \"x\"\n");
        let mut mistakes = Mistakes::default();
        assert!(read::<Outer>("samhold.toml", &text, &mut mistakes).is_none());
        let lines = mistakes.lines();
        assert_eq!(lines.len(), 3, "{lines:?}");
        assert!(
            lines.iter().any(|l| l.starts_with("samhold.toml:1:") && l.contains("did you mean `days`?")),
            "{lines:?}"
        );
        assert!(lines.iter().any(|l| l.starts_with("samhold.toml:2:")), "{lines:?}");
        assert!(
            lines.iter().any(|l| l.starts_with("samhold.toml:4:") && l.contains("did you mean `listen`?")),
            "{lines:?}"
        );
        assert!(mistakes.render().contains("lisen"));
    }

    #[test]
    fn a_text_of_the_wrong_kind_is_not_repeated() {
        let mut mistakes = Mistakes::default();
        let text: Arc<str> = Arc::from("days = \"hemmelig, \\\"expected\\\"\"");
        assert!(read::<Outer>("a.toml", &text, &mut mistakes).is_none());
        let line = mistakes.lines().concat();
        assert!(!line.contains("hemmelig") && line.contains("expected i64"), "{line}");
    }

    #[test]
    fn a_right_file_reads_and_broken_syntax_has_a_place() {
        let mut mistakes = Mistakes::default();
        let ok = read::<Outer>("a", &Arc::from("days = 3"), &mut mistakes);
        assert_eq!(ok.map(|o| o.days), Some(3));
        assert!(read::<Outer>("a.toml", &Arc::from("days = \n"), &mut mistakes).is_none());
        assert!(mistakes.lines().iter().all(|l| l.starts_with("a.toml:1:")), "{:?}", mistakes.lines());
    }
}
