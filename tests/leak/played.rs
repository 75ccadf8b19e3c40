//! The town played to its end, with faults, and everything that came out of the program on the way.

use lapin::options::{
    BasicGetOptions, ExchangeDeclareOptions, ExchangeDeleteOptions, QueueBindOptions, QueueDeclareOptions,
};
use lapin::types::{FieldTable, ShortString};
use lapin::{Channel, Connection, ConnectionProperties, ExchangeKind};
use samhold_model::dates::add_days;
use samhold_standins::maskinporten::GrantKey;
use samhold_standins::{FaultPlan, Fiks, HealthRecord, PushedDocument, Receiver, School, Town};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::common::{Client, Daemon, Folder, SECRET, Tap, amqp_recipient, broker, oneroster, today, wait_until};
use crate::ledger::Ledger;
use crate::queue::Queue;
use crate::story::at_rest;
use crate::town::{
    asking_recipient, digisos_source, fhir_recipient, fhir_source, pull_recipient, push_source, queue_source,
    register_source, town_folder,
};

/// The hospital's system, a FHIR server.
pub const HOSPITAL: &str = "habu";
/// The koordinerende enhet, which fetches.
pub const KE: &str = "ke";
/// The service behind the queue.
pub const BY_QUEUE: &str = "barnevern";
const CASES: &str = "barnevern-fagsystem";
const REFUSES: &str = "ppt";

/// One service that is posted to.
pub struct Place {
    pub service: &'static str,
    pub receiver: Receiver,
}

/// What came out.
pub struct Played {
    pub town: Town,
    pub daemon: Daemon,
    pub ledger: Ledger,
    pub school: School,
    pub record: HealthRecord,
    pub hospital: HealthRecord,
    pub fiks: Fiks,
    pub places: Vec<Place>,
    /// The koordinerende enhet's feed.
    pub feed: Vec<Value>,
    /// Answers of the API to those who send and ask, but for the feed.
    pub answers: Vec<String>,
    pub road: Option<Road>,
}

/// The road over the broker.
pub struct Road {
    pub tap: Tap,
    queue: Queue,
    exchange: String,
    channel: Channel,
    out: ShortString,
    _connection: Connection,
}

impl Road {
    async fn open(url: &str) -> Self {
        let address = url.split('@').nth(1).unwrap().split('/').next().unwrap().to_owned();
        let connection = Connection::connect(url, ConnectionProperties::default()).await.unwrap();
        let channel = connection.create_channel().await.unwrap();
        let exchange = format!("samhold.test.{}.out", Uuid::new_v4().simple());
        let durable = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
        let none = FieldTable::default;
        channel.exchange_declare(exchange.as_str().into(), ExchangeKind::Topic, durable, none()).await.unwrap();
        let exclusive = QueueDeclareOptions { exclusive: true, ..QueueDeclareOptions::default() };
        let out = channel.queue_declare("".into(), exclusive, none()).await.unwrap().name().clone();
        let bind = QueueBindOptions::default();
        channel.queue_bind(out.clone(), exchange.as_str().into(), BY_QUEUE.into(), bind, none()).await.unwrap();
        let (tap, queue) = (Tap::start(&address), Queue::new(url, CASES).await);
        Self { tap, queue, exchange, channel, out, _connection: connection }
    }

    fn url(&self, broker: &str) -> String {
        let (head, tail) = broker.split_once('@').unwrap();
        format!("{head}@127.0.0.1:{}/{}", self.tap.port(), tail.split_once('/').map_or("", |(_, vhost)| vhost))
    }

    /// What child welfare got, taken off its queue.
    pub async fn received(&self) -> Vec<Value> {
        let mut all = Vec::new();
        while let Some(message) =
            self.channel.basic_get(self.out.clone(), BasicGetOptions { no_ack: true }).await.unwrap()
        {
            all.push(serde_json::from_slice(&message.delivery.data).unwrap());
        }
        all
    }

    /// Removes what the test made at the broker.
    pub async fn clear(self) {
        self.channel.exchange_delete(self.exchange.as_str().into(), ExchangeDeleteOptions::default()).await.unwrap();
        self.queue.clear().await;
    }
}

/// Plays all five days.
pub async fn play() -> Played {
    let town = Town::new(add_days(today(), -4));
    let grant = GrantKey::generate().unwrap();
    let fiks = Fiks::start(&town, Some(grant.public_der.clone())).await.unwrap();
    let (school, record) = (School::start(&town).await.unwrap(), HealthRecord::start(&town).await.unwrap());
    let hospital = HealthRecord::start(&town).await.unwrap();
    let url = broker();
    let road = match &url {
        Some(url) => Some(Road::open(url).await),
        None => None,
    };
    let mut folder = town_folder(&town);
    oneroster(&folder, "skolesystem", &school.server().base_url());
    fhir_source(&mut folder, "helsejournal", &record, &town);
    register_source(&folder, "folkeregister", &fiks.server().base_url(), &grant);
    digisos_source(&folder, "digisos", &fiks.server().base_url(), &grant);
    push_source(&folder, "barnehagesystem", "barnehage_kommunal", "nav-barnehagelister-v1");
    push_source(&folder, "barnevern-henvisning", "barnevern", "bufdir-henvisning-1.0");
    match (&url, &road) {
        (Some(url), Some(road)) => {
            let through = road.url(url);
            queue_source(&folder, CASES, "barnevern", "ssb-barnevern-4", (&through, road.queue.prefix()));
            serving_recipient(&folder, &through, &road.exchange);
        }
        _ => push_source(&folder, CASES, "barnevern", "ssb-barnevern-4"),
    }
    let places = places(&town, &folder, road.is_some()).await;
    fhir_recipient(&folder, HOSPITAL, "spesialisthelse", &[HOSPITAL], &hospital);
    pull_recipient(&folder, KE, "koordinerende_enhet", &[KE]);
    let daemon = Daemon::start(folder).await;
    let ledger = Ledger::of(&daemon.folder).await;
    let mut played =
        Played { town, daemon, ledger, school, record, hospital, fiks, places, feed: vec![], answers: vec![], road };
    if let Some(road) = &played.road {
        road.queue.until_read().await;
    }
    for day in 1..=5 {
        played.day(day).await;
    }
    played.rubbish().await;
    played
}

/// Child welfare behind the exchange, with the service it speaks for.
fn serving_recipient(folder: &Folder, url: &str, exchange: &str) {
    amqp_recipient(folder, BY_QUEUE, BY_QUEUE, url, exchange);
    let path = folder.path().join(format!("systems/{BY_QUEUE}.toml"));
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(
        path,
        text.replacen("[recipient.amqp]", &format!("services = [\"{BY_QUEUE}\"]\n[recipient.amqp]"), 1),
    )
    .unwrap();
}

/// Every other service is posted to; some fail on the way.
async fn places(town: &Town, folder: &Folder, by_queue: bool) -> Vec<Place> {
    let mut places = Vec::new();
    let apart = |id: &str| id == HOSPITAL || id == KE || (id == BY_QUEUE && by_queue);
    for service in town.services().into_iter().filter(|s| !apart(s.id)) {
        let receiver = Receiver::start(SECRET).await.unwrap();
        asking_recipient(folder, service.id, service.kind, &[service.id], &receiver);
        match service.id {
            "lia-skole" => receiver.server().faults().set(FaultPlan::failing(5, 503)),
            "helsestasjon" => receiver.server().faults().set(FaultPlan { drop_every: 4, ..FaultPlan::default() }),
            REFUSES => receiver.refuse_request(2),
            _ => {}
        }
        places.push(Place { service: service.id, receiver });
    }
    places
}

impl Played {
    async fn day(&mut self, day: u8) {
        self.school.set_day(day);
        self.record.set_day(day);
        self.fiks.set_day(day);
        let events = self.town.day(day);
        let taken = self.daemon.client().post_facts(&events.facts).await.unwrap();
        assert_eq!(taken.count("accepted"), events.facts.len() as u64, "{}", taken.text);
        self.answers.push(taken.text);
        for document in &events.documents {
            self.bring(document).await;
        }
        let (town, ledger) = (&self.town, &self.ledger);
        if day == 1 {
            // Protection decides what may leave, so that the register is heard before anything is expected.
            for child in town.children().iter().filter(|c| c.registered(1)) {
                let number = child.national_id.clone().unwrap();
                wait_until("the register has been heard", async || {
                    !ledger.of_type(&number, "folkeregister", "address_protection").await.is_empty()
                })
                .await;
            }
        }
        at_rest(&self.daemon, &[]).await;
        self.ask().await;
    }

    async fn bring(&mut self, document: &PushedDocument) {
        let body = document.body.clone();
        let system = match (document.system, &self.road) {
            ("kindergarten", _) => "barnehagesystem",
            ("barnevern-bufdir", _) => "barnevern-henvisning",
            (_, Some(road)) => {
                let text = String::from_utf8(body).unwrap();
                return road.queue.publish(&Uuid::new_v4().to_string(), document.content_type, &text).await;
            }
            (_, None) => CASES,
        };
        let taken = self.daemon.client_as(system).post_in(document.content_type, body).await.unwrap();
        assert_eq!(taken.status, 202, "{}", taken.text);
        self.answers.push(taken.text);
    }

    /// Everybody asks about every child, and the koordinerende enhet fetches.
    async fn ask(&mut self) {
        for child in self.town.children().iter().filter_map(|c| c.national_id.clone()) {
            let question = json!({"child": {"national_id": child}});
            for place in &self.places {
                let client: Client = self.daemon.client_as(place.service);
                let answer = client.post("/api/v1/coordination/query", &question).await.unwrap();
                assert_eq!(answer.status, 200, "{}", answer.text);
                self.answers.push(answer.text);
            }
        }
        let page = self.daemon.client_as(KE).get("/api/v1/changes").await.unwrap();
        self.feed.extend(page.json["events"].as_array().unwrap().clone());
        self.answers.push(self.daemon.client().get("/api/v1/worklist").await.unwrap().text);
    }

    /// What cannot be read, with numbers and addresses in it: errors must not repeat them.
    async fn rubbish(&mut self) {
        let nora = self.town.child("nora").unwrap();
        let (number, street) = (nora.national_id.clone().unwrap(), nora.street);
        let fact = |key: &str, value: Value| {
            let mut fact = json!({"id": Uuid::new_v4(), "type": "service_started", "at": "2026-01-15", "municipality": "9901",
                "child": {"national_id": number}, "service": "musikk", "kind": "skole_kommunal"});
            fact[key] = value;
            fact
        };
        let spoilt = [
            fact("service", json!(format!("hos {number}"))),
            fact("kind", json!(number)),
            fact(&number, json!(1)),
            fact("at", json!(number)),
            fact("child", json!({"national_id": "14821970352"})),
            fact("child", json!({number.as_str(): 1})),
        ];
        let refused = self.daemon.client().post_facts(&spoilt).await.unwrap();
        assert_eq!(refused.count("rejected"), spoilt.len() as u64, "{}", refused.text);
        self.answers.push(refused.text);
        for (system, body) in [
            (
                "barnehagesystem",
                format!(
                    "{{\"kindergartens\": [{{\"organizationNumber\": \"{number}\", \"childrenInformation\": 7}}]}}"
                ),
            ),
            ("barnehagesystem", format!("{{\"{number}\": \"{street}\"")),
            ("barnevern-henvisning", format!("<Sak nr=\"{number}\">{street}<")),
        ] {
            let taken = self.daemon.client_as(system).post_in("application/json", body).await.unwrap();
            self.answers.push(taken.text);
        }
        at_rest(&self.daemon, &[]).await;
        wait_until("the rubbish is dead", async || self.daemon.folder.dead_letters().len() >= 3).await;
    }
}
