//! Words for telling stories: facts in the municipality's own schema, on the day they are posted.

use samhold_model::dates::add_days;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{ChildStory, MUNICIPALITY, Town};

/// What is told on one day.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    pub(super) news: Vec<String>,
    pub(super) facts: Vec<Value>,
}

/// Tells one child's story; keeps what belongs to one day.
pub(super) struct Teller<'a> {
    town: &'a Town,
    child: &'a ChildStory,
    wanted: u8,
    count: u32,
    told: &'a mut Told,
}

impl<'a> Teller<'a> {
    pub(super) fn new(town: &'a Town, child: &'a ChildStory, wanted: u8, told: &'a mut Told) -> Self {
        Self { town, child, wanted, count: 0, told }
    }

    pub(super) fn child(&self) -> &'a ChildStory {
        self.child
    }

    /// The reference of another child of the town.
    pub(super) fn relative(&self, key: &str) -> Option<Value> {
        self.town.child(key).map(ChildStory::reference)
    }

    /// A fact that was so `days` before the first day, told on day 1. Gives its id.
    pub(super) fn before(&mut self, days: i64, kind: &str, fields: &Value) -> String {
        self.tell(1, -days, kind, fields)
    }

    /// As [`Teller::on`], with the child by every name it has.
    pub(super) fn on_birth(&mut self, n: u8, kind: &str, fields: &Value) {
        self.tell_of(self.child.whole_reference(), n, i64::from(n) - 1, kind, fields);
    }

    /// A fact of day `n`, told that day. Gives its id.
    pub(super) fn on(&mut self, n: u8, kind: &str, fields: &Value) -> String {
        self.tell(n, i64::from(n) - 1, kind, fields)
    }

    /// A line of news on day `n`.
    pub(super) fn news(&mut self, n: u8, text: &str) {
        if n == self.wanted {
            self.told.news.push(text.to_owned());
        }
    }

    fn tell(&mut self, day: u8, offset: i64, kind: &str, fields: &Value) -> String {
        self.tell_of(self.child.reference(), day, offset, kind, fields)
    }

    fn tell_of(&mut self, child: Value, day: u8, offset: i64, kind: &str, fields: &Value) -> String {
        self.count += 1;
        let id = fact_id(self.town, self.child, self.count);
        if day == self.wanted {
            let at = add_days(self.town.start(), offset).to_string();
            let mut fact = Map::new();
            for (key, value) in [
                ("id", json!(id)),
                ("type", json!(kind)),
                ("at", json!(at)),
                ("child", child),
                ("municipality", json!(MUNICIPALITY)),
            ] {
                fact.insert(key.to_owned(), value);
            }
            fact.extend(fields.as_object().cloned().unwrap_or_default());
            self.told.facts.push(Value::Object(fact));
        }
        id
    }

    /// A service that no connected system tells of.
    pub(super) fn served_by(&mut self, service: &str, days: i64) {
        let kind = super::services::all().iter().find(|s| s.id == service).map_or("", |s| s.kind);
        self.before(days, "service_started", &json!({"service": service, "kind": kind}));
    }

    /// Cooperation found necessary among these services.
    pub(super) fn cooperation(&mut self, days: i64, services: &[&str]) {
        self.before(days, "cooperation_needed", &json!({"participants": services}));
    }

    /// These services agree on `holder`, before the first day.
    pub(super) fn agreed(&mut self, days: i64, holder: &str, parties: &[&str]) {
        self.before(days, "holder_agreed", &json!({"service": holder, "parties": parties}));
    }

    /// Conditions met and every guardian's wish given: what must be there before an appointment.
    pub(super) fn wished_for(&mut self, days: i64) {
        self.before(days, "bk_conditions_assessed", &json!({"met": true, "by": "koordinerende_enhet"}));
        for guardian in &self.child.guardians {
            self.before(days, "bk_wish", &json!({"by": guardian.national_id, "wish": "yes"}));
        }
    }

    /// A coordinator's work contact, before the first day.
    pub(super) fn contact(&mut self, days: i64, person: &str, name: &str, unit: &str) {
        self.before(days, "worker_contact", &contact_fields(person, name, unit));
    }
}

pub(super) fn contact_fields(person: &str, name: &str, unit: &str) -> Value {
    json!({"person": person, "name": name, "email": format!("{person}@fjellvik.example"), "phone": "+47 99 01 00 00", "unit": unit})
}

fn fact_id(town: &Town, child: &ChildStory, count: u32) -> String {
    let name = format!("fjellvik/{}/{}/{count}", town.start(), child.key);
    Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes()).to_string()
}
