//! From the facts of a field to what Cedar is asked: every attribute of the schema, always.
//!
//! Must never leave an attribute out: a policy that fails forbids nothing.

use std::collections::{HashMap, HashSet};
use std::str::FromStr;
use std::sync::LazyLock;

use cedar_policy::{Context, Entities, Entity, EntityUid, ParseErrors, Request, RestrictedExpression, Schema};
use samhold_disclosure::FieldFacts;
use samhold_disclosure::facts::{AboutField, CircumstanceFacts, Parties, RecipientFacts, Settings};

/// Attributes by name.
type Attributes = HashMap<String, RestrictedExpression>;

/// Why Cedar cannot be asked. It means no.
#[derive(Debug, thiserror::Error)]
#[error("the question cannot be put to the policies: {0}")]
pub struct CannotAsk(String);

/// The question, and the entities it speaks of.
pub(crate) fn ask(facts: &FieldFacts<'_>, schema: Option<&Schema>) -> Result<(Request, Entities), CannotAsk> {
    let Named { recipient, action, field } = NAMED.as_ref().map_err(cannot)?.clone();
    let context = Context::from_pairs(circumstances(&facts.circumstances)?).map_err(cannot)?;
    let request = Request::new(recipient.clone(), action, field.clone(), context, schema).map_err(cannot)?;
    let entity = |uid, attributes| Entity::new(uid, attributes, HashSet::new()).map_err(cannot);
    let both = [entity(recipient, of_recipient(&facts.recipient))?, entity(field, of_field(&facts.field))?];
    Ok((request, Entities::from_entities(both, schema).map_err(cannot)?))
}

/// Who asks, what for and about what, in Cedar's words: the same in every question.
#[derive(Clone)]
struct Named {
    recipient: EntityUid,
    action: EntityUid,
    field: EntityUid,
}

/// Read once, not for every question.
static NAMED: LazyLock<Result<Named, ParseErrors>> = LazyLock::new(|| {
    let uid = EntityUid::from_str;
    Ok(Named {
        recipient: uid("Recipient::\"recipient\"")?,
        action: uid("Action::\"release\"")?,
        field: uid("Field::\"field\"")?,
    })
});

fn cannot(why: impl std::fmt::Display) -> CannotAsk {
    CannotAsk(why.to_string())
}

fn of_recipient(of: &RecipientFacts<'_>) -> Attributes {
    attributes([
        ("kind", text(&of.kind)),
        ("public", yes(of.public)),
        ("organ", yes(of.organ)),
        ("health", yes(of.health)),
        ("person", yes(of.person)),
        ("allow_listed", yes(of.allow_listed)),
        ("takes_part", yes(of.takes_part)),
        ("responsible", yes(of.responsible)),
        ("barred", yes(of.barred)),
    ])
}

fn of_field(of: &AboutField<'_>) -> Attributes {
    attributes([
        ("known", yes(of.known)),
        ("name", text(&of.name)),
        ("category", text(&of.category)),
        ("regime", text(&of.regime)),
        ("from", text(&of.from)),
        ("tag", text(&of.tag)),
        ("is_location", yes(of.is_location)),
        ("about_other", yes(of.about_other)),
        ("about_recipient", yes(of.about_recipient)),
        ("person_named", yes(of.person_named)),
        ("holder", text(&of.holder)),
        ("holder_sensitive", yes(of.holder_sensitive)),
        ("age", RestrictedExpression::new_long(of.age.into())),
        ("protection", text(&of.protection)),
        ("care_order", yes(of.care_order)),
        ("keeps_private", yes(of.keeps_private)),
        ("weighty_reasons", yes(of.weighty_reasons)),
        ("ordered_secret", yes(of.ordered_secret)),
    ])
}

fn circumstances(of: &CircumstanceFacts<'_>) -> Result<Attributes, CannotAsk> {
    Ok(attributes([
        ("municipality", text(&of.municipality)),
        ("purpose", text(&of.purpose)),
        ("necessary", yes(of.necessary)),
        ("fetched_by_new_school", yes(of.fetched_by_new_school)),
        ("objects", parties(&of.objects)?),
        ("consent", parties(&of.consent)?),
        ("tag_consent", yes(of.tag_consent)),
        ("holder_consent", yes(of.holder_consent)),
        ("settings", settings(&of.settings)?),
    ]))
}

fn parties(of: &Parties) -> Result<RestrictedExpression, CannotAsk> {
    record([
        ("child", yes(of.child)),
        ("guardians", yes(of.guardians)),
        ("care_order_holder", yes(of.care_order_holder)),
        ("shelter_user", yes(of.shelter_user)),
        ("person", yes(of.person)),
    ])
}

fn settings(of: &Settings) -> Result<RestrictedExpression, CannotAsk> {
    record([
        ("bvl_from_15", text(&of.bvl_from_15)),
        ("sotjl_age", RestrictedExpression::new_long(of.sotjl_age.into())),
        ("forward_addresses", yes(of.forward_addresses)),
        ("guardian_push_education", yes(of.guardian_push_education)),
        ("nav_without_consent", yes(of.nav_without_consent)),
    ])
}

fn record<const N: usize>(of: [(&str, RestrictedExpression); N]) -> Result<RestrictedExpression, CannotAsk> {
    RestrictedExpression::new_record(attributes(of)).map_err(cannot)
}

fn attributes<const N: usize>(of: [(&str, RestrictedExpression); N]) -> Attributes {
    of.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn text(word: &str) -> RestrictedExpression {
    RestrictedExpression::new_string(word.to_owned())
}

fn yes(is: bool) -> RestrictedExpression {
    RestrictedExpression::new_bool(is)
}
