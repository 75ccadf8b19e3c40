//! The services that serve the child: from when to when, at which level, for which municipality.
//!
//! Built from every known fact, also those ahead, so that a known start or end ahead can be seen. What holds on a day
//! depends on facts of that day or earlier only. Must never decide who holds.

use std::collections::BTreeMap;

use samhold_model::fact::Level;
use samhold_model::{Date, Fact, FactBody};

use crate::Rules;

/// One stretch [from, to) in which a service serves the child, as one fact described it.
#[derive(Clone, Debug)]
struct Run<'a> {
    from: Date,
    to: Option<Date>,
    kind: &'a str,
    level: Option<Level>,
    municipality: Option<&'a str>,
}

/// Every service with its stretches, oldest first.
#[derive(Debug)]
pub(crate) struct Services<'a> {
    rules: &'a Rules,
    runs: BTreeMap<&'a str, Vec<Run<'a>>>,
}

impl<'a> Services<'a> {
    pub(crate) fn new(facts: &'a [Fact], rules: &'a Rules) -> Self {
        let mut runs: BTreeMap<&'a str, Vec<Run<'a>>> = BTreeMap::new();
        for fact in facts {
            match &fact.body {
                FactBody::ServiceStarted { service, kind, level, municipality, until } => {
                    let run =
                        Run { from: fact.at, to: *until, kind, level: *level, municipality: municipality.as_deref() };
                    start(runs.entry(service).or_default(), run);
                }
                FactBody::ServiceEnded { service } => end(runs.entry(service).or_default(), fact.at),
                _ => {}
            }
        }
        Self { rules, runs }
    }

    fn runs_of(&self, service: &str) -> &[Run<'a>] {
        self.runs.get(service).map_or(&[], Vec::as_slice)
    }

    fn run_on(&self, service: &str, day: Date) -> Option<&Run<'a>> {
        self.runs_of(service).iter().find(|r| r.from <= day && r.to.is_none_or(|to| day < to))
    }

    /// Whether it serves the child on `day`.
    pub(crate) fn serving(&self, service: &str, day: Date) -> bool {
        self.run_on(service, day).is_some()
    }

    /// Nothing was ever said of its start or end: it counts as a provider without a clause (4.1 Duty).
    fn unknown(&self, service: &str) -> bool {
        !self.runs.contains_key(service)
    }

    /// Takes part on `day`: serves, or is not known.
    pub(crate) fn takes_part(&self, service: &str, day: Date) -> bool {
        self.unknown(service) || self.serving(service, day)
    }

    /// a municipal service of this municipality, started and not ended.
    pub(crate) fn can_hold(&self, service: &str, day: Date) -> bool {
        self.run_on(service, day).is_some_and(|run| self.is_ours(run))
    }

    /// A start that is known to lie ahead, of a service that may hold then.
    pub(crate) fn can_hold_later(&self, service: &str, day: Date) -> bool {
        self.runs_of(service).iter().any(|run| run.from > day && self.is_ours(run))
    }

    fn is_ours(&self, run: &Run<'a>) -> bool {
        let here = run.municipality.is_none_or(|m| m == self.rules.config.municipality);
        let row = self.rules.law.service_kind.get(run.kind);
        let municipal = match run.level {
            Some(level) => level == Level::Kommunal,
            None => row.is_some_and(|row| row.can_hold && row.level == Level::Kommunal),
        };
        here && municipal
    }

    /// whether it may have main responsibility for the plan on `day`.
    pub(crate) fn can_lead_plan(&self, service: &str, day: Date) -> bool {
        self.run_on(service, day).is_some_and(|run| self.leads(run))
    }

    /// As [`Self::can_hold_later`], for the plan.
    pub(crate) fn can_lead_plan_later(&self, service: &str, day: Date) -> bool {
        self.runs_of(service).iter().any(|run| run.from > day && self.leads(run))
    }

    fn leads(&self, run: &Run<'a>) -> bool {
        self.rules.law.service_kind.get(run.kind).is_some_and(|row| row.ip_main)
    }

    /// The clause its act puts on the municipality on `day`.
    pub(crate) fn clause(&self, service: &str, day: Date) -> Option<&'a str> {
        let row = self.rules.law.service_kind.get(self.run_on(service, day)?.kind)?;
        self.rules.law.clause_on(row.act.as_deref()?, day)
    }

    /// What kind of service it is on `day`.
    pub(crate) fn kind(&self, service: &str, day: Date) -> Option<&'a str> {
        self.run_on(service, day).map(|run| run.kind)
    }

    /// The known end ahead of `day`; back-to-back stretches are one.
    pub(crate) fn known_end(&self, service: &str, day: Date) -> Option<Date> {
        let mut end = self.run_on(service, day)?.to?;
        for run in self.runs_of(service).iter().filter(|run| run.from > day) {
            if run.from == end {
                end = run.to?;
            }
        }
        Some(end)
    }

    /// Every date at which some service starts or ends.
    pub(crate) fn dates(&self) -> impl Iterator<Item = Date> + '_ {
        self.runs.values().flatten().flat_map(|run| [Some(run.from), run.to]).flatten()
    }
}

/// What is said last of a service holds from its own date on.
fn start<'a>(runs: &mut Vec<Run<'a>>, run: Run<'a>) {
    end(runs, run.from);
    if run.to.is_none_or(|to| run.from < to) {
        runs.push(run);
    }
}

fn end(runs: &mut Vec<Run<'_>>, at: Date) {
    if let Some(last) = runs.last_mut() {
        last.to = Some(last.to.map_or(at, |to| to.min(at)));
    }
    runs.retain(|run| run.to.is_none_or(|to| run.from < to));
}
