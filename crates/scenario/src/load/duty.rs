//! One `[[duty]]`: a family, its facts, and what must be the answer on which date.
//!
//! Must never fill in what the file does not say, but for the settings' own defaults.

use samhold_duty::{Family, Reconcile};
use samhold_model::{Date, Fact};
use serde_json::{Map, Value};

use super::{events, expectation, settings};
use crate::reader::{Reader, as_date};
use crate::shape::{Key, Shape, may, must};
use crate::text::Node;

/// Facts about one child with the answers they must give.
pub(crate) struct DutyScenario {
    /// Its id.
    pub(crate) id: String,
    /// One line on it.
    pub(crate) title: String,
    /// The municipality's settings.
    pub(crate) config: Reconcile,
    /// The child and those with foreldreansvar at the start.
    pub(crate) family: Family,
    /// The facts, in the order written.
    pub(crate) facts: Vec<Fact>,
    /// The questions.
    pub(crate) checks: Vec<DutyCheck>,
}

/// One question with what its answer must say.
pub(crate) struct DutyCheck {
    /// The date asked about.
    pub(crate) as_of: Date,
    /// What had been recorded by then counts; `None`: by `as_of`.
    pub(crate) known_at: Option<Date>,
    /// What must come out, as written.
    pub(crate) expect: Value,
}

const TEXTS: Shape = Shape::List(&Shape::Text);

const DUTY: &[Key] = &[
    must("id", Shape::Name),
    may("title", Shape::Text),
    may("rules", TEXTS),
    may("why", Shape::Text),
    may("config", Shape::Table(settings::RECONCILE)),
    must("family", Shape::Table(FAMILY)),
    may("events", Shape::List(&Shape::Later)),
    must("checks", Shape::List(&Shape::Table(CHECK))),
];

const FAMILY: &[Key] = &[
    may("birth_date", Shape::Date),
    may("due_date", Shape::Date),
    may("child", Shape::Text),
    may("guardians", Shape::List(&Shape::Name)),
];

const CHECK: &[Key] =
    &[must("as_of", Shape::Date), may("known_at", Shape::Date), must("expect", Shape::Table(expectation::DUTY))];

/// Reads one scenario. `None` when it cannot be used; the reader then knows why.
pub(super) fn read(reader: &mut Reader<'_>, node: &Node) -> Option<DutyScenario> {
    let before = reader.count();
    let read = reader.table(node, "duty", DUTY);
    let facts = events::read(reader, node.get("events"));
    if reader.count() > before {
        return None;
    }
    let config = settings::settings(reader, node, &read);
    let family = family(&read);
    has_a_child(reader, node, &family, &facts);
    let text = |key: &str| read.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    Some(DutyScenario { id: text("id"), title: text("title"), config, family, facts, checks: checks(&read) })
}

fn family(read: &Map<String, Value>) -> Family {
    let field = |key: &str| read.get("family").and_then(|f| f.get(key));
    let date = |key: &str| field(key).and_then(Value::as_str).and_then(as_date);
    let guardians = field("guardians").and_then(Value::as_array).into_iter().flatten();
    Family {
        birth_date: date("birth_date"),
        due_date: date("due_date"),
        child: field("child").and_then(Value::as_str).map(str::to_owned),
        guardians: guardians.filter_map(Value::as_str).map(str::to_owned).collect(),
    }
}

/// Without a birth or a due date no age limit can be worked out, and the answer would be a guess.
fn has_a_child(reader: &mut Reader<'_>, node: &Node, family: &Family, facts: &[Fact]) {
    let dated = |f: &Fact| matches!(f.body.type_name().as_str(), "birth_date" | "due_date" | "born");
    if family.birth_date.is_none() && family.due_date.is_none() && !facts.iter().any(dated) {
        reader.missing(node.get("family").unwrap_or(node), "duty.family", "birth_date", "`birth_date` or `due_date`");
    }
}

fn checks(read: &Map<String, Value>) -> Vec<DutyCheck> {
    let all = read.get("checks").and_then(Value::as_array).into_iter().flatten();
    all.filter_map(|check| {
        let date = |key: &str| check.get(key).and_then(Value::as_str).and_then(as_date);
        let expect = check.get("expect")?.clone();
        Some(DutyCheck { as_of: date("as_of")?, known_at: date("known_at"), expect })
    })
    .collect()
}
