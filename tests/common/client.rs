//! A client of the daemon's HTTP API.

use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use super::left::{Answered, answered, assert_answer_tells_nothing};

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The body as JSON; null when it is none.
    pub json: Value,
    /// The body.
    pub text: String,
}

impl Answer {
    /// A number of the body, 0 when it is not there.
    #[must_use]
    pub fn count(&self, name: &str) -> u64 {
        match &self.json[name] {
            Value::Array(items) => items.len() as u64,
            value => value.as_u64().unwrap_or(0),
        }
    }
}

/// A client with one system's token.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    token: String,
    system: String,
}

impl Client {
    /// For the daemon on `port`, as `system`.
    #[must_use]
    pub fn new(port: u16, system: &str) -> Self {
        let http = reqwest::Client::builder().no_proxy().timeout(std::time::Duration::from_secs(60)).build().unwrap();
        let (base, token) = (format!("http://127.0.0.1:{port}"), format!("{system}-token"));
        Self { http, base, token, system: system.to_owned() }
    }

    /// A request with the token, for what has no method here.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base)).bearer_auth(&self.token)
    }

    /// `POST /api/v1/facts`. An error means that no answer came: nobody knows what was taken.
    ///
    /// # Errors
    /// When no whole answer came.
    pub async fn post_facts(&self, facts: &[Value]) -> reqwest::Result<Answer> {
        self.post("/api/v1/facts", &Value::Array(facts.to_vec())).await
    }

    /// Posts facts of which each must be taken.
    ///
    /// # Panics
    /// When one is not.
    pub async fn must_take(&self, facts: &[Value]) {
        let answer = self.post_facts(facts).await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text);
        let taken = answer.count("accepted") + answer.count("duplicates");
        assert_eq!(taken, facts.len() as u64, "{}", answer.text);
    }

    /// `POST /in/{system}` as that system: a document in its own format.
    ///
    /// # Errors
    /// When no whole answer came.
    pub async fn post_in(&self, content_type: &str, body: impl Into<reqwest::Body>) -> reqwest::Result<Answer> {
        let request = self.request(Method::POST, &self.document_path());
        self.read(request.header("content-type", content_type).body(body), &Value::Null).await
    }

    /// Where this system pushes its documents, and asks what became of one.
    #[must_use]
    pub fn document_path(&self) -> String {
        format!("/in/{}", self.system)
    }

    /// `POST` of JSON.
    ///
    /// # Errors
    /// When no whole answer came.
    pub async fn post(&self, path: &str, body: &Value) -> reqwest::Result<Answer> {
        self.read(self.request(Method::POST, path).json(body), body).await
    }

    /// `GET`.
    ///
    /// # Errors
    /// When no whole answer came.
    pub async fn get(&self, path: &str) -> reqwest::Result<Answer> {
        self.read(self.request(Method::GET, path), &Value::Null).await
    }

    async fn read(&self, request: RequestBuilder, asked: &Value) -> reqwest::Result<Answer> {
        let response = request.send().await?;
        let (status, port) = (response.status().as_u16(), response.url().port().unwrap_or_default());
        let path = response.url().path().to_owned();
        let told = |(name, value): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| {
            (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let headers: Vec<(String, String)> = response.headers().iter().map(told).collect();
        let text = response.text().await?;
        assert_answer_tells_nothing(&path, &headers, &text);
        let (system, asked) = (self.system.clone(), asked.clone());
        answered(Answered { port, system, path, asked, headers, text: text.clone() });
        Ok(Answer { status, json: serde_json::from_str(&text).unwrap_or_default(), text })
    }
}
