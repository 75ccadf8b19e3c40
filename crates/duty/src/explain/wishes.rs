//! Who must wish a barnekoordinator and what they have said, as people call them.
//!
//! Those with foreldreansvar are told of by how many they are. Must never name one of them, not even by an id.

use samhold_model::FactBody;
use samhold_model::fact::Wish;

use super::{Steps, list};
use crate::asked::Answers;
use crate::case::Case;
use crate::known::Mark;
use crate::replay::Picture;

/// `some` of those `asked`, as a sentence says them.
pub(super) fn people(case: &Case<'_>, some: &[&str], asked: &[&str]) -> String {
    let unit = |by: &&str| matches!(*by, "barnevern" | "child");
    if !some.is_empty() && some.iter().all(unit) {
        let law = &case.world.rules.law;
        return list(&some.iter().map(|by| crate::words::unit(by, law)).collect::<Vec<_>>());
    }
    match (some.len(), asked.len()) {
        (0, _) => "dem med foreldreansvar".into(),
        _ if case.guardians.is_empty() && some.len() == asked.len() => "alle som har svart".into(),
        (1, 1) => "den som har foreldreansvar".into(),
        (2, 2) => "begge med foreldreansvar".into(),
        (some, asked) if some == asked => "alle med foreldreansvar".into(),
        (1, _) => "en med foreldreansvar".into(),
        (some, asked) => format!("{some} av {asked} med foreldreansvar"),
    }
}

/// Whose wish is still missing.
fn missing(case: &Case<'_>) -> String {
    let asked = case.asked_now();
    let missing: Vec<&str> = asked.iter().copied().filter(|by| !case.bk.wishes.contains_key(by)).collect();
    people(case, &missing, &asked)
}

/// The answers so far, the assessment of the conditions, and an appointment that waits.
fn marks(case: &Case<'_>) -> Vec<Mark> {
    let wishes = case.bk.wishes.values().map(|(_, mark)| *mark);
    let conditions = case.bk.conditions.map(|(_, mark)| mark);
    wishes.chain(conditions).chain(case.bk.waiting().map(|a| a.mark)).collect()
}

/// Before a valid start: what is waited for.
pub(super) fn awaited(case: &Case<'_>, answers: Answers, steps: &mut Steps<'_, '_>) {
    let text = match answers {
        Answers::Missing => format!("Barnekoordinator venter på ønske fra {}.", missing(case)),
        Answers::Given => "Vilkårene er oppfylt og ønsket gitt, men ingen er oppnevnt.".into(),
        Answers::Refused => {
            let said_no = |by: &&str| case.bk.wishes.get(by).is_some_and(|(wish, _)| *wish != Wish::Yes);
            let asked = case.asked_now();
            let refused: Vec<&str> = asked.iter().copied().filter(said_no).collect();
            format!("Barnekoordinator er ikke ønsket av {}.", people(case, &refused, &asked))
        }
    };
    steps.passed_over("R-11", text, marks(case));
}

/// A new appointment waits for a wish, while an older one stands.
pub(super) fn another_waits(case: &Case<'_>, steps: &mut Steps<'_, '_>) {
    if case.bk.waiting().is_none() {
        return;
    }
    let text = match case.wish_answers() {
        Answers::Missing => format!("En ny oppnevning venter på ønske fra {}.", missing(case)),
        Answers::Refused => "En ny oppnevning mangler ønskene som kreves.".into(),
        Answers::Given => return,
    };
    steps.passed_over("R-11", text, marks(case));
}

/// Those who must wish it wish differently; a role that stands is not ended by it.
pub(super) fn differ(picture: &Picture<'_>, steps: &mut Steps<'_, '_>) {
    let case = &picture.case;
    if !case.guardians_disagree(picture.day) {
        return;
    }
    let what = "De som må ønske barnekoordinator, ønsker ulikt.";
    let marks = case.bk.wishes.values().map(|(_, mark)| *mark);
    if case.bk.valid().is_some() {
        let text = format!("{what} At noen ikke ønsker den lenger, avslutter ikke en oppnevning som er gyldig.");
        steps.passed_over("R-11", text, marks);
    } else {
        steps.passed_over("R-11", what, marks);
    }
}

/// The last wish of `who` up to a point, if it was a yes.
pub(super) fn yes_before(steps: &Steps<'_, '_>, who: &str, point: Mark) -> Option<Mark> {
    let said = steps.marks(point.at, |_, body| matches!(body, FactBody::BkWish { by, .. } if by == who));
    let last = said.into_iter().rfind(|mark| *mark <= point)?;
    matches!(steps.body(last), Some(FactBody::BkWish { wish: Wish::Yes, .. })).then_some(last)
}
