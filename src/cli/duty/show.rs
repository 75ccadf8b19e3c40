//! `samhold duty show`: who holds, since when, on what ground, and each step of the reasoning with its facts.
//!
//! Reading is audited, before anything is shown. Must never change an answer.

use std::process::ExitCode;

use samhold_duty::compare::Point;
use samhold_model::ChildId;
use samhold_store::Store;
use serde_json::json;

use super::case::{Case, cases, tell, told};
use super::page;
use crate::cli::support::{DOES_NOT_HOLD, say};
use crate::config::Loaded;

/// How it is shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown {
    /// For machines.
    pub as_json: bool,
    /// With what is masked otherwise.
    pub unmask: bool,
}

/// Prints the answer of one child in each municipality that knows of it.
pub(super) async fn show(
    store: &dyn Store,
    loaded: &Loaded,
    child: ChildId,
    point: Point,
    shown: Shown,
) -> anyhow::Result<ExitCode> {
    let child = survivor(store, child, shown.as_json).await?;
    let cases = cases(store, loaded, child).await?;
    if cases.is_empty() {
        return Ok(ExitCode::from(DOES_NOT_HOLD));
    }
    tell(store, child, json!({"command": "duty show", "asked": told(point), "unmasked": shown.unmask})).await?;
    for case in &cases {
        one(case, point, shown);
    }
    Ok(ExitCode::SUCCESS)
}

fn one(case: &Case, point: Point, shown: Shown) {
    let answer = case.answer(point);
    let (answer, masked) = if shown.unmask { (answer, false) } else { case.veil.over(&answer) };
    let (details, hidden) = case.details(&answer, point, shown.unmask);
    let masked = masked || hidden;
    let (child, number, law) = (case.child, &case.municipality, &case.rules.law);
    if shown.as_json {
        let (as_of, known_at) = (point.as_of, point.known());
        let words = page::in_words(&answer, law, &details);
        say!(
            "{}",
            json!({"child": child, "municipality": number, "as_of": as_of, "known_at": known_at, "masked": masked,
                "answer": answer, "words": words})
        );
        return;
    }
    say!("Barn {child}, {}\nPer {point}\n", case.veil.municipality(number.as_str()));
    page::print(&answer, law, &details, &case.veil);
    if masked {
        say!("{MASKED_NOTE}\n");
    }
}

/// One that counts as another child is shown as that one, and it is said.
async fn survivor(store: &dyn Store, child: ChildId, as_json: bool) -> anyhow::Result<ChildId> {
    let survivor = store.survivor_of(child).await?;
    if survivor != child && !as_json {
        say!("Barn {child} er samme barn som {survivor}.\n");
    }
    Ok(survivor)
}

/// Tells that it is not all, and how to see all.
pub(super) const MASKED_NOTE: &str =
    "Noe er skjermet her. Trengs det, viser `--unmask` alt, og revisjonsloggen sier at det ble vist.";
