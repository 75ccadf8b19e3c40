//! The work list: standing alerts, most urgent first, with how long they have stood.

use samhold_model::dates::{date_of, days_between};
use samhold_model::{ChildId, Date, MunicipalityNo};
use samhold_store::{Store, StoreError};
use serde::Serialize;

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only these municipalities; `None` is all.
    pub municipalities: Option<Vec<String>>,
    /// Only this alert.
    pub code: Option<String>,
}

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Item {
    /// The child, opaque.
    pub child: ChildId,
    /// The municipality.
    pub municipality: MunicipalityNo,
    /// Alert code.
    pub code: String,
    /// What it means, bokmål.
    pub text: &'static str,
    /// 1 is most urgent.
    pub urgency: u8,
    /// Days it has stood.
    pub days: i64,
}

/// Alerts a person should act on, with urgency and words. What is not listed is kept in the answer but is no task.
const URGENCY: &[(&str, u8, &str)] = &[
    ("NO_HOLDER_OVERDUE", 1, "Ingen navngitt samordner, fristen er ute"),
    ("DISPUTE_OVERDUE", 1, "Uenighet om samordning, fristen for beslutning er ute"),
    ("BK_VACANT", 1, "Barnekoordinator kan ikke utføre rollen, ingen stedfortreder"),
    ("SPLIT_RESPONSIBILITY", 2, "Delt ansvar mellom omsorgskommune og oppholdskommune"),
    ("BK_DUPLICATE", 2, "To oppnevnte barnekoordinatorer"),
    ("HANDOVER_NEEDED", 2, "Overlevering mangler: tidligere samordner er ute"),
    ("DISPUTE_OPEN", 2, "Uenighet om samordning, kommunen må beslutte"),
    ("BK_APPOINTED_WITHOUT_WISH", 2, "Oppnevning uten ønske fra alle som må ønske det"),
    ("BK_SOURCE_NOT_AUTHORISED", 2, "Oppnevning registrert av noen uten myndighet"),
    ("DECISION_WITHOUT_AUTHORITY", 2, "Beslutning uten myndighet"),
    ("DISPUTE_AFTER_DECISION", 3, "Uenighet meldt etter beslutning"),
    ("NO_HOLDER_DESIGNATED", 3, "Ingen navngitt samordner"),
    ("BK_AWAITING_WISH", 3, "Mangler ønske om barnekoordinator"),
    ("BK_AWAITING_APPOINTMENT", 3, "Barnekoordinator ønsket, ikke oppnevnt"),
    ("BK_ENDED_AT_18", 3, "Barnekoordinator avsluttet ved 18 år"),
    ("IP_WITHOUT_CONSENT", 3, "Individuell plan uten samtykke"),
    ("IP_AWAITING_CONSENT", 3, "Individuell plan venter på samtykke"),
    ("IP_MAIN_DISPUTED", 3, "Uenighet om hovedansvar for individuell plan"),
    ("IP_MAIN_UNASSIGNED", 3, "Hovedansvar for individuell plan er ikke avklart"),
    ("GUARDIAN_DISAGREEMENT", 3, "Foreldrene er uenige"),
    ("DESIGNEE_NOT_MUNICIPAL", 3, "Utpekt tjeneste kan ikke ha plikten"),
    ("CLAIM_BY_NON_MUNICIPAL", 3, "En tjeneste som ikke kan ha plikten, har meldt seg"),
    ("AGREEMENT_CONTRADICTS_DECISION", 3, "Avtale i strid med beslutning"),
    ("HOLDER_NO_LONGER_PROVIDES", 3, "Tidligere samordner gir ikke lenger barnet tjenester"),
    ("BK_TOO_OLD", 3, "Oppnevning datert på eller etter 18-årsdagen"),
    ("IP_DUPLICATE", 3, "Mer enn én individuell plan"),
    ("IP_MAIN_NOT_ELIGIBLE", 3, "Tjeneste med hovedansvar kan ikke ha det"),
    ("TOO_FEW_PROVIDERS", 3, "Samarbeid registrert med færre enn to tjenesteytere"),
    ("NO_SAMORDNING_CLAUSE", 4, "Ingen av tjenestene er under en lov med samordningsplikt"),
    ("BK_ABSENT_SHORT", 4, "Barnekoordinator er borte en kort tid"),
    ("SINGLE_CLAIM_ONLY", 4, "Samordner er den eneste som har meldt seg, bør bekreftes"),
    ("KOORDINATOR_DERIVED", 4, "Samordner følger av koordinator, bør bekreftes"),
    ("BEFORE_LAW", 5, "Opplysninger datert før 1. august 2022"),
    ("YOUTH_OBJECTS", 3, "Ungdommen er imot"),
    ("NEED_REASSESSMENT", 3, "Behovet bør vurderes på nytt"),
    ("BK_AGE_LIMIT_SOON", 4, "Barnekoordinator avsluttes snart (18 år)"),
    ("TRANSITION_UPCOMING", 4, "Overgang nærmer seg"),
    ("SUBSTITUTE_EXPIRES_SOON", 4, "Stedfortreder går snart ut"),
    ("LATE_EVENT", 5, "Sen registrering har endret svaret"),
    ("MOVED_OUT", 5, "Flyttet ut av kommunen"),
];

/// The list.
///
/// # Errors
/// When the store fails.
pub async fn work_list(store: &dyn Store, today: Date, filter: &Filter) -> Result<Vec<Item>, StoreError> {
    let mut items: Vec<Item> = store
        .alerts(None)
        .await?
        .into_iter()
        .filter(|a| filter.municipalities.as_ref().is_none_or(|m| m.iter().any(|n| n == a.municipality.as_str())))
        .filter(|a| filter.code.as_ref().is_none_or(|c| *c == a.code))
        .filter_map(|a| {
            let (_, urgency, text) = URGENCY.iter().find(|(code, ..)| *code == a.code)?;
            let days = days_between(date_of(a.opened_at), today);
            Some(Item { child: a.child, municipality: a.municipality, code: a.code, text, urgency: *urgency, days })
        })
        .collect();
    items.sort_by_key(|i| (i.urgency, -i.days, i.child));
    Ok(items)
}
