//! A child of the store towards a connected system: the questions as a delivery would ask them, explained.
//!
//! Must never explain another question than the one that is asked when something is sent.

use std::process::ExitCode;

use samhold_model::dates::date_of;
use samhold_model::{ChildId, Date, Instant, MunicipalityNo};
use samhold_store::Store;
use serde_json::json;

use super::policies::{Told, told};
use super::{ExplainArgs, page};
use crate::cli::duty::case::{tell, unknown};
use crate::cli::support::{DOES_NOT_HOLD, UNREADABLE, say};
use crate::cli::veil::Veil;
use crate::config::Loaded;
use crate::sync::register::Register;
use crate::sync::{Dossier, Live, questions};

/// What is asked about a child.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) child: ChildId,
    pub(super) recipient: String,
    pub(super) category: Option<String>,
    pub(super) at: Date,
    pub(super) unmask: bool,
}

impl Asked {
    pub(super) fn of(args: ExplainArgs) -> Option<Self> {
        let at = args.at.unwrap_or_else(|| date_of(Instant::now()));
        let (category, unmask) = (args.category, args.unmask);
        Some(Self { child: args.child?, recipient: args.recipient?, category, at, unmask })
    }
}

/// Explains in each municipality that knows of the child.
pub(super) async fn explain(
    store: &dyn Store,
    loaded: Loaded,
    asked: Asked,
    as_json: bool,
) -> anyhow::Result<ExitCode> {
    let live = match crate::connect::assemble(loaded) {
        Ok(live) => live,
        Err(mistakes) => {
            eprint!("{}", mistakes.render());
            return Ok(ExitCode::from(UNREADABLE));
        }
    };
    let child = store.survivor_of(asked.child).await?;
    let municipalities = store.municipalities_of(child).await?;
    if municipalities.is_empty() {
        unknown(child);
        return Ok(ExitCode::from(DOES_NOT_HOLD));
    }
    let what = json!({"recipient": asked.recipient, "category": asked.category, "at": asked.at});
    tell(store, child, json!({"command": "policy explain", "asked": what, "unmasked": asked.unmask})).await?;
    for municipality in municipalities {
        let today = date_of(Instant::now());
        let dossier = Dossier::of_store(store, &live.loaded, (child, &municipality), today).await?;
        one(&live, &municipality, &dossier.on_day(asked.at), &asked, as_json);
    }
    Ok(ExitCode::SUCCESS)
}

fn one(live: &Live, municipality: &MunicipalityNo, dossier: &Dossier, asked: &Asked, as_json: bool) {
    let told = explanations(live, municipality.as_str(), dossier, asked);
    let (child, at, system) = (dossier.child, asked.at, &asked.recipient);
    if as_json {
        say!(
            "{}",
            json!({"child": child, "municipality": municipality, "recipient": system, "at": at,
                "masked": !asked.unmask, "explanations": told})
        );
        return;
    }
    say!("Barn {child}, kommune {municipality}\nTil {system}, per {}\n", samhold_duty::words::date(at));
    if told.is_empty() {
        say!("Det er ingenting å gi ut, og derfor ingenting å avgjøre.\n");
    }
    for one in &told {
        page::print(one, asked.category.is_some());
    }
}

fn explanations(live: &Live, municipality: &str, dossier: &Dossier, asked: &Asked) -> Vec<Told> {
    let Some(system) = live.system(&asked.recipient) else { return Vec::new() };
    let (family, day) = (dossier.family(), dossier.today);
    let answer = samhold_duty::answer(&family, &dossier.facts, day, Some(day), &live.duty_rules(municipality));
    let rules = live.share_rules(municipality);
    let veil = Veil::new(&live.loaded, dossier);
    let wanted = questions(live, municipality, system, (dossier, &answer)).into_iter();
    let wanted = wanted.filter(|q| asked.category.as_ref().is_none_or(|c| *c == q.item.category));
    let none = if asked.unmask {
        dossier.recorded_consents().into_iter().filter(|recorded| !recorded.is_documented()).collect()
    } else {
        Register { dossier, rules: &rules.rules, loaded: &live.loaded, reader: None }.not_counting()
    };
    let all = wanted.map(|question| told(&question, &rules, &live.loaded.policies));
    let shown = all.map(|one| if asked.unmask { one } else { one.veiled(&|name| veil.hides(name)) });
    shown.map(|one| one.beside(&none)).collect()
}
