//! From a question to its facts: what is the same for all fields is found once for the item.
//!
//! Must never work out who may consent, or whether a record counts, itself: it asks what the floor asks.

use std::borrow::Cow;

use super::{AboutField, CircumstanceFacts, FieldFacts, Parties, RecipientFacts, Settings};
use crate::case::{CHILD, Case, Protection};
use crate::consent::{Reach, consent_by};
use crate::entitled::{Party, with_responsibility};
use crate::redaction::{consented_tag, known_kind, not_sensitive, relation_consent};

/// What stands in place of a tag without a name: something nobody knows, not nothing.
const NAMELESS: &str = "?";

/// The facts of an item, but for those of a single field.
pub(crate) struct Known<'c, 'a> {
    case: &'c Case<'a>,
    any_field: FieldFacts<'a>,
    given: Given<'a>,
}

/// How far each party's consent to the item's category reaches; `None` when there is none.
struct Given<'a> {
    child: Option<Reach<'a>>,
    guardians: Option<Reach<'a>>,
    care_order_holder: Option<Reach<'a>>,
    shelter_user: Option<Reach<'a>>,
    person: Option<Reach<'a>>,
    /// To tell of the holder's service.
    holder: Option<Reach<'a>>,
}

impl<'c, 'a> Known<'c, 'a> {
    pub(crate) fn of(case: &'c Case<'a>, municipality: &'a str) -> Self {
        let any_field = FieldFacts {
            recipient: recipient(case),
            field: any_field(case),
            circumstances: circumstances(case, municipality),
        };
        Self { case, any_field, given: Given::of(case) }
    }

    /// With what is of this field alone.
    pub(crate) fn about(&self, field: &'a str) -> FieldFacts<'a> {
        let mut facts = self.any_field();
        self.turn(&mut facts, field);
        facts
    }

    /// What the fields have in common; [`Known::turn`] makes it the facts of one.
    pub(crate) fn any_field(&self) -> FieldFacts<'a> {
        self.any_field.clone()
    }

    /// Turns facts of this item to a field. All that is of the field is replaced.
    pub(crate) fn turn(&self, facts: &mut FieldFacts<'a>, field: &'a str) {
        let tag = self.case.request.item.field_tags.get(field);
        let covers = |reach: &Option<Reach<'a>>| reach.as_ref().is_some_and(|r| r.covers(field));
        facts.field.name = Cow::Borrowed(field);
        facts.field.tag = Cow::Borrowed(tag.map_or("", |t| if t.is_empty() { NAMELESS } else { t }));
        facts.field.is_location = self.case.tells_the_place(field);
        facts.circumstances.consent = Parties {
            child: covers(&self.given.child),
            guardians: covers(&self.given.guardians),
            care_order_holder: covers(&self.given.care_order_holder),
            shelter_user: covers(&self.given.shelter_user),
            person: covers(&self.given.person),
        };
        facts.circumstances.tag_consent = tag.is_some_and(|t| consented_tag(self.case, t, field));
        facts.circumstances.holder_consent = covers(&self.given.holder);
    }
}

impl<'a> Given<'a> {
    fn of(case: &Case<'a>) -> Self {
        let holder = known_kind(case).and_then(|kind| relation_consent(case, kind));
        if case.request.consents.is_empty() {
            return Self {
                child: None,
                guardians: None,
                care_order_holder: None,
                shelter_user: None,
                person: None,
                holder,
            };
        }
        let alone = |who: Option<&'a str>| who.and_then(|w| consent_by(case, &Party::alone(w)));
        Self {
            child: alone(Some(CHILD)),
            guardians: consent_by(case, &with_responsibility(case)),
            care_order_holder: alone(case.subject().care_order_by.as_deref()),
            shelter_user: alone(case.subject().shelter_user.as_deref()),
            person: alone(case.other_person()),
            holder,
        }
    }
}

fn recipient<'a>(case: &Case<'a>) -> RecipientFacts<'a> {
    RecipientFacts {
        kind: Cow::Borrowed(&case.request.recipient.kind),
        public: case.recipient.public,
        organ: case.counts_as_organ(),
        health: case.recipient.health,
        person: case.recipient.person,
        allow_listed: case.allow_listed(),
        takes_part: case.takes_part(),
        responsible: case.receiver_has_responsibility(),
        barred: case.receiver_is_barred(),
    }
}

fn any_field<'a>(case: &Case<'a>) -> AboutField<'a> {
    let (other, holder) = (case.other_person(), known_kind(case));
    AboutField {
        known: true,
        name: Cow::Borrowed(""),
        category: Cow::Borrowed(case.category()),
        regime: Cow::Borrowed(case.regime.key()),
        from: Cow::Borrowed(&case.request.item.from),
        tag: Cow::Borrowed(""),
        is_location: false,
        about_other: case.about_someone_else(),
        about_recipient: other.is_some() && other == case.request.recipient.id.as_deref(),
        person_named: other.is_some(),
        holder: Cow::Borrowed(holder.unwrap_or_default()),
        holder_sensitive: !not_sensitive(case, holder),
        age: case.age,
        protection: Cow::Borrowed(protection(case.protection)),
        care_order: case.subject().care_order_by.is_some(),
        keeps_private: case.kept_from_guardians(case.category()),
        weighty_reasons: case.weighty_reasons(),
        ordered_secret: case.ordered_secret(case.category()),
    }
}

fn protection(of: Protection) -> &'static str {
    match of {
        Protection::None => "none",
        Protection::Fortrolig => "fortrolig",
        Protection::Strengt => "strengt",
    }
}

fn circumstances<'a>(case: &Case<'a>, municipality: &'a str) -> CircumstanceFacts<'a> {
    let config = case.config();
    CircumstanceFacts {
        municipality: Cow::Borrowed(municipality),
        purpose: Cow::Borrowed(&case.request.purpose),
        necessary: case.found_necessary(),
        fetched_by_new_school: case.request.flags.pull_by_new_school,
        objects: objecting(case),
        consent: Parties::default(),
        tag_consent: false,
        holder_consent: false,
        settings: Settings {
            bvl_from_15: Cow::Borrowed(config.bvl_consent_from_15.word()),
            sotjl_age: config.sotjl_consent_age,
            forward_addresses: config.forward_addresses,
            guardian_push_education: config.guardian_push_education_15_17,
            nav_without_consent: config.nav_relation_without_consent,
        },
    }
}

fn objecting(case: &Case<'_>) -> Parties {
    let by = &case.request.flags.objection_by;
    let does = |who: &str| by.iter().any(|b| b == who);
    if by.is_empty() {
        return Parties::default();
    }
    Parties {
        child: does(CHILD),
        guardians: with_responsibility(case).persons.iter().any(|g| does(g)),
        care_order_holder: case.subject().care_order_by.as_deref().is_some_and(does),
        shelter_user: case.subject().shelter_user.as_deref().is_some_and(does),
        person: case.other_person().is_some_and(does),
    }
}
