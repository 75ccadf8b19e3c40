//! Makes a solver's request one that a person can picture: known words, everything off that need not be on.
//!
//! Must never change a request so that it stops being what was found.

use samhold_model::Law;
use serde_json::{Map, Value, json};

use super::Asked;

/// Private bodies that a municipality may count as public ones.
const PROVIDERS: [&str; 2] = ["barnehage_privat", "skole_privat"];
const HEALTH_OF_OTHERS: &str = "other_person_health";

/// Changes one thing at a time as long as `holds` stays true.
pub(super) fn plainest(found: Asked, holds: &dyn Fn(&Asked) -> bool) -> Asked {
    let law = Law::bundled();
    let mut asked = found;
    // Twice: what had to stay the first time may have stood only by something that is gone.
    for _ in 0..2 {
        take_first(&mut asked, recipients(&law), holds, |asked, kind| asked.recipient.extend(kind.clone()));
        take_first(&mut asked, categories(&law), holds, |asked, category| asked.field.extend(category.clone()));
        switch_off(&mut asked, holds);
        choose(&mut asked, &law, holds);
    }
    asked
}

/// Tries values in order and keeps the first with which it still holds.
fn take_first<T>(
    asked: &mut Asked,
    tried: impl IntoIterator<Item = T>,
    holds: &dyn Fn(&Asked) -> bool,
    set: impl Fn(&mut Asked, &T),
) {
    for value in tried {
        let mut changed = asked.clone();
        set(&mut changed, &value);
        if holds(&changed) {
            *asked = changed;
            return;
        }
    }
}

/// Each kind of recipient as the law's table has it.
fn recipients(law: &Law) -> Vec<Map<String, Value>> {
    let plain_first = |kind: &&String| (!kind.as_str().contains("privat"), kind.as_str() != "guardian");
    let mut kinds: Vec<&String> = law.recipient_kind.keys().collect();
    kinds.sort_by_key(plain_first);
    let row = |kind: &String| {
        let row = law.recipient_kind.get(kind)?;
        let said = json!({"kind": kind, "public": row.public, "organ": row.public, "health": row.health,
            "person": row.person, "allow_listed": row.allow_listed_strict});
        said.as_object().cloned()
    };
    kinds.into_iter().filter_map(row).collect()
}

/// Each category with its law.
fn categories(law: &Law) -> Vec<Map<String, Value>> {
    let row = |(name, row): (&String, &samhold_model::law::CategoryRow)| {
        json!({"category": name, "regime": row.regime}).as_object().cloned()
    };
    law.category.iter().filter_map(row).collect()
}

fn parts(asked: &mut Asked) -> [&mut Map<String, Value>; 3] {
    [&mut asked.recipient, &mut asked.field, &mut asked.context]
}

/// Where every truth value stands.
fn switches(asked: &Asked) -> Vec<String> {
    fn walk(value: &Value, at: &str, found: &mut Vec<String>) {
        match value {
            Value::Object(map) => map.iter().for_each(|(key, inner)| walk(inner, &format!("{at}/{key}"), found)),
            Value::Bool(true) => found.push(at.to_owned()),
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(&json!(asked), "", &mut found);
    // What follows from the kind stays, and whether words are known is no detail.
    let stays = ["/recipient/public", "/recipient/organ", "/recipient/health", "/recipient/person", "/field/known"];
    found.retain(|at| !stays.contains(&at.as_str()));
    found
}

fn switch_off(asked: &mut Asked, holds: &dyn Fn(&Asked) -> bool) {
    for at in switches(asked) {
        take_first(asked, [json!(false)], holds, |asked, value| put(asked, &at, value));
    }
    take_first(asked, [json!(true)], holds, |asked, value| put(asked, "/field/known", value));
    let named =
        asked.field.get("person_named") == Some(&json!(true)) || text(&asked.field, "category") == HEALTH_OF_OTHERS;
    take_first(asked, [json!(named)], holds, |asked, value| put(asked, "/field/about_other", value));
}

/// Words and numbers, the most ordinary first.
fn choose(asked: &mut Asked, law: &Law, holds: &dyn Fn(&Asked) -> bool) {
    let words = |list: &[&str]| list.iter().map(|word| json!(word)).collect::<Vec<_>>();
    let services: Vec<Value> = law.service_kind.keys().map(|kind| json!(kind)).collect();
    let purposes: Vec<Value> = law.purposes.iter().map(|purpose| json!(purpose)).collect();
    let ages: Vec<Value> = [10, 13, 15, 16, 17, 18].iter().map(|age| json!(age)).collect();
    let or_none = |mut list: Vec<Value>| {
        list.insert(0, json!(""));
        list
    };
    let tried = [
        ("/field/age", ages),
        ("/field/protection", words(&["none", "fortrolig", "strengt"])),
        ("/field/name", words(&["summary", "phone", "holder", "coordinator"])),
        ("/field/tag", words(&["", "child_confidential", HEALTH_OF_OTHERS])),
        ("/field/from", services.clone()),
        ("/field/holder", or_none(services)),
        ("/context/purpose", purposes),
        ("/context/municipality", words(&["9901"])),
        ("/context/settings/bvl_from_15", words(&["child_and_guardians", "child", "guardians"])),
        ("/context/settings/sotjl_age", vec![json!(18)]),
    ];
    for (at, values) in tried {
        take_first(asked, values, holds, |asked, value| put(asked, at, value));
    }
}

/// Puts a value at a pointer that begins with the part.
fn put(asked: &mut Asked, at: &str, value: &Value) {
    let mut keys = at.split('/').skip(1);
    let part = keys.next().unwrap_or_default();
    let [recipient, field, context] = parts(asked);
    let map = match part {
        "recipient" => recipient,
        "field" => field,
        _ => context,
    };
    let Some(mut place) = keys.next().and_then(|key| map.get_mut(key)) else { return };
    for key in keys {
        let Some(inner) = place.get_mut(key) else { return };
        place = inner;
    }
    place.clone_from(value);
}

fn text<'a>(part: &'a Map<String, Value>, key: &str) -> &'a str {
    part.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// Whether the law's tables agree with what the request says of recipient and category.
pub(super) fn possible_today(asked: &Asked) -> bool {
    let law = Law::bundled();
    let is = |part: &Map<String, Value>, key: &str| part.get(key) == Some(&json!(true));
    let kind = text(&asked.recipient, "kind");
    let fits = law.recipient_kind.get(kind).is_some_and(|row| {
        let counts = row.public || PROVIDERS.contains(&kind);
        let recipient = &asked.recipient;
        row.public == is(recipient, "public")
            && row.health == is(recipient, "health")
            && row.person == is(recipient, "person")
            && (row.allow_listed_strict || !is(recipient, "allow_listed"))
            && (counts || !is(recipient, "organ"))
    });
    let category = text(&asked.field, "category");
    let regime = law.category.get(category).is_some_and(|row| row.regime == text(&asked.field, "regime"));
    let others = is(&asked.field, "person_named") || category == HEALTH_OF_OTHERS;
    fits && regime && is(&asked.field, "known") && others == is(&asked.field, "about_other")
}
