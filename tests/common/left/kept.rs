//! What was answered and printed while a test ran, kept until its daemon ends. Must never be kept longer: ports are used again.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde_json::Value;

/// One answer of the API.
#[derive(Clone, Debug)]
pub struct Answered {
    /// The port that answered.
    pub port: u16,
    /// Who asked.
    pub system: String,
    /// Where.
    pub path: String,
    /// What was asked; null when it was no JSON.
    pub asked: Value,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub text: String,
}

/// What a command printed.
#[derive(Clone, Debug)]
pub struct Printed {
    folder: PathBuf,
    /// The command without its folder.
    pub line: String,
    /// Standard output and standard error.
    pub text: String,
}

static ANSWERED: Mutex<Vec<Answered>> = Mutex::new(Vec::new());
static PRINTED: Mutex<Vec<Printed>> = Mutex::new(Vec::new());

/// Keeps an answer.
pub fn answered(answer: Answered) {
    ANSWERED.lock().unwrap().push(answer);
}

/// Keeps what a command of a folder printed.
pub fn printed(folder: &Path, args: &[&str], output: &std::process::Output) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let text = text(&output.stdout) + &text(&output.stderr);
    PRINTED.lock().unwrap().push(Printed { folder: folder.to_owned(), line: args.join(" "), text });
}

/// The answers of a port, which are then kept no longer.
pub fn answers_of(port: u16) -> Vec<Answered> {
    ANSWERED.lock().unwrap().extract_if(.., |answer| answer.port == port).collect()
}

/// What the commands of a folder printed, which is then kept no longer.
pub fn printed_of(folder: &Path) -> Vec<Printed> {
    PRINTED.lock().unwrap().extract_if(.., |printed| printed.folder == folder).collect()
}
