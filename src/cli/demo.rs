//! `samhold demo`.

use std::process::ExitCode;

/// Arguments of `demo`.
#[derive(Debug, clap::Args)]
pub struct DemoArgs {}

/// Runs the demonstration.
pub fn run(_args: DemoArgs) -> ExitCode {
    ExitCode::SUCCESS
}
