//! The work list: standing alerts, most urgent first, with the dates the facts give them.
//!
//! Must never count from the day on which the program noticed something, and never hold a name or a number: children are
//! opaque ids.

mod eyes;
mod kinds;
mod renewals;
mod tasks;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use futures::{FutureExt, StreamExt, TryStreamExt};
use samhold_duty::{Alert, Answer};
use samhold_model::dates::{date_of, days_between};
use samhold_model::{ChildId, Date, MunicipalityNo};
use samhold_store::{Store, StoreError, StoredAlert};
use serde::Serialize;

pub use eyes::{Eyes, NotYours, seen_by};
pub use kinds::{Group, is_listed, listed_codes};
pub use tasks::{concerns, open_tasks};

use super::renewal;
use crate::config::Loaded;
use kinds::Kind;

/// How many answers are read at once.
const AT_ONCE: usize = 32;

/// What is asked for; nothing given is everything.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only these municipalities.
    pub municipalities: Option<Vec<String>>,
    /// Only this alert.
    pub code: Option<String>,
    /// Only this urgency, 1 to 5.
    pub urgency: Option<u8>,
}

impl Filter {
    fn takes(&self, alert: &StoredAlert, kind: &Kind) -> bool {
        let number = alert.municipality.as_str();
        self.municipalities.as_ref().is_none_or(|all| all.iter().any(|m| m == number))
            && self.code.as_ref().is_none_or(|code| code == kind.code)
            && self.urgency.is_none_or(|urgency| urgency == kind.urgency)
    }
}

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Item {
    /// The child, opaque.
    pub child: ChildId,
    /// The municipality.
    pub municipality: MunicipalityNo,
    /// Alert code.
    pub code: &'static str,
    /// The heading it stands under.
    pub group: Group,
    /// What it means, bokmål.
    pub text: Cow<'static, str>,
    /// 1 is most urgent.
    pub urgency: u8,
    /// First day of its cause, by the facts.
    pub since: Date,
    /// Days since then.
    pub days: i64,
    /// The day that is coming, or the last day of the municipality's own time limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
    /// Days until then; negative when it has passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_left: Option<i64>,
    /// How many recipients had been told otherwise, for something that became known late.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipients: Option<i64>,
}

impl Item {
    /// Urgency, then what is coming by the nearest day after what has stood the longest.
    fn rank(&self) -> impl Ord + use<> {
        let coming = matches!(
            self.code,
            renewal::CODE | "TRANSITION_UPCOMING" | "BK_AGE_LIMIT_SOON" | "SUBSTITUTE_EXPIRES_SOON" | "BK_ABSENT_SHORT"
        );
        let near = self.days_left.filter(|_| coming).unwrap_or(-self.days);
        (self.urgency, coming, near, self.child, self.code)
    }
}

/// A line with the services in the child's case, which decide who may see it.
#[derive(Clone, Debug)]
pub struct Line {
    /// What is shown.
    pub item: Item,
    kind: &'static Kind,
    /// Those who take part, the holder among them.
    services: BTreeSet<String>,
}

impl Line {
    /// Whether a service takes part in the child's case or holds.
    #[must_use]
    pub fn concerns(&self, service: &str) -> bool {
        self.services.contains(service)
    }
}

/// Everything that stands, in the order of the list.
///
/// # Errors
/// When the store fails.
pub async fn lines(store: &dyn Store, loaded: &Loaded, today: Date, filter: &Filter) -> Result<Vec<Line>, StoreError> {
    let mut wanted: Vec<(StoredAlert, &'static Kind)> = Vec::new();
    for alert in store.alerts(None).await? {
        if let Some(kind) = kinds::kind(&alert.code).filter(|kind| filter.takes(&alert, kind)) {
            wanted.push((alert, kind));
        }
    }
    let answers = answers(store, wanted.iter().map(|(alert, _)| case_of(alert)).collect()).await?;
    let line = |(alert, kind)| answers.get(&case_of(&alert)).map(|answer| line(alert, kind, answer, today));
    let mut lines: Vec<Line> = wanted.into_iter().filter_map(line).collect();
    for line in lines.iter_mut().filter(|line| line.item.code == renewal::CODE) {
        renewals::tell(store, loaded, today, &mut line.item).await?;
    }
    lines.sort_by_key(|line| line.item.rank());
    Ok(lines)
}

/// As [`lines`], without what decides who may see them.
///
/// # Errors
/// When the store fails.
pub async fn work_list(
    store: &dyn Store,
    loaded: &Loaded,
    today: Date,
    filter: &Filter,
) -> Result<Vec<Item>, StoreError> {
    Ok(lines(store, loaded, today, filter).await?.into_iter().map(|line| line.item).collect())
}

type Case = (ChildId, MunicipalityNo);

fn case_of(alert: &StoredAlert) -> Case {
    (alert.child, alert.municipality.clone())
}

/// The latest answer of each case, several read at once.
async fn answers(store: &dyn Store, cases: BTreeSet<Case>) -> Result<BTreeMap<Case, Answer>, StoreError> {
    let read = |case: Case| answer_of(store, case).boxed();
    let found = futures::stream::iter(cases.into_iter().map(read)).buffer_unordered(AT_ONCE);
    found.try_collect().await
}

async fn answer_of(store: &dyn Store, case: Case) -> Result<(Case, Answer), StoreError> {
    let stored = store.latest_answer(case.0, &case.1).await?;
    let answer = stored.and_then(|stored| serde_json::from_value(stored.answer).ok()).unwrap_or_default();
    Ok((case, answer))
}

fn line(alert: StoredAlert, kind: &'static Kind, answer: &Answer, today: Date) -> Line {
    let code: Option<Alert> = serde_json::from_value(kind.code.into()).ok();
    let dates = code.and_then(|code| answer.alert_dates.get(&code).copied());
    // An answer from before there were dates is worked out anew when the daemon starts.
    let since = dates.map_or_else(|| date_of(alert.opened_at), |dates| dates.since);
    let due = dates.and_then(|dates| dates.due);
    let item = Item {
        child: alert.child,
        municipality: alert.municipality,
        code: kind.code,
        group: kind.group,
        text: Cow::Borrowed(kind.text),
        urgency: kind.urgency,
        since,
        days: days_between(since, today),
        due,
        days_left: due.map(|due| days_between(today, due)),
        recipients: alert.recipients,
    };
    Line { item, kind, services: answer.participants.iter().cloned().collect() }
}

/// The lines from `offset` on, at most `limit`.
#[must_use]
pub fn page(lines: &[Line], offset: usize, limit: usize) -> Vec<&Item> {
    lines.iter().skip(offset).take(limit).map(|line| &line.item).collect()
}
