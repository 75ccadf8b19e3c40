//! Late facts: recorded after the day they were already valid, so someone may have had another answer.
//!
//! Must never count something that had not been recorded by then.

use samhold_model::dates::add_days;
use samhold_model::{Date, Fact};

/// Something that changed the past when it was recorded.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LateFact {
    /// Its id.
    pub id: String,
    /// First day whose answer it may have changed.
    pub from: Date,
    /// The day it became known.
    pub recorded_at: Date,
}

impl LateFact {
    pub(super) fn of(fact: &Fact) -> Option<Self> {
        (fact.recorded_at > fact.at).then(|| Self { id: fact.id.clone(), from: fact.at, recorded_at: fact.recorded_at })
    }

    /// A correction that moves a date is late when either date had passed.
    pub(super) fn moved(before: &Fact, after: &Fact, correction: &Fact) -> Option<Self> {
        let from = before.at.min(after.at);
        (before.at != after.at && correction.recorded_at > from).then(|| Self {
            id: correction.id.clone(),
            from,
            recorded_at: correction.recorded_at,
        })
    }
}

pub(super) fn collect(facts: &[Fact], mut late: Vec<LateFact>) -> Vec<LateFact> {
    late.extend(facts.iter().filter(|f| concerns_duty(f)).filter_map(LateFact::of));
    late.sort_by(|a, b| (a.recorded_at, a.from, &a.id).cmp(&(b.recorded_at, b.from, &b.id)));
    late
}

/// Consents, protection and contact details say nothing about who holds.
pub(crate) fn concerns_duty(fact: &Fact) -> bool {
    use samhold_model::FactBody as F;
    !matches!(
        fact.body,
        F::BirthDate { .. }
            | F::DueDate { .. }
            | F::Consent { .. }
            | F::ConsentWithdrawn { .. }
            | F::ConsentRequested { .. }
            | F::Objection { .. }
            | F::ObjectionWithdrawn { .. }
            | F::AddressProtection { .. }
            | F::ContactBan { .. }
            | F::SecrecyOrder { .. }
            | F::ChildConfidential { .. }
            | F::WeightyReasons { .. }
            | F::ShelterUser { .. }
            | F::NecessityFound { .. }
            | F::WorkerContact { .. }
            | F::PlanContent { .. }
    )
}

/// Whether it is still pointed out: recorded by `reference` and at most `days` before it.
pub(crate) fn is_late(late: &LateFact, as_of: Date, reference: Date, days: i64) -> bool {
    late.from <= as_of && late.recorded_at <= reference && reference <= add_days(late.recorded_at, days)
}
