//! Alerts as people read them: what is the matter and what to do.
//!
//! The same words stand in the table of alerts in the documentation; a test holds them together.

use crate::answer::Alert;

/// What is the matter and what to do, bokmål.
#[must_use]
pub const fn alert(alert: Alert) -> &'static str {
    use Alert as A;
    match alert {
        A::NoHolderDesignated => "Ingen er navngitt som samordner. Utpek en tjeneste, eller la kommunen beslutte.",
        A::NoHolderOverdue => "Ingen er navngitt, og fristen er ute. Kommunen må beslutte.",
        A::DisputeOpen => "Tjenestene er uenige om hvem som samordner. Kommunen må beslutte.",
        A::DisputeOverdue => "Uenigheten har vart lenger enn kommunens egen frist. Beslutt nå.",
        A::DisputeAfterDecision => {
            "Noen er uenig i en beslutning som står. Snakk med tjenesten, eller beslutt på nytt."
        }
        A::DecisionWithoutAuthority => {
            "Noen uten myndighet har besluttet eller trukket en beslutning. Den teller ikke. La en med myndighet beslutte."
        }
        A::DesigneeNotMunicipal => {
            "Tjenesten som er avtalt, besluttet eller har koordinator, kan ikke ha plikten. Utpek en kommunal tjeneste."
        }
        A::AgreementContradictsDecision => {
            "Tjenestene har avtalt noe annet enn beslutningen sier. Beslutningen gjelder. Trekk den, eller minn dem på den."
        }
        A::ClaimByNonMunicipal => "En tjeneste som ikke kan ha plikten, har meldt seg. Utpek en kommunal tjeneste.",
        A::SingleClaimOnly => "Samordneren er den eneste som har meldt seg. Bekreft med avtale eller beslutning.",
        A::KoordinatorDerived => {
            "Samordneren følger av den ordinære koordinatoren. Bekreft med avtale eller beslutning."
        }
        A::BkAwaitingWish => {
            "Det mangler ønske om barnekoordinator fra en som må ønske det. Spør dem med foreldreansvar."
        }
        A::BkAppointedWithoutWish => {
            "Oppnevning er registrert uten ønskene som kreves. Innhent dem, eller avslutt oppnevningen."
        }
        A::BkAwaitingAppointment => "Vilkårene er oppfylt og alle ønsker det, men ingen er oppnevnt. Oppnevn.",
        A::BkSourceNotAuthorised => {
            "En enhet uten myndighet har oppnevnt eller satt inn stedfortreder. La koordinerende enhet gjøre det."
        }
        A::BkDuplicate => "To oppnevninger står for familien; den siste teller. Avslutt den ene.",
        A::BkAbsentShort => "Barnekoordinatoren er borte en kjent, kort tid. Vurder stedfortreder.",
        A::BkVacant => {
            "Barnekoordinatoren er lenge borte eller har sluttet, og ingen er stedfortreder. Sett inn en, eller oppnevn på nytt."
        }
        A::BkAgeLimitSoon => "Barnet fyller snart 18, og rollen ender. Planlegg hvem som tar over.",
        A::BkEndedAt18 => "Rollen endte ved 18 år, og ingen ny er navngitt. Utpek en.",
        A::BkTooOld => "Oppnevningen er datert på eller etter 18-årsdagen. Rett eller avslutt den.",
        A::GuardianDisagreement => "De som må ønske barnekoordinator, ønsker ulikt. Snakk med dem.",
        A::YouthObjects => "En ungdom på 16 eller 17 er imot. Hør ungdommen og vurder oppnevningen.",
        A::HandoverNeeded => {
            "En navngitt samordner er ute, og ingen ny har tatt over. Utpek en. Kan den forrige tjenesten fortsatt samordne, står den som forslag."
        }
        A::HolderNoLongerProvides => "Den forrige samordneren gir ikke lenger barnet tjenester. Utpek en som gjør det.",
        A::TransitionUpcoming => "Tjenesten som samordner, slutter på en kjent dato. Avtal hvem som tar over.",
        A::SubstituteExpiresSoon => "Stedfortrederens tid går snart ut. Forleng, eller oppnevn.",
        A::MovedOut => "Barnet har flyttet til en annen kommune. Overlever slik familien ønsker.",
        A::SplitResponsibility => {
            "Barnet er plassert i en annen kommune enn den som har omsorgssaken. Avklar mellom kommunene."
        }
        A::NeedReassessment => "Grunnlaget for plikten er svekket, men ingen har avsluttet den. Vurder behovet.",
        A::TooFewProviders => "Samarbeid er registrert med færre enn to tjenesteytere. Fullfør registreringen.",
        A::NoSamordningClause => {
            "Ingen av tjenestene er under en lov som legger plikten på kommunen. Se over hvem som deltar."
        }
        A::HolderMasked => {
            "Samordneren eller den som utfører, er et krisesenter. Utad vises et nøytralt kontaktpunkt; gjør ingenting."
        }
        A::IpAwaitingConsent => "Samtykke til individuell plan mangler. Spør dem som må samtykke.",
        A::IpWithoutConsent => "Planarbeid er i gang uten samtykke. Stans, eller innhent samtykke.",
        A::IpMainUnassigned => "Ingen har hovedansvaret for planen. Avtal eller beslutt.",
        A::IpMainDisputed => "Tjenestene er uenige om hovedansvaret for planen. Beslutt.",
        A::IpMainNotEligible => {
            "Tjenesten som er navngitt, kan ikke ha hovedansvaret. Utpek NAV, barnevernet eller kommunal helsetjeneste."
        }
        A::IpDuplicate => "Mer enn én plan er i gang. Avslutt den ene.",
        A::LateEvent => "Noe ble kjent etter at det alt gjaldt. Se hva som ble gjort i mellomtiden.",
        A::BeforeLaw => "Opplysninger om plikten er datert før 1. august 2022 og har ingen virkning. Se over datoene.",
    }
}
