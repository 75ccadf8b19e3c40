//! A health record with a FHIR R4 interface: search by POST, paging, versions, conditional create, `If-Match`.
//!
//! Keeps resources in memory and moves its own clock, so that `_lastUpdated` is the same in every run. Must never put
//! an identity number in an address of its own: pages are asked for by a counted token.

mod routes;
mod search;
mod seed;
mod store;

use std::io;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::locked;
use crate::server::Server;
use crate::tokens::TokenDesk;
use crate::town::Town;
use store::Store;

/// Base path of the interface.
pub const BASE_PATH: &str = "/fhir/R4";
/// Path of the token endpoint.
pub const TOKEN_PATH: &str = "/connect/token";
/// Code system of the local role code `barnekoordinator`, which no national list has.
pub const LOCAL_ROLES: &str = "https://fjellvik.example/CodeSystem/samordning";

#[derive(Clone)]
struct App {
    store: Arc<Mutex<Store>>,
    desk: TokenDesk,
    faults: crate::Faults,
    base: String,
}

/// A running health record.
pub struct HealthRecord {
    server: Server,
    town: Town,
    store: Arc<Mutex<Store>>,
    desk: TokenDesk,
}

impl HealthRecord {
    /// Starts it on day 1.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(town: &Town) -> io::Result<Self> {
        let store = Arc::new(Mutex::new(Store::default()));
        let desk = TokenDesk::default();
        let (kept, tokens) = (store.clone(), desk.clone());
        let server = Server::start(|base, faults| {
            let base = format!("{base}{BASE_PATH}");
            routes::router(App { store: kept, desk: tokens, faults: faults.clone(), base })
        })
        .await?;
        let record = Self { server, town: town.clone(), store, desk };
        record.set_day(1);
        Ok(record)
    }

    /// Address, faults and everything that was asked.
    #[must_use]
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// `http://127.0.0.1:port/fhir/R4`.
    #[must_use]
    pub fn fhir_base(&self) -> String {
        format!("{}{BASE_PATH}", self.server.base_url())
    }

    /// The tokens it issued.
    #[must_use]
    pub fn tokens(&self) -> &TokenDesk {
        &self.desk
    }

    /// From now on it shows day `n`. What others wrote into a resource stays unless the record's own part changes.
    pub fn set_day(&self, n: u8) {
        let mut store = locked(&self.store);
        store.set_clock(samhold_model::dates::start_of(self.town.date(n)));
        store.seed(seed::resources(&self.town, n));
    }

    /// The present version of a resource.
    #[must_use]
    pub fn resource(&self, kind: &str, id: &str) -> Option<Value> {
        locked(&self.store).read(kind, id).cloned()
    }

    /// All present resources of a kind.
    #[must_use]
    pub fn resources(&self, kind: &str) -> Vec<Value> {
        locked(&self.store).all(kind)
    }

    /// How many versions a resource has had.
    #[must_use]
    pub fn versions(&self, kind: &str, id: &str) -> usize {
        locked(&self.store).versions(kind, id)
    }

    /// The record itself writes a resource (it must have an id): a new version.
    pub fn put(&self, resource: Value) {
        locked(&self.store).write(resource);
    }

    /// The record deletes a resource: reading it is answered 410.
    pub fn delete(&self, kind: &str, id: &str) {
        locked(&self.store).delete(kind, id);
    }

    /// The next `n` updates meet another writer: the resource gets a new version first, so `If-Match` fails.
    pub fn interfere_with_next_updates(&self, n: u32) {
        locked(&self.store).interfere = n;
    }

    /// Searches by `_lastUpdated` are refused from now on, as some records do.
    pub fn refuse_last_updated(&self, refuse: bool) {
        locked(&self.store).refuse_last_updated = refuse;
    }
}

#[cfg(test)]
mod tests;
