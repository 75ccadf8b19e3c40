//! A decision of a file, explained by the law and the policies of the settings folder: nothing from the store, so that a lawyer
//! can ask about a family that was made up. Without a folder, by those that come with the program.
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
use crate::cli::support::{Folder, UNREADABLE, say};
use crate::config::{Mistakes, law_of, policies};

/// Explains each question of the file.
pub(super) fn explain(folder: &Folder, file: &Path, municipality: Option<&str>, as_json: bool) -> ExitCode {
    let Some((law, policies)) = in_force(folder) else { return ExitCode::from(UNREADABLE) };
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
    let municipality = municipality.map(str::to_owned).or_else(|| only_municipality(&folder.config));
    for question in asked {
        let rules = Rules { law: law.clone(), config: question.config };
        let rules = Narrowed {
            rules,
            municipality: municipality.clone().unwrap_or_default(),
            policies: Arc::clone(&policies) as _,
        };
        show(&question.id, &question.title, &told(&question.request, &rules, &policies), as_json);
    }
    ExitCode::SUCCESS
}

/// What a delivery would be decided by; no system, service or secret of the folder is looked at.
fn in_force(folder: &Folder) -> Option<(Law, Arc<PolicySet>)> {
    let mut mistakes = Mistakes::default();
    let law = law_of(&folder.config, &mut mistakes);
    let policies = policies::load(&folder.config, &law, &mut mistakes).filter(|_| mistakes.0.is_empty());
    if policies.is_none() {
        eprint!("{}", mistakes.render());
    }
    policies.map(|policies| (law, policies))
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

/// The one that the settings are about; `None` where there are several, or no settings.
fn only_municipality(folder: &Path) -> Option<String> {
    let settings: toml::Table = std::fs::read_to_string(folder.join("samhold.toml")).ok()?.parse().ok()?;
    let mut numbers = settings.get("municipality")?.as_table()?.keys();
    numbers.next().filter(|_| numbers.next().is_none()).cloned()
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
