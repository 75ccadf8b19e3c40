//! `samhold policy …`: the policies that narrow disclosure, one file for each command.
//!
//! Must never let anything out.

mod check;
mod explain;
mod prove;

use std::process::ExitCode;

use super::support::Folder;

/// Arguments of `policy`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:  samhold policy prove --config /etc/samhold")]
pub struct PolicyArgs {
    #[command(flatten)]
    folder: Folder,
    /// For machines
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Why a recipient gets what it gets: facts, the 23 steps, consents, each field, the policies that spoke
    #[command(
        after_help = "Example:  samhold policy explain --child 7d0f4a52-5a59-4f0e-8f0c-9f8b0d7a0001 --recipient visma-flyt --category team_roster\n          samhold policy explain --request our-scenarios.toml"
    )]
    Explain(explain::ExplainArgs),
    /// Every policy and claim is valid, all mistakes at once; nothing is proved
    #[command(after_help = "Example:  samhold policy check --config /etc/samhold")]
    Check,
    /// Every claim proved for all requests there can be, with cvc5; a request that breaks it where not
    #[command(after_help = "Example:  samhold policy prove --config /etc/samhold")]
    Prove {
        /// Only this claim
        #[arg(long, value_name = "ID")]
        claim: Option<String>,
    },
}

/// Runs the command.
pub fn run(args: PolicyArgs) -> ExitCode {
    match args.action {
        Action::Explain(asked) => explain::run(&args.folder, asked, args.json),
        Action::Check => check::run(&args.folder, args.json),
        Action::Prove { claim } => prove::run(&args.folder, claim.as_deref(), args.json),
    }
}
