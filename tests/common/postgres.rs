//! A schema of its own on the PostgreSQL server that tests may use; dropped with the test.

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use uuid::Uuid;

/// One schema.
pub struct Schema {
    server: String,
    name: String,
    direct: String,
    url: String,
}

impl Schema {
    /// Makes one; `None` and a printed line when no server is named. A schema, not a database: making and dropping a whole
    /// database would wait for the disk every time.
    pub async fn new() -> Option<Self> {
        let Some(server) = super::environment("SAMHOLD_TEST_POSTGRES") else {
            eprintln!("skipped: SAMHOLD_TEST_POSTGRES names no server");
            return None;
        };
        let name = format!("samhold_e2e_{}", Uuid::new_v4().simple());
        let mut admin = PgConnection::connect(&server).await.unwrap();
        admin.execute(AssertSqlSafe(format!("create schema {name}"))).await.unwrap();
        let mark = if server.contains('?') { '&' } else { '?' };
        let url = format!("{server}{mark}options[search_path]={name}&application_name={name}");
        Some(Self { server, name, direct: url.clone(), url })
    }

    /// The server's host and port.
    #[must_use]
    pub fn address(&self) -> String {
        let after_user = self.server.rsplit_once('@').map_or(self.server.as_str(), |(_, rest)| rest);
        after_user.trim_start_matches("postgres://").split(['/', '?']).next().unwrap().to_owned()
    }

    /// The daemon reaches it through this port of this machine.
    #[must_use]
    pub fn through(mut self, port: u16) -> Self {
        self.url = self.url.replacen(&self.address(), &format!("127.0.0.1:{port}"), 1);
        self
    }

    /// Its URL past every proxy.
    #[must_use]
    pub fn direct(&self) -> &str {
        &self.direct
    }

    /// Its URL as the daemon is told it.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Schema {
    /// On a thread with a runtime of its own: a test may end inside another runtime.
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let mut admin = PgConnection::connect(&server).await.map_err(std::io::Error::other)?;
                let sql = AssertSqlSafe(format!("drop schema {name} cascade"));
                admin.execute(sql).await.map(|_| ()).map_err(std::io::Error::other)
            })
        });
        // A schema left behind harms no other test.
        let _outcome: std::thread::Result<std::io::Result<()>> = dropping.join();
    }
}
