//! Placeholder until the mapping commands land.
/// Arguments.
#[derive(Debug, clap::Args)]
pub struct MappingArgs {}
/// Runs.
pub fn run(_args: MappingArgs) -> std::process::ExitCode { std::process::ExitCode::SUCCESS }
