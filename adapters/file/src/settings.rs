//! Settings of a watched folder.
//!
//! Must never name a place where files are deleted: there is none.

use std::path::PathBuf;

use serde::Deserialize;

/// One watched folder.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct SourceSettings {
    /// The folder. `done/` and `failed/` are made in it.
    pub path: PathBuf,
    /// Which names to take: `*` is any text, `?` one character. Default `*`. Upper and lower case differ.
    #[serde(default = "every_name")]
    pub pattern: String,
    /// Seconds between looks. A file is taken at the second look at the earliest. Default 30.
    #[serde(default = "interval")]
    pub interval_seconds: u64,
    /// The largest file that is taken, in bytes. Default 64 MiB.
    #[serde(default = "largest")]
    pub max_bytes: u64,
    /// MIME type of every file. Default: by the end of the name.
    pub content_type: Option<String>,
}

fn every_name() -> String {
    "*".to_owned()
}

fn interval() -> u64 {
    30
}

fn largest() -> u64 {
    64 * 1024 * 1024
}
