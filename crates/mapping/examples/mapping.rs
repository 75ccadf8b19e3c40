//! The command line of this room alone: `cargo run -p samhold-mapping --example mapping -- test`.

use clap::Parser;

#[path = "../../../src/cli/mapping.rs"]
mod mapping;

#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    args: mapping::MappingArgs,
}

fn main() -> std::process::ExitCode {
    mapping::run(Cli::parse().args)
}
