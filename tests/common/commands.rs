//! The command line beside a running or stopped daemon: what an operator would type.

use std::process::{Command, Output};

use serde_json::Value;

use super::folder::Folder;
use super::left::printed;

impl Folder {
    /// Runs `samhold ARGS --config FOLDER`.
    #[must_use]
    pub fn cli(&self, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_samhold"));
        // The folder is an option of the command, which may have an action of its own after it.
        let (first, rest) = args.split_first().unwrap();
        command.arg(first).arg("--config").arg(self.path()).args(rest);
        let output = command.output().unwrap();
        printed(self.path(), args, &output);
        output
    }

    /// Standard output of a command that must succeed.
    ///
    /// # Panics
    /// When it fails.
    pub fn cli_text(&self, args: &[&str]) -> String {
        let out = self.cli(args);
        assert!(out.status.success(), "{args:?} ended with {}: {}", out.status, String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    }

    /// `status --json`.
    #[must_use]
    pub fn status(&self) -> Value {
        serde_json::from_str(&self.cli_text(&["status", "--json"])).unwrap()
    }

    /// The last error of a system in `status --json`; empty when there is none.
    #[must_use]
    pub fn last_error_of(&self, system: &str) -> String {
        let status = self.status();
        let all = status["systems"].as_array().unwrap();
        let found = all.iter().find(|s| s["system"] == system);
        found.and_then(|s| s["last_error"].as_str()).unwrap_or_default().to_owned()
    }

    /// Dead letters that wait, as `dead-letters list --json` tells them.
    #[must_use]
    pub fn dead_letters(&self) -> Vec<Value> {
        let text = self.cli_text(&["dead-letters", "list", "--json"]);
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}
