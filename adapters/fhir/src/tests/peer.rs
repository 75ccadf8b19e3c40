//! A small FHIR server: search by form, pages, versions, `If-Match`, conditional create, and faults on order.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, Uri};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

type Answer = (u16, Value);

#[derive(Clone, Default)]
pub(super) struct Peer(pub(super) Arc<Mutex<Inner>>);

#[derive(Default)]
pub(super) struct Inner {
    /// Current resources by `Type/id`; the version stands in `meta.versionId`.
    pub(super) resources: BTreeMap<String, Value>,
    /// Each call as `METHOD uri`, and its body.
    pub(super) calls: Vec<(String, String)>,
    pub(super) headers: Vec<HeaderMap>,
    pub(super) base: String,
    pub(super) clock: i64,
    /// Answers given before the server looks, by method.
    pub(super) next_answers: VecDeque<(&'static str, u16)>,
    /// Written by somebody else just before the next `PUT`s.
    pub(super) races: VecDeque<(String, Value)>,
    pub(super) refuses_last_updated: bool,
    pub(super) refuses_forms: bool,
    pub(super) refuses_reads: bool,
    pub(super) outcome: Option<&'static str>,
    pub(super) circle: bool,
    pub(super) away: bool,
    pub(super) without_versions: bool,
    pub(super) silent: bool,
    /// Somebody else's, there once the first create has been answered.
    pub(super) shown_after_create: Option<(String, Value)>,
}

impl Peer {
    pub(super) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let peer = Self::default();
        peer.0.lock().unwrap().base = format!("http://{}/r4", listener.local_addr().unwrap());
        let app = Router::new().fallback(serve).with_state(peer.clone());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        peer
    }

    pub(super) fn with<T>(&self, change: impl FnOnce(&mut Inner) -> T) -> T {
        change(&mut self.0.lock().unwrap())
    }

    pub(super) fn put(&self, key: &str, resource: Value) {
        self.with(|p| p.write(key, resource));
    }

    pub(super) fn get(&self, key: &str) -> Value {
        self.with(|p| p.resources.get(key).cloned().unwrap())
    }

    /// How many calls of a method there were.
    pub(super) fn count(&self, method: &str) -> usize {
        self.with(|p| p.calls.iter().filter(|(c, _)| c.starts_with(method)).count())
    }
}

impl Inner {
    fn now(&mut self) -> Timestamp {
        self.clock += 10;
        "2027-03-01T08:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(self.clock)
    }

    pub(super) fn write(&mut self, key: &str, mut resource: Value) {
        let version = self.resources.get(key).map_or(0, |r| r["meta"]["versionId"].as_str().unwrap().parse().unwrap());
        let (kind, id) = key.split_once('/').unwrap();
        resource["resourceType"] = kind.into();
        resource["id"] = id.into();
        resource["meta"]["versionId"] = (version + 1).to_string().into();
        resource["meta"]["lastUpdated"] = self.now().to_string().into();
        self.resources.insert(key.to_owned(), resource);
    }

    fn search(&mut self, kind: &str, form: &[(String, String)]) -> Answer {
        let of = |name: &str| form.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
        if self.refuses_last_updated && form.iter().any(|(n, v)| n == "_lastUpdated" || v == "_lastUpdated") {
            return (400, outcome("error"));
        }
        let since: Option<Timestamp> = of("_lastUpdated").map(|t| t.strip_prefix("ge").unwrap().parse().unwrap());
        let token = of("identifier");
        let fits = |r: &Value| {
            let stamp = r["meta"]["lastUpdated"].as_str().unwrap().parse::<Timestamp>().unwrap();
            let marked = |t: &str| {
                r["identifier"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .any(|i| format!("{}|{}", i["system"].as_str().unwrap(), i["value"].as_str().unwrap()) == t)
            };
            since.is_none_or(|s| stamp >= s)
                && token.as_deref().is_none_or(marked)
                && of("_id").is_none_or(|id| r["id"] == id)
        };
        let of_kind = self.resources.iter().filter(|(k, r)| k.starts_with(&format!("{kind}/")) && fits(r));
        let mut hits: Vec<Value> = of_kind.map(|(_, r)| r.clone()).collect();
        hits.sort_by_key(|r| r["meta"]["lastUpdated"].as_str().map(str::to_owned));
        let (count, from) =
            (of("_count").map_or(50, |c| c.parse().unwrap()), of("_from").map_or(0, |f| f.parse().unwrap()));
        let mut entries: Vec<Value> =
            hits.iter().skip(from).take(count).map(|r| json!({"resource": r, "search": {"mode": "match"}})).collect();
        entries.extend(self.outcome.map(|s| json!({"resource": outcome(s), "search": {"mode": "outcome"}})));
        entries.push(json!({"resource": {"resourceType": kind, "id": "vedlagt"}, "search": {"mode": "include"}}));
        let bundle_time = self.now().to_string();
        let mut link = vec![json!({"relation": "self", "url": "x"})];
        let next = if self.circle { 0 } else { from + count };
        if self.away {
            link.push(json!({"relation": "next", "url": "http://127.0.0.2:9/r4/CareTeam"}));
        } else if next < hits.len() {
            let since = since.map(|s| format!("&_lastUpdated=ge{s}")).unwrap_or_default();
            link.push(
                json!({"relation": "next", "url": format!("{}/{kind}?_count={count}&_from={next}{since}", self.base)}),
            );
        }
        (
            200,
            json!({"resourceType": "Bundle", "type": "searchset", "meta": {"lastUpdated": bundle_time}, "link": link, "entry": entries}),
        )
    }

    fn answer(
        &mut self,
        method: &Method,
        segments: &[&str],
        form: &[(String, String)],
        headers: &HeaderMap,
        body: &str,
    ) -> Answer {
        if let Some((wanted, status)) = self.next_answers.front().copied()
            && (wanted == method.as_str() || wanted == format!("{method} {}", segments.join("/")))
        {
            if let Some((key, resource)) = self.shown_after_create.take() {
                self.write(&key, resource);
            }
            self.next_answers.pop_front();
            return (status, outcome("error"));
        }
        let (kind, key) = (segments[0], segments.join("/"));
        match (method.as_str(), segments) {
            ("POST", [_, "_search"]) if self.refuses_forms => (404, outcome("error")),
            ("POST", [_, "_search"]) | ("GET", [_]) => self.search(kind, form),
            ("GET", [_, _]) if self.refuses_reads => (404, outcome("error")),
            ("GET", [_, _]) => self.resources.get(&key).map_or((404, outcome("error")), |r| (200, r.clone())),
            ("POST", [_]) => self.create(kind, headers, body),
            ("PUT", [_, _]) => self.update(&key, headers, body),
            _ => (405, outcome("error")),
        }
    }

    fn create(&mut self, kind: &str, headers: &HeaderMap, body: &str) -> Answer {
        let condition = headers.get("if-none-exist").unwrap().to_str().unwrap().to_owned();
        let (_, found) = self.search(kind, &pairs(&condition));
        let hits = found["entry"].as_array().unwrap().iter().filter(|e| e["search"]["mode"] == "match").count();
        match hits {
            0 => {
                let key = format!("{kind}/ny{}", self.resources.len());
                self.write(&key, serde_json::from_str(body).unwrap());
                (201, self.resources[&key].clone())
            }
            1 => (200, Value::Null),
            _ => (412, outcome("error")),
        }
    }

    fn update(&mut self, key: &str, headers: &HeaderMap, body: &str) -> Answer {
        if let Some((other, resource)) = self.races.pop_front() {
            self.write(&other, resource);
        }
        let version = self.resources[key]["meta"]["versionId"].as_str().unwrap();
        if headers.get("if-match").map(|h| h.to_str().unwrap()) != Some(&format!("W/\"{version}\"")) {
            return (412, outcome("error"));
        }
        self.write(key, serde_json::from_str(body).unwrap());
        (200, self.resources[key].clone())
    }
}

async fn serve(
    State(peer): State<Peer>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<String> {
    let body = String::from_utf8(body.to_vec()).unwrap();
    let path = uri.path().trim_start_matches("/r4/").to_owned();
    let segments: Vec<&str> = path.split('/').collect();
    let mut form = pairs(uri.query().unwrap_or_default());
    if headers.get("content-type").is_some_and(|t| t == "application/x-www-form-urlencoded") {
        form.extend(pairs(&body));
    }
    if peer.with(|p| p.silent) {
        std::future::pending::<()>().await;
    }
    let mut peer = peer.0.lock().unwrap();
    peer.calls.push((format!("{method} {uri}"), body.clone()));
    peer.headers.push(headers.clone());
    let (status, mut answer) = peer.answer(&method, &segments, &form, &headers, &body);
    let mut response = Response::builder().status(status).header("content-type", "application/fhir+json");
    let clock = peer.now().to_zoned(jiff::tz::TimeZone::UTC);
    response = response.header("date", jiff::fmt::rfc2822::to_string(&clock).unwrap());
    if status == 429 {
        response = response.header("retry-after", "7");
    }
    if peer.without_versions {
        answer.as_object_mut().map(|a| a.remove("meta"));
    } else if let Some(version) = answer.pointer("/meta/versionId").and_then(Value::as_str) {
        response = response.header("etag", format!("W/\"{version}\""));
    }
    response.body(answer.to_string()).unwrap()
}

fn outcome(severity: &str) -> Value {
    json!({"resourceType": "OperationOutcome", "issue": [{"severity": severity, "code": "incomplete", "diagnostics": "om 14821970351"}]})
}

fn pairs(form: &str) -> Vec<(String, String)> {
    let url: reqwest::Url = format!("http://x/?{form}").parse().unwrap();
    url.query_pairs().map(|(n, v)| (n.into_owned(), v.into_owned())).collect()
}
