//! `samhold duty show|overdue`: who holds, since when, on what ground, and each step of the reasoning with its facts.
//!
//! Works from the facts in the store, with the settings' rules, and changes nothing. Reading is audited.

use std::process::ExitCode;

use samhold_duty::{Answer, HolderKind};
use samhold_model::dates::date_of;
use samhold_model::{ChildId, Date, Instant, MunicipalityNo};
use samhold_store::{AuditEntry, Store};
use serde_json::json;

use super::support::{DOES_NOT_HOLD, Folder, block_on, say, settings, store};
use crate::config::Loaded;
use crate::sync::worklist::{Filter, work_list};
use crate::sync::{Dossier, rows_of};

/// Arguments of `duty`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:  samhold duty show --child 7d0f4a52-5a59-4f0e-8f0c-9f8b0d7a0001 --as-of 2026-08-17\n          samhold duty overdue"
)]
pub struct DutyArgs {
    #[command(flatten)]
    folder: Folder,
    /// For machines
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Who holds for one child, and why
    #[command(
        after_help = "Example:  samhold duty show --child 7d0f4a52-5a59-4f0e-8f0c-9f8b0d7a0001 --as-of 2026-08-17"
    )]
    Show {
        /// The child's id in this system
        #[arg(long)]
        child: ChildId,
        /// The date asked about; default today
        #[arg(long)]
        as_of: Option<Date>,
        /// What had been recorded by then; default what had been recorded by the date asked about
        #[arg(long)]
        known_at: Option<Date>,
    },
    /// Children without a named holder, disputes, vacancies, what falls due
    #[command(after_help = "Example:  samhold duty overdue --municipality 9901")]
    Overdue {
        /// Only this municipality
        #[arg(long)]
        municipality: Option<String>,
    },
}

/// Runs the command.
pub fn run(args: DutyArgs) -> ExitCode {
    let loaded = match settings(&args.folder) {
        Ok(loaded) => loaded,
        Err(code) => return code,
    };
    block_on(async move {
        let store = store(&loaded).await?;
        match args.action {
            Action::Show { child, as_of, known_at } => {
                let day = as_of.unwrap_or_else(|| date_of(Instant::now()));
                show(store.as_ref(), &loaded, child, (day, known_at), args.json).await
            }
            Action::Overdue { municipality } => {
                let filter = Filter { municipalities: municipality.map(|m| vec![m]), code: None };
                let items = work_list(store.as_ref(), date_of(Instant::now()), &filter).await?;
                for item in &items {
                    if args.json {
                        say!("{}", json!(item));
                    } else {
                        say!(
                            "{}  {}  {:<4} {:>4} d  {}  ({})",
                            item.urgency,
                            item.child,
                            item.municipality,
                            item.days,
                            item.text,
                            item.code
                        );
                    }
                }
                if !args.json {
                    say!("{} to look at", items.len());
                }
                Ok(ExitCode::SUCCESS)
            }
        }
    })
}

async fn show(
    store: &dyn Store,
    loaded: &Loaded,
    child: ChildId,
    (day, known_at): (Date, Option<Date>),
    as_json: bool,
) -> anyhow::Result<ExitCode> {
    let municipalities = store.municipalities_of(child).await?;
    if municipalities.is_empty() {
        eprintln!("no-such-child: tried to find facts about {child}; `samhold duty overdue` shows the ids of children");
        return Ok(ExitCode::from(DOES_NOT_HOLD));
    }
    for number in municipalities {
        let answer = answer(store, loaded, child, &number, (day, known_at)).await?;
        if as_json {
            say!(
                "{}",
                json!({"child": child, "municipality": number, "as_of": day, "known_at": known_at, "answer": answer})
            );
        } else {
            print(child, &number, day, &answer);
        }
    }
    let read = AuditEntry {
        at: Instant::now(),
        kind: "read".into(),
        child: Some(child),
        actor: "operator".into(),
        detail: json!({"command": "duty show"}),
    };
    store.audit(vec![read]).await?;
    Ok(ExitCode::SUCCESS)
}

async fn answer(
    store: &dyn Store,
    loaded: &Loaded,
    child: ChildId,
    number: &MunicipalityNo,
    (day, known_at): (Date, Option<Date>),
) -> anyhow::Result<Answer> {
    let rows = rows_of(store, child, number).await?;
    let known = known_at.unwrap_or(day);
    let dossier = Dossier::new(child, &rows, known);
    let mut config = loaded.settings.municipality.get(number.as_str()).map(|m| m.reconcile.clone()).unwrap_or_default();
    config.municipality = number.to_string();
    let rules = samhold_duty::Rules { law: loaded.law.clone(), config };
    Ok(samhold_duty::answer(&dossier.family(), &dossier.facts, day, Some(known), &rules))
}

fn word(value: impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

fn print(child: ChildId, number: &MunicipalityNo, day: Date, answer: &Answer) {
    let duty = &answer.samordning;
    say!("Barn {child}, kommune {number}, per {day}\n");
    say!("Samordningsplikt    {}", word(duty.state));
    say!("Samordner           {}", holder(answer));
    say!("Grunnlag            {}", duty.basis.map(word).unwrap_or_else(|| "-".into()));
    say!("Hjemmel             {}", if duty.duty_basis.is_empty() { "-".into() } else { duty.duty_basis.join(", ") });
    if let Some(since) = duty.since {
        say!("Siden               {since}");
    }
    if let Some(acting) = &duty.acting {
        say!("Ivaretas av         {acting}");
    }
    say!(
        "Barnekoordinator    {} {}",
        word(answer.barnekoordinator.state),
        answer.barnekoordinator.person.clone().unwrap_or_default()
    );
    say!(
        "Koordinator         {} {}",
        word(answer.koordinator.state),
        answer.koordinator.person.clone().unwrap_or_default()
    );
    say!("Individuell plan    {} {}", word(answer.ip.state), answer.ip.main.clone().unwrap_or_default());
    if !answer.alerts.is_empty() {
        let codes: Vec<String> = answer.alerts.iter().map(word).collect();
        say!("Varsler             {}", codes.join(", "));
    }
    say!("\nHvorfor:");
    for step in &answer.steps {
        let mark = if step.applied { "*" } else { " " };
        say!(" {mark} {:<5} {}", step.rule, step.text);
        for fact in &step.facts {
            say!("         · faktum {fact}");
        }
    }
    say!("");
}

fn holder(answer: &Answer) -> String {
    let holder = &answer.samordning.holder;
    match (holder.kind, &holder.reference) {
        (HolderKind::Municipality, _) => "kommunen selv".into(),
        (HolderKind::None, _) => "ingen plikt".into(),
        (kind, Some(reference)) => format!("{reference} ({})", word(kind)),
        (kind, None) => word(kind),
    }
}
