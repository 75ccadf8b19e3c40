//! What a status means for the one who asked: taken, try again, or refused.
//!
//! Must never believe an absurd wish: a wait is at most one day.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};

/// The longest wait another system can impose.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// What a bare number in `Retry-After` counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RetryAfterUnit {
    /// RFC 9110 section 10.2.3.
    #[default]
    Seconds,
    /// Folkeregisteret and its mirror in Fiks.
    Milliseconds,
}

/// What to do after an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// 2xx.
    Ok,
    /// Trying again may help.
    Retry {
        /// The other system's own wish.
        after: Option<Duration>,
    },
    /// The same request will be refused again.
    Refuse,
}

/// Sorts an answer. A redirect is `Retry`: somebody must correct the address, and until then nothing is lost.
#[must_use]
pub fn classify(status: StatusCode, headers: &HeaderMap, unit: RetryAfterUnit) -> Verdict {
    match status.as_u16() {
        200..=299 => Verdict::Ok,
        401 | 403 | 407 | 408 | 425 | 429 | 300..=399 | 500..=599 => {
            Verdict::Retry { after: retry_after(headers, unit, Timestamp::now()) }
        }
        _ => Verdict::Refuse,
    }
}

/// The wait asked for in `Retry-After`: a number in `unit`, or an HTTP date. What cannot be read is no wish.
#[must_use]
pub fn retry_after(headers: &HeaderMap, unit: RetryAfterUnit, now: Timestamp) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match (text.parse::<u64>(), unit) {
        (Ok(n), RetryAfterUnit::Seconds) => Duration::from_secs(n),
        (Ok(n), RetryAfterUnit::Milliseconds) => Duration::from_millis(n),
        (Err(_), _) => until_date(text, now)?,
    };
    Some(wait.min(LONGEST))
}

fn until_date(text: &str, now: Timestamp) -> Option<Duration> {
    let then = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    Some(Duration::try_from(then.duration_since(now)).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(text: &str, unit: RetryAfterUnit) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, text.parse().unwrap());
        retry_after(&headers, unit, "2026-11-22T08:00:00Z".parse().unwrap())
    }

    #[test]
    fn a_wish_is_read_as_seconds_milliseconds_or_a_date() {
        assert_eq!(wish("120", RetryAfterUnit::Seconds), Some(Duration::from_secs(120)));
        assert_eq!(wish("120", RetryAfterUnit::Milliseconds), Some(Duration::from_millis(120)));
        let date = "Sun, 22 Nov 2026 08:01:30 GMT";
        assert_eq!(wish(date, RetryAfterUnit::Seconds), Some(Duration::from_secs(90)));
        assert_eq!(wish(date, RetryAfterUnit::Milliseconds), Some(Duration::from_secs(90)));
    }

    #[test]
    fn a_past_date_is_no_wait_and_an_absurd_wish_is_one_day() {
        assert_eq!(wish("Sun, 22 Nov 2020 08:01:30 GMT", RetryAfterUnit::Seconds), Some(Duration::ZERO));
        assert_eq!(wish("99999999999", RetryAfterUnit::Seconds), Some(LONGEST));
        assert_eq!(wish("snart", RetryAfterUnit::Seconds), None);
        assert_eq!(wish("-5", RetryAfterUnit::Seconds), None);
    }

    #[test]
    fn statuses_are_sorted_as_the_contract_says() {
        let sort = |n: u16| classify(StatusCode::from_u16(n).unwrap(), &HeaderMap::new(), RetryAfterUnit::Seconds);
        for n in [200, 201, 202, 204] {
            assert_eq!(sort(n), Verdict::Ok, "{n}");
        }
        for n in [400, 404, 405, 409, 410, 413, 415, 422] {
            assert_eq!(sort(n), Verdict::Refuse, "{n}");
        }
        for n in [302, 401, 403, 408, 425, 429, 500, 502, 503, 504] {
            assert_eq!(sort(n), Verdict::Retry { after: None }, "{n}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_header_panics(text in "[ -~]{0,40}") {
            let _ = wish(&text, RetryAfterUnit::Milliseconds);
        }
    }
}
