#![doc = include_str!("../README.md")]

pub mod dates;
pub mod fact;
pub mod hint;
pub mod ids;
pub mod law;
pub mod national_id;
pub mod schema;
pub mod vocabulary;

pub use dates::{Date, Instant, Interval};
pub use fact::{Fact, FactBody};
pub use ids::{ChildId, FactId, MunicipalityNo, PersonId, RecordId, SystemName};
pub use law::Law;
pub use national_id::{NationalId, Realm};
