//! Who holds the duty for each child now, as the operator sees it.

use anyhow::Context;
use samhold_duty::answer::{Basis, DutyState, EndReason};
use samhold_duty::{Answer, HolderKind};
use samhold_model::{ChildId, Date, MunicipalityNo};
use samhold_standins::town::MUNICIPALITY;
use samhold_standins::{ChildStory, Town};
use serde::Serialize;
use serde_json::{Value, json};

use super::cast::Cast;
use super::daemon::Daemon;
use super::world::World;
use crate::sync::Dossier;

/// One child.
#[derive(Clone, Debug, Serialize)]
pub struct ChildRow {
    /// First name.
    pub child: &'static str,
    /// The cast's key.
    pub key: &'static str,
    /// What the child shows, bokmål.
    pub story: &'static str,
    /// Who holds, by name.
    pub holder: String,
    /// Kind of holder, as the vocabulary has it.
    pub holder_kind: HolderKind,
    /// The service or person as the facts have it; empty for the municipality and for nobody.
    pub holder_id: String,
    /// On which ground.
    pub ground: &'static str,
    /// Since when.
    pub since: Option<Date>,
    /// State of the duty.
    pub state: DutyState,
}

impl ChildRow {
    /// What differs from the story on day `n`, if anything.
    pub(super) fn differs(&self, town: &Town, n: u8) -> Option<String> {
        let found = json!([self.state, self.holder_kind, self.holder_id]);
        let wanted = town.expected(self.key, n).map(|e| json!([e.state, e.holder_kind, e.holder]));
        let wanted = wanted.unwrap_or(Value::Null);
        (found != wanted).then(|| format!("{} on day {n}: expected {wanted}, found {found}", self.child))
    }
}

/// All children of the cast.
pub(super) async fn all(world: &World, daemon: &Daemon, cast: &Cast) -> anyhow::Result<Vec<ChildRow>> {
    let mut rows = Vec::new();
    for child in world.town.children() {
        let id = cast.id(child.key).with_context(|| format!("{} has no id", child.first_name))?;
        rows.push(row(world, daemon, child, id).await?);
    }
    Ok(rows)
}

async fn row(world: &World, daemon: &Daemon, child: &ChildStory, id: ChildId) -> anyhow::Result<ChildRow> {
    let number = MunicipalityNo::new(MUNICIPALITY);
    let store = daemon.engine.store.as_ref();
    let stored = store.latest_answer(id, &number).await?;
    let answer: Answer = stored.map(|s| serde_json::from_value(s.answer)).transpose()?.unwrap_or_default();
    let (live, today) = (daemon.engine.live(), daemon.engine.clock.today());
    let dossier = Dossier::of_store(store, &live.loaded, (id, &number), today).await?;
    let duty = &answer.samordning;
    Ok(ChildRow {
        child: child.first_name,
        key: child.key,
        story: child.story,
        holder: holder(world, &dossier, &answer),
        holder_kind: duty.holder.kind,
        holder_id: duty.holder.reference.clone().unwrap_or_default(),
        ground: ground(&answer),
        since: duty.since,
        state: duty.state,
    })
}

fn holder(world: &World, dossier: &Dossier, answer: &Answer) -> String {
    let reference = answer.samordning.holder.reference.as_deref().unwrap_or_default();
    let person = || dossier.contact(reference).name.unwrap_or_else(|| reference.to_owned());
    match answer.samordning.holder.kind {
        HolderKind::None => "–".to_owned(),
        HolderKind::Barnekoordinator => format!("{}, barnekoordinator", person()),
        HolderKind::BarnekoordinatorSubstitute => format!("{}, stedfortreder", person()),
        HolderKind::Service => world.name_of(reference),
        HolderKind::Municipality => "Fjellvik kommune".to_owned(),
    }
}

fn ground(answer: &Answer) -> &'static str {
    let duty = &answer.samordning;
    match (duty.state, duty.end_reason, duty.basis) {
        (DutyState::Ended, Some(EndReason::MovedOut), _) => "moved to another municipality",
        (DutyState::Ended, ..) => "the duty has ended",
        (DutyState::Disputed, ..) => "services disagree; municipality must decide",
        (DutyState::Vacant, ..) => "barnekoordinator away, no substitute",
        (_, _, Some(Basis::Hol72a)) => "appointed, hol § 7-2 a",
        (_, _, Some(Basis::Decision)) => "decided by the municipality",
        (_, _, Some(Basis::Agreement)) => "the services agreed",
        (_, _, Some(Basis::Hol72)) => "named koordinator, hol § 7-2",
        (_, _, Some(Basis::ClearCase)) => "a single unopposed claim",
        (_, _, Some(Basis::Default)) => "nobody named: the municipality itself",
        (_, _, None) => "no duty registered",
    }
}
