//! Which secrets the settings name cannot be read now. A secret is read when it is used, and may come later.
//!
//! Names the place of a secret, never the secret.

use std::path::Path;

use samhold_adapter_api::SecretRef;
use serde::Deserialize;
use toml::{Table, Value};

/// One line for each secret of one settings file that cannot be read.
#[must_use]
pub fn unreadable(file: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let mut found = Vec::new();
    // A file that is no TOML has been told as a mistake.
    walk(&text.parse::<Table>().unwrap_or_default(), "", &mut found);
    let name = file.display();
    found.into_iter().map(|(key, error)| format!("{name}: `{key}`: {error}")).collect()
}

fn walk(table: &Table, under: &str, found: &mut Vec<(String, String)>) {
    for (key, value) in table {
        let place = if under.is_empty() { key.clone() } else { format!("{under}.{key}") };
        look(value, &place, found);
    }
}

fn look(value: &Value, place: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Table(inner) => match SecretRef::deserialize(value.clone()) {
            Ok(secret) => found.extend(secret.read().err().map(|e| (place.to_owned(), e.to_string()))),
            Err(_) => walk(inner, place, found),
        },
        Value::Array(items) => items.iter().for_each(|item| look(item, place, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_secret_that_cannot_be_read_is_told_with_its_key_wherever_it_stands() {
        let folder = tempfile::tempdir().unwrap();
        let there = folder.path().join("there");
        std::fs::write(&there, "hemmelig\n").unwrap();
        let file = folder.path().join("system.toml");
        let text = format!(
            "kind = \"ppt\"\ntoken = {{ file = {there:?} }}\n[source.http.auth]\nsecret = {{ file = \"/finnes/ikke\" }}\n\
             [source.file]\npath = \"/inn\"\n[[x]]\nold = [{{ file = \"/heller/ikke\" }}]\n"
        );
        std::fs::write(&file, text).unwrap();
        let lines = unreadable(&file);
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines[0].contains("`source.http.auth.secret`") && lines[1].contains("`x.old`"), "{lines:?}");
        assert!(!lines.concat().contains("hemmelig"));
    }
}
