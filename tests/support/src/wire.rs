//! Everything that reached a stand-in, kept whole, so that a test can search every byte that left the program.
//!
//! Must never be used outside tests and the demo: it keeps bodies in memory in the clear.

use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Uri};

use crate::locked;

/// One request as it arrived.
#[derive(Clone, Debug)]
pub struct CapturedRequest {
    /// Method.
    pub method: Method,
    /// Path and query as sent.
    pub uri: Uri,
    /// All headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
}

impl CapturedRequest {
    /// A header's text; empty when missing.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    /// Request line and headers as bytes: the part that proxies and logs see.
    #[must_use]
    pub fn head_bytes(&self) -> Vec<u8> {
        let mut out = format!("{} {}\r\n", self.method, self.uri).into_bytes();
        for (name, value) in &self.headers {
            out.extend_from_slice(name.as_str().as_bytes());
            out.extend_from_slice(b": ");
            out.extend_from_slice(value.as_bytes());
            out.extend_from_slice(b"\r\n");
        }
        out
    }
}

/// What reached any stand-in of this process, by its port.
static EVERYWHERE: Mutex<Vec<(u16, Captured)>> = Mutex::new(Vec::new());

/// Everything that reached the stand-ins that listened on a port, also of those that have ended.
#[must_use]
pub fn reached(port: u16) -> Vec<CapturedRequest> {
    locked(&EVERYWHERE).iter().filter(|(at, _)| *at == port).flat_map(|(_, captured)| captured.all()).collect()
}

/// All requests of one stand-in; clones share them.
#[derive(Clone, Default)]
pub struct Captured(Arc<Mutex<Vec<CapturedRequest>>>);

impl Captured {
    /// Of a stand-in that listens on this port.
    pub(crate) fn at(port: u16) -> Self {
        let own = Self::default();
        locked(&EVERYWHERE).push((port, own.clone()));
        own
    }

    pub(crate) fn push(&self, request: CapturedRequest) {
        locked(&self.0).push(request);
    }

    /// In the order they came.
    #[must_use]
    pub fn all(&self) -> Vec<CapturedRequest> {
        locked(&self.0).clone()
    }

    /// How many came.
    #[must_use]
    pub fn count(&self) -> usize {
        locked(&self.0).len()
    }

    /// Heads and bodies of all requests, for a search after what must not have left.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for request in self.all() {
            out.extend_from_slice(&request.head_bytes());
            out.extend_from_slice(b"\r\n");
            out.extend_from_slice(&request.body);
            out.extend_from_slice(b"\r\n");
        }
        out
    }

    /// Only request lines and headers: an identity number may never stand here, not even towards a source.
    #[must_use]
    pub fn head_bytes(&self) -> Vec<u8> {
        self.all().iter().flat_map(CapturedRequest::head_bytes).collect()
    }
}
