//! What became of what was said and no longer counts: withdrawn, lapsed, settled, disclaimed, forgotten.
//!
//! For the explanation alone. Must never be asked when it is worked out who holds. A decision begins a new page, and an
//! agreement one for all but decisions, so that no more is kept than what the present state still rests on.

use samhold_model::Date;

use super::{Designations, Naming};
use crate::case::Case;
use crate::known::Mark;

/// What was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    Decision,
    Agreement,
    Claim,
    Dispute,
}

/// Why it no longer counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// A later decision settled it.
    Decided(Mark),
    /// A later agreement came in its place or settled it.
    Agreed(Mark),
    Withdrawn(Mark),
    /// The service itself said that it does not coordinate.
    Disclaimed(Mark),
    /// Its own time ran out.
    Lapsed,
    /// The service no longer serves the child, or may no longer hold.
    CannotHold,
    /// A barnekoordinator's role has ended since.
    Forgotten,
}

impl Fate {
    /// The fact that made it so; time needs none.
    pub(crate) fn fact(self) -> Option<Mark> {
        match self {
            Fate::Decided(mark) | Fate::Agreed(mark) | Fate::Withdrawn(mark) | Fate::Disclaimed(mark) => Some(mark),
            Fate::Lapsed | Fate::CannotHold | Fate::Forgotten => None,
        }
    }
}

/// Something that was said once, and what became of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Past<'w> {
    pub said: Said,
    pub mark: Mark,
    /// The service named; none for a dispute.
    pub service: Option<&'w str>,
    pub fate: Fate,
    /// Whether it had come to have effect; else it only waited for its service.
    pub had_effect: bool,
    /// First day on which it no longer counts.
    pub day: Date,
}

impl<'w> Past<'w> {
    fn naming(said: Said, naming: &Naming<'w>, fate: Fate, day: Date) -> Self {
        Self { said, mark: naming.mark, service: Some(naming.service), fate, had_effect: naming.in_effect, day }
    }

    fn dispute(mark: Mark, fate: Fate, day: Date) -> Self {
        Self { said: Said::Dispute, mark, service: None, fate, had_effect: true, day }
    }
}

impl<'w> Designations<'w> {
    /// Every naming of a kind for which `which` holds has this fate.
    fn note_namings(&mut self, said: Said, which: impl Fn(&Naming<'w>) -> bool, fate: Fate, day: Date) {
        let all = match said {
            Said::Decision => &self.decisions,
            Said::Agreement => &self.agreements,
            Said::Claim => &self.claims,
            Said::Dispute => return,
        };
        let noted = all.iter().filter(|n| which(n)).map(|n| Past::naming(said, n, fate, day));
        self.past.extend(noted);
    }

    /// Everything older than `mark` is dropped for this reason: a new page.
    pub(super) fn note_older(&mut self, mark: Mark, fate: Fate, day: Date) {
        self.past.clear();
        for said in [Said::Decision, Said::Agreement, Said::Claim] {
            self.note_namings(said, |n| n.mark < mark, fate, day);
        }
        let disputes = self.disputes.iter().filter(|d| d.mark < mark).map(|d| Past::dispute(d.mark, fate, day));
        self.past.extend(disputes);
    }

    /// A dispute that no longer is.
    pub(super) fn note_dispute(&mut self, mark: Mark, fate: Fate, day: Date) {
        self.past.push(Past::dispute(mark, fate, day));
    }

    /// The decision at this place is withdrawn.
    pub(super) fn note_withdrawn(&mut self, place: usize, by: Mark) {
        let gone = self.decisions.get(place).map(|n| n.mark);
        self.note_namings(Said::Decision, |n| Some(n.mark) == gone, Fate::Withdrawn(by), by.at);
    }

    /// A service says that it does not coordinate: its claims end, and what was agreed for later.
    pub(super) fn note_disclaimed(&mut self, service: &str, by: Mark) {
        self.past.retain(|p| p.said != Said::Claim || p.service != Some(service));
        self.note_namings(Said::Claim, |n| n.service == service, Fate::Disclaimed(by), by.at);
        self.note_namings(Said::Agreement, |n| n.service == service && !n.in_effect, Fate::Disclaimed(by), by.at);
    }

    /// Decisions whose time is out by `day`.
    pub(super) fn note_lapsed(&mut self, day: Date) {
        let out: Vec<Mark> =
            self.decisions.iter().filter(|n| n.valid_to.is_some_and(|to| to <= day)).map(|n| n.mark).collect();
        for mark in out {
            self.note_namings(Said::Decision, |n| n.mark == mark, Fate::Lapsed, day);
        }
    }

    /// What has effect, and whose service may hold no longer.
    pub(super) fn note_unfit(&mut self, may_still_hold: impl Fn(&Naming<'w>) -> bool, day: Date) {
        for said in [Said::Decision, Said::Agreement, Said::Claim] {
            self.note_namings(said, |n| n.in_effect && !may_still_hold(n), Fate::CannotHold, day);
        }
    }
}

impl<'w> Case<'w> {
    /// Before the decision at `mark` takes effect: all it settles, also the disagreement that claims made.
    pub(super) fn note_decided(&mut self, mark: Mark, day: Date) {
        let made = self.dispute_by_claims().filter(|made| *made < mark);
        self.named.note_older(mark, Fate::Decided(mark), day);
        if let Some(made) = made {
            self.named.note_dispute(made, Fate::Decided(mark), day);
        }
    }

    /// Before an agreement takes effect: what it comes in the place of.
    pub(super) fn note_agreed(&mut self, agreed: &Naming<'w>, day: Date) {
        let rivalry = self.rivalry().filter(|d| d.mark < agreed.mark && self.standing_decision().is_none());
        let settled = rivalry.filter(|d| self.settles(agreed, d, day)).map(|d| d.mark);
        let fate = Fate::Agreed(agreed.mark);
        self.named.past.retain(|p| p.said == Said::Decision);
        for said in [Said::Agreement, Said::Claim] {
            self.named.note_namings(said, |n| n.mark < agreed.mark, fate, day);
        }
        if let Some(mark) = settled {
            self.named.note_dispute(mark, fate, day);
        }
    }

    /// A dispute that claims alone make, while no decision stands.
    fn dispute_by_claims(&self) -> Option<Mark> {
        let open = self.standing_decision().is_none() && self.named.disputes.is_empty();
        self.rivalry().filter(|_| open).map(|d| d.mark)
    }
}
