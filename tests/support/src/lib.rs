#![doc = include_str!("../README.md")]

pub mod altinn;
pub mod faults;
pub mod fhir;
pub mod fiks;
pub mod maskinporten;
pub mod numbers;
pub mod push;
pub mod receiver;
pub mod school;
pub mod server;
pub mod tokens;
pub mod town;
pub mod wire;

pub use altinn::Altinn;
pub use faults::{FaultPlan, Faults, HalfList};
pub use fhir::HealthRecord;
pub use fiks::Fiks;
pub use receiver::Receiver;
pub use school::School;
pub use server::Server;
pub use town::{ChildStory, DayEvents, Expected, Guardian, Protection, PushedDocument, Service, Town};

/// The lock's content, also after a panic elsewhere: a stand-in has no invariant a panic could break.
pub(crate) fn locked<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
