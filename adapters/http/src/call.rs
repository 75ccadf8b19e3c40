//! One request, kept so that it can be sent again with another token.
//!
//! Must never show its body or headers.

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};

/// One request.
#[derive(Clone)]
pub struct Call {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    pub(crate) cut_at: Option<usize>,
}

impl Call {
    /// A call without a body.
    #[must_use]
    pub fn new(method: Method, url: Url) -> Self {
        Self { method, url, headers: HeaderMap::new(), body: Vec::new(), cut_at: None }
    }

    /// `GET`.
    #[must_use]
    pub fn get(url: Url) -> Self {
        Self::new(Method::GET, url)
    }

    /// `POST` of a body.
    #[must_use]
    pub fn post(url: Url, content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        let mut call = Self::new(Method::POST, url).header(CONTENT_TYPE, HeaderValue::from_static(content_type));
        call.body = body.into();
        call
    }

    /// `PUT` of a body.
    #[must_use]
    pub fn put(url: Url, content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self { method: Method::PUT, ..Self::post(url, content_type, body) }
    }

    /// Sets a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Reads at most this much of the answer and lets the rest go, instead of failing on a larger one.
    #[must_use]
    pub fn cut_at(mut self, bytes: usize) -> Self {
        self.cut_at = Some(bytes);
        self
    }
}
