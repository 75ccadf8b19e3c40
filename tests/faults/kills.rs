//! The process ends in the middle of its work: killed as by a power cut, or asked to stop under load.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use samhold_standins::{FaultPlan, Receiver};
use serde_json::Value;
use tokio::task::JoinHandle;

use crate::common::{Child, Client, Daemon, Folder, SECRET, children, http_recipient, wait_until};
use crate::effects::{assert_all_in_ledger, assert_no_doubled_effect, until_all_told};

const CHILDREN: usize = 30;

/// Posts child after child, round after round, each fact until it is acknowledged.
struct Poster {
    acknowledged: Arc<Mutex<Vec<Value>>>,
    /// The round in which it ends; no end until one is set.
    last_round: Arc<AtomicUsize>,
    round: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Poster {
    fn start(client: Client, all: Vec<Child>) -> Self {
        let acknowledged = Arc::new(Mutex::new(Vec::new()));
        let (last_round, round) = (Arc::new(AtomicUsize::new(97)), Arc::new(AtomicUsize::new(0)));
        let (taken, until, at) = (Arc::clone(&acknowledged), Arc::clone(&last_round), Arc::clone(&round));
        let task = tokio::spawn(async move {
            while at.load(Ordering::SeqCst) <= until.load(Ordering::SeqCst) {
                for child in &all {
                    let round = at.load(Ordering::SeqCst);
                    let mut facts = if round == 0 { child.opening() } else { Vec::new() };
                    facts.push(child.agreement(round));
                    until_acknowledged(&client, &facts).await;
                    taken.lock().unwrap().extend(facts);
                    // So that a fast machine does not run out of rounds before the last kill.
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                at.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { acknowledged, last_round, round, task }
    }

    fn acknowledged(&self) -> usize {
        self.acknowledged.lock().unwrap().len()
    }

    /// Ends after the round it is in; gives everything acknowledged and the last round.
    async fn finish(self) -> (Vec<Value>, usize) {
        self.last_round.fetch_min(self.round.load(Ordering::SeqCst), Ordering::SeqCst);
        self.task.await.unwrap();
        let facts = self.acknowledged.lock().unwrap().clone();
        (facts, self.round.load(Ordering::SeqCst) - 1)
    }
}

/// No answer, or 503, means that nothing is known to be taken: the same again.
pub async fn until_acknowledged(client: &Client, facts: &[Value]) {
    loop {
        match client.post_facts(facts).await {
            Ok(answer) if answer.status == 200 => {
                let taken = answer.count("accepted") + answer.count("duplicates");
                assert_eq!(taken, facts.len() as u64, "{}", answer.text);
                return;
            }
            Ok(answer) => assert_eq!(answer.status, 503, "{}", answer.text),
            Err(_) => {}
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The same points every time, spread as a xorshift spreads them.
fn pauses(count: usize) -> impl Iterator<Item = Duration> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    (0..count).map(move |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        Duration::from_millis(state % 400)
    })
}

async fn house(folder: Folder) -> (Daemon, Receiver) {
    let receiver = Receiver::start(SECRET).await.unwrap();
    // So that some deliveries are under way at any moment.
    receiver.server().faults().set(FaultPlan { delay: Duration::from_millis(15), ..FaultPlan::default() });
    http_recipient(&folder, "ke", "koordinerende_enhet", &["ke"], &receiver);
    (Daemon::start(folder).await, receiver)
}

/// Kills under posting, then in the drain: there each kill follows the last news of some children, which nothing later
/// could bring instead.
async fn survives_kills(folder: Folder, kills: usize) {
    let (mut daemon, receiver) = house(folder).await;
    let all = children(CHILDREN);
    let poster = Poster::start(daemon.client(), all.clone());
    let in_drain = kills / 2;
    for pause in pauses(kills - in_drain) {
        let before = poster.acknowledged();
        wait_until("some facts are acknowledged", async || poster.acknowledged() > before).await;
        tokio::time::sleep(pause).await;
        daemon.kill9();
        daemon.restart().await;
    }
    let (mut facts, last_round) = poster.finish().await;
    receiver.server().faults().set(FaultPlan { delay: Duration::from_millis(100), ..FaultPlan::default() });
    for (part, pause) in all.chunks(CHILDREN.div_ceil(in_drain)).zip(pauses(in_drain)) {
        let last: Vec<Value> = part.iter().map(|child| child.agreement(last_round + 1)).collect();
        until_acknowledged(&daemon.client(), &last).await;
        facts.extend(last);
        tokio::time::sleep(pause / 4).await;
        daemon.kill9();
        daemon.restart().await;
    }
    conclude(&daemon, &receiver, &facts, last_round + 1).await;
}

async fn conclude(daemon: &Daemon, receiver: &Receiver, facts: &[Value], last_round: usize) {
    until_all_told(receiver, CHILDREN, last_round).await;
    assert_all_in_ledger(&daemon.client(), facts).await;
    assert_eq!(daemon.folder.status()["backlog"]["facts"].as_u64(), Some(facts.len() as u64));
    assert_no_doubled_effect(receiver);
    assert!(daemon.folder.dead_letters().is_empty());
    let audit = daemon.folder.cli(&["audit", "verify"]);
    assert!(audit.status.success(), "{}", String::from_utf8_lossy(&audit.stdout));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_though_the_process_is_killed_twenty_times() {
    survives_kills(Folder::sqlite(), 20).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_on_postgresql_though_the_process_is_killed_six_times() {
    if let Some(folder) = Folder::postgres().await {
        survives_kills(folder, 6).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_asked_to_stop_under_load_finishes_what_it_holds() {
    let (mut daemon, receiver) = house(Folder::sqlite()).await;
    let poster = Poster::start(daemon.client(), children(CHILDREN));
    for pause in pauses(4) {
        let before = poster.acknowledged();
        wait_until("some facts are acknowledged", async || poster.acknowledged() > before).await;
        tokio::time::sleep(pause).await;
        daemon.terminate().await;
        assert!(daemon.log().contains("\"clean\":true"), "not everything ended in time");
        assert!(!daemon.log().contains("\"clean\":false"), "not everything ended in time");
        daemon.restart().await;
    }
    // A stop that is not a kill leaves nothing half done: what was sent was also noted.
    assert_eq!(receiver.counts().duplicates, 0);
    let (facts, last_round) = poster.finish().await;
    conclude(&daemon, &receiver, &facts, last_round).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_reloaded_again_and_again_under_load_neither_lose_nor_double_anything() {
    let (daemon, receiver) = house(Folder::sqlite()).await;
    let poster = Poster::start(daemon.client(), children(CHILDREN));
    for (earlier, pause) in pauses(10).enumerate() {
        let before = poster.acknowledged();
        wait_until("some facts are acknowledged", async || poster.acknowledged() > before).await;
        tokio::time::sleep(pause).await;
        daemon.reload();
        let told = || daemon.log().matches("settings and mappings reloaded").count();
        wait_until("the settings are reloaded", async || told() == earlier + 1).await;
    }
    let (facts, last_round) = poster.finish().await;
    conclude(&daemon, &receiver, &facts, last_round).await;
}
