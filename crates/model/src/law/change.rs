//! Corrections of the catalogue that hold from a date: what a row reads as on a day.
//!
//! Before its date a correction must never be seen, and it must never rewrite what was so before it.

use serde::{Deserialize, Serialize};

use super::{Law, RecipientRow, ServiceKindRow};
use crate::dates::Date;
use crate::fact::Level;

/// The word for "no act" in a correction.
const NONE: &str = "none";

/// From `from` on, a kind of service reads otherwise. What is left out stays as it was.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceKindChange {
    /// The kind.
    pub kind: String,
    /// First day.
    pub from: Date,
    /// New normal level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// New act; `none` when it brings no clause any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<String>,
    /// Whether it may be named as holder from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub can_hold: Option<bool>,
    /// Whether it may have main responsibility for the plan from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip_main: Option<bool>,
    /// New name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Which act, regulation or decision changed it.
    pub why: String,
}

/// From `from` on, a category falls under another law of secrecy.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CategoryChange {
    /// The category.
    pub category: String,
    /// First day.
    pub from: Date,
    /// The regime from now on.
    pub regime: String,
    /// Which act, regulation or decision changed it.
    pub why: String,
}

/// From `from` on, a kind of recipient is something else. What is left out stays as it was.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RecipientKindChange {
    /// The kind.
    pub kind: String,
    /// First day.
    pub from: Date,
    /// Counts as forvaltningsorgan from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public: Option<bool>,
    /// Health personnel from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<bool>,
    /// May receive about a strengt fortrolig child from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_listed_strict: Option<bool>,
    /// Which act, regulation or decision changed it.
    pub why: String,
}

/// What the law says of a kind of service on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindOnDay<'a> {
    /// Normal level.
    pub level: Level,
    /// The act whose clause it brings.
    pub act: Option<&'a str>,
    /// May it be named as holder?
    pub can_hold: bool,
    /// May it have main responsibility for the plan?
    pub ip_main: bool,
    /// Name for people, bokmål.
    pub name: &'a str,
}

impl<'a> KindOnDay<'a> {
    pub(super) fn first(row: &'a ServiceKindRow) -> Self {
        let ServiceKindRow { level, act, can_hold, ip_main, name, .. } = row;
        Self { level: *level, act: act.as_deref(), can_hold: *can_hold, ip_main: *ip_main, name }
    }

    pub(super) fn after(self, change: &'a ServiceKindChange) -> Self {
        Self {
            level: change.level.unwrap_or(self.level),
            act: change.act.as_deref().map_or(self.act, |act| Some(act).filter(|act| *act != NONE)),
            can_hold: change.can_hold.unwrap_or(self.can_hold),
            ip_main: change.ip_main.unwrap_or(self.ip_main),
            name: change.name.as_deref().unwrap_or(self.name),
        }
    }
}

impl RecipientRow {
    pub(super) fn after(self, change: &RecipientKindChange) -> Self {
        Self {
            public: change.public.unwrap_or(self.public),
            health: change.health.unwrap_or(self.health),
            allow_listed_strict: change.allow_listed_strict.unwrap_or(self.allow_listed_strict),
            ..self
        }
    }
}

/// A correction that holds from a date.
pub(super) trait Dated {
    /// The word of the row it corrects.
    fn of(&self) -> &str;
    /// First day.
    fn from(&self) -> Date;
    /// Whether it says anything new.
    fn says_something(&self) -> bool;
    /// What changed it.
    fn why(&self) -> &str;
}

macro_rules! dated {
    ($change:ty, $of:ident, [$($field:ident),*]) => {
        impl Dated for $change {
            fn of(&self) -> &str {
                &self.$of
            }
            fn from(&self) -> Date {
                self.from
            }
            fn says_something(&self) -> bool {
                [$(self.$field.is_some()),*].contains(&true)
            }
            fn why(&self) -> &str {
                &self.why
            }
        }
    };
}
dated!(ServiceKindChange, kind, [level, act, can_hold, ip_main, name]);
dated!(RecipientKindChange, kind, [public, health, allow_listed_strict]);

impl Dated for CategoryChange {
    fn of(&self) -> &str {
        &self.category
    }
    fn from(&self) -> Date {
        self.from
    }
    fn says_something(&self) -> bool {
        true
    }
    fn why(&self) -> &str {
        &self.why
    }
}

/// The corrections of one row by date, whatever their order in the file.
pub(super) fn of_row<'a, T: Dated>(all: &'a [T], word: &str) -> Vec<&'a T> {
    let mut own: Vec<&T> = all.iter().filter(|change| change.of() == word).collect();
    own.sort_by_key(|change| change.from());
    own
}

fn by<'a, T: Dated>(all: &'a [T], word: &str, day: Date) -> impl Iterator<Item = &'a T> + use<'a, T> {
    of_row(all, word).into_iter().take_while(move |change| change.from() <= day)
}

impl Law {
    /// A kind of service as the law has it on `day`; nothing when the law does not know it then.
    #[must_use]
    pub fn service_kind_on(&self, kind: &str, day: Date) -> Option<KindOnDay<'_>> {
        let row = self.service_kind.get(kind).filter(|row| row.from.is_none_or(|from| from <= day))?;
        Some(by(&self.service_kind_change, kind, day).fold(KindOnDay::first(row), KindOnDay::after))
    }

    /// The law of secrecy a category falls under on `day`.
    #[must_use]
    pub fn regime_on(&self, category: &str, day: Date) -> Option<&str> {
        let first = self.category.get(category)?;
        let last = by(&self.category_change, category, day).last();
        Some(last.map_or(first.regime.as_str(), |change| change.regime.as_str()))
    }

    /// A kind of recipient as it is on `day`.
    #[must_use]
    pub fn recipient_kind_on(&self, kind: &str, day: Date) -> Option<RecipientRow> {
        let first = *self.recipient_kind.get(kind)?;
        Some(by(&self.recipient_kind_change, kind, day).fold(first, RecipientRow::after))
    }

    /// Every date on which the law on who must coordinate, who may hold and who may have the plan changes.
    pub fn duty_dates(&self) -> impl Iterator<Item = Date> + '_ {
        let clauses = self.clause.values().flat_map(|clause| [Some(clause.from), clause.to]).flatten();
        let kinds = self.service_kind.values().filter_map(|row| row.from);
        let changes = self.service_kind_change.iter().map(|change| change.from);
        std::iter::once(self.in_force).chain(clauses).chain(kinds).chain(changes)
    }

    /// Every date on which the law on what may be told to whom changes.
    pub fn sharing_dates(&self) -> impl Iterator<Item = Date> + '_ {
        let categories = self.category_change.iter().map(|change| change.from);
        let recipients = self.recipient_kind_change.iter().map(|change| change.from);
        // A holder of a kind not known yet is masked.
        let kinds = self.service_kind.values().filter_map(|row| row.from);
        categories.chain(recipients).chain(kinds)
    }
}

#[cfg(test)]
#[path = "change_tests.rs"]
mod tests;
