//! Names of those who coordinate, as their own service has told them.
//!
//! Who works at a krisesenter would tell of it, and so would, of a strictly protected child, who works at its school: they
//! keep the id that the facts carry.

use std::collections::{BTreeMap, BTreeSet};

use samhold_model::FactBody;
use samhold_model::national_id::redact;

use super::Veil;
use crate::sync::Dossier;

/// Id and name of each who may be named. `strict`: also who only stands in, of whom nobody knows where they work, is not.
pub(super) fn named(veil: &Veil, dossier: &Dossier, strict: bool) -> Vec<(String, String)> {
    let mut employers: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut stands_in = Vec::new();
    for fact in &dossier.facts {
        match &fact.body {
            FactBody::BkAppointed { person, service, .. } | FactBody::KoordinatorAppointed { person, service } => {
                employers.entry(person).or_default().insert(service);
            }
            FactBody::SubstituteAppointed { for_person, person, .. } => {
                stands_in.push((person.as_str(), for_person.as_str()))
            }
            _ => {}
        }
    }
    let hidden = |person: &str| employers.get(person).is_some_and(|at| at.iter().any(|service| veil.hides(service)));
    let open = |(person, principal): &(&str, &str)| !strict && !hidden(person) && !hidden(principal);
    let stands_in = stands_in.into_iter().filter(open).map(|(person, _)| person);
    let people: BTreeSet<&str> = employers.keys().copied().filter(|person| !hidden(person)).chain(stands_in).collect();
    people.into_iter().filter_map(|person| Some((person.to_owned(), name(veil, dossier, person, strict)?))).collect()
}

/// The name that was told last, if neither it nor the unit told with it would tell what is masked.
fn name(veil: &Veil, dossier: &Dossier, person: &str, strict: bool) -> Option<String> {
    let contact = dossier.contact(person);
    let told = [&contact.name, &contact.unit, &contact.email];
    let masked = told.into_iter().flatten().any(|text| veil.over_text(text) != *text);
    // Of a strictly protected child a signature may tell the place as well as a unit does: only what is a name is shown.
    let of_a_name =
        |name: &String| !strict || name.chars().all(|c| c.is_alphabetic() || [' ', '-', '\'', '’'].contains(&c));
    contact.name.filter(|name| !masked && of_a_name(name) && !name.trim().is_empty()).map(|name| redact(&name))
}
