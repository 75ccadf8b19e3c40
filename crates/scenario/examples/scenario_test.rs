//! The command `scenario test` by itself, for work on this crate without building the whole daemon.

#[path = "../../../src/cli/scenario.rs"]
mod scenario;

use clap::Parser;

#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    scenario: scenario::ScenarioArgs,
}

fn main() -> std::process::ExitCode {
    scenario::run(Cli::parse().scenario)
}
