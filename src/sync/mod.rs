//! The background work: each task takes no input, is idempotent, reads what is and what should be, and acts. Each runs on a
//! signal and on a clock, so that a lost signal heals itself at the next round.

mod chain;
pub(crate) mod confirm;
pub mod decision;
mod deliver;
mod dossier;
mod engine;
mod handover;
mod identity;
mod ingest;
mod intake;
mod kinship;
pub mod message;
mod own_facts;
mod past;
mod place;
mod protection;
mod questions;
pub mod rebuild;
pub mod register;
pub mod renewal;
mod replace;
mod requested;
pub mod rules;
mod shape;
mod sources;
pub mod tasks;
mod tick;
mod view;
mod withholding;
pub mod worklist;
mod workout;

pub use deliver::{Delivered, deliver_once};
pub(crate) use deliver::{Said, release_entry};
pub use dossier::{Dossier, Lack, Recorded, WHOLE_MUNICIPALITY, family_of, rows_of};
pub use engine::{Engine, Live, Signals};
pub use identity::{ChildReference, identifier_of, unborn};
pub(crate) use identity::{Found, find};
pub use ingest::ingest_once;
pub use own_facts::{FactInput, Rejection, TakenFacts, take_facts};
pub use questions::questions;
pub use shape::OutboundMapping;
pub(crate) use view::reveals;
pub use view::{Sight, sight, sight_of};
pub(crate) use workout::decisions_json;
pub use workout::{work_out_child, work_out_once};
