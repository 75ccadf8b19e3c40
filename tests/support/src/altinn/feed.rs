//! The feed of events: by kind, from a moment on, oldest first, a page at a time.
//!
//! Must never give an event an id, nor a next page where this one is not full.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::requests::{Event, Register, written};

const KINDS: [&str; 5] = ["rejected", "accepted", "revoked", "deleted", "used"];
/// Events younger than this are not told.
const YOUNG: SignedDuration = SignedDuration::from_mins(5);

#[derive(Default)]
struct Asked {
    kinds: Vec<String>,
    after: Option<Timestamp>,
    before: Option<Timestamp>,
    request: Option<String>,
    from: usize,
}

/// One page, or what is wrong with the question.
pub(super) fn page(register: &Register, here: &str, query: &[(String, String)]) -> Result<Value, &'static str> {
    let asked = read(query)?;
    let told = register.events.iter().enumerate().skip(asked.from).filter(|(_, event)| asked.wants(register, event));
    let page: Vec<(usize, &Event)> = told.take(register.page_size).collect();
    let data: Vec<Value> = page.iter().map(|(_, event)| change(event)).collect();
    let last = page.last().filter(|_| page.len() == register.page_size);
    let next = last.map(|(number, _)| register.leads_to.clone().unwrap_or_else(|| next(here, query, *number + 1)));
    Ok(json!({"links": {"next": next}, "data": data}))
}

fn read(query: &[(String, String)]) -> Result<Asked, &'static str> {
    let mut asked = Asked::default();
    for (name, value) in query {
        match name.to_ascii_lowercase().as_str() {
            "eventtype" if KINDS.iter().any(|kind| kind.eq_ignore_ascii_case(value)) => {
                asked.kinds.push(value.to_ascii_lowercase());
            }
            "eventtype" => return Err("Invalid event type"),
            "createdafter" => asked.after = Some(value.parse().map_err(|_| "Invalid createdAfter")?),
            "createdbefore" => asked.before = Some(value.parse().map_err(|_| "Invalid createdBefore")?),
            "consentrequestid" => asked.request = Some(value.clone()),
            "continuationtoken" => asked.from = number(value).ok_or("Invalid continuation token")?,
            _ => {}
        }
    }
    Ok(asked)
}

impl Asked {
    fn wants(&self, register: &Register, event: &Event) -> bool {
        let kind = KINDS.contains(&event.kind.as_str()) && (self.kinds.is_empty() || self.kinds.contains(&event.kind));
        let old = event.at < register.now - YOUNG;
        let within =
            self.after.is_none_or(|after| event.at >= after) && self.before.is_none_or(|before| event.at < before);
        kind && old && within && self.request.as_ref().is_none_or(|id| *id == event.request)
    }
}

/// The feed writes the kind as its program names it, with a capital.
fn change(event: &Event) -> Value {
    let kind: String =
        event.kind.chars().enumerate().map(|(n, c)| if n == 0 { c.to_ascii_uppercase() } else { c }).collect();
    json!({"consentRequestId": event.request, "eventType": kind, "changedDate": written(event.at)})
}

/// The same question from there on.
fn next(here: &str, query: &[(String, String)], from: usize) -> String {
    let escaped = |text: &str| text.replace('%', "%25").replace('+', "%2B").replace('=', "%3D").replace(':', "%3A");
    let kept = query.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("continuationToken"));
    let mut parts: Vec<String> = kept.map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    parts.insert(0, format!("continuationToken={}", escaped(&STANDARD.encode((from as u128).to_be_bytes()))));
    format!("{here}?{}", parts.join("&"))
}

fn number(token: &str) -> Option<usize> {
    let bytes: [u8; 16] = STANDARD.decode(token).ok()?.try_into().ok()?;
    usize::try_from(u128::from_be_bytes(bytes)).ok()
}
