//! A settings folder of its own for each test: realm `test`, short waits, secrets in files, systems as they are added.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU16, Ordering};

use tempfile::TempDir;

use super::postgres::Schema;

/// The kommunenummer of the tests.
pub const MUNICIPALITY: &str = "9901";
/// The client that posts the municipality's own facts; in the settings as `kommunen`.
pub const CLIENT: &str = "kommunen";
/// The secret that signatures of pushed events are made with.
pub const SECRET: &str = "signing-secret-of-a-test";

/// Where the memory lies.
pub enum Database {
    /// A file in the folder.
    Sqlite,
    /// A schema of its own on a server.
    Postgres(Schema),
}

/// A settings folder with everything the daemon needs.
pub struct Folder {
    home: TempDir,
    database: Database,
    port: u16,
    extra: String,
}

impl Folder {
    /// With one client, [`CLIENT`], that may send facts, ask and decide.
    #[must_use]
    pub fn new(database: Database) -> Self {
        let folder = Self { home: tempfile::tempdir().unwrap(), database, port: free_port(), extra: String::new() };
        std::fs::create_dir(folder.path().join("systems")).unwrap();
        folder.secret("master", &"5a".repeat(32));
        folder.write("services.toml", SERVICES);
        let token = folder.token(CLIENT);
        folder.system(
            CLIENT,
            &format!(
                "kind = \"koordinerende_enhet\"\nmunicipalities = [\"{MUNICIPALITY}\"]\ntoken = {token}\n\
                 acts_as = [\"*\"]\nmay = [\"facts\", \"query\", \"worklist\", \"decide\", \"consents\"]\n"
            ),
        );
        folder.write_main();
        folder
    }

    /// On SQLite.
    #[must_use]
    pub fn sqlite() -> Self {
        Self::new(Database::Sqlite)
    }

    /// On PostgreSQL; `None` and a printed line when no server is named.
    pub async fn postgres() -> Option<Self> {
        Some(Self::new(Database::Postgres(Schema::new().await?)))
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.home.path()
    }

    /// Where the daemon listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where the memory lies.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The SQLite file, whether it is used or not.
    #[must_use]
    pub fn sqlite_file(&self) -> PathBuf {
        self.path().join("samhold.db")
    }

    /// Writes a file of the folder.
    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path().join(name), text).unwrap();
    }

    /// Writes a secret; gives the reference as it stands in a settings file.
    pub fn secret(&self, name: &str, value: &str) -> String {
        let path = self.path().join(format!("{name}.secret"));
        std::fs::write(&path, value).unwrap();
        format!("{{ file = {} }}", toml_path(&path))
    }

    /// The bearer token of a system that calls us is its name and `-token`; gives the reference.
    pub fn token(&self, system: &str) -> String {
        self.secret(&format!("{system}-token"), &format!("{system}-token"))
    }

    /// Writes the file of a system.
    pub fn system(&self, name: &str, text: &str) {
        self.write(&format!("systems/{name}.toml"), text);
    }

    /// Lines for `samhold.toml` before its first table besides the usual, such as `delivery.concurrency = 1`; counts from
    /// the next start or reload.
    pub fn set(&mut self, lines: &str) {
        self.extra.push_str(lines);
        self.extra.push('\n');
        self.write_main();
    }

    fn write_main(&self) {
        let store = match &self.database {
            Database::Sqlite => format!("store.sqlite = {}", toml_path(&self.sqlite_file())),
            Database::Postgres(schema) => format!("store.postgres = {}", self.secret("postgres", schema.url())),
        };
        let text = format!(
            "realm = \"test\"\n{store}\nstore.master_key = {{ file = {} }}\nweb.listen = \"127.0.0.1:{}\"\n\
             delivery.first_wait_ms = 50\ndelivery.longest_wait_seconds = 1\n{}\n\
             [municipality.{MUNICIPALITY}]\nname = \"Fjellvik kommune\"\ncontact_point = \"Servicetorget, 99 01 00 00\"\n",
            toml_path(&self.path().join("master.secret")),
            self.port,
            self.extra,
        );
        self.write("samhold.toml", &text);
    }
}

/// A path as a TOML string.
#[must_use]
pub fn toml_path(path: &Path) -> String {
    format!("'{}'", path.display())
}

/// A port that nobody listens on. Below the range that the system gives out by itself, so that nobody gets it between here and the daemon's start.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = 10_000 + (std::process::id() % 200) as u16 * 100;
    loop {
        let port = first + NEXT.fetch_add(1, Ordering::Relaxed) % 100;
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

const SERVICES: &str = r#"
[[service]]
id = "lia-skole"
kind = "skole_kommunal"
name = "Lia skole"
municipality = "9901"

[[service]]
id = "nes-skole"
kind = "skole_kommunal"
name = "Nes skole"
municipality = "9901"

[[service]]
id = "helsestasjon"
kind = "helsestasjon"
name = "Fjellvik helsestasjon"
municipality = "9901"

[[service]]
id = "ergo-fysio"
kind = "kommunal_helse"
name = "Ergo- og fysioterapitjenesten"
municipality = "9901"

[[service]]
id = "ke"
kind = "koordinerende_enhet"
name = "Koordinerende enhet i Fjellvik"
municipality = "9901"
"#;
