//! What each alert is to the people who read the work list: how urgent, under which heading, in which words, and who may
//! be told.
//!
//! An alert without a row is kept in the answer and is no task.

use serde::Serialize;

use crate::sync::workout::BIRTH_UNKNOWN;

/// The headings of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Nobody is named.
    NoHolder,
    /// The services disagree.
    Dispute,
    /// The one who has the role cannot fill it.
    Vacancy,
    /// The role ends, or has ended, at 18.
    EndsAt18,
    /// From one service to another, as from kindergarten to school.
    Handover,
    /// A wish or a consent is missing, or those who must wish differ.
    WishOrConsent,
    /// Two where there shall be one.
    Duplicate,
    /// Registered without effect.
    WithoutEffect,
    /// The individuell plan has nobody with main responsibility.
    Plan,
    /// It stands, and a person should confirm it.
    Confirm,
    /// Moves, and what was told late.
    Moves,
}

impl Group {
    /// Its heading, bokmål.
    #[must_use]
    pub fn heading(self) -> &'static str {
        match self {
            Self::NoHolder => "Uten navngitt samordner",
            Self::Dispute => "Uenighet",
            Self::Vacancy => "Ledig rolle",
            Self::EndsAt18 => "Slutter ved 18",
            Self::Handover => "Overgang til skole eller annen tjeneste",
            Self::WishOrConsent => "Ønske eller samtykke mangler",
            Self::Duplicate => "Dobbelt",
            Self::WithoutEffect => "Registrert uten virkning",
            Self::Plan => "Individuell plan",
            Self::Confirm => "Bør bekreftes",
            Self::Moves => "Flytting og sene opplysninger",
        }
    }
}

/// Who, besides the koordinerende enhet and the municipality, may see the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// A service that may know the state of the coordination: the line says no more than the state does.
    WithState,
    /// As above, where the service itself holds: the line speaks of its own place.
    ToHolder,
    /// No service: the line speaks of parents, age, place, or of others.
    ToUnitOnly,
}

/// One alert as a line of the list.
#[derive(Debug)]
pub(super) struct Kind {
    pub code: &'static str,
    /// 1 is most urgent.
    pub urgency: u8,
    pub group: Group,
    pub told: Told,
    /// Bokmål.
    pub text: &'static str,
}

/// The row of an alert code.
pub(super) fn kind(code: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.code == code)
}

/// Whether an alert is a line of the list.
#[must_use]
pub fn is_listed(code: &str) -> bool {
    kind(code).is_some()
}

/// The codes of the alerts that are lines of the list.
pub fn listed_codes() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|kind| kind.code)
}

const fn row(code: &'static str, urgency: u8, group: Group, told: Told, text: &'static str) -> Kind {
    Kind { code, urgency, group, told, text }
}

use Group as G;
use Told::{ToHolder, ToUnitOnly, WithState};

const KINDS: &[Kind] = &[
    row("NO_HOLDER_OVERDUE", 1, G::NoHolder, WithState, "Ingen navngitt samordner, fristen er ute"),
    row("NO_HOLDER_DESIGNATED", 3, G::NoHolder, WithState, "Ingen navngitt samordner"),
    row("DISPUTE_OVERDUE", 1, G::Dispute, WithState, "Uenighet om samordning, fristen for beslutning er ute"),
    row("DISPUTE_OPEN", 2, G::Dispute, WithState, "Uenighet om samordning, kommunen må beslutte"),
    row("DISPUTE_AFTER_DECISION", 3, G::Dispute, ToUnitOnly, "Uenighet meldt etter beslutning"),
    row("AGREEMENT_CONTRADICTS_DECISION", 3, G::Dispute, ToUnitOnly, "Avtale i strid med beslutning"),
    row("BK_VACANT", 1, G::Vacancy, WithState, "Barnekoordinator kan ikke utføre rollen, ingen stedfortreder"),
    row("BK_AWAITING_APPOINTMENT", 3, G::Vacancy, ToUnitOnly, "Barnekoordinator ønsket, ikke oppnevnt"),
    row("BK_ABSENT_SHORT", 4, G::Vacancy, ToUnitOnly, "Barnekoordinator er borte en kort tid"),
    row("SUBSTITUTE_EXPIRES_SOON", 4, G::Vacancy, ToUnitOnly, "Stedfortreder går snart ut"),
    row("BK_ENDED_AT_18", 3, G::EndsAt18, ToUnitOnly, "Barnekoordinator avsluttet ved 18 år"),
    row("BK_TOO_OLD", 3, G::EndsAt18, ToUnitOnly, "Oppnevning datert på eller etter 18-årsdagen"),
    row("BK_AGE_LIMIT_SOON", 4, G::EndsAt18, ToUnitOnly, "Barnekoordinator avsluttes snart (18 år)"),
    row("HANDOVER_NEEDED", 2, G::Handover, WithState, "Overlevering mangler: tidligere samordner er ute"),
    row(
        "HOLDER_NO_LONGER_PROVIDES",
        3,
        G::Handover,
        ToUnitOnly,
        "Tidligere samordner gir ikke lenger barnet tjenester",
    ),
    row("TRANSITION_UPCOMING", 4, G::Handover, ToHolder, "Overgang nærmer seg: plassen hos samordneren tar slutt"),
    row(
        "HANDOVER_PROTECTED",
        2,
        G::Moves,
        ToUnitOnly,
        "Barnet har flyttet og er skjermet: en person må avgjøre overleveringen",
    ),
    row("HANDOVER_CONSENT_NEEDED", 2, G::Moves, ToUnitOnly, "Barnet har flyttet; overlevering krever samtykke"),
    row(
        "HANDOVER_ELSEWHERE",
        2,
        G::Moves,
        ToUnitOnly,
        "Barnet har flyttet dit ingen kan nås herfra; overlever på annen måte, med samtykke",
    ),
    row("HANDOVER_REJECTED", 2, G::Moves, ToUnitOnly, "Ny kommune har avvist overleveringen"),
    row(
        "HANDOVER_UNANSWERED",
        2,
        G::Moves,
        ToUnitOnly,
        "Ny kommune har ikke kvittert for overleveringen, fristen er ute",
    ),
    row("HANDOVER_OFFERED", 5, G::Moves, ToUnitOnly, "Overlevering er sendt til ny kommune, ikke kvittert for ennå"),
    row(
        "BK_APPOINTED_WITHOUT_WISH",
        2,
        G::WishOrConsent,
        ToUnitOnly,
        "Oppnevning uten ønske fra alle som må ønske det",
    ),
    row("BK_AWAITING_WISH", 3, G::WishOrConsent, ToUnitOnly, "Mangler ønske om barnekoordinator"),
    row("CONSENT_RENEWAL", 3, G::WishOrConsent, ToUnitOnly, "Samtykke må fornyes"),
    row("IP_WITHOUT_CONSENT", 3, G::WishOrConsent, ToUnitOnly, "Individuell plan uten samtykke"),
    row("IP_AWAITING_CONSENT", 3, G::WishOrConsent, ToUnitOnly, "Individuell plan venter på samtykke"),
    row("GUARDIAN_DISAGREEMENT", 3, G::WishOrConsent, ToUnitOnly, "Foreldrene er uenige"),
    row("YOUTH_OBJECTS", 3, G::WishOrConsent, ToUnitOnly, "Ungdommen er imot"),
    row("BK_DUPLICATE", 2, G::Duplicate, ToUnitOnly, "To oppnevnte barnekoordinatorer"),
    row("IP_DUPLICATE", 3, G::Duplicate, ToUnitOnly, "Mer enn én individuell plan"),
    row("BK_SOURCE_NOT_AUTHORISED", 2, G::WithoutEffect, ToUnitOnly, "Oppnevning registrert av noen uten myndighet"),
    row("DECISION_WITHOUT_AUTHORITY", 2, G::WithoutEffect, ToUnitOnly, "Beslutning uten myndighet"),
    row("DESIGNEE_NOT_MUNICIPAL", 3, G::WithoutEffect, ToUnitOnly, "Utpekt tjeneste kan ikke ha plikten"),
    row(
        "CLAIM_BY_NON_MUNICIPAL",
        3,
        G::WithoutEffect,
        ToUnitOnly,
        "En tjeneste som ikke kan ha plikten, har meldt seg",
    ),
    row("IP_MAIN_NOT_ELIGIBLE", 3, G::WithoutEffect, ToUnitOnly, "Tjeneste med hovedansvar kan ikke ha det"),
    row("IP_MAIN_DISPUTED", 3, G::Plan, ToUnitOnly, "Uenighet om hovedansvar for individuell plan"),
    row("IP_MAIN_UNASSIGNED", 3, G::Plan, ToUnitOnly, "Hovedansvar for individuell plan er ikke avklart"),
    row("NEED_REASSESSMENT", 3, G::Confirm, ToUnitOnly, "Behovet bør vurderes på nytt"),
    row("TOO_FEW_PROVIDERS", 3, G::Confirm, ToUnitOnly, "Samarbeid registrert med færre enn to tjenesteytere"),
    row("NO_SAMORDNING_CLAUSE", 4, G::Confirm, ToUnitOnly, "Ingen av tjenestene er under en lov med samordningsplikt"),
    row("SINGLE_CLAIM_ONLY", 4, G::Confirm, ToHolder, "Samordner er den eneste som har meldt seg, bør bekreftes"),
    row("KOORDINATOR_DERIVED", 4, G::Confirm, ToHolder, "Samordner følger av koordinator, bør bekreftes"),
    row(
        "PROTECTION_UNKNOWN",
        2,
        G::Confirm,
        ToUnitOnly,
        "Adressebeskyttelse er ukjent eller kan ikke leses; barnet behandles som strengt fortrolig",
    ),
    row(
        BIRTH_UNKNOWN,
        2,
        G::Confirm,
        ToUnitOnly,
        "Verken fødselsdato eller termindato er kjent; ingen får vite noe om barnet før den er registrert",
    ),
    row("SPLIT_RESPONSIBILITY", 2, G::Moves, ToUnitOnly, "Delt ansvar mellom omsorgskommune og oppholdskommune"),
    row("MOVED_OUT", 5, G::Moves, ToUnitOnly, "Flyttet ut av kommunen"),
    row("LATE_EVENT", 5, G::Moves, ToUnitOnly, "Noe ble kjent etter at det alt gjaldt"),
    row("BEFORE_LAW", 5, G::Moves, ToUnitOnly, "Opplysninger datert før 1. august 2022"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_alert_has_two_lines() {
        let codes: std::collections::BTreeSet<_> = KINDS.iter().map(|kind| kind.code).collect();
        assert_eq!(codes.len(), KINDS.len());
    }

    #[test]
    fn every_line_is_an_alert_the_duty_engine_knows_or_one_of_the_daemons_own() {
        let handover = |code: &str| code.starts_with("HANDOVER_") && code != "HANDOVER_NEEDED";
        let own = |code: &str| {
            handover(code) || [crate::sync::renewal::CODE, "PROTECTION_UNKNOWN", BIRTH_UNKNOWN].contains(&code)
        };
        for kind in KINDS.iter().filter(|kind| !own(kind.code)) {
            let known = serde_json::from_value::<samhold_duty::Alert>(serde_json::json!(kind.code));
            assert!(known.is_ok(), "{}", kind.code);
        }
    }

    #[test]
    fn what_speaks_of_parents_age_place_or_consent_is_told_to_no_service() {
        let told: Vec<&str> = KINDS.iter().filter(|k| k.told != ToUnitOnly).map(|k| k.code).collect();
        let state = ["NO_HOLDER_OVERDUE", "NO_HOLDER_DESIGNATED", "DISPUTE_OVERDUE", "DISPUTE_OPEN", "BK_VACANT"];
        let own = ["HANDOVER_NEEDED", "TRANSITION_UPCOMING", "SINGLE_CLAIM_ONLY", "KOORDINATOR_DERIVED"];
        assert_eq!(told, [&state[..], &own[..]].concat());
    }
}
