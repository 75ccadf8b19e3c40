//! What people and systems do towards the API: post facts, push documents, fetch the feed. Real HTTP, with their tokens.

use anyhow::Context;
use reqwest::{Client, RequestBuilder};
use samhold_standins::PushedDocument;
use serde_json::{Value, json};

use super::daemon::Daemon;
use super::folder::Folder;
use super::systems::{KINDERGARTENS, OFFICE, REFERRALS};
use super::world::KE;

/// Those who call the API.
pub(super) struct Office {
    client: Client,
    base: String,
    tokens: Vec<(&'static str, String)>,
}

impl Office {
    /// With the tokens of the settings folder.
    pub(super) fn new(folder: &Folder, daemon: &Daemon) -> anyhow::Result<Self> {
        let mut tokens = Vec::new();
        for system in [OFFICE, KINDERGARTENS, REFERRALS, KE] {
            tokens.push((system, folder.token(system)?));
        }
        let client = Client::builder().no_proxy().build()?;
        Ok(Self { client, base: format!("http://{}", daemon.address), tokens })
    }

    /// The municipality's own facts; every one must be taken.
    pub(super) async fn post_facts(&self, facts: &[Value]) -> anyhow::Result<()> {
        if facts.is_empty() {
            return Ok(());
        }
        let request = self.client.post(format!("{}/api/v1/facts", self.base)).json(facts);
        let taken = self.answer(OFFICE, request).await?;
        let rejected = taken.get("rejected").and_then(Value::as_array).cloned().unwrap_or_default();
        anyhow::ensure!(rejected.is_empty(), "facts were refused: {}", json!(rejected));
        Ok(())
    }

    /// A document in the system's own format.
    pub(super) async fn push(&self, system: &'static str, document: &PushedDocument) -> anyhow::Result<()> {
        let url = format!("{}/in/{system}", self.base);
        let request = self.client.post(url).header("content-type", document.content_type).body(document.body.clone());
        self.answer(system, request).await.map(drop)
    }

    /// All that is new in the koordinerende enhet's feed; a receipt says that it was accepted.
    pub(super) async fn fetch(&self, cursor: &mut String) -> anyhow::Result<Vec<Value>> {
        let mut events = Vec::new();
        loop {
            let request =
                self.client.get(format!("{}/api/v1/changes", self.base)).query(&[("cursor", cursor.as_str())]);
            let page = self.answer(KE, request).await?;
            let new = page.get("events").and_then(Value::as_array).cloned().unwrap_or_default();
            self.accept(&new).await?;
            events.extend(new);
            *cursor = page.get("cursor").and_then(Value::as_str).context("a page has no cursor")?.to_owned();
            if page.get("more") != Some(&Value::Bool(true)) {
                return Ok(events);
            }
        }
    }

    async fn accept(&self, events: &[Value]) -> anyhow::Result<()> {
        let receipts: Vec<Value> =
            events.iter().map(|e| json!({"event_id": e.get("id"), "status": "accepted"})).collect();
        if receipts.is_empty() {
            return Ok(());
        }
        let request = self.client.post(format!("{}/api/v1/receipts", self.base)).json(&receipts);
        self.answer(KE, request).await.map(drop)
    }

    async fn answer(&self, system: &str, request: RequestBuilder) -> anyhow::Result<Value> {
        let token = self.tokens.iter().find(|(name, _)| *name == system).map(|(_, token)| token);
        let answer = request.bearer_auth(token.context("no such client")?).send().await?;
        let status = answer.status();
        let body: Value = answer.json().await.unwrap_or(Value::Null);
        anyhow::ensure!(status.is_success(), "`{system}` was answered {status}: {body}");
        Ok(body)
    }
}
