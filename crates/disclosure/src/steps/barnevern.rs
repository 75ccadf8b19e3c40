//! Steps 18 and 19: from and to the child welfare service, for its own tasks (bvl 13-1, 13-2).
//!
//! Must never act as a channel for notifications or orders: those a person sends elsewhere.

use super::Step;
use crate::case::{Case, Regime};
use crate::consent::consent;
use crate::decision::Reason;

/// Step 18. bvl 13-1 third paragraph: a named case worker decides, item by item.
pub(super) fn own_task<'a>(case: &Case<'a>) -> Step<'a> {
    let own = case.regime == Regime::Bvl && case.request.item.from == "barnevern";
    if !(own && case.purpose("barnevern_task")) {
        return Step::Next;
    }
    if !case.counts_as_organ() {
        return Step::consent(consent(case, case.category()));
    }
    if case.found_necessary() {
        return Step::ground(Reason::StatutoryBvl131);
    }
    Step::consent_or(consent(case, case.category()), Reason::DenyNotNecessary)
}

/// Step 19. Without consent the duty to notify is a person's, in its own channel.
pub(super) fn recipient<'a>(case: &Case<'a>) -> Step<'a> {
    let towards = case.to(&["barnevern"]) && case.request.item.from != "barnevern";
    if !(towards && case.purpose("barnevern_task")) {
        return Step::Next;
    }
    Step::consent_or(consent(case, case.category()), Reason::DenyUseNotificationChannel)
}
