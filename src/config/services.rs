//! `services.toml`: the municipality's services by id, with what each source system calls them.
//!
//! Sources name a school by its organisation number or their own id; the rules know one id for it.

use std::collections::HashMap;

use samhold_duty::config::ServiceLevels;
use samhold_model::Date;
use samhold_model::fact::Level;
use serde::Deserialize;

/// One service.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceEntry {
    /// The id the rules and the facts use.
    pub id: String,
    /// Its kind, from the law catalogue.
    pub kind: String,
    /// Name for people.
    pub name: String,
    /// Kommunenummer it belongs to.
    pub municipality: String,
    /// Its legal level where that is not the kind's (opplæringslova § 28-2); counts when the source says none.
    #[serde(default)]
    pub level: Option<Level>,
    /// Levels it takes on later.
    #[serde(default)]
    pub change: Vec<LevelChange>,
    /// Its contact telephone or e-mail, for those who may know it.
    #[serde(default)]
    pub unit: Option<String>,
    /// What sources call it, e.g. `orgnr:310778001` or `skole/org-skole-1`.
    #[serde(default)]
    pub aliases: Vec<String>,
}

/// From a date on, the service is of another level.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelChange {
    /// First day.
    pub from: Date,
    /// Its level from then on.
    pub level: Level,
    /// Which decision changed it.
    pub why: String,
}

impl ServiceEntry {
    fn tell(&self, levels: &mut ServiceLevels) {
        if let Some(level) = self.level {
            levels.set(&self.id, Date::MIN, level);
        }
        self.change.iter().for_each(|change| levels.set(&self.id, change.from, change.level));
    }
}

/// The file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServicesFile {
    /// Its rows.
    #[serde(default)]
    pub service: Vec<ServiceEntry>,
}

/// All services, found by id or alias.
#[derive(Clone, Debug, Default)]
pub struct Services {
    by_id: HashMap<String, ServiceEntry>,
    alias: HashMap<String, String>,
}

impl Services {
    /// From the rows; a name that stands for two services is told.
    ///
    /// # Errors
    /// The names that stand twice.
    pub fn new(rows: Vec<ServiceEntry>) -> Result<Self, Vec<String>> {
        let mut services = Self::default();
        let mut doubled = Vec::new();
        for row in rows {
            for name in std::iter::once(&row.id).chain(&row.aliases) {
                if services.alias.insert(name.clone(), row.id.clone()).is_some() {
                    doubled.push(name.clone());
                }
            }
            services.by_id.insert(row.id.clone(), row);
        }
        if doubled.is_empty() { Ok(services) } else { Err(doubled) }
    }

    /// The id the rules use for what a source calls a service. Unknown names are kept as they are: a service not known
    /// is not eligible as holder, but is not lost.
    #[must_use]
    pub fn id_of<'a>(&'a self, name: &'a str) -> &'a str {
        self.alias.get(name).map_or(name, String::as_str)
    }

    /// A service by id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&ServiceEntry> {
        self.by_id.get(id)
    }

    /// The levels of single services, for the rules of the duty.
    #[must_use]
    pub fn levels(&self) -> ServiceLevels {
        let mut levels = ServiceLevels::default();
        self.iter().for_each(|service| service.tell(&mut levels));
        levels
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &ServiceEntry> {
        self.by_id.values()
    }
}

/// Changes of level that cannot be meant: two on one day, and those without a reason; each with its place in the file.
#[must_use]
pub fn unclear_levels(rows: &[ServiceEntry]) -> Vec<(Vec<String>, String)> {
    let changes = rows.iter().enumerate().flat_map(|(row, service)| {
        service.change.iter().enumerate().map(move |(nr, change)| (row, service, nr, change))
    });
    let mut found = Vec::new();
    for (row, service, nr, change) in changes {
        let at = |key: &str| vec!["service".into(), row.to_string(), "change".into(), nr.to_string(), key.to_owned()];
        if service.change.iter().take(nr).any(|earlier| earlier.from == change.from) {
            found.push((at("from"), format!("`{}` changes its level twice on {}", service.id, change.from)));
        }
        if change.why.trim().is_empty() {
            found.push((at("why"), format!("the change of level of `{}` has no reason", service.id)));
        }
    }
    found
}
