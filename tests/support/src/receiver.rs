//! A service's receiver of pushed events: keeps every request whole, checks the signature, lets an idempotency key
//! take effect once.
//!
//! Must never count an effect twice: what it does on a repeat is to answer as the first time.

mod signature;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use serde_json::{Value, json};

use crate::locked;
use crate::server::Server;

pub use signature::{SIGNATURE_HEADER, sign, verify};

/// One event that took effect.
#[derive(Clone, Debug, PartialEq)]
pub struct ReceivedEvent {
    /// The idempotency key.
    pub key: String,
    /// CloudEvents `type`.
    pub kind: String,
    /// CloudEvents `subject`: the sender's opaque child id.
    pub subject: String,
    /// `version` of the content, 0 where it has none.
    pub version: i64,
    /// The content.
    pub data: Value,
}

/// What a receiver has counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Events that took effect.
    pub effects: u64,
    /// Repeats of a key that had taken effect, with the same body.
    pub duplicates: u64,
    /// Repeats of a key with another body: the sender's fault.
    pub conflicts: u64,
    /// Requests without a valid signature.
    pub bad_signatures: u64,
    /// Requests that are no event with a key.
    pub malformed: u64,
    /// Requests refused because a test asked for it.
    pub refused: u64,
    /// Events with a lower version than one the subject already had.
    pub out_of_order: u64,
}

#[derive(Default)]
struct Inbox {
    bodies: BTreeMap<String, Bytes>,
    events: Vec<ReceivedEvent>,
    counts: Counts,
    requests: u64,
    /// What is refused, by subject or key, with the status of the answer.
    refuse_subjects: BTreeMap<String, u16>,
    refuse_requests: BTreeSet<u64>,
}

#[derive(Clone)]
struct App {
    secret: Arc<String>,
    inbox: Arc<Mutex<Inbox>>,
}

/// A running receiver.
pub struct Receiver {
    server: Server,
    secret: Arc<String>,
    inbox: Arc<Mutex<Inbox>>,
}

impl Receiver {
    /// Starts one that expects signatures with `secret`.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(secret: &str) -> io::Result<Self> {
        Self::start_on(0, secret).await
    }

    /// As [`Receiver::start`], on a given port: a receiver that comes up late or comes back.
    ///
    /// # Errors
    /// When the port is taken.
    pub async fn start_on(port: u16, secret: &str) -> io::Result<Self> {
        let (secret, inbox) = (Arc::new(secret.to_owned()), Arc::new(Mutex::new(Inbox::default())));
        let app = App { secret: secret.clone(), inbox: inbox.clone() };
        let server = Server::start_on(port, |_, _| Router::new().fallback(any(receive)).with_state(app)).await?;
        Ok(Self { server, secret, inbox })
    }

    /// Address, faults and every request as it came.
    #[must_use]
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Where events go.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/hendelser", self.server.base_url())
    }

    /// The secret that signatures are made with.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// Events about this subject are answered 400 from now on.
    pub fn refuse_subject(&self, subject: &str) {
        self.refuse_subject_with(subject, 400);
    }

    /// Events about this subject are answered `status` from now on, e.g. 422.
    pub fn refuse_subject_with(&self, subject: &str, status: u16) {
        locked(&self.inbox).refuse_subjects.insert(subject.to_owned(), status);
    }

    /// The request with this number (the first is 1) is answered 400, and so is every repeat of its key.
    pub fn refuse_request(&self, number: u64) {
        locked(&self.inbox).refuse_requests.insert(number);
    }

    /// What it has counted.
    #[must_use]
    pub fn counts(&self) -> Counts {
        locked(&self.inbox).counts
    }

    /// Events in the order they took effect.
    #[must_use]
    pub fn events(&self) -> Vec<ReceivedEvent> {
        locked(&self.inbox).events.clone()
    }

    /// The last event that took effect, for each subject.
    #[must_use]
    pub fn latest_by_subject(&self) -> BTreeMap<String, ReceivedEvent> {
        self.events().into_iter().map(|e| (e.subject.clone(), e)).collect()
    }

    /// Every byte that reached it: request lines, headers and bodies.
    #[must_use]
    pub fn captured_bytes(&self) -> Vec<u8> {
        self.server.captured_bytes()
    }
}

async fn receive(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Response {
    let header = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let mut inbox = locked(&app.inbox);
    inbox.requests += 1;
    let event = read_event(header("Idempotency-Key"), &body);
    let Some(event) = event else {
        inbox.counts.malformed += 1;
        return answer(StatusCode::UNPROCESSABLE_ENTITY, "not an event with an Idempotency-Key equal to its id");
    };
    if !verify(&app.secret, &event.key, header(SIGNATURE_HEADER), &body) {
        inbox.counts.bad_signatures += 1;
        return answer(StatusCode::UNAUTHORIZED, "signature missing or wrong");
    }
    let (status, text) = inbox.take(event, body);
    answer(status, text)
}

impl Inbox {
    fn take(&mut self, event: ReceivedEvent, body: Bytes) -> (StatusCode, &'static str) {
        if self.refuse_requests.contains(&self.requests) {
            self.refuse_subjects.insert(event.key.clone(), 400);
        }
        if let Some(status) = self.refuse_subjects.get(&event.subject).or_else(|| self.refuse_subjects.get(&event.key))
        {
            self.counts.refused += 1;
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::BAD_REQUEST);
            return (status, "this receiver does not take this event");
        }
        match self.bodies.get(&event.key) {
            Some(first) if *first == body => {
                self.counts.duplicates += 1;
                return (StatusCode::OK, "already had");
            }
            Some(_) => {
                self.counts.conflicts += 1;
                return (StatusCode::CONFLICT, "the key was used for another event");
            }
            None => {}
        }
        if self.events.iter().any(|e| e.subject == event.subject && e.version > event.version) {
            self.counts.out_of_order += 1;
        }
        self.counts.effects += 1;
        self.bodies.insert(event.key.clone(), body);
        self.events.push(event);
        (StatusCode::ACCEPTED, "taken")
    }
}

/// A CloudEvents 1.0 structured event whose id is its idempotency key.
fn read_event(key: &str, body: &[u8]) -> Option<ReceivedEvent> {
    let event: Value = serde_json::from_slice(body).ok()?;
    let text = |name: &str| event.get(name).and_then(Value::as_str).filter(|t| !t.is_empty()).map(str::to_owned);
    if key.is_empty() || text("id")? != key || text("specversion")? != "1.0" {
        return None;
    }
    let data = event.get("data").cloned().unwrap_or(Value::Null);
    let version = data.get("version").and_then(Value::as_i64).unwrap_or_default();
    Some(ReceivedEvent { key: key.to_owned(), kind: text("type")?, subject: text("subject")?, version, data })
}

fn answer(status: StatusCode, text: &str) -> Response {
    (status, axum::Json(json!({"message": text}))).into_response()
}

#[cfg(test)]
mod tests;
