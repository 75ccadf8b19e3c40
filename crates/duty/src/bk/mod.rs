//! The barnekoordinator of the family.
//!
//! Must never let an appointment without authority or without the required wishes have effect.

pub(crate) mod appointment;
pub(crate) mod substitute;
pub(crate) mod wish;

use std::collections::BTreeMap;

use samhold_model::fact::{Wish, YouthView};
use samhold_model::{Date, FactBody};

use crate::answer::BkState;
use crate::asked::Answers;
use crate::case::Case;
use crate::known::Mark;
use appointment::{Appointment, End};
use substitute::Substitute;

/// The track as it stands.
#[derive(Clone, Debug, Default)]
pub(crate) struct BkTrack<'w> {
    /// Authorised appointments that cover the child and have not ended, oldest first. Those that wait for a wish are the
    /// last, for all that wait begin together.
    pub appointments: Vec<Appointment<'w>>,
    /// Appointments by someone without authority.
    pub unconfirmed: Vec<(Mark, &'w str)>,
    /// Appointments in the family that do not cover this child, for the explanation.
    pub for_siblings: Vec<Mark>,
    /// A substitute named by someone without authority.
    pub unauthorised_substitute: Option<Mark>,
    pub substitutes: Vec<Substitute<'w>>,
    pub wishes: BTreeMap<&'w str, (Wish, Mark)>,
    /// The latest assessment of the conditions.
    pub conditions: Option<(bool, Mark)>,
    /// The youth's latest view, given from 16.
    pub youth: Option<(YouthView, Mark)>,
    /// The last end of a valid appointment.
    pub ended: Option<End<'w>>,
    /// An appointment dated on or after the 18th birthday.
    pub too_old: Option<(Mark, &'w str)>,
    /// The role ended by age and no new holder has been named since.
    pub ended_at_18: bool,
}

impl<'w> BkTrack<'w> {
    /// The appointment that counts: of those validly started, the one appointed last.
    pub(crate) fn valid(&self) -> Option<&Appointment<'w>> {
        self.appointments.iter().rev().find(|a| a.start.is_some())
    }

    /// An appointment that waits for a wish.
    pub(crate) fn waiting(&self) -> Option<&Appointment<'w>> {
        self.appointments.last().filter(|a| a.start.is_none())
    }

    /// Conditions met or an appointment registered, since the last role ended.
    fn is_proposed_anew(&self) -> bool {
        let Some(end) = &self.ended else { return true };
        let assessed = self.conditions.is_some_and(|(met, mark)| met && mark > end.mark);
        let appointed = self.appointments.last().is_some_and(|a| a.mark >= end.mark);
        assessed || appointed || self.unconfirmed.iter().any(|(mark, _)| *mark >= end.mark)
    }

    pub(crate) fn conditions_met(&self) -> bool {
        self.conditions.is_some_and(|(met, _)| met)
    }
}

impl<'w> Case<'w> {
    pub(crate) fn take_bk(&mut self, mark: Mark, body: &'w FactBody) {
        match body {
            FactBody::BkConditionsAssessed { met, .. } => self.bk.conditions = Some((*met, mark)),
            FactBody::BkWish { by, wish } => self.take_wish(mark, by, *wish),
            FactBody::BkYouthView { view } => self.take_youth_view(mark, *view),
            FactBody::BkAppointed { person, service, by, covers } => {
                self.take_appointment(mark, person, service, by, covers);
            }
            FactBody::BkEnded { person, reason } => self.take_bk_ended(mark, person, *reason),
            FactBody::SubstituteAppointed { for_person, person, by, until } => {
                let substitute = Substitute { mark, for_person, person, until: *until };
                self.take_substitute(substitute, by);
            }
            _ => {}
        }
    }

    /// Whether `unit` may appoint and name substitutes.
    fn may_appoint(&self, unit: &str) -> bool {
        self.world.rules.config.appointment_authorities.iter().any(|u| u == unit)
    }

    /// The state of the track on `day`, before any terminal event.
    pub(crate) fn bk_state(&self, day: Date) -> BkState {
        if let Some(valid) = self.bk.valid() {
            return if self.acting_for(valid.person, day).is_some() { BkState::Appointed } else { BkState::Vacant };
        }
        let over = self.bk.ended.is_some() && (self.is_adult(day) || !self.bk.is_proposed_anew());
        match () {
            () if over => BkState::Ended,
            () if self.is_adult(day) => BkState::None,
            () => self.state_before_start(),
        }
    }

    /// 4.1 Barnekoordinator: before a valid start.
    fn state_before_start(&self) -> BkState {
        let answers = self.wish_answers();
        let appointed = self.bk.waiting().is_some();
        match answers {
            _ if self.is_blocked_by_youth() => BkState::Declined,
            Answers::Refused => BkState::Declined,
            _ if !appointed && !self.bk.unconfirmed.is_empty() => BkState::Unconfirmed,
            _ if !appointed && !self.bk.conditions_met() => BkState::None,
            Answers::Missing => BkState::AwaitingWish,
            Answers::Given => BkState::AwaitingAppointment,
        }
    }

    /// Conditions assessed as not met after the start: the role stands, but a person should look.
    pub(crate) fn conditions_lapsed(&self) -> Option<Mark> {
        let start = self.bk.valid()?.start.as_ref()?.mark;
        let (_, assessed) = self.bk.conditions.filter(|(met, _)| !met)?;
        (assessed > start).then_some(assessed)
    }

    pub(crate) fn is_adult(&self, day: Date) -> bool {
        self.life.is_at_least(18, day)
    }
}
