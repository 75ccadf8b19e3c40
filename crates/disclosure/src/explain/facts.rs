//! What the steps saw of the child, the recipient and the circumstances.
//!
//! Must never hold an identifier, a name or a date of birth: ages and yes or no are enough.

use serde::Serialize;

use crate::case::{Case, Protection, Regime};
use crate::entitled::objects;
use crate::redaction::holder;

/// Facts of one question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Facts {
    /// The law of secrecy that binds the sender, as keyed in `laws.toml`.
    pub regime: &'static str,
    /// Kind of the service it comes from.
    pub from: String,
    /// Full years on the day.
    pub age: i16,
    /// none, fortrolig or strengt, as it counts.
    pub protection: &'static str,
    /// A care order is in force.
    pub care_order: bool,
    /// The child keeps the category from its guardians.
    pub kept_from_guardians: bool,
    /// Weighty reasons against telling guardians of the category.
    pub weighty_reasons: bool,
    /// The category is under an order of secrecy.
    pub ordered_secret: bool,
    /// The data is about someone else than the child.
    pub about_other: bool,
    /// Kind of the holder; `None` when there is none or it is not known.
    pub holder: Option<String>,
    /// The holder's name would reveal a sensitive relation, or nobody knows.
    pub holder_sensitive: bool,
    /// The recipient takes part in the case.
    pub takes_part: bool,
    /// The recipient is a forvaltningsorgan.
    pub public: bool,
    /// The recipient counts as one for exchange between bodies.
    pub organ: bool,
    /// The recipient is cooperating health personnel.
    pub health: bool,
    /// The recipient is a person, not a body.
    pub person: bool,
    /// The recipient may be told of a strengt fortrolig child.
    pub allow_listed: bool,
    /// A named person has found it necessary.
    pub necessary: bool,
    /// Fetched by a new school.
    pub fetched_by_new_school: bool,
    /// Somebody entitled objects.
    pub objection: bool,
}

impl Facts {
    pub(super) fn of(case: &Case<'_>) -> Self {
        let holder = holder::known_kind(case);
        Self {
            regime: regime(case.regime),
            from: case.request.item.from.clone(),
            age: case.age,
            protection: protection(case.protection),
            care_order: case.subject().care_order_by.is_some(),
            kept_from_guardians: case.kept_from_guardians(case.category()),
            weighty_reasons: case.weighty_reasons(),
            ordered_secret: case.ordered_secret(case.category()),
            about_other: case.about_someone_else(),
            holder: holder.map(str::to_owned),
            holder_sensitive: !holder::not_sensitive(case, holder),
            takes_part: case.takes_part(),
            public: case.recipient.public,
            organ: case.counts_as_organ(),
            health: case.recipient.health,
            person: case.recipient.person,
            allow_listed: case.allow_listed(),
            necessary: case.found_necessary(),
            fetched_by_new_school: case.request.flags.pull_by_new_school,
            objection: objects(case),
        }
    }
}

fn regime(regime: Regime) -> &'static str {
    match regime {
        Regime::Hol => "hol",
        Regime::Hpl => "hpl",
        Regime::Bvl => "bvl",
        Regime::Sotjl => "sotjl",
        Regime::Oppll => "oppll",
        Regime::Bhl => "bhl",
        Regime::Fvl => "fvl",
        Regime::Kril => "kril",
        Regime::Fvkl => "fvkl",
        Regime::Employee => "employee",
    }
}

fn protection(protection: Protection) -> &'static str {
    match protection {
        Protection::None => "none",
        Protection::Fortrolig => "fortrolig",
        Protection::Strengt => "strengt",
    }
}
