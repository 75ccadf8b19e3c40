//! What must hold however the days go, checked at the end against what was really seen on the wire.

use samhold_duty::HolderKind;
use samhold_duty::answer::DutyState;
use samhold_model::national_id::looks_like_number;
use serde::Serialize;

use super::broker::Message;
use super::daemon::Daemon;
use super::days::{Played, REFUSES};
use super::tables::{DeliveryRow, InboundRow};
use super::world::World;

/// One invariant.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    /// What must hold.
    pub name: &'static str,
    /// Whether it does.
    pub holds: bool,
    /// What was found.
    pub found: String,
}

fn check(name: &'static str, holds: bool, found: impl Into<String>) -> Check {
    Check { name, holds, found: found.into() }
}

/// All of them.
pub(super) async fn all(
    world: &World,
    daemon: &Daemon,
    played: &Played,
    queued: &[Message],
    (sources, deliveries): (&[InboundRow], &[DeliveryRow]),
) -> anyhow::Result<Vec<Check>> {
    let chain = daemon.engine.store.verify_audit(&[], daemon.engine.clock.now()).await?;
    let audit = format!("{} entries, {} signed checkpoints", chain.entries, chain.checkpoints);
    let audit_holds = chain.broken.is_none() && chain.entries > 0 && chain.checkpoints > 0;
    Ok(vec![
        nobody_without_holder(played),
        no_number_in_a_head(world, queued),
        no_protected_address(world, played, queued),
        effects(world),
        queues(deliveries),
        readings(sources),
        refusals(deliveries),
        check("the audit chain is whole", audit_holds, chain.broken.unwrap_or(audit)),
    ])
}

fn nobody_without_holder(played: &Played) -> Check {
    let without: Vec<&str> = played
        .children
        .iter()
        .filter(|c| c.state != DutyState::Ended && c.holder_kind == HolderKind::None)
        .map(|c| c.child)
        .collect();
    let found = format!("{} children, {} without: {}", played.children.len(), without.len(), without.join(", "));
    check("no child is without a holder", without.is_empty(), found.trim_end_matches(": ").to_owned())
}

/// Request lines, headers, keys and properties of everything that left, to sources too.
fn no_number_in_a_head(world: &World, queued: &[Message]) -> Check {
    let heads: Vec<String> = world
        .servers()
        .flat_map(|s| s.captured().all())
        .map(|request| String::from_utf8_lossy(&request.head_bytes()).into_owned())
        .chain(queued.iter().map(|m| m.head.clone()))
        .collect();
    let numbers = world.town.numbers();
    // A word of eleven digits; a longer word, such as a signature, may hold such a run by chance.
    let number_like = |word: &str| word.len() == 11 && looks_like_number(word);
    let holds_one = |head: &&String| {
        let words = || head.split(|c: char| !c.is_ascii_alphanumeric());
        numbers.iter().any(|n| head.contains(n.as_str())) || words().any(number_like)
    };
    let leaks = heads.iter().filter(holds_one).count();
    let found = format!("{} requests and messages looked through, {leaks} with one", heads.len());
    check("no identity number in a URL, header or key", leaks == 0, found)
}

/// Every byte that reached a recipient.
fn no_protected_address(world: &World, played: &Played, queued: &[Message]) -> Check {
    let hospital = world.hospital.server().captured_bytes();
    let mut seen: Vec<String> = vec![String::from_utf8_lossy(&hospital).into_owned()];
    seen.extend(world.places.iter().map(|p| String::from_utf8_lossy(&p.receiver.captured_bytes()).into_owned()));
    seen.extend(queued.iter().map(|m| m.data.to_string()));
    seen.extend(played.feed.iter().map(ToString::to_string));
    let secret = world.town.protected_addresses();
    let leaks = seen.iter().filter(|text| secret.iter().any(|street| text.contains(street.as_str()))).count();
    check(
        "no protected address reached a recipient",
        leaks == 0,
        format!("{} searched for, {leaks} found", secret.len()),
    )
}

fn effects(world: &World) -> Check {
    let mut twice = 0;
    let mut wrong = 0;
    for place in &world.places {
        let counts = place.receiver.counts();
        twice += counts.conflicts + counts.out_of_order;
        wrong += counts.bad_signatures + counts.malformed;
    }
    let found = format!("{twice} doubled or out of order, {wrong} without a valid signature or form");
    check("every event took effect once, in order and signed", twice + wrong == 0, found)
}

fn queues(deliveries: &[DeliveryRow]) -> Check {
    let waiting: i64 = deliveries.iter().map(|d| d.waiting).sum();
    check("nothing waits in a queue", waiting == 0, format!("{waiting} waiting"))
}

/// Every source told something, and all of it could be read.
fn readings(sources: &[InboundRow]) -> Check {
    let silent = sources.iter().filter(|s| s.units == 0).count();
    let dead: u64 = sources.iter().flat_map(|s| &s.dead).map(|d| d.count).sum();
    let found = format!("{} sources, {silent} silent, {dead} records that could not be read", sources.len());
    check("every source was read, and all of it", silent == 0 && dead == 0, found)
}

/// What was refused on purpose became a dead letter, and nothing else did.
fn refusals(deliveries: &[DeliveryRow]) -> Check {
    let (recipient, _, status) = REFUSES;
    let dead = || deliveries.iter().flat_map(|d| d.dead.iter().map(move |l| (d.id, l)));
    let meant =
        |(id, letter): &(&str, &super::tables::DeadRow)| *id == recipient && letter.code == format!("http_{status}");
    let (as_meant, others) = (dead().filter(meant).count(), dead().filter(|l| !meant(l)).count());
    let found = format!("{as_meant} refused by the receiver, {others} for any other reason");
    check("only what a receiver refused is a dead letter", as_meant > 0 && others == 0, found)
}
