//! `docs/facts.md` teaches by examples; each is taken by the same code that takes facts from the municipality.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use samhold::clock::Clock;
use samhold::config::StoreSection;
use samhold::sync::{Engine, FactInput, take_facts};
use samhold::{connect, web};
use samhold_adapter_api::SecretRef;
use samhold_model::vocabulary::{type_names, type_spec};
use samhold_standins::maskinporten::GrantKey;
use serde_json::Value;

use super::{at, files, text};

fn examples() -> Vec<Value> {
    let document = text("docs/facts.md");
    let blocks = document.split("```json\n").skip(1).filter_map(|rest| rest.split("\n```").next());
    blocks.map(|block| serde_json::from_str(block).unwrap_or_else(|e| panic!("{e}: {block}"))).collect()
}

#[test]
fn every_type_of_fact_has_a_section_with_all_its_fields_and_an_example() {
    let document = text("docs/facts.md");
    let shown: Vec<String> = examples().iter().map(|e| e["type"].as_str().unwrap().to_owned()).collect();
    let known: Vec<&str> = type_names().collect();
    assert_eq!(shown, known);
    for name in known {
        let section = document.split(&format!("### `{name}`\n")).nth(1).unwrap().split("\n### ").next().unwrap();
        let spec = type_spec(name).unwrap();
        assert!(section.contains(spec.doc), "{name} is explained otherwise than in the schema");
        // The child that is born is the fact's own child.
        for field in spec.fields.iter().filter(|_| name != "born") {
            let field_name = if field.name == "municipality" { "service_municipality" } else { field.name };
            let must = if field.required { "must" } else { "may" };
            assert!(section.contains(&format!("| `{field_name}` | {must} |")), "{name} lacks `{field_name}`");
        }
    }
}

#[tokio::test]
async fn every_example_is_taken_and_is_a_duplicate_when_it_is_sent_again() {
    let home = tempfile::tempdir().unwrap();
    let engine = engine(home.path()).await;
    let live = engine.live();
    let office = live.system("kommunen").unwrap();
    let ids: BTreeSet<String> = examples().iter().map(|e| e["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids.len(), examples().len(), "an id is used twice");
    let body = Value::Array(examples()).to_string();
    let inputs: Vec<FactInput> = web::read_facts(body.as_bytes(), "application/json").unwrap();
    let first = take_facts(&engine, office, inputs.clone(), None).await.unwrap();
    assert!(first.rejected.is_empty(), "{:?}", first.rejected);
    assert_eq!((first.accepted, first.duplicates), (ids.len(), 0));
    let again = take_facts(&engine, office, inputs, None).await.unwrap();
    assert_eq!((again.accepted, again.duplicates, again.rejected.len()), (0, ids.len(), 0));
}

/// The example settings, with the consent register that an example names switched on.
fn settings(home: &Path) -> PathBuf {
    let folder = home.join("config");
    std::fs::create_dir_all(folder.join("systems")).unwrap();
    let (root, systems) = (at("config"), folder.join("systems"));
    // Of the policies the bundled ones.
    for path in files("config", "toml").into_iter().filter(|path| !path.starts_with(root.join("policies"))) {
        let to = folder.join(path.strip_prefix(&root).unwrap());
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(&path, to).unwrap();
    }
    let key = home.join("maskinporten-key");
    std::fs::write(&key, GrantKey::generate().unwrap().private_pem).unwrap();
    let register = text("config/systems/altinn-samtykke.toml.example");
    let register = register.replace("credential = \"maskinporten-key\"", &format!("file = {key:?}"));
    std::fs::write(systems.join("altinn-samtykke.toml"), register).unwrap();
    folder
}

/// An engine with the example settings and a store of its own; nothing runs.
async fn engine(home: &Path) -> Arc<Engine> {
    let live = connect::build(&settings(home)).unwrap_or_else(|m| panic!("{:?}", m.lines()));
    let key = home.join("master-key");
    std::fs::write(&key, "5a".repeat(32)).unwrap();
    let section = StoreSection {
        sqlite: Some(home.join("samhold.db")),
        postgres: None,
        master_key: SecretRef::File(key),
        old_master_keys: Vec::new(),
    };
    Engine::new(connect::open_store(&section).await.unwrap(), Clock::real(), live)
}
