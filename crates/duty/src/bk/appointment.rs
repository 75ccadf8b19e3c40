//! Appointment and end of a barnekoordinator.

use samhold_model::Date;
use samhold_model::fact::BkEndReason;

use crate::asked::Answers;
use crate::case::Case;
use crate::known::Mark;

/// An appointment by an authorised unit that covers the child.
#[derive(Clone, Debug)]
pub(crate) struct Appointment<'w> {
    pub mark: Mark,
    pub person: &'w str,
    pub service: &'w str,
    /// Set once appointment and wishes both exist.
    pub start: Option<Start<'w>>,
}

/// The valid start.
#[derive(Clone, Debug)]
pub(crate) struct Start<'w> {
    pub mark: Mark,
    /// Those whose wish was required then; only they can end it.
    pub asked: Vec<&'w str>,
}

/// Why a valid role ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    Age,
    Registered(BkEndReason),
    WishesWithdrawn,
    YouthObjects,
}

/// The end of a valid role.
#[derive(Clone, Debug)]
pub(crate) struct End<'w> {
    /// Where in the history; its date is the first day no longer held.
    pub mark: Mark,
    pub cause: Cause,
    pub person: &'w str,
    pub asked: Vec<&'w str>,
}

impl End<'_> {
    /// The fact that ended it; age needs none.
    pub(crate) fn fact(&self) -> Option<Mark> {
        (self.cause != Cause::Age).then_some(self.mark)
    }
}

impl<'w> Case<'w> {
    pub(crate) fn take_appointment(
        &mut self,
        mark: Mark,
        person: &'w str,
        service: &'w str,
        by: &'w str,
        covers: &'w [String],
    ) {
        if !self.covers_child(covers, mark.at) {
            self.bk.for_siblings.push(mark);
            return;
        }
        if self.is_adult(mark.at) {
            self.bk.too_old = Some((mark, person));
        } else if self.may_appoint(by) {
            self.bk.unconfirmed.clear();
            self.bk.appointments.push(Appointment { mark, person, service, start: None });
        } else {
            self.bk.unconfirmed.push((mark, person));
        }
    }

    /// an appointment for named siblings does not cover this child; before birth nobody has a name yet.
    fn covers_child(&self, covers: &[String], at: Date) -> bool {
        covers.is_empty()
            || !self.life.is_born(at)
            || self.life.name().is_none_or(|name| covers.iter().any(|child| child == name))
    }

    /// valid from the day both appointment and wishes exist.
    pub(crate) fn start_appointments(&mut self, now: Mark) {
        let blocked = self.is_blocked_by_youth();
        if blocked || self.bk.waiting().is_none() || self.wish_answers() != Answers::Given {
            return;
        }
        let asked = self.asked_now();
        for waiting in self.bk.appointments.iter_mut().filter(|a| a.start.is_none()) {
            waiting.start = Some(Start { mark: now, asked: asked.clone() });
        }
    }

    pub(crate) fn take_bk_ended(&mut self, mark: Mark, person: &str, reason: BkEndReason) {
        self.bk.unconfirmed.retain(|(_, p)| *p != person);
        self.bk.substitutes.retain(|s| s.person != person);
        self.bk.too_old = self.bk.too_old.filter(|(_, p)| *p != person);
        self.end_appointments(mark, Cause::Registered(reason), |a| a.person == person);
    }

    /// on the 18th birthday the role ends by itself.
    pub(crate) fn end_at_18(&mut self, day: Date) {
        if !self.is_adult(day) || (self.bk.appointments.is_empty() && self.bk.unconfirmed.is_empty()) {
            return;
        }
        self.bk.ended_at_18 |= self.bk.valid().is_some();
        self.bk.unconfirmed.clear();
        self.end_appointments(Mark { at: day, nr: 0 }, Cause::Age, |_| true);
    }

    /// Ends the appointments that `which` names. When a valid one is among them, what was decided, agreed, disputed
    /// or claimed before that day is dead, unless the municipality has set otherwise.
    pub(crate) fn end_appointments(&mut self, mark: Mark, cause: Cause, which: impl Fn(&Appointment<'w>) -> bool) {
        let (gone, kept): (Vec<_>, Vec<_>) = std::mem::take(&mut self.bk.appointments).into_iter().partition(which);
        self.bk.appointments = kept;
        let began = gone.iter().filter_map(|a| a.start.as_ref()).map(|start| start.mark.at).min();
        let valid = gone.into_iter().filter(|a| a.start.is_some()).max_by_key(|a| a.mark);
        let Some(Appointment { person, start: Some(start), .. }) = valid else { return };
        self.bk.ended = Some(End { mark, cause, person, asked: start.asked });
        // A role that ended on the day it began had no valid day before whose end anything could be dated.
        let stood = began.is_some_and(|began| began < mark.at);
        if stood && !self.world.rules.config.revive_previous_on_bk_end {
            self.named.forget_before(mark.at);
        }
    }
}
