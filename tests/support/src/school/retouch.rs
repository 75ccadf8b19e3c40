//! Changes a test makes to the roster: pupils who leave, dates that say something changed when nothing did.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::push::id_of;
use crate::town::Town;

/// How a pupil leaves a school system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withdrawal {
    /// The record is simply no longer there.
    Vanished,
    /// The record stays with status `tobedeleted`.
    ToBeDeleted,
}

/// All such changes.
#[derive(Default)]
pub(super) struct Retouch {
    withdrawn: BTreeMap<String, Withdrawal>,
    pub(super) stamp: Option<String>,
}

impl Retouch {
    pub(super) fn withdraw(&mut self, key: &str, how: Withdrawal) {
        self.withdrawn.insert(key.to_owned(), how);
    }

    /// The records as they look after the changes.
    pub(super) fn apply(&self, town: &Town, records: Vec<Value>) -> Vec<Value> {
        let by_user: BTreeMap<String, Withdrawal> =
            self.withdrawn.iter().map(|(key, how)| (id_of(town, &format!("oneroster/user/{key}")), *how)).collect();
        records.into_iter().filter_map(|record| self.one(record, &by_user)).collect()
    }

    fn one(&self, mut record: Value, by_user: &BTreeMap<String, Withdrawal>) -> Option<Value> {
        let pupil = record.pointer("/user/sourcedId").or_else(|| record.get("sourcedId"));
        let withdrawn = pupil.and_then(Value::as_str).and_then(|id| by_user.get(id)).copied();
        if withdrawn == Some(Withdrawal::Vanished) {
            return None;
        }
        if let Some(members) = record.as_object_mut() {
            if withdrawn.is_some() {
                members.insert("status".to_owned(), json!("tobedeleted"));
            }
            if let Some(stamp) = &self.stamp {
                members.insert("dateLastModified".to_owned(), json!(stamp));
            }
        }
        Some(record)
    }
}
