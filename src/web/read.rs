//! Reading bodies and queries of requests: as strict as serde, and as silent about what was sent.
//!
//! Must never repeat a value of the request: only places, names of ours, and what was expected.

use axum::body::Bytes;
use axum::extract::FromRequestParts;
use axum::extract::rejection::BytesRejection;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;

use super::problem::{Problem, body_problem};

/// Reads a JSON body.
///
/// # Errors
/// 413 for a body too large, 415 for another content type than JSON, 400 with `code` for what is not as expected.
pub fn json<T: DeserializeOwned>(
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
    code: &'static str,
) -> Result<T, Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("application/json");
    if !is_json(kind) {
        let detail = "send `Content-Type: application/json`";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json_type", detail));
    }
    let body = body.map_err(|e| body_problem(&e))?;
    serde_json::from_slice(&body).map_err(|e| Problem::new(StatusCode::BAD_REQUEST, code, wrong(&e)))
}

fn is_json(kind: &str) -> bool {
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || kind.ends_with("+json")
}

fn wrong(e: &serde_json::Error) -> String {
    let what = if e.is_data() { about(&e.to_string()) } else { "not JSON".into() };
    format!("line {}, column {}: {what}", e.line(), e.column())
}

/// What serde says, without what it found: that may be anything.
fn about(said: &str) -> String {
    let said = said.rsplit_once(" at line ").map_or(said, |(said, _)| said);
    if said.starts_with("missing field") || said.starts_with("duplicate field") {
        return said.to_owned();
    }
    let known = ["unknown field", "unknown variant", "invalid type", "invalid length", "invalid value"];
    let begin = known.into_iter().find(|begin| said.starts_with(begin)).unwrap_or("not as expected");
    match said.rfind(", expected ") {
        Some(place) => format!("{begin}{}", said.get(place..).unwrap_or_default()),
        None => begin.to_owned(),
    }
}

/// The query of a request, read strictly.
pub struct Strict<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Strict<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let read = axum::extract::Query::<T>::from_request_parts(parts, state).await;
        read.map(|axum::extract::Query(query)| Self(query)).map_err(|e| {
            let said = std::error::Error::source(&e).map(ToString::to_string).unwrap_or_default();
            let said = said.rsplit_once(": ").map_or(said.as_str(), |(_, said)| said);
            Problem::new(StatusCode::BAD_REQUEST, "invalid_query", about(said))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only read to be refused")]
    struct Asked {
        day: i64,
        #[serde(default)]
        word: Option<Word>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Word {
        Read,
    }

    fn told(body: &str) -> String {
        wrong(&serde_json::from_str::<Asked>(body).unwrap_err())
    }

    #[test]
    fn a_refusal_tells_the_place_and_what_was_expected_but_never_what_was_sent() {
        assert_eq!(told("{}"), "line 1, column 2: missing field `day`");
        assert_eq!(told(r#"{"day": "Storgata 1, expected"}"#), "line 1, column 30: invalid type, expected i64");
        let unknown = told(r#"{"day": 1, "14821970351": 2}"#);
        assert!(unknown.ends_with("unknown field, expected `day` or `word`"), "{unknown}");
        assert!(told(r#"{"day": 1, "word": "Kari"}"#).ends_with("unknown variant, expected `read`"));
        assert_eq!(told("{nei"), "line 1, column 2: not JSON");
    }

    #[test]
    fn only_json_is_read_as_json() {
        let mut headers = HeaderMap::new();
        let body = || Ok(Bytes::from_static(b"{\"day\": 1}"));
        assert!(json::<Asked>(&headers, body(), "x").is_ok());
        headers.insert(header::CONTENT_TYPE, "application/json; charset=utf-8".parse().unwrap());
        assert!(json::<Asked>(&headers, body(), "x").is_ok());
        headers.insert(header::CONTENT_TYPE, "text/xml".parse().unwrap());
        assert!(json::<Asked>(&headers, body(), "x").is_err());
    }
}
