//! Corrections: they replace what a fact says or void it, and never erase it.
//!
//! A correction counts from its own recorded date, may itself be corrected, and is ignored when its target is not
//! known. Must never fail: a replacement that gives no readable fact leaves the fact as it was.

use std::collections::{BTreeMap, VecDeque};

use samhold_model::{Date, Fact, FactBody};
use serde_json::{Map, Value};

use super::late::{LateFact, concerns_duty};
use super::moved::by_corrections_of_corrections;

/// Corrections by the id of what they correct.
pub(super) type Targets = BTreeMap<String, Vec<Fact>>;

/// What is left of the known facts.
pub(super) struct Corrected {
    /// Each fact as it says now.
    pub facts: Vec<Fact>,
    /// Dates that a correction moved, and corrections recorded late.
    pub late: Vec<LateFact>,
    /// The corrections themselves, as they were recorded.
    pub corrections: Vec<Fact>,
    /// Ids of corrections that changed what a fact of the duty says, with the first day that fact counts now; voided
    /// ones count on no day and have none.
    pub applied: Vec<(String, Option<Date>)>,
}

/// The facts with every correction applied.
pub(super) fn apply(known: Vec<&Fact>) -> Corrected {
    let (corrections, facts): (Vec<&Fact>, Vec<&Fact>) =
        known.into_iter().partition(|f| matches!(f.body, FactBody::Correction { .. }));
    let by_target = resolve(&corrections);
    let mut late: Vec<LateFact> = corrections.iter().filter_map(|c| LateFact::of(c)).collect();
    late.extend(by_corrections_of_corrections(&facts, &corrections));
    let mut corrected = Vec::with_capacity(facts.len());
    let mut applied = Vec::new();
    for fact in facts {
        let own = by_target.get(&fact.id).map_or(&[][..], Vec::as_slice);
        let now = as_corrected(fact, &by_target, &mut late);
        if now.as_ref() != Some(fact) && concerns_duty(fact) {
            applied.extend(own.iter().map(|c| (c.id.clone(), now.as_ref().map(|f| f.at))));
        }
        corrected.extend(now);
    }
    Corrected { facts: corrected, late, corrections: corrections.into_iter().cloned().collect(), applied }
}

/// A fact as its corrections have it; nothing when it is void.
pub(super) fn as_corrected(fact: &Fact, by_target: &Targets, late: &mut Vec<LateFact>) -> Option<Fact> {
    let mut own = by_target.get(&fact.id).into_iter().flatten();
    own.try_fold(fact.clone(), |said, correction| correct(said, correction, late))
}

/// Applies corrections of corrections first, so that what is left says what it finally meant.
/// Corrections that correct each other in a ring never come loose and count for nothing.
pub(super) fn resolve(corrections: &[&Fact]) -> Targets {
    let mut waiting: BTreeMap<&str, usize> = corrections.iter().map(|c| (c.id.as_str(), 0)).collect();
    for target in corrections.iter().filter_map(|c| target(c)) {
        if let Some(count) = waiting.get_mut(target) {
            *count += 1;
        }
    }
    let mut ready: VecDeque<&Fact> =
        corrections.iter().copied().filter(|c| waiting.get(c.id.as_str()) == Some(&0)).collect();
    let by_id: BTreeMap<&str, &Fact> = corrections.iter().map(|c| (c.id.as_str(), *c)).collect();
    let mut targets = Targets::new();
    while let Some(correction) = ready.pop_front() {
        let own = target(correction);
        if let Some(said) = settle(correction, &targets) {
            file(said, &mut targets);
        }
        if let Some(count) = own.and_then(|t| waiting.get_mut(t)) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                ready.extend(own.and_then(|t| by_id.get(t)).copied());
            }
        }
    }
    targets
}

pub(super) fn target(correction: &Fact) -> Option<&str> {
    match &correction.body {
        FactBody::Correction { of, .. } => Some(of),
        _ => None,
    }
}

/// What a correction says once it has itself been corrected.
fn settle(correction: &Fact, targets: &Targets) -> Option<Fact> {
    as_corrected(correction, targets, &mut Vec::new())
}

fn file(correction: Fact, targets: &mut Targets) {
    let Some(of) = target(&correction).map(str::to_owned) else { return };
    let list = targets.entry(of).or_default();
    list.push(correction);
    list.sort_by(|a, b| (a.recorded_at, a.at, a.order, &a.id).cmp(&(b.recorded_at, b.at, b.order, &b.id)));
}

/// One fact after one correction; nothing when it is voided.
fn correct(fact: Fact, correction: &Fact, late: &mut Vec<LateFact>) -> Option<Fact> {
    let FactBody::Correction { replace, void, .. } = &correction.body else { return Some(fact) };
    if *void {
        return None;
    }
    let Some(said) = replaced(&fact, replace) else { return Some(fact) };
    late.extend(LateFact::moved(&fact, &said, correction));
    Some(said)
}

/// The fact with some fields said anew. Its id and the day it was recorded are never changed.
fn replaced(fact: &Fact, replace: &Map<String, Value>) -> Option<Fact> {
    let at = match replace.get("at") {
        Some(value) => value.as_str()?.parse::<Date>().ok()?,
        None => fact.at,
    };
    let mut fields = fact.body.fields();
    fields.insert("type".into(), Value::String(fact.body.type_name()));
    for (key, value) in replace.iter().filter(|(key, _)| !is_common(key)) {
        fields.insert(key.clone(), value.clone());
    }
    let body = serde_json::from_value(Value::Object(fields)).ok()?;
    Some(Fact { at, body, ..fact.clone() })
}

fn is_common(field: &str) -> bool {
    matches!(field, "id" | "at" | "recorded_at" | "source" | "order")
}
