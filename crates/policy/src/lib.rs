#![doc = include_str!("../README.md")]

mod annotations;
mod bundled;
mod claims;
mod evaluate;
mod load;
mod memo;
mod mistake;
mod prove;
mod request;
mod set;
mod words;

pub use annotations::{REQUIRED, Told};
pub use claims::{Claim, Claims};
pub use evaluate::Ruling;
pub use load::sources;
pub use mistake::{Mistake, Source};
pub use prove::{Asked, CanFail, Counterexample, Outcome, Proof, ProveError, Solver, can_be_met, prove};
pub use set::PolicySet;
pub use words::{unknown_in_claims, unknown_in_policies};

/// The words a policy may use, as Cedar reads them.
pub const SCHEMA: &str = include_str!("../schema.cedarschema");

#[cfg(test)]
mod load_tests;
