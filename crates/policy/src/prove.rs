//! Proof: for every request there can be, the policies permit nothing that a claim says must never happen.
//!
//! The conditions are compiled to logic by Cedar's own symbolic compiler and answered by cvc5. A claim that does not hold
//! comes with a request that breaks it. Must never report as proved what the solver did not answer.

mod counterexample;
mod named;
mod realistic;
mod solver;
mod words;

use std::time::{Duration, Instant};

use cedar_policy::{Policy, RequestEnv};
use cedar_policy_symcc::solver::LocalSolver;
use cedar_policy_symcc::{CedarSymCompiler, CompiledPolicy, CompiledPolicySet, Env};

pub use counterexample::{Asked, Counterexample};
pub use solver::Solver;

use crate::claims::{Claim, Claims};
use crate::set::PolicySet;

/// What came of it.
#[derive(Debug, serde::Serialize)]
pub struct Proof {
    /// Each claim, in the order given.
    pub claims: Vec<Outcome>,
    /// How many policies there are, each asked whether it can fail.
    pub policies: usize,
    /// Policies that some request would make fail.
    pub can_fail: Vec<CanFail>,
    /// How long all took.
    pub seconds: f64,
}

/// One claim.
#[derive(Debug, serde::Serialize)]
pub struct Outcome {
    /// Its id.
    pub id: String,
    /// Its rule.
    pub rule: String,
    /// Its law.
    pub law: String,
    /// Its sentence in bokmål.
    pub text: String,
    /// A request that breaks it; `None` when it holds for all.
    pub broken: Option<Counterexample>,
    /// No request there can be meets its condition, so that it holds of anything and says nothing. Asked of added claims only.
    pub empty: bool,
    /// How long it took.
    pub seconds: f64,
}

/// A policy whose evaluation can fail, for instance by numbers that grow too large. A `forbid` that fails forbids nothing.
#[derive(Debug, serde::Serialize)]
pub struct CanFail {
    /// The policy.
    pub id: String,
    /// A request that makes it fail, as plain as it can be.
    pub asked: Asked,
    /// The request in bokmål.
    pub words: String,
}

impl Proof {
    /// Every claim holds and says something, and no policy can fail.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.can_fail.is_empty() && self.broken().next().is_none() && self.empty().next().is_none()
    }

    /// The claims that no request can meet.
    pub fn empty(&self) -> impl Iterator<Item = &Outcome> {
        self.claims.iter().filter(|outcome| outcome.empty)
    }

    /// The claims that do not hold.
    pub fn broken(&self) -> impl Iterator<Item = (&Outcome, &Counterexample)> {
        self.claims.iter().filter_map(|outcome| outcome.broken.as_ref().map(|how| (outcome, how)))
    }
}

/// Why nothing could be proved. Not a proof of the contrary.
#[derive(Debug, thiserror::Error)]
pub enum ProveError {
    /// cvc5 cannot be started.
    #[error(
        "policy-solver-missing: found no SMT solver at `{program}` ({reason}); expected cvc5. Install it (`apt install cvc5`), or name it in the environment variable CVC5"
    )]
    NoSolver {
        /// What was tried.
        program: String,
        /// What the system said.
        reason: String,
    },
    /// cvc5 gave no answer to one question.
    #[error(
        "policy-not-proved: `{about}` was not answered by the solver: {reason}. Write the policy or claim more simply, or look whether cvc5 works"
    )]
    NoAnswer {
        /// The claim or policy.
        about: String,
        /// What happened.
        reason: String,
    },
}

/// Proves every claim about a set, and that none of its policies can fail.
///
/// # Errors
/// When the solver is missing, dies, takes too long or gives no answer.
pub async fn prove(set: &PolicySet, claims: &Claims, solver: &Solver) -> Result<Proof, ProveError> {
    let begun = Instant::now();
    let mut prover = Prover::new(set, solver)?;
    let (mut outcomes, mut can_fail) = (Vec::new(), Vec::new());
    for policy in set.policies().policies() {
        can_fail.extend(prover.failure(policy).await?);
    }
    for claim in claims.all() {
        let mut outcome = prover.claim(claim).await?;
        // Those that come with the program are held by its tests.
        outcome.empty = claims.is_own(claim) && !can_be_met(set, claim, solver).await?;
        outcomes.push(outcome);
    }
    Ok(Proof {
        claims: outcomes,
        policies: set.policies().policies().count(),
        can_fail,
        seconds: begun.elapsed().as_secs_f64(),
    })
}

/// Whether some request meets a claim's condition. A claim that none meets would hold of anything, and say nothing.
///
/// # Errors
/// As [`prove`].
pub async fn can_be_met(set: &PolicySet, claim: &Claim, solver: &Solver) -> Result<bool, ProveError> {
    let mut asking = solver.start()?;
    let broken = claim.broken().map_err(|e| no_answer(&claim.id, e))?;
    for env in set.schema().request_envs() {
        let policy = CompiledPolicy::compile(&broken, &env, set.schema()).map_err(|e| no_answer(&claim.id, e))?;
        let never = asking.check_never_matches_opt(&policy);
        if !answered(&claim.id, solver.patience, never).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A kind of request that the schema knows, with the set as logic over it.
struct Compiled {
    env: RequestEnv,
    set: CompiledPolicySet,
}

struct Prover<'a> {
    set: &'a PolicySet,
    compiled: Vec<Compiled>,
    solver: CedarSymCompiler<LocalSolver>,
    patience: Duration,
}

impl<'a> Prover<'a> {
    fn new(set: &'a PolicySet, solver: &Solver) -> Result<Self, ProveError> {
        let asking = solver.start()?;
        let compile = |env: RequestEnv| {
            let logic = CompiledPolicySet::compile(set.policies(), &env, set.schema());
            Ok(Compiled { set: logic.map_err(|e| no_answer("the set", e))?, env })
        };
        let compiled = set.schema().request_envs().map(compile).collect::<Result<_, _>>()?;
        Ok(Self { set, compiled, solver: asking, patience: solver.patience })
    }

    async fn failure(&mut self, policy: &Policy) -> Result<Option<CanFail>, ProveError> {
        let id = policy.id().to_string();
        for Compiled { env, .. } in &self.compiled {
            let compiled = CompiledPolicy::compile(policy, env, self.set.schema()).map_err(|e| no_answer(&id, e))?;
            let question = self.solver.check_never_errors_with_counterexample_opt(&compiled);
            if let Some(found) = answered(&id, self.patience, question).await? {
                return CanFail::of(self.set, policy, &found).map(Some).map_err(|e| no_answer(&id, e));
            }
        }
        Ok(None)
    }

    async fn claim(&mut self, claim: &Claim) -> Result<Outcome, ProveError> {
        let begun = Instant::now();
        let found = self.breaking(claim).await?;
        let broken = found.map(|env| Counterexample::of(self.set, claim, &env)).transpose();
        Ok(Outcome {
            id: claim.id.clone(),
            rule: claim.rule.clone(),
            law: claim.law.clone(),
            text: claim.text.clone(),
            broken: broken.map_err(|e| no_answer(&claim.id, e))?,
            empty: false,
            seconds: begun.elapsed().as_secs_f64(),
        })
    }

    /// A request that the set permits and the claim says is never permitted.
    async fn breaking(&mut self, claim: &Claim) -> Result<Option<Env>, ProveError> {
        let held = claim.held().map_err(|e| no_answer(&claim.id, e))?;
        for Compiled { env, set } in &self.compiled {
            let compiled = CompiledPolicy::compile(&held, env, self.set.schema());
            let held = compiled.map_err(|e| no_answer(&claim.id, e))?.into_compiled_policyset();
            let question = self.solver.check_implies_with_counterexample_opt(set, &held);
            if let Some(found) = answered(&claim.id, self.patience, question).await? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}

/// The solver's answer, or that it gave none in time. Its own limit comes first; this is for one that hangs.
async fn answered<T>(
    about: &str,
    patience: Duration,
    question: impl Future<Output = cedar_policy_symcc::err::Result<T>>,
) -> Result<T, ProveError> {
    match tokio::time::timeout(patience.saturating_mul(2), question).await {
        Ok(answer) => answer.map_err(|e| no_answer(about, e)),
        Err(_) => Err(no_answer(about, "it took too long")),
    }
}

fn no_answer(about: &str, reason: impl std::fmt::Display) -> ProveError {
    ProveError::NoAnswer { about: about.to_owned(), reason: reason.to_string() }
}
