//! All that is known about one child in one municipality, read from the ledger for one day.
//!
//! Pure: the same facts and the same day give the same dossier. Missing protection is `unknown`, which counts as strictly
//! protected; it never becomes `none` by default.

use std::collections::BTreeMap;

use samhold_disclosure::cleared::{Circumstances, Necessity};
use samhold_disclosure::{Consent, Guardian, Subject};
use samhold_duty::Family;
use samhold_model::dates::date_of;
use samhold_model::{ChildId, Date, Fact, FactBody};
use samhold_store::StoredFact;
use serde_json::{Map, Value};

/// Under this id stand facts about the municipality itself: delegations, and employees who coordinate for several children.
pub const WHOLE_MUNICIPALITY: ChildId = ChildId(uuid::Uuid::nil());

/// A child's facts together with those of the municipality that concern every child, in ledger order.
///
/// # Errors
/// When the store fails.
pub async fn rows_of(
    store: &dyn samhold_store::Store,
    child: ChildId,
    municipality: &samhold_model::MunicipalityNo,
) -> Result<Vec<StoredFact>, samhold_store::StoreError> {
    let mut rows = store.facts_of(child, municipality).await?;
    if !rows.is_empty() && child != WHOLE_MUNICIPALITY {
        rows.extend(store.facts_of(WHOLE_MUNICIPALITY, municipality).await?);
        rows.sort_by_key(|r| r.seq);
    }
    Ok(rows)
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
    /// Every row of the ledger could be read.
    whole: bool,
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

impl Dossier {
    /// From the ledger's rows. A row that cannot be read any more is left out and told; it may be the one that protects, so
    /// that nothing may leave about this child.
    #[must_use]
    pub fn new(child: ChildId, rows: &[StoredFact], today: Date) -> Self {
        Self::on(child, rows, today, today)
    }

    /// As [`Dossier::new`], for what was so on `day` by what is known on `known_at`: a fact told late counts from its date.
    #[must_use]
    pub fn on(child: ChildId, rows: &[StoredFact], day: Date, known_at: Date) -> Self {
        let facts: Vec<Fact> = rows.iter().filter_map(fact_of).collect();
        let mut effective: Vec<Fact> = samhold_duty::corrected(&facts, known_at);
        effective.retain(|f| f.at <= day);
        effective.sort_by(|a, b| (a.at, a.order, &a.id).cmp(&(b.at, b.order, &b.id)));
        let whole = facts.len() == rows.len();
        Self { child, facts, effective, whole, today: day }
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

    /// The family as the rules need it.
    #[must_use]
    pub fn family(&self) -> Family {
        // Birth and due dates count from whenever they are known; their valid date is the birth itself.
        let known = samhold_duty::corrected(&self.facts, self.today);
        let mut family = Family { child: Some(self.child.to_string()), ..Family::default() };
        for fact in &known {
            match &fact.body {
                FactBody::BirthDate { date } => family.birth_date = Some(*date),
                FactBody::DueDate { date } => family.due_date = Some(*date),
                _ => {}
            }
        }
        family
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

    /// `unknown` until a register has said otherwise.
    #[must_use]
    pub fn protection(&self) -> String {
        let word = self.latest(|b| match b {
            FactBody::AddressProtection { value } => serde_json::to_value(value).ok(),
            _ => None,
        });
        word.as_ref().and_then(Value::as_str).unwrap_or("unknown").to_owned()
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
        self.latest(|b| match b {
            FactBody::ContactBan { person, active } if person == guardian => Some(*active),
            _ => None,
        })
        .unwrap_or(false)
    }

    /// Categories switched on and not off again.
    fn switched(&self, pick: impl Fn(&FactBody) -> Option<(Vec<String>, bool)>) -> Vec<String> {
        let mut on: Vec<String> = Vec::new();
        for (categories, active) in self.effective.iter().filter_map(|f| pick(&f.body)) {
            on.retain(|c| !categories.contains(c));
            if active {
                on.extend(categories);
            }
        }
        on
    }

    /// Consents on record with their withdrawals.
    #[must_use]
    pub fn consents(&self) -> Vec<Consent> {
        let withdrawn: BTreeMap<&str, Date> = self
            .effective
            .iter()
            .rev()
            .filter_map(|f| match &f.body {
                FactBody::ConsentWithdrawn { consent } => Some((consent.as_str(), f.at)),
                _ => None,
            })
            .collect();
        self.effective
            .iter()
            .filter_map(|f| match &f.body {
                FactBody::Consent { by, categories, recipients, purposes, valid_to, fields } => Some(Consent {
                    by: by.clone(),
                    categories: categories.clone(),
                    recipients: recipients.clone(),
                    purposes: purposes.clone(),
                    given: f.at,
                    valid_to: *valid_to,
                    withdrawn: withdrawn.get(f.id.as_str()).copied(),
                    fields: fields.clone(),
                }),
                _ => None,
            })
            .collect()
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

    /// The kind of a service as the facts have it.
    #[must_use]
    pub fn kind_of(&self, id: &str) -> Option<String> {
        self.latest(|b| match b {
            FactBody::ServiceStarted { service, kind, .. } if service == id => Some(kind.clone()),
            _ => None,
        })
    }

    /// Services whose care order, consent or age limits can change what may leave: the dates on which they do.
    pub fn sharing_dates(&self, consent_max_days: i64) -> Vec<Date> {
        let mut dates = Vec::new();
        for consent in self.consents() {
            let end = samhold_model::dates::add_days(consent.given, consent_max_days);
            dates.push(consent.valid_to.map_or(end, |to| to.min(end)));
        }
        let subject = self.subject();
        if let Some(born) = subject.birth_date.or(subject.due_date) {
            let leap = samhold_model::dates::LeapBirthday::Mar1;
            dates.extend([12, 15, 16, 18].map(|age| samhold_model::dates::birthday(born, age, leap)));
        }
        dates.extend(self.facts.iter().map(|f| f.at));
        dates.retain(|d| *d > self.today);
        dates
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
            body,
        }),
        Err(_) => {
            tracing::error!(fact.id = %row.id, "fact `{}` cannot be read and is left out; a person must look", row.id);
            None
        }
    }
}
