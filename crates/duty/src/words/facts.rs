//! Kinds of facts as people read them.
//!
//! Every type of the vocabulary has its words; a test holds them together. Must never tell what a fact says, only what kind
//! of fact it is; a page that may tell more hands it in.

use crate::answer::UsedFact;

/// Type of the vocabulary, and its name in bokmål.
const TYPES: &[(&str, &str)] = &[
    ("service_started", "Tjeneste begynner å gi barnet tilbud"),
    ("service_ended", "Tjeneste gir ikke lenger barnet tilbud"),
    ("cooperation_needed", "Samarbeid er nødvendig"),
    ("cooperation_not_needed", "Behovet for samarbeid er opphørt"),
    ("holder_agreed", "Avtale om samordner"),
    ("holder_claimed", "Tjeneste melder at den samordner"),
    ("holder_disclaimed", "Tjeneste melder at den ikke samordner"),
    ("dispute_raised", "Uenighet om samordner"),
    ("holder_decided", "Beslutning om samordner"),
    ("decision_withdrawn", "Beslutning om samordner trukket"),
    ("delegation_granted", "Myndighet delegert"),
    ("delegation_withdrawn", "Delegert myndighet trukket"),
    ("bk_conditions_assessed", "Vurdering av vilkårene for barnekoordinator"),
    ("bk_wish", "Svar på ønske om barnekoordinator"),
    ("bk_youth_view", "Ungdommens syn på barnekoordinator"),
    ("bk_appointed", "Oppnevning av barnekoordinator"),
    ("bk_ended", "Oppnevning av barnekoordinator avsluttet"),
    ("person_absent", "Fravær"),
    ("person_returned", "Tilbake fra fravær"),
    ("person_left", "Har sluttet"),
    ("substitute_appointed", "Stedfortreder utpekt"),
    ("koordinator_appointed", "Oppnevning av koordinator"),
    ("koordinator_ended", "Oppnevning av koordinator avsluttet"),
    ("ip_need", "Behov for individuell plan"),
    ("ip_consent", "Svar på samtykke til individuell plan"),
    ("ip_started", "Individuell plan påbegynt"),
    ("ip_main_agreed", "Avtale om hovedansvar for individuell plan"),
    ("ip_main_disputed", "Uenighet om hovedansvar for individuell plan"),
    ("ip_main_decided", "Beslutning om hovedansvar for individuell plan"),
    ("ip_ended", "Individuell plan avsluttet"),
    ("born", "Fødsel"),
    ("pregnancy_ended", "Svangerskap avsluttet"),
    ("moved", "Flytting"),
    ("placed", "Plassering"),
    ("care_order", "Omsorgsovertakelse"),
    ("guardians_changed", "Hvem som har foreldreansvar"),
    ("died", "Dødsfall"),
    ("correction", "Rettelse"),
    ("birth_date", "Fødselsdato"),
    ("due_date", "Termindato"),
    ("consent", "Samtykke til deling"),
    ("consent_withdrawn", "Samtykke til deling trukket"),
    ("consent_requested", "Samtykke til deling etterspurt"),
    ("objection", "Innvending mot deling"),
    ("objection_withdrawn", "Innvending mot deling trukket"),
    ("address_protection", "Adressebeskyttelse"),
    ("contact_ban", "Kontaktforbud"),
    ("secrecy_order", "Pålegg om taushet"),
    ("child_confidential", "Det barnet vil holde for seg selv"),
    ("weighty_reasons", "Tungtveiende hensyn mot å informere"),
    ("shelter_user", "Opphold med særskilt vern"),
    ("necessity_found", "Vurdering av at deling er nødvendig"),
    ("worker_contact", "Kontaktopplysninger for en medarbeider"),
    ("plan_content", "Innhold i individuell plan"),
];

/// What kind of fact it is; the word itself for a type that is not of the vocabulary.
#[must_use]
pub fn fact_type(name: &str) -> &str {
    TYPES.iter().find(|(known, _)| *known == name).map_or(name, |(_, words)| words)
}

/// A used fact in a line: what it is, from when, when it became known and from whom.
#[must_use]
pub fn fact(used: &UsedFact) -> String {
    fact_about(used, None)
}

/// [`fact`], with what it is about where that may be told.
#[must_use]
pub fn fact_about(used: &UsedFact, about: Option<&str>) -> String {
    let about = about.map(|about| format!(": {about}")).unwrap_or_default();
    let source = used.source.as_deref().map(|source| format!(", fra {source}")).unwrap_or_default();
    let (name, at, recorded) = (fact_type(&used.kind), super::date(used.at), super::date(used.recorded_at));
    format!("{name}{about} ({}), gjelder fra {at}, registrert {recorded}{source}", used.kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use samhold_model::vocabulary::{DUTY_TYPES, FAMILY_TYPES};

    #[test]
    fn every_type_of_the_vocabulary_has_its_words_and_no_other_has() {
        let known: Vec<&str> = DUTY_TYPES.iter().chain(FAMILY_TYPES).map(|spec| spec.name).collect();
        for name in &known {
            assert!(TYPES.iter().any(|(word, _)| word == name), "`{name}` has no words");
        }
        for (word, _) in TYPES {
            assert!(known.contains(word), "`{word}` is no type of the vocabulary");
        }
    }
}
