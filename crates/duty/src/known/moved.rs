//! Dates that a correction of a correction moves: what it corrects had moved one, or it says another date itself.
//!
//! Must never cost more than the corrections themselves: a long chain is not followed step by step.

use std::collections::BTreeMap;

use samhold_model::{Date, Fact, FactBody};

use super::correction::{as_corrected, resolve, target};
use super::late::{LateFact, concerns_duty};

/// So many corrections of one fact are weighed one by one. Of more, each that corrects another counts as if it moved the date.
const WEIGHED: usize = 50;

/// What the corrections of corrections moved.
pub(super) fn by_corrections_of_corrections(facts: &[&Fact], corrections: &[&Fact]) -> Vec<LateFact> {
    let by_id: BTreeMap<&str, &Fact> = corrections.iter().map(|c| (c.id.as_str(), *c)).collect();
    if !corrections.iter().any(|c| is_of_another(c, &by_id)) {
        return Vec::new();
    }
    let mut roots = BTreeMap::new();
    let mut of_fact: BTreeMap<&str, Vec<&Fact>> = BTreeMap::new();
    for correction in corrections {
        if let Some(root) = root(correction, &by_id, &mut roots) {
            of_fact.entry(root).or_default().push(correction);
        }
    }
    let of_duty = facts.iter().filter(|fact| concerns_duty(fact));
    of_duty.filter_map(|fact| Some(of_one(fact, of_fact.remove(fact.id.as_str())?, &by_id))).flatten().collect()
}

fn is_of_another(correction: &Fact, by_id: &BTreeMap<&str, &Fact>) -> bool {
    target(correction).is_some_and(|of| by_id.contains_key(of))
}

/// What is known of the end of each chain so far, by the correction's id.
type Roots<'a> = BTreeMap<&'a str, Option<&'a str>>;

/// The fact at the end of the chain; none where corrections correct each other in a ring.
fn root<'a>(correction: &'a Fact, by_id: &BTreeMap<&str, &'a Fact>, known: &mut Roots<'a>) -> Option<&'a str> {
    let mut way = Vec::new();
    let mut next = Some(correction);
    let mut end = None;
    while let Some(one) = next {
        if let Some(found) = known.get(one.id.as_str()) {
            end = *found;
            break;
        }
        // Whoever comes here again has gone round.
        known.insert(&one.id, None);
        way.push(one.id.as_str());
        let of = target(one);
        next = of.and_then(|of| by_id.get(of)).copied();
        end = of;
    }
    known.extend(way.into_iter().map(|id| (id, end)));
    end
}

fn of_one(fact: &Fact, mut corrections: Vec<&Fact>, by_id: &BTreeMap<&str, &Fact>) -> Vec<LateFact> {
    corrections.sort_by(|a, b| (a.recorded_at, a.at, a.order, &a.id).cmp(&(b.recorded_at, b.at, b.order, &b.id)));
    let says_a_date =
        corrections.iter().any(|c| matches!(&c.body, FactBody::Correction { replace, .. } if says(replace)));
    if !says_a_date {
        return Vec::new();
    }
    let many = corrections.len() > WEIGHED;
    let mut late = Vec::new();
    for (nr, correction) in corrections.iter().enumerate().filter(|(_, c)| is_of_another(c, by_id)) {
        let at = |known: usize| date_of(fact, corrections.get(..known).unwrap_or_default());
        let (before, after) = if many { (Some(fact.at), None) } else { (at(nr), at(nr + 1)) };
        let from = before.into_iter().chain(after).min();
        let moved = many || (before.is_some() && after.is_some() && before != after);
        late.extend(from.filter(|from| moved && correction.recorded_at > *from).map(|from| LateFact {
            id: correction.id.clone(),
            from,
            recorded_at: correction.recorded_at,
        }));
    }
    late
}

/// A date stands in it, at whatever depth.
fn says(replace: &serde_json::Map<String, serde_json::Value>) -> bool {
    replace.iter().any(|(key, value)| key == "at" || value.as_object().is_some_and(says))
}

/// The date of a fact by these corrections; none when it is void.
fn date_of(fact: &Fact, corrections: &[&Fact]) -> Option<Date> {
    as_corrected(fact, &resolve(corrections), &mut Vec::new()).map(|fact| fact.at)
}
