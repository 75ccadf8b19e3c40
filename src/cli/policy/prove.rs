//! `samhold policy prove`: every claim about the policies, proved for all requests or shown to be broken.
//!
//! Must never say "holds" of what the solver did not answer.

use std::process::ExitCode;

use samhold_policy::{Outcome, Proof, Solver, prove};
use serde_json::json;

use crate::cli::support::{DOES_NOT_HOLD, Folder, UNREADABLE, block_on, say};
use crate::proof::Policies;

/// Proves.
pub(super) fn run(folder: &Folder, only: Option<&str>, json: bool) -> ExitCode {
    let policies = match Policies::read(&folder.config) {
        Ok(policies) => policies,
        Err(mistakes) => {
            if json {
                say!("{}", json!({"ok": false, "mistakes": mistakes.lines()}));
            } else {
                eprint!("{}", mistakes.render());
            }
            return ExitCode::from(UNREADABLE);
        }
    };
    let chosen = match only {
        Some(id) => policies.claims.only(id),
        None => Some(policies.claims.clone()),
    };
    let Some(claims) = chosen else {
        eprintln!("no-such-claim: no claim of that id; `samhold policy prove` lists all");
        return ExitCode::from(UNREADABLE);
    };
    block_on(async move {
        let proof = prove(&policies.set, &claims, &Solver::default()).await?;
        if json {
            let fingerprint = policies.set.fingerprint();
            say!("{}", json!({"ok": proof.holds(), "fingerprint": fingerprint, "proof": proof}));
        } else {
            tell(&proof);
        }
        Ok(if proof.holds() { ExitCode::SUCCESS } else { ExitCode::from(DOES_NOT_HOLD) })
    })
}

fn tell(proof: &Proof) {
    proof.claims.iter().for_each(claim);
    for policy in &proof.can_fail {
        say!("FAILS  {}  an evaluation of this policy can fail; leave arithmetic out of it", policy.id);
        policy.words.lines().for_each(|line| say!("       {line}"));
    }
    let wrong = proof.claims.iter().filter(|outcome| outcome.broken.is_some() || outcome.empty).count();
    say!("{} claims hold, {wrong} do not, in {:.1} s", proof.claims.len().saturating_sub(wrong), proof.seconds);
    let failing = proof.can_fail.len();
    say!("{} policies cannot fail whatever is asked, {failing} can", proof.policies.saturating_sub(failing));
}

fn claim(outcome: &Outcome) {
    let holds = match (&outcome.broken, outcome.empty) {
        (Some(_), _) => "BROKEN",
        (None, true) => "EMPTY",
        (None, false) => "holds",
    };
    say!("{holds:<6} {:<5} {:<28} {:.2} s  {}", outcome.rule, outcome.id, outcome.seconds, outcome.text);
    if outcome.empty {
        say!("       no request there can be meets `never`, so that this claim says nothing");
    }
    if let Some(how) = &outcome.broken {
        how.words.lines().for_each(|line| say!("       {line}"));
    }
}
