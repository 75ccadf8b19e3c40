//! Cutting an item down to what is needed, and writing it the same way every time.
//!
//! Must never let through what no mapping needs: e-mail, phone, password, guardians, metadata, links, change dates.

use serde_json::{Map, Value, json};

use crate::pages::Item;

const USER: [&str; 15] = [
    "sourcedId",
    "status",
    "enabledUser",
    "userMasterIdentifier",
    "identifier",
    "userIds",
    "givenName",
    "middleName",
    "familyName",
    "role",
    "roles",
    "orgs",
    "primaryOrg",
    "grades",
    "birthDate",
];
const ENROLLMENT: [&str; 9] =
    ["sourcedId", "status", "user", "role", "primary", "beginDate", "endDate", "class", "school"];
const ORG: [&str; 6] = ["sourcedId", "status", "name", "type", "identifier", "parent"];
/// Never kept, whatever the settings ask for.
const NEVER: [&str; 2] = ["password", "dateLastModified"];

/// The user with the student roles only, in the form of 1.2: the `role` and `orgs` of 1.1 become `roles`.
pub(crate) fn user(item: Item, more: &[String]) -> Value {
    let mut user = keep(item, |k| USER.contains(&k) || more.iter().any(|m| m == k));
    lower(&mut user, "status");
    let roles = match (user.remove("roles"), user.remove("role"), user.remove("orgs")) {
        (Some(Value::Array(roles)), _, _) if !roles.is_empty() => students(roles),
        (_, role, Some(Value::Array(orgs))) if is_student(role.as_ref()) => orgs.into_iter().map(student_at).collect(),
        _ => Vec::new(),
    };
    user.insert("roles".into(), Value::Array(roles));
    if let Some(enabled) = user.get("enabledUser").and_then(truth) {
        user.insert("enabledUser".into(), Value::Bool(enabled));
    }
    canonical(Value::Object(user))
}

fn students(roles: Vec<Value>) -> Vec<Value> {
    let mut kept: Vec<Value> = roles.into_iter().filter(|role| is_student(role.get("role"))).collect();
    kept.iter_mut().filter_map(Value::as_object_mut).for_each(|role| lower(role, "role"));
    kept
}

/// The role of a pupil at an organisation.
pub(crate) fn student_at(org: Value) -> Value {
    json!({"org": canonical(org), "role": "student"})
}

/// Some producers write code words with capitals.
fn lower(item: &mut Item, name: &str) {
    if let Some(Value::String(text)) = item.get_mut(name) {
        *text = text.trim().to_lowercase();
    }
}

/// An enrolment.
pub(crate) fn enrollment(item: Item) -> Value {
    let mut enrollment = keep(item, |k| ENROLLMENT.contains(&k));
    lower(&mut enrollment, "role");
    lower(&mut enrollment, "status");
    if let Some(primary) = enrollment.get("primary").and_then(truth) {
        enrollment.insert("primary".into(), Value::Bool(primary));
    }
    canonical(Value::Object(enrollment))
}

/// An organisation.
pub(crate) fn org(item: Item) -> Value {
    let mut org = keep(item, |k| ORG.contains(&k));
    lower(&mut org, "type");
    lower(&mut org, "status");
    canonical(Value::Object(org))
}

fn keep(item: Item, wanted: impl Fn(&str) -> bool) -> Item {
    item.into_iter().filter(|(k, _)| wanted(k) && !NEVER.contains(&k.as_str())).collect()
}

/// Whether a role is that of a pupil.
pub(crate) fn is_student(role: Option<&Value>) -> bool {
    role.and_then(Value::as_str).is_some_and(|r| r.trim().eq_ignore_ascii_case("student"))
}

/// Whether the producer has announced the deletion.
pub(crate) fn is_leaving(item: &Item) -> bool {
    item.get("status").and_then(Value::as_str).is_some_and(|s| s.trim().eq_ignore_ascii_case("tobedeleted"))
}

/// A truth value in the shapes producers write it: `true`, `"true"`, `"True"`, `1`, `"1"`, and the same for false.
pub(crate) fn truth(value: &Value) -> Option<bool> {
    let text = match value {
        Value::Bool(b) => return Some(*b),
        Value::Number(n) => n.to_string(),
        Value::String(s) => s.trim().to_lowercase(),
        _ => return None,
    };
    match text.as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// Members sorted, lists sorted by their text, empty members and links dropped: equal content becomes equal text.
fn canonical(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.into_iter().filter(|(k, v)| k != "href" && !v.is_null());
            let mut kept: Vec<(String, Value)> = kept.map(|(k, v)| (k, canonical(v))).collect();
            kept.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(kept.into_iter().collect::<Map<_, _>>())
        }
        Value::Array(items) => {
            let mut items: Vec<Value> = items.into_iter().map(canonical).collect();
            items.sort_by_cached_key(Value::to_string);
            Value::Array(items)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(value: Value) -> Item {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn enabled_is_a_truth_value_in_all_its_shapes() {
        for (shape, meant) in [
            (json!(true), Some(true)),
            (json!("true"), Some(true)),
            (json!("True"), Some(true)),
            (json!(1), Some(true)),
            (json!("1"), Some(true)),
            (json!(false), Some(false)),
            (json!("false"), Some(false)),
            (json!(0), Some(false)),
            (json!("kanskje"), None),
            (json!(null), None),
        ] {
            assert_eq!(truth(&shape), meant, "{shape}");
        }
        assert_eq!(user(item(json!({"sourcedId": "u", "enabledUser": 1})), &[])["enabledUser"], true);
    }

    #[test]
    fn what_nobody_needs_is_dropped_and_the_roles_of_others_too() {
        let raw = json!({
            "sourcedId": "u1", "status": "active", "dateLastModified": "2026-01-01", "metadata": {"x": 1},
            "email": "a@b.no", "sms": "4799999999", "phone": "1", "password": "p", "agents": [{"sourcedId": "kari"}],
            "username": "evetes", "identifier": "14821970351", "familyName": null,
            "roles": [{"role": "teacher", "org": {"sourcedId": "o2"}},
                      {"role": "Student", "org": {"href": "https://x/o1", "sourcedId": "o1", "type": "org"}}],
        });
        let kept = user(item(raw.clone()), &[]);
        assert_eq!(
            kept.to_string(),
            r#"{"identifier":"14821970351","roles":[{"org":{"sourcedId":"o1","type":"org"},"role":"student"}],"sourcedId":"u1","status":"active"}"#
        );
        let more = user(item(raw), &["username".into(), "password".into()]);
        assert_eq!((more["username"].as_str(), more.get("password")), (Some("evetes"), None));
    }

    #[test]
    fn the_single_role_of_the_older_version_becomes_a_role_at_each_organisation() {
        let raw = json!({"sourcedId": "u", "role": "student", "orgs": [{"href": "https://x", "sourcedId": "o1"}]});
        let made = user(item(raw), &[]);
        assert_eq!(made, json!({"roles": [{"org": {"sourcedId": "o1"}, "role": "student"}], "sourcedId": "u"}));
        let teacher = json!({"sourcedId": "u", "role": "teacher", "orgs": [{"sourcedId": "o1"}]});
        assert_eq!(user(item(teacher), &[])["roles"], json!([]));
    }

    proptest::proptest! {
        #[test]
        fn the_order_of_members_and_lists_does_not_change_the_text(
            mut grades in proptest::collection::vec("[0-9]{2}", 0..5), names in proptest::collection::vec("[a-z]{3}", 2..3),
        ) {
            let one = json!({"sourcedId": "u", "grades": grades, "givenName": names[0], "familyName": names[1]});
            grades.reverse();
            let two = json!({"familyName": names[1], "givenName": names[0], "grades": grades, "sourcedId": "u"});
            proptest::prop_assert_eq!(user(item(one), &[]).to_string(), user(item(two), &[]).to_string());
        }
    }
}
