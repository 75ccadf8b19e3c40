//! Recipients, categories, grounds and reasons in plain Norwegian, for families.
//!
//! What has no words here is told to nobody: a new word of the program must be thought over before a family reads it.

/// Recipients that are no service: those have their name from the law.
pub(super) fn recipient(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "other_municipality" => "koordinerende enhet i ny kommune",
        "barnekoordinator" => "barnekoordinator",
        "ngo" => "en frivillig organisasjon",
        "guardian" => "en forelder med foreldreansvar",
        "parent_without_responsibility" => "en forelder uten foreldreansvar",
        "child" => "barnet selv",
        "foster_home" => "fosterhjemmet",
        "it_operations" => "de som drifter systemene",
        _ => return None,
    })
}

/// For a person who is not to be told from others.
pub(super) const SOMEBODY: &str = "en privatperson";

/// What was told, by the fields that really left: a message about who holds may hold no more than whom to ask.
pub(super) fn told(key: &str, released: &[&str], whole: bool) -> Option<&'static str> {
    let has = |any: &[&str]| released.iter().any(|field| any.contains(field));
    let only = |these: &[&str]| !released.is_empty() && released.iter().all(|field| these.contains(field));
    Some(match key {
        _ if only(&["contact_point"]) => "kontaktpunktet i kommunen",
        "holder_service" if only(&["contact_point", "coordination_exists"]) => "kontaktpunktet i kommunen",
        "holder_service" if only(&["contact_point", "coordination_exists", "service_unit"]) => "hvem som samordner",
        "coordinator_contact" if only(&["contact_point", "service_unit"]) => "hvilken enhet koordinator hører til",
        "coordinator_contact" if has(&["name"]) && !has(&["email", "phone"]) => "hvem som er koordinator",
        "plan_goals" if !whole => "noen av målene i den individuelle planen",
        "employee_absence" if has(&["coordinator", "unavailable_from"]) && !has(&["substitute"]) => {
            "at koordinator er borte"
        }
        _ => return category(key),
    })
}

/// What a category is about.
pub(super) fn category(key: &str) -> Option<&'static str> {
    Some(match key {
        "coordination_exists" => "at noen samordner tjenestene",
        "holder_service" => "hvilken tjeneste som samordner",
        "coordinator_contact" => "hvordan koordinator kan nås",
        "team_roster" => "tjenester som er med i teamet",
        "plan_exists" => "at det finnes en individuell plan",
        "plan_goals" => "mål i den individuelle planen",
        "employee_absence" => "at koordinator er borte, og hvem som er stedfortreder",
        _ => return None,
    })
}

/// Why it could be told. That of child welfare has no words: it would tell of a case there.
pub(super) fn ground(reason: &str) -> Option<&'static str> {
    Some(match reason {
        "STATUTORY_FVL_13B_5" => {
            "offentlig tjeneste som er med i saken og trenger det for oppgaven sin, forvaltningsloven § 13 b nr. 5"
        }
        "CONSENT_VALID" => "samtykke som gjaldt den dagen",
        "NEED_TO_KNOW_HOLDER" => "nødvendig for å samordne tjenestene, helse- og omsorgstjenesteloven §§ 7-2 a og 7-3",
        "STATUTORY_HPL_25" => "nødvendig for helsehjelpen, helsepersonelloven §§ 25 og 45",
        "STATUTORY_OPPLL_25_1" => "nødvendig ved bytte av skole, opplæringslova § 25-1",
        "GUARDIAN_RIGHT" => "den som har foreldreansvar, har rett til det, pasient- og brukerrettighetsloven § 3-4",
        "OWN_INFORMATION" => "barnets egne opplysninger, forvaltningsloven § 18",
        _ => return None,
    })
}

/// Why it was held back. A reason that would tell of protected contact, of where somebody lives, or of what a child or a
/// youth keeps to itself, has no words.
pub(super) fn reason(reason: &str) -> Option<&'static str> {
    Some(match reason {
        // Whether there is a consent to something else is between who gave it and the municipality: it may be the user of a
        // shelter's.
        "DENY_NO_CONSENT" | "DENY_CONSENT_SCOPE" => "det krever samtykke, og det er ikke gitt",
        "DENY_CONSENT_EXPIRED" => "samtykket har gått ut",
        "DENY_CONSENT_WITHDRAWN" => "samtykket er trukket tilbake",
        "DENY_CONSENT_WRONG_PERSON" => "ikke alle som må samtykke, har gjort det",
        "DENY_CONSENT_NOT_YET" => "samtykket gjelder først fra en senere dag",
        "DENY_NOT_PARTICIPANT" => "tjenesten er ikke med i saken",
        "DENY_NOT_NECESSARY" => "ingen har vurdert det som nødvendig",
        "DENY_DEFAULT" | "DENY_UNKNOWN" => "ingen regel åpner for det",
        "REDACT_OUT_OF_SCOPE" => "samtykket gjelder bare noe av det",
        "REDACT_ABSENCE_CAUSE" => "hvorfor noen er borte, deles ikke",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use samhold_model::Law;

    use super::*;

    #[test]
    fn whoever_can_receive_has_a_name() {
        let law = Law::bundled();
        let unnamed: Vec<&String> = law
            .recipient_kind
            .keys()
            .filter(|kind| recipient(kind).is_none() && !law.service_kind.contains_key(*kind))
            .collect();
        assert!(unnamed.is_empty(), "{unnamed:?}");
    }

    #[test]
    fn what_is_told_is_what_left_and_no_more() {
        let holder = |released: &[&str]| told("holder_service", released, false);
        assert_eq!(holder(&["contact_point"]), Some("kontaktpunktet i kommunen"));
        assert_eq!(holder(&["service_unit", "contact_point"]), Some("hvem som samordner"));
        assert_eq!(holder(&["service_name", "contact_point"]), Some("hvilken tjeneste som samordner"));
        let coordinator = |released: &[&str]| told("coordinator_contact", released, true);
        assert_eq!(coordinator(&["contact_point"]), Some("kontaktpunktet i kommunen"));
        assert_eq!(coordinator(&["name", "contact_point"]), Some("hvem som er koordinator"));
        assert_eq!(coordinator(&["name", "phone"]), Some("hvordan koordinator kan nås"));
        assert_eq!(told("team_roster", &["lia-skole"], false), Some("tjenester som er med i teamet"));
        assert_eq!(told("team_roster", &["lia-skole"], true), Some("tjenester som er med i teamet"));
        assert_eq!(told("employee_absence", &["coordinator"], true), Some("at koordinator er borte"));
    }
}
