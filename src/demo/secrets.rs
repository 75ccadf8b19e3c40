//! Secrets of the demonstration: files of a temporary folder, named in the settings by reference as in a real one.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

/// The folder of secrets.
pub(super) struct Secrets {
    folder: PathBuf,
    tokens: RefCell<BTreeMap<String, PathBuf>>,
}

impl Secrets {
    /// Under `home`.
    pub(super) fn new(home: &Path) -> io::Result<Self> {
        let folder = home.join("secrets");
        std::fs::create_dir(&folder)?;
        Ok(Self { folder, tokens: RefCell::default() })
    }

    /// Keeps a secret; gives the reference as it stands in a settings file.
    pub(super) fn keep(&self, name: &str, value: &str) -> io::Result<Value> {
        let path = self.folder.join(name);
        std::fs::write(&path, value)?;
        Ok(json!({"file": path}))
    }

    /// A bearer token for a system that calls us.
    pub(super) fn token(&self, system: &str) -> io::Result<Value> {
        let name = format!("{system}.token");
        let value = format!("{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple());
        self.tokens.borrow_mut().insert(system.to_owned(), self.folder.join(&name));
        self.keep(&name, &value)
    }

    /// Which systems have a token, and the file it lies in.
    pub(super) fn tokens(&self) -> BTreeMap<String, PathBuf> {
        self.tokens.borrow().clone()
    }
}
