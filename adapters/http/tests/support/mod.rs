//! A scripted server on this machine: it answers from a list and keeps what it was asked.

#![allow(dead_code, reason = "each test file uses its own part")]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use samhold_adapter_api::SecretRef;

/// One request as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Asked {
    pub fn header(&self, name: &str) -> String {
        self.headers.get(name).map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default()
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.to_vec()).unwrap()
    }
}

/// An answer: status, headers, body, and how it is spoilt.
#[derive(Clone, Default)]
pub struct Say {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
    pub hang: bool,
    pub break_off: bool,
}

pub fn say(status: u16, body: impl Into<String>) -> Say {
    Say { status, body: body.into(), ..Say::default() }
}

impl Say {
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub fn hanging(mut self) -> Self {
        self.hang = true;
        self
    }

    pub fn breaking_off(mut self) -> Self {
        self.break_off = true;
        self
    }
}

#[derive(Clone, Default)]
pub struct Server {
    pub base: String,
    script: Arc<Mutex<VecDeque<Say>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    /// Answers from `script`, the last one for ever.
    pub async fn start(script: impl IntoIterator<Item = Say>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let server = Self { base, script: Arc::new(Mutex::new(script.into_iter().collect())), ..Self::default() };
        let app = Router::new().fallback(answer).with_state(server.clone());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        server
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

async fn answer(State(server): State<Server>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 24).await.unwrap();
    let path = parts.uri.to_string();
    server.asked.lock().unwrap().push(Asked { method: parts.method.to_string(), path, headers: parts.headers, body });
    let say = {
        let mut script = server.script.lock().unwrap();
        if script.len() > 1 { script.pop_front() } else { script.front().cloned() }
    };
    let say = say.unwrap_or_else(say_nothing);
    if say.hang {
        std::future::pending::<()>().await;
    }
    let mut response = Response::builder().status(StatusCode::from_u16(say.status).unwrap());
    for (name, value) in &say.headers {
        response = response.header(*name, value);
    }
    if say.break_off {
        // More is promised than is sent, so the connection breaks in the middle.
        response = response.header("content-length", say.body.len() + 10);
    }
    response.body(Body::from(say.body)).unwrap()
}

fn say_nothing() -> Say {
    say(500, "nothing in the script")
}

/// A secret in a file that lives as long as the test.
pub fn secret(text: &str) -> SecretRef {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    SecretRef::File(file.keep().unwrap().1)
}
