//! `samhold policy check`: every policy and claim read and valid. No solver, nothing proved.
//!
//! Must never stop at the first mistake.

use std::process::ExitCode;

use serde_json::json;

use crate::cli::check::refused;
use crate::cli::support::{Folder, say};
use crate::proof::Policies;

/// Checks.
pub(super) fn run(folder: &Folder, json: bool) -> ExitCode {
    match Policies::read(&folder.config) {
        Ok(policies) => {
            tell(&policies, json);
            ExitCode::SUCCESS
        }
        Err(mistakes) => refused(&mistakes, json),
    }
}

fn tell(policies: &Policies, json: bool) {
    let (count, claims) = (policies.set.all_told().count(), policies.claims.all().len());
    let forbid = policies.set.all_told().filter(|policy| policy.forbids).count();
    let (files, fingerprint) = (policies.set.files().len(), policies.set.fingerprint());
    if json {
        say!(
            "{}",
            json!({"ok": true, "files": files, "policies": count, "claims": claims, "fingerprint": fingerprint})
        );
        return;
    }
    let permit = count.saturating_sub(forbid);
    say!("policies   ok  {count} in {files} files ({permit} permit, {forbid} forbid)");
    say!("claims     ok  {claims}, to be proved with `samhold policy prove`");
}
