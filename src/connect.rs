//! From settings to running parts: mappings compiled, adapters built. All mistakes at once, all or nothing.
//!
//! One alphabetical list of adapters for sources and one for recipients; an adapter is added here and nowhere else.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use samhold_adapter_altinn::AltinnSource;
use samhold_adapter_amqp::{AmqpRecipient, AmqpSource};
use samhold_adapter_api::{AdapterError, Recipient, Reread, Source};
use samhold_adapter_fhir::{FhirRecipient, FhirSource};
use samhold_adapter_fiks::{DigisosSource, FolkeregisterSource, SamtykkeSource};
use samhold_adapter_file::FileSource;
use samhold_adapter_http::HttpRecipient;
use samhold_adapter_oneroster::OneRosterSource;
use samhold_mapping::{BadFile, Mapping, Outbound, bundled, bundled_schema};
use samhold_model::SystemName;
use secrecy::ExposeSecret;

use crate::config::{Loaded, Mistake, Mistakes, RecipientSection, SourceSection, StoreSection, SystemSettings, load};
use crate::sync::{Live, OutboundMapping};

/// Reads a settings folder and builds everything it asks for. Contacts nobody.
///
/// # Errors
/// Every mistake of every file.
pub fn build(folder: &Path) -> Result<Live, Mistakes> {
    assemble(load(folder)?)
}

/// Builds everything the settings ask for.
///
/// # Errors
/// Every mistake.
pub fn assemble(loaded: Loaded) -> Result<Live, Mistakes> {
    let mut mistakes = Mistakes::default();
    let mut live = Live {
        inbound: HashMap::new(),
        inbound_by_key: HashMap::new(),
        outbound: HashMap::new(),
        handover: HashMap::new(),
        sources: Vec::new(),
        registers: HashMap::new(),
        recipients: HashMap::new(),
        kept_rules: crate::sync::rules::KeptRules::default(),
        loaded,
    };
    if let Some(folder) = own_folder(&live.loaded).filter(|folder| !folder.is_dir()) {
        mistakes.push(
            Mistake::about(
                &folder.display().to_string(),
                "the folder that `mappings` names is not there, or cannot be read",
            )
            .help("without it the bundled mappings would be used; take the line out if that is meant"),
        );
    }
    let systems: Vec<SystemSettings> = live.loaded.systems.values().cloned().collect();
    for system in &systems {
        if let Some(section) = &system.source {
            connect_source(&mut live, system, section, &mut mistakes);
        }
        if let Some(section) = &system.recipient {
            connect_recipient(&mut live, system, section, &mut mistakes);
        }
    }
    if mistakes.0.is_empty() { Ok(live) } else { Err(mistakes) }
}

fn connect_source(live: &mut Live, system: &SystemSettings, section: &SourceSection, mistakes: &mut Mistakes) {
    if section.mapping != "facts"
        && let Some(mapping) = inbound(&live.loaded, system, &section.mapping, mistakes)
    {
        live.inbound.insert(system.name.clone(), Arc::new(mapping));
    }
    for (prefix, id) in &section.mapping_by_key {
        if let Some(mapping) = inbound(&live.loaded, system, id, mistakes) {
            let of_system = live.inbound_by_key.entry(system.name.clone()).or_default();
            of_system.push((prefix.clone(), Arc::new(mapping)));
        }
    }
    match source(live, system, section) {
        Ok(Some(source)) => live.sources.push((system.name.clone(), source)),
        // Pushed to us: nothing to run.
        Ok(None) => {}
        Err(e) => mistakes.push(Mistake::about(&format!("systems/{}.toml", system.name), e.to_string())),
    }
}

fn source(live: &mut Live, system: &SystemSettings, section: &SourceSection) -> Result<Option<Source>, AdapterError> {
    let name = &system.name;
    Ok(if let Some(s) = &section.altinn {
        let altinn = Arc::new(AltinnSource::new(name, s)?);
        live.registers.insert(name.clone(), Arc::clone(&altinn) as Arc<dyn Reread>);
        Some(Source::Poll(altinn))
    } else if let Some(s) = &section.amqp {
        Some(Source::Stream(Arc::new(AmqpSource::new(SystemName::new(name.clone()), s.clone()))))
    } else if let Some(s) = &section.digisos {
        Some(Source::Poll(Arc::new(DigisosSource::new(name, s)?)))
    } else if let Some(s) = &section.fhir {
        Some(Source::Poll(Arc::new(FhirSource::new(name, s)?)))
    } else if let Some(s) = &section.file {
        Some(Source::Poll(Arc::new(FileSource::new(name, s)?)))
    } else if let Some(s) = &section.folkeregister {
        Some(Source::Poll(Arc::new(FolkeregisterSource::new(name, s)?)))
    } else if let Some(s) = &section.oneroster {
        Some(Source::Poll(Arc::new(OneRosterSource::new(name, s)?)))
    } else if let Some(s) = &section.samtykke {
        let samtykke = Arc::new(SamtykkeSource::new(name, s)?);
        live.registers.insert(name.clone(), Arc::clone(&samtykke) as Arc<dyn Reread>);
        Some(Source::Poll(samtykke))
    } else {
        None
    })
}

fn connect_recipient(live: &mut Live, system: &SystemSettings, section: &RecipientSection, mistakes: &mut Mistakes) {
    if let Some(mapping) = outbound(&live.loaded, system, &section.mapping, mistakes) {
        live.outbound.insert(system.name.clone(), Arc::new(mapping));
    }
    if system.municipalities.iter().any(|number| system.takes_over(number))
        && let Some(mapping) = outbound(&live.loaded, system, &section.handover_mapping, mistakes)
    {
        live.handover.insert(system.name.clone(), Arc::new(mapping));
    }
    match recipient(system, section) {
        Ok(Some(recipient)) => {
            live.recipients.insert(system.name.clone(), recipient);
        }
        // It fetches: nothing to push to.
        Ok(None) => {}
        Err(e) => mistakes.push(Mistake::about(&format!("systems/{}.toml", system.name), e.to_string())),
    }
}

fn recipient(system: &SystemSettings, section: &RecipientSection) -> Result<Option<Arc<dyn Recipient>>, AdapterError> {
    let name = &system.name;
    Ok(if let Some(s) = &section.amqp {
        Some(Arc::new(AmqpRecipient::new(SystemName::new(name.clone()), s.clone())))
    } else if let Some(s) = &section.fhir {
        Some(Arc::new(FhirRecipient::new(name, s)?))
    } else if let Some(s) = &section.http {
        Some(Arc::new(HttpRecipient::new(name, s)?))
    } else {
        None
    })
}

/// The text of a mapping: an own file of that id, else the bundled one.
fn mapping_text(
    loaded: &Loaded,
    system: &SystemSettings,
    id: &str,
    mistakes: &mut Mistakes,
) -> Option<(String, String)> {
    let file = format!("{id}.toml");
    // Not `exists`: an own file that may not be read must not give way to the bundled one.
    let there = |path: &PathBuf| !matches!(path.try_exists(), Ok(false));
    if let Some(path) = own_folder(loaded).map(|folder| folder.join(&file)).filter(there) {
        return match std::fs::read_to_string(&path) {
            Ok(text) => Some((path.display().to_string(), text)),
            Err(e) => {
                mistakes.push(Mistake::about(&path.display().to_string(), format!("cannot be read: {e}")));
                None
            }
        };
    }
    if let Some((name, text)) = bundled().iter().find(|(name, _)| *name == file) {
        return Some(((*name).to_owned(), (*text).to_owned()));
    }
    let known: Vec<&str> = bundled().iter().filter_map(|(name, _)| name.strip_suffix(".toml")).collect();
    let help = match samhold_model::hint::nearest(id, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("bundled: {}", known.join(", ")),
    };
    let mistake = Mistake::about(&format!("systems/{}.toml", system.name), format!("there is no mapping `{id}`"));
    mistakes.push(mistake.help(help));
    None
}

fn own_folder(loaded: &Loaded) -> Option<PathBuf> {
    loaded.settings.mappings.as_ref().map(|folder| loaded.folder.join(folder))
}

/// Schemas and case inputs: beside an own mapping, else the bundled ones.
fn files(loaded: &Loaded) -> impl Fn(&str) -> Option<String> {
    let folder = own_folder(loaded);
    move |name| {
        let own = folder.as_ref().and_then(|folder| std::fs::read_to_string(folder.join(name)).ok());
        own.or_else(|| bundled_schema(name))
    }
}

fn inbound(loaded: &Loaded, system: &SystemSettings, id: &str, mistakes: &mut Mistakes) -> Option<Mapping> {
    let (name, text) = mapping_text(loaded, system, id, mistakes)?;
    match Mapping::parse(&name, &text, &files(loaded), &loaded.law) {
        Ok(mapping) => Some(mapping),
        Err(bad) => {
            add(bad, mistakes);
            None
        }
    }
}

fn outbound(loaded: &Loaded, system: &SystemSettings, id: &str, mistakes: &mut Mistakes) -> Option<OutboundMapping> {
    let (name, text) = mapping_text(loaded, system, id, mistakes)?;
    match Outbound::parse(&name, &text, &files(loaded), &loaded.law) {
        Ok(outbound) => Some(OutboundMapping {
            keys: outbound.keys().into_iter().collect(),
            fingerprint: hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes())),
            outbound,
        }),
        Err(bad) => {
            add(bad, mistakes);
            None
        }
    }
}

fn add(bad: BadFile, mistakes: &mut Mistakes) {
    let text: Arc<str> = Arc::from(bad.text.as_str());
    for problem in bad.problems {
        let mistake = Mistake::at(&bad.file, &text, Some(problem.span), problem.message);
        mistakes.push(match problem.help {
            Some(help) => mistake.help(help),
            None => mistake,
        });
    }
}

/// Opens the store the settings name.
///
/// # Errors
/// When a key cannot be read, or the store cannot be opened.
pub async fn open_store(section: &StoreSection) -> anyhow::Result<Arc<dyn samhold_store::Store>> {
    let mut keys = samhold_store::Keys::from_master(&*master_key(&section.master_key)?)?;
    for old in &section.old_master_keys {
        keys = keys.with_older(&*master_key(old)?)?;
    }
    let settings = match (&section.sqlite, &section.postgres) {
        (Some(path), _) => samhold_store::StoreSettings::Sqlite { path: path.clone() },
        (None, Some(url)) => samhold_store::StoreSettings::Postgres { url: url.read()?.expose_secret().to_owned() },
        (None, None) => anyhow::bail!("`store` needs `sqlite` or `postgres`"),
    };
    Ok(samhold_store::open(&settings, keys).await?)
}

fn master_key(reference: &samhold_adapter_api::SecretRef) -> anyhow::Result<Box<[u8; 32]>> {
    let text = reference.read()?;
    let bytes = hex::decode(text.expose_secret().trim())
        .map_err(|_| anyhow::anyhow!("the master key is not hexadecimal; `openssl rand -hex 32` makes one"))?;
    let key: [u8; 32] = bytes.try_into().map_err(|_| {
        anyhow::anyhow!("the master key is not 32 bytes (64 hexadecimal digits); `openssl rand -hex 32` makes one")
    })?;
    Ok(Box::new(key))
}
