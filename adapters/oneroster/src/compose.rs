//! Putting users, enrolments and organisations together to one document for each pupil.
//!
//! Must never hold anybody but pupils.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::pages::Item;
use crate::tidy;

/// What has been read so far.
#[derive(Default)]
pub(crate) struct Roster {
    orgs: BTreeMap<String, Value>,
    enrollments: BTreeMap<String, Vec<Value>>,
    pupils: BTreeMap<String, Value>,
    /// Pupils whose deletion the producer has announced.
    pub(crate) leaving: BTreeSet<String>,
}

impl Roster {
    /// Takes an organisation.
    pub(crate) fn add_org(&mut self, id: &str, item: Item) {
        self.orgs.insert(id.to_owned(), tidy::org(item));
    }

    /// Takes an enrolment if it is a pupil's and is not being deleted.
    pub(crate) fn add_enrollment(&mut self, item: Item) {
        let user = item.get("user").and_then(|u| u.get("sourcedId")).and_then(Value::as_str).map(str::to_owned);
        let wanted = tidy::is_student(item.get("role")) && !tidy::is_leaving(&item);
        if let (Some(user), true) = (user, wanted) {
            self.enrollments.entry(user).or_default().push(tidy::enrollment(item));
        }
    }

    /// Takes a user if it is a pupil. Enrolments must have been read before.
    pub(crate) fn add_user(&mut self, id: &str, item: Item, more: &[String]) {
        let listed = item
            .get("roles")
            .and_then(Value::as_array)
            .is_some_and(|r| r.iter().any(|r| tidy::is_student(r.get("role"))));
        let pupil = listed || tidy::is_student(item.get("role")) || self.enrollments.contains_key(id);
        if tidy::is_leaving(&item) {
            self.leaving.insert(id.to_owned());
        } else if pupil {
            self.pupils.insert(id.to_owned(), tidy::user(item, more));
        }
    }

    /// How many pupils have an enrolment.
    pub(crate) fn enrolled(&self) -> usize {
        self.enrollments.len()
    }

    /// Whether this pupil has one.
    pub(crate) fn is_enrolled(&self, id: &str) -> bool {
        self.enrollments.contains_key(id)
    }

    /// Whether this is a pupil who stays.
    pub(crate) fn holds(&self, id: &str) -> bool {
        self.pupils.contains_key(id)
    }

    /// Whether not one pupil came, not even one who leaves.
    pub(crate) fn is_empty(&self) -> bool {
        self.pupils.is_empty() && self.leaving.is_empty()
    }

    /// Every pupil's id and document, in order of id.
    pub(crate) fn documents(&self) -> impl Iterator<Item = (&str, Value)> {
        self.pupils.iter().map(|(id, user)| (id.as_str(), self.document(id, user)))
    }

    fn document(&self, id: &str, user: &Value) -> Value {
        let mut enrollments = self.enrollments.get(id).cloned().unwrap_or_default();
        enrollments.sort_by_cached_key(|e| e.get("sourcedId").map(Value::to_string));
        let user = with_roles(user.clone(), &enrollments);
        let orgs: Vec<&Value> = referenced(&user, &enrollments).iter().filter_map(|o| self.orgs.get(o)).collect();
        json!({"enrollments": enrollments, "orgs": orgs, "user": user})
    }
}

/// A pupil whom only the enrolments tell to be one gets the role from them.
fn with_roles(mut user: Value, enrollments: &[Value]) -> Value {
    let Some(Value::Array(roles)) = user.get_mut("roles") else { return user };
    if roles.is_empty() {
        let schools = enrollments.iter().filter_map(|e| e.get("school"));
        let schools: BTreeMap<String, &Value> = schools.map(|s| (s.to_string(), s)).collect();
        roles.extend(schools.into_values().cloned().map(tidy::student_at));
    }
    user
}

/// Ids of the organisations that the user and the enrolments point at.
fn referenced(user: &Value, enrollments: &[Value]) -> BTreeSet<String> {
    let roles = user.get("roles").and_then(Value::as_array).into_iter().flatten().filter_map(|r| r.get("org"));
    let schools = enrollments.iter().filter_map(|e| e.get("school"));
    let all = roles.chain(user.get("primaryOrg")).chain(schools);
    all.filter_map(|r| r.get("sourcedId")?.as_str().map(str::to_owned)).collect()
}

/// What is left of a pupil who is gone.
pub(crate) fn gone(id: &str) -> Value {
    json!({"gone": true, "user": {"sourcedId": id}})
}
