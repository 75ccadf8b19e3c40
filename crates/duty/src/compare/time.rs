//! What the passing of time alone has done: the day on which it changed, and what falls on that day.

use std::collections::BTreeSet;

use samhold_model::{Date, Fact, FactBody};

use super::fields::{self, Key, Track};
use super::points::{Change, ChangedFact, Point};
use super::{Cause, CauseKind, Question};
use crate::answer::UsedFact;
use crate::case::World;
use crate::known::{History, Knowledge};
use crate::replay::{Counting, Replay};
use crate::{calendar, words};

/// Time as the cause of a difference that stands without the changed facts.
pub(super) fn cause(question: &Question<'_>, changed: &[&str], key: &Key) -> Cause {
    let facts = question.without(changed);
    let known = question.to.known();
    let family = (question.family_of)(&facts, known);
    let history = History::new(&facts, Knowledge::RecordedBy(known));
    let world = World::new(&family, question.rules, &history);
    let date = turned(question, &facts, &world, key);
    let (mut events, stated) = date.map(|date| on(&world, date)).unwrap_or_default();
    // A limit is why when nothing else falls on the day.
    if events.is_empty() {
        events.extend(deadline(&world, key));
    }
    let text = match (date, events.is_empty()) {
        (Some(date), true) => format!("tiden: {}", words::date(date)),
        (Some(date), false) => format!("tiden: {}, {}", words::date(date), words::list(&events)),
        (None, true) => "tiden: datoen i seg selv".into(),
        (None, false) => format!("tiden: {}", words::list(&events)),
    };
    Cause { kind: CauseKind::Time, facts: stated, date, text }
}

/// The last day between the points on which the field changed.
fn turned(question: &Question<'_>, facts: &[Fact], world: &World<'_>, key: &Key) -> Option<Date> {
    let (from, to) = (question.from.as_of, question.to.as_of);
    let (first, last) = (from.min(to), from.max(to));
    let turning = calendar::turning_points(world);
    let deadlines = calendar::deadlines(world, &turning, None);
    let possible: BTreeSet<Date> = turning.union(&deadlines).copied().filter(|d| first < *d && *d <= last).collect();
    let known_at = Some(question.to.known());
    let value = |as_of| fields::fields(&question.answer(facts, Point { as_of, known_at })).get(key).cloned();
    let mut before = value(first);
    let mut found = None;
    for day in possible {
        let now = value(day);
        if now != before {
            found = Some(day);
        }
        before = now;
    }
    found
}

/// What falls on a day by itself, and the facts that say so.
fn on(world: &World<'_>, day: Date) -> (Vec<String>, Vec<ChangedFact>) {
    let mut events = ages(world, day);
    let stating: Vec<&Fact> = world.history.facts.iter().filter(|fact| ends(fact, day).is_some()).collect();
    events.extend(stating.iter().filter_map(|fact| ends(fact, day)));
    events.extend(law(world, day));
    let stated = |fact: &&Fact| ChangedFact { fact: UsedFact::from(*fact), change: Change::StatesTheDate };
    (events, stating.iter().map(stated).collect())
}

fn ages(world: &World<'_>, day: Date) -> Vec<String> {
    let turning = calendar::turning_points(world);
    let case = Replay::new(world, &turning, Counting::Nothing).on(day).case;
    let turning = [16, 18].into_iter().filter(|age| case.life.turns(*age) == Some(day));
    turning.map(|age| format!("barnet fyller {age} år")).collect()
}

/// An end that a fact states for this day.
fn ends(fact: &Fact, day: Date) -> Option<String> {
    let on_day = |end: &Option<Date>| *end == Some(day);
    match &fact.body {
        FactBody::ServiceStarted { service, until, .. } if on_day(until) => {
            Some(format!("{service} slutter å gi barnet tilbud"))
        }
        FactBody::HolderDecided { service, valid_to, .. } if on_day(valid_to) => {
            Some(format!("beslutningen om {service} går ut"))
        }
        FactBody::PersonAbsent { person, expected_until } if on_day(expected_until) => {
            Some(format!("fraværet til {person} er over"))
        }
        FactBody::SubstituteAppointed { person, until, .. } if on_day(until) => {
            Some(format!("tiden til {person} som stedfortreder er ute"))
        }
        _ => None,
    }
}

/// Clauses, corrections of what a kind of service is, and suspensions that begin or end on this day.
fn law(world: &World<'_>, day: Date) -> Vec<String> {
    let law = &world.rules.law;
    let here = world.services.kinds_on(day);
    let kinds = law.service_kind_change.iter().filter(|c| c.from == day && here.contains(c.kind.as_str()));
    let kinds = kinds.map(|c| format!("{} endres: {}", words::unit(&c.kind, law), c.why));
    let levels = world.services.names().filter(|s| world.rules.config.service_levels.dates(s).any(|d| d == day));
    let levels = levels.map(|service| format!("{service} drives av en annen enn før"));
    let begins = law.clause.values().filter(|c| c.from == day).map(|c| format!("{} begynner å gjelde", c.cite));
    let ends = law.clause.values().filter(|c| c.to == Some(day)).map(|c| format!("{} gjelder ikke lenger", c.cite));
    let suspensions = world.rules.config.statutory_suspension.iter();
    let suspended = suspensions.filter(|s| s.from == day || s.to == Some(day));
    let suspended = suspended
        .take(1)
        .map(|_| "et unntak etter helse- og omsorgstjenesteloven § 7-2 b begynner eller slutter".into());
    begins.chain(ends).chain(kinds).chain(levels).chain(suspended).collect()
}

/// The municipality's own limit that an alert is measured by.
fn deadline(world: &World<'_>, key: &Key) -> Option<String> {
    let limits = &world.rules.config;
    let alert = Some(key.field.as_str()).filter(|_| key.track == Track::Alerts)?;
    Some(match alert {
        "NO_HOLDER_OVERDUE" | "NO_HOLDER_DESIGNATED" => {
            format!("fristen på {} dager uten navngitt samordner", limits.no_holder_grace_days)
        }
        "DISPUTE_OVERDUE" => format!("fristen på {} dager for å avgjøre uenighet", limits.dispute_decision_days),
        "BK_AGE_LIMIT_SOON" => format!("varselet {} dager før 18-årsdagen", limits.age_limit_warning_days),
        "TRANSITION_UPCOMING" => format!("varselet {} dager før tjenesten slutter", limits.transition_warning_days),
        "SUBSTITUTE_EXPIRES_SOON" => {
            format!("varselet {} dager før stedfortrederens siste dag", limits.substitute_warning_days)
        }
        "LATE_EVENT" => format!("sen registrering varsles i {} dager", limits.late_event_days),
        _ => return None,
    })
}
