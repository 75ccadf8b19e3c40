//! Keeps one CareTeam or Task per child at a FHIR server.
//!
//! Must never overwrite what others wrote, write blind, or put an identity number in an address or header.

use async_trait::async_trait;
use reqwest::header::{HeaderName, HeaderValue, IF_MATCH};
use samhold_adapter_api::{AdapterError, DeliveryOutcome, Outgoing, OutgoingKind, Recipient};
use samhold_adapter_http::Call;
use samhold_model::national_id::looks_like_number;
use serde_json::{Map, Value};

use crate::bundle::{list, page, text};
use crate::halt::{Halt, accepted, header, later, refused, version};
use crate::merge::{self, Marks, MergeError};
use crate::server::{FHIR_JSON, Server, form};
use crate::settings::{RecipientSettings, ResourceKind};
use crate::{task, team};

/// How often a change of others between our read and our write is met before giving way.
const ROUNDS: usize = 3;
const IF_NONE_EXIST: HeaderName = HeaderName::from_static("if-none-exist");
/// The answer need not repeat what was written (R4, section 3.1.0.1.9).
const PREFER: (HeaderName, HeaderValue) =
    (HeaderName::from_static("prefer"), HeaderValue::from_static("return=minimal"));

/// A FHIR server that is kept informed.
pub struct FhirRecipient {
    server: Server,
    settings: RecipientSettings,
}

/// One event, without the type that only disclosure can make.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Order<'a> {
    pub(crate) event: &'a str,
    pub(crate) child: &'a str,
    pub(crate) kind: OutgoingKind,
    /// FHIR `dateTime` of the event.
    pub(crate) when: &'a str,
    pub(crate) data: &'a Value,
}

impl Order<'_> {
    /// It says that what was told is void, and brings nothing to put in its place: no resource, a notice.
    fn takes_back(&self) -> bool {
        matches!(self.kind, OutgoingKind::Retracted | OutgoingKind::Superseded)
    }
}

impl FhirRecipient {
    /// Reads secrets and certificates now.
    ///
    /// # Errors
    /// [`AdapterError::Settings`] says what cannot work.
    pub fn new(system: &str, settings: &RecipientSettings) -> Result<Self, AdapterError> {
        let server = Server::new(system, &settings.base, &settings.auth, &settings.http)?;
        let systems = [&settings.identifier_system, &settings.role_system, &settings.tag_system];
        if systems.iter().any(|s| s.is_empty() || s.contains('|') || looks_like_number(s)) {
            let cause = "identifier_system, role_system and tag_system must be URIs without |";
            return Err(AdapterError::settings(system, cause));
        }
        Ok(Self { server, settings: settings.clone() })
    }

    fn marks(&self) -> Marks<'_> {
        let s = &self.settings;
        Marks { identifier_system: &s.identifier_system, role_system: &s.role_system, tag_system: &s.tag_system }
    }

    fn kind(&self) -> &'static str {
        self.settings.resource.name()
    }

    /// Brings the peer to what the event says.
    pub(crate) async fn apply(&self, order: &Order<'_>) -> DeliveryOutcome {
        for _ in 0..ROUNDS {
            match self.round(order).await {
                Ok(()) => return DeliveryOutcome::Delivered,
                Err(Halt::Done(outcome)) => return outcome,
                Err(Halt::Again) => {}
            }
        }
        DeliveryOutcome::Later { after: None, reason: format!("others changed the {} each time", self.kind()) }
    }

    async fn round(&self, order: &Order<'_>) -> Result<(), Halt> {
        self.check_content(order)?;
        let found = self.find(order.child).await?;
        match (found.as_slice(), order.takes_back()) {
            ([], true) => Ok(()),
            ([], _) => self.create(order).await,
            ([id], _) => self.change(id, order).await,
            _ => {
                let detail =
                    format!("{} {} have our identifier for this child; only one may", found.len(), self.kind());
                Err(Halt::Done(refused("fhir_several", detail)))
            }
        }
    }

    /// The mapping's resource is of the right type, and names no other child than the event.
    fn check_content(&self, order: &Order<'_>) -> Result<(), MergeError> {
        if order.takes_back() {
            return Ok(());
        }
        let of_us = |i: &&Value| text(i, "system") == Some(&self.settings.identifier_system);
        let other = list(order.data, "identifier").iter().filter(of_us).any(|i| text(i, "value") != Some(order.child));
        if other {
            return Err(MergeError::Content {
                expected: self.kind(),
                missing: "our opaque child id as its identifier",
            });
        }
        match self.settings.resource {
            ResourceKind::CareTeam => team::checked(order.data, &self.marks()).map(drop),
            ResourceKind::Task => task::checked(order.data),
        }
    }

    /// Ids of the resources that carry our identifier for the child.
    async fn find(&self, child: &str) -> Result<Vec<String>, Halt> {
        let token = format!("{}|{child}", self.settings.identifier_system);
        let call = self.server.search(self.kind(), &[("identifier", token)])?;
        let answer = accepted(&self.server, self.server.send("find our resource", call).await?)?;
        let body: Value = answer.json(self.server.system(), "find our resource")?;
        let page = page(&body, self.kind()).map_err(|why| later(format!("the search: {why}")))?;
        if let Some(codes) = page.outcome.filter(|c| c.contains("error/") || c.contains("fatal/")) {
            return Err(later(format!("the search may be partial ({codes})")));
        }
        let asked_for = |r: &Value| merge::has_identifier(r, &self.marks(), child);
        if page.hits.iter().any(|r| !asked_for(r)) {
            return Err(later(
                "the search gave others than asked for; the server does not search by identifier".into(),
            ));
        }
        Ok(page.hits.iter().filter_map(|r| text(r, "id")).map(str::to_owned).collect())
    }

    async fn create(&self, order: &Order<'_>) -> Result<(), Halt> {
        let mut new = order.data.as_object().cloned().unwrap_or_default();
        if self.settings.resource == ResourceKind::CareTeam {
            team::mark(&mut new);
        }
        merge::identify(&mut new, &self.marks(), order.child);
        merge::tag(&mut new, &self.marks(), order.event);
        let token = format!("{}|{}", self.settings.identifier_system, order.child);
        let condition = header(&form(&[("identifier", token)]))?;
        let url = self.server.at(self.kind(), &[])?;
        let call = Call::post(url, FHIR_JSON, Value::Object(new).to_string())
            .header(IF_NONE_EXIST, condition)
            .header(PREFER.0, PREFER.1);
        let answer = self.server.send("create our resource", call).await?;
        // 200: another made it in between, so this one was not written. 412: several, which the next search tells.
        match answer.status.as_u16() {
            200 | 409 | 412 => Err(Halt::Again),
            _ => accepted(&self.server, answer).map(drop),
        }
    }

    async fn change(&self, id: &str, order: &Order<'_>) -> Result<(), Halt> {
        let answer = self.server.send("read our resource", Call::get(self.server.at(self.kind(), &[id])?)).await?;
        if matches!(answer.status.as_u16(), 404 | 410) {
            return Err(Halt::Again);
        }
        let answer = accepted(&self.server, answer)?;
        let theirs: Value = answer.json(self.server.system(), "read our resource")?;
        let Some(merged) = self.merged(&theirs, order)? else { return Ok(()) };
        let version = version(&answer, &theirs).ok_or_else(|| {
            Halt::Done(refused(
                "fhir_no_version",
                "the server gives no version, so a write could undo another's".into(),
            ))
        })?;
        let call = Call::put(self.server.at(self.kind(), &[id])?, FHIR_JSON, Value::Object(merged).to_string());
        let answer = self
            .server
            .send("write our resource", call.header(IF_MATCH, header(&version)?).header(PREFER.0, PREFER.1))
            .await?;
        match answer.status.as_u16() {
            404 | 409 | 410 | 412 => Err(Halt::Again),
            _ => accepted(&self.server, answer).map(drop),
        }
    }

    /// What to write, or nothing when the peer has it already.
    fn merged(&self, theirs: &Value, order: &Order<'_>) -> Result<Option<Map<String, Value>>, MergeError> {
        let marks = self.marks();
        merge::understood(theirs)?;
        if merge::has_tag(theirs, &marks, order.event) {
            return Ok(None);
        }
        let mut merged = match (self.settings.resource, order.takes_back()) {
            (ResourceKind::CareTeam, true) => team::retract(theirs, &marks, order.when),
            (ResourceKind::CareTeam, _) => team::update(theirs, order.data, &marks)?,
            (ResourceKind::Task, true) => task::retract(theirs),
            (ResourceKind::Task, _) => task::update(theirs, order.data, order.child, &marks)?,
        };
        if theirs.as_object() == Some(&merged) {
            return Ok(None);
        }
        merge::tag(&mut merged, &marks, order.event);
        merge::drop_stale_narrative(&mut merged);
        Ok(Some(merged))
    }
}

#[async_trait]
impl Recipient for FhirRecipient {
    async fn deliver(&self, event: &Outgoing) -> DeliveryOutcome {
        let (id, child, when) = (event.event_id.to_string(), event.subject.to_string(), event.time.to_string());
        let order = Order { event: &id, child: &child, kind: event.kind, when: &when, data: event.data.get() };
        self.apply(&order).await
    }

    async fn check(&self) -> Result<(), AdapterError> {
        let call = self.server.search(self.kind(), &[("_summary", "count".to_owned())])?;
        let answer = self.server.send("check the search", call).await?;
        answer.ok(self.server.system(), "check the search", self.server.client().unit()).map(drop)
    }
}
