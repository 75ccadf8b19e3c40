//! `samhold duty rebuild [--check]`: the kept history of answers against the facts, or the children worked out anew.
//!
//! With `--check` it changes nothing but the audit log. Differences are told in codes; persons and services are covered.

use std::process::ExitCode;

use samhold_model::dates::date_of;
use samhold_model::{Date, Instant, MunicipalityNo};
use samhold_store::{AuditEntry, Store};
use serde_json::json;

use crate::cli::support::{DOES_NOT_HOLD, say};
use crate::config::Loaded;
use crate::sync::rebuild::{Difference, Scope, Tally, check, each_child};

/// Makes every kept answer again from the facts and compares. Exit 1 when any differs.
pub(super) async fn compare(
    store: &dyn Store,
    loaded: &Loaded,
    scope: &Scope,
    today: Date,
    as_json: bool,
) -> anyhow::Result<ExitCode> {
    note(store, scope, "read", "duty rebuild --check").await?;
    let rules = |number: &MunicipalityNo| loaded.duty_rules(number.as_str());
    let tally = check(store, scope, today, rules, |difference| tell(&difference, as_json)).await?;
    if as_json {
        say!("{}", json!(tally));
    } else {
        sum_up(&tally);
    }
    Ok(if tally.differ == 0 { ExitCode::SUCCESS } else { ExitCode::from(DOES_NOT_HOLD) })
}

fn tell(difference: &Difference, as_json: bool) {
    if as_json {
        say!("{}", json!(difference));
    } else {
        let Difference { child, municipality, version, field, stored, rebuilt } = difference;
        say!("{child}  {municipality}  version {version}  {field}: stored {stored}, rebuilt {rebuilt}");
    }
}

fn sum_up(tally: &Tally) {
    if tally.waiting > 0 {
        say!("{} children wait to be worked out; their last answer was not compared with today's", tally.waiting);
    }
    if tally.undocumented > 0 {
        say!("{} versions are older than the keeping of what they were made from: not compared", tally.undocumented);
    }
    say!("{} versions of {} children rebuilt, {} differ", tally.versions, tally.children, tally.differ);
}

/// Marks the children, so that the daemon works them out anew.
pub(super) async fn again(store: &dyn Store, scope: &Scope, as_json: bool) -> anyhow::Result<ExitCode> {
    let mut marked = 0_usize;
    each_child(store, scope, async |child, number| {
        marked += 1;
        store.mark(child, &number).await
    })
    .await?;
    note(store, scope, "rebuild", "duty rebuild").await?;
    if as_json {
        say!("{}", json!({"marked": marked}));
    } else {
        say!("{marked} children are marked; the daemon works them out anew when it runs");
    }
    Ok(ExitCode::SUCCESS)
}

async fn note(store: &dyn Store, scope: &Scope, kind: &str, command: &str) -> anyhow::Result<()> {
    let read = AuditEntry {
        at: Instant::now(),
        kind: kind.into(),
        child: scope.child,
        actor: "operator".into(),
        detail: json!({"command": command}),
    };
    store.audit(vec![read]).await?;
    Ok(())
}

/// Today, for a command that no daemon lends its clock.
pub(super) fn today() -> Date {
    date_of(Instant::now())
}
