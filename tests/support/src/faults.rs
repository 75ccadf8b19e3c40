//! Faults on demand: every nth request fails, answers are late, cut or lost, lists are halved.
//!
//! Must never be random: which request fails follows from how many came before it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::locked;

/// A list that comes back with half of its entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HalfList {
    /// Whole lists.
    #[default]
    No,
    /// Half the entries, and a total that agrees with the half: the source has lost them and does not know it.
    Silent,
    /// Half the entries, but the total still tells how many there should be.
    TotalKept,
}

/// What goes wrong. Counts start at 1 when the plan is set; 0 means never.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FaultPlan {
    /// Only requests whose path contains this; empty is all.
    pub only_path: String,
    /// Every nth request is answered with `status` and never reaches the stand-in.
    pub fail_every: u64,
    /// Status of those answers.
    pub status: u16,
    /// `Retry-After` of those answers, verbatim (seconds, a date, or milliseconds as the population register sends).
    pub retry_after: Option<String>,
    /// Only the first so many are failed; 0 is no limit.
    pub fail_at_most: u64,
    /// Every answer waits this long.
    pub delay: Duration,
    /// Requests wait for as long as this plan holds, and are then answered by the next one.
    pub held: bool,
    /// Every nth answer holds the first half of its body and claims to be whole.
    pub truncate_every: u64,
    /// Every nth answer breaks off in the middle of its body.
    pub cut_every: u64,
    /// Every nth request takes effect, and the connection is dropped without an answer.
    pub drop_every: u64,
    /// Every connection is closed before a request takes effect, as when the system is down.
    pub down: bool,
    /// Lists come back half.
    pub half_list: HalfList,
}

impl FaultPlan {
    /// Every `nth` request is answered with `status`.
    #[must_use]
    pub fn failing(nth: u64, status: u16) -> Self {
        Self { fail_every: nth, status, ..Self::default() }
    }

    /// The system is down.
    #[must_use]
    pub fn down() -> Self {
        Self { down: true, ..Self::default() }
    }
}

/// What happens to one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Served,
    Answered { status: u16, retry_after: Option<String> },
    Truncated,
    Cut,
    LostAnswer,
    Refused,
}

#[derive(Default)]
struct State {
    plan: FaultPlan,
    seen: u64,
    failed: u64,
    injected: u64,
}

/// The switch of one stand-in; clones share it.
#[derive(Clone, Default)]
pub struct Faults(Arc<Mutex<State>>);

impl Faults {
    /// From now on `plan` holds, counting from the next request.
    pub fn set(&self, plan: FaultPlan) {
        let mut state = locked(&self.0);
        state.plan = plan;
        state.seen = 0;
        state.failed = 0;
    }

    /// Nothing goes wrong any more.
    pub fn clear(&self) {
        self.set(FaultPlan::default());
    }

    /// How many requests have been harmed since the start.
    #[must_use]
    pub fn injected(&self) -> u64 {
        locked(&self.0).injected
    }

    /// How lists come back now.
    #[must_use]
    pub fn half_list(&self) -> HalfList {
        locked(&self.0).plan.half_list
    }

    pub(crate) fn holds(&self, path: &str) -> bool {
        let state = locked(&self.0);
        state.plan.held && path.contains(&state.plan.only_path)
    }

    pub(crate) fn delay(&self) -> Duration {
        locked(&self.0).plan.delay
    }

    pub(crate) fn next(&self, path: &str) -> Fate {
        let mut state = locked(&self.0);
        if !path.contains(&state.plan.only_path) {
            return Fate::Served;
        }
        state.seen += 1;
        let fate = state.fate();
        if matches!(fate, Fate::Answered { .. }) {
            state.failed += 1;
        }
        if fate != Fate::Served {
            state.injected += 1;
        }
        fate
    }
}

impl State {
    fn fate(&self) -> Fate {
        let plan = &self.plan;
        let due = |every: u64| every > 0 && self.seen.is_multiple_of(every);
        let may_fail = plan.fail_at_most == 0 || self.failed < plan.fail_at_most;
        if plan.down {
            Fate::Refused
        } else if may_fail && due(plan.fail_every) {
            Fate::Answered { status: plan.status, retry_after: plan.retry_after.clone() }
        } else if due(plan.drop_every) {
            Fate::LostAnswer
        } else if due(plan.cut_every) {
            Fate::Cut
        } else if due(plan.truncate_every) {
            Fate::Truncated
        } else {
            Fate::Served
        }
    }
}

/// The part of a list that is shown, and the total that is claimed.
pub(crate) fn halved<T>(mut items: Vec<T>, how: HalfList) -> (Vec<T>, usize) {
    let whole = items.len();
    match how {
        HalfList::No => (items, whole),
        HalfList::Silent => {
            items.truncate(whole / 2);
            let left = items.len();
            (items, left)
        }
        HalfList::TotalKept => {
            items.truncate(whole / 2);
            (items, whole)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_third_request_fails_and_a_limit_ends_it() {
        let faults = Faults::default();
        faults.set(FaultPlan { fail_at_most: 1, ..FaultPlan::failing(3, 503) });
        let fates: Vec<bool> = (0..9).map(|_| faults.next("/x") == Fate::Served).collect();
        assert_eq!(fates, [true, true, false, true, true, true, true, true, true]);
        assert_eq!(faults.injected(), 1);
    }

    #[test]
    fn a_path_keeps_other_requests_whole() {
        let faults = Faults::default();
        faults.set(FaultPlan { only_path: "/users".into(), ..FaultPlan::failing(1, 500) });
        assert_eq!(faults.next("/token"), Fate::Served);
        assert_ne!(faults.next("/v1/users"), Fate::Served);
    }
}
