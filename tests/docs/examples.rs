//! The settings in `config/` are what `samhold check` accepts, those that are off until their secret is there too.

use std::fs;
use std::path::Path;

use super::{at, files, samhold};

#[test]
fn the_example_settings_pass_the_check_as_they_lie() {
    let answer = samhold(&["check", "--config", "config"]).env_remove("CREDENTIALS_DIRECTORY").output().unwrap();
    let told = String::from_utf8_lossy(&answer.stderr);
    assert_eq!(answer.status.code(), Some(0), "{told}");
}

#[test]
fn every_example_passes_once_it_is_renamed_and_its_secrets_are_there() {
    let home = tempfile::tempdir().unwrap();
    let (folder, secrets) = (home.path().join("config"), home.path().join("secrets"));
    let renamed = copy(&folder);
    assert!(renamed >= 5, "only {renamed} examples are off");
    fs::create_dir(&secrets).unwrap();
    put_secrets(&folder, &secrets);
    let check = ["check", "--json", "--config", folder.to_str().unwrap()];
    let answer = samhold(&check).env("CREDENTIALS_DIRECTORY", &secrets).output().unwrap();
    let told = String::from_utf8_lossy(&answer.stdout).into_owned();
    assert_eq!(answer.status.code(), Some(0), "{told}");
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["systems"], fs::read_dir(folder.join("systems")).unwrap().count());
}

#[test]
fn every_road_in_and_out_has_an_example() {
    let texts: Vec<String> = files("config/systems", "toml")
        .into_iter()
        .chain(files("config/systems", "example"))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let shown =
        |road: &str| texts.iter().any(|t| t.contains(&format!("[{road}")) || t.contains(&format!("\n{road} = {{")));
    for road in ["altinn", "amqp", "digisos", "fhir", "file", "folkeregister", "oneroster", "samtykke"] {
        assert!(shown(&format!("source.{road}")), "no example of the source {road}");
    }
    for road in ["amqp", "fhir", "http"] {
        assert!(shown(&format!("recipient.{road}")), "no example of the recipient {road}");
    }
    assert!(shown("push") && shown("pull"));
}

/// Copies the settings and switches everything on. Gives how many were off.
fn copy(folder: &Path) -> usize {
    fs::create_dir_all(folder.join("systems")).unwrap();
    let mut renamed = 0;
    for name in ["samhold.toml", "services.toml", "laws.toml"] {
        fs::copy(at("config").join(name), folder.join(name)).unwrap();
    }
    for entry in fs::read_dir(at("config/systems")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let on = name.trim_end_matches(".example");
        renamed += usize::from(on != name);
        fs::copy(at("config/systems").join(&name), folder.join("systems").join(on)).unwrap();
    }
    renamed
}

/// A value for every credential that the settings name.
fn put_secrets(folder: &Path, secrets: &Path) {
    let key = samhold_standins::maskinporten::GrantKey::generate().unwrap().private_pem;
    for entry in fs::read_dir(folder.join("systems")).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        for name in text.split("credential = \"").skip(1).filter_map(|rest| rest.split('"').next()) {
            let value = if name == "maskinporten-key" { &key } else { "made up for a test" };
            fs::write(secrets.join(name), value).unwrap();
        }
    }
}
