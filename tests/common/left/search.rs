//! The search: each piece that left against what nobody may find in it. Pure, so that planted leaks show that it bites.

use std::collections::BTreeSet;

use samhold_model::{ChildId, Law, NationalId, Realm};
use serde_json::Value;

use super::pieces::{Piece, Road};
use super::truth::{Released, Truth, Whose};

/// The one place in an event where a child's number may stand.
const PLACE: &str = "/data/child/national_id";
/// Who may know of a krisesenter besides itself.
const MAY_KNOW: [&str; 3] = ["krisesenter", "koordinerende_enhet", "barnekoordinator"];
/// Who may be told anything of a strictly protected child.
const MAY_BE_TOLD: [&str; 2] = ["koordinerende_enhet", "barnekoordinator"];
/// Members in which a consent is documented.
const DOCUMENTED: [&str; 4] = ["\"evidence\":", "\"recorded_by\":", "\"how\":", "\"informed\":"];

/// Where a released field stands in an event: any of the fields after the place must have been released.
const FIELDS: &[(&str, &[(&str, &str)])] = &[
    ("/state", &[("coordination_exists", "state")]),
    (
        "/contact_point",
        &[
            ("coordination_exists", "contact_point"),
            ("holder_service", "contact_point"),
            ("coordinator_contact", "contact_point"),
        ],
    ),
    ("/holder/service", &[("holder_service", "service")]),
    ("/holder/name", &[("holder_service", "service_name")]),
    ("/holder/unit", &[("holder_service", "service_unit")]),
    ("/coordinator/name", &[("coordinator_contact", "name")]),
    ("/coordinator/email", &[("coordinator_contact", "email")]),
    ("/coordinator/phone", &[("coordinator_contact", "phone")]),
    ("/coordinator/unit", &[("coordinator_contact", "service_unit")]),
    ("/plan/exists", &[("plan_exists", "plan_exists")]),
    ("/plan/main", &[("plan_exists", "plan_main")]),
    ("/absence/coordinator", &[("employee_absence", "coordinator")]),
    ("/absence/unavailable_from", &[("employee_absence", "unavailable_from")]),
    ("/absence/unavailable_until", &[("employee_absence", "unavailable_until")]),
    ("/absence/substitute", &[("employee_absence", "substitute")]),
];

/// Words that are identity numbers.
#[must_use]
pub fn numbers_in(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|w| w.len() == 11);
    words.filter(|w| NationalId::parse(w, Realm::Test).is_ok()).map(str::to_owned).collect()
}

/// An event without the child's number where it may stand.
pub fn without_place(mut event: Value) -> Value {
    if let Some(number) = event.pointer_mut(PLACE) {
        number.take();
    }
    event
}

fn holds(text: &str, word: &str) -> bool {
    !word.is_empty() && text.to_lowercase().contains(&word.to_lowercase())
}

/// Letters and digits alone.
fn squeezed(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// A place is named however it is written; one with quotes around it is a value of its own.
fn names(content: &str, place: &str) -> bool {
    let word = squeezed(place);
    holds(content, place) || (word.chars().count() > 5 && squeezed(content).contains(&word))
}

/// No public body, or nobody knows.
fn is_private(kind: &str) -> bool {
    !Law::bundled().recipient_kind.get(kind).is_some_and(|row| row.public)
}

/// What is found in the pieces that may not be there: one line each, without the value.
#[must_use]
pub fn leaks(pieces: &[Piece], truth: &Truth) -> Vec<String> {
    let mut found: Vec<String> = pieces.iter().flat_map(|piece| of_piece(piece, truth)).collect();
    found.sort();
    found.dedup();
    found
}

fn of_piece(piece: &Piece, truth: &Truth) -> Vec<String> {
    let mut found = by_the_side(piece, truth);
    let kind = truth.kinds.get(&piece.to).map_or("", String::as_str);
    match piece.road {
        Road::Event | Road::Feed => found.extend(of_event(piece, truth, kind)),
        Road::Fhir => found.extend(of_resource(piece, truth, kind)),
        Road::Answer => found.extend(of_answer(piece, truth, kind)),
        Road::Source | Road::Other | Road::Operators => {}
    }
    found.into_iter().map(|what| format!("{what}, to {} ({:?})", piece.to, piece.road)).collect()
}

/// What may stand nowhere, whoever is told.
fn by_the_side(piece: &Piece, truth: &Truth) -> Vec<String> {
    let mut found = Vec::new();
    if !numbers_in(&piece.head).is_empty() {
        found.push("an identity number in an address, header or property".to_owned());
    }
    let numbers = numbers_in(&piece.body);
    if numbers.iter().any(|number| truth.numbers.get(number) == Some(&Whose::Grownup)) && piece.road != Road::Source {
        found.push("a grown-up's identity number".to_owned());
    }
    if matches!(piece.road, Road::Answer | Road::Other | Road::Operators) && !numbers.is_empty() {
        found.push("an identity number where none belongs".to_owned());
    }
    let whole = format!("{}\n{}", piece.head, piece.body);
    // The register of consents shows its documentation to whom it is open, and a source is asked by its own words.
    let register = piece.head.starts_with("/api/v1/consents") || piece.to.starts_with("`samhold consents ");
    if piece.road != Road::Source && !register {
        let words = truth.kept_back.iter().filter(|(_, word)| holds(&whole, word));
        found.extend(words.map(|(what, _)| format!("the `{what}` of a fact")));
    }
    found
}

/// What only receivers are searched for: they get content, and none of ours.
fn to_receivers(text: &str, truth: &Truth, kind: &str) -> Vec<String> {
    let mut found = Vec::new();
    if truth.inside.iter().any(|id| text.contains(id.as_str())) {
        found.push("an id of a fact or person".to_owned());
    }
    if DOCUMENTED.iter().any(|member| text.contains(member)) {
        found.push("how a consent is documented".to_owned());
    }
    if !MAY_KNOW.contains(&kind) && truth.shelters.iter().any(|word| holds(text, word)) {
        found.push("a krisesenter".to_owned());
    }
    found
}

/// What tells where a protected child is, and of a strictly protected one to others that there is a case at all.
fn of_protected(child: Option<ChildId>, content: &str, truth: &Truth, kind: &str) -> Vec<String> {
    let Some(known) =
        child.and_then(|child| truth.children.get(&truth.survivor(child))).filter(|known| known.protected)
    else {
        return Vec::new();
    };
    if !known.strict && !is_private(kind) {
        return Vec::new();
    }
    let protection = if known.strict { "strictly protected" } else { "fortrolig" };
    if known.strict && !MAY_BE_TOLD.contains(&kind) {
        return vec!["a strictly protected child".to_owned()];
    }
    let told = known.places.iter().find(|word| names(content, word));
    told.map(|word| format!("where a {protection} child is: `{word}`")).into_iter().collect()
}

fn of_event(piece: &Piece, truth: &Truth, kind: &str) -> Vec<String> {
    let Ok(event) = serde_json::from_str::<Value>(&piece.body) else { return Vec::new() };
    let subject: Option<ChildId> = event["subject"].as_str().and_then(|id| id.parse().ok());
    let mut found = to_receivers(&piece.body, truth, kind);
    if !numbers_in(&without_place(event.clone()).to_string()).is_empty() {
        found.push("an identity number outside its place in an event".to_owned());
    }
    found.extend(of_numbers(piece, truth, subject));
    found.extend(of_protected(subject, &event["data"].to_string(), truth, kind));
    let content = ["coordination", "handover"].into_iter().map(|name| &event["data"][name]).find(|c| c.is_object());
    match (content, event["id"].as_str().and_then(|id| truth.events.get(id))) {
        (Some(content), Some(released)) => found.extend(withheld(content, released, subject, truth)),
        (Some(_), None) if truth.audited => found.push("an event of which the audit tells nothing".to_owned()),
        _ => {}
    }
    found
}

/// A number that is another child's than the one the message is about, or of a child of whom the audit tells nothing to have
/// gone to that system.
fn of_numbers(piece: &Piece, truth: &Truth, subject: Option<ChildId>) -> Vec<String> {
    let mut found = Vec::new();
    for number in numbers_in(&piece.body) {
        let Some(Whose::Child(child)) = truth.numbers.get(&number) else { continue };
        if subject.is_some_and(|subject| truth.survivor(subject) != *child) {
            found.push("another child's identity number".to_owned());
        }
        if subject.is_none() && !truth.told.contains_key(&(piece.to.clone(), *child)) {
            found.push("the number of a child of whom nothing was released".to_owned());
        }
    }
    found
}

/// Content of which the audit does not say that it was released.
fn withheld(content: &Value, released: &Released, child: Option<ChildId>, truth: &Truth) -> Vec<String> {
    let let_out = |fields: &[(&str, &str)]| {
        fields.iter().any(|(category, field)| released.fields.contains(&((*category).to_owned(), (*field).to_owned())))
    };
    let mut found = Vec::new();
    for (place, fields) in FIELDS {
        if content.pointer(place).is_some_and(|value| !value.is_null()) && !let_out(fields) {
            found.push(format!("`{place}`, which was withheld"));
        }
    }
    let of = |category: &str| released.fields.iter().filter(|(c, _)| c == category).count();
    let listed = |name: &str| content[name].as_array().map_or(0, Vec::len);
    if listed("roster") > of("team_roster") {
        found.push("more of the team than was released".to_owned());
    }
    let goals = child.and_then(|child| truth.children.get(&truth.survivor(child))).map(|known| known.goals.as_slice());
    let open = |text: &str| {
        let fields = goals.unwrap_or_default().iter().filter(|(_, goal)| goal == text);
        fields.into_iter().any(|(field, _)| released.fields.contains(&("plan_goals".to_owned(), field.clone())))
    };
    let told = content["goals"].as_array().into_iter().flatten().filter_map(|goal| goal["goal"].as_str());
    if listed("goals") > of("plan_goals") || told.into_iter().any(|goal| goals.is_some() && !open(goal)) {
        found.push("a goal of a plan that was withheld".to_owned());
    }
    found
}

/// A resource has no event of its own: what it says is compared with all that was released to that server of that child.
fn of_resource(piece: &Piece, truth: &Truth, kind: &str) -> Vec<String> {
    let Ok(resource) = serde_json::from_str::<Value>(&piece.body) else { return Vec::new() };
    let mut found = to_receivers(&piece.body, truth, kind);
    found.extend(of_numbers(piece, truth, None));
    let named = resource["identifier"].as_array().into_iter().flatten();
    let by_id = named.filter_map(|id| id["value"].as_str()?.parse::<ChildId>().ok()).next();
    let by_number = numbers_in(&piece.body).iter().find_map(|number| match truth.numbers.get(number) {
        Some(Whose::Child(child)) => Some(*child),
        _ => None,
    });
    let child = by_id.or(by_number).map(|child| truth.survivor(child));
    found.extend(of_protected(child, &piece.body, truth, kind));
    let Some(released) = child.and_then(|child| truth.told.get(&(piece.to.clone(), child))) else { return found };
    let let_out = |category: &str, field: &str| released.fields.contains(&(category.to_owned(), field.to_owned()));
    for participant in resource["participant"].as_array().into_iter().flatten() {
        let name = match participant["role"][0]["coding"][0]["code"].as_str() {
            Some("samordningsplikt") => let_out("holder_service", "service_name"),
            Some("koordinator") => let_out("coordinator_contact", "name"),
            // Put there by others, who keep their own.
            _ => true,
        };
        if !name && participant["member"]["display"].is_string() {
            found.push("a participant who was withheld".to_owned());
        }
    }
    found
}

/// The answer to a question has no child in it; who it is about stands in the question.
fn of_answer(piece: &Piece, truth: &Truth, kind: &str) -> Vec<String> {
    let answer: Value = serde_json::from_str(&piece.body).unwrap_or_default();
    let mut found = to_receivers(&piece.body, truth, kind);
    let content = &answer["coordination"];
    if !content.is_object() {
        return found;
    }
    let asked = &piece.asked["child"];
    let child = match truth.numbers.get(asked["national_id"].as_str().unwrap_or_default()) {
        Some(Whose::Child(child)) => Some(*child),
        _ => asked["child_id"].as_str().and_then(|id| id.parse().ok()),
    };
    found.extend(of_protected(child, &piece.body, truth, kind));
    let none = Released::default();
    let released = truth.answered.get(&piece.to).unwrap_or(&none);
    found.extend(withheld(content, released, child, truth));
    found
}
