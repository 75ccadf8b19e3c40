//! Since when a recipient has seen what it sees of the duty: the day that is told with it.
//!
//! A hidden holder that gives way to another hidden one changes nothing that the recipient may see, so that it must not change
//! the day either, nor what else is told. A pure function of facts: of what was sent before it knows nothing.

use samhold_disclosure::cleared::{Parcel, Release, Released, ReleasedItem};
use samhold_duty::Stretch;
use samhold_duty::answer::DutyState;
use samhold_model::Date;
use serde_json::{Value, json};

use super::offer::Offer;

/// Categories that tell of the holder.
const OF_THE_HOLDER: [&str; 2] = ["holder_service", "coordinator_contact"];
/// Fields that say who it is: whoever held before said something else.
const SAYS_WHO: [&str; 2] = ["service", "name"];
/// All that is left of a masked holder.
const CONTACT: &str = "contact_point";

/// The first day of the unbroken stretch of what is seen: of state and holder for who sees both, of the state alone where the
/// holder is masked.
pub(super) fn since(offer: &Offer<'_>, mut see: impl FnMut(Vec<Parcel>) -> Release) -> Option<Date> {
    let duty = &offer.answer().samordning;
    let now = see(offer.of_the_duty());
    if now.cleared.as_ref().is_some_and(|cleared| says_who(cleared.get())) {
        return duty.since;
    }
    let seen = |release: Release| release.cleared.map(|cleared| distinct(cleared.get()));
    let now = seen(now);
    let before = duty.stretches.iter().rev().skip(1);
    let same = before.take_while(|stretch| living(stretch) && seen(see(offer.of_a_stretch(stretch))) == now);
    same.last().map(|stretch| stretch.from).or(duty.since)
}

fn living(stretch: &Stretch) -> bool {
    !matches!(stretch.state, DutyState::NoneNeeded | DutyState::Ended)
}

fn says_who(released: &Released) -> bool {
    let of_the_holder = released.items.iter().filter(|item| OF_THE_HOLDER.contains(&item.category.as_str()));
    of_the_holder.into_iter().any(|item| SAYS_WHO.iter().any(|field| item.fields.contains_key(*field)))
}

/// What of it a recipient can tell from something else: a message has one place for the contact point, so that a masked
/// service, a masked coordinator and nobody at all read the same.
pub(super) fn distinct(released: &Released) -> Value {
    let contact = |item: &ReleasedItem| item.fields.get(CONTACT).cloned();
    let said = released.items.iter().filter(|item| item.category == "coordination_exists").find_map(contact);
    let masked = |item: &ReleasedItem| {
        OF_THE_HOLDER.contains(&item.category.as_str()) && item.fields.keys().all(|field| field == CONTACT)
    };
    let items = released.items.iter().filter_map(|item| match masked(item) {
        true if contact(item) == said => None,
        true => Some(json!({"category": CONTACT, "fields": item.fields})),
        false => Some(json!({"category": item.category, "fields": item.fields})),
    });
    json!({"items": items.collect::<Vec<_>>()})
}
