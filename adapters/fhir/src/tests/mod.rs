//! Tests against a FHIR server of our own, with versions, pages and faults.

mod cleared;
mod foreign;
mod incoming;
mod merging;
mod outgoing;
mod peer;
mod shelf;
