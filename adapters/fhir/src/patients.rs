//! Identifiers of the patients that resources are about, read once per poll.
//!
//! Must never keep a patient's name, address or anything but identifiers and security labels, nor outlive the poll.

use std::collections::HashMap;

use samhold_adapter_api::AdapterError;
use serde_json::{Map, Value};

use crate::bundle::{list, page, text};
use crate::reference::{Subject, subject};
use crate::server::Server;

/// Patients seen in this poll.
pub(crate) struct Patients<'a> {
    server: &'a Server,
    known: HashMap<String, Value>,
}

impl<'a> Patients<'a> {
    /// None yet.
    pub(crate) fn new(server: &'a Server) -> Self {
        Self { server, known: HashMap::new() }
    }

    /// Remembers patients sent along with a page.
    pub(crate) fn learn(&mut self, along: &[(Option<String>, Value)]) {
        for (full_url, patient) in along {
            if let Some(url) = full_url {
                self.known.insert(url.clone(), facts(patient));
            }
            if let Some(id) = text(patient, "id") {
                self.known.insert(format!("Patient/{id}"), facts(patient));
            }
        }
    }

    /// `{"identifier": […]}` of the patient a resource is about; empty when that cannot be found out.
    pub(crate) async fn of(&mut self, resource: &Value) -> Result<Value, AdapterError> {
        if text(resource, "resourceType") == Some("Patient") {
            return Ok(facts(resource));
        }
        let Subject { identifiers, read, along } = subject(resource, self.server.base());
        let mut patient = match along.and_then(|url| self.known.get(&url)) {
            Some(known) => known.clone(),
            None => self.read(read.as_deref()).await?,
        };
        if let Some(Value::Array(all)) = patient.get_mut("identifier") {
            all.extend(identifiers);
        }
        Ok(patient)
    }

    /// The server the patients are read from.
    pub(crate) fn server(&self) -> &Server {
        self.server
    }

    async fn read(&mut self, id: Option<&str>) -> Result<Value, AdapterError> {
        match id {
            Some(id) => self.person("Patient", id).await,
            None => Ok(facts(&Value::Null)),
        }
    }

    /// `{"identifier": […]}` of a Patient or RelatedPerson.
    pub(crate) async fn person(&mut self, kind: &str, id: &str) -> Result<Value, AdapterError> {
        let key = format!("{kind}/{id}");
        if let Some(known) = self.known.get(&key) {
            return Ok(known.clone());
        }
        let person = self.fetch(kind, id).await?;
        self.known.insert(key, person.clone());
        Ok(person)
    }

    /// A person that is gone has no identifiers; any other failure stops the poll, so that nothing is half read.
    async fn fetch(&self, kind: &str, id: &str) -> Result<Value, AdapterError> {
        let (system, attempt) = (self.server.system(), "read a person");
        let answer = self.server.read(attempt, kind, id).await?;
        if matches!(answer.status.as_u16(), 404 | 410) {
            return Ok(facts(&Value::Null));
        }
        let answer = answer.ok(system, attempt, self.server.client().unit())?;
        let body: Value = answer.json(system, attempt)?;
        if text(&body, "resourceType") == Some("Bundle") {
            let found = page(&body, kind).map_err(|why| AdapterError::format(system, attempt, why))?;
            return Ok(found.hits.first().map_or_else(|| facts(&Value::Null), facts));
        }
        Ok(facts(&body))
    }
}

/// Identifiers, and the labels that may say the address is protected.
fn facts(patient: &Value) -> Value {
    let mut kept = Map::new();
    kept.insert("identifier".into(), Value::Array(list(patient, "identifier").to_vec()));
    if let Some(labels) = patient.pointer("/meta/security") {
        kept.insert("meta".into(), Value::Object(Map::from_iter([("security".to_owned(), labels.clone())])));
    }
    Value::Object(kept)
}
