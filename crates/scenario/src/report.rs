//! Results and errors as text: for people, and line by line for machines.
//!
//! Must never show a national identity number, also when a file or an answer holds one.

use std::fmt::Write as _;

use miette::{GraphicalReportHandler, GraphicalTheme};
use samhold_duty::Step;
use serde_json::{Value, json};

use crate::error::{FileError, Mistake};
use crate::run::CheckResult;
use crate::text::mask;

/// All checks passed.
pub const PASSED: u8 = 0;
/// Some check failed.
pub const FAILED: u8 = 1;
/// A file could not be read or holds what it may not; nothing was run.
pub const UNREADABLE: u8 = 2;

/// The exit code of the command: [`PASSED`], [`FAILED`] or [`UNREADABLE`].
#[must_use]
pub fn exit_code(outcome: &Result<Vec<CheckResult>, Vec<FileError>>) -> u8 {
    match outcome {
        Ok(results) if results.iter().all(CheckResult::passed) => PASSED,
        Ok(_) => FAILED,
        Err(_) => UNREADABLE,
    }
}

/// How many checks passed and how many failed.
fn count(results: &[CheckResult]) -> (usize, usize) {
    let passed = results.iter().filter(|r| r.passed()).count();
    (passed, results.len() - passed)
}

/// One line per check, what differed under each that failed, and `N passed, N failed` last.
#[must_use]
pub fn human(results: &[CheckResult]) -> String {
    let mut out = String::new();
    for result in results {
        let word = if result.passed() { "ok    " } else { "FAILED" };
        let title = if result.title.is_empty() { String::new() } else { format!("  {}", result.title) };
        line(&mut out, &format!("{word}  {}  {}{title}", result.scenario, result.check));
        failure(&mut out, result);
    }
    let (passed, failed) = count(results);
    line(&mut out, &format!("{passed} passed, {failed} failed"));
    out
}

fn line(out: &mut String, text: &str) {
    // Titles and ids are free text; a line break in one must not look like another check.
    let one = mask(&text.replace(['\n', '\r'], " "));
    out.push_str(one.trim_end());
    out.push('\n');
}

fn failure(out: &mut String, result: &CheckResult) {
    for d in &result.differences {
        line(out, &format!("        {}: expected {}, actual {}", d.key, d.expected, d.actual));
    }
    if !result.passed() && !result.steps.is_empty() {
        line(out, "        how it was reached:");
        result.steps.iter().for_each(|s| line(out, &format!("          {}", step(s))));
    }
}

fn step(step: &Step) -> String {
    let mark = if step.applied { "applied" } else { "passed over" };
    let facts = if step.facts.is_empty() { String::new() } else { format!(" [{}]", step.facts.join(", ")) };
    format!("{} {mark}: {}{facts}", step.rule, step.text)
}

/// One JSON object per check on its own line, then one with the numbers.
#[must_use]
pub fn json_lines(results: &[CheckResult]) -> String {
    let mut out = String::new();
    for r in results {
        let object = json!({"scenario": r.scenario, "check": r.check, "passed": r.passed(),
            "expected": r.expected, "actual": r.actual});
        // Infallible: a `String` takes everything.
        let _ = writeln!(out, "{}", masked(object));
    }
    let (passed, failed) = count(results);
    let _ = writeln!(out, "{}", json!({"passed": passed, "failed": failed}));
    out
}

fn masked(value: Value) -> Value {
    match value {
        Value::String(s) => Value::String(mask(&s)),
        Value::Array(items) => items.into_iter().map(masked).collect(),
        Value::Object(map) => Value::Object(map.into_iter().map(|(k, v)| (k, masked(v))).collect()),
        other => other,
    }
}

/// All errors, each with its line, a caret and what to do.
#[must_use]
pub fn errors(errors: &[FileError]) -> String {
    let mut out = String::new();
    for error in errors {
        match error {
            FileError::Unreadable { source, .. } => {
                let _ = writeln!(out, "  × {error}\n    because: {source}\n");
            }
            FileError::Mistake(mistake) => out.push_str(&drawn(mistake)),
        }
    }
    let slips = if errors.len() == 1 { "error" } else { "errors" };
    let _ = writeln!(out, "{} {slips}; nothing was run", errors.len());
    out
}

fn drawn(mistake: &Mistake) -> String {
    let mut out = String::new();
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor())
        .with_wrap_lines(false)
        .with_context_lines(1)
        .without_syntax_highlighting();
    // Very long lines cannot be drawn.
    if mistake.column > 4096 || handler.render_report(&mut out, mistake).is_err() {
        out = format!("  × {mistake}\n");
    }
    out.push('\n');
    out
}
