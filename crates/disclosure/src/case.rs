//! Step 1: the question with every word looked up. What cannot be looked up is not a case, and is denied.
//!
//! Must never guess: an unknown word gives no case, an unknown address protection gives the strictest one.

use std::cell::RefCell;

use samhold_model::Date;
use samhold_model::dates::{LeapBirthday, age_on};
use samhold_model::law::RecipientRow;

use crate::Rules;
use crate::config::{Share, StrictMode};
use crate::consent::Ask;
use crate::request::{Guardian, Recipient, Request, Subject};

/// The name the child has in `about_person`, consents and objections.
pub(crate) const CHILD: &str = "child";

/// The regime of secrecy that binds the sender of a category.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Regime {
    /// helse- og omsorgstjenesteloven: coordination and plan.
    Hol,
    /// helsepersonelloven.
    Hpl,
    /// barnevernsloven.
    Bvl,
    /// sosialtjenesteloven.
    Sotjl,
    /// opplæringslova.
    Oppll,
    /// barnehageloven.
    Bhl,
    /// forvaltningsloven.
    Fvl,
    /// krisesenterlova.
    Kril,
    /// familievernkontorloven.
    Fvkl,
    /// Data about an employee.
    Employee,
}

impl Regime {
    /// The regime a catalogue names; `None` is an unknown law.
    fn named(key: &str) -> Option<Self> {
        Some(match key {
            "hol" => Self::Hol,
            "hpl" => Self::Hpl,
            "bvl" => Self::Bvl,
            "sotjl" => Self::Sotjl,
            "oppll" => Self::Oppll,
            "bhl" => Self::Bhl,
            "fvl" => Self::Fvl,
            "kril" => Self::Kril,
            "fvkl" => Self::Fvkl,
            "employee" => Self::Employee,
            _ => return None,
        })
    }

    /// As the catalogue names it.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Hol => "hol",
            Self::Hpl => "hpl",
            Self::Bvl => "bvl",
            Self::Sotjl => "sotjl",
            Self::Oppll => "oppll",
            Self::Bhl => "bhl",
            Self::Fvl => "fvl",
            Self::Kril => "kril",
            Self::Fvkl => "fvkl",
            Self::Employee => "employee",
        }
    }
}

/// Address protection (folkeregisterloven 10-4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Protection {
    /// None.
    None,
    /// Fortrolig, kode 7.
    Fortrolig,
    /// Strengt fortrolig, kode 6; also anything stale or not understood.
    Strengt,
}

impl Protection {
    /// Missing is none only because scenario files leave it out; the daemon writes `unknown` when it does not know.
    fn read(word: Option<&str>) -> Self {
        match word {
            None | Some("none") => Self::None,
            Some("fortrolig") => Self::Fortrolig,
            Some(_) => Self::Strengt,
        }
    }
}

/// Whether this recipient may not learn where the child is. Whoever is not known to be public may not.
pub(crate) fn place_is_hidden(subject: &Subject, recipient: &Recipient, rules: &Rules, date: Date) -> bool {
    let public = rules.law.recipient_kind_on(&recipient.kind, date).is_some_and(|row| row.public);
    match Protection::read(subject.address_protection.as_deref()) {
        Protection::None => false,
        Protection::Fortrolig => !public,
        Protection::Strengt => true,
    }
}

/// A question all of whose words are known.
pub(crate) struct Case<'a> {
    pub(crate) request: &'a Request,
    pub(crate) rules: &'a Rules,
    pub(crate) regime: Regime,
    pub(crate) recipient: RecipientRow,
    pub(crate) protection: Protection,
    /// Full years; the unborn are 0, and past the due date they count from it.
    pub(crate) age: i16,
    /// Which consents were asked for on the way, when somebody wants to know.
    pub(crate) asked: Option<RefCell<Vec<Ask<'a>>>>,
}

impl<'a> Case<'a> {
    /// Looks every word up as the law has it on the day of the question; `None` when category, its law, recipient kind, purpose or subject is unknown.
    pub(crate) fn resolve(request: &'a Request, rules: &'a Rules) -> Option<Self> {
        let law = &rules.law;
        let regime = Regime::named(law.regime_on(&request.item.category, request.date)?)?;
        let recipient = law.recipient_kind_on(&request.recipient.kind, request.date)?;
        law.purposes.iter().find(|p| **p == request.purpose)?;
        let born: Date = request.subject.birth_date.or(request.subject.due_date)?;
        let age = age_on(born, request.date, LeapBirthday::Mar1);
        let protection = Protection::read(request.subject.address_protection.as_deref());
        Some(Self { request, rules, regime, recipient, protection, age, asked: None })
    }

    /// The same question, keeping what is asked about consents on the way.
    pub(crate) fn listening(self) -> Self {
        Self { asked: Some(RefCell::default()), ..self }
    }

    /// The regime of any category, for consents that a tag or a holder needs.
    pub(crate) fn regime_of(&self, category: &str) -> Option<Regime> {
        Regime::named(self.rules.law.regime_on(category, self.request.date)?)
    }

    pub(crate) fn subject(&self) -> &'a Subject {
        &self.request.subject
    }

    pub(crate) fn config(&self) -> &'a Share {
        &self.rules.config
    }

    pub(crate) fn category(&self) -> &'a str {
        &self.request.item.category
    }

    pub(crate) fn is_category(&self, any_of: &[&str]) -> bool {
        any_of.contains(&self.category())
    }

    pub(crate) fn to(&self, any_of: &[&str]) -> bool {
        any_of.contains(&self.request.recipient.kind.as_str())
    }

    pub(crate) fn takes_part(&self) -> bool {
        self.request.recipient.participant
    }

    pub(crate) fn purpose(&self, word: &str) -> bool {
        self.request.purpose == word
    }

    /// A forvaltningsorgan, or a private kindergarten or school where the municipality counts those as one.
    /// Only for exceptions from secrecy between bodies; address protection looks at `recipient.public` alone,
    /// because a private body stays private to the population register.
    pub(crate) fn counts_as_organ(&self) -> bool {
        let provider = self.to(&["barnehage_privat", "skole_privat"]);
        self.recipient.public || (provider && self.config().private_providers_count_as_organs)
    }

    /// On the allow list for strengt fortrolig. With everything manual there is no such list.
    pub(crate) fn allow_listed(&self) -> bool {
        self.recipient.allow_listed_strict && self.config().strict_protection_mode == StrictMode::AllowList
    }

    /// A named person has found it necessary. A blank name is nobody.
    pub(crate) fn found_necessary(&self) -> bool {
        self.request.flags.necessary_by.as_deref().is_some_and(|by| !by.trim().is_empty())
    }

    /// The other person the data is about, when it is said.
    pub(crate) fn other_person(&self) -> Option<&'a str> {
        self.request.item.about_person.as_deref().filter(|p| *p != CHILD)
    }

    /// The rows about the guardian who would receive; none for others.
    pub(crate) fn receiving_guardian(&self) -> impl Iterator<Item = &'a Guardian> {
        let id = self.request.recipient.id.as_deref();
        self.subject().guardians.iter().filter(move |g| Some(g.id.as_str()) == id)
    }

    /// The recipient is a known guardian, with foreldreansvar in every row.
    pub(crate) fn receiver_has_responsibility(&self) -> bool {
        self.receiving_guardian().next().is_some() && self.receiving_guardian().all(|g| g.responsibility)
    }

    /// The recipient is a guardian barred from contact.
    pub(crate) fn receiver_is_barred(&self) -> bool {
        self.receiving_guardian().any(|g| g.contact_ban)
    }

    /// Weighty reasons speak against telling guardians of the category.
    pub(crate) fn weighty_reasons(&self) -> bool {
        self.subject().weighty_reasons.iter().any(|c| c == self.category())
    }

    /// The field tells where the child is: by its value, as the item says, or by its name, as the municipality has set it.
    pub(crate) fn tells_the_place(&self, field: &str) -> bool {
        self.request.item.location.contains(field) || self.config().location_fields.iter().any(|l| l == field)
    }

    /// The field may not go to this recipient because it tells where the child is.
    pub(crate) fn hides_the_place_in(&self, field: &str) -> bool {
        self.tells_the_place(field)
            && place_is_hidden(self.subject(), &self.request.recipient, self.rules, self.request.date)
    }

    /// The data is about someone else than the child, named or not.
    pub(crate) fn about_someone_else(&self) -> bool {
        self.is_category(&["other_person_health"]) || self.other_person().is_some()
    }

    pub(crate) fn kept_from_guardians(&self, category: &str) -> bool {
        self.subject().child_confidential.iter().any(|c| c == category)
    }

    pub(crate) fn ordered_secret(&self, category: &str) -> bool {
        self.subject().secrecy_order.iter().any(|c| c == category)
    }
}

#[cfg(test)]
mod tests {
    use super::Regime;

    #[test]
    fn every_regime_that_the_catalogue_may_name_has_rules_here() {
        for regime in samhold_model::law::REGIMES {
            assert_eq!(Regime::named(regime).map(Regime::key), Some(regime));
        }
    }
}
