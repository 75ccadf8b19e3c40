//! `samhold`: see `samhold --help`.

fn main() -> std::process::ExitCode {
    samhold::cli::main()
}
