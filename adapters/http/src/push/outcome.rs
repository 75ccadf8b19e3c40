//! What a receiver's answer means for an event.
//!
//! Must never read a broken connection or a lapsed credential as a refusal: the event is still wanted.

use samhold_adapter_api::{AdapterError, DeliveryOutcome};

use crate::answer::Answer;
use crate::classify::{RetryAfterUnit, Verdict, classify};
use crate::scrub::excerpt;

/// How much of a refusal is kept for people, in bytes.
pub(crate) const KEPT: usize = 2048;

/// One recipient's own exceptions to the table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Exceptions {
    pub(crate) retry: Vec<u16>,
    pub(crate) refuse: Vec<u16>,
}

/// The outcome of an answer.
pub(crate) fn of_answer(answer: &Answer, exceptions: &Exceptions) -> DeliveryOutcome {
    let code = answer.status.as_u16();
    let after = crate::retry_after(&answer.headers, RetryAfterUnit::Seconds, jiff::Timestamp::now());
    match classify(answer.status, &answer.headers, RetryAfterUnit::Seconds) {
        Verdict::Ok => DeliveryOutcome::Delivered,
        _ if exceptions.retry.contains(&code) => later(code, after),
        _ if exceptions.refuse.contains(&code) => refused(answer),
        Verdict::Retry { after } => later(code, after),
        Verdict::Refuse => refused(answer),
    }
}

/// The outcome of not getting an answer at all.
pub(crate) fn of_error(error: &AdapterError) -> DeliveryOutcome {
    let reason = crate::scrub(&error.to_string());
    if error.never_connected() {
        return DeliveryOutcome::NotReached { reason };
    }
    DeliveryOutcome::Later { after: error.retry_after(), reason }
}

fn later(code: u16, after: Option<std::time::Duration>) -> DeliveryOutcome {
    let why = match code {
        300..=399 => format!("HTTP {code} points elsewhere and is not followed; set the final address"),
        401 | 403 => format!("HTTP {code}; check the credentials and rights at this recipient"),
        _ => format!("HTTP {code}"),
    };
    DeliveryOutcome::Later { after, reason: why }
}

fn refused(answer: &Answer) -> DeliveryOutcome {
    DeliveryOutcome::Refused { code: format!("http_{}", answer.status.as_u16()), detail: excerpt(&answer.body, KEPT) }
}
