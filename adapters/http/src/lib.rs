#![doc = include_str!("../README.md")]

pub mod address;
mod answer;
mod auth;
mod call;
mod classify;
mod client;
mod push;
mod scrub;
mod settings;
mod signature;
mod transport;

pub use answer::Answer;
pub use auth::{Authenticator, TokenSource};
pub use call::Call;
pub use classify::{RetryAfterUnit, Verdict, classify, retry_after};
pub use client::Client;
pub use push::{HttpRecipient, RecipientSettings, SignatureSettings, cloud_event};
pub use scrub::scrub;
pub use settings::{AuthSettings, ClientAuth, ClientSettings, MaskinportenSettings, OAuth2Settings};
pub use signature::{SIGNATURE_HEADER, SignatureError, sign, verify_signature};
