//! `samhold consents`: the register of consents of one child.
//!
//! Opaque ids only, and nothing of a krisesenter. Reading is audited, before anything is shown.

use std::process::ExitCode;

use samhold_model::dates::date_of;
use samhold_model::{ChildId, Instant};
use samhold_store::{AuditEntry, Store};
use serde_json::{Value, json};

use super::support::{DOES_NOT_HOLD, Folder, block_on, say, settings, store};
use crate::config::Loaded;
use crate::sync::Dossier;
use crate::sync::register::{Line, Register, Worth};

/// Arguments of `consents`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:  samhold consents --child 7d0f4a52-5a59-4f0e-8f0c-9f8b0d7a0001 --json")]
pub struct ConsentsArgs {
    #[command(flatten)]
    folder: Folder,
    /// The child's id here
    #[arg(long)]
    child: ChildId,
    /// For machines
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(args: ConsentsArgs) -> ExitCode {
    let loaded = match settings(&args.folder) {
        Ok(loaded) => loaded,
        Err(code) => return code,
    };
    block_on(async move {
        let store = store(&loaded).await?;
        show(store.as_ref(), &loaded, args.child, args.json).await
    })
}

async fn show(store: &dyn Store, loaded: &Loaded, child: ChildId, as_json: bool) -> anyhow::Result<ExitCode> {
    let child = store.survivor_of(child).await?;
    let municipalities = store.municipalities_of(child).await?;
    if municipalities.is_empty() {
        eprintln!("no-such-child: tried to find facts about {child}; `samhold duty overdue` shows the ids of children");
        return Ok(ExitCode::from(DOES_NOT_HOLD));
    }
    let (at, kind, actor) = (Instant::now(), "read".into(), "operator".into());
    let detail = json!({"command": "consents"});
    store.audit(vec![AuditEntry { at, kind, child: Some(child), actor, detail }]).await?;
    for municipality in municipalities {
        let dossier = Dossier::of_store(store, loaded, (child, &municipality), date_of(at)).await?;
        let rules = loaded.share_rules(municipality.as_str()).rules;
        let register = Register { dossier: &dossier, rules: &rules, loaded, reader: None };
        let (lines, must) = (register.lines(), register.must_consent());
        if as_json {
            say!("{}", json!({"child": child, "municipality": municipality, "consents": lines, "must_consent": must}));
        } else {
            say!("Barn {child}, kommune {}\n", municipality.as_str());
            lines.iter().for_each(consent);
            say!("{} samtykker", lines.len());
            who(&must);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn consent(line: &Line) {
    let evidence = line.evidence.as_deref().unwrap_or("udokumentert");
    say!("{}  gitt {} av {}  ({evidence})", line.id, line.given, line.by);
    say!("  til {}  for {}", line.recipients.join(", "), line.purposes.join(", "));
    line.categories.iter().for_each(worth);
}

fn worth(worth: &Worth) {
    let until = worth.until.map(|day| format!(" til {day}")).unwrap_or_default();
    let open = if worth.opens.is_empty() { "åpner ingenting" } else { "åpner" };
    say!("  {:<28} {}{until}, {open}", worth.category, standing(&worth.standing));
}

fn standing(word: &Value) -> &'static str {
    match word.as_str().unwrap_or_default() {
        "live" => "gjelder",
        "not_yet" => "gjelder ikke ennå",
        "withdrawn" => "trukket",
        "expired" => "utløpt",
        "wrong_person" => "gitt av en annen enn den som må samtykke",
        "secrecy_order" => "pålagt hemmelighold, samtykke hjelper ikke",
        "undocumented" => "udokumentert, teller ikke",
        "uninformed" => "ikke informert, teller ikke",
        _ => "teller ikke",
    }
}

fn who(must: &Value) {
    say!("\nHvem som må samtykke i dag");
    for row in must.as_array().into_iter().flatten() {
        let parties = row.get("persons").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_array);
        let names: Vec<&str> = parties.flatten().filter_map(Value::as_str).collect();
        let category = row.get("category").and_then(Value::as_str).unwrap_or_default();
        say!("  {category:<28} {}", if names.is_empty() { "ingen kan".to_owned() } else { names.join(", ") });
    }
    say!("");
}
