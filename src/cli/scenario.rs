//! `samhold scenario test`: runs scenario files against the rules.
//!
//! Must never do more than read files, ask and print: what is checked and how it is shown is in `samhold-scenario`.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use samhold_model::Law;
use samhold_scenario::{report, run_files};

/// Check scenario files: given these facts, this must be the answer.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:  samhold scenario test our-scenarios.toml")]
pub struct ScenarioArgs {
    #[command(subcommand)]
    command: ScenarioCommand,
}

#[derive(Debug, clap::Subcommand)]
enum ScenarioCommand {
    /// Run every check of the files; exit 1 if any failed, 2 if a file cannot be read
    #[command(after_help = "Example:\n  samhold scenario test our-scenarios.toml\n  \
        samhold scenario test --json duty.toml sharing.json")]
    Test {
        /// One JSON object per check on its own line, then the numbers
        #[arg(long)]
        json: bool,
        /// Scenario files, TOML or JSON
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
}

/// Does what was asked and says how it went.
#[must_use]
pub fn run(args: ScenarioArgs) -> ExitCode {
    let ScenarioCommand::Test { json, files } = args.command;
    let outcome = run_files(&files, &Law::bundled());
    match &outcome {
        Ok(results) if json => print(&report::json_lines(results)),
        Ok(results) => print(&report::human(results)),
        Err(errors) => complain(&report::errors(errors)),
    }
    ExitCode::from(report::exit_code(&outcome))
}

/// A reader that went away (`| head`) is no reason to change the verdict, nor to panic.
fn print(text: &str) {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

fn complain(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}
