//! The stand-ins of one municipality: its source systems, and a receiver for each service that is pushed to.
//!
//! Listens on the loopback address only.

use anyhow::Context;
use samhold_model::Date;
use samhold_standins::maskinporten::GrantKey;
use samhold_standins::town::Service;
use samhold_standins::{Fiks, HealthRecord, Receiver, School, Server, Town};

/// The hospital, which keeps a FHIR server of its own.
pub(super) const HOSPITAL: &str = "habu";
/// The koordinerende enhet, which fetches its feed.
pub(super) const KE: &str = "ke";
/// The service that is reached over a queue when there is a broker.
pub(super) const BY_QUEUE: &str = "barnevern";

/// One service that events are posted to.
pub(super) struct Place {
    pub(super) service: Service,
    pub(super) receiver: Receiver,
}

/// Everything outside the daemon.
pub(super) struct World {
    pub(super) town: Town,
    pub(super) school: School,
    pub(super) record: HealthRecord,
    pub(super) hospital: HealthRecord,
    pub(super) fiks: Fiks,
    pub(super) grant: GrantKey,
    pub(super) places: Vec<Place>,
}

impl World {
    /// Starts all of it on day 1.
    pub(super) async fn start(first: Date) -> anyhow::Result<Self> {
        let town = Town::new(first);
        let grant = GrantKey::generate().context("the machine gives no randomness for a key")?;
        let fiks = Fiks::start(&town, Some(grant.public_der.clone())).await?;
        let mut places = Vec::new();
        for service in town.services().into_iter().filter(|s| ![HOSPITAL, KE].contains(&s.id)) {
            let receiver = Receiver::start(&uuid::Uuid::new_v4().simple().to_string()).await?;
            places.push(Place { service, receiver });
        }
        Ok(Self {
            school: School::start(&town).await?,
            record: HealthRecord::start(&town).await?,
            hospital: HealthRecord::start(&town).await?,
            town,
            fiks,
            grant,
            places,
        })
    }

    /// The source systems show day `n`.
    pub(super) fn set_day(&self, n: u8) {
        self.school.set_day(n);
        self.record.set_day(n);
        self.fiks.set_day(n);
    }

    /// The receiver of a service.
    pub(super) fn receiver(&self, service: &str) -> Option<&Receiver> {
        self.places.iter().find(|p| p.service.id == service).map(|p| &p.receiver)
    }

    /// Every server of it, to see all that was sent anywhere.
    pub(super) fn servers(&self) -> impl Iterator<Item = &Server> {
        let sources = [self.school.server(), self.record.server(), self.hospital.server(), self.fiks.server()];
        sources.into_iter().chain(self.places.iter().map(|p| p.receiver.server()))
    }

    /// A service's name, or the id where nobody has it.
    pub(super) fn name_of(&self, id: &str) -> String {
        self.town.services().into_iter().find(|s| s.id == id).map_or_else(|| id.to_owned(), |s| s.name.to_owned())
    }
}
