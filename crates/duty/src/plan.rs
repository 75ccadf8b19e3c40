//! Individuell plan: consent, main responsibility, one plan (R-21; FOR-2022-06-22-1110 §§ 5 to 9).
//!
//! Plan facts count whatever their date. Must never treat silence as consent.

use std::collections::BTreeMap;

use samhold_model::fact::PlanConsent;
use samhold_model::{Date, FactBody};

use crate::answer::PlanState;
use crate::asked::{Answers, Joint, weigh};
use crate::case::Case;
use crate::holder::Misfit;
use crate::known::Mark;

/// A service named with main responsibility.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Main<'w> {
    pub mark: Mark,
    pub service: &'w str,
    decided: bool,
    in_effect: bool,
}

/// The track as it stands.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan<'w> {
    /// Plan work is registered.
    work: bool,
    ended: bool,
    /// Plans started and not ended, by the date of start.
    pub started: Vec<(Mark, &'w str)>,
    consents: BTreeMap<&'w str, (PlanConsent, Mark)>,
    mains: Vec<Main<'w>>,
    dispute: Option<Mark>,
    pub unfit_main: Option<Misfit<'w>>,
    pub unauthorised_decision: Option<Mark>,
}

impl<'w> Plan<'w> {
    /// The service named: a decision before an agreement, the latest of each.
    fn named(&self) -> Option<&Main<'w>> {
        self.mains.iter().filter(|m| m.in_effect).max_by_key(|m| (m.decided, m.mark))
    }

    /// The dispute no later agreement has settled and no decision beats.
    pub(crate) fn open_dispute(&self) -> Option<Mark> {
        let beaten = |dispute: &Mark| self.named().is_some_and(|m| m.decided || m.mark > *dispute);
        self.dispute.filter(|dispute| !beaten(dispute))
    }

    pub(crate) fn is_duplicated(&self) -> bool {
        self.started.iter().any(|(_, plan)| self.started.first().is_some_and(|(_, first)| first != plan))
    }

    /// Facts the track speaks from.
    pub(crate) fn marks(&self) -> Vec<Mark> {
        let consents = self.consents.values().map(|(_, mark)| *mark);
        let mains = self.named().map(|m| m.mark);
        self.started.iter().map(|(mark, _)| *mark).chain(consents).chain(mains).chain(self.open_dispute()).collect()
    }
}

impl<'w> Case<'w> {
    pub(crate) fn take_plan(&mut self, mark: Mark, body: &'w FactBody) {
        match body {
            FactBody::IpNeed { .. } => self.plan.work = true,
            FactBody::IpConsent { by, value } => {
                self.plan.work = true;
                self.plan.consents.insert(by, (*value, mark));
            }
            FactBody::IpStarted { plan, .. } => {
                self.plan.work = true;
                self.plan.started.push((mark, plan));
            }
            FactBody::IpMainAgreed { service } => self.take_main(mark, service, false),
            FactBody::IpMainDecided { service, by } if self.may_decide(by, mark.at) => {
                self.take_main(mark, service, true);
            }
            FactBody::IpMainDecided { .. } => self.plan.unauthorised_decision = Some(mark),
            FactBody::IpMainDisputed { .. } => {
                self.plan.work = true;
                self.plan.dispute = Some(mark);
            }
            FactBody::IpEnded { plan } => self.end_plan(plan),
            _ => {}
        }
    }

    fn take_main(&mut self, mark: Mark, service: &'w str, decided: bool) {
        self.plan.work = true;
        if !self.world.services.can_lead_plan(service, mark.at) {
            self.plan.unfit_main = Some(Misfit { mark, service });
        }
        self.plan.mains.push(Main { mark, service, decided, in_effect: false });
    }

    /// What remains after the last plan has ended starts anew.
    fn end_plan(&mut self, plan: &str) {
        let none_started = self.plan.started.is_empty();
        let before = self.plan.started.len();
        self.plan.started.retain(|(_, p)| *p != plan);
        let last_ended = self.plan.started.is_empty() && before > 0;
        if self.plan.work && (none_started || last_ended) {
            self.plan = Plan { ended: true, ..Plan::default() };
        }
    }

    /// A main service that no longer serves is gone for good; one named before its start takes effect then.
    pub(crate) fn settle_plan(&mut self, day: Date) {
        let services = &self.world.services;
        let stays =
            |m: &Main<'w>| services.can_lead_plan(m.service, day) || !(m.in_effect || services.serving(m.service, day));
        if self.plan.mains.iter().any(|m| m.decided && m.in_effect && !stays(m)) {
            // The decision beat what was agreed and disputed while it stood; that does not come alive when it falls.
            self.plan.mains.retain(|m| m.decided || m.mark.at >= day);
            self.plan.dispute = self.plan.dispute.filter(|dispute| dispute.at >= day);
        }
        self.plan.mains.retain(stays);
        let fit = |m: &&Main<'w>| !m.in_effect && services.can_lead_plan(m.service, day);
        while let Some(main) = self.plan.mains.iter().find(fit).copied() {
            for same in self.plan.mains.iter_mut().filter(|m| m.mark == main.mark) {
                same.in_effect = true;
            }
            // A decision settles what is older; an agreement replaces older agreements.
            self.plan.mains.retain(|m| m.mark >= main.mark || (m.decided && !main.decided));
            self.plan.dispute = self.plan.dispute.filter(|d| *d > main.mark);
            if main.decided {
                self.plan.unauthorised_decision = self.plan.unauthorised_decision.filter(|d| *d > main.mark);
            }
            self.plan.unfit_main = self.plan.unfit_main.filter(|m| m.mark > main.mark);
        }
        self.drop_unfit_that_fits(day);
    }

    /// A service that may lead by now is named in vain no longer.
    fn drop_unfit_that_fits(&mut self, day: Date) {
        let services = &self.world.services;
        self.plan.unfit_main = self.plan.unfit_main.filter(|m| !services.can_lead_plan(m.service, day));
    }

    /// Whose consent counts: the youth's own from 16, whenever it was given; before that who answers for the child.
    fn plan_answers(&self, day: Date) -> Answers {
        let youth = self.is_16(day);
        let given: BTreeMap<&'w str, bool> =
            self.plan.consents.iter().map(|(by, (value, _))| (*by, *value == PlanConsent::Given)).collect();
        let asked =
            if youth { vec!["child"] } else { self.responsible(given.keys().copied().filter(|by| *by != "child")) };
        let all = self.world.rules.config.require_all_guardians;
        weigh(&asked, &given, if all { Joint::All } else { Joint::OneUnlessRefused })
    }

    pub(crate) fn plan_state(&self, day: Date) -> PlanState {
        if !self.plan.work {
            return if self.plan.ended { PlanState::Ended } else { PlanState::None };
        }
        match self.plan_answers(day) {
            Answers::Refused => PlanState::Refused,
            Answers::Missing => PlanState::AwaitingConsent,
            Answers::Given if self.plan.open_dispute().is_some() => PlanState::Disputed,
            Answers::Given if self.plan.named().is_some() => PlanState::Assigned,
            Answers::Given => PlanState::Unassigned,
        }
    }

    /// The service with main responsibility, where that is settled.
    pub(crate) fn plan_main(&self, day: Date) -> Option<&'w str> {
        let assigned = self.plan_state(day) == PlanState::Assigned;
        self.plan.named().filter(|_| assigned).map(|m| m.service)
    }

    /// A plan is under way without the consent it needs.
    pub(crate) fn plan_lacks_consent(&self, day: Date) -> bool {
        !self.plan.started.is_empty() && self.plan_answers(day) != Answers::Given
    }
}
