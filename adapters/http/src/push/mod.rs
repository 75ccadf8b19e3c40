//! The recipient that takes cleared events as CloudEvents over HTTP.
//!
//! Must never send anything but what disclosure cleared, and never a person's number in a header or an address.

mod envelope;
mod outcome;
mod recipient;
mod settings;

pub use envelope::cloud_event;
pub use recipient::HttpRecipient;
pub use settings::{RecipientSettings, SignatureSettings};
