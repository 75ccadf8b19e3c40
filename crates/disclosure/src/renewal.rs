//! When consents stop counting by themselves, and when people are to be told of it beforehand (RULES S-12).
//!
//! Speaks of what consents open together, not of each alone: where the next who must consent has done so already, nothing
//! ends. Must never ask for a consent anew that was taken back, or where an order of secrecy makes it useless.

use std::collections::BTreeSet;

use samhold_model::Date;
use samhold_model::dates::add_days;
use serde::Serialize;

use crate::Rules;
use crate::consent::end;
use crate::register::{Grant, Opened, grants, opened};
use crate::request::{Consent, Subject};
use crate::timeline::{Timeline, birthdays, days_that_matter};

/// Why something that was open closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A consent has come to its end: its own, or the longest the municipality lets one count.
    Period,
    /// A birthday: another person must consent (pbrl 4-3, opplæringslova 24-5).
    Age,
    /// A care order, or another who has foreldreansvar (pbrl 4-4 fourth paragraph); or the law changed.
    Change,
}

/// Something that consents open closes, or opens less.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Ending {
    /// The first day it is no longer open as before.
    pub on: Date,
    /// What.
    pub grant: Grant,
    /// Why.
    pub cause: Cause,
    /// The first day on which a person is to be told.
    pub warn_from: Date,
}

/// Every ending of what the consents open, by day. Between two of them what is open only grows.
#[must_use]
pub fn endings(timeline: &Timeline, consents: &[Consent], rules: &Rules) -> Vec<Ending> {
    let standing: Vec<Consent> = consents.iter().filter(|c| c.withdrawn.is_none()).cloned().collect();
    let register = Register { timeline, consents: &standing, rules };
    let days = days_that_matter(timeline, &standing, rules);
    let of = |grant: &Grant| -> Vec<Ending> { days.iter().filter_map(|day| register.ending(grant, *day)).collect() };
    let mut all: Vec<Ending> = grants(&standing).iter().flat_map(of).collect();
    all.sort();
    all
}

/// The endings a person is to be told of on a day: those that come within the days of warning, and those that came within as
/// many and were not renewed.
#[must_use]
pub fn renewals(timeline: &Timeline, consents: &[Consent], today: Date, rules: &Rules) -> Vec<Ending> {
    let standing: Vec<Consent> = consents.iter().filter(|c| c.withdrawn.is_none()).cloned().collect();
    let register = Register { timeline, consents: &standing, rules };
    let mut due = endings(timeline, &standing, rules);
    due.retain(|ending| ending.warn_from <= today && today < ending.told_until(rules));
    due.retain(|ending| ending.on > today || !register.renewed(ending, today));
    due
}

impl Ending {
    /// The first day on which it is not told any more, renewed or not.
    #[must_use]
    pub fn told_until(&self, rules: &Rules) -> Date {
        add_days(self.on, rules.config.consent_renewal_warning_days.max(1))
    }
}

struct Register<'a> {
    timeline: &'a Timeline,
    consents: &'a [Consent],
    rules: &'a Rules,
}

impl Register<'_> {
    fn opened(&self, grant: &Grant, on: Date) -> Opened {
        let subject = self.timeline.on(on);
        subject.map_or(Opened::Nothing, |subject| opened(subject, self.consents, grant, on, self.rules))
    }

    fn ending(&self, grant: &Grant, on: Date) -> Option<Ending> {
        let before = self.opened(grant, add_days(on, -1));
        if self.opened(grant, on).covers(&before) || self.ordered_secret(grant, on) {
            return None;
        }
        let cause = self.cause(on);
        let given = self.consents.iter().filter(|c| concerns(c, grant) && c.given < on).map(|c| c.given).max();
        let warned = add_days(on, self.rules.config.consent_renewal_warning_days.max(0).saturating_neg());
        let warn_from = given.map_or(warned, |given| given.max(warned));
        Some(Ending { on, grant: grant.clone(), cause, warn_from })
    }

    fn ordered_secret(&self, grant: &Grant, on: Date) -> bool {
        self.timeline.on(on).is_some_and(|subject| subject.secrecy_order.contains(&grant.category))
    }

    fn cause(&self, on: Date) -> Cause {
        let max_days = self.rules.config.consent_max_days;
        let born = self.timeline.on(on).and_then(|subject: &Subject| subject.birth_date.or(subject.due_date));
        let ages: BTreeSet<Date> = born.into_iter().flat_map(|born| birthdays(born, self.rules)).collect();
        if self.consents.iter().any(|c| end(c, max_days) == on) {
            Cause::Period
        } else if ages.contains(&on) {
            Cause::Age
        } else {
            Cause::Change
        }
    }

    /// Whether what was open the day before it ended is open again.
    fn renewed(&self, ending: &Ending, today: Date) -> bool {
        self.opened(&ending.grant, today).covers(&self.opened(&ending.grant, add_days(ending.on, -1)))
    }
}

fn concerns(consent: &Consent, grant: &Grant) -> bool {
    consent.categories.contains(&grant.category)
        && consent.recipients.contains(&grant.recipient)
        && consent.purposes.contains(&grant.purpose)
}
