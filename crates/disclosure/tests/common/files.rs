//! The sharing scenario files at the workspace root.
//!
//! Must never leave a file out: a folder without scenarios fails.

use std::path::Path;

/// Every scenario with the name of its file, in the order of the files.
pub fn scenarios() -> Vec<(String, toml::Table)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/scenarios");
    let mut all = Vec::new();
    for entry in std::fs::read_dir(&folder).expect("the scenario folder") {
        let path = entry.expect("entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !(name.starts_with("sharing") && name.ends_with(".toml")) {
            continue;
        }
        let file: toml::Table = toml::from_str(&std::fs::read_to_string(&path).expect(&name)).expect(&name);
        let list = file.get("sharing").and_then(toml::Value::as_array).cloned().unwrap_or_default();
        assert!(!list.is_empty(), "{name} holds no scenario");
        all.extend(list.into_iter().map(|s| (name.clone(), s.as_table().expect("a table").clone())));
    }
    all
}
