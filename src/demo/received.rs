//! What each service received about whom, read from the receivers themselves and not from what the daemon says it sent.

use std::collections::BTreeMap;

use samhold_standins::HealthRecord;
use serde::Serialize;
use serde_json::Value;

use super::broker::Message;
use super::cast::Cast;
use super::days::Played;
use super::withheld::Withheld;
use super::world::{BY_QUEUE, HOSPITAL, KE, World};

/// `identifier.system` of our opaque child id at the hospital.
pub(super) const OURS: &str = "urn:samhold:samordning";

/// One service.
#[derive(Clone, Debug, Serialize)]
pub struct ServiceRow {
    /// Its id, which is also its system's name.
    pub id: &'static str,
    /// Its name.
    pub service: &'static str,
    /// By which road.
    pub road: &'static str,
    /// Messages it took.
    pub messages: u64,
    /// What it knows now, by child.
    pub received: Vec<Received>,
    /// For the operator's eyes: what was kept from it.
    pub withheld: Vec<Withheld>,
}

/// What a service has about one child now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Received {
    /// First name.
    pub child: &'static str,
    /// The last message in words.
    pub says: String,
    /// Messages about the child.
    pub messages: u64,
}

/// One message, whatever road it came by.
struct Told {
    kind: String,
    subject: String,
    data: Value,
}

/// Every service of the municipality.
pub(super) fn all(world: &World, played: &Played, queued: Option<&[Message]>) -> Vec<ServiceRow> {
    world
        .town
        .services()
        .into_iter()
        .map(|s| {
            let (road, told) = match s.id {
                KE => ("pull feed", fed(&played.feed)),
                HOSPITAL => ("FHIR CareTeam", teams(&world.hospital)),
                id => match queued.filter(|_| id == BY_QUEUE) {
                    Some(queued) => ("AMQP queue", queued.iter().map(of_queue).collect()),
                    None => ("HTTP push", pushed(world, id)),
                },
            };
            let received = by_child(&told, &played.cast);
            ServiceRow { id: s.id, service: s.name, road, messages: told.len() as u64, received, withheld: Vec::new() }
        })
        .collect()
}

fn pushed(world: &World, id: &str) -> Vec<Told> {
    let events = world.receiver(id).map(samhold_standins::Receiver::events).unwrap_or_default();
    events.into_iter().map(|e| Told { kind: e.kind, subject: e.subject, data: e.data }).collect()
}

fn of_queue(message: &Message) -> Told {
    Told { kind: message.kind.clone(), subject: message.subject.clone(), data: message.data.clone() }
}

fn fed(feed: &[Value]) -> Vec<Told> {
    let text = |event: &Value, name: &str| event.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let one = |e: &Value| Told {
        kind: text(e, "type"),
        subject: text(e, "subject"),
        data: e.get("data").cloned().unwrap_or(Value::Null),
    };
    feed.iter().map(one).collect()
}

/// The hospital keeps one team per child; each version of it is one message.
fn teams(hospital: &HealthRecord) -> Vec<Told> {
    let mut told = Vec::new();
    for team in hospital.resources("CareTeam") {
        let subject = items(&team, "identifier").find(|i| i.get("system").and_then(Value::as_str) == Some(OURS));
        let subject = subject.and_then(|i| i.get("value")).and_then(Value::as_str);
        let (Some(subject), Some(id)) = (subject, team.get("id").and_then(Value::as_str)) else { continue };
        for _ in 0..hospital.versions("CareTeam", id) {
            told.push(Told { kind: "CareTeam".into(), subject: subject.to_owned(), data: team.clone() });
        }
    }
    told
}

fn items<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn by_child(told: &[Told], cast: &Cast) -> Vec<Received> {
    let mut last: BTreeMap<&str, Received> = BTreeMap::new();
    for one in told {
        let child = cast.name_of_subject(&one.subject);
        let row = last.entry(&one.subject).or_insert(Received { child, says: String::new(), messages: 0 });
        row.says = says(one);
        row.messages += 1;
    }
    let mut rows: Vec<Received> = last.into_values().collect();
    rows.sort_by_key(|row| row.child);
    rows
}

fn says(told: &Told) -> String {
    if told.kind == "CareTeam" {
        return team(&told.data);
    }
    if told.kind.contains(".retracted.") {
        return "withdrawn: what was sent before may no longer be used".into();
    }
    if told.kind.contains(".superseded.") {
        return "void: what was sent before no longer counts".into();
    }
    assignment(told.data.get("coordination").unwrap_or(&Value::Null))
}

fn assignment(coordination: &Value) -> String {
    let text = |place: &str| coordination.pointer(place).and_then(Value::as_str).map(str::to_owned);
    let mut parts = vec![text("/state").map_or_else(|| "coordination goes on".into(), |state| state.replace('_', " "))];
    let holder = text("/holder/name").or_else(|| text("/holder/unit"));
    parts.extend(holder.map(|name| format!("holder {name}")));
    parts.extend(text("/coordinator/name").map(|name| format!("barnekoordinator {name}")));
    parts.extend(coordination.pointer("/plan/exists").map(|_| "has a plan".to_owned()));
    parts.extend(text("/absence/unavailable_from").map(|day| format!("coordinator away from {day}")));
    let team = items(coordination, "roster").count();
    parts.extend((team > 0).then(|| format!("team of {team}")));
    parts.extend(text("/contact_point").map(|_| "contact point".to_owned()));
    parts.join(" · ")
}

fn team(team: &Value) -> String {
    let state = team.get("status").and_then(Value::as_str).unwrap_or("unknown");
    let ended = |p: &Value| p.pointer("/period/end").is_some();
    let names = items(team, "participant").filter(|p| !ended(p)).filter_map(|p| p.pointer("/member/display")?.as_str());
    let names: Vec<&str> = names.collect();
    if names.is_empty() { format!("team {state}") } else { format!("team {state}: {}", names.join(", ")) }
}
