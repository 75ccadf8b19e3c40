//! `samhold duty decide`: the municipality names a holder, settles a dispute or withdraws a decision.
//!
//! The same road as the API. Contacts nobody: the running daemon finds the new fact and tells those concerned.

use std::process::ExitCode;
use std::sync::Arc;

use samhold_model::{ChildId, Date, FactId};
use samhold_store::Store;
use serde_json::json;
use uuid::Uuid;

use crate::cli::support::{DOES_NOT_HOLD, UNREADABLE, say};
use crate::clock::Clock;
use crate::config::{Loaded, SystemSettings};
use crate::sync::Engine;
use crate::sync::decision::{Action, Decision, Made, Refusal, decide};

/// What is decided, by whom and why.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("action").required(true).args(["name_holder", "settle", "withdraw"]))]
pub(super) struct DecideArgs {
    /// The child's id in this system
    #[arg(long)]
    child: ChildId,
    /// Kommunenummer of the municipality that decides
    #[arg(long)]
    municipality: String,
    /// The role or unit that decides, with authority of its own or by delegation
    #[arg(long, value_name = "ROLE")]
    by: String,
    /// The service that shall coordinate
    #[arg(long, value_name = "SERVICE")]
    name_holder: Option<String>,
    /// The service that shall coordinate, where the services disagree
    #[arg(long, value_name = "SERVICE")]
    settle: Option<String>,
    /// Withdraw the decision that stands
    #[arg(long)]
    withdraw: bool,
    /// The day from which it counts; default today
    #[arg(long)]
    at: Option<Date>,
    /// The first day on which it no longer counts
    #[arg(long, conflicts_with = "withdraw")]
    valid_to: Option<Date>,
    /// Why, in words without any person's number; kept in the fact, sent to nobody
    #[arg(long, value_parser = clap::builder::NonEmptyStringValueParser::new())]
    ground: String,
}

impl DecideArgs {
    fn decision(self) -> Decision {
        let action = match (&self.settle, self.withdraw) {
            (Some(_), _) => Action::SettleDispute,
            (None, true) => Action::Withdraw,
            (None, false) => Action::NameHolder,
        };
        Decision {
            id: FactId(Uuid::new_v4()),
            child: json!({"child_id": self.child}),
            municipality: self.municipality,
            action,
            by: self.by,
            service: self.settle.or(self.name_holder),
            at: self.at,
            valid_to: self.valid_to,
            ground: Some(self.ground),
        }
    }
}

/// Records the decision and says what follows.
pub(super) async fn run(
    store: Arc<dyn Store>,
    loaded: Loaded,
    args: DecideArgs,
    as_json: bool,
) -> anyhow::Result<ExitCode> {
    let decision = args.decision();
    let operator = operator(&decision.municipality);
    let live = match crate::connect::assemble(loaded) {
        Ok(live) => live,
        Err(mistakes) => {
            eprint!("{}", mistakes.render());
            return Ok(ExitCode::from(UNREADABLE));
        }
    };
    let engine = Engine::new(store, Clock::real(), live);
    Ok(match decide(&engine, &operator, &decision).await? {
        Ok(made) => told(&decision, &made, as_json),
        Err(refusal) => refused(&refusal),
    })
}

/// Whoever has the command line speaks for the municipality; in the ledger and the audit it is the operator's word.
fn operator(municipality: &str) -> SystemSettings {
    SystemSettings {
        name: "operator".into(),
        kind: "koordinerende_enhet".into(),
        municipalities: vec![municipality.to_owned()],
        services: Vec::new(),
        token: None,
        client_certificate_sha256: None,
        may: Vec::new(),
        acts_as: vec!["*".into()],
        source: None,
        recipient: None,
    }
}

fn told(decision: &Decision, made: &Made, as_json: bool) -> ExitCode {
    if as_json {
        say!("{}", json!({"fact_id": made.fact, "status": "RECORDED", "takes_effect": made.takes_effect}));
        return ExitCode::SUCCESS;
    }
    match (&decision.service, made.takes_effect) {
        (Some(service), Some(day)) => say!("Besluttet: {service} samordner fra {day}."),
        (Some(_), None) => {
            say!(
                "Registrert, men uten virkning nå: noe annet går foran, som en barnekoordinator. Se `samhold duty show`."
            );
        }
        (None, _) => say!("Beslutningen er trukket tilbake."),
    }
    say!("Faktum {}. De som skal vite det, får beskjed av tjenesten som kjører.", made.fact);
    ExitCode::SUCCESS
}

fn refused(refusal: &Refusal) -> ExitCode {
    eprintln!("{}: tried to record the decision: {}", refusal.code, refusal.detail);
    for error in &refusal.errors {
        eprintln!("  {error}");
    }
    ExitCode::from(DOES_NOT_HOLD)
}
