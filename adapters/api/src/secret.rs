//! Secrets by reference: a setting never holds a secret, only where it lies.

use secrecy::SecretString;
use serde::Deserialize;

/// Where a secret lies. Exactly one of the three.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, rename_all = "lowercase")]
pub enum SecretRef {
    /// A file; the trailing newline is dropped.
    File(std::path::PathBuf),
    /// A systemd credential, a file of this name under `$CREDENTIALS_DIRECTORY`.
    Credential(String),
    /// An environment variable.
    Env(String),
}

/// Why a secret could not be read. Never holds the secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The file cannot be read.
    #[error("the secret file {path} cannot be read; give it to the user that runs samhold, mode 0400")]
    File {
        /// Which file.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The variable is not set.
    #[error("the environment variable {0} that should hold a secret is not set")]
    Env(String),
    /// The secret is empty.
    #[error("the secret {0} is empty")]
    Empty(String),
}

impl SecretRef {
    /// Reads the secret now. Read again on reload, so that a rotated secret is picked up.
    ///
    /// # Errors
    /// [`SecretError`] names the place, never the content.
    pub fn read(&self) -> Result<SecretString, SecretError> {
        let (place, text) = match self {
            Self::File(path) => (path.display().to_string(), read_file(path)?),
            Self::Credential(name) => {
                let folder = environment("CREDENTIALS_DIRECTORY")?;
                let path = std::path::Path::new(&folder).join(name);
                (path.display().to_string(), read_file(&path)?)
            }
            Self::Env(name) => (name.clone(), environment(name)?),
        };
        let text = text.trim_end_matches(['\r', '\n']);
        if text.is_empty() { Err(SecretError::Empty(place)) } else { Ok(SecretString::from(text.to_owned())) }
    }
}

fn read_file(path: &std::path::Path) -> Result<String, SecretError> {
    std::fs::read_to_string(path).map_err(|source| SecretError::File { path: path.display().to_string(), source })
}

#[expect(clippy::disallowed_methods, reason = "this is the one place where secrets come from the environment")]
fn environment(name: &str) -> Result<String, SecretError> {
    std::env::var(name).map_err(|_| SecretError::Env(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    #[test]
    fn a_secret_comes_from_a_file_without_its_newline_and_is_never_shown() {
        let path = std::env::temp_dir().join(format!("samhold-secret-{}", uuid::Uuid::new_v4()));
        std::fs::write(&path, "hemmelig\n").unwrap();
        let secret = SecretRef::File(path.clone()).read().unwrap();
        assert_eq!(secret.expose_secret(), "hemmelig");
        assert!(!format!("{secret:?}").contains("hemmelig"));
        std::fs::remove_file(&path).unwrap();
        assert!(SecretRef::File(path).read().unwrap_err().to_string().contains("cannot be read"));
    }

    #[test]
    fn an_inline_secret_is_refused() {
        assert!(toml::from_str::<std::collections::BTreeMap<String, SecretRef>>("token = \"hemmelig\"").is_err());
        let ok = toml::from_str::<std::collections::BTreeMap<String, SecretRef>>("token = { env = \"X\" }").unwrap();
        assert_eq!(ok.get("token"), Some(&SecretRef::Env("X".into())));
    }
}
