//! Two points in time and knowledge, and the facts that stand at one and not at the other.

use std::collections::BTreeMap;
use std::fmt;

use samhold_model::{Date, Fact, FactBody};
use serde::Serialize;

use crate::answer::UsedFact;
use crate::known::{History, Knowledge, once_each};
use crate::words;

/// A day, and what is known of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Point {
    /// The date asked about.
    pub as_of: Date,
    /// What had been recorded by then; `None`: by the date asked about.
    pub known_at: Option<Date>,
}

impl Point {
    /// The day by which what counts had been recorded.
    #[must_use]
    pub fn known(&self) -> Date {
        self.known_at.unwrap_or(self.as_of)
    }
}

/// `17. august 2026, slik det var kjent 18. august 2026`.
impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, slik det var kjent {}", words::date(self.as_of), words::date(self.known()))
    }
}

/// In which way a fact stands otherwise at the second point than at the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Its date had not come.
    BecameValid,
    /// Its date had come or lies ahead still, but it had not been recorded.
    BecameKnown,
    /// It corrects what was said before.
    Corrects,
    /// It does not count at the second point, which is earlier in time or knowledge.
    NotYet,
    /// It stands at both; it states the date.
    StatesTheDate,
}

/// A fact with what became of it between the points.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ChangedFact {
    /// The fact.
    #[serde(flatten)]
    pub fact: UsedFact,
    /// What became of it.
    pub change: Change,
}

impl ChangedFact {
    /// In a line, bokmål.
    #[must_use]
    pub fn text(&self) -> String {
        let became = match self.change {
            Change::BecameValid => "begynte å gjelde",
            Change::BecameKnown => "ble kjent",
            Change::Corrects => "rettet det som var sagt",
            Change::NotYet => "gjaldt eller var kjent først senere",
            Change::StatesTheDate => "sier datoen",
        };
        format!("{} – {became}", words::fact(&self.fact))
    }
}

/// The facts that count at one point and not at the other, by date. One that was corrected meanwhile is not among them;
/// its correction is.
pub(super) fn changed(facts: &[Fact], from: Point, to: Point) -> Vec<ChangedFact> {
    let (before, after) = (Standing::new(facts, from), Standing::new(facts, to));
    let mut each: Vec<&Fact> = once_each(facts.iter().collect());
    each.sort_by(|a, b| (a.at, a.order, &a.id).cmp(&(b.at, b.order, &b.id)));
    let changed = each.into_iter().filter_map(|fact| {
        let change = change(fact, &before, &after)?;
        Some(ChangedFact { fact: UsedFact::from(fact), change })
    });
    changed.collect()
}

/// What stands at a point.
struct Standing {
    point: Point,
    /// Valid dates as corrected, by id.
    at: BTreeMap<String, Date>,
}

impl Standing {
    fn new(facts: &[Fact], point: Point) -> Self {
        let history = History::new(facts, Knowledge::RecordedBy(point.known()));
        Self { point, at: history.facts.into_iter().map(|fact| (fact.id, fact.at)).collect() }
    }

    fn knows(&self, fact: &Fact) -> bool {
        fact.recorded_at <= self.point.known()
    }
}

fn change(fact: &Fact, before: &Standing, after: &Standing) -> Option<Change> {
    let is_correction = matches!(fact.body, FactBody::Correction { .. });
    match (before.knows(fact), after.knows(fact)) {
        (false, false) => None,
        (true, false) => Some(Change::NotYet),
        (false, true) if is_correction => Some(Change::Corrects),
        (false, true) => {
            let came = before.point.as_of < fact.at && fact.at <= after.point.as_of;
            Some(if came { Change::BecameValid } else { Change::BecameKnown })
        }
        (true, true) => {
            let at = before.at.get(&fact.id).filter(|at| after.at.get(&fact.id) == Some(*at))?;
            match (*at <= before.point.as_of, *at <= after.point.as_of) {
                (false, true) => Some(Change::BecameValid),
                (true, false) => Some(Change::NotYet),
                _ => None,
            }
        }
    }
}
