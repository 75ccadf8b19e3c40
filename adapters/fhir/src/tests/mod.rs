//! Tests against a FHIR server of our own, with versions, pages and faults.

mod incoming;
mod outgoing;
mod peer;
mod shelf;
