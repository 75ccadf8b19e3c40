//! Why an answer is what it is, as people read it: `samhold duty show`, `samhold duty compare` and `samhold policy explain` over a real store.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

#[path = "../common/mod.rs"]
mod common;

mod compared;
mod exported;
mod family;
mod left_out;
mod looked;
mod masked;
mod policy;
mod shown;
mod told;
