//! Our participants in a CareTeam of the peer. Pure.
//!
//! Must never touch a participant without a role of our coding system.

use serde_json::{Map, Value, json};

use crate::bundle::{list, text};
use crate::merge::{Marks, MergeError, contain};

/// Replaces our participants; everything else stays as the peer has it.
pub(crate) fn update(theirs: &Value, ours: &Value, marks: &Marks<'_>) -> Result<Map<String, Value>, MergeError> {
    let new = checked(ours, marks)?;
    let mut merged = theirs.as_object().cloned().unwrap_or_default();
    let (place, former, mut participants) = split(theirs, marks);
    participants.splice(place..place, new.iter().cloned());
    put(&mut merged, participants);
    contain(&mut merged, ours, &former)?;
    Ok(merged)
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

/// Ends our participants at `when` (a FHIR `dateTime`); those that had not begun by then go altogether.
pub(crate) fn retract(theirs: &Value, marks: &Marks<'_>, when: &str) -> Map<String, Value> {
    let mut merged = theirs.as_object().cloned().unwrap_or_default();
    let ended = |p: &Value| if is_ours(p, marks) { end(p, when) } else { Some(p.clone()) };
    put(&mut merged, list(theirs, "participant").iter().filter_map(ended).collect());
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
