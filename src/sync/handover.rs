//! A child has moved to another municipality of this installation: what the koordinerende enhet there is offered of the case
//! in the municipality it left.
//!
//! The new municipality starts clean: what is offered is the last answer of the old one, under the old one's number.
//! Nothing goes but by a valid consent that names other municipalities and the purpose of a transition (S-16), and of a child
//! with strict protection nothing is even offered. Must never add a fact to the new municipality.

mod standing;

use samhold_disclosure::Recipient;
use samhold_disclosure::cleared::Package;
use samhold_duty::Answer;
use samhold_duty::answer::EndReason;
use samhold_model::{Date, dates};

use super::dossier::{Dossier, MovedTo};
use super::engine::Live;
use super::view::{Offer, Seen, Sight, alive, all_of, hash_of, package, package_of, seen, sight};
use crate::config::SystemSettings;

pub(super) use standing::{Standing, standing};

/// What the new municipality's koordinerende enhet counts as for the case of the old one: it takes no part in it.
pub(super) const RECIPIENT: &str = "other_municipality";
/// What it is told for.
const PURPOSE: &str = "transition";

/// A case that the child has moved away from.
#[derive(Debug)]
pub(super) struct Handover {
    /// The municipality the child left.
    from: String,
    /// Where it moved, and by which fact.
    moved: MovedTo,
    /// The day from which the old municipality has the duty no more.
    on: Date,
    /// How it stood the day before, as is known now.
    left: Answer,
}

impl Handover {
    /// The handover that is due from a municipality; `None` when the child has not moved away, or left no case behind.
    pub(super) fn due(live: &Live, from: &str, dossier: &Dossier, answer: &Answer) -> Option<Self> {
        let ended = answer.samordning.end_reason == Some(EndReason::MovedOut);
        let moved = dossier.moved_from(from).filter(|_| ended)?;
        let on = answer.samordning.since.unwrap_or(moved.at);
        let before = dates::add_days(on, -1);
        let rules = live.duty_rules(from);
        let left = samhold_duty::answer(&dossier.family(), &dossier.facts, before, Some(dossier.today), &rules);
        alive(&left).then(|| Self { from: from.to_owned(), moved, on, left })
    }

    /// What a system may see of it; `None` when it is not one that takes the case over.
    pub(super) fn sight(&self, live: &Live, system: &SystemSettings, dossier: &Dossier) -> Option<Sight> {
        if !system.takes_over(&self.moved.to) {
            return None;
        }
        let offer = self.offered(live, dossier);
        let Seen { released, since } = seen(offer.as_ref(), live, &self.from, dossier, (recipient(), PURPOSE));
        let mapping = live.handover.get(&system.name).map(|m| m.fingerprint.clone()).unwrap_or_default();
        let form = format!("{mapping}\n{}", self.on);
        let content_hash = released.cleared.as_ref().map(|c| hash_of(c.get(), &form));
        let (cleared, decisions) = (released.cleared, released.decisions);
        let (participant, takes_over) = (false, true);
        Some(Sight { cleared, decisions, content_hash, since, corrected: None, participant, takes_over })
    }

    /// What is offered to a system, as disclosure is asked; `None` when it is not one that takes the case over.
    pub(super) fn package(&self, live: &Live, system: &SystemSettings, dossier: &Dossier) -> Option<Package> {
        let due = system.takes_over(&self.moved.to);
        due.then(|| package(dossier, (recipient(), PURPOSE), all_of(self.offered(live, dossier).as_ref())))
    }

    fn offered<'a>(&'a self, live: &'a Live, dossier: &'a Dossier) -> Option<Offer<'a>> {
        (!dossier.is_strictly_protected()).then(|| Offer::new(live, &self.from, dossier, &self.left).without_absence())
    }
}

fn recipient() -> Recipient {
    Recipient { kind: RECIPIENT.into(), participant: false, id: None }
}

/// What a system may see of a child in a municipality now, be it the case as it goes on or one to take over.
pub(super) fn sight_now(
    live: &Live,
    municipality: &str,
    system: &SystemSettings,
    (dossier, answer): (&Dossier, &Answer),
) -> Sight {
    let handover = Handover::due(live, municipality, dossier, answer);
    let taken_over = handover.and_then(|h| h.sight(live, system, dossier));
    taken_over.unwrap_or_else(|| sight(live, municipality, system, dossier, answer))
}

/// What a system is offered of a child in a municipality now, as disclosure is asked: what [`sight_now`] is made of.
pub(super) fn package_now(
    live: &Live,
    municipality: &str,
    system: &SystemSettings,
    (dossier, answer): (&Dossier, &Answer),
) -> Package {
    let handover = Handover::due(live, municipality, dossier, answer);
    let taken_over = handover.and_then(|due| due.package(live, system, dossier));
    taken_over.unwrap_or_else(|| package_of(live, municipality, system, dossier, (answer, answer)))
}
