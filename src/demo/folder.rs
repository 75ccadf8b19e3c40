//! The settings folder of the demonstration, as a municipality would write it: read by the same code as a real one.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::broker::Broker;
use super::secrets::Secrets;
use super::world::World;
use super::{mappings, systems};

use samhold_standins::town::MUNICIPALITY;

/// Where child-welfare cases are dropped, under the folder.
const DROP: &str = "inn/barnevern";

/// The folder, removed when dropped.
pub(super) struct Folder {
    home: TempDir,
    secrets: Secrets,
}

impl Folder {
    /// Writes all files.
    pub(super) fn write(world: &World, broker: Option<&Broker>) -> anyhow::Result<Self> {
        let home = tempfile::Builder::new().prefix("samhold-demo-").tempdir()?;
        for folder in ["systems", "mappings", DROP] {
            std::fs::create_dir_all(home.path().join(folder))?;
        }
        let folder = Self { secrets: Secrets::new(home.path())?, home };
        folder.put("samhold.toml", &folder.main()?)?;
        folder.put("services.toml", &services(world))?;
        for (name, text) in mappings::own(world)? {
            std::fs::write(folder.path().join("mappings").join(name), text)?;
        }
        for (name, settings) in systems::all(world, broker, &folder.secrets, &folder.drop_folder())? {
            folder.put(&format!("systems/{name}.toml"), &settings)?;
        }
        Ok(folder)
    }

    /// Its path.
    pub(super) fn path(&self) -> &Path {
        self.home.path()
    }

    /// Where child welfare leaves its files.
    pub(super) fn drop_folder(&self) -> PathBuf {
        self.path().join(DROP)
    }

    /// Systems with a token, and its file.
    pub(super) fn tokens(&self) -> impl Iterator<Item = (String, PathBuf)> {
        self.secrets.tokens().into_iter()
    }

    /// A system's token.
    pub(super) fn token(&self, system: &str) -> anyhow::Result<String> {
        let path = self.secrets.tokens().remove(system);
        let path = path.ok_or_else(|| anyhow::anyhow!("the system `{system}` has no token"))?;
        Ok(std::fs::read_to_string(path)?)
    }

    fn main(&self) -> anyhow::Result<Value> {
        let key = uuid::Uuid::new_v4().simple().to_string() + &uuid::Uuid::new_v4().simple().to_string();
        Ok(json!({
            "realm": "test",
            "mappings": "mappings",
            "store": {"sqlite": self.path().join("samhold.db"), "master_key": self.secrets.keep("master", &key)?},
            "web": {"listen": "127.0.0.1:0"},
            // A tour has no time for the waits of real life.
            "delivery": {"first_wait_ms": 50, "longest_wait_seconds": 1, "circuit_failures": 20},
            "municipality": {MUNICIPALITY: {"name": "Fjellvik kommune",
                "contact_point": "Koordinerende enhet i Fjellvik, ke@fjellvik.example"}},
        }))
    }

    fn put(&self, name: &str, settings: &Value) -> anyhow::Result<()> {
        Ok(std::fs::write(self.path().join(name), toml::to_string(settings)?)?)
    }
}

/// The services with what the systems call them: their organisation number, and NAV its municipality's.
fn services(world: &World) -> Value {
    let one = |s: samhold_standins::Service| {
        let mut aliases = vec![format!("orgnr:{}", s.orgnr)];
        if s.id == "nav" {
            aliases.push(format!("nav:{MUNICIPALITY}"));
        }
        json!({"id": s.id, "kind": s.kind, "name": s.name, "municipality": MUNICIPALITY, "aliases": aliases})
    };
    json!({"service": world.town.services().into_iter().map(one).collect::<Vec<_>>()})
}
