//! The page for administrators is true: its example compiles and keeps its cases, and it names everything there is.

use samhold_mapping::{BadFile, Code, Mapping, condition_tests, operations};
use samhold_model::Law;

const PAGE: &str = include_str!("../../../docs/mapping.md");

/// The fenced block of that kind.
fn block(kind: &str) -> String {
    let fence = format!("```toml {kind}\n");
    PAGE.split(&fence).nth(1).and_then(|rest| rest.split("```").next()).unwrap_or_default().to_owned()
}

fn example() -> Result<Mapping, BadFile> {
    let files = |name: &str| (name == "schemas/my-system.toml").then(|| block("schema"));
    Mapping::parse("my-system.toml", &block("mapping"), &files, &Law::bundled())
}

#[test]
fn the_worked_example_compiles_and_its_cases_hold() {
    let mapping = example();
    assert!(mapping.is_ok(), "{}", mapping.err().map(|b| b.report()).unwrap_or_default());
    let results = mapping.map(|m| m.test(&Law::bundled())).unwrap_or_default();
    assert_eq!(results.len(), 1);
    assert_eq!(results.iter().find_map(|r| r.failure.clone()), None);
}

#[test]
fn the_page_names_every_error_code() {
    for code in [
        Code::Unreadable,
        Code::WrongShape,
        Code::Missing,
        Code::Unknown,
        Code::TooMany,
        Code::UnknownCode,
        Code::BadDate,
        Code::BadNumber,
        Code::BadIdentifier,
        Code::NoChild,
        Code::DuplicateKey,
        Code::BadFact,
        Code::Refused,
    ] {
        assert!(PAGE.contains(&format!("`{}`", code.as_str())), "{}", code.as_str());
    }
}

#[test]
fn the_page_names_every_operation_and_every_test() {
    for operation in operations() {
        assert!(PAGE.contains(&format!("{{ {operation} = ")), "{operation}");
    }
    for test in condition_tests() {
        assert!(PAGE.contains(&format!("`{test}")), "{test}");
    }
}

/// Codes stand in the source as the first argument of what tells a problem, or in a struct.
#[test]
fn the_page_names_every_code_of_a_refused_file() {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    let mut codes = Vec::new();
    collect(std::path::Path::new(source), &mut codes);
    assert!(codes.len() > 25, "{codes:?}");
    for code in codes {
        assert!(PAGE.contains(&format!("`{code}`")), "{code}");
    }
}

fn collect(folder: &std::path::Path, codes: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, codes);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            for start in ["problems.add(", "problems.add_with(", ".fail(", "code: "] {
                let after = text.split(start).skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"'));
                codes.extend(after.filter_map(|rest| rest.split('"').next()).map(str::to_owned));
            }
        }
    }
}
