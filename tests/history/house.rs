//! A daemon in this process, on a simulated calendar, with recipients that keep every event.

use std::sync::Arc;
use std::time::Duration;

use samhold::clock::Clock;
use samhold::connect;
use samhold::sync::rebuild::{Difference, Scope, Tally, check};
use samhold::sync::worklist::{Filter, Item, work_list};
use samhold::sync::{Engine, FactInput, take_facts};
use samhold_model::dates::add_days;
use samhold_model::{ChildId, Date, MunicipalityNo};
use samhold_standins::Receiver;
use samhold_standins::numbers::synthetic_number;
use samhold_standins::receiver::ReceivedEvent;
use samhold_store::{Standing, StoredAnswer};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::common::{CLIENT, Folder, HOLDERS, MUNICIPALITY, SECRET, http_recipient, wait_until};
use crate::ledger::Ledger;

/// A day as text.
pub fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// The municipality.
pub fn here() -> MunicipalityNo {
    MunicipalityNo::from(MUNICIPALITY)
}

/// A child whose services cooperate; nothing about it is protected.
#[derive(Clone)]
pub struct Child {
    number: String,
    birth: Date,
}

impl Child {
    /// Born on a day.
    pub fn born(birth: &str) -> Self {
        Self { number: synthetic_number(day(birth), 500), birth: day(birth) }
    }

    /// Its synthetic number.
    pub fn number(&self) -> &str {
        &self.number
    }

    /// A fact about it. The same words give the same id.
    pub fn fact(&self, at: &str, kind: &str, fields: &Value) -> Value {
        let name = format!("{}/{at}/{kind}/{fields}", self.number);
        let mut fact = json!({"id": Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()), "type": kind, "at": at,
            "child": {"national_id": self.number}, "municipality": MUNICIPALITY});
        fact.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        fact
    }

    /// Three services that must cooperate since January 2026; nobody is named.
    pub fn opening(&self) -> Vec<Value> {
        let kinds = ["skole_kommunal", "helsestasjon", "kommunal_helse"];
        let mut facts = vec![
            self.fact("2026-01-05", "birth_date", &json!({"date": self.birth.to_string()})),
            self.fact("2026-01-05", "address_protection", &json!({"value": "none"})),
        ];
        let services = HOLDERS.iter().zip(kinds);
        facts.extend(services.map(|(service, kind)| {
            self.fact("2026-01-06", "service_started", &json!({"service": service, "kind": kind}))
        }));
        facts.push(self.fact("2026-01-10", "cooperation_needed", &json!({"participants": HOLDERS})));
        facts
    }

    /// The three agree on one of them.
    pub fn agreed(&self, at: &str, service: &str) -> Value {
        self.fact(at, "holder_agreed", &json!({"service": service, "parties": HOLDERS}))
    }

    /// What was said is declared void.
    pub fn void(&self, at: &str, fact: &Value) -> Value {
        self.fact(at, "correction", &json!({"of": fact["id"], "void": true}))
    }
}

/// The running rooms.
pub struct House {
    pub engine: Arc<Engine>,
    pub folder: Folder,
}

impl House {
    /// Starts on the morning of a day.
    pub async fn start(folder: Folder, on: &str) -> Self {
        let engine = engine(&folder, day(on)).await;
        engine.start();
        Self { engine, folder }
    }

    /// Stops as for an update, and starts again on the same day.
    pub async fn restart(self) -> Self {
        let today = self.today();
        let folder = self.stop().await;
        Self::start(folder, &today.to_string()).await
    }

    /// Stops; the folder stays.
    pub async fn stop(self) -> Folder {
        assert!(self.engine.shut_down(Duration::from_secs(60)).await, "a room did not end");
        self.folder
    }

    /// What day it is.
    pub fn today(&self) -> Date {
        self.engine.clock.today()
    }

    /// The morning of a day has come.
    pub fn put_forward(&self, to: Date) {
        self.engine.clock.set(morning(to));
        self.engine.wake();
    }

    /// On a day these facts are recorded, and everything that follows is done.
    pub async fn record(&self, on: &str, facts: &[Value]) {
        self.put_forward(day(on));
        self.at_rest().await;
        assert_eq!(self.offer(facts).await, facts.len(), "a fact was there already");
        self.at_rest().await;
    }

    /// Sends facts, of which each must be taken; tells how many were new.
    pub async fn offer(&self, facts: &[Value]) -> usize {
        let live = self.engine.live();
        let inputs = facts.iter().enumerate().map(|(index, json)| FactInput { index, json: json.clone() }).collect();
        let taken = take_facts(&self.engine, live.system(CLIENT).unwrap(), inputs, None).await.unwrap();
        assert!(taken.rejected.is_empty(), "{:?}", taken.rejected);
        taken.accepted
    }

    /// Waits until nobody waits to be worked out or told, and no date that has come is left.
    pub async fn at_rest(&self) {
        wait_until("everything is at rest", async || {
            let store = &self.engine.store;
            for (child, number) in store.children(None, 1000).await.unwrap() {
                let Standing { marked, next_change } = store.standing(child, &number).await.unwrap();
                if marked || next_change.is_some_and(|next| next <= self.today()) {
                    return false;
                }
            }
            let backlog = store.backlog().await.unwrap();
            backlog.marked == 0 && backlog.recipients.iter().all(|(_, queued, ..)| *queued == 0)
        })
        .await;
    }

    /// The id of a child.
    pub async fn id(&self, child: &Child) -> ChildId {
        Ledger::of(&self.folder).await.child(&child.number).await.unwrap()
    }

    /// All versions of the answer.
    pub async fn answers(&self, child: &Child) -> Vec<StoredAnswer> {
        self.engine.store.answers_of(self.id(child).await, &here()).await.unwrap()
    }

    /// The next date on which time alone changes something.
    pub async fn next_change(&self, child: &Child) -> Option<Date> {
        self.engine.store.standing(self.id(child).await, &here()).await.unwrap().next_change
    }

    /// The work list with an alert.
    pub async fn work_list(&self, code: &str) -> Vec<Item> {
        let filter = Filter { code: Some(code.to_owned()), ..Filter::default() };
        work_list(self.engine.store.as_ref(), &self.engine.live().loaded, self.today(), &filter).await.unwrap()
    }

    /// Every answer made again from the facts.
    pub async fn rebuilt(&self) -> (Tally, Vec<Difference>) {
        let (store, live, mut found) = (self.engine.store.as_ref(), self.engine.live(), Vec::new());
        let rules = |number: &MunicipalityNo| live.duty_rules(number.as_str());
        let tally = check(store, &Scope::default(), self.today(), rules, |one| found.push(one)).await.unwrap();
        (tally, found)
    }

    /// Goes on to a day, stopping on each date that was said to be the next and on the day before it, on which nothing may
    /// happen; gives those dates.
    pub async fn go_on_to(&self, child: &Child, last: &str) -> Vec<Date> {
        let mut dates = Vec::new();
        while let Some(next) = self.next_change(child).await.filter(|next| *next <= day(last)) {
            let before = self.answers(child).await;
            if add_days(next, -1) > self.today() {
                self.put_forward(add_days(next, -1));
                assert_eq!(
                    self.engine.store.mark_due(self.today()).await.unwrap(),
                    0,
                    "nobody is looked at before {next}"
                );
                assert_eq!(self.answers(child).await, before);
            }
            self.put_forward(next);
            self.at_rest().await;
            dates.push(next);
        }
        self.put_forward(day(last));
        self.at_rest().await;
        dates
    }
}

/// Eight o'clock or so.
fn morning(of: Date) -> samhold_model::Instant {
    format!("{of}T07:00:00Z").parse().unwrap()
}

async fn engine(folder: &Folder, today: Date) -> Arc<Engine> {
    let live = connect::build(folder.path()).unwrap_or_else(|mistakes| panic!("{}", mistakes.render()));
    let store = connect::open_store(&live.loaded.settings.store).await.unwrap();
    Engine::new(store, Clock::starting_at(morning(today)), live)
}

/// A recipient that keeps what it is told.
pub async fn told(folder: &Folder, name: &str, kind: &str, services: &[&str]) -> Receiver {
    let receiver = Receiver::start(SECRET).await.unwrap();
    http_recipient(folder, name, kind, services, &receiver);
    receiver
}

/// What an event says, without which version it is.
pub fn content(event: &ReceivedEvent) -> Value {
    let mut data = event.data.clone();
    data.as_object_mut().unwrap().shift_remove("version");
    data
}
