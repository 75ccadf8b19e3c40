//! Remembering who has had no answer, to ask a person when it lasts.
//!
//! Must never tell a number: only how many.

use std::collections::{HashMap, HashSet};

use samhold_model::NationalId;

/// After this many polls in a row a person is asked.
const PATIENCE: u32 = 3;

/// What has gone wrong in a row. Forgotten at a restart, which only makes the asking later.
#[derive(Default)]
pub(crate) struct Trouble {
    failed_polls: u32,
    missing: HashMap<NationalId, u32>,
}

impl Trouble {
    /// A poll failed. True when a person should be asked.
    pub(crate) fn failed(&mut self) -> bool {
        self.failed_polls = self.failed_polls.saturating_add(1);
        self.failed_polls == PATIENCE
    }

    /// A poll went well, but for these. How many have just been missing long enough for a person to be asked.
    pub(crate) fn went_well(&mut self, missing: &HashSet<NationalId>) -> usize {
        self.failed_polls = 0;
        self.missing.retain(|id, _| missing.contains(id));
        let mut lasting = 0;
        for id in missing {
            let times = self.missing.entry(id.clone()).or_default();
            *times = times.saturating_add(1);
            lasting += usize::from(*times == PATIENCE);
        }
        lasting
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use samhold_model::Realm;

    #[test]
    fn a_person_is_asked_at_the_third_time_in_a_row_and_once() {
        let missing = HashSet::from([NationalId::parse("14821970351", Realm::Test).unwrap()]);
        let mut trouble = Trouble::default();
        let told: Vec<usize> = (0..5).map(|_| trouble.went_well(&missing)).collect();
        assert_eq!(told, [0, 0, 1, 0, 0]);
        trouble.went_well(&HashSet::new());
        assert_eq!(trouble.went_well(&missing), 0, "an answer in between starts the count anew");
        let failed: Vec<bool> = (0..5).map(|_| trouble.failed()).collect();
        assert_eq!(failed, [false, false, true, false, false]);
    }
}
