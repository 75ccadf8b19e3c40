//! Our participants in a CareTeam of the peer, and how to reach them. Pure.
//!
//! Must never touch a participant without a role of our coding system, nor leave anything of ours when it is taken back.

use serde_json::{Map, Value, json};

use crate::bundle::{list, text};
use crate::merge::{Marks, MergeError, contain};

/// Members in which our mappings say how somebody is reached. Ours bear an id, so that they are known again among others'.
const CONTACTS: [&str; 2] = ["telecom", "note"];
const OUR_ID: &str = "samhold-";
/// What a peer says of a team of its own that we must not say otherwise.
const PEERS_WORD: [&str; 3] = ["proposed", "suspended", "entered-in-error"];

/// Replaces our participants and how they are reached; everything else stays as the peer has it.
pub(crate) fn update(theirs: &Value, ours: &Value, marks: &Marks<'_>) -> Result<Map<String, Value>, MergeError> {
    let new = checked(ours, marks)?;
    let mut merged = theirs.as_object().cloned().unwrap_or_default();
    let (place, former, mut participants) = split(theirs, marks);
    participants.splice(place..place, new.iter().cloned());
    let alone = participants.iter().all(|p| is_ours(p, marks));
    put(&mut merged, participants);
    contacts(&mut merged, ours);
    if let (true, Some(status)) = (alone, text(ours, "status")) {
        stand(&mut merged, status);
    }
    contain(&mut merged, ours, &former)?;
    Ok(merged)
}

/// Marks how somebody is reached as ours, in a team that we make.
pub(crate) fn mark(new: &mut Map<String, Value>) {
    let ours = Value::Object(new.clone());
    CONTACTS.into_iter().for_each(|key| drop(new.remove(key)));
    contacts(new, &ours);
}

/// Ours replace ours of before.
fn contacts(merged: &mut Map<String, Value>, ours: &Value) {
    for key in CONTACTS {
        let of_others = |one: &&Value| text(one, "id").is_none_or(|id| !id.starts_with(OUR_ID));
        let before = Value::Object(merged.clone());
        let mut all: Vec<Value> = list(&before, key).iter().filter(of_others).cloned().collect();
        all.extend(list(ours, key).iter().enumerate().map(|(nr, one)| marked(one, nr)));
        match all.is_empty() {
            true => drop(merged.remove(key)),
            false => drop(merged.insert(key.into(), Value::Array(all))),
        }
    }
}

fn marked(one: &Value, nr: usize) -> Value {
    let mut one = one.clone();
    if let Some(members) = one.as_object_mut() {
        members.insert("id".into(), format!("{OUR_ID}{}", nr + 1).into());
    }
    one
}

/// A team in which nobody else takes part stands as we say, unless the peer has said something of its own.
fn stand(merged: &mut Map<String, Value>, status: &str) {
    let theirs = merged.get("status").and_then(Value::as_str).unwrap_or_default();
    if !PEERS_WORD.contains(&theirs) {
        merged.insert("status".into(), status.into());
    }
}

/// The participants of a resource we would write; all must carry our mark, or we could never find them again.
pub(crate) fn checked<'a>(ours: &'a Value, marks: &Marks<'_>) -> Result<&'a [Value], MergeError> {
    let new = list(ours, "participant");
    if text(ours, "resourceType") != Some("CareTeam") || new.iter().any(|p| !is_ours(p, marks)) {
        let missing = "a role of role_system on each participant";
        return Err(MergeError::Content { expected: "CareTeam", missing });
    }
    Ok(new)
}

/// Ends our participants at `when` (a FHIR `dateTime`) and takes their names and how they are reached away; those that had not
/// begun by then go altogether. The team is not running if nobody else takes part.
pub(crate) fn retract(theirs: &Value, marks: &Marks<'_>, when: &str) -> Map<String, Value> {
    let mut merged = theirs.as_object().cloned().unwrap_or_default();
    let ended = |p: &Value| if is_ours(p, marks) { end(p, when) } else { Some(p.clone()) };
    let (_, former, others) = split(theirs, marks);
    put(&mut merged, list(theirs, "participant").iter().filter_map(ended).collect());
    contacts(&mut merged, &Value::Null);
    if others.is_empty() {
        stand(&mut merged, "inactive");
    }
    // Nothing is put in, so nothing can be in the way.
    let _ = contain(&mut merged, &Value::Null, &former);
    merged
}

fn end(participant: &Value, when: &str) -> Option<Value> {
    let period = participant.get("period").cloned().unwrap_or_else(|| json!({}));
    let day = |t: &str| t.get(..10).unwrap_or(t).to_owned();
    if text(&period, "start").is_some_and(|start| day(start) > day(when)) {
        return None;
    }
    let already = text(&period, "end").is_some_and(|end| day(end) <= day(when));
    let mut participant = participant.clone();
    for named in ["member", "onBehalfOf"] {
        participant.as_object_mut().and_then(|members| members.remove(named));
    }
    if let (false, Some(members), Some(period)) = (already, participant.as_object_mut(), period.as_object()) {
        let mut period = period.clone();
        period.insert("end".into(), when.into());
        members.insert("period".into(), Value::Object(period));
    }
    Some(participant)
}

/// Where ours began, ours, and the others.
fn split(theirs: &Value, marks: &Marks<'_>) -> (usize, Vec<Value>, Vec<Value>) {
    let all = list(theirs, "participant");
    let (ours, others): (Vec<Value>, Vec<Value>) = all.iter().cloned().partition(|p| is_ours(p, marks));
    let place = all.iter().position(|p| is_ours(p, marks)).unwrap_or(others.len());
    (place.min(others.len()), ours, others)
}

fn put(resource: &mut Map<String, Value>, participants: Vec<Value>) {
    if participants.is_empty() {
        resource.remove("participant");
    } else {
        resource.insert("participant".into(), Value::Array(participants));
    }
}

fn is_ours(participant: &Value, marks: &Marks<'_>) -> bool {
    let codings = list(participant, "role").iter().flat_map(|role| list(role, "coding"));
    codings.into_iter().any(|c| text(c, "system") == Some(marks.role_system))
}
