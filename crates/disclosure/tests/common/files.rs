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

/// The question of a scenario and the rules it is asked under.
#[allow(dead_code, reason = "not every test asks")]
pub fn question(mut table: toml::Table) -> Result<(samhold_disclosure::Request, samhold_disclosure::Rules), String> {
    for key in ["id", "title", "rules", "why", "expect"] {
        table.remove(key);
    }
    let config = table.remove("config").map(toml::Value::try_into).transpose().map_err(|e| e.to_string())?;
    let mut rest = toml::Value::Table(table);
    dates_as_text(&mut rest);
    let rules = samhold_disclosure::Rules { law: samhold_model::Law::bundled(), config: config.unwrap_or_default() };
    Ok((rest.try_into().map_err(|e: toml::de::Error| e.to_string())?, rules))
}

/// TOML keeps its dates as a type of its own; the model reads text.
#[allow(dead_code, reason = "not every test asks")]
pub fn dates_as_text(value: &mut toml::Value) {
    match value {
        toml::Value::Datetime(d) => *value = toml::Value::String(d.to_string()),
        toml::Value::Array(list) => list.iter_mut().for_each(dates_as_text),
        toml::Value::Table(table) => table.iter_mut().for_each(|(_, v)| dates_as_text(v)),
        _ => {}
    }
}
