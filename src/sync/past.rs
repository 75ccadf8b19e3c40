//! Late knowledge: who had been given an answer for a past day that a later recorded fact, correction or void shows to be
//! another (R-23; kommuneloven § 25-1).
//!
//! A pure derivation from the facts, so that it needs no memory of its own: the same facts find the same corrections at
//! every round, after a crash and on another machine. Must never tell what was corrected, only that something was.

use std::collections::{BTreeMap, BTreeSet};

use aws_lc_rs::digest::{SHA256, digest};
use samhold_duty::answer::DutyState;
use samhold_duty::{Answer, Rules, corrected, turning_points};
use samhold_model::dates::add_days;
use samhold_model::{Date, Fact, FactBody};

use super::dossier::Dossier;
use super::engine::Live;
use super::view::sight_of;
use crate::config::SystemSettings;

/// Past days whose answer was changed by what was recorded on one day.
#[derive(Clone, Debug, PartialEq)]
pub struct Corrected {
    /// The day on which it was recorded.
    pub recorded: Date,
    /// The days on which somebody had been given something else.
    pub days: Vec<PastDay>,
}

/// One past day.
#[derive(Clone, Debug, PartialEq)]
pub struct PastDay {
    /// The day.
    pub day: Date,
    /// What was answered on the day itself.
    pub given: Answer,
    /// What was the answer for it until the correction.
    before: Answer,
    /// What is the answer for it since.
    after: Answer,
}

/// How many facts may be replayed to look for corrections. What was recorded last is always looked at.
const LOOK_BACK: usize = 20_000;

/// What was recorded too late and changed the past, newest first. Of a very long history the oldest are not looked for, which
/// may cost a recipient one repetition of what it has.
#[must_use]
pub fn corrections(dossier: &Dossier, rules: &Rules) -> Vec<Corrected> {
    let known = |f: &&Fact| f.recorded_at <= dossier.today;
    let recorded: BTreeSet<Date> = dossier.facts.iter().filter(known).map(|f| f.recorded_at).collect();
    let late: BTreeSet<Date> =
        dossier.facts.iter().filter(known).filter(|f| is_late(f)).map(|f| f.recorded_at).collect();
    let mut replay = Replay { dossier, rules, recorded: &recorded, answers: BTreeMap::new() };
    let mut found = Vec::new();
    // On the first day nobody had been told anything before.
    for day in late.into_iter().rev().filter(|day| recorded.first() != Some(day)) {
        if replay.answers.len().saturating_mul(dossier.facts.len()) > LOOK_BACK {
            break;
        }
        found.push(Corrected { recorded: day, days: replay.changed_days(day) });
    }
    found.retain(|c| !c.days.is_empty());
    found
}

/// A correction may concern a day long before its own date.
fn is_late(fact: &Fact) -> bool {
    fact.at < fact.recorded_at || matches!(fact.body, FactBody::Correction { .. })
}

/// The answers of past days, each worked out once.
struct Replay<'a> {
    dossier: &'a Dossier,
    rules: &'a Rules,
    /// The days on which anything was recorded: between them nothing new was known.
    recorded: &'a BTreeSet<Date>,
    answers: BTreeMap<(Date, Date), Answer>,
}

impl Replay<'_> {
    fn changed_days(&mut self, on: Date) -> Vec<PastDay> {
        let eve = add_days(on, -1);
        let changed = first_change(&self.dossier.facts, eve, on);
        let from = changed.zip(self.recorded.first()).map(|(changed, told)| changed.max(*told));
        let Some(from) = from.filter(|from| *from < on) else { return Vec::new() };
        let mut days: BTreeSet<Date> = self.recorded.union(&self.dates(eve)).copied().collect();
        days.extend(self.dates(on));
        days.insert(from);
        days.range(from..on).filter_map(|day| self.changed_day(*day, on)).collect()
    }

    fn dates(&self, known_at: Date) -> BTreeSet<Date> {
        turning_points(&self.dossier.family_known(known_at), &self.dossier.facts, known_at, self.rules)
    }

    fn changed_day(&mut self, day: Date, on: Date) -> Option<PastDay> {
        let (before, after) = (self.answer(day, add_days(on, -1)), self.answer(day, on));
        if told(&before) == told(&after) {
            return None;
        }
        let given = self.answer(day, day);
        // Where no duty was known of, nobody had been told anything.
        let stood = !matches!(given.samordning.state, DutyState::NoneNeeded | DutyState::Ended);
        stood.then_some(PastDay { day, given, before, after })
    }

    fn answer(&mut self, day: Date, known_at: Date) -> Answer {
        let known = self.recorded.range(..=known_at).next_back().copied().unwrap_or(known_at);
        let (dossier, rules) = (self.dossier, self.rules);
        let work_out = || {
            let family = dossier.family_known(known);
            samhold_duty::answer(&family, &dossier.facts, day, Some(known), rules)
        };
        self.answers.entry((day, known)).or_insert_with(work_out).clone()
    }
}

/// The earliest date of a fact that reads otherwise by what was known on the one day and on the other.
fn first_change(facts: &[Fact], eve: Date, on: Date) -> Option<Date> {
    let (before, after) = (corrected(facts, eve), corrected(facts, on));
    let differing = |some: &[Fact], others: &[Fact]| {
        let stands = |f: &&Fact| !others.iter().any(|o| o.id == f.id && o.at == f.at && o.body == f.body);
        some.iter().filter(stands).map(|f| f.at).min()
    };
    [differing(&before, &after), differing(&after, &before)].into_iter().flatten().min()
}

/// Who holds and in which state: what somebody may have acted on.
fn told(answer: &Answer) -> impl PartialEq + use<> {
    let (duty, role, plan) = (answer.samordning.clone(), answer.barnekoordinator.clone(), answer.ip.clone());
    (
        (duty.state, duty.holder, duty.acting),
        (role.state, role.person, role.service, role.substitute),
        (plan.state, plan.main, plan.plan),
    )
}

/// What one recipient had been told otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The last day on which something it had been told was found to be otherwise.
    pub recorded: Date,
    /// Stands in the hash of what it should see, so that it is sent anew.
    pub text: String,
}

/// `None` when nothing that `system` had been given was corrected. Only the last correction that concerns it counts.
#[must_use]
pub fn stamp(live: &Live, municipality: &str, system: &SystemSettings, dossier: &Dossier) -> Option<Stamp> {
    let see = |answer: &Answer, day, known_at| {
        let then = dossier.as_known(day, known_at);
        sight_of(live, municipality, system, &then, (answer, answer)).content_hash
    };
    let all = dossier.corrections(|| live.duty_rules(municipality));
    all.iter().find_map(|correction| {
        let on = correction.recorded;
        let told_otherwise = |past: &&PastDay| {
            see(&past.given, past.day, past.day).is_some()
                && see(&past.before, past.day, add_days(on, -1)) != see(&past.after, past.day, on)
        };
        let said: Vec<String> = correction
            .days
            .iter()
            .filter(told_otherwise)
            .map(|past| format!("{on} {} {}", past.day, see(&past.after, past.day, on).unwrap_or_default()))
            .collect();
        let text = hex::encode(digest(&SHA256, said.join("\n").as_bytes()));
        (!said.is_empty()).then_some(Stamp { recorded: on, text })
    })
}
