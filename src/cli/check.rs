//! `samhold check`: everything the daemon would load, all errors at once; `--online` also contacts every system.

use std::process::ExitCode;

use samhold_policy::Proof;
use serde_json::json;

use super::support::{DOES_NOT_HOLD, Folder, UNREADABLE, block_on, say};
use crate::config::{Mistakes, unreadable_secrets};
use crate::connect;
use crate::proof::{self, Policies};
use crate::sync::Live;

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:  samhold check --config /etc/samhold --online")]
pub struct CheckArgs {
    #[command(flatten)]
    folder: Folder,
    /// Also contact every system, the store and brokers
    #[arg(long)]
    online: bool,
    /// For machines
    #[arg(long)]
    json: bool,
}

/// Checks.
pub fn run(args: CheckArgs) -> ExitCode {
    block_on(checked(args))
}

async fn checked(args: CheckArgs) -> anyhow::Result<ExitCode> {
    let live = match connect::build(&args.folder.config) {
        Ok(live) => live,
        Err(mistakes) => return Ok(refused(&mistakes, args.json)),
    };
    let (policies, proof) = match proof::required(&live.loaded).await {
        Ok(proved) => proved,
        Err(mistakes) => return Ok(refused(&mistakes, args.json)),
    };
    let secrets = unreadable_secrets(&args.folder.config);
    if !args.json {
        widened(&live).iter().for_each(|row| eprintln!("law-widened: {row}"));
        secrets.iter().for_each(|line| eprintln!("secret-unreadable: {line}"));
    }
    if args.online {
        return online(live, secrets, args.json).await;
    }
    offline(&live, &secrets, args.json);
    if !args.json {
        policies_hold(&policies, proof.as_ref());
    }
    Ok(ExitCode::SUCCESS)
}

/// Dated corrections of the law that let more be told than the law that ships: right perhaps, and for somebody to look at.
fn widened(live: &Live) -> Vec<String> {
    live.loaded.law.dated_widenings().iter().map(ToString::to_string).collect()
}

/// Shows every mistake, and ends as unreadable input does.
pub(in crate::cli) fn refused(mistakes: &Mistakes, json: bool) -> ExitCode {
    if json {
        say!("{}", json!({"ok": false, "mistakes": mistakes.lines()}));
    } else {
        eprint!("{}", mistakes.render());
        eprintln!("{} mistakes", mistakes.0.len());
    }
    ExitCode::from(UNREADABLE)
}

fn policies_hold(policies: &Policies, proof: Option<&Proof>) {
    let how = proof.map_or_else(|| "as they come".to_owned(), |proof| format!("proved in {:.1} s", proof.seconds));
    say!("policies   ok  {}, {} claims hold ({how})", policies.set.all_told().count(), policies.claims.all().len());
}

fn offline(live: &Live, secrets: &[String], json: bool) {
    let systems = live.loaded.systems.len();
    let mappings = live.inbound.len() + live.outbound.len();
    if json {
        say!(
            "{}",
            json!({"ok": true, "systems": systems, "mappings": mappings, "secrets_unreadable": secrets,
                "law_widened": widened(live)})
        );
        return;
    }
    say!("settings   ok  {} municipalities", live.loaded.settings.municipality.len());
    say!(
        "laws       ok  {} clauses, {} service kinds",
        live.loaded.law.clause.len(),
        live.loaded.law.service_kind.len()
    );
    say!("services   ok  {}", live.loaded.services.iter().count());
    let sources = live.loaded.systems.values().filter(|s| s.source.is_some()).count();
    say!("systems    ok  {systems} ({sources} sources, {} recipients)", live.outbound.len());
    say!("mappings   ok  {mappings}");
    if !secrets.is_empty() {
        say!(
            "secrets    --  {} cannot be read now; the daemon needs those of `[store]` and `[web.tls]` to start, others may come later",
            secrets.len()
        );
    }
}

async fn online(live: Live, secrets: Vec<String>, json: bool) -> anyhow::Result<ExitCode> {
    let mut rows: Vec<(String, Result<(), String>)> = Vec::new();
    let store = match connect::open_store(&live.loaded.settings.store).await {
        Ok(store) => store.ping().await.map_err(|e| e.to_string()),
        Err(e) => Err(format!("{e:#}")),
    };
    rows.push(("store".into(), store));
    for (name, source) in &live.sources {
        rows.push((format!("{name} (source)"), source.check().await.map_err(|e| e.to_string())));
    }
    for (name, recipient) in &live.recipients {
        rows.push((format!("{name} (recipient)"), recipient.check().await.map_err(|e| e.to_string())));
    }
    let ok = secrets.is_empty() && rows.iter().all(|(_, r)| r.is_ok());
    if json {
        let rows: Vec<_> =
            rows.iter().map(|(n, r)| json!({"system": n, "ok": r.is_ok(), "error": r.as_ref().err()})).collect();
        say!("{}", json!({"ok": ok, "systems": rows, "secrets_unreadable": secrets, "law_widened": widened(&live)}));
    } else {
        offline(&live, &secrets, false);
        for (name, result) in &rows {
            match result {
                Ok(()) => say!("{name:<28} ok"),
                Err(e) => say!("{name:<28} FAILED  {e}"),
            }
        }
    }
    Ok(if ok { ExitCode::SUCCESS } else { ExitCode::from(DOES_NOT_HOLD) })
}
