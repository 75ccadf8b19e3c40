//! What a policy can ask about one field of one item: the second layer sees this and nothing else.
//!
//! Must never hold an id, a name or a value; nor find standing or reach of a consent otherwise than the floor does.

mod hash;
mod known;

use std::borrow::Cow;

use serde::Serialize;

use crate::Rules;
use crate::case::Case;
use crate::request::Request;

pub(crate) use known::Known;

/// Everything about one field. Two fields with the same facts are permitted the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldFacts<'a> {
    /// Who would receive.
    pub recipient: RecipientFacts<'a>,
    /// What.
    pub field: AboutField<'a>,
    /// Under which circumstances.
    pub circumstances: CircumstanceFacts<'a>,
}

/// Who would receive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecipientFacts<'a> {
    /// Kind of recipient, as in the law catalogue.
    pub kind: Cow<'a, str>,
    /// A forvaltningsorgan.
    pub public: bool,
    /// Counts as one for exchange between bodies, as the municipality has set it.
    pub organ: bool,
    /// Health personnel in the health service.
    pub health: bool,
    /// A person, not a body.
    pub person: bool,
    /// May receive about a strengt fortrolig child; nobody where all of that is manual.
    pub allow_listed: bool,
    /// Takes part in this child's case.
    pub takes_part: bool,
    /// A known guardian with foreldreansvar.
    pub responsible: bool,
    /// Barred from contact.
    pub barred: bool,
}

/// The field, its item and the child.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AboutField<'a> {
    /// Step 1 found every word.
    pub known: bool,
    /// Its name.
    pub name: Cow<'a, str>,
    /// Data category.
    pub category: Cow<'a, str>,
    /// The law of secrecy that binds the sender.
    pub regime: Cow<'a, str>,
    /// Kind of the service it comes from.
    pub from: Cow<'a, str>,
    /// What the field would reveal; empty when nothing is said.
    pub tag: Cow<'a, str>,
    /// Tells where the child is, by its value or by its name.
    pub is_location: bool,
    /// About somebody else than the child, named or not.
    pub about_other: bool,
    /// That somebody is the recipient.
    pub about_recipient: bool,
    /// That somebody is named.
    pub person_named: bool,
    /// Kind of the holder; empty when there is none or it is not known.
    pub holder: Cow<'a, str>,
    /// The holder's name would reveal a sensitive relation, or nobody knows.
    pub holder_sensitive: bool,
    /// The child's age in full years.
    pub age: i16,
    /// `none`, `fortrolig` or `strengt`.
    pub protection: Cow<'a, str>,
    /// A care order is in force.
    pub care_order: bool,
    /// The child keeps this category from its guardians.
    pub keeps_private: bool,
    /// Weighty reasons against telling guardians of this category.
    pub weighty_reasons: bool,
    /// The category is under an order of secrecy.
    pub ordered_secret: bool,
}

/// Parties who can consent or object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Parties {
    /// The child.
    pub child: bool,
    /// Those with foreldreansvar: all who must, as set, for a consent; any of them for an objection.
    pub guardians: bool,
    /// Who holds the care order.
    pub care_order_holder: bool,
    /// Who uses the crisis shelter.
    pub shelter_user: bool,
    /// Whom the data is about.
    pub person: bool,
}

/// The circumstances.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CircumstanceFacts<'a> {
    /// Number of the municipality that sends.
    pub municipality: Cow<'a, str>,
    /// For what.
    pub purpose: Cow<'a, str>,
    /// A named person has found it necessary.
    pub necessary: bool,
    /// A new school fetches it.
    pub fetched_by_new_school: bool,
    /// Who objects.
    pub objects: Parties,
    /// Whose live consent covers this category, recipient, purpose and field.
    pub consent: Parties,
    /// Consent to what the tag would reveal.
    pub tag_consent: bool,
    /// Consent to what the holder's name would reveal.
    pub holder_consent: bool,
    /// What the municipality has set.
    pub settings: Settings,
}

/// The settings that the rules look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Settings {
    /// Who consents to child-welfare data from 15, as the setting writes it.
    pub bvl_from_15: Cow<'static, str>,
    /// From which age the child consents to social-service data.
    pub sotjl_age: i16,
    /// Addresses are forwarded.
    pub forward_addresses: bool,
    /// Education matters of a 15 to 17 year old go to guardians.
    pub guardian_push_education: bool,
    /// The relation to NAV goes out without consent.
    pub nav_without_consent: bool,
}

impl<'a> FieldFacts<'a> {
    /// The facts of each field that the item names, in its order. Empty when a word of the question is unknown: there is
    /// then nothing to decide but no.
    #[must_use]
    pub fn of(request: &'a Request, rules: &'a Rules, municipality: &'a str) -> Vec<Self> {
        let Some(case) = Case::resolve(request, rules) else { return Vec::new() };
        let known = Known::of(&case, municipality);
        request.item.fields.iter().map(|field| known.about(field)).collect()
    }

    /// The same, kept longer than the question.
    #[must_use]
    pub fn into_owned(self) -> FieldFacts<'static> {
        FieldFacts {
            recipient: self.recipient.into_owned(),
            field: self.field.into_owned(),
            circumstances: self.circumstances.into_owned(),
        }
    }
}

impl RecipientFacts<'_> {
    fn into_owned(self) -> RecipientFacts<'static> {
        let Self { kind, public, organ, health, person, allow_listed, takes_part, responsible, barred } = self;
        RecipientFacts {
            kind: kept(kind),
            public,
            organ,
            health,
            person,
            allow_listed,
            takes_part,
            responsible,
            barred,
        }
    }
}

impl AboutField<'_> {
    fn into_owned(self) -> AboutField<'static> {
        AboutField {
            known: self.known,
            name: kept(self.name),
            category: kept(self.category),
            regime: kept(self.regime),
            from: kept(self.from),
            tag: kept(self.tag),
            is_location: self.is_location,
            about_other: self.about_other,
            about_recipient: self.about_recipient,
            person_named: self.person_named,
            holder: kept(self.holder),
            holder_sensitive: self.holder_sensitive,
            age: self.age,
            protection: kept(self.protection),
            care_order: self.care_order,
            keeps_private: self.keeps_private,
            weighty_reasons: self.weighty_reasons,
            ordered_secret: self.ordered_secret,
        }
    }
}

impl CircumstanceFacts<'_> {
    fn into_owned(self) -> CircumstanceFacts<'static> {
        CircumstanceFacts {
            municipality: kept(self.municipality),
            purpose: kept(self.purpose),
            necessary: self.necessary,
            fetched_by_new_school: self.fetched_by_new_school,
            objects: self.objects,
            consent: self.consent,
            tag_consent: self.tag_consent,
            holder_consent: self.holder_consent,
            settings: self.settings,
        }
    }
}

fn kept(word: Cow<'_, str>) -> Cow<'static, str> {
    Cow::Owned(word.into_owned())
}
