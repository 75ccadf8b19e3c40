//! What disclosure is asked about one child towards one recipient: the questions, without the values.
//!
//! The same offer as the messages are made of. Must never let anything out, nor decide.

use samhold_disclosure::Request;
use samhold_duty::Answer;

use super::dossier::Dossier;
use super::engine::Live;
use super::handover::package_now;
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
    let package = package_now(live, municipality, system, (dossier, answer));
    package.items.iter().map(|item| package.question(item)).collect()
}
