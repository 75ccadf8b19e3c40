//! One child's case as it stands at a point of the history: every track, replayed fact by fact.
//!
//! Facts of one day count in the order given; what falls due by time is done first on its day. Each rule is in the
//! file of its step; this file only says in which order they speak. Must never look at a fact ahead of the point.

use std::collections::BTreeSet;

use samhold_model::{Date, Fact, FactBody};

use crate::age::Life;
use crate::answer::{DutyState, HolderKind};
use crate::bk::BkTrack;
use crate::delegation::Delegations;
use crate::holder::Designations;
use crate::holder::koordinator::Koordinators;
use crate::known::{History, Mark};
use crate::need::Need;
use crate::people::People;
use crate::plan::Plan;
use crate::services::Services;
use crate::terminal::Terminal;
use crate::{Family, Rules};

/// What does not change while the history is replayed.
#[derive(Debug)]
pub(crate) struct World<'w> {
    pub family: &'w Family,
    pub rules: &'w Rules,
    pub history: &'w History,
    pub services: Services<'w>,
    pub delegations: Delegations<'w>,
}

impl<'w> World<'w> {
    pub(crate) fn new(family: &'w Family, rules: &'w Rules, history: &'w History) -> Self {
        let services = Services::new(&history.facts, rules);
        let delegations = Delegations::new(&history.facts);
        Self { family, rules, history, services, delegations }
    }

    /// The id of the fact at a mark.
    pub(crate) fn id(&self, mark: Mark) -> Option<String> {
        self.history.facts.get(mark.nr).map(|fact| fact.id.clone())
    }
}

/// A named holder, for as long as the duty lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Named<'w> {
    pub kind: HolderKind,
    pub reference: &'w str,
    /// The municipal service behind it, when it is not a service itself.
    pub service: Option<&'w str>,
}

/// Everything known at a point of the history.
#[derive(Clone, Debug)]
pub(crate) struct Case<'w> {
    pub world: &'w World<'w>,
    pub life: Life<'w>,
    pub people: People<'w>,
    pub guardians: Vec<&'w str>,
    pub care_order: Option<Mark>,
    /// Where the child is placed and which municipality has the care case.
    pub placed: Option<(Mark, &'w str, &'w str)>,
    pub terminal: Option<Terminal>,
    /// When the family last came back to the municipality.
    pub returned: Option<Mark>,
    /// Duty and barnekoordinator facts from before the law.
    pub before_law: Vec<Mark>,
    pub bk: BkTrack<'w>,
    pub koordinators: Koordinators<'w>,
    pub named: Designations<'w>,
    pub need: Need<'w>,
    pub plan: Plan<'w>,
    /// The last named holder in this duty.
    pub last_holder: Option<Named<'w>>,
    /// The last service that was named holder in this duty.
    pub last_service: Option<&'w str>,
    /// Both as they were when the last day ended.
    last_before: (Option<Named<'w>>, Option<&'w str>),
    /// First day of the vacancy that lasts now.
    pub vacant_from: Option<Date>,
}

impl<'w> Case<'w> {
    pub(crate) fn new(world: &'w World<'w>) -> Self {
        Self {
            world,
            life: Life::new(world.family, world.rules.config.feb29_birthday),
            people: People::default(),
            guardians: world.family.guardians.iter().map(String::as_str).collect(),
            care_order: None,
            placed: None,
            terminal: None,
            returned: None,
            before_law: Vec::new(),
            bk: BkTrack::default(),
            koordinators: Koordinators::default(),
            named: Designations::default(),
            need: Need::default(),
            plan: Plan::default(),
            last_holder: None,
            last_service: None,
            last_before: (None, None),
            vacant_from: None,
        }
    }

    /// What falls due on a day by itself, before its facts.
    pub(crate) fn start_of_day(&mut self, day: Date) {
        if self.terminal.is_none() {
            self.end_at_18(day);
            self.settle(Mark { at: day, nr: 0 });
        }
    }

    /// One fact, and what follows from it at once.
    pub(crate) fn take(&mut self, mark: Mark, fact: &'w Fact) {
        self.take_family(mark, &fact.body);
        self.take_terminal(mark, &fact.body);
        if self.terminal.is_some() {
            return;
        }
        if fact.at < self.world.rules.law.in_force && is_bound_to_law(&fact.body) {
            self.before_law.push(mark);
            return;
        }
        self.take_need(mark, &fact.body);
        self.take_bk(mark, &fact.body);
        self.take_designation(mark, &fact.body);
        self.take_koordinator(mark, &fact.body);
        self.take_plan(mark, &fact.body);
        self.take_person(mark, &fact.body);
        self.settle(mark);
    }

    /// Facts about the family that carry over every move.
    fn take_family(&mut self, mark: Mark, body: &'w FactBody) {
        match body {
            FactBody::Born { child } => self.life.born(child, mark.at),
            FactBody::GuardiansChanged { guardians } => self.guardians = guardians.iter().map(String::as_str).collect(),
            FactBody::CareOrder { .. } => self.care_order = Some(mark),
            FactBody::Placed { municipality, care_municipality } if self.terminal.is_none() => {
                self.placed = Some((mark, municipality, care_municipality));
            }
            _ => {}
        }
    }

    pub(crate) fn take_person(&mut self, mark: Mark, body: &'w FactBody) {
        match body {
            FactBody::PersonAbsent { person, expected_until } => self.people.absent(person, mark.at, *expected_until),
            FactBody::PersonReturned { person } => self.people.returned(person, mark.at),
            FactBody::PersonLeft { person } => self.people.left(person, mark.at),
            _ => {}
        }
    }

    /// Lets each step draw its consequences, in the order of evaluation.
    fn settle(&mut self, now: Mark) {
        self.start_appointments(now);
        self.settle_designations(now.at);
        self.settle_need(now.at);
        self.remember_holder(now.at);
        self.settle_plan(now.at);
    }

    fn remember_holder(&mut self, day: Date) {
        if !self.need.exists() {
            (self.last_holder, self.last_service) = (None, None);
        } else if let Some(named) = self.outcome(day).named() {
            self.last_holder = Some(named);
            if named.kind == HolderKind::Service {
                self.last_service = Some(named.reference);
            }
        }
    }

    /// In a new duty nobody has held before.
    pub(crate) fn forget_holders(&mut self) {
        (self.last_holder, self.last_service, self.last_before) = (None, None, (None, None));
    }

    /// When all of a day has been said.
    pub(crate) fn end_of_day(&mut self, day: Date) {
        self.forget_what_stood_on_no_day();
        if !self.need.exists() {
            self.forget_holders();
        } else if self.outcome(day).state == DutyState::HeldByDefault {
            // Who was named and taken back on one day held on no day, and hands nothing over. In a dispute the order of the
            // day's facts says who was named last.
            (self.last_holder, self.last_service) = self.last_before;
        }
        self.last_before = (self.last_holder, self.last_service);
    }

    /// Ids of facts, in the order of the history and each once.
    pub(crate) fn ids(&self, marks: impl IntoIterator<Item = Mark>) -> Vec<String> {
        let sorted: BTreeSet<Mark> = marks.into_iter().collect();
        sorted.into_iter().filter_map(|mark| self.world.id(mark)).collect()
    }
}

/// Facts that mean nothing before the law: those of the duty and of the barnekoordinator (4.1 Before the law).
fn is_bound_to_law(body: &FactBody) -> bool {
    use FactBody as F;
    matches!(
        body,
        F::CooperationNeeded { .. }
            | F::CooperationNotNeeded { .. }
            | F::HolderAgreed { .. }
            | F::HolderClaimed { .. }
            | F::HolderDisclaimed { .. }
            | F::DisputeRaised { .. }
            | F::HolderDecided { .. }
            | F::DecisionWithdrawn { .. }
            | F::BkConditionsAssessed { .. }
            | F::BkWish { .. }
            | F::BkYouthView { .. }
            | F::BkAppointed { .. }
            | F::BkEnded { .. }
            | F::SubstituteAppointed { .. }
    )
}
