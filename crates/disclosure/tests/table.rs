//! The table category by recipient (RULES 6.5), letter by letter: each cell has a question of a participant of whom nothing is
//! protected, without any consent, whose answer is what the letter says; and each cell that consent opens has one that it opens.
//!
//! Says what the scenarios expect; `scenarios.rs` says that they get it. Must never be satisfied by a case in which something
//! else than the cell decides.
#![allow(clippy::expect_used, reason = "a test may fail loudly")]

#[path = "common/files.rs"]
mod files;

use samhold_disclosure::Request;

/// The columns, as the table has them.
const COLUMNS: [&[&str]; 11] = [
    &["barnekoordinator", "koordinerende_enhet"],
    &["helsestasjon", "kommunal_helse"],
    &["spesialisthelse"],
    &["skole_kommunal", "sfo_kommunal", "ppt_kommunal"],
    &["barnehage_kommunal"],
    &["barnehage_privat", "skole_privat"],
    &["barnevern"],
    &["nav_kommunal"],
    &["nav_statlig"],
    &["krisesenter"],
    &["ngo"],
];

/// P permit, R redact, C consent, c consent and then redacted, N never automatic, - deny, . the data is theirs.
const ROWS: [(&str, Holder, &str); 21] = [
    ("coordination_exists", Holder::Any, "PPPPPCPPPPC"),
    ("coordinator_contact", Holder::Ordinary, "PPPPPCPPPPC"),
    ("coordinator_contact", Holder::Sensitive("barnevern"), "PRRRRcPRRRc"),
    ("coordinator_contact", Holder::Sensitive("krisesenter"), "PRRRRcRRRPc"),
    ("holder_service", Holder::Ordinary, "PPPPPCPPPPC"),
    ("holder_service", Holder::Sensitive("barnevern"), "PRRRRcPRRRc"),
    ("holder_service", Holder::Sensitive("krisesenter"), "PRRRRcRRRPc"),
    ("holder_service", Holder::Sensitive("familievern"), "PRRRRcRRRRc"),
    ("team_roster", Holder::Any, "PCCCCCCCCCC"),
    ("plan_exists", Holder::Any, "PCCCCCCCCCC"),
    ("plan_goals", Holder::Any, "CCCCCCCCCCC"),
    ("plan_full", Holder::Any, "CCCCCCCCCCC"),
    ("health_condition", Holder::Any, "CCCCCCCCCCC"),
    ("health_service_use", Holder::Any, "CCCCCCCCCCC"),
    ("barnevern_case_exists", Holder::Any, "CCCCCC.CCCC"),
    ("barnevern_content", Holder::Any, "CCCCCC.CCCC"),
    ("social_service_relation", Holder::Any, "CCCCCCC.CCC"),
    ("education_support", Holder::Any, "CCCCCCCCCCC"),
    ("placement", Holder::Any, "PPPPPCPPPPC"),
    ("crisis_shelter_contact", Holder::Any, "CCCCCCCCC.C"),
    ("family_counselling_contact", Holder::Any, "CCCCCCCCCC-"),
];

/// Rows whose cells consent opens only where somebody else than the child is asked, and those that nothing opens.
const MORE: [(&str, Holder, &str); 3] = [
    ("address", Holder::Any, "NNNNNNNNNNN"),
    ("other_person_health", Holder::Any, "CCCCCCCCCC-"),
    // The table says no to organisations; the procedure, which wins, comes to step 9 first.
    ("employee_absence", Holder::Any, "RRRRRRRRRRR"),
];

/// Who holds, where the row depends on it.
#[derive(Clone, Copy, Debug)]
enum Holder {
    Any,
    Ordinary,
    Sensitive(&'static str),
}

impl Holder {
    fn is(self, question: &Request) -> bool {
        let kind = question.item.holder_kind.as_deref();
        match self {
            Self::Any => true,
            Self::Ordinary => kind.is_some_and(|k| !["barnevern", "krisesenter", "familievern"].contains(&k)),
            Self::Sensitive(which) => kind == Some(which),
        }
    }
}

/// A question, and what its scenario expects.
struct Asked {
    question: Request,
    decision: String,
    basis: String,
}

fn asked() -> Vec<Asked> {
    let read = |(_, scenario): (String, toml::Table)| {
        let expect = scenario.get("expect")?.as_table()?.clone();
        let word = |key: &str| expect.get(key).and_then(toml::Value::as_str).unwrap_or_default().to_owned();
        let plain = !scenario.contains_key("config");
        let (question, _) = files::question(scenario).ok().filter(|_| plain)?;
        Some(Asked { question, decision: word("decision"), basis: word("basis") })
    };
    files::scenarios().into_iter().filter_map(read).collect()
}

/// Takes part, and nothing but the cell and consents has a say.
fn undisturbed(asked: &Asked) -> bool {
    let (subject, flags) = (&asked.question.subject, &asked.question.flags);
    let open = subject.address_protection.as_deref().is_none_or(|said| said == "none");
    let quiet = subject.secrecy_order.is_empty() && flags.objection_by.is_empty() && flags.necessary_by.is_none();
    asked.question.recipient.participant
        && open
        && quiet
        && ["coordination", "transition"].contains(&&*asked.question.purpose)
}

fn fits(letter: char, asked: &Asked) -> bool {
    match letter {
        'P' => asked.decision == "permit",
        'R' => asked.decision == "redact",
        _ => asked.decision == "deny",
    }
}

fn cells() -> impl Iterator<Item = (&'static str, Holder, &'static [&'static str], char)> {
    let rows = ROWS.iter().chain(&MORE);
    rows.flat_map(|(row, holder, letters)| {
        COLUMNS.iter().zip(letters.chars()).map(move |(column, letter)| (*row, *holder, *column, letter))
    })
}

fn of_cell<'a>(
    all: &'a [Asked],
    (row, holder, column, _): (&'a str, Holder, &'a [&'a str], char),
) -> impl Iterator<Item = &'a Asked> {
    let here = move |a: &&Asked| {
        a.question.item.category == row && holder.is(&a.question) && column.contains(&&*a.question.recipient.kind)
    };
    all.iter().filter(here).filter(|a| undisturbed(a))
}

#[test]
fn each_cell_says_without_a_consent_what_its_letter_says() {
    let all = asked();
    let mut open = Vec::new();
    for cell in cells().filter(|cell| cell.3 != '.') {
        let without = |a: &&Asked| a.question.consents.is_empty();
        if !of_cell(&all, cell).filter(without).any(|a| fits(cell.3, a)) {
            open.push(format!("{cell:?}"));
        }
    }
    assert!(open.is_empty(), "{} cells: {open:#?}", open.len());
}

#[test]
fn each_cell_that_consent_opens_is_opened_by_one() {
    let all = asked();
    let mut open = Vec::new();
    for cell in cells().filter(|cell| "Cc".contains(cell.3)) {
        let decision = if cell.3 == 'c' { &["redact"][..] } else { &["permit", "redact"] };
        let opened = |a: &Asked| a.basis == "CONSENT_VALID" && decision.contains(&&*a.decision);
        if !of_cell(&all, cell).any(opened) {
            open.push(format!("{cell:?}"));
        }
    }
    assert!(open.is_empty(), "{} cells: {open:#?}", open.len());
}
