//! `docs/errors.md` holds every code of the source, and no other.

use std::collections::BTreeSet;

use super::{files, rows, text};

/// Calls and members whose code is the first thing behind them.
const DIRECT: &[&str] = &["Dead::new(", "ask_person(", "open_task(", "refused(", "Some((", "code: ", "\"code\": "];
/// Calls that take something else first: the code is their first text in quotes.
const WITHIN: &[&str] = &["Problem::new(", "read::json(", "Self::new(StatusCode", ".ask(context", ".fail(context"];

/// Codes that are made from a number, are passed on from a variable, or stand in a list.
const OTHERWISE: &[&str] = &["http_NNN", "mapping-file-unreadable", "view-unreadable", "sample-unreadable"];

/// Codes of the command line, with the file each stands in.
const COMMANDS: &[(&str, &str)] = &[
    ("src/cli/support.rs", "command-failed"),
    ("src/cli/support.rs", "settings-wrong"),
    ("src/cli/support.rs", "store-unavailable"),
    ("src/cli/check.rs", "secret-unreadable"),
    ("src/cli/check.rs", "law-widened"),
    ("src/cli/dead_letters.rs", "no-dead-letter"),
    ("src/cli/policy/prove.rs", "no-such-claim"),
    ("src/proof.rs", "policy-claim-broken"),
    ("src/proof.rs", "policy-claim-empty"),
    ("src/proof.rs", "policy-can-fail"),
    ("crates/policy/src/prove.rs", "policy-solver-missing"),
    ("crates/policy/src/prove.rs", "policy-not-proved"),
    ("src/cli/tasks.rs", "no-task"),
    ("src/cli/tasks.rs", "task-not-answered"),
    ("src/cli/audit/mod.rs", "checkpoint-unreadable"),
    ("src/cli/audit/mod.rs", "nothing-to-sign"),
    ("src/cli/duty/case.rs", "no-such-child"),
    ("src/cli/policy/explain.rs", "no-such-system"),
    ("src/cli/policy/explain.rs", "only-unmasked"),
    ("src/cli/policy/explain/file.rs", "request-unreadable"),
    ("src/cli/duty/overdue.rs", "service-not-listed"),
    ("src/cli/duty/overdue.rs", "municipality-not-served"),
    ("src/cli/duty/overdue.rs", "code-not-listed"),
];

#[test]
fn every_code_has_its_row_and_every_row_its_code() {
    let document = text("docs/errors.md");
    let documented: BTreeSet<String> = rows(&document).into_iter().collect();
    assert_eq!(documented.len(), rows(&document).len(), "a code has two rows");
    let mut found = in_source();
    assert!(found.len() > 50, "the search finds too little: {found:?}");
    let commands = text("src/cli/mapping.rs");
    assert!(OTHERWISE[1..].iter().all(|code| commands.contains(&format!("\"{code}: "))));
    found.extend(OTHERWISE.iter().map(|c| (*c).to_owned()));
    for (file, code) in COMMANDS {
        assert!(text(file).contains(&format!("{code}: ")), "{file} does not say {code}");
        found.insert((*code).to_owned());
    }
    let without_row: Vec<_> = found.difference(&documented).collect();
    let without_code: Vec<_> = documented.difference(&found).collect();
    assert!(without_row.is_empty(), "codes without a row in docs/errors.md: {without_row:?}");
    assert!(without_code.is_empty(), "rows of docs/errors.md without a code: {without_code:?}");
}

#[test]
fn every_code_can_be_linked_to() {
    let document = text("docs/errors.md");
    for code in rows(&document) {
        assert!(document.contains(&format!("<a id=\"{code}\"></a>`{code}`")), "{code} has no anchor");
    }
}

fn in_source() -> BTreeSet<String> {
    let mut found: BTreeSet<String> = mapping_codes().into_iter().collect();
    for path in ["src", "adapters"].iter().flat_map(|folder| files(folder, "rs")) {
        let name = path.display().to_string();
        if name.contains("test") || name.contains("/src/demo/") {
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        // What a file tests of itself stands last.
        let source = source.split("#[cfg(test)]").next().unwrap_or_default();
        found.extend(behind(source, DIRECT, |rest| rest.trim_start().strip_prefix('"')?.split('"').next()));
        found.extend(behind(source, WITHIN, |rest| rest.split(';').next()?.split('"').nth(1)));
    }
    found
}

/// What looks like a code behind each of the marks; prose and variables do not.
fn behind<'a>(
    source: &'a str,
    marks: &'a [&str],
    code: impl Fn(&'a str) -> Option<&'a str> + 'a,
) -> impl Iterator<Item = String> {
    let places = marks.iter().flat_map(|mark| source.match_indices(mark));
    let codes: Vec<&str> = places.filter_map(|(start, mark)| code(source.get(start + mark.len()..)?)).collect();
    codes.into_iter().filter(|c| is_code(c)).map(str::to_owned)
}

fn is_code(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

/// Why a document became a dead letter: the words of one `match`.
fn mapping_codes() -> Vec<String> {
    let source = text("crates/mapping/src/error.rs");
    let words =
        source.lines().filter_map(|l| l.trim().strip_prefix("Self::")?.split_once(" => \"")?.1.strip_suffix("\","));
    words.map(str::to_owned).collect()
}
