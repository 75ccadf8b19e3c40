//! A hash of facts for whoever remembers answers by them: cheap, because it is made for every field that is decided.
//!
//! Must never be taken for the facts: it leaves out much that two questions seldom differ in. Equality compares everything.

use std::hash::{Hash, Hasher};

use super::{AboutField, CircumstanceFacts, FieldFacts, Parties, RecipientFacts};

/// The words that a source or recipient can choose, each yes and no as a bit, and how long the words are. Settings and
/// municipality are the same for every question that an installation asks.
impl Hash for FieldFacts<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self { recipient, field, circumstances } = self;
        for word in [&recipient.kind, &field.category, &field.name, &field.from, &field.tag] {
            state.write(word.as_bytes());
        }
        state.write_u64(of_recipient(recipient) << 32 | of_field(field) << 16 | of_circumstances(circumstances));
        state.write_u64(lengths(self));
    }
}

/// As the bits of a number, the first highest.
fn bits<const N: usize>(of: [bool; N]) -> u64 {
    of.into_iter().fold(0, |bits, yes| bits << 1 | u64::from(yes))
}

fn of_recipient(of: &RecipientFacts<'_>) -> u64 {
    bits([of.public, of.organ, of.health, of.person, of.allow_listed, of.takes_part, of.responsible, of.barred])
}

fn of_field(of: &AboutField<'_>) -> u64 {
    bits([
        of.is_location,
        of.about_other,
        of.about_recipient,
        of.person_named,
        of.holder_sensitive,
        of.care_order,
        of.keeps_private,
        of.weighty_reasons,
        of.ordered_secret,
    ])
}

fn of_circumstances(of: &CircumstanceFacts<'_>) -> u64 {
    let single = bits([of.necessary, of.fetched_by_new_school, of.tag_consent, of.holder_consent]);
    single << 10 | parties(&of.objects) << 5 | parties(&of.consent)
}

fn parties(of: &Parties) -> u64 {
    bits([of.child, of.guardians, of.care_order_holder, of.shelter_user, of.person])
}

/// The age, and how long the words are: where one ends in the row, and of those that the law lists which it may be.
fn lengths(of: &FieldFacts<'_>) -> u64 {
    let (field, purpose) = (&of.field, &of.circumstances.purpose);
    let row = [&of.recipient.kind, &field.category, &field.name, &field.from, &field.tag];
    let listed = [&field.holder, &field.protection, &field.regime, purpose];
    let age = u64::from(field.age.unsigned_abs());
    row.into_iter().chain(listed).fold(age, |all, word| all.wrapping_mul(31).wrapping_add(word.len() as u64))
}
