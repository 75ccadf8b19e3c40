//! Categories, grounds and reasons in plain Norwegian, for families.
//!
//! What has no words here is told to nobody: a new word of the program must be thought over before a family reads it.

/// What was told.
pub(super) fn category(key: &str) -> Option<&'static str> {
    Some(match key {
        "coordination_exists" => "at noen samordner tjenestene",
        "holder_service" => "hvilken tjeneste som samordner",
        "coordinator_contact" => "hvordan koordinator kan nås",
        "team_roster" => "hvem som er med i teamet",
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
        "DENY_NO_CONSENT" => "det krever samtykke, og det er ikke gitt",
        "DENY_CONSENT_EXPIRED" => "samtykket har gått ut",
        "DENY_CONSENT_WITHDRAWN" => "samtykket er trukket tilbake",
        "DENY_CONSENT_WRONG_PERSON" => "ikke alle som må samtykke, har gjort det",
        "DENY_CONSENT_SCOPE" => "samtykket gjelder noe annet",
        "DENY_CONSENT_NOT_YET" => "samtykket gjelder først fra en senere dag",
        "DENY_NOT_PARTICIPANT" => "tjenesten er ikke med i saken",
        "DENY_NOT_NECESSARY" => "ingen har vurdert det som nødvendig",
        "DENY_DEFAULT" | "DENY_UNKNOWN" => "ingen regel åpner for det",
        "REDACT_OUT_OF_SCOPE" => "samtykket gjelder bare noe av det",
        "REDACT_ABSENCE_CAUSE" => "hvorfor noen er borte, deles ikke",
        _ => return None,
    })
}
