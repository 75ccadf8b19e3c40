//! An answer that has been read within its limit.
//!
//! Must never be quoted in an error: only status, size and position are told.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use samhold_adapter_api::AdapterError;
use serde::de::DeserializeOwned;

use crate::classify::{RetryAfterUnit, Verdict, classify};

/// Status, headers and body.
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, whole or cut as the call asked.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Answer({}, {} bytes)", self.status, self.body.len())
    }
}

impl Answer {
    /// The answer if it is 2xx.
    ///
    /// # Errors
    /// [`AdapterError::Refused`] for 401 and 403, [`AdapterError::Unavailable`] for what may pass, and
    /// [`AdapterError::Format`] for what says that the request or the address is wrong.
    pub fn ok(self, system: &str, attempt: &str, unit: RetryAfterUnit) -> Result<Self, AdapterError> {
        let code = self.status.as_u16();
        match (classify(self.status, &self.headers, unit), code) {
            (Verdict::Ok, _) => Ok(self),
            (_, 401 | 403) => Err(AdapterError::refused(system, attempt, format!("HTTP {code}"))),
            (_, 300..=399) => Err(redirect(system, attempt, code)),
            (Verdict::Retry { after }, _) => Err(busy(system, attempt, code, after)),
            (Verdict::Refuse, _) => Err(AdapterError::format(
                system,
                attempt,
                format!("HTTP {code}, expected 2xx; check the address and the version of this system"),
            )),
        }
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// [`AdapterError::Format`] with line and column, never the content.
    pub fn json<T: DeserializeOwned>(&self, system: &str, attempt: &str) -> Result<T, AdapterError> {
        let body = self.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.body);
        serde_json::from_slice(body).map_err(|e| {
            let what = if e.is_eof() { "ends too early" } else { "is not the JSON expected" };
            let cause =
                format!("the answer of {} bytes {what} at line {}, column {}", body.len(), e.line(), e.column());
            AdapterError::format(system, attempt, cause)
        })
    }
}

fn busy(system: &str, attempt: &str, code: u16, after: Option<Duration>) -> AdapterError {
    AdapterError::unavailable(system, attempt, format!("HTTP {code}"), after)
}

fn redirect(system: &str, attempt: &str, code: u16) -> AdapterError {
    let cause = format!("HTTP {code} points elsewhere and is not followed; set the final address in the settings");
    AdapterError::format(system, attempt, cause)
}
