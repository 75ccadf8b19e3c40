//! Plays the simulated days: the clock, the source systems, what is pushed and posted, and what goes wrong on purpose.

use std::collections::BTreeSet;

use samhold_model::dates::{oslo, start_of};
use samhold_model::{Date, Instant};
use samhold_standins::{DayEvents, FaultPlan, PushedDocument};
use serde_json::Value;

use super::broker::Broker;
use super::cast::Cast;
use super::daemon::Daemon;
use super::folder::Folder;
use super::holders::{self, ChildRow};
use super::office::Office;
use super::progress::Progress;
use super::quiet;
use super::report::DayRow;
use super::systems::{KINDERGARTENS, REFERRALS};
use super::world::World;

/// Answers 503 to every fifth event.
const TIRED: &str = "lia-skole";
/// Is down on day 2.
const DOWN: (&str, u8) = ("ergo-fysio", 2);
/// Always refuses what concerns one child, with this status.
pub(super) const REFUSES: (&str, &str, u16) = ("ppt", "live", 422);

/// Plays day after day.
pub(super) struct Player<'a> {
    world: &'a World,
    folder: &'a Folder,
    daemon: &'a Daemon,
    broker: Option<&'a Broker>,
    office: Office,
    progress: Progress,
    cursor: String,
    played: Played,
}

/// What was seen on the way.
pub(super) struct Played {
    pub(super) cast: Cast,
    pub(super) days: Vec<DayRow>,
    pub(super) children: Vec<ChildRow>,
    /// What the koordinerende enhet fetched.
    pub(super) feed: Vec<Value>,
    /// Where an answer was another than the story says.
    pub(super) differs: Vec<String>,
}

/// Eight o'clock in Norway on that date.
pub(super) fn morning(date: Date) -> Instant {
    date.at(8, 0, 0, 0).to_zoned(oslo()).map_or_else(|_| start_of(date), |zoned| zoned.timestamp())
}

impl<'a> Player<'a> {
    /// Meets the cast and sets the faults that last.
    pub(super) async fn new(
        world: &'a World,
        folder: &'a Folder,
        daemon: &'a Daemon,
        broker: Option<&'a Broker>,
    ) -> anyhow::Result<Self> {
        let cast = Cast::meet(&world.town, daemon).await?;
        let (recipient, child, status) = REFUSES;
        if let (Some(receiver), Some(id)) = (world.receiver(recipient), cast.id(child)) {
            receiver.refuse_subject_with(&id.to_string(), status);
        }
        if let Some(receiver) = world.receiver(TIRED) {
            receiver.server().faults().set(FaultPlan::failing(5, 503));
        }
        let played = Played { cast, days: vec![], children: vec![], feed: vec![], differs: vec![] };
        let office = Office::new(folder, daemon)?;
        let progress = Progress::start(u64::from(samhold_standins::town::LAST_DAY));
        Ok(Self { world, folder, daemon, broker, office, progress, cursor: String::new(), played })
    }

    /// Plays one day to its end.
    pub(super) async fn play(&mut self, n: u8) -> anyhow::Result<()> {
        let events = self.world.town.day(n);
        self.progress.day(n, &events.date.to_string());
        let away = self.faults_of(n);
        self.world.set_day(n);
        self.daemon.engine.clock.set(morning(events.date));
        // What the systems have comes first, as it would have been there before.
        quiet::settle(self.daemon, &away).await?;
        self.office.post_facts(&events.facts).await?;
        for document in &events.documents {
            self.bring(document).await?;
        }
        if let Some(broker) = self.broker {
            broker.until_read(self.daemon).await?;
        }
        quiet::settle(self.daemon, &away).await?;
        self.played.feed.extend(self.office.fetch(&mut self.cursor).await?);
        self.look(n, events).await
    }

    /// The faults of the day; gives who is away.
    fn faults_of(&self, n: u8) -> BTreeSet<&'static str> {
        let (name, day) = DOWN;
        let Some(receiver) = self.world.receiver(name) else { return BTreeSet::new() };
        if n == day {
            receiver.server().faults().set(FaultPlan::down());
            return BTreeSet::from([name]);
        }
        if n == day + 1 {
            receiver.server().faults().clear();
        }
        BTreeSet::new()
    }

    async fn bring(&self, document: &PushedDocument) -> anyhow::Result<()> {
        match (document.system, self.broker) {
            ("kindergarten", _) => self.office.push(KINDERGARTENS, document).await,
            ("barnevern-bufdir", _) => self.office.push(REFERRALS, document).await,
            (_, Some(broker)) => broker.publish(document).await,
            (_, None) => drop_file(self.folder, document),
        }
    }

    async fn look(&mut self, n: u8, events: DayEvents) -> anyhow::Result<()> {
        let rows = holders::all(self.world, self.daemon, &self.played.cast).await?;
        self.played.differs.extend(rows.iter().filter_map(|row| row.differs(&self.world.town, n)));
        self.played.children = rows;
        let faults = told(self.world, n);
        self.played.days.push(DayRow { day: n, date: events.date, news: events.news, faults });
        Ok(())
    }

    /// What was seen.
    pub(super) fn finish(self) -> Played {
        self.progress.end();
        self.played
    }
}

/// The faults that begin on day `n`, for people.
fn told(world: &World, n: u8) -> Vec<String> {
    let (refuses, child, status) = REFUSES;
    let mut faults = Vec::new();
    if n == 1 {
        let named = world.town.child(child).map_or(child, |c| c.first_name);
        faults.push(format!("{} svarer 503 på hver femte melding.", world.name_of(TIRED)));
        faults.push(format!("{} tar ikke imot noe om {named} (svarer {status}).", world.name_of(refuses)));
    }
    if n == DOWN.1 {
        faults.push(format!("{} er nede i dag.", world.name_of(DOWN.0)));
    }
    faults
}

/// Under a temporary name first, as a careful sender does.
fn drop_file(folder: &Folder, document: &PushedDocument) -> anyhow::Result<()> {
    let whole = folder.drop_folder().join(&document.file_name);
    let part = whole.with_extension("part");
    std::fs::write(&part, &document.body)?;
    Ok(std::fs::rename(part, whole)?)
}
