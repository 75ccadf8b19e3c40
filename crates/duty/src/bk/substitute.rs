//! Who acts while the barnekoordinator is away.

use std::collections::BTreeSet;

use samhold_model::Date;

use crate::answer::HolderKind;
use crate::case::Case;
use crate::known::Mark;
use crate::people::Presence;

/// Someone who stands in for another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Substitute<'w> {
    pub mark: Mark,
    pub for_person: &'w str,
    pub person: &'w str,
    pub until: Option<Date>,
}

/// Who acts in the role.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Acting<'w> {
    /// The appointed person, available or away for a short time.
    Principal,
    /// A substitute.
    Substitute(Substitute<'w>),
}

impl<'w> Case<'w> {
    pub(crate) fn take_substitute(&mut self, substitute: Substitute<'w>, by: &str) {
        if self.may_appoint(by) {
            self.bk.unauthorised_substitute = None;
            self.bk.substitutes.push(substitute);
        } else {
            self.bk.unauthorised_substitute = Some(substitute.mark);
        }
    }

    pub(crate) fn presence(&self, person: &str, day: Date) -> Presence {
        self.people.presence(person, day, self.world.rules.config.long_absence_days)
    }

    /// Who acts for `person` on `day`; nobody when the role is vacant.
    pub(crate) fn acting_for(&self, person: &'w str, day: Date) -> Option<Acting<'w>> {
        match self.presence(person, day) {
            Presence::Present => Some(Acting::Principal),
            Presence::Absent { long: false, .. } => {
                Some(self.substitute_for(person, day).map_or(Acting::Principal, Acting::Substitute))
            }
            _ => self.substitute_for(person, day).map(Acting::Substitute),
        }
    }

    /// The substitute named last who is there on `day`; one who is away may have a substitute too.
    fn substitute_for(&self, person: &'w str, day: Date) -> Option<Substitute<'w>> {
        let mut seen = BTreeSet::from([person]);
        let mut open = vec![person];
        while let Some(away) = open.pop() {
            let in_turn = self.bk.substitutes.iter().rev();
            for substitute in in_turn.filter(|s| s.for_person == away && s.until.is_none_or(|until| day < until)) {
                if !seen.insert(substitute.person) {
                    continue;
                }
                if self.presence(substitute.person, day) == Presence::Present {
                    return Some(*substitute);
                }
                open.push(substitute.person);
            }
        }
        None
    }

    /// First day of a vacancy that shows on `day`: of the whole absence, also where its first part looked short
    /// (4.1 Absence: what touches is one), but not before the role was filled or while a substitute acted.
    pub(crate) fn first_vacant_day(&self, person: &str, day: Date) -> Date {
        let filled = self.bk.valid().and_then(|a| a.start.as_ref()).map(|start| start.mark.at);
        let substituted = self.last_holder.is_some_and(|n| n.kind == HolderKind::BarnekoordinatorSubstitute);
        match self.presence(person, day) {
            Presence::Absent { from, .. } if !substituted => filled.map_or(from, |filled| filled.max(from)),
            _ => day,
        }
    }
}
