//! The services that serve the child: from when to when, at which level, for which municipality.
//!
//! Built from every known fact, also those ahead, so that a known start or end ahead can be seen. What holds on a day
//! depends on facts of that day or earlier only. Must never decide who holds.

use std::collections::{BTreeMap, BTreeSet};

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

    /// Stretches never overlap and lie in order: those begun by `day`, and those after.
    fn split(&self, service: &str, day: Date) -> (&[Run<'a>], &[Run<'a>]) {
        let runs = self.runs_of(service);
        runs.split_at(runs.partition_point(|run| run.from <= day))
    }

    fn run_on(&self, service: &str, day: Date) -> Option<&Run<'a>> {
        let run = self.split(service, day).0.last()?;
        run.to.is_none_or(|to| day < to).then_some(run)
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
        self.run_on(service, day).is_some_and(|run| self.is_ours(service, run, day))
    }

    /// A start that is known to lie ahead, of a service that may hold then.
    pub(crate) fn can_hold_later(&self, service: &str, day: Date) -> bool {
        self.split(service, day).1.iter().any(|run| self.is_ours(service, run, run.from))
    }

    /// The first day ahead of `day` on which it starts and may hold.
    pub(crate) fn holds_from(&self, service: &str, day: Date) -> Option<Date> {
        let ahead = self.runs_of(service).iter().filter(|run| run.from > day);
        ahead.filter(|run| self.is_ours(service, run, run.from)).map(|run| run.from).min()
    }

    fn is_ours(&self, service: &str, run: &Run<'a>, day: Date) -> bool {
        let config = &self.rules.config;
        let here = run.municipality.is_none_or(|m| m == config.municipality);
        let kind = self.rules.law.service_kind_on(run.kind, day);
        let municipal = match run.level.or_else(|| config.service_levels.on(service, day)) {
            // A level of its own says who runs it, not that a municipal kind which may not hold may do so after all.
            Some(level) => level == Level::Kommunal && kind.is_none_or(|k| k.can_hold || k.level != Level::Kommunal),
            None => kind.is_some_and(|k| k.can_hold && k.level == Level::Kommunal),
        };
        here && municipal
    }

    /// whether it may have main responsibility for the plan on `day`.
    pub(crate) fn can_lead_plan(&self, service: &str, day: Date) -> bool {
        self.run_on(service, day).is_some_and(|run| self.leads(run, day))
    }

    /// As [`Self::can_hold_later`], for the plan.
    pub(crate) fn can_lead_plan_later(&self, service: &str, day: Date) -> bool {
        self.split(service, day).1.iter().any(|run| self.leads(run, run.from))
    }

    fn leads(&self, run: &Run<'a>, day: Date) -> bool {
        self.rules.law.service_kind_on(run.kind, day).is_some_and(|kind| kind.ip_main)
    }

    /// The clause its act puts on the municipality on `day`.
    pub(crate) fn clause(&self, service: &str, day: Date) -> Option<&'a str> {
        let kind = self.rules.law.service_kind_on(self.run_on(service, day)?.kind, day)?;
        self.rules.law.clause_on(kind.act?, day)
    }

    /// What kind of service it is on `day`.
    pub(crate) fn kind(&self, service: &str, day: Date) -> Option<&'a str> {
        self.run_on(service, day).map(|run| run.kind)
    }

    /// Kinds of the services that serve the child on `day`.
    pub(crate) fn kinds_on(&self, day: Date) -> BTreeSet<&'a str> {
        self.names().filter_map(|service| self.kind(service, day)).collect()
    }

    /// The known end ahead of `day`; back-to-back stretches are one.
    pub(crate) fn known_end(&self, service: &str, day: Date) -> Option<Date> {
        let mut end = self.run_on(service, day)?.to?;
        for run in self.split(service, day).1 {
            if run.from == end {
                end = run.to?;
            }
        }
        Some(end)
    }

    /// Every service of which a start or an end is known.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.runs.keys().copied()
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
    // Only the last one can reach so far.
    let Some(last) = runs.last_mut() else { return };
    let to = last.to.map_or(at, |to| to.min(at));
    last.to = Some(to);
    if to <= last.from {
        runs.pop();
    }
}
