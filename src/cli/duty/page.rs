//! An answer as a page in bokmål: who holds and on what ground, the tracks, the alerts, and why.
//!
//! Says what the answer says, in the words of `samhold_duty::words`. Must be given an answer that may be shown, and of each
//! fact only what may be told.

use std::collections::BTreeMap;

use samhold_duty::{Answer, Step, UsedFact, words};
use samhold_model::Law;
use serde::Serialize;
use serde_json::{Value, json};

use crate::cli::support::say;
use crate::cli::veil::Veil;

/// What the facts are about, by their ids.
type Details = BTreeMap<String, String>;

/// The words of an answer, for machines that show it to people.
pub(super) fn in_words(answer: &Answer, law: &Law, details: &Details) -> Value {
    let duty = &answer.samordning;
    let alerts: Vec<Value> = answer.alerts.iter().map(|a| json!({"code": a, "text": words::alert(*a)})).collect();
    let facts = answer.facts.iter().map(|fact| (fact.id.clone(), line(fact, details).into()));
    json!({
        "samordning": words::samordning(duty.state),
        "holder": words::holder(&duty.holder),
        "ground": duty.basis.map(words::ground),
        "ground_law": duty.basis.map(words::ground_law),
        "duty_law": clauses(answer, law),
        "end_reason": duty.end_reason.map(words::end_reason),
        "barnekoordinator": words::barnekoordinator(answer.barnekoordinator.state),
        "koordinator": words::koordinator(answer.koordinator.state),
        "ip": words::plan(answer.ip.state),
        "alerts": alerts,
        "facts": facts.collect::<serde_json::Map<String, Value>>(),
    })
}

fn clauses<'a>(answer: &'a Answer, law: &'a Law) -> Vec<&'a str> {
    answer.samordning.duty_basis.iter().map(|key| words::clause(key, law)).collect()
}

/// Prints it.
pub(super) fn print(answer: &Answer, law: &Law, details: &Details, veil: &Veil) {
    duty(answer, law, veil);
    tracks(answer, veil);
    if !answer.alerts.is_empty() {
        say!("\nVarsler");
        for alert in &answer.alerts {
            say!("  ! {} ({})", words::alert(*alert), code(alert));
        }
    }
    say!("\nHvorfor (+ har avgjort noe, - er vurdert uten å avgjøre)");
    for one in &answer.steps {
        step(one, &answer.facts, details, veil);
    }
    say!("");
}

fn row(label: &str, text: &str) {
    if !text.is_empty() {
        say!("{label:<19} {text}");
    }
}

fn duty(answer: &Answer, law: &Law, veil: &Veil) {
    let duty = &answer.samordning;
    let end = duty.end_reason.map(|reason| format!(": {}", words::end_reason(reason))).unwrap_or_default();
    row("Samordningsplikt", &format!("{}{end}", words::samordning(duty.state)));
    let kind = words::holder_kind(duty.holder.kind);
    let holder = duty.holder.reference.as_ref().map(|id| format!("{}, {kind}", named(id, veil)));
    row("Samordner", &holder.unwrap_or_else(|| kind.to_owned()));
    row("Siden", &duty.since.map(words::date).unwrap_or_default());
    let ground = duty.basis.map(|basis| format!("{} ({})", words::ground(basis), words::ground_law(basis)));
    row("Grunnlag", &ground.unwrap_or_default());
    let clauses = clauses(answer, law);
    row("Hjemmel", &if clauses.is_empty() { String::new() } else { words::list(&clauses) });
    row("Utføres imens av", &duty.acting.as_ref().map(|id| named(id, veil)).unwrap_or_default());
    row("Forslag", &duty.suggested.as_ref().map(|id| named(id, veil)).unwrap_or_default());
}

fn tracks(answer: &Answer, veil: &Veil) {
    let bk = &answer.barnekoordinator;
    let substitute = bk.substitute.as_ref().map(|s| format!("; stedfortreder {}", named(s, veil))).unwrap_or_default();
    let away = bk.absent_from.map(|from| format!("; borte fra {}", words::date(from))).unwrap_or_default();
    let back = bk.absent_until.map(|until| format!(" til {}", words::date(until))).unwrap_or_default();
    let role = role(words::barnekoordinator(bk.state), [&bk.person, &bk.service], veil);
    row("Barnekoordinator", &format!("{role}{away}{back}{substitute}"));
    let own = &answer.koordinator;
    row("Koordinator", &self::role(words::koordinator(own.state), [&own.person, &own.service], veil));
    row("Individuell plan", &self::role(words::plan(answer.ip.state), [&answer.ip.main, &None], veil));
    let all: Vec<String> = answer.participants.iter().map(|id| named(id, veil)).collect();
    row("Deltar", &if all.is_empty() { String::new() } else { words::list(&all) });
}

/// A state, with who has the role and where.
fn role(state: &str, [who, at]: [&Option<String>; 2], veil: &Veil) -> String {
    let who = who.as_ref().map(|id| format!(": {}", named(id, veil))).unwrap_or_default();
    let at = at.as_ref().map(|id| format!(" ved {}", named(id, veil))).unwrap_or_default();
    format!("{state}{who}{at}")
}

/// The name with the id after it, where a name is known.
fn named(id: &str, veil: &Veil) -> String {
    let name = veil.with_names(id);
    if name == id { name } else { format!("{name} ({id})") }
}

fn step(step: &Step, facts: &[UsedFact], details: &Details, veil: &Veil) {
    let mark = if step.applied { '+' } else { '-' };
    say!("  {mark} {}  {}", step.rule, veil.with_names(&step.text));
    // A rule that had nothing to go on is one line.
    if !step.law.is_empty() && (step.applied || !step.facts.is_empty()) {
        say!("          Rettslig grunnlag: {}", step.law);
    }
    for fact in facts.iter().filter(|fact| step.facts.contains(&fact.id)) {
        say!("          · {}", line(fact, details));
    }
}

/// A fact with what it is about.
fn line(fact: &UsedFact, details: &Details) -> String {
    words::fact_about(fact, details.get(&fact.id).map(String::as_str))
}

fn code(word: &impl Serialize) -> String {
    serde_json::to_value(word).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}
