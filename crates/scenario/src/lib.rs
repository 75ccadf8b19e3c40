#![doc = include_str!("../README.md")]

mod compare;
mod error;
mod load;
mod reader;
pub mod report;
mod run;
mod shape;
mod text;
mod words;

use std::path::{Path, PathBuf};

use samhold_model::Law;

pub use compare::Difference;
pub use error::{FileError, Mistake};
pub use run::CheckResult;

use text::{Source, mask};

/// Runs every check of the files, in their order, by the law as `law` has it.
///
/// # Errors
/// Every slip of every file at once; then nothing is run.
pub fn run_files(files: &[PathBuf], law: &Law) -> Result<Vec<CheckResult>, Vec<FileError>> {
    let mut errors = Vec::new();
    let mut sources = Vec::new();
    for file in files {
        match read(file) {
            Ok(source) => sources.push(source),
            Err(error) => errors.push(error),
        }
    }
    run_sources(&sources, law, errors)
}

/// Runs every check of texts that are at hand, given as name and text.
///
/// # Errors
/// As [`run_files`].
pub fn run_texts(texts: &[(&str, &str)], law: &Law) -> Result<Vec<CheckResult>, Vec<FileError>> {
    let sources: Vec<Source> = texts.iter().map(|(name, text)| Source::new(name, text)).collect();
    run_sources(&sources, law, Vec::new())
}

/// One `[[sharing]]` of a file: what is asked, under which settings.
#[derive(Clone, Debug)]
pub struct Question {
    /// The scenario's id.
    pub id: String,
    /// Its title; may be empty.
    pub title: String,
    /// What is asked.
    pub request: samhold_disclosure::Request,
    /// The municipality's settings, as the scenario gives them.
    pub config: samhold_disclosure::Share,
}

/// The questions of a scenario file about sharing, in their order, without asking them.
///
/// # Errors
/// As [`run_files`].
pub fn questions(file: &Path, law: &Law) -> Result<Vec<Question>, Vec<FileError>> {
    let source = read(file).map_err(|e| vec![e])?;
    let told =
        |mistakes: Vec<Mistake>| mistakes.into_iter().map(|m| FileError::Mistake(Box::new(m))).collect::<Vec<_>>();
    let scenarios = load::load(&source, law).map_err(told)?;
    Ok(scenarios.into_iter().filter_map(question).collect())
}

fn question(scenario: load::Scenario) -> Option<Question> {
    match scenario {
        load::Scenario::Sharing(of) => {
            Some(Question { id: of.id, title: of.title, request: of.request, config: of.config })
        }
        load::Scenario::Duty(_) => None,
    }
}

fn run_sources(sources: &[Source], law: &Law, mut errors: Vec<FileError>) -> Result<Vec<CheckResult>, Vec<FileError>> {
    let mut scenarios = Vec::new();
    for source in sources {
        match load::load(source, law) {
            Ok(loaded) => scenarios.extend(loaded),
            Err(mistakes) => errors.extend(mistakes.into_iter().map(|m| FileError::Mistake(Box::new(m)))),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(scenarios.into_iter().flat_map(|scenario| run::run(scenario, law)).collect())
}

fn read(file: &Path) -> Result<Source, FileError> {
    let name = file.display().to_string();
    match std::fs::read_to_string(file) {
        Ok(text) => Ok(Source::new(&name, &text)),
        Err(source) => Err(FileError::Unreadable { file: mask(&name), source }),
    }
}
