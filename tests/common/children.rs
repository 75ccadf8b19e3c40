//! Synthetic children and the facts that give each a holder of the duty.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use samhold_model::Date;
use samhold_model::dates::{add_days, date_of};
use samhold_standins::numbers::synthetic_number;
use samhold_standins::receiver::ReceivedEvent;
use serde_json::{Value, json};
use uuid::Uuid;

use super::folder::MUNICIPALITY;

/// Services that may hold, in the order rounds go through them.
pub const HOLDERS: [&str; 3] = ["lia-skole", "helsestasjon", "ergo-fysio"];

/// One child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Child {
    /// Its synthetic fødselsnummer.
    pub number: String,
    birth: Date,
}

/// The day the tests began, in Norway: the same throughout, also when they run past midnight.
#[must_use]
pub fn today() -> Date {
    static BEGAN: OnceLock<Date> = OnceLock::new();
    *BEGAN.get_or_init(|| date_of(samhold_model::Instant::now()))
}

/// So many children between seven and ten years old; the same ones every time on a day.
#[must_use]
pub fn children(count: usize) -> Vec<Child> {
    let first = add_days(today(), -3650);
    (0..count).map(|n| Child::born(add_days(first, n as i64))).collect()
}

impl Child {
    fn born(birth: Date) -> Self {
        Self { number: synthetic_number(birth, 500), birth }
    }

    /// One fact about it, `days` ago. The same words give the same id.
    #[must_use]
    pub fn fact(&self, days: i64, kind: &str, fields: &Value) -> Value {
        let name = format!("{}/{days}/{kind}/{fields}", self.number);
        let mut fact = json!({"id": Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()), "type": kind,
            "at": add_days(today(), -days).to_string(), "child": {"national_id": self.number}, "municipality": MUNICIPALITY});
        fact.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        fact
    }

    /// Everything before anybody agreed: three services serve it and must cooperate. Its address is not protected: as long
    /// as nobody has said so, it counts as strictly protected and most recipients get nothing.
    #[must_use]
    pub fn opening(&self) -> Vec<Value> {
        let kinds = ["skole_kommunal", "helsestasjon", "kommunal_helse"];
        let mut facts = vec![self.fact(200, "birth_date", &json!({"date": self.birth.to_string()}))];
        facts.push(self.fact(200, "address_protection", &json!({"value": "none"})));
        for (service, kind) in HOLDERS.iter().zip(kinds) {
            facts.push(self.fact(180, "service_started", &json!({"service": service, "kind": kind})));
        }
        facts.push(self.fact(150, "cooperation_needed", &json!({"participants": HOLDERS})));
        facts
    }

    /// In round `n` (from 0, below 100) the services agree on the next holder.
    #[must_use]
    pub fn agreement(&self, round: usize) -> Value {
        let fields = json!({"service": HOLDERS[round % 3], "parties": HOLDERS});
        self.fact(120 - round as i64, "holder_agreed", &fields)
    }

    /// What recipients are told after round `n`: the holder and since when. No two rounds say the same.
    #[must_use]
    pub fn told_after(round: usize) -> (String, String) {
        (HOLDERS[round % 3].to_owned(), add_days(today(), round as i64 - 120).to_string())
    }

    /// The holder after round `n`.
    #[must_use]
    pub fn holder_after(round: usize) -> &'static str {
        HOLDERS[round % 3]
    }
}

/// The openings and the first `rounds` agreements of all, child after child.
#[must_use]
pub fn flat(children: &[Child], rounds: usize) -> Vec<Value> {
    let of = |child: &Child| {
        let mut facts = child.opening();
        facts.extend((0..rounds).map(|round| child.agreement(round)));
        facts
    };
    children.iter().flat_map(of).collect()
}

/// Holder and since when according to the last event of each child, by the child's number.
#[must_use]
pub fn told_in(latest: &BTreeMap<String, ReceivedEvent>) -> BTreeMap<String, (String, String)> {
    let since = |e: &ReceivedEvent| e.data["valid_from"].as_str().unwrap_or_default().to_owned();
    let holders = holder_in(latest);
    let number = |e: &ReceivedEvent| e.data["child"]["national_id"].as_str().unwrap_or_default().to_owned();
    latest.values().map(|e| (number(e), (holders[&number(e)].clone(), since(e)))).collect()
}

/// Who holds according to the last event of each child, by the child's number.
#[must_use]
pub fn holder_in(latest: &BTreeMap<String, ReceivedEvent>) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    latest
        .values()
        .map(|e| (text(&e.data["child"]["national_id"]), text(&e.data["coordination"]["holder"]["service"])))
        .collect()
}
