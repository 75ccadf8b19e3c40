//! Fjellvik (9901), a municipality that does not exist: its children, services and what happens over five days.
//!
//! Everything follows from the start date; there is no clock and no chance in here. Must never hold a real person,
//! place or organisation: numbers are computed in the synthetic range, the number 9901 is not in use.

mod cast;
mod expected;
mod people;
pub(crate) mod places;
mod services;
mod stories;
mod telling;

use samhold_model::Date;
use samhold_model::dates::add_days;
use serde_json::{Value, json};

pub use expected::Expected;
pub use people::{ChildStory, Guardian, Protection};
pub use services::Service;

use crate::push;

/// Kommunenummer of Fjellvik.
pub const MUNICIPALITY: &str = "9901";
/// The neighbouring municipality, Ytre Fjellvik.
pub const NEIGHBOUR: &str = "9902";
/// How many days have something happening.
pub const LAST_DAY: u8 = 5;

/// A document that a system pushes by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushedDocument {
    /// The system's kind: `kindergarten`, `barnevern-ssb`, `barnevern-bufdir`.
    pub system: &'static str,
    /// A file name without anything personal.
    pub file_name: String,
    /// Media type.
    pub content_type: &'static str,
    /// The document.
    pub body: Vec<u8>,
}

/// What is new on one day.
#[derive(Clone, Debug)]
pub struct DayEvents {
    /// The Norwegian date.
    pub date: Date,
    /// What happens, one Norwegian line each, with the child's first name only.
    pub news: Vec<String>,
    /// The municipality's own facts, as `POST /api/v1/facts` takes them.
    pub facts: Vec<Value>,
    /// Documents that systems push today.
    pub documents: Vec<PushedDocument>,
}

/// The municipality over its five days.
#[derive(Clone, Debug)]
pub struct Town {
    start: Date,
    children: Vec<ChildStory>,
}

impl Town {
    /// Fjellvik whose first day is `start`.
    #[must_use]
    pub fn new(start: Date) -> Self {
        Self { start, children: cast::children(start) }
    }

    /// The first day.
    #[must_use]
    pub fn start(&self) -> Date {
        self.start
    }

    /// The date of day `n`, counted from 1.
    #[must_use]
    pub fn date(&self, n: u8) -> Date {
        add_days(self.start, i64::from(n) - 1)
    }

    /// All children, in the order a newcomer should meet them.
    #[must_use]
    pub fn children(&self) -> &[ChildStory] {
        &self.children
    }

    /// The child with this key.
    #[must_use]
    pub fn child(&self, key: &str) -> Option<&ChildStory> {
        self.children.iter().find(|c| c.key == key)
    }

    /// All services.
    #[must_use]
    pub fn services(&self) -> Vec<Service> {
        services::all()
    }

    /// What is new on day `n` (1 to [`LAST_DAY`]; other days are empty). Day 1 tells all that was so before.
    #[must_use]
    pub fn day(&self, n: u8) -> DayEvents {
        let told = stories::of_day(self, n);
        DayEvents { date: self.date(n), news: told.news, facts: told.facts, documents: push::of_day(self, n) }
    }

    /// What the answer should be for the child with this key on day `n`, once all told so far has arrived.
    #[must_use]
    pub fn expected(&self, key: &str, n: u8) -> Option<Expected> {
        expected::on(key, n)
    }

    /// Every national number of the town: children and guardians.
    #[must_use]
    pub fn numbers(&self) -> Vec<String> {
        let own = self.children.iter().filter_map(|c| c.national_id.clone());
        let guardians = self.children.iter().flat_map(|c| c.guardians.iter().map(|g| g.national_id.clone()));
        let mut all: Vec<String> = own.chain(guardians).collect();
        all.sort();
        all.dedup();
        all
    }

    /// Street names of children with protected address. They stand in some source systems and may leave none of them.
    #[must_use]
    pub fn protected_addresses(&self) -> Vec<String> {
        self.children.iter().filter(|c| c.protection != Protection::None).map(|c| c.street.to_owned()).collect()
    }

    /// The services as `config/services.toml` lists them: id, kind, name, orgnr and municipality.
    #[must_use]
    pub fn services_json(&self) -> Value {
        let one = |s: Service| json!({"id": s.id, "kind": s.kind, "name": s.name, "orgnr": s.orgnr, "municipality": MUNICIPALITY});
        self.services().into_iter().map(one).collect()
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tour_tests;
