//! What was known: corrections and late facts, the first two steps of the evaluation.

use super::Steps;
use crate::replay::Picture;

pub(super) fn explain(picture: &Picture<'_>, steps: &mut Steps<'_, '_>) {
    corrected(picture, steps);
    late(picture, steps);
}

/// What was said before a correction is kept, and passed over.
fn corrected(picture: &Picture<'_>, steps: &mut Steps<'_, '_>) {
    let history = picture.case.world.history;
    let counts = |day: &Option<samhold_model::Date>| day.is_none_or(|day| day <= picture.day);
    let mut facts: Vec<String> =
        history.corrected.iter().filter(|(_, day)| counts(day)).map(|(id, _)| id.clone()).collect();
    facts.sort();
    facts.dedup();
    if !facts.is_empty() {
        let text = "Noe er rettet eller trukket tilbake. Det som sto før, er bevart, men teller ikke.";
        steps.push("R-23", false, text.into(), facts);
    }
}

fn late(picture: &Picture<'_>, steps: &mut Steps<'_, '_>) {
    let late = picture.case.world.history.late.iter().filter(|l| l.from <= picture.day);
    let facts: Vec<String> = late.map(|l| l.id.clone()).collect();
    if !facts.is_empty() {
        let text = "Noe ble registrert etter at det gjaldt; svaret kan ha vært et annet før det.";
        steps.push("R-23", true, text.into(), facts);
    }
}
