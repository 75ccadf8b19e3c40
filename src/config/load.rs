//! Loads a settings folder: all files, all mistakes, then all or nothing.
//!
//! The same function serves `check`, start and reload, so that what `check` accepts is what the daemon runs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use samhold_disclosure::Narrowed;
use samhold_model::Law;
use samhold_policy::PolicySet;

use super::daemon::Settings;
use super::floor::Lowered;
use super::report::{Mistake, Mistakes};
use super::services::{Services, ServicesFile};
use super::strict;
use super::system::SystemSettings;

/// Everything the settings folder says.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The folder.
    pub folder: PathBuf,
    /// The daemon's settings.
    pub settings: Settings,
    /// The law catalogue.
    pub law: Law,
    /// The services.
    pub services: Services,
    /// The connected systems by name.
    pub systems: BTreeMap<String, SystemSettings>,
    /// The policies in force.
    pub policies: Arc<PolicySet>,
}

impl Loaded {
    /// The rules of disclosure as a municipality has set them, and the policies.
    #[must_use]
    pub fn share_rules(&self, number: &str) -> Narrowed {
        let config = self.settings.municipality.get(number).map(|m| m.share.clone()).unwrap_or_default();
        let rules = samhold_disclosure::Rules { law: self.law.clone(), config };
        Narrowed { rules, municipality: number.to_owned(), policies: Arc::clone(&self.policies) as _ }
    }

    /// The rules of the duty as a municipality has set them.
    #[must_use]
    pub fn duty_rules(&self, number: &str) -> samhold_duty::Rules {
        let mut config = self.settings.municipality.get(number).map(|m| m.reconcile.clone()).unwrap_or_default();
        config.municipality = number.to_owned();
        config.service_levels = self.services.levels();
        samhold_duty::Rules { law: self.law.clone(), config }
    }
}

/// Reads and checks a settings folder.
///
/// # Errors
/// Every mistake found in every file.
pub fn load(folder: &Path) -> Result<Loaded, Mistakes> {
    let mut mistakes = Mistakes::default();
    let settings = settings(folder, &mut mistakes);
    let law = law_of(folder, &mut mistakes);
    let services = services(folder, &law, &mut mistakes);
    let systems = systems(folder, &law, settings.as_ref(), &mut mistakes);
    let policies = super::policies::load(folder, &law, &mut mistakes);
    match (settings, policies) {
        (Some(settings), Some(policies)) if mistakes.0.is_empty() => {
            Ok(Loaded { folder: folder.to_owned(), settings, law, services, systems, policies })
        }
        _ => Err(mistakes),
    }
}

/// The secrets that a settings folder names and that cannot be read now, one line each. Not a mistake in the settings: most
/// are read only when they are used, and the daemon recovers when they come.
#[must_use]
pub fn unreadable_secrets(folder: &Path) -> Vec<String> {
    let systems = system_files(&folder.join("systems"), &mut Mistakes::default());
    std::iter::once(folder.join("samhold.toml")).chain(systems).flat_map(|f| super::secrets::unreadable(&f)).collect()
}

/// The text of a file that may be left out.
fn text_if_there(path: &Path, mistakes: &mut Mistakes) -> Option<Arc<str>> {
    // Not `exists`: a file that may not be read must not count as left out.
    match path.try_exists() {
        Ok(false) => None,
        _ => text_of(path, mistakes),
    }
}

fn text_of(path: &Path, mistakes: &mut Mistakes) -> Option<Arc<str>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Some(Arc::from(text)),
        Err(e) => {
            mistakes.push(
                Mistake::about(&path.display().to_string(), format!("cannot be read: {e}"))
                    .help("give the folder with `--config DIR`; `config/` of the program's source is an example"),
            );
            None
        }
    }
}

/// The file alone is read strictly for its places; then the environment is laid over it.
fn settings(folder: &Path, mistakes: &mut Mistakes) -> Option<Settings> {
    let path = folder.join("samhold.toml");
    let name = path.display().to_string();
    let text = text_of(&path, mistakes)?;
    let before = mistakes.0.len();
    strict::read::<toml::Table>(&name, &text, mistakes)?;
    let merged = config::Config::builder()
        .add_source(config::File::from_str(&text, config::FileFormat::Toml))
        .add_source(
            config::Environment::with_prefix("SAMHOLD").prefix_separator("__").separator("__").try_parsing(true),
        )
        .build()
        .and_then(config::Config::try_deserialize::<Settings>);
    let alone = strict::read::<Settings>(&name, &text, mistakes);
    let settings = match (merged, alone) {
        (Ok(merged), Some(_)) => merged,
        (Err(e), Some(_)) => {
            // Somebody may have put a secret there instead of its place.
            let said = strict::without_values(&e.to_string());
            mistakes.push(Mistake::about("environment", format!("a SAMHOLD__ variable does not fit: {said}")));
            return None;
        }
        _ => return None,
    };
    consistent(&settings, &name, &text, mistakes);
    (mistakes.0.len() == before).then_some(settings)
}

fn consistent(settings: &Settings, name: &str, text: &Arc<str>, mistakes: &mut Mistakes) {
    if settings.store.sqlite.is_some() == settings.store.postgres.is_some() {
        mistakes.push(
            Mistake::at(name, text, place_of(text, "[store]"), "`store` needs exactly one of `sqlite` and `postgres`")
                .help("`sqlite = \"/var/lib/samhold/samhold.db\"` needs no server"),
        );
    }
    if settings.municipality.is_empty() {
        mistakes.push(Mistake::about(name, "no municipality is named").help("add a table `[municipality.9901]`"));
    }
    for number in settings.municipality.keys().filter(|n| n.len() != 4 || n.bytes().any(|b| !b.is_ascii_digit())) {
        mistakes.push(Mistake::at(
            name,
            text,
            place_of(text, number),
            format!("`{number}` is not a kommunenummer: four digits"),
        ));
    }
    for (key, message) in super::limits::unworkable(settings) {
        mistakes.push(Mistake::at(name, text, place_of(text, key), message));
    }
    for Lowered { at, message, help } in super::floor::lowered(settings) {
        mistakes.push(Mistake::at(name, text, strict::place(text, &at), message).help(help));
    }
}

/// The law as a settings folder corrects it; the bundled one where it does not.
pub(crate) fn law_of(folder: &Path, mistakes: &mut Mistakes) -> Law {
    let path = folder.join("laws.toml");
    let Some(text) = text_if_there(&path, mistakes) else { return Law::bundled() };
    let name = path.display().to_string();
    let Some(law) = strict::read::<Law>(&name, &text, mistakes) else { return Law::bundled() };
    let slips = law.problems().into_iter().chain(samhold_disclosure::missing_words(&law));
    for problem in slips.chain(law.undated_widenings()) {
        let place = strict::place(&text, &problem.at);
        mistakes.push(Mistake::at(&name, &text, place, problem.message).help(problem.help));
    }
    law
}

fn services(folder: &Path, law: &Law, mistakes: &mut Mistakes) -> Services {
    let path = folder.join("services.toml");
    let name = path.display().to_string();
    let Some(text) = text_if_there(&path, mistakes) else { return Services::default() };
    let Some(file) = strict::read::<ServicesFile>(&name, &text, mistakes) else { return Services::default() };
    for row in file.service.iter().filter(|row| !law.service_kind.contains_key(&row.kind)) {
        mistakes.push(unknown_word(&name, &text, "service kind", &row.kind, law.service_kind.keys()));
    }
    for (at, message) in super::services::unclear_levels(&file.service) {
        mistakes.push(Mistake::at(&name, &text, strict::place(&text, &at), message));
    }
    Services::new(file.service).unwrap_or_else(|doubled| {
        for name_twice in doubled {
            let message = format!("`{name_twice}` stands for two services");
            mistakes.push(Mistake::at(&name, &text, place_of(&text, &name_twice), message));
        }
        Services::default()
    })
}

fn systems(
    folder: &Path,
    law: &Law,
    settings: Option<&Settings>,
    mistakes: &mut Mistakes,
) -> BTreeMap<String, SystemSettings> {
    let mut systems = BTreeMap::new();
    for path in system_files(&folder.join("systems"), mistakes) {
        let name = path.display().to_string();
        let Some(text) = text_of(&path, mistakes) else { continue };
        let Some(mut system) = strict::read::<SystemSettings>(&name, &text, mistakes) else { continue };
        if system.name.is_empty() {
            system.name = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        }
        check_system(&system, &name, &text, law, settings, mistakes);
        if let Some(other) = systems.insert(system.name.clone(), system) {
            mistakes.push(Mistake::about(&name, format!("another file already names the system `{}`", other.name)));
        }
    }
    systems
}

/// The files of the systems. A folder that cannot be read is a mistake: taken for empty, it would disconnect everyone.
fn system_files(folder: &Path, mistakes: &mut Mistakes) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).and_then(|entries| entries.collect::<Result<Vec<_>, _>>());
    let mut files: Vec<PathBuf> = match entries {
        Ok(entries) => entries.into_iter().map(|entry| entry.path()).collect(),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(e) => {
            mistakes.push(Mistake::about(&folder.display().to_string(), format!("cannot be read: {e}")));
            Vec::new()
        }
    };
    files.retain(|path| path.extension().is_some_and(|e| e == "toml"));
    files.sort();
    files
}

fn check_system(
    system: &SystemSettings,
    name: &str,
    text: &Arc<str>,
    law: &Law,
    settings: Option<&Settings>,
    mistakes: &mut Mistakes,
) {
    if !law.recipient_kind.contains_key(&system.kind) {
        mistakes.push(unknown_word(name, text, "recipient kind", &system.kind, law.recipient_kind.keys()));
    }
    if system.source.as_ref().is_some_and(|s| s.roads() != 1) {
        mistakes.push(
            Mistake::at(name, text, place_of(text, "[source"), "`source` needs exactly one road")
                .help("one of push, altinn, amqp, file, oneroster, fhir, folkeregister, digisos, samtykke"),
        );
    }
    if system.recipient.as_ref().is_some_and(|r| r.roads() != 1) {
        mistakes.push(
            Mistake::at(name, text, place_of(text, "[recipient"), "`recipient` needs exactly one road")
                .help("one of http, amqp, fhir, pull"),
        );
    }
    let calls_us = !system.may.is_empty() || system.recipient.as_ref().is_some_and(|r| r.pull.is_some());
    if calls_us && system.token.is_none() && system.client_certificate_sha256.is_none() {
        mistakes.push(
            Mistake::about(name, "the system calls us but has neither `token` nor `client_certificate_sha256`")
                .help("token = { file = \"…\" }"),
        );
    }
    if system.recipient.is_some() && system.source.as_ref().is_some_and(|s| s.folkeregister.is_some()) {
        // A delivery would count as contact with the register.
        let message =
            "a population register is asked, and told nothing: how old its word is counts from contact with it";
        let mistake = Mistake::at(name, text, place_of(text, "[recipient"), message);
        mistakes.push(mistake.help("give the recipient a file of its own"));
    }
    check_reach(system, name, text, settings, mistakes);
}

/// Its name, and whom it serves.
fn check_reach(
    system: &SystemSettings,
    name: &str,
    text: &Arc<str>,
    settings: Option<&Settings>,
    mistakes: &mut Mistakes,
) {
    if system.name.is_empty() || !system.name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)) {
        // It stands in addresses, queue names and logs.
        let message =
            format!("the name `{}` of the system may hold letters a-z, digits, `-`, `_` and `.` only", system.name);
        mistakes.push(Mistake::at(name, text, place_of(text, "name"), message));
    }
    if system.municipalities.is_empty() {
        let message = "the system serves no municipality, so nothing would reach or leave it";
        mistakes.push(Mistake::at(name, text, place_of(text, "municipalities"), message));
    }
    for number in settings
        .map(|s| &s.municipality)
        .into_iter()
        .flat_map(|known| system.municipalities.iter().filter(move |n| !known.contains_key(*n)))
    {
        let message = format!("the municipality `{number}` is not in samhold.toml");
        mistakes.push(Mistake::at(name, text, place_of(text, number), message));
    }
}

fn unknown_word<'a>(
    name: &str,
    text: &Arc<str>,
    what: &str,
    word: &str,
    known: impl Iterator<Item = &'a String>,
) -> Mistake {
    let known: Vec<&str> = known.map(String::as_str).collect();
    let mistake = Mistake::at(name, text, place_of(text, &format!("\"{word}\"")), format!("unknown {what} `{word}`"));
    match samhold_model::hint::nearest(word, known.iter().copied()) {
        Some(near) => mistake.help(format!("did you mean `{near}`?")),
        None => mistake.help(format!("one of {}", known.join(", "))),
    }
}

/// Where a word stands in a file; good enough for a caret on a value that decoded but is wrong.
fn place_of(text: &str, word: &str) -> Option<std::ops::Range<usize>> {
    text.find(word).map(|start| start..start + word.len())
}

#[cfg(test)]
#[path = "load_tests.rs"]
mod tests;
