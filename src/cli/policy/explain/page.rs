//! An explanation as a page in bokmål: the answer and what decided it, the facts, the consents, the fields, the steps.
//!
//! Must be given an explanation that may be shown.

use samhold_disclosure::explain::{ConsentTrace, Facts, FieldTrace, Outcome, RecordTrace, Standing, words};
use samhold_disclosure::{Decision, Explanation, Verdict};
use samhold_duty::words::date;
use samhold_model::national_id::redact;

use super::policies::{LeftOut, Spoken, Told};
use crate::cli::support::say;

/// Prints it, with every step where one item is asked about.
pub(super) fn print(told: &Told, all_steps: bool) {
    say!("{}", redact(&page(told, all_steps).join("\n")));
    say!("");
}

fn page(whole: &Told, all_steps: bool) -> Vec<String> {
    let (told, answer) = (&whole.floor, &whole.answer);
    let mut lines = vec![headline(told, answer)];
    lines.push(row("Fordi", words::reason(answer.reason)));
    if let Some(basis) = answer.basis {
        lines.push(row("Grunnlag", &format!("{} ({})", words::reason(basis), basis.code())));
    }
    if let Some(step) = told.deciding() {
        lines.push(row("Avgjort av", &format!("trinn {}: {} [{}]", step.number, step.says, step.law)));
    }
    lines.extend(told.facts.as_ref().map(|facts| row("Fakta", &facts_line(facts))));
    lines.extend(consents(told));
    lines.extend(whole.left_out.iter().map(left_out));
    lines.extend(told.fields.iter().map(field));
    // What forbids is always told; what permits where one item is asked about.
    lines.extend(whole.policies.iter().filter(|spoken| all_steps || !spoken.permitted).flat_map(policy));
    if all_steps {
        lines.extend(steps(told));
    }
    lines
}

fn headline(told: &Explanation, answer: &Decision) -> String {
    let verdict = match answer.decision {
        Verdict::Permit => "gis ut",
        Verdict::Redact => "gis ut delvis",
        Verdict::Deny => "gis ikke ut",
    };
    let code = answer.reason.code();
    format!("{} til {} for {}: {verdict} ({code})", told.category, told.recipient, told.purpose)
}

fn row(label: &str, text: &str) -> String {
    format!("  {label:<11} {text}")
}

/// What is so, and of what is not so only what steps often turn on.
fn facts_line(facts: &Facts) -> String {
    let mut said = vec![
        format!("taushetsplikt etter {}", facts.regime),
        format!("fra {}", facts.from),
        format!("barnet er {} år", facts.age),
        format!("adressebeskyttelse: {}", protection(facts.protection)),
    ];
    said.push(if facts.takes_part { "mottakeren deltar" } else { "mottakeren deltar ikke" }.to_owned());
    said.extend(facts.holder.as_ref().map(|kind| format!("samordneren er {kind}")));
    let yes = [
        (facts.public, "mottakeren er offentlig"),
        (facts.organ && !facts.public, "mottakeren regnes som organ"),
        (facts.health, "mottakeren er helsepersonell"),
        (facts.person, "mottakeren er en person"),
        (facts.care_order, "vedtak om omsorgsovertakelse"),
        (facts.about_other, "handler om en annen enn barnet"),
        (facts.kept_from_guardians, "barnet holder det for seg selv"),
        (facts.weighty_reasons, "tungtveiende grunner mot å si det til foresatte"),
        (facts.ordered_secret, "pålagt taushet"),
        (facts.necessary, "funnet nødvendig av en navngitt person"),
        (facts.fetched_by_new_school, "hentes av ny skole"),
        (facts.objection, "noen med rett til det motsetter seg"),
    ];
    said.extend(yes.into_iter().filter(|(so, _)| *so).map(|(_, text)| text.to_owned()));
    said.join("; ")
}

fn protection(word: &str) -> &str {
    if word == "none" { "ingen" } else { word }
}

fn consents(told: &Explanation) -> Vec<String> {
    if told.consents.is_empty() {
        let on_record = told.consents_on_record;
        return vec![row(
            "Samtykke",
            &format!("ikke vurdert; avgjørelsen hviler ikke på det ({on_record} registrert)"),
        )];
    }
    told.consents.iter().flat_map(consent).collect()
}

fn left_out(none: &LeftOut) -> String {
    let lacks: Vec<&str> = none.lacks.iter().map(|lack| lack.word()).collect();
    row("Utelatt", &format!("samtykke fra {}, gitt {}: teller ikke: {}", none.by, date(none.given), lacks.join(", ")))
}

fn consent(asked: &ConsentTrace) -> Vec<String> {
    let (who, law) = words::who(asked.who);
    let law = if law.is_empty() { String::new() } else { format!(" [{law}]") };
    let outcome = match asked.failure {
        Some(reason) => format!("teller ikke: {} ({})", words::reason(reason), reason.code()),
        None if asked.counts => "teller".to_owned(),
        None => "teller ikke".to_owned(),
    };
    let mut lines =
        vec![row("Samtykke", &format!("{}: {outcome}{}", asked.category, limits(asked.only_fields.as_ref())))];
    lines.push(format!("    fra {who}{law}{}", persons(asked)));
    lines.extend(asked.records.iter().map(record));
    lines
}

fn persons(asked: &ConsentTrace) -> String {
    let party = |persons: &[String], any: bool| persons.join(if any { " eller " } else { " og " });
    let parties: Vec<String> = asked.parties.iter().map(|p| party(&p.persons, p.one_is_enough)).collect();
    let named = parties.iter().any(|party| !party.is_empty());
    if named { format!(": {}", parties.join(" og ")) } else { String::new() }
}

fn record(record: &RecordTrace) -> String {
    let why = match &record.standing {
        Standing::Counts => "teller".to_owned(),
        Standing::WrongPerson => "teller ikke: er ikke en som må samtykke".to_owned(),
        Standing::OutOfScope { category, recipient, purpose } => out_of_scope([*category, *recipient, *purpose]),
        Standing::Withdrawn { on } => {
            format!("teller ikke: trukket tilbake {}", on.map(date).unwrap_or_default())
        }
        Standing::Expired { on } => format!("teller ikke: gikk ut {}", date(*on)),
        Standing::NotYet { from } => format!("teller ikke ennå: gjelder fra {}", date(*from)),
        Standing::OrderedSecret => "teller ikke: det er pålagt taushet".to_owned(),
    };
    format!("    {}. fra {}: {why}{}", record.number, record.by, limits(record.only_fields.as_ref()))
}

fn out_of_scope(names: [bool; 3]) -> String {
    let words = ["kategorien", "mottakertypen", "formålet"];
    let missing: Vec<&str> = words.into_iter().zip(names).filter(|(_, named)| !named).map(|(word, _)| word).collect();
    format!("teller ikke: nevner ikke {}", missing.join(" og "))
}

fn limits(fields: Option<&Vec<String>>) -> String {
    fields.map(|fields| format!(", bare feltene {}", fields.join(", "))).unwrap_or_default()
}

fn field(field: &FieldTrace) -> String {
    let Some(reason) = field.reason else { return format!("    + {}", field.field) };
    match field.held_by {
        Some(letter) => format!("    - {}: {letter}. {} ({})", field.field, words::letter(letter), reason.code()),
        None => format!("    - {} ({})", field.field, reason.code()),
    }
}

/// The policies that decided about a field.
fn policy(spoken: &Spoken) -> Vec<String> {
    let word = if spoken.permitted { "tillater" } else { "forbyr" };
    let mut lines: Vec<String> = vec![row("Regelsett", &format!("{}: {word}", spoken.field))];
    lines.extend(spoken.because.iter().map(|of| format!("      {}: {} [{}]", of.id, of.text, of.law)));
    lines.extend(spoken.failed.iter().map(|why| format!("      feilet, og det betyr nei: {why}")));
    lines
}

fn steps(told: &Explanation) -> Vec<String> {
    let mut lines = vec!["  Trinn (- gjaldt ikke, > avgjorde, . ikke nådd)".to_owned()];
    lines.extend(told.steps.iter().map(|step| {
        let mark = match step.outcome {
            Outcome::Passed => '-',
            Outcome::Decides => '>',
            Outcome::NotReached => '.',
        };
        format!("  {mark} {:>2}  {} [{}]", step.number, step.says, step.law)
    }));
    lines
}
