//! A decision of a file, explained by the policies that come with the program: nothing from the store, so that a lawyer can ask
//! about a family that was made up.
//!
//! Must never repeat an identity number that somebody wrote into the file.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use samhold_disclosure::{Narrowed, Request, Rules, Share};
use samhold_model::{Law, national_id};
use samhold_policy::PolicySet;
use samhold_scenario::{Question, questions, report};
use serde_json::{Value, json};

use super::page;
use super::policies::{Told, told};
use crate::cli::support::{UNREADABLE, say};

/// Explains each question of the file.
pub(super) fn explain(file: &Path, as_json: bool) -> ExitCode {
    let law = Law::bundled();
    let asked = match bare_request(file) {
        Some(asked) => asked.map(|question| vec![question]),
        None => questions(file, &law).map_err(|errors| report::errors(&errors)),
    };
    let asked = match asked {
        Ok(asked) => asked,
        Err(text) => {
            eprint!("{}", national_id::redact(&text));
            return ExitCode::from(UNREADABLE);
        }
    };
    let policies = match PolicySet::bundled() {
        Ok(set) => Arc::new(set),
        Err(mistakes) => return unreadable(&mistakes),
    };
    for question in asked {
        let rules = Rules { law: law.clone(), config: question.config };
        let rules = Narrowed { rules, municipality: String::new(), policies: Arc::clone(&policies) as _ };
        show(&question.id, &question.title, &told(&question.request, &rules, &policies), as_json);
    }
    ExitCode::SUCCESS
}

fn unreadable(mistakes: &[samhold_policy::Mistake]) -> ExitCode {
    for mistake in mistakes {
        eprintln!("{}: {}", mistake.file, mistake.message);
    }
    ExitCode::from(UNREADABLE)
}

fn show(id: &str, title: &str, one: &Told, as_json: bool) {
    if as_json {
        let line = json!({"scenario": id, "title": title, "explanation": one}).to_string();
        say!("{}", national_id::redact(&line));
        return;
    }
    say!("{}\n", national_id::redact(format!("{id} {title}").trim()));
    page::print(one, true);
}

/// A JSON file that holds a request and no scenarios; `None` when it is something else.
fn bare_request(file: &Path) -> Option<Result<Question, String>> {
    let text = std::fs::read_to_string(file).ok()?;
    let tree: Value = serde_json::from_str(&text).ok()?;
    let is_scenarios = tree.get("sharing").is_some() || tree.get("duty").is_some();
    (!is_scenarios).then(|| request(file, &text))
}

fn request(file: &Path, text: &str) -> Result<Question, String> {
    let read: Result<Request, _> = serde_json::from_str(text);
    let name = file.display();
    let request = read.map_err(|e| {
        format!("request-unreadable: tried to read {name} as one request: {e}; its keys are those of a `[[sharing]]`\n")
    })?;
    Ok(Question { id: name.to_string(), title: String::new(), request, config: Share::default() })
}
