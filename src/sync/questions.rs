//! What disclosure is asked about one child towards one recipient: the questions, without the values.
//!
//! The same offer as the messages are made of. Must never let anything out, nor decide.

use samhold_disclosure::Request;
use samhold_duty::Answer;

use super::dossier::Dossier;
use super::engine::Live;
use super::handover::Handover;
use super::view::{PURPOSE, offered, package};
use crate::config::SystemSettings;

/// A question for each item there is to offer, be it of the case as it goes on or of one to take over. Empty when there is
/// nothing to offer.
#[must_use]
pub fn questions(
    live: &Live,
    municipality: &str,
    system: &SystemSettings,
    (dossier, answer): (&Dossier, &Answer),
) -> Vec<Request> {
    let handover = Handover::due(live, municipality, dossier, answer);
    let taken_over = handover.and_then(|due| due.package(live, system, dossier));
    let package = taken_over.unwrap_or_else(|| {
        let (to, items) = offered(live, municipality, system, dossier, (answer, answer));
        package(dossier, (to, PURPOSE), items)
    });
    package.items.iter().map(|item| package.question(item)).collect()
}
