//! Absence, return and departure of coordinators.
//!
//! Knows persons by id only, and nothing of why they are away.

use std::collections::BTreeMap;

use samhold_model::Date;
use samhold_model::dates::days_between;

/// Whether a person can act on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    Present,
    /// Away; `long` when of unknown end or of `long_absence_days` or more.
    Absent {
        from: Date,
        until: Option<Date>,
        long: bool,
    },
    /// Has left; `from` is the first day gone.
    Gone {
        from: Date,
    },
}

/// Absences that touch, as one: from its first day to the latest stated end.
#[derive(Clone, Copy, Debug)]
struct Absence {
    from: Date,
    until: Option<Date>,
}

impl Absence {
    fn touches(&self, at: Date) -> bool {
        self.until.is_none_or(|until| at <= until)
    }

    /// An extension with no stated end makes the end unknown; one that states it makes it known.
    fn extended(self, until: Option<Date>) -> Self {
        let until = until.map(|new| self.until.map_or(new, |old| old.max(new)));
        Self { until, ..self }
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Person {
    absence: Option<Absence>,
    left: Option<Date>,
}

/// What is known of each person so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct People<'a> {
    persons: BTreeMap<&'a str, Person>,
}

impl<'a> People<'a> {
    pub(crate) fn absent(&mut self, person: &'a str, at: Date, until: Option<Date>) {
        if until.is_some_and(|until| until <= at) {
            return;
        }
        let entry = self.persons.entry(person).or_default();
        entry.absence = Some(match entry.absence {
            Some(run) if run.touches(at) => run.extended(until),
            _ => Absence { from: at, until },
        });
    }

    pub(crate) fn returned(&mut self, person: &'a str, at: Date) {
        let entry = self.persons.entry(person).or_default();
        entry.left = None;
        if let Some(run) = &mut entry.absence
            && run.touches(at)
        {
            run.until = Some(at);
        }
    }

    pub(crate) fn left(&mut self, person: &'a str, at: Date) {
        self.persons.entry(person).or_default().left.get_or_insert(at);
    }

    pub(crate) fn presence(&self, person: &str, day: Date, long_days: i64) -> Presence {
        let Some(known) = self.persons.get(person) else { return Presence::Present };
        if let Some(from) = known.left {
            return Presence::Gone { from };
        }
        match known.absence {
            Some(Absence { from, until }) if from <= day && until.is_none_or(|until| day < until) => {
                let long = until.is_none_or(|until| days_between(from, until) >= long_days);
                Presence::Absent { from, until, long }
            }
            _ => Presence::Present,
        }
    }
}
