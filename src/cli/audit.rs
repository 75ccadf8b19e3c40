//! `samhold audit verify|report`: the chain and its signed checkpoints hold; who got what about a child, in words a parent
//! can read.
//!
//! The report never tells of contact that must stay hidden: withholdings that would reveal it are left out.

use std::process::ExitCode;

use samhold_model::dates::date_of;
use samhold_model::{ChildId, Instant};
use samhold_store::{AuditEntry, ChainedEntry, Store};
use serde_json::{Value, json};

use super::support::{DOES_NOT_HOLD, Folder, block_on, say, settings, store};
use crate::config::Loaded;

/// Arguments of `audit`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:  samhold audit verify\n          samhold audit report --child 7d0f4a52-5a59-4f0e-8f0c-9f8b0d7a0001"
)]
pub struct AuditArgs {
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
    /// The hash chain and its signed checkpoints hold
    #[command(after_help = "Example:  samhold audit verify --config /etc/samhold")]
    Verify,
    /// Who got or saw what about this child
    #[command(after_help = "Example:  samhold audit report --child 7d0f4a52-5a59-4f0e-8f0c-9f8b0d7a0001")]
    Report {
        /// The child's id in this system
        #[arg(long)]
        child: ChildId,
    },
}

/// Runs the command.
pub fn run(args: AuditArgs) -> ExitCode {
    let loaded = match settings(&args.folder) {
        Ok(loaded) => loaded,
        Err(code) => return code,
    };
    block_on(async move {
        let store = store(&loaded).await?;
        match args.action {
            Action::Verify => verify(store.as_ref(), args.json).await,
            Action::Report { child } => report(store.as_ref(), &loaded, child, args.json).await,
        }
    })
}

async fn verify(store: &dyn Store, as_json: bool) -> anyhow::Result<ExitCode> {
    let report = store.verify_audit().await?;
    if as_json {
        say!("{}", json!(report));
    } else {
        match &report.broken {
            None => {
                say!("the audit chain holds: {} entries, {} signed checkpoints", report.entries, report.checkpoints)
            }
            Some(place) => say!("the audit chain is BROKEN: {place}"),
        }
    }
    Ok(if report.broken.is_none() { ExitCode::SUCCESS } else { ExitCode::from(DOES_NOT_HOLD) })
}

async fn report(store: &dyn Store, loaded: &Loaded, child: ChildId, as_json: bool) -> anyhow::Result<ExitCode> {
    let mut after = 0;
    let mut lines = Vec::new();
    loop {
        let page = store.audit_entries(Some(child), after, 1000).await?;
        let Some(last) = page.last() else { break };
        after = last.seq;
        lines.extend(page.iter().filter_map(|e| told(loaded, e)));
    }
    for (entry, text) in &lines {
        if as_json {
            say!(
                "{}",
                json!({"at": entry.entry.at, "kind": entry.entry.kind, "actor": entry.entry.actor, "text": text})
            );
        } else {
            say!("{}  {text}", date_of(entry.entry.at));
        }
    }
    if !as_json && lines.is_empty() {
        say!("Ingen opplysninger om dette barnet er delt fra Samhold.");
    }
    let read = AuditEntry {
        at: Instant::now(),
        kind: "read".into(),
        child: Some(child),
        actor: "operator".into(),
        detail: json!({"command": "audit report"}),
    };
    store.audit(vec![read]).await?;
    Ok(ExitCode::SUCCESS)
}

/// Reasons whose mention would itself reveal protected contact, or where someone lives.
const NOT_TOLD: &[&str] = &[
    "DENY_CRISIS_SHELTER",
    "REDACT_SENSITIVE_HOLDER",
    "DENY_ADDRESS_STRICT",
    "REDACT_LOCATION",
    "DENY_ADDRESS_PROTECTED",
    "DENY_CHILD_CONFIDENTIAL",
    "REDACT_CHILD_CONFIDENTIAL",
    "DENY_SECRECY_ORDER",
];

fn told(loaded: &Loaded, entry: &ChainedEntry) -> Option<(ChainedEntry, String)> {
    let who = loaded.law.service_kind.get(loaded.systems.get(&entry.entry.actor).map_or("", |s| s.kind.as_str()));
    let who = who.map_or_else(|| entry.entry.actor.clone(), |kind| kind.name.clone());
    let detail = &entry.entry.detail;
    let text = match entry.entry.kind.as_str() {
        "release" => format!("{who} fikk vite: {}", released(detail)),
        "retraction" => format!("{who} fikk beskjed om at tidligere opplysninger ikke lenger gjelder"),
        "withheld" => format!("{who} fikk ikke vite: {}", withheld(detail)?),
        "read" => format!("en medarbeider ({}) så på opplysningene", entry.entry.actor),
        _ => return None,
    };
    Some((entry.clone(), text))
}

fn decisions(detail: &Value) -> impl Iterator<Item = &Value> {
    detail.get("decisions").and_then(Value::as_array).into_iter().flatten()
}

fn text_of<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn released(detail: &Value) -> String {
    let parts: Vec<String> = decisions(detail)
        .filter(|d| text_of(d, "decision") != "deny")
        .map(|d| format!("{} ({})", category(text_of(d, "category")), ground(text_of(d, "basis"))))
        .collect();
    parts.join("; ")
}

fn withheld(detail: &Value) -> Option<String> {
    let parts: Vec<&str> = decisions(detail)
        .filter(|d| text_of(d, "decision") == "deny" && !NOT_TOLD.contains(&text_of(d, "reason")))
        .map(|d| category(text_of(d, "category")))
        .collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

fn category(key: &str) -> &str {
    match key {
        "coordination_exists" => "at noen samordner tjenestene",
        "holder_service" => "hvilken tjeneste som samordner",
        "coordinator_contact" => "hvordan koordinator kan nås",
        "team_roster" => "hvem som er med i teamet",
        "plan_exists" => "at det finnes en individuell plan",
        "plan_goals" => "mål i den individuelle planen",
        "employee_absence" => "at koordinator er borte, og hvem som er stedfortreder",
        other => other,
    }
}

fn ground(reason: &str) -> &str {
    match reason {
        "STATUTORY_FVL_13B_5" => "forvaltningsloven § 13 b nr. 5",
        "CONSENT_VALID" => "samtykke",
        "NEED_TO_KNOW_HOLDER" => "nødvendig for å samordne",
        "STATUTORY_HPL_25" => "helsepersonelloven § 25",
        "STATUTORY_BVL_13_1" => "barnevernsloven § 13-1",
        other => other,
    }
}
