//! What the policies of a settings folder must pass before anybody runs on them: reading, and the proof of every claim.
//!
//! The bundled set is proved by the program's own tests; any other is proved here, at `check`, start and reload. Must never
//! let an unproved set through because the solver is away.

use std::path::Path;
use std::sync::Arc;

use samhold_policy::{Claims, PolicySet, Proof, Solver, prove};

use crate::config::{Loaded, Mistake, Mistakes, law_of, policies};

/// Policies and claims that were read and are valid.
#[derive(Debug)]
pub struct Policies {
    /// The policies.
    pub set: Arc<PolicySet>,
    /// What must hold of them.
    pub claims: Claims,
}

impl Policies {
    /// Those of a settings folder; the bundled ones when it has none.
    ///
    /// # Errors
    /// Every mistake in every file.
    pub fn read(settings: &Path) -> Result<Self, Mistakes> {
        let mut mistakes = Mistakes::default();
        let law = law_of(settings, &mut mistakes);
        let set = policies::load(settings, &law, &mut mistakes);
        let claims = policies::claims(settings, &law, &mut mistakes);
        if !mistakes.0.is_empty() {
            return Err(mistakes);
        }
        set.zip(claims).map(|(set, claims)| Self { set, claims }).ok_or(mistakes)
    }

    /// The very set that settings hold, so that what is proved is what is used.
    fn of(loaded: &Loaded) -> Result<Self, Mistakes> {
        let mut mistakes = Mistakes::default();
        let claims = policies::claims(&loaded.folder, &loaded.law, &mut mistakes).ok_or(mistakes)?;
        Ok(Self { set: Arc::clone(&loaded.policies), claims })
    }

    /// What comes with the program, with no more claims than its own.
    #[must_use]
    pub fn are_bundled(&self) -> bool {
        let bundled = PolicySet::bundled();
        self.claims.only_bundled() && bundled.is_ok_and(|set| set.fingerprint() == self.set.fingerprint())
    }
}

/// Proves the policies that settings hold, unless they are the bundled ones: then there is no [`Proof`].
///
/// # Errors
/// Claims with mistakes, a claim that does not hold, a policy that can fail, or no solver to ask.
pub async fn required(loaded: &Loaded) -> Result<(Policies, Option<Proof>), Mistakes> {
    let policies = Policies::of(loaded)?;
    if policies.are_bundled() {
        return Ok((policies, None));
    }
    let about = loaded.folder.join("policies").display().to_string();
    match prove(&policies.set, &policies.claims, &Solver::default()).await {
        Ok(proof) if proof.holds() => Ok((policies, Some(proof))),
        Ok(proof) => Err(Mistakes(refused(&about, &proof))),
        Err(e) => Err(Mistakes(vec![Mistake::about(&about, e.to_string())])),
    }
}

/// Each thing that does not hold. The examples are the solver's inventions, so they may be logged.
fn refused(about: &str, proof: &Proof) -> Vec<Mistake> {
    let broken = proof.broken().map(|(claim, how)| {
        let words = how.words.trim_end().replace('\n', " ");
        let message =
            format!("policy-claim-broken: `{}` ({}, {}) does not hold. {words}", claim.id, claim.rule, claim.law);
        Mistake::about(about, message).help("mend the policy that lets it out; `samhold policy prove` shows all")
    });
    let failing = proof.can_fail.iter().map(|policy| {
        let words = policy.words.trim_end().replace('\n', " ");
        let message =
            format!("policy-can-fail: some request makes `{}` fail, and then it decides nothing. {words}", policy.id);
        Mistake::about(about, message).help("leave arithmetic out of policies")
    });
    let empty = proof.empty().map(|claim| {
        let message = format!("policy-claim-empty: no request there can be meets `never` of `{}`", claim.id);
        Mistake::about(about, message)
            .help("say what must never happen so that it could; as it stands the claim says nothing")
    });
    broken.chain(empty).chain(failing).collect()
}
