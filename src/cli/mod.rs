//! The command line. A file per command; exit 0 done, 1 the checked thing does not hold, 2 wrong usage or unreadable input.
//!
//! No command prints a national identity number.

mod audit;
mod check;
mod consents;
mod dead_letters;
mod demo;
mod duty;
mod mapping;
mod policy;
mod run;
mod scenario;
mod status;
mod support;
mod tasks;
mod veil;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Keeps a municipality's systems agreed on who coordinates for a child.
#[derive(Debug, Parser)]
#[command(name = "samhold", version, about, max_term_width = 100)]
#[command(
    after_help = "Start with:  samhold demo\n\nThen:        samhold check --config config/ && samhold run --config config/"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the main job on built-in stand-ins of a municipality's systems
    Demo(demo::DemoArgs),
    /// Runs the daemon
    Run(run::RunArgs),
    /// Checks everything the daemon would load, all errors at once
    Check(check::CheckArgs),
    /// Checks, tests and runs mapping files
    Mapping(mapping::MappingArgs),
    /// Checks scenario files: given these facts, this must be the answer
    Scenario(scenario::ScenarioArgs),
    /// The policies that narrow disclosure, and the proof of what must never happen
    Policy(policy::PolicyArgs),
    /// Who holds the samordningsplikt, and why
    Duty(duty::DutyArgs),
    /// A child's consents: how each stands, what it opens, until when, and who must consent
    Consents(consents::ConsentsArgs),
    /// Each system: last contact, backlog, errors; each recipient: queued, delivered, rejected
    Status(status::StatusArgs),
    /// What could not be mapped or delivered, why, and again
    #[command(name = "dead-letters")]
    DeadLetters(dead_letters::DeadLettersArgs),
    /// What only a person can decide, and their answer
    Tasks(tasks::TasksArgs),
    /// The audit chain holds; who got what about this child
    Audit(audit::AuditArgs),
}

/// Reads the arguments and runs the command.
#[must_use]
pub fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Demo(args) => demo::run(args),
        Command::Run(args) => run::run(args),
        Command::Check(args) => check::run(args),
        Command::Mapping(args) => mapping::run(args),
        Command::Scenario(args) => scenario::run(args),
        Command::Policy(args) => policy::run(args),
        Command::Duty(args) => duty::run(args),
        Command::Consents(args) => consents::run(args),
        Command::Status(args) => status::run(args),
        Command::DeadLetters(args) => dead_letters::run(args),
        Command::Tasks(args) => tasks::run(args),
        Command::Audit(args) => audit::run(args),
    }
}
