//! Disagreement on who coordinates: the municipality holds and must decide.

use crate::case::Case;
use crate::known::Mark;

/// A dispute and the services in it.
#[derive(Clone, Debug)]
pub(crate) struct Dispute<'w> {
    pub mark: Mark,
    pub parties: Vec<&'w str>,
}

impl<'w> Case<'w> {
    /// The dispute that is open when no decision stands: one raised, or made by claims.
    pub(crate) fn open_dispute(&self) -> Option<Dispute<'w>> {
        self.named.disputes.first().cloned().or_else(|| self.rivalry())
    }

    /// Claims that oppose the agreement, or each other when there is none.
    pub(super) fn rivalry(&self) -> Option<Dispute<'w>> {
        let claims = self.standing_claims();
        match self.standing_agreement() {
            Some(agreed) => {
                let rivals = claims.iter().filter(|c| c.mark > agreed.mark && c.service != agreed.service);
                let first = rivals.clone().map(|c| c.mark).next()?;
                let parties = std::iter::once(agreed.service).chain(rivals.map(|c| c.service)).collect();
                Some(Dispute { mark: first, parties })
            }
            None => {
                let second = claims.get(1)?;
                Some(Dispute { mark: second.mark, parties: claims.iter().map(|c| c.service).collect() })
            }
        }
    }

    /// What has been said against the standing decision since it was made; it stands.
    pub(crate) fn said_against_decision(&self) -> Vec<Mark> {
        let Some(decision) = self.standing_decision() else { return Vec::new() };
        let disputes = self.named.disputes.iter().map(|d| d.mark);
        let rivals = self.standing_claims().into_iter().filter(|c| c.service != decision.service).map(|c| c.mark);
        let later = disputes.chain(rivals).filter(|mark| *mark > decision.mark);
        decision.disclaimed.into_iter().chain(later).collect()
    }
}
