//! Wishes of the parents and the youth's own view.

use std::collections::BTreeMap;

use samhold_model::Date;
use samhold_model::fact::{Wish, YouthView};

use super::appointment::Cause;
use crate::answer::BkState;
use crate::asked::{Answers, Joint, weigh};
use crate::case::Case;
use crate::known::Mark;

impl<'w> Case<'w> {
    pub(crate) fn take_wish(&mut self, mark: Mark, by: &'w str, wish: Wish) {
        let before = self.bk.wishes.insert(by, (wish, mark)).map(|(wish, _)| wish);
        if wish != Wish::Yes {
            self.end_by_wish(mark, by, before == Some(Wish::Yes));
        }
    }

    /// After a valid start only those asked then can end it: all of them, or one where the municipality has set so.
    fn end_by_wish(&mut self, mark: Mark, by: &str, withdraws: bool) {
        let single = withdraws && self.world.rules.config.single_withdrawal_ends_bk;
        let wishes = self.yes_or_no();
        self.end_appointments(mark, Cause::WishesWithdrawn, |a| {
            a.start.as_ref().is_some_and(|start| {
                let nobody_left = start.asked.iter().all(|p| wishes.get(p) != Some(&true));
                start.asked.contains(&by) && (single || nobody_left)
            })
        });
    }

    /// An objection counts from 16 on the day it is given.
    pub(crate) fn take_youth_view(&mut self, mark: Mark, view: YouthView) {
        if !self.is_16(mark.at) {
            return;
        }
        self.bk.youth = Some((view, mark));
        if self.is_blocked_by_youth() {
            self.end_appointments(mark, Cause::YouthObjects, |a| a.start.is_some());
        }
    }

    pub(crate) fn youth_objects(&self) -> bool {
        self.bk.youth.is_some_and(|(view, _)| view == YouthView::Objects)
    }

    pub(crate) fn is_blocked_by_youth(&self) -> bool {
        self.world.rules.config.youth_objection_blocks_bk && self.youth_objects()
    }

    /// Those whose wish is required now.
    pub(crate) fn asked_now(&self) -> Vec<&'w str> {
        self.responsible(self.bk.wishes.keys().copied())
    }

    /// [`Self::guardians_differ`], for as long as there is a role to wish for.
    pub(crate) fn guardians_disagree(&self, day: Date) -> bool {
        let over = self.is_adult(day) || (self.bk_state(day) == BkState::Ended && !self.ended_by_wishes());
        !over && self.guardians_differ()
    }

    fn yes_or_no(&self) -> BTreeMap<&'w str, bool> {
        self.bk.wishes.iter().map(|(person, (wish, _))| (*person, *wish == Wish::Yes)).collect()
    }

    /// What the required wishes amount to now.
    pub(crate) fn wish_answers(&self) -> Answers {
        let joint = if self.world.rules.config.require_all_guardians { Joint::All } else { Joint::One };
        weigh(&self.asked_now(), &self.yes_or_no(), joint)
    }

    /// The role ended because those asked withdrew.
    pub(crate) fn ended_by_wishes(&self) -> bool {
        self.bk.ended.as_ref().is_some_and(|end| end.cause == Cause::WishesWithdrawn)
    }

    /// Some say yes and some no, of those who matter: asked at the start, asked now, or asked when the role they
    /// have ended began.
    pub(crate) fn guardians_differ(&self) -> bool {
        let mut asked: Vec<&str> = match (self.bk.valid().and_then(|a| a.start.as_ref()), &self.bk.ended) {
            (Some(start), _) => start.asked.clone(),
            (None, Some(end)) if end.cause == Cause::WishesWithdrawn => end.asked.clone(),
            _ => Vec::new(),
        };
        asked.extend(self.asked_now());
        let wishes = self.yes_or_no();
        let says = |what: bool| asked.iter().any(|p| wishes.get(p) == Some(&what));
        says(true) && says(false)
    }
}
