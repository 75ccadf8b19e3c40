//! What one recipient may see of one child now: the parts offered, each decided by disclosure.
//!
//! Used both when the wanted state is worked out and again at the moment of sending. Must never read a value from a fact into
//! an outgoing message by another road.

mod offer;
mod places;
mod since;

use aws_lc_rs::digest::{SHA256, digest};
use samhold_disclosure::Recipient;
use samhold_disclosure::cleared::{Cleared, ItemDecision, Package, Parcel, Release, Released, release};
use samhold_duty::answer::DutyState;
use samhold_duty::{Answer, HolderKind};
use samhold_model::Date;

pub(super) use offer::Offer;
pub(crate) use offer::reveals;

use super::dossier::Dossier;
use super::engine::Live;
use super::past::stamp;
use crate::config::SystemSettings;

/// What a recipient that coordinates, or takes part in it, is told for.
const PURPOSE: &str = "coordination";

/// What a recipient may see.
#[derive(Debug)]
pub struct Sight {
    /// What may go out; `None` when nothing may.
    pub cleared: Option<Cleared<Released>>,
    /// Every decision, for the audit.
    pub decisions: Vec<ItemDecision>,
    /// Hash of what may go out, stable over time; another one after something that had been told was corrected.
    pub content_hash: Option<String>,
    /// Since when it has been so, for all that the recipient may see; a hidden change does not change it.
    pub since: Option<Date>,
    /// The last day on which something it had been told was found to be otherwise.
    pub corrected: Option<Date>,
    /// The recipient takes part in the case.
    pub participant: bool,
    /// The recipient takes the case over: the child has moved to its municipality.
    pub takes_over: bool,
}

/// Works out what `system` may see of the answer of the day. Who had been told otherwise about days that have passed is sent
/// the state anew, though it may read the same.
#[must_use]
pub fn sight(live: &Live, municipality: &str, system: &SystemSettings, dossier: &Dossier, answer: &Answer) -> Sight {
    let mut seen = sight_of(live, municipality, system, dossier, (answer, answer));
    if let Some(stamp) = stamp(live, municipality, system, dossier) {
        seen.content_hash = seen.content_hash.map(|hash| sha256(&format!("{hash}\n{}", stamp.text)));
        seen.corrected = Some(stamp.recorded);
    }
    seen
}

/// Works out what `system` may see of the answer of another day. Who may see is decided by the answer `of_today`.
#[must_use]
pub fn sight_of(
    live: &Live,
    municipality: &str,
    system: &SystemSettings,
    dossier: &Dossier,
    (of_today, answer): (&Answer, &Answer),
) -> Sight {
    let (to, offer) = offered(live, municipality, system, dossier, (of_today, answer));
    let participant = to.participant;
    let Seen { released, since } = seen(offer.as_ref(), live, municipality, dossier, (to, PURPOSE));
    let mapping = live.outbound.get(&system.name).map(|m| m.fingerprint.clone()).unwrap_or_default();
    let content_hash = released.cleared.as_ref().map(|c| hash_of(c.get(), &mapping));
    Sight {
        cleared: released.cleared,
        decisions: released.decisions,
        content_hash,
        since,
        corrected: None,
        participant,
        takes_over: false,
    }
}

/// To whom, and what is offered: nothing when the child is none of its business.
fn offered<'a>(
    live: &'a Live,
    municipality: &'a str,
    system: &SystemSettings,
    dossier: &'a Dossier,
    (of_today, answer): (&Answer, &'a Answer),
) -> (Recipient, Option<Offer<'a>>) {
    // A municipality it does not serve, and a child about whom not everything can be read, are none of its business.
    let open = system.serves(municipality) && dossier.is_whole();
    let participant = open && takes_part(system, of_today);
    let living = open && alive(of_today) && alive(answer);
    let offer = living.then(|| Offer::new(live, municipality, dossier, answer));
    (Recipient { kind: system.kind.clone(), participant, id: None }, offer)
}

/// What disclosure lets out of an offer, and since when it has been so.
pub(super) struct Seen {
    pub(super) released: Release,
    pub(super) since: Option<Date>,
}

/// Has disclosure decide on an offer to a recipient for a purpose, today.
pub(super) fn seen(
    offer: Option<&Offer<'_>>,
    live: &Live,
    municipality: &str,
    dossier: &Dossier,
    (recipient, purpose): (Recipient, &str),
) -> Seen {
    seen_but_for(offer, live, municipality, (package(dossier, (recipient, purpose), Vec::new()), &[]))
}

/// The same of an offer without some fields, each named with its category, to the recipient of a package. Since when is what
/// it is for who does not see them.
fn seen_but_for(
    offer: Option<&Offer<'_>>,
    live: &Live,
    municipality: &str,
    (mut package, held): (Package, &[(String, String)]),
) -> Seen {
    let rules = live.share_rules(municipality);
    let mut decide = |items: Vec<Parcel>| {
        package.items = items;
        for (category, field) in held {
            let of_category = package.items.iter_mut().filter(|item| item.category == *category);
            of_category.for_each(|item| drop(item.fields.shift_remove(field)));
        }
        package.items.retain(|item| !item.fields.is_empty());
        release(&package, &rules)
    };
    let since = offer.and_then(|offer| since::since(offer, &mut decide));
    let items = offer.map(|offer| offer.parcels(since)).unwrap_or_default();
    Seen { released: decide(items), since }
}

/// What a system that takes part, or coordinates, is offered of an answer, as disclosure is asked. Who may see is decided by
/// the answer `of_today`.
pub(super) fn package_of(
    live: &Live,
    municipality: &str,
    system: &SystemSettings,
    dossier: &Dossier,
    answers: (&Answer, &Answer),
) -> Package {
    let (to, offer) = offered(live, municipality, system, dossier, answers);
    package(dossier, (to, PURPOSE), all_of(offer.as_ref()))
}

/// Everything that is offered, for whoever asks which fields would go, and not what stands in them.
pub(super) fn all_of(offer: Option<&Offer<'_>>) -> Vec<Parcel> {
    offer.map(|offer| offer.parcels(offer.answer().samordning.since)).unwrap_or_default()
}

/// What `system` may see of an answer while some fields, each named with its category, are held back from it.
pub(super) fn sight_without(
    live: &Live,
    municipality: &str,
    system: &SystemSettings,
    (dossier, of_today, answer): (&Dossier, &Answer, &Answer),
    held: &[(String, String)],
) -> Seen {
    let (to, offer) = offered(live, municipality, system, dossier, (of_today, answer));
    let package = package(dossier, (to, PURPOSE), Vec::new());
    seen_but_for(offer.as_ref(), live, municipality, (package, held))
}

/// What is offered together with what is known of the child today.
pub(super) fn package(dossier: &Dossier, (recipient, purpose): (Recipient, &str), items: Vec<Parcel>) -> Package {
    Package {
        subject: dossier.subject(),
        recipient,
        purpose: purpose.into(),
        flags: dossier.circumstances(),
        consents: dossier.consents(),
        date: dossier.today,
        items,
    }
}

/// Content and the form it takes: a changed outbound mapping is sent anew.
pub(super) fn hash_of(released: &Released, mapping: &str) -> String {
    let text = since::distinct(released).to_string();
    sha256(&format!("{mapping}\n{text}"))
}

fn sha256(text: &str) -> String {
    hex::encode(digest(&SHA256, text.as_bytes()))
}

pub(super) fn alive(answer: &Answer) -> bool {
    !matches!(answer.samordning.state, DutyState::NoneNeeded | DutyState::Ended)
}

/// A recipient takes part when one of its services does, or when it is the koordinerende enhet of a living duty.
fn takes_part(system: &SystemSettings, answer: &Answer) -> bool {
    let mut concerned: Vec<&str> = answer.participants.iter().map(String::as_str).collect();
    if answer.samordning.holder.kind == HolderKind::Service {
        concerned.extend(answer.samordning.holder.reference.as_deref());
    }
    concerned.extend(answer.samordning.acting.as_deref());
    concerned.extend(answer.barnekoordinator.service.as_deref());
    concerned.extend(answer.koordinator.service.as_deref());
    let serves = system.services.iter().any(|s| concerned.contains(&s.as_str()));
    alive(answer) && (serves || matches!(system.kind.as_str(), "koordinerende_enhet" | "barnekoordinator"))
}
