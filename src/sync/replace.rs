//! Full replacement: what a new version of a source record changes in the facts it gave before.
//!
//! Facts are never overwritten. What changed is corrected by a new fact, what vanished is voided, what came back is new.

use std::collections::HashMap;

use samhold_mapping::{Change, Gone};
use samhold_model::{Date, FactId};
use samhold_store::StoredFact;
use serde_json::{Map, Value, json};

/// A fact as the new version of the record gives it.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// Stable id of this rule and key in this scope.
    pub base: FactId,
    /// Valid date.
    pub at: Date,
    /// `type` and fields.
    pub body: Value,
    /// How it follows the source.
    pub change: Change,
}

/// A fact to append.
#[derive(Clone, Debug, PartialEq)]
pub struct Follow {
    /// Its id.
    pub id: FactId,
    /// Valid date.
    pub at: Date,
    /// `type` and fields.
    pub body: Value,
}

/// One earlier fact with its corrections applied.
struct Standing {
    at: Date,
    body: Value,
    void: bool,
}

/// What must be appended so that the ledger says what the new version says. `today` is the day it was received, `gone` what
/// it means that a fact of a type is no longer in its record.
#[must_use]
pub fn follow(before: &[StoredFact], given: &[Given], today: Date, gone: &dyn Fn(&str) -> Gone) -> Vec<Follow> {
    let standing = standing(before);
    let given = &linked(before, &standing, given);
    let mut out: Vec<Follow> = given.iter().filter_map(|g| one(before, &standing, g, today)).collect();
    let bases: Vec<FactId> = given.iter().map(|g| g.base).collect();
    let new_types: Vec<&str> = given.iter().filter(|g| g.change == Change::New).map(|g| type_of(&g.body)).collect();
    for fact in before.iter().filter(|f| type_of(&f.body) != "correction") {
        let vanished = !bases.contains(&fact.id) && !is_generation(fact.id, &bases, before);
        let follows_time = new_types.contains(&type_of(&fact.body)) || FOLLOWS_TIME.contains(&type_of(&fact.body));
        let stands = standing.get(&fact.id).is_some_and(|s| !s.void);
        if vanished && stands && !follows_time && !is_end(fact, before) && !ended(fact.id, before) {
            out.extend(farewell(fact, gone(type_of(&fact.body)), today, before.len()));
        }
    }
    out
}

/// What was void and comes back has another id than before: what names it in the same version, as a withdrawal names its
/// consent, must name the one that counts now.
fn linked(before: &[StoredFact], standing: &HashMap<FactId, Standing>, given: &[Given]) -> Vec<Given> {
    let moved = given.iter().filter(|g| g.change != Change::New).filter_map(|g| {
        let id = current(before, standing, g.base);
        (id != g.base).then(|| (g.base.to_string(), id.to_string()))
    });
    let moved: HashMap<String, String> = moved.collect();
    let mut given = given.to_vec();
    for fact in &mut given {
        let fields = fact.body.as_object_mut().into_iter().flat_map(Map::values_mut);
        for value in fields {
            if let Some(id) = value.as_str().and_then(|text| moved.get(text)) {
                *value = Value::String(id.clone());
            }
        }
    }
    given
}

/// The id under which a fact of this base stands, or will stand.
fn current(before: &[StoredFact], standing: &HashMap<FactId, Standing>, base: FactId) -> FactId {
    let id = latest_generation(base, before);
    match standing.get(&id) {
        None => base,
        Some(s) if s.void || ended(id, before) => generation(base, before.len()),
        Some(_) => id,
    }
}

/// What a fact that vanished leaves behind.
fn farewell(fact: &StoredFact, gone: Gone, today: Date, earlier: usize) -> Option<Follow> {
    match gone {
        Gone::Keep => None,
        Gone::Void => Some(correction(fact.id, today, Map::new(), true, earlier)),
        // What has no end of its own stays: the duty never ends by silence.
        Gone::End => end_of(&fact.body).map(|body| Follow { id: end_id(fact.id), at: today, body }),
    }
}

/// The fact that ends another.
fn end_of(body: &Value) -> Option<Value> {
    let field = |key: &str| body.get(key).cloned().unwrap_or(Value::Null);
    match type_of(body) {
        "service_started" => Some(json!({"type": "service_ended", "service": field("service")})),
        "koordinator_appointed" => Some(json!({"type": "koordinator_ended", "person": field("person")})),
        "bk_appointed" => Some(json!({"type": "bk_ended", "person": field("person"), "reason": "other"})),
        "ip_started" => Some(json!({"type": "ip_ended", "plan": field("plan")})),
        _ => None,
    }
}

fn end_id(of: FactId) -> FactId {
    FactId::derived("gone", &of.to_string(), "end", "")
}

/// Whether a fact that vanished was ended before.
fn ended(id: FactId, before: &[StoredFact]) -> bool {
    before.iter().any(|f| f.id == end_id(id))
}

/// Whether this fact is such an end itself.
fn is_end(fact: &StoredFact, before: &[StoredFact]) -> bool {
    before.iter().any(|f| end_id(f.id) == fact.id)
}

/// What is so from a date on does not become untrue because a later version says something else.
const FOLLOWS_TIME: &[&str] = &["guardians_changed", "address_protection"];

fn one(before: &[StoredFact], standing: &HashMap<FactId, Standing>, given: &Given, today: Date) -> Option<Follow> {
    if given.change == Change::New {
        return newest_of_type(before, standing, given, today);
    }
    let id = latest_generation(given.base, before);
    let again = current(before, standing, given.base);
    match standing.get(&id) {
        None => Some(Follow { id: given.base, at: given.at, body: given.body.clone() }),
        Some(s) if s.void => Some(Follow { id: again, at: given.at, body: given.body.clone() }),
        // It was gone and is back: it holds again from now on.
        Some(_) if ended(id, before) => Some(Follow { id: again, at: given.at.max(today), body: given.body.clone() }),
        Some(s) if s.at == given.at && s.body == given.body => None,
        Some(s) => Some(correction(id, today, difference(s, given), false, before.len())),
    }
}

fn newest_of_type(
    before: &[StoredFact],
    standing: &HashMap<FactId, Standing>,
    given: &Given,
    today: Date,
) -> Option<Follow> {
    let last = before
        .iter()
        .rev()
        .filter(|f| type_of(&f.body) == type_of(&given.body))
        .find_map(|f| standing.get(&f.id).filter(|s| !s.void));
    match last {
        None => Some(Follow { id: generation(given.base, before.len()), at: given.at, body: given.body.clone() }),
        Some(s) if s.body == given.body => None,
        Some(_) => Some(Follow { id: generation(given.base, before.len()), at: today, body: given.body.clone() }),
    }
}

fn standing(before: &[StoredFact]) -> HashMap<FactId, Standing> {
    let mut map: HashMap<FactId, Standing> = HashMap::new();
    for fact in before {
        if type_of(&fact.body) == "correction" {
            apply(&mut map, fact);
        } else {
            map.insert(fact.id, Standing { at: fact.at, body: fact.body.clone(), void: false });
        }
    }
    map
}

fn apply(map: &mut HashMap<FactId, Standing>, correction: &StoredFact) {
    let of = correction.body.get("of").and_then(Value::as_str).and_then(|t| t.parse::<FactId>().ok());
    let Some(target) = of.and_then(|id| map.get_mut(&id)) else { return };
    if correction.body.get("void").and_then(Value::as_bool) == Some(true) {
        target.void = true;
        return;
    }
    let Some(Value::Object(replace)) = correction.body.get("replace") else { return };
    for (key, value) in replace {
        if key == "at" {
            target.at = value.as_str().and_then(|t| t.parse().ok()).unwrap_or(target.at);
        } else if let Value::Object(body) = &mut target.body {
            if value.is_null() {
                body.shift_remove(key);
            } else {
                body.insert(key.clone(), value.clone());
            }
        }
    }
}

fn difference(standing: &Standing, given: &Given) -> Map<String, Value> {
    let empty = Map::new();
    let old = standing.body.as_object().unwrap_or(&empty);
    let new = given.body.as_object().unwrap_or(&empty);
    let mut replace: Map<String, Value> =
        new.iter().filter(|(k, v)| old.get(*k) != Some(v)).map(|(k, v)| (k.clone(), v.clone())).collect();
    for key in old.keys().filter(|k| !new.contains_key(*k)) {
        replace.insert(key.clone(), Value::Null);
    }
    if standing.at != given.at {
        replace.insert("at".into(), json!(given.at));
    }
    replace
}

/// A correction is known from the day it is recorded. Its id follows from what it says and how much stood there before: saying it
/// twice is once, and what is said, taken back and said again on one day is not.
fn correction(of: FactId, today: Date, replace: Map<String, Value>, void: bool, earlier: usize) -> Follow {
    let mut body = json!({"type": "correction", "of": of.to_string()});
    if let Some(map) = body.as_object_mut() {
        if void {
            map.insert("void".into(), json!(true));
        } else {
            map.insert("replace".into(), Value::Object(replace));
        }
    }
    let id = FactId::derived("correction", &of.to_string(), &format!("{today}/{earlier}"), &body.to_string());
    Follow { id, at: today, body }
}

/// The id of a later fact of the same rule and key: numbered by how much stood there before.
fn generation(base: FactId, earlier: usize) -> FactId {
    if earlier == 0 { base } else { FactId::derived("generation", &base.to_string(), "after", &earlier.to_string()) }
}

fn generations<'a>(base: FactId, before: &'a [StoredFact]) -> impl Iterator<Item = FactId> + 'a {
    (0..=before.len()).map(move |n| generation(base, n))
}

fn latest_generation(base: FactId, before: &[StoredFact]) -> FactId {
    generations(base, before).filter(|id| before.iter().any(|f| f.id == *id)).last().unwrap_or(base)
}

fn is_generation(id: FactId, bases: &[FactId], before: &[StoredFact]) -> bool {
    bases.iter().any(|base| latest_generation(*base, before) == id)
}

fn type_of(body: &Value) -> &str {
    body.get("type").and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use samhold_model::{ChildId, MunicipalityNo, SystemName};

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn given(key: &str, at: &str, body: Value, change: Change) -> Given {
        Given { base: FactId::derived("skole", "elev-1", "started", key), at: day(at), body, change }
    }

    /// Appends what follows, as the ledger would.
    fn record(ledger: &mut Vec<StoredFact>, follow: Vec<Follow>) {
        for f in follow {
            let seq = ledger.len() as i64 + 1;
            ledger.push(StoredFact {
                seq,
                id: f.id,
                child: ChildId(uuid::Uuid::nil()),
                municipality: MunicipalityNo::from("9901"),
                at: f.at,
                recorded_at: "2026-08-17T08:00:00Z".parse().unwrap(),
                source: SystemName::from("skole"),
                record: None,
                scope: Some("elev-1".into()),
                body: f.body,
            });
        }
    }

    fn round(ledger: &mut Vec<StoredFact>, version: &[Given], today: &str) -> usize {
        let out = follow(ledger, version, day(today), &|_| Gone::Void);
        let n = out.len();
        record(ledger, out);
        n
    }

    fn started(until: &str) -> Value {
        json!({"type": "service_started", "service": "lia-skole", "kind": "skole_kommunal", "until": until})
    }

    #[test]
    fn the_same_version_twice_says_nothing_new() {
        let mut ledger = Vec::new();
        let version = [given("a", "2026-08-17", started("2027-06-18"), Change::Correct)];
        assert_eq!(round(&mut ledger, &version, "2026-08-17"), 1);
        assert_eq!(round(&mut ledger, &version, "2026-08-18"), 0);
    }

    #[test]
    fn a_changed_end_is_a_correction_and_a_vanished_place_is_voided() {
        let mut ledger = Vec::new();
        round(&mut ledger, &[given("a", "2026-08-17", started("2027-06-18"), Change::Correct)], "2026-08-17");
        round(&mut ledger, &[given("a", "2026-08-18", started("2027-06-20"), Change::Correct)], "2026-08-19");
        assert_eq!(ledger[1].body["replace"], json!({"until": "2027-06-20", "at": "2026-08-18"}));
        round(&mut ledger, &[], "2026-08-20");
        assert_eq!(ledger[2].body["void"], json!(true));
        assert_eq!(round(&mut ledger, &[], "2026-08-21"), 0);
    }

    #[test]
    fn what_was_voided_and_comes_back_counts_again() {
        let mut ledger = Vec::new();
        let version = [given("a", "2026-08-17", started("2027-06-18"), Change::Correct)];
        round(&mut ledger, &version, "2026-08-17");
        round(&mut ledger, &[], "2026-08-18");
        assert_eq!(round(&mut ledger, &version, "2026-08-19"), 1);
        assert_eq!(round(&mut ledger, &version, "2026-08-20"), 0);
        assert_eq!(round(&mut ledger, &[], "2026-08-21"), 1);
        assert_eq!(round(&mut ledger, &version, "2026-08-22"), 1);
        assert_eq!(standing(&ledger).values().filter(|s| !s.void).count(), 1);
    }

    #[test]
    fn an_end_that_is_moved_to_and_fro_on_one_day_is_where_it_was_put_last() {
        let mut ledger = Vec::new();
        let until = |end: &str| [given("a", "2026-08-17", started(end), Change::Correct)];
        for end in ["2027-06-18", "2026-08-20", "2027-06-18", "2026-08-20"] {
            assert_eq!(round(&mut ledger, &until(end), "2026-08-19"), 1);
        }
        let ids: std::collections::BTreeSet<String> = ledger.iter().map(|f| f.id.to_string()).collect();
        assert_eq!(ids.len(), ledger.len(), "a second fact of the same id would not be kept");
    }

    #[test]
    fn a_withdrawal_is_of_the_consent_that_counts_also_when_that_was_void_and_came_back() {
        let mut ledger = Vec::new();
        let consent = given("a", "2026-08-17", json!({"type": "consent", "by": "mor"}), Change::Correct);
        let names = |id: FactId| json!({"type": "consent_withdrawn", "consent": id.to_string()});
        let withdrawn = given("w", "2026-08-20", names(consent.base), Change::Correct);
        round(&mut ledger, std::slice::from_ref(&consent), "2026-08-17");
        round(&mut ledger, &[], "2026-08-18");
        round(&mut ledger, std::slice::from_ref(&consent), "2026-08-19");
        let back = ledger.last().unwrap().id;
        assert_ne!(back, consent.base);
        let version = [consent.clone(), withdrawn];
        assert_eq!(round(&mut ledger, &version, "2026-08-20"), 1);
        assert_eq!(ledger.last().unwrap().body, names(back));
        assert_eq!(round(&mut ledger, &version, "2026-08-21"), 0);
        // Both void, both back: the withdrawal of the third names the third.
        round(&mut ledger, &[], "2026-08-22");
        round(&mut ledger, &version, "2026-08-23");
        let of = |kind: &str| ledger.iter().rev().find(|f| type_of(&f.body) == kind).unwrap();
        assert_ne!(of("consent").id, back);
        assert_eq!(of("consent_withdrawn").body, names(of("consent").id));
    }

    #[test]
    fn a_pupil_who_is_no_longer_listed_has_left_and_may_come_back() {
        let mut ledger = Vec::new();
        let version = [given("a", "2026-08-17", started("2027-06-18"), Change::Correct)];
        round(&mut ledger, &version, "2026-08-17");
        let left = follow(&ledger, &[], day("2026-10-01"), &|_| Gone::End);
        assert_eq!((left[0].at, left[0].body["type"].as_str()), (day("2026-10-01"), Some("service_ended")));
        record(&mut ledger, left);
        assert!(follow(&ledger, &[], day("2026-10-02"), &|_| Gone::End).is_empty());
        let back = follow(&ledger, &version, day("2026-11-01"), &|_| Gone::End);
        assert_eq!((back.len(), back[0].at), (1, day("2026-11-01")));
        record(&mut ledger, back);
        assert!(follow(&ledger, &[], day("2026-12-01"), &|_| Gone::Keep).is_empty());
        assert_eq!(follow(&ledger, &[], day("2026-12-01"), &|_| Gone::End).len(), 1);
    }

    #[test]
    fn guardians_follow_time_and_are_never_rewritten() {
        let mut ledger = Vec::new();
        let g = |ids: &[&str]| json!({"type": "guardians_changed", "guardians": ids});
        round(&mut ledger, &[given("g", "2019-02-14", g(&["mor", "far"]), Change::New)], "2026-08-17");
        assert_eq!(ledger[0].at, day("2019-02-14"));
        round(&mut ledger, &[given("g", "2019-02-14", g(&["mor"]), Change::New)], "2026-09-01");
        assert_eq!((ledger.len(), ledger[1].at), (2, day("2026-09-01")));
        round(&mut ledger, &[given("g", "2019-02-14", g(&["mor", "far"]), Change::New)], "2026-10-01");
        assert_eq!((ledger.len(), ledger[2].at), (3, day("2026-10-01")));
        assert_eq!(round(&mut ledger, &[given("g", "2019-02-14", g(&["mor", "far"]), Change::New)], "2026-10-02"), 0);
        assert_eq!(round(&mut ledger, &[], "2026-10-03"), 0);
    }

    proptest::proptest! {
        #[test]
        fn after_any_versions_the_ledger_says_what_the_last_one_said(
            versions in proptest::collection::vec(proptest::collection::btree_map(0u8..4, 0u8..3, 0..4), 1..8)
        ) {
            let mut ledger = Vec::new();
            for (n, version) in versions.iter().enumerate() {
                let given: Vec<Given> = version.iter().map(|(k, v)| {
                    given(&k.to_string(), "2026-08-17", started(&format!("2027-06-{:02}", 10 + v)), Change::Correct)
                }).collect();
                let today = format!("2026-09-{:02}", n + 1);
                round(&mut ledger, &given, &today);
                let again = follow(&ledger, &given, day(&today), &|_| Gone::Void);
                proptest::prop_assert!(again.is_empty());
            }
            let mut now: Vec<String> = standing(&ledger).values().filter(|s| !s.void)
                .map(|s| s.body["until"].to_string()).collect();
            now.sort();
            let mut wanted: Vec<String> = versions.last().unwrap().values().map(|v| format!("\"2027-06-{:02}\"", 10 + v)).collect();
            wanted.sort();
            proptest::prop_assert_eq!(now, wanted);
        }
    }
}
