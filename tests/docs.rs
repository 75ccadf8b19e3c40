//! The documents say what the program is: codes, reasons, facts, metrics, commands, links and example settings are compared
//! with the source and the built binary, so that neither can grow alone.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

#[path = "docs/codes.rs"]
mod codes;
#[path = "docs/examples.rs"]
mod examples;
#[path = "docs/excerpt.rs"]
mod excerpt;
#[path = "docs/facts.rs"]
mod facts;
#[path = "docs/law.rs"]
mod law;
#[path = "docs/links.rs"]
mod links;
#[path = "docs/vocabulary.rs"]
mod vocabulary;

use std::path::{Path, PathBuf};

/// A path below the root of the source.
fn at(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A file of the source.
fn text(path: &str) -> String {
    std::fs::read_to_string(at(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// The first word in backticks of each row of the tables whose first cell begins with one, an anchor before it or not.
fn rows(document: &str) -> Vec<String> {
    let cells = document.lines().filter_map(|line| line.strip_prefix("| "));
    let cells = cells.map(|cell| cell.strip_prefix("<a id=").and_then(|c| c.split_once("</a>")).map_or(cell, |c| c.1));
    cells.filter_map(|cell| Some(cell.strip_prefix('`')?.split('`').next()?.to_owned())).collect()
}

/// Files below a folder with one of these endings.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![at(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The program as it was built for this test.
fn samhold(arguments: &[&str]) -> std::process::Command {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_samhold"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments).env_remove("SAMHOLD_CONFIG");
    command
}
