//! `samhold duty …`: what is known of who holds, one file for each of its commands.
//!
//! Works from the facts in the store, with the settings' rules.

pub(in crate::cli) mod case;
mod compare;
mod decide;
mod overdue;
mod page;
mod rebuild;
mod show;

use std::process::ExitCode;

use samhold_duty::compare::Point;
use samhold_model::dates::date_of;
use samhold_model::{ChildId, Date, Instant, MunicipalityNo};

use show::Shown;

use crate::cli::support::{Folder, block_on, settings, store};
use crate::sync::rebuild::Scope;

/// Arguments of `duty`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:  samhold duty show --child 7d0f4a52-5a59-4f0e-8f0c-9f8b0d7a0001 --as-of 2026-08-17\n          samhold duty overdue"
)]
pub struct DutyArgs {
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
    /// Who holds for one child, and why
    #[command(
        after_help = "Example:  samhold duty show --child 7d0f4a52-5a59-4f0e-8f0c-9f8b0d7a0001 --as-of 2026-08-17"
    )]
    Show {
        /// The child's id in this system
        #[arg(long)]
        child: ChildId,
        /// The date asked about; default today
        #[arg(long)]
        as_of: Option<Date>,
        /// What had been recorded by then; default what had been recorded by the date asked about
        #[arg(long)]
        known_at: Option<Date>,
        /// Also what is masked otherwise: a krisesenter, and schools of a strictly protected child; the audit log says so
        #[arg(long)]
        unmask: bool,
    },
    /// What changed for one child between two dates, and which fact caused it
    #[command(
        after_help = "Example:  samhold duty compare --child 7d0f4a52-5a59-4f0e-8f0c-9f8b0d7a0001 --from 2026-08-01 --to 2026-11-01\n          samhold duty compare --child 7d0f4a52-5a59-4f0e-8f0c-9f8b0d7a0001 --from 2026-08-01@2026-08-01 --to 2026-08-01@2026-11-01"
    )]
    Compare {
        /// The child's id in this system
        #[arg(long)]
        child: ChildId,
        /// The first date; with @DATE what had been recorded by then, default by the date itself
        #[arg(long, value_name = "DATE[@KNOWN_AT]", value_parser = compare::point)]
        from: Point,
        /// The second date, as the first
        #[arg(long, value_name = "DATE[@KNOWN_AT]", value_parser = compare::point)]
        to: Point,
        /// As for `duty show`
        #[arg(long)]
        unmask: bool,
    },
    /// Children without a named holder, disputes, vacancies, what falls due
    #[command(after_help = "Example:  samhold duty overdue --municipality 9901 --service lia-skole")]
    Overdue(overdue::OverdueArgs),
    /// Makes the history of answers again from the facts alone
    #[command(
        after_help = "Example:  samhold duty rebuild --check\n          samhold duty rebuild --child 7d0f4a52-5a59-4f0e-8f0c-9f8b0d7a0001"
    )]
    Rebuild {
        /// Only compare with what is kept, and change nothing; without it the daemon works the children out anew
        #[arg(long)]
        check: bool,
        /// Only this child
        #[arg(long)]
        child: Option<ChildId>,
        /// Only this municipality
        #[arg(long)]
        municipality: Option<String>,
    },
    /// The municipality names a holder, settles a dispute, or withdraws a decision
    #[command(
        after_help = "Example:  samhold duty decide --child 7d0f4a52-5a59-4f0e-8f0c-9f8b0d7a0001 --municipality 9901 --by kommunedirektor --settle helsestasjon --ground \"kjenner barnet best\""
    )]
    Decide(decide::DecideArgs),
}

/// Runs the command.
pub fn run(args: DutyArgs) -> ExitCode {
    let loaded = match settings(&args.folder) {
        Ok(loaded) => loaded,
        Err(code) => return code,
    };
    block_on(async move {
        let store = store(&loaded).await?;
        match args.action {
            Action::Show { child, as_of, known_at, unmask } => {
                let as_of = as_of.unwrap_or_else(|| date_of(Instant::now()));
                let (point, shown) = (Point { as_of, known_at }, Shown { as_json: args.json, unmask });
                show::show(store.as_ref(), &loaded, child, point, shown).await
            }
            Action::Compare { child, from, to, unmask } => {
                let shown = Shown { as_json: args.json, unmask };
                compare::compare(store.as_ref(), &loaded, child, [from, to], shown).await
            }
            Action::Rebuild { check, child, municipality } => {
                let scope = Scope { child, municipality: municipality.map(MunicipalityNo::new) };
                if check {
                    rebuild::compare(store.as_ref(), &loaded, &scope, rebuild::today(), args.json).await
                } else {
                    rebuild::again(store.as_ref(), &scope, args.json).await
                }
            }
            Action::Decide(decision) => decide::run(store, loaded, decision, args.json).await,
            Action::Overdue(asked) => overdue::overdue(store.as_ref(), &loaded, asked, args.json).await,
        }
    })
}
