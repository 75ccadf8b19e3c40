//! `samhold duty overdue`: what people must look at, most urgent first, one table for each kind.
//!
//! Opaque ids only. Must never change anything, and never tell by a filter that a child has to do with a krisesenter,
//! barnevern or familievern.

use std::process::ExitCode;

use samhold_model::dates::date_of;
use samhold_model::hint::nearest;
use samhold_model::{Date, Instant};
use samhold_store::{Store, Task};
use serde_json::json;

use crate::cli::support::{UNREADABLE, say, tell_log};
use crate::config::Loaded;
use crate::sync::reveals;
use crate::sync::worklist::{Filter, Group, Item, is_listed, lines, listed_codes, open_tasks, page};

/// What is asked for.
#[derive(Debug, clap::Args)]
pub(super) struct OverdueArgs {
    /// Only this municipality
    #[arg(long)]
    municipality: Option<String>,
    /// Only children in whose case this service takes part or holds
    #[arg(long)]
    service: Option<String>,
    /// Only this alert or task, e.g. DISPUTE_OPEN
    #[arg(long)]
    code: Option<String>,
    /// Only this urgency; 1 is most urgent
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=5))]
    urgency: Option<u8>,
    /// At most so many lines
    #[arg(long)]
    limit: Option<usize>,
    /// Leave out so many lines first
    #[arg(long, default_value_t = 0)]
    offset: usize,
}

/// Prints the work list.
pub(super) async fn overdue(
    store: &dyn Store,
    loaded: &Loaded,
    args: OverdueArgs,
    as_json: bool,
) -> anyhow::Result<ExitCode> {
    let service = args.service.as_deref().map(|service| loaded.services.id_of(service).to_owned());
    if service.as_ref().is_some_and(|service| !may_list_by(loaded, service)) {
        eprintln!(
            "service-not-listed: tried to list by `--service`: found a service that services.toml does not name, or a \
             krisesenter, barnevern or familievern; give another service of services.toml, or leave `--service` out"
        );
        return Ok(ExitCode::from(UNREADABLE));
    }
    if let Some(slip) = misspelt(loaded, &args) {
        eprintln!("{slip}");
        return Ok(ExitCode::from(UNREADABLE));
    }
    tell_log(store, None, json!({"command": "duty overdue"})).await?;
    let municipalities = args.municipality.map(|number| vec![number]);
    let filter = Filter { municipalities: municipalities.clone(), code: args.code.clone(), urgency: args.urgency };
    let mut all = lines(store, loaded, date_of(Instant::now()), &filter).await?;
    all.retain(|line| service.as_ref().is_none_or(|service| line.concerns(service)));
    let tasks = match service.is_some() || args.urgency.is_some() {
        true => Vec::new(),
        false => open_tasks(store, loaded, municipalities.as_deref(), args.code.as_deref()).await?,
    };
    let items = page(&all, args.offset, args.limit.unwrap_or(usize::MAX));
    if as_json {
        items.iter().for_each(|item| say!("{}", json!(item)));
        tasks.iter().for_each(|task| say!("{}", json!({"task": task})));
    } else {
        print(&items, &tasks);
        say!("{} å se på", all.len() + tasks.len());
    }
    Ok(ExitCode::SUCCESS)
}

/// A filter that fits nothing there could be: an empty list would read as if all were well.
fn misspelt(loaded: &Loaded, args: &OverdueArgs) -> Option<String> {
    let near = |word: &str, known: Vec<&str>| {
        nearest(word, known.iter().copied()).map_or_else(String::new, |near| format!(" Did you mean `{near}`?"))
    };
    let served: Vec<&str> = loaded.settings.municipality.keys().map(String::as_str).collect();
    if let Some(number) = args.municipality.as_deref().filter(|number| !served.contains(number)) {
        return Some(format!(
            "municipality-not-served: tried to list by `--municipality`: found `{number}`, which samhold.toml does not name; \
             give one of {}.{}",
            served.join(", "),
            near(number, served.clone())
        ));
    }
    // Codes of tasks are small; each source brings its own.
    let alert = args.code.as_deref().filter(|code| code.chars().any(char::is_uppercase) && !is_listed(code))?;
    Some(format!(
        "code-not-listed: tried to list by `--code`: found `{alert}`, which is no alert of this list; docs/alerts.md has them.{}",
        near(alert, listed_codes().collect())
    ))
}

/// A service of unknown kind may be any, so it counts as the closest kept.
fn may_list_by(loaded: &Loaded, service: &str) -> bool {
    loaded.services.get(service).is_some_and(|listed| reveals(&listed.kind).is_none())
}

/// A table for each heading, that with the most urgent line first.
fn print(items: &[&Item], tasks: &[Task]) {
    let mut groups: Vec<Group> = Vec::new();
    for item in items {
        if !groups.contains(&item.group) {
            groups.push(item.group);
        }
    }
    for group in groups {
        say!("{}", group.heading());
        say!(
            "  {:<6}  {:<36}  {:<7}  {:<10}  {:>6}  {:<22}  hva",
            "haster",
            "barn",
            "kommune",
            "siden",
            "dager",
            "frist"
        );
        for item in items.iter().filter(|item| item.group == group) {
            let Item { urgency, child, municipality, since, days, text, code, .. } = item;
            let due = item.due.zip(item.days_left).map(|(due, left)| deadline(due, left)).unwrap_or_default();
            let child = child.to_string();
            let number = municipality.as_str();
            let told =
                item.recipients.map(|n| format!(", {n} mottakere hadde fått vite noe annet")).unwrap_or_default();
            let since = since.to_string();
            say!("  {urgency:<6}  {child:<36}  {number:<7}  {since:<10}  {days:>6}  {due:<22}  {text} ({code}{told})");
        }
        say!("");
    }
    print_tasks(tasks);
}

fn deadline(due: Date, left: i64) -> String {
    match left {
        0 => format!("{due}, i dag"),
        1.. => format!("{due}, om {left} d"),
        _ => format!("{due}, {} d over", left.saturating_neg()),
    }
}

fn print_tasks(tasks: &[Task]) {
    if tasks.is_empty() {
        return;
    }
    say!("Oppgaver");
    for task in tasks {
        let children: Vec<String> = task.children.iter().map(ToString::to_string).collect();
        let about = if children.is_empty() { String::new() } else { format!("  barn {}", children.join(", ")) };
        let detail = samhold_model::national_id::redact(&task.detail);
        say!("  {}  {}{about}  {detail}", date_of(task.opened_at), task.kind);
    }
    say!("");
}
