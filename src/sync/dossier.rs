//! All that is known about one child in one municipality, read from the ledger for one day.
//!
//! Pure but for the reading: the same facts and the same day give the same dossier. Missing protection is `unknown`, which counts
//! as strictly protected; it never becomes `none` by default. A dossier that nobody has told how long the word of the
//! population register counts takes it for too old: who forgets to say so tells less, never more.

mod consents;
mod guarded;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use samhold_disclosure::cleared::{Circumstances, Necessity};
use samhold_disclosure::{Guardian, Subject};
use samhold_duty::Family;
use samhold_model::dates::date_of;
use samhold_model::{ChildId, Date, Fact, FactBody, RecordId};
use samhold_store::StoredFact;
use serde_json::{Map, Value};

use super::past::{self, Corrected};

pub use consents::{Lack, Recorded};

/// Under this id stand facts about the municipality itself: delegations, and employees who coordinate for several children.
pub const WHOLE_MUNICIPALITY: ChildId = ChildId(uuid::Uuid::nil());

/// Stands for a municipality that is not told.
const UNKNOWN_PLACE: &str = "0000";

/// A child's facts together with those of the municipality that concern every child, in ledger order.
///
/// # Errors
/// When the store fails.
pub async fn rows_of(
    store: &dyn samhold_store::Store,
    child: ChildId,
    municipality: &samhold_model::MunicipalityNo,
) -> Result<Vec<StoredFact>, samhold_store::StoreError> {
    let rows = as_one(store.facts_beside(child, WHOLE_MUNICIPALITY, municipality).await?, child);
    let known = rows.iter().any(|r| r.child != WHOLE_MUNICIPALITY || child == WHOLE_MUNICIPALITY);
    Ok(if known { rows } else { Vec::new() })
}

/// The family as these facts have it by what is known on a day. Birth and due dates count from whenever they are known;
/// their valid date is the birth itself.
#[must_use]
pub fn family_of(child: ChildId, facts: &[Fact], known_at: Date) -> Family {
    let mut family = Family { child: Some(child.to_string()), ..Family::default() };
    for fact in samhold_duty::corrected(facts, known_at) {
        match fact.body {
            FactBody::BirthDate { date } => family.birth_date = Some(date),
            FactBody::DueDate { date } => family.due_date = Some(date),
            _ => {}
        }
    }
    family
}

/// What was said of children who are this child is said of this one, also where a fact names the child in its fields.
fn as_one(mut rows: Vec<StoredFact>, child: ChildId) -> Vec<StoredFact> {
    let joined: BTreeSet<String> = rows.iter().filter(|r| is_joined(r, child)).map(|r| r.child.to_string()).collect();
    if !joined.is_empty() {
        rows.iter_mut().for_each(|row| rename(&mut row.body, &joined, &child.to_string()));
    }
    rows
}

/// Whether a row that was read of a child was registered on another one, who counts as this child.
pub(super) fn is_joined(row: &StoredFact, child: ChildId) -> bool {
    row.child != child && row.child != WHOLE_MUNICIPALITY
}

fn rename(value: &mut Value, joined: &BTreeSet<String>, child: &str) {
    match value {
        Value::String(text) if joined.contains(text) => child.clone_into(text),
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, joined, child)),
        Value::Object(fields) => fields.values_mut().for_each(|field| rename(field, joined, child)),
        _ => {}
    }
}

/// One child's facts, sorted for the rules.
#[derive(Clone, Debug)]
pub struct Dossier {
    /// The child.
    pub child: ChildId,
    /// All facts, for the duty.
    pub facts: Vec<Fact>,
    /// Facts with corrections applied that hold by the day, for everything else.
    effective: Vec<Fact>,
    /// Facts that were registered on a child who was joined to this one, with that child.
    joined: BTreeMap<String, ChildId>,
    /// The records that consents were read from, by fact.
    records: BTreeMap<String, RecordId>,
    /// Every row of the ledger could be read.
    whole: bool,
    /// What was recorded too late, worked out once it is asked for.
    corrections: OnceLock<Vec<Corrected>>,
    /// What was said of protection counts: the register that said it has been heard of since.
    protection_counts: bool,
    /// The day.
    pub today: Date,
}

/// Work contact details of a coordinator.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contact {
    /// Name.
    pub name: Option<String>,
    /// Work e-mail.
    pub email: Option<String>,
    /// Work phone.
    pub phone: Option<String>,
    /// Unit.
    pub unit: Option<String>,
}

/// Where a child moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedTo {
    /// The new municipality's number; `0000` when nobody knows.
    pub to: String,
    /// The day.
    pub at: Date,
    /// The fact that says so.
    pub fact: String,
}

impl Dossier {
    /// From the ledger's rows, for the duty and other things that protection has no part in: of this one it is `unknown`. All
    /// that tells something, or shows it, reads [`Dossier::of_store`]. A row that cannot be read any more is left out and told; it
    /// may be the one that protects, so that nothing may leave about this child.
    #[must_use]
    pub fn new(child: ChildId, rows: &[StoredFact], today: Date) -> Self {
        Self::on(child, rows, today, today)
    }

    /// As [`Dossier::new`], for what was so on `day` by what is known on `known_at`: a fact told late counts from its date.
    #[must_use]
    pub fn on(child: ChildId, rows: &[StoredFact], day: Date, known_at: Date) -> Self {
        let facts: Vec<Fact> = rows.iter().filter_map(fact_of).collect();
        let whole = facts.len() == rows.len();
        let joined = rows.iter().filter(|r| is_joined(r, child)).map(|r| (r.id.to_string(), r.child)).collect();
        let records = rows.iter().filter(|r| r.body.get("type").is_some_and(|name| name == "consent"));
        let records = records.filter_map(|r| Some((r.id.to_string(), r.record?))).collect();
        Self { joined, records, ..Self::of(child, facts, whole, (day, known_at)) }
    }

    fn of(child: ChildId, facts: Vec<Fact>, whole: bool, (day, known_at): (Date, Date)) -> Self {
        let mut effective: Vec<Fact> = samhold_duty::corrected(&facts, known_at);
        effective.retain(|f| f.at <= day);
        effective.sort_by(|a, b| (a.at, a.order, &a.id).cmp(&(b.at, b.order, &b.id)));
        let (joined, records) = (BTreeMap::new(), BTreeMap::new());
        let corrections = OnceLock::new();
        Self { child, facts, effective, joined, records, whole, corrections, protection_counts: false, today: day }
    }

    /// The same child on another day by what was known on `known_at`. How old the register's word was then is not known any
    /// more: only what it had said.
    #[must_use]
    pub fn as_known(&self, day: Date, known_at: Date) -> Self {
        let known = self.facts.iter().filter(|f| f.recorded_at <= known_at).cloned().collect();
        let (joined, records) = (self.joined.clone(), self.records.clone());
        let then = Self::of(self.child, known, self.whole, (day, known_at));
        Self { joined, records, protection_counts: true, ..then }
    }

    /// The child, and those who were joined to it.
    pub(super) fn members(&self) -> Vec<ChildId> {
        let all: BTreeSet<ChildId> = self.joined.values().copied().chain([self.child]).collect();
        all.into_iter().collect()
    }

    /// What was recorded too late and changed the answer of days that had passed.
    pub(super) fn corrections(&self, rules: impl FnOnce() -> samhold_duty::Rules) -> &[Corrected] {
        self.corrections.get_or_init(|| past::corrections(self, &rules()))
    }

    /// Whether nothing is known of the child.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.whole && self.facts.is_empty()
    }

    /// Whether every row of the ledger could be read.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// Whether a delegation to `whom` stands on the day, for facts about the municipality itself.
    #[must_use]
    pub fn is_delegated_to(&self, whom: &str) -> bool {
        self.latest(|b| match b {
            FactBody::DelegationGranted { to } if to == whom => Some(true),
            FactBody::DelegationWithdrawn { to } if to == whom => Some(false),
            _ => None,
        })
        .unwrap_or(false)
    }

    fn latest<T>(&self, pick: impl Fn(&FactBody) -> Option<T>) -> Option<T> {
        self.effective.iter().rev().find_map(|f| pick(&f.body))
    }

    /// Whether the child's birth, or the day it is expected, is known.
    #[must_use]
    pub fn is_dated(&self) -> bool {
        let subject = self.family();
        subject.birth_date.or(subject.due_date).or_else(|| self.born_on()).is_some()
    }

    /// The family as the rules need it.
    #[must_use]
    pub fn family(&self) -> Family {
        self.family_known(self.today)
    }

    /// As [`Dossier::family`], by what was known on `known_at`.
    #[must_use]
    pub fn family_known(&self, known_at: Date) -> Family {
        family_of(self.child, &self.facts, known_at)
    }

    /// The child as disclosure needs it.
    #[must_use]
    pub fn subject(&self) -> Subject {
        let family = self.family();
        Subject {
            birth_date: family.birth_date.or_else(|| self.born_on()),
            due_date: family.due_date,
            guardians: self.guardians(),
            care_order_by: self.latest(|b| match b {
                FactBody::CareOrder { by } => Some(by.clone()),
                _ => None,
            }),
            address_protection: Some(self.protection()),
            child_confidential: self.switched(|b| match b {
                FactBody::ChildConfidential { categories, active } => Some((categories.clone(), *active)),
                _ => None,
            }),
            weighty_reasons: self.switched(|b| match b {
                FactBody::WeightyReasons { categories, active } => Some((categories.clone(), *active)),
                _ => None,
            }),
            secrecy_order: self.switched(|b| match b {
                FactBody::SecrecyOrder { categories, active } => Some((categories.clone(), *active)),
                _ => None,
            }),
            shelter_user: self.latest(|b| match b {
                FactBody::ShelterUser { person } => Some(person.clone()),
                _ => None,
            }),
        }
    }

    fn born_on(&self) -> Option<Date> {
        self.effective.iter().rev().find(|f| matches!(f.body, FactBody::Born { .. })).map(|f| f.at)
    }

    /// The facts as they were registered: of this child, and of each that was joined to it. What protects one of them
    /// protects the child; what ends a protection ends only its own.
    fn registrations(&self) -> Vec<Vec<&FactBody>> {
        let mut parts: BTreeMap<ChildId, Vec<&FactBody>> = BTreeMap::new();
        for fact in &self.effective {
            parts.entry(self.joined.get(&fact.id).copied().unwrap_or(self.child)).or_default().push(&fact.body);
        }
        parts.into_values().collect()
    }

    /// Where the child went when it left a municipality, unless it has come back: the first place that is known.
    #[must_use]
    pub fn moved_from(&self, municipality: &str) -> Option<MovedTo> {
        let mut gone: Option<MovedTo> = None;
        for fact in &self.effective {
            let FactBody::Moved { to } = &fact.body else { continue };
            if to == municipality {
                gone = None;
            } else if gone.as_ref().is_none_or(|g| g.to == UNKNOWN_PLACE) {
                gone = Some(MovedTo { to: to.clone(), at: fact.at, fact: fact.id.clone() });
            }
        }
        gone
    }

    fn guardians(&self) -> Vec<Guardian> {
        let ids = self
            .latest(|b| match b {
                FactBody::GuardiansChanged { guardians } => Some(guardians.clone()),
                _ => None,
            })
            .unwrap_or_default();
        ids.into_iter().map(|id| Guardian { contact_ban: self.banned(&id), id, responsibility: true }).collect()
    }

    fn banned(&self, guardian: &str) -> bool {
        let said = |b: &&FactBody| match b {
            FactBody::ContactBan { person, active } if person == guardian => Some(*active),
            _ => None,
        };
        self.registrations().iter().any(|part| part.iter().rev().find_map(said) == Some(true))
    }

    /// Categories switched on and not off again, by any registration of the child.
    fn switched(&self, pick: impl Fn(&FactBody) -> Option<(Vec<String>, bool)>) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for part in self.registrations() {
            let mut on: Vec<String> = Vec::new();
            for (categories, active) in part.into_iter().filter_map(&pick) {
                on.retain(|c| !categories.contains(c));
                if active {
                    on.extend(categories);
                }
            }
            all.extend(on.into_iter().filter(|c| !all.contains(c)).collect::<Vec<_>>());
        }
        all
    }

    /// What people have found: objections and necessity.
    #[must_use]
    pub fn circumstances(&self) -> Circumstances {
        let mut found = Circumstances::default();
        for fact in &self.effective {
            match &fact.body {
                FactBody::Objection { by } => found.objection_by.push(by.clone()),
                FactBody::ObjectionWithdrawn { by } => found.objection_by.retain(|b| b != by),
                FactBody::NecessityFound { by, categories, recipients, purpose } => found.necessity.push(Necessity {
                    by: by.clone(),
                    categories: categories.clone(),
                    recipients: recipients.clone(),
                    purpose: purpose.clone(),
                }),
                _ => {}
            }
        }
        found
    }

    /// Work contact details of a coordinator, the latest of each.
    #[must_use]
    pub fn contact(&self, who: &str) -> Contact {
        let mut all = Contact::default();
        for fact in &self.effective {
            if let FactBody::WorkerContact { person, name, email, phone, unit } = &fact.body
                && person == who
            {
                let newer = |new: &Option<String>, old: &Option<String>| new.clone().or_else(|| old.clone());
                all = Contact {
                    name: newer(name, &all.name),
                    email: newer(email, &all.email),
                    phone: newer(phone, &all.phone),
                    unit: newer(unit, &all.unit),
                };
            }
        }
        all
    }

    /// Goals of a plan with their tags.
    #[must_use]
    pub fn plan_content(&self, id: &str) -> Option<(Map<String, Value>, Map<String, Value>)> {
        self.latest(|b| match b {
            FactBody::PlanContent { plan, goals, tags } if plan == id => Some((goals.clone(), tags.clone())),
            _ => None,
        })
    }

    /// The services that the facts name, each with its kind.
    #[must_use]
    pub fn services(&self) -> BTreeMap<String, String> {
        let started = self.effective.iter().filter_map(|fact| match &fact.body {
            FactBody::ServiceStarted { service, kind, .. } => Some((service.clone(), kind.clone())),
            _ => None,
        });
        started.collect()
    }

    /// The kind of a service as the facts have it.
    #[must_use]
    pub fn kind_of(&self, id: &str) -> Option<String> {
        self.latest(|b| match b {
            FactBody::ServiceStarted { service, kind, .. } if service == id => Some(kind.clone()),
            _ => None,
        })
    }
}

fn fact_of(row: &StoredFact) -> Option<Fact> {
    match serde_json::from_value::<FactBody>(row.body.clone()) {
        Ok(body) => Some(Fact {
            id: row.id.to_string(),
            at: row.at,
            recorded_at: date_of(row.recorded_at),
            order: u64::try_from(row.seq).unwrap_or_default(),
            source: Some(row.source.to_string()),
            of_municipality: row.child == WHOLE_MUNICIPALITY,
            body,
        }),
        Err(_) => {
            tracing::error!(fact.id = %row.id, "fact `{}` cannot be read and is left out; a person must look", row.id);
            None
        }
    }
}

#[cfg(test)]
mod tests;
