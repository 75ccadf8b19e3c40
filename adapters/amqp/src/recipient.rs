//! Publishes cleared events to the exchange, and believes nothing but the broker's confirmation.
//!
//! Must never call an event delivered that no queue took, and never hang: every wait is bounded.

use async_trait::async_trait;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::types::ShortString;
use lapin::{Channel, Confirmation, Connection};
use samhold_adapter_api::{AdapterError, DeliveryOutcome, Outgoing, Recipient};
use samhold_model::SystemName;
use samhold_model::national_id::redact;
use serde_json::Value;
use tokio::sync::Mutex;

use crate::connection;
use crate::fault::{name, soft_code, within};
use crate::message::{self, Envelope};
use crate::settings::{RecipientSettings, Unroutable};

/// A recipient behind a topic exchange.
pub struct AmqpRecipient {
    system: SystemName,
    settings: RecipientSettings,
    /// Held through publish *and* confirmation: the client library pairs a returned message with whichever
    /// confirmation comes next, so two publishes at once could exchange their fates.
    link: Mutex<Option<Link>>,
}

/// A connection with a channel in confirm mode. Dropping it closes it.
struct Link {
    connection: Connection,
    channel: Channel,
}

impl std::fmt::Debug for AmqpRecipient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AmqpRecipient").field("system", &self.system).finish_non_exhaustive()
    }
}

impl AmqpRecipient {
    /// A recipient for `system`. Opens no connection yet.
    #[must_use]
    pub fn new(system: SystemName, settings: RecipientSettings) -> Self {
        Self { system, settings, link: Mutex::new(None) }
    }

    fn named(&self) -> &str {
        self.system.as_str()
    }

    fn routing_key(&self) -> Result<ShortString, AdapterError> {
        let key = self.settings.routing_key.as_deref().unwrap_or(self.named());
        name(self.named(), "the routing key", key)
    }

    async fn connect(&self) -> Result<Link, AdapterError> {
        let (broker, system) = (&self.settings.broker, self.named());
        let exchange = name(system, "the exchange name", &self.settings.exchange)?;
        let connection = connection::open(system, broker, "out").await?;
        let channel = crate::declare::exchange(system, broker, &connection, &exchange).await?;
        let confirms = channel.confirm_select(ConfirmSelectOptions::default());
        within(system, "ask for confirmations", broker.timeout(), confirms).await?;
        Ok(Link { connection, channel })
    }

    /// Publishes one message. The connection survives only an answer of the broker to this very message.
    pub(crate) async fn send(&self, envelope: &Envelope<'_>, data: &Value) -> DeliveryOutcome {
        let (body, key) = match (message::body(data), self.routing_key()) {
            (Ok(body), Ok(key)) => (body, key),
            (Err(_), _) => return refused("content", "the content is not JSON"),
            (_, Err(e)) => return later(e),
        };
        let mut kept = self.link.lock().await;
        let link = match kept.take().filter(Link::usable) {
            Some(link) => link,
            None => match self.connect().await {
                Ok(link) => link,
                Err(e) => return not_reached(e),
            },
        };
        let published = publish(&link.channel, &self.settings.exchange, key, envelope, &body);
        match tokio::time::timeout(self.settings.broker.timeout(), published).await {
            Ok(Ok(confirmation)) => {
                *kept = Some(link);
                self.outcome(confirmation)
            }
            Ok(Err(e)) => broken(&e),
            Err(_) => later(format!("no confirmation within {:?}", self.settings.broker.timeout())),
        }
    }

    fn outcome(&self, confirmation: Confirmation) -> DeliveryOutcome {
        match (confirmation, self.settings.unroutable) {
            (Confirmation::Ack(None), _) => DeliveryOutcome::Delivered,
            (Confirmation::Ack(Some(_)) | Confirmation::Nack(Some(_)), Unroutable::Later) => {
                not_reached("unroutable: no queue bound")
            }
            (Confirmation::Ack(Some(_)) | Confirmation::Nack(Some(_)), Unroutable::Refuse) => {
                refused("amqp_unroutable", "no queue is bound to the exchange for this recipient")
            }
            (Confirmation::Nack(None), _) => later("the broker did not take it (nack)"),
            (Confirmation::NotRequested, _) => later("the broker does not confirm"),
        }
    }
}

impl Link {
    fn usable(&self) -> bool {
        self.connection.status().connected() && self.channel.status().connected()
    }
}

async fn publish(
    channel: &Channel,
    exchange: &str,
    key: ShortString,
    envelope: &Envelope<'_>,
    body: &[u8],
) -> lapin::Result<Confirmation> {
    let exchange = ShortString::try_new(exchange).unwrap_or_default();
    let mandatory = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
    channel.basic_publish(exchange, key, mandatory, body, message::properties(envelope)).await?.await
}

/// 406 is about this very message (its size); everything else may pass.
fn broken(error: &lapin::Error) -> DeliveryOutcome {
    match soft_code(error) {
        Some(406) => refused("amqp_406", &redact(&error.to_string())),
        _ => later(error),
    }
}

fn later(reason: impl std::fmt::Display) -> DeliveryOutcome {
    DeliveryOutcome::Later { after: None, reason: redact(&reason.to_string()) }
}

/// The message is still with us alone.
fn not_reached(reason: impl std::fmt::Display) -> DeliveryOutcome {
    DeliveryOutcome::NotReached { reason: redact(&reason.to_string()) }
}

fn refused(code: &str, detail: &str) -> DeliveryOutcome {
    DeliveryOutcome::Refused { code: code.into(), detail: detail.into() }
}

#[async_trait]
impl Recipient for AmqpRecipient {
    async fn deliver(&self, event: &Outgoing) -> DeliveryOutcome {
        self.send(&Envelope::of(event, &self.settings.source), event.data.get()).await
    }

    async fn check(&self) -> Result<(), AdapterError> {
        let link = self.connect().await?;
        connection::close(&link.connection).await;
        Ok(())
    }
}
