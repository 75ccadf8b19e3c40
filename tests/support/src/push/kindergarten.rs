//! The kindergarten system's list in the format NAV barnehagelister FormV1: the whole list, sent again when it changes.
//!
//! Must never give an address of a child with protection: `confidentialAddress` then stands alone.

use samhold_model::dates::add_days;
use serde_json::{Value, json};

use super::id_of;
use crate::town::places::{KINDERGARTEN, Place};
use crate::town::{ChildStory, Guardian, MUNICIPALITY, Protection, PushedDocument, Town};

/// Days on which the list changes.
const DAYS: [u8; 2] = [1, 3];

pub(super) fn of_day(town: &Town, n: u8) -> Option<PushedDocument> {
    DAYS.contains(&n).then(|| PushedDocument {
        system: "kindergarten",
        file_name: format!("barnehageliste-{}.json", town.date(n)),
        content_type: "application/json",
        body: list(town, n).to_string().into_bytes(),
    })
}

/// The list as of day `n`.
#[must_use]
pub fn list(town: &Town, n: u8) -> Value {
    let kindergartens: Vec<Value> = town
        .services()
        .iter()
        .filter(|s| s.kind.starts_with("barnehage"))
        .map(|s| {
            let children: Vec<Value> = KINDERGARTEN
                .iter()
                .filter(|p| p.service == s.id && p.known <= n)
                .filter_map(|p| entry(town, p, n))
                .collect();
            json!({"name": s.name, "organizationNumber": s.orgnr, "address": null, "childrenInformation": children})
        })
        .collect();
    let date = town.date(n);
    json!({
        "id": id_of(town, &format!("kindergarten/{n}")),
        "kindergartens": kindergartens,
        "listInformation": {"municipalityName": "Fjellvik", "municipalityNumber": MUNICIPALITY,
            "submissionForYearMonth": date.strftime("%Y-%m").to_string()},
    })
}

fn entry(town: &Town, place: &Place, n: u8) -> Option<Value> {
    let child = town.child(place.child)?;
    let day = |offset: i64| add_days(town.start(), offset).to_string();
    let guardians: Vec<Value> = child.guardians.iter().map(|g| guardian(child, g)).collect();
    Some(json!({
        "agreedHoursInKindergarten": 45.0,
        "startDate": day(place.from),
        "endDate": place.last_known(n).map(day),
        "child": {"socialSecurityNumber": child.national_id, "firstName": child.first_name, "lastName": child.last_name,
            "address": address(child)},
        "guardians": guardians,
    }))
}

fn guardian(child: &ChildStory, guardian: &Guardian) -> Value {
    json!({"socialSecurityNumber": guardian.national_id, "firstName": guardian.first_name,
        "lastName": child.last_name, "address": null})
}

fn address(child: &ChildStory) -> Value {
    let open = child.protection == Protection::None;
    let shown = |text: &str| if open { json!(text) } else { Value::Null };
    json!({"unitNumber": null, "addressLine1": shown(child.street), "addressLine2": null,
        "zipCode": shown("9991"), "postalTown": shown("Fjellvik"), "confidentialAddress": !open})
}
