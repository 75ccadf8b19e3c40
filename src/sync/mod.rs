//! The background work: each task takes no input, is idempotent, reads what is and what should be, and acts. Each runs on a
//! signal and on a clock, so that a lost signal heals itself at the next round.

mod chain;
mod deliver;
mod dossier;
mod engine;
mod identity;
mod ingest;
mod intake;
mod kinship;
pub mod message;
mod own_facts;
mod place;
mod replace;
mod shape;
mod sources;
mod tick;
mod view;
pub mod worklist;
mod workout;

pub(crate) use deliver::release_entry;
pub use deliver::{Delivered, deliver_once};
pub use dossier::{Dossier, WHOLE_MUNICIPALITY, rows_of};
pub use engine::{Engine, Live, Signals};
pub use identity::{ChildReference, identifier_of, unborn};
pub(crate) use identity::{Found, find};
pub use ingest::ingest_once;
pub use own_facts::{FactInput, Rejection, TakenFacts, take_facts};
pub use shape::OutboundMapping;
pub use view::{Sight, sight, sight_of};
pub(crate) use workout::decisions_json;
pub use workout::{work_out_child, work_out_once};
