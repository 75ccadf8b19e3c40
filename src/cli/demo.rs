//! `samhold demo`: the main job on built-in stand-ins, shown child by child and service by service.
//!
//! Prints first names of invented children, and no identity number.

use std::process::ExitCode;

use tokio::signal::unix::{SignalKind, signal};

use super::support::{DOES_NOT_HOLD, block_on};
use crate::demo::{Options, Report, play, render};

/// As a shell tells an interrupted command.
const STOPPED: u8 = 130;

/// Arguments of `demo`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:  samhold demo\n\nExit code 1 when an answer is another than the story tells, or something that must hold does not."
)]
pub struct DemoArgs {
    /// Keeps everything running and says where the API answers
    #[arg(long)]
    serve: bool,
    /// Shows one source and one recipient over this broker too
    #[arg(long, value_name = "URL")]
    amqp: Option<String>,
    /// For machines
    #[arg(long)]
    json: bool,
}

/// Runs the demonstration.
pub fn run(args: DemoArgs) -> ExitCode {
    block_on(demonstrate(args))
}

async fn demonstrate(args: DemoArgs) -> anyhow::Result<ExitCode> {
    let options = Options { amqp: args.amqp };
    let demo = tokio::select! {
        demo = play(&options) => demo?,
        stopped = stopped() => {
            stopped?;
            eprintln!("stopped before the end");
            return Ok(ExitCode::from(STOPPED));
        }
    };
    if args.json {
        println!("{}", serde_json::to_string_pretty(&demo.report)?);
    } else {
        print!("{}", render(&demo.report));
    }
    complain(&demo.report);
    let code = if demo.report.holds() { ExitCode::SUCCESS } else { ExitCode::from(DOES_NOT_HOLD) };
    if args.serve {
        eprintln!("\n{}\nStop with Ctrl-C.", demo.address());
        stopped().await?;
    }
    demo.stop().await;
    Ok(code)
}

/// Somebody wants it to end.
async fn stopped() -> std::io::Result<()> {
    let mut term = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = term.recv() => Ok(()),
        stopped = tokio::signal::ctrl_c() => stopped,
    }
}

/// What does not hold, where scripts look for it.
fn complain(report: &Report) {
    for differs in &report.differs {
        eprintln!("does not hold: {differs}");
    }
    for check in report.checks.iter().filter(|c| !c.holds) {
        eprintln!("does not hold: {} ({})", check.name, check.found);
    }
}
