#![doc = include_str!("../README.md")]

mod bundled;
mod case;
mod child;
mod codes;
mod diff;
mod error;
mod expr;
mod infer;
mod mapping;
mod outbound;
mod path;
mod problem;
mod refusal;
mod result;
mod rule;
mod run;
mod schema;
mod scope;
mod settle;
mod toml_read;
pub mod tree;
mod validate;

pub use bundled::{bundled, bundled_schema};
pub use case::CaseResult;
pub use child::ChildRef;
pub use diff::{Difference, diff};
pub use error::{Code, MappingError};
pub use expr::{operations, tests as condition_tests};
pub use infer::{Draft, infer};
pub use mapping::{Direction, Files, Mapping};
pub use outbound::Outbound;
pub use problem::{BadFile, Problem};
pub use result::{Change, FactLink, Gone, MappedDocument, MappedFact, MappedGroup, Update};
pub use run::RunParameters;
pub use schema::{Format, Schema};
