//! The SMT solver, cvc5, as a process of its own that gets conditions and gives answers.
//!
//! Must never take silence, a crash or "unknown" for a proof.

use std::path::PathBuf;
use std::time::Duration;

use cedar_policy_symcc::CedarSymCompiler;
use cedar_policy_symcc::solver::LocalSolver;
use tokio::process::Command;

use super::ProveError;

/// Which solver, and how long it may take over one question.
#[derive(Clone, Debug)]
pub struct Solver {
    /// The program; `cvc5` is looked for on the path.
    pub program: PathBuf,
    /// Longest time for one question.
    pub patience: Duration,
}

impl Default for Solver {
    fn default() -> Self {
        let program = std::env::var_os("CVC5").map_or_else(|| PathBuf::from("cvc5"), PathBuf::from);
        Self { program, patience: Duration::from_secs(60) }
    }
}

impl Solver {
    /// Starts it. It ends with the value that is returned.
    pub(super) fn start(&self) -> Result<CedarSymCompiler<LocalSolver>, ProveError> {
        let limit = format!("--tlimit-per={}", self.patience.as_millis());
        let mut command = Command::new(&self.program);
        command.args(["--lang", "smt", &limit]).kill_on_drop(true);
        let missing = |reason: String| ProveError::NoSolver { program: self.program.display().to_string(), reason };
        let process = LocalSolver::from_command(&mut command).map_err(|e| missing(cause(&e)))?;
        CedarSymCompiler::new(process).map_err(|e| missing(e.to_string()))
    }
}

fn cause(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), ToString::to_string)
}
