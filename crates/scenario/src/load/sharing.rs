//! One `[[sharing]]`: may this item go to this recipient on this date?
//!
//! Words of category, recipient, purpose and tags stay free: that an unknown one is refused is worth a scenario.

use samhold_disclosure::{Request, Share};
use serde_json::{Map, Value};

use super::{expectation, settings};
use crate::reader::Reader;
use crate::shape::{Key, Shape, may, must};
use crate::text::Node;

/// A question to the rules of sharing with the answer it must get.
pub(crate) struct SharingScenario {
    /// Its id.
    pub(crate) id: String,
    /// One line on it.
    pub(crate) title: String,
    /// The municipality's settings.
    pub(crate) config: Share,
    /// The question.
    pub(crate) request: Request,
    /// What must come out, as written.
    pub(crate) expect: Value,
}

const TEXTS: Shape = Shape::List(&Shape::Text);

const SHARING: &[Key] = &[
    must("id", Shape::Name),
    may("title", Shape::Text),
    may("rules", TEXTS),
    may("why", Shape::Text),
    may("config", Shape::Table(settings::SHARE)),
    must("date", Shape::Date),
    must("purpose", Shape::Text),
    must("subject", Shape::Table(SUBJECT)),
    must("item", Shape::Table(ITEM)),
    must("recipient", Shape::Table(RECIPIENT)),
    may("flags", Shape::Table(FLAGS)),
    may("consents", Shape::List(&Shape::Table(CONSENT))),
    must("expect", Shape::Table(expectation::SHARING)),
];

const SUBJECT: &[Key] = &[
    may("birth_date", Shape::Date),
    may("due_date", Shape::Date),
    may("guardians", Shape::List(&Shape::Table(GUARDIAN))),
    may("care_order_by", Shape::Text),
    may("address_protection", Shape::Text),
    may("child_confidential", TEXTS),
    may("weighty_reasons", TEXTS),
    may("secrecy_order", TEXTS),
    may("shelter_user", Shape::Text),
];

const GUARDIAN: &[Key] =
    &[must("id", Shape::Name), may("responsibility", Shape::Bool), may("contact_ban", Shape::Bool)];

const ITEM: &[Key] = &[
    must("category", Shape::Text),
    must("from", Shape::Text),
    must("fields", TEXTS),
    may("field_tags", Shape::Tags),
    may("holder_kind", Shape::Text),
    may("about_person", Shape::Text),
];

const RECIPIENT: &[Key] = &[must("kind", Shape::Text), may("participant", Shape::Bool), may("id", Shape::Text)];

const FLAGS: &[Key] =
    &[may("necessary_by", Shape::Text), may("objection_by", TEXTS), may("pull_by_new_school", Shape::Bool)];

const CONSENT: &[Key] = &[
    must("by", Shape::Name),
    must("categories", TEXTS),
    must("recipients", TEXTS),
    must("purposes", TEXTS),
    must("given", Shape::Date),
    may("valid_to", Shape::Date),
    may("withdrawn", Shape::Date),
    may("fields", TEXTS),
];

/// Keys that are the scenario's own and no part of the question.
const ABOUT: &[&str] = &["id", "title", "rules", "why", "config", "expect"];

/// Reads one scenario. `None` when it cannot be used; the reader then knows why.
pub(super) fn read(reader: &mut Reader<'_>, node: &Node) -> Option<SharingScenario> {
    let before = reader.count();
    let read = reader.table(node, "sharing", SHARING);
    if reader.count() > before {
        return None;
    }
    let config = settings::settings(reader, node, &read);
    let question: Map<String, Value> = read.iter().filter(|(k, _)| !ABOUT.contains(&k.as_str())).map(own).collect();
    let text = |key: &str| read.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    Some(SharingScenario {
        id: text("id"),
        title: text("title"),
        config,
        request: settings::into(reader, node, "sharing", Value::Object(question))?,
        expect: read.get("expect").cloned().unwrap_or_default(),
    })
}

fn own((key, value): (&String, &Value)) -> (String, Value) {
    (key.clone(), value.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::names;
    use samhold_disclosure::{Flags, Item, Recipient, Subject};
    use serde::Serialize;

    fn keys_of(value: impl Serialize) -> Vec<String> {
        serde_json::to_value(value).unwrap().as_object().unwrap().keys().cloned().collect()
    }

    #[test]
    fn the_question_can_be_written_in_full() {
        assert_eq!(names(SUBJECT), keys_of(Subject::default()));
        assert_eq!(names(ITEM), keys_of(Item::default()));
        assert_eq!(names(RECIPIENT), keys_of(Recipient::default()));
        assert_eq!(names(FLAGS), keys_of(Flags::default()));
    }
}
