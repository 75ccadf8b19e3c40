//! What leaves through an outbound mapping: released values and named constants, whole, and nothing else.

mod support;

use std::sync::LazyLock;

use proptest::prelude::*;
use samhold_mapping::{Outbound, bundled};
use serde_json::{Map, Value, json};

/// Everything a view may hold, each value of its own kind.
fn full_view() -> Value {
    json!({"child": {"national_id": "14821970351", "local_id": "Patient/77", "id": "c-1"}, "municipality": "4601", "version": 3,
        "valid_from": "2026-10-01", "coordination": {"exists": true, "state": "held",
        "holder": {"name": "holder name", "unit": "holder unit", "service": "holder service"},
        "coordinator": {"name": "worker", "email": "mail", "phone": "phone number", "unit": "worker unit"},
        "contact_point": "desk", "plan": {"exists": true, "main": "plan main"},
        "absence": {"coordinator": "absent", "unavailable_from": "2026-11-01", "unavailable_until": "2026-12-01", "substitute": "other"},
        "goals": [{"goal": "first goal"}], "roster": [{"name": "member", "service": "service", "role": "role"}]}})
}

/// Read once; the property below asks for them often.
static OUTBOUND: LazyLock<Vec<(String, Outbound)>> = LazyLock::new(|| {
    let all = bundled().iter().map(|(name, _)| ((*name).to_owned(), support::bundled_mapping(name)));
    all.filter_map(|(name, mapping)| Some((name, mapping.outbound()?.clone()))).collect()
});

fn scalars(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::Object(members) => members.values().for_each(|v| scalars(v, out)),
        Value::Array(items) => items.iter().for_each(|v| scalars(v, out)),
        Value::String(text) => out.push(text.clone()),
        other => out.push(other.to_string()),
    }
}

fn keys(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(k, v)| {
            out.push(k.clone());
            keys(v, out);
        }),
        Value::Array(items) => items.iter().for_each(|v| keys(v, out)),
        _ => {}
    }
}

/// The view without the members that the bits, taken in turn, withhold.
fn withhold(view: &Value, bits: &mut impl Iterator<Item = bool>) -> Value {
    match view {
        Value::Object(members) => {
            let kept = members.iter().filter(|_| bits.next().unwrap_or(true)).map(|(k, v)| (k.clone(), v.clone()));
            let kept: Map<String, Value> = kept.collect();
            Value::Object(kept.into_iter().map(|(k, v)| (k, withhold(&v, bits))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(|v| withhold(v, bits)).collect()),
        other => other.clone(),
    }
}

#[test]
fn there_is_an_outbound_mapping_for_every_bundled_form() {
    let names: Vec<String> = OUTBOUND.iter().map(|(name, _)| name.clone()).collect();
    let forms = ["fhir-careteam-out-r4.toml", "fhir-task-out-r4.toml", "samhold-assignment-v1.toml"];
    assert_eq!(names, [&forms[..], &["samhold-handover-v1.toml"]].concat());
}

#[test]
fn our_own_form_loses_nothing_that_was_released() {
    let view = full_view();
    let (_, own) = OUTBOUND.iter().find(|(name, _)| name == "samhold-assignment-v1.toml").expect("our own form");
    let mut expected = view.clone();
    // Said by the state already.
    expected["coordination"].as_object_mut().expect("an object").shift_remove("exists");
    assert_eq!(own.render(&view).expect("a view"), expected);
}

#[test]
fn a_view_of_another_shape_is_refused() {
    for (name, outbound) in OUTBOUND.iter() {
        assert!(outbound.render(&json!({"coordination": {"state": 3}})).is_err(), "{name}");
    }
}

proptest! {
    #[test]
    fn whatever_is_withheld_nothing_but_the_released_and_the_constant_leaves(bits in prop::collection::vec(any::<bool>(), 60)) {
        let view = withhold(&full_view(), &mut bits.into_iter());
        let mut given = Vec::new();
        scalars(&view, &mut given);
        for (name, outbound) in OUTBOUND.iter() {
            let output = outbound.render(&view).expect("a view");
            let (mut made, mut written) = (Vec::new(), Vec::new());
            scalars(&output, &mut made);
            keys(&output, &mut written);
            let (constants, known) = (outbound.constants(), outbound.keys());
            for scalar in made {
                prop_assert!(given.contains(&scalar) || constants.contains(&scalar), "{}: `{}`", name, scalar);
            }
            for key in written {
                prop_assert!(known.contains(&key), "{}: the key `{}`", name, key);
            }
        }
    }
}
