//! The built daemon as a process of its own: started, killed, stopped, reloaded. Its log is kept.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use super::client::Client;
use super::folder::{CLIENT, Folder};
use super::left::{assert_nothing_leaked, last_words};
use super::wait::wait_until;

/// A running daemon. Killed when dropped; then everything that left is searched.
pub struct Daemon {
    /// Its settings; may be changed while it runs, for a reload.
    pub folder: Folder,
    process: Child,
}

impl Daemon {
    /// Starts it and waits until it is ready.
    pub async fn start(folder: Folder) -> Self {
        let process = spawn(&folder);
        let mut daemon = Self { folder, process };
        daemon.until_ready().await;
        daemon
    }

    /// A client with the token of [`CLIENT`].
    #[must_use]
    pub fn client(&self) -> Client {
        self.client_as(CLIENT)
    }

    /// A client with the token of a system.
    #[must_use]
    pub fn client_as(&self, system: &str) -> Client {
        Client::new(self.folder.port(), system)
    }

    /// Ends it as a power cut would. Whoever only holds the folder sees what was on disk.
    pub fn kill9(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Starts it again and waits until it is ready.
    pub async fn restart(&mut self) {
        self.process = spawn(&self.folder);
        self.until_ready().await;
    }

    /// From now on it can write no file beyond so many bytes, as on a disk that is full; `None` gives it room again.
    pub fn limit_files(&self, bytes: Option<u64>) {
        let limit = bytes.map_or_else(|| "unlimited".to_owned(), |bytes| bytes.to_string());
        let mut command = Command::new("prlimit");
        command.args([format!("--pid={}", self.process.id()), format!("--fsize={limit}:")]);
        assert!(command.status().unwrap().success(), "prlimit of util-linux is needed");
    }

    /// Asks it to stop (SIGTERM) and waits for its end.
    ///
    /// # Panics
    /// When it does not end, or not well.
    pub async fn terminate(&mut self) {
        self.signal("TERM");
        wait_until("the daemon ends after SIGTERM", async || self.process.try_wait().unwrap().is_some()).await;
        let status = self.process.wait().unwrap();
        assert!(status.success(), "the daemon ended with {status}\n{}", self.log());
    }

    /// Asks it to read its settings again (SIGHUP). Returns at once.
    pub fn reload(&self) {
        self.signal("HUP");
    }

    /// Whether the process still runs.
    pub fn runs(&mut self) -> bool {
        self.process.try_wait().unwrap().is_none()
    }

    /// Makes its log longer by so many bytes.
    pub fn pad_log(&self, bytes: usize) {
        let mut log = OpenOptions::new().append(true).open(log_file(&self.folder)).unwrap();
        log.write_all(&vec![b'\n'; bytes]).unwrap();
    }

    /// Everything it has written to standard output and standard error.
    #[must_use]
    pub fn log_bytes(&self) -> Vec<u8> {
        std::fs::read(log_file(&self.folder)).unwrap_or_default()
    }

    /// As [`Daemon::log_bytes`], as text.
    #[must_use]
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&self.log_bytes()).into_owned()
    }

    fn signal(&self, name: &str) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &id]).status().unwrap().success());
    }

    async fn until_ready(&mut self) {
        let client = self.client();
        let (process, folder) = (&mut self.process, &self.folder);
        let mut look = || process.try_wait().unwrap();
        wait_until("the daemon is ready", async || {
            if let Some(status) = look() {
                let log = std::fs::read_to_string(log_file(folder)).unwrap_or_default();
                panic!("the daemon ended with {status} before it was ready:\n{log}");
            }
            client.get("/readyz").await.is_ok_and(|answer| answer.status == 200)
        })
        .await;
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let last = last_words(self.folder.port());
        let _ended = self.process.kill().and_then(|()| self.process.wait());
        if std::thread::panicking() {
            eprintln!("---- end of the daemon's log\n{}", tail(&self.log(), 40));
        } else {
            assert_nothing_leaked(&self.folder, &self.log(), &last);
        }
    }
}

fn tail(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}

fn log_file(folder: &Folder) -> PathBuf {
    folder.path().join("log")
}

/// A shell tells it to ignore the signal that comes with the limit of [`Daemon::limit_files`], and becomes the daemon.
fn spawn(folder: &Folder) -> Child {
    let log = OpenOptions::new().create(true).append(true).open(log_file(folder)).unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_samhold"), "run", "--config"]);
    command.arg(folder.path()).stdin(Stdio::null());
    command.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap()
}
