//! What all tasks share: the store, the clock, the live settings, and the signals between rooms.
//!
//! The live part is swapped whole on reload; a task reads it once a round and never keeps it longer.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use arc_swap::ArcSwap;
use futures::FutureExt;
use samhold_adapter_api::{Recipient, Reread, Source};
use samhold_mapping::Mapping;
use samhold_model::Realm;
use samhold_store::Store;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::confirm::Confirmations;
use super::rules::KeptRules;
use crate::clock::Clock;
use crate::config::{Loaded, MunicipalitySettings, SystemSettings};

/// Woken rooms.
#[derive(Default)]
pub struct Signals {
    /// Records wait in the inbox.
    pub inbox: Notify,
    /// Children are marked.
    pub marked: Notify,
    /// Deliveries are due.
    pub outbox: Notify,
    /// Sources look now rather than at their next interval.
    pub sources: Notify,
    /// The clock was put forward.
    pub clock: Notify,
}

/// What the settings became: compiled mappings, built adapters.
pub struct Live {
    /// The settings themselves.
    pub loaded: Loaded,
    /// Inbound mappings by system name.
    pub inbound: HashMap<String, Arc<Mapping>>,
    /// Inbound mappings for records whose key begins so, by system name.
    pub inbound_by_key: HashMap<String, Vec<(String, Arc<Mapping>)>>,
    /// Outbound mappings by system name.
    pub outbound: HashMap<String, Arc<super::shape::OutboundMapping>>,
    /// Outbound mappings of handovers, by the name of the system that may get them.
    pub handover: HashMap<String, Arc<super::shape::OutboundMapping>>,
    /// Sources by system name.
    pub sources: Vec<(String, Source)>,
    /// Sources that are consent registers, by system name: asked once more before something sensitive is sent.
    pub registers: HashMap<String, Arc<dyn Reread>>,
    /// The rules in the form in which they are kept with answers.
    pub kept_rules: KeptRules,
    /// Recipients that are pushed to, by system name.
    pub recipients: HashMap<String, Arc<dyn Recipient>>,
}

impl Live {
    /// Which identity numbers are accepted.
    #[must_use]
    pub fn realm(&self) -> Realm {
        self.loaded.settings.realm
    }

    /// The mapping of a system's record: the one for the longest beginning of its key, else the system's own.
    #[must_use]
    pub fn mapping_of(&self, system: &str, key: &str) -> Option<&Arc<Mapping>> {
        let fitting = self.inbound_by_key.get(system).into_iter().flatten().filter(|(begin, _)| key.starts_with(begin));
        fitting.max_by_key(|(begin, _)| begin.len()).map(|(_, m)| m).or_else(|| self.inbound.get(system))
    }

    /// A connected system.
    #[must_use]
    pub fn system(&self, name: &str) -> Option<&SystemSettings> {
        self.loaded.systems.get(name)
    }

    /// A municipality's settings.
    #[must_use]
    pub fn municipality(&self, number: &str) -> Option<&MunicipalitySettings> {
        self.loaded.settings.municipality.get(number)
    }

    /// The rules of the duty as this municipality has set them.
    #[must_use]
    pub fn duty_rules(&self, number: &str) -> samhold_duty::Rules {
        self.loaded.duty_rules(number)
    }

    /// The rules of disclosure as this municipality has set them, and the policies.
    #[must_use]
    pub fn share_rules(&self, number: &str) -> samhold_disclosure::Narrowed {
        self.loaded.share_rules(number)
    }

    /// Systems that receive about children of a municipality.
    pub fn recipients_of<'a>(&'a self, number: &'a str) -> impl Iterator<Item = &'a SystemSettings> {
        self.loaded
            .systems
            .values()
            .filter(move |s| s.recipient.is_some() && s.municipalities.iter().any(|m| m == number))
    }
}

/// What all tasks share.
pub struct Engine {
    /// The durable memory.
    pub store: Arc<dyn Store>,
    /// The clock.
    pub clock: Clock,
    /// The live settings.
    live: ArcSwap<Live>,
    /// Signals between rooms.
    pub signals: Signals,
    /// Cancelled when the program stops.
    pub stop: CancellationToken,
    /// Cancelled and renewed at each reload: source and recipient tasks restart with the new settings.
    generation: ArcSwap<CancellationToken>,
    /// Held by the task of a source or recipient while it runs, so that its successor after a reload waits for it.
    lanes: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
    /// What consent registers have confirmed.
    pub(super) confirmations: Arc<Confirmations>,
    /// Whether the audit has been told of what was under way when the program last stopped.
    interrupted: tokio::sync::OnceCell<()>,
    /// Tasks to wait for when stopping.
    pub tasks: TaskTracker,
    me: Weak<Self>,
}

impl Engine {
    /// Puts the shared parts together. Nothing runs yet.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, clock: Clock, live: Live) -> Arc<Self> {
        let stop = CancellationToken::new();
        Arc::new_cyclic(|me| Self {
            store,
            clock,
            live: ArcSwap::from_pointee(live),
            signals: Signals::default(),
            generation: ArcSwap::from_pointee(stop.child_token()),
            stop,
            lanes: Mutex::default(),
            confirmations: Arc::default(),
            me: me.clone(),
            interrupted: tokio::sync::OnceCell::new(),
            tasks: TaskTracker::new(),
        })
    }

    /// The live settings, for one round of work.
    #[must_use]
    pub fn live(&self) -> Arc<Live> {
        self.live.load_full()
    }

    /// For work that goes on after its caller has left; nothing when the program ends.
    pub(super) fn handle(&self) -> Option<Arc<Self>> {
        self.me.upgrade()
    }

    /// Wakes every room now: sources look, what falls due is found, deliveries that wait are looked at. For a clock that
    /// was put forward, which no timer notices.
    pub fn wake(&self) {
        self.signals.clock.notify_one();
        self.signals.sources.notify_waiters();
        self.signals.outbox.notify_waiters();
    }

    /// What was under way when the program last stopped may have arrived: the audit is told once, before anything new is sent,
    /// for afterwards nobody could tell the old from the new. Whoever comes while it is told waits. True when the program stops
    /// meanwhile.
    pub(super) async fn tell_interrupted(&self) -> bool {
        let told = self.interrupted.get_or_try_init(|| async {
            while let Err(e) = self.store.interrupted(self.clock.now()).await {
                tracing::error!(error = %e, "deliveries that were under way could not be noted at the start; tried again");
                tokio::select! {
                    () = self.stop.cancelled() => return Err(()),
                    () = tokio::time::sleep(Duration::from_secs(2)) => {}
                }
            }
            Ok(())
        });
        told.await.is_err()
    }

    /// Starts all tasks.
    pub fn start(self: &Arc<Self>) {
        let engine = Arc::clone(self);
        self.spawn("ingest", move || super::ingest::run(Arc::clone(&engine)));
        let engine = Arc::clone(self);
        self.spawn("workout", move || super::workout::run(Arc::clone(&engine)));
        let engine = Arc::clone(self);
        self.spawn("tick", move || super::tick::run(Arc::clone(&engine)));
        self.start_generation();
    }

    /// Swaps the live settings whole and restarts sources and recipients with them.
    pub fn replace(self: &Arc<Self>, live: Live) {
        self.live.store(Arc::new(live));
        self.generation.load().cancel();
        self.generation.store(Arc::new(self.stop.child_token()));
        self.start_generation();
    }

    fn start_generation(self: &Arc<Self>) {
        let token = CancellationToken::clone(&self.generation.load());
        let live = self.live();
        for (name, source) in live.sources.clone() {
            let (engine, token) = (Arc::clone(self), token.clone());
            self.spawn(&name.clone(), move || {
                super::sources::run(Arc::clone(&engine), name.clone(), source.clone(), token.clone())
            });
        }
        for system in live.loaded.systems.values().filter(|s| s.recipient.is_some()) {
            let (engine, name, token) = (Arc::clone(self), system.name.clone(), token.clone());
            self.spawn(&system.name, move || super::deliver::run(Arc::clone(&engine), name.clone(), token.clone()));
        }
    }

    /// Runs a task to its end. One that breaks is told and started again: no room may stand empty unnoticed.
    fn spawn<W>(&self, name: &str, work: impl Fn() -> W + Send + 'static)
    where
        W: Future<Output = ()> + Send + 'static,
    {
        let (name, stop) = (name.to_owned(), self.stop.clone());
        self.tasks.spawn(async move {
            while AssertUnwindSafe(work()).catch_unwind().await.is_err() {
                tracing::error!(task = %name, "the task `{name}` broke and is started again; report this");
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(Duration::from_secs(5)) => {}
                }
            }
        });
    }

    /// The lane of a source or recipient; one task at a time holds it.
    pub(super) fn lane(&self, name: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(lanes.entry(name.to_owned()).or_default())
    }

    /// Asks every task to finish what it holds or hand it back, and waits at most `patience`.
    /// Returns whether all ended in time.
    pub async fn shut_down(&self, patience: Duration) -> bool {
        self.stop.cancel();
        self.tasks.close();
        tokio::time::timeout(patience, self.tasks.wait()).await.is_ok()
    }

    /// Signs the audit log once more, for what was written while the others ended.
    pub async fn seal(&self) {
        super::seal::Seal::default().now(self).await;
    }
}
