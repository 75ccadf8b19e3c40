//! Every reading by a person is one entry: each command that shows something of a child, and none besides.

use std::collections::BTreeSet;
use std::process::Command;

use crate::told::{CHILD, Kept, Told};

/// Commands that show something of a child, or of many, with what they need.
const SHOWS: &[(&str, &[&str])] = &[
    ("duty show", &["--child", "CHILD"]),
    ("duty compare", &["--child", "CHILD", "--from", "2025-01-20", "--to", "2025-02-10"]),
    ("duty rebuild", &["--check"]),
    ("duty overdue", &[]),
    ("tasks list", &[]),
    ("tasks show", &["TASK"]),
    ("dead-letters list", &[]),
    ("dead-letters show", &["LETTER"]),
    ("audit report", &["--child", "CHILD"]),
    ("audit export", &[]),
    ("consents", &["--child", "CHILD"]),
    ("policy explain", &["--child", "CHILD", "--recipient", "skolen"]),
];

/// Commands that show nothing of a child, or that write an entry of their own for what they do.
const SHOWS_NOTHING: &[&str] = &[
    "demo",
    "run",
    "check",
    "mapping",
    "scenario",
    "policy check",
    "policy prove",
    "status",
    "duty decide",
    "tasks answer",
    "dead-letters replay",
    "dead-letters discard",
    "audit verify",
    "audit checkpoint",
];

async fn house() -> (Kept, String, String) {
    let child = Told::new().kept().await;
    let store = child.store();
    let now = samhold_model::Instant::now();
    let task = store.open_task("handover_rejected", &[CHILD], "9901: nei", now).await.unwrap();
    let record = samhold_store::NewRecord {
        system: samhold_model::SystemName::new("skolen"),
        key: "elev".to_owned(),
        content_type: "application/json".to_owned(),
        body: b"{}".to_vec(),
        gone: false,
        delivery_id: None,
    };
    store.accept(vec![record], None, now).await.unwrap();
    let waiting = store.unmapped(1).await.unwrap().remove(0);
    let dead = samhold_store::Outcome::Dead { code: "not_mapped".to_owned(), detail: "ingenting passer".to_owned() };
    store.finish(waiting.id, dead, now).await.unwrap();
    let letter = store.dead_letters("waiting", 1).await.unwrap().remove(0).id;
    (child, task.to_string(), letter.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_command_that_shows_something_writes_one_entry_and_writes_it_first() {
    let (child, task, letter) = house().await;
    let id = CHILD.to_string();
    for (command, arguments) in SHOWS {
        let before = child.store().audit_entries(None, 0, 1000).await.unwrap().len();
        let filled = arguments.iter().map(|word| match *word {
            "CHILD" => id.as_str(),
            "TASK" => task.as_str(),
            "LETTER" => letter.as_str(),
            word => word,
        });
        let words: Vec<&str> = command.split(' ').chain(filled).collect();
        child.runs(&words);
        let after = child.store().audit_entries(None, 0, 1000).await.unwrap();
        let new: Vec<_> = after[before..].iter().map(|e| (e.entry.kind.as_str(), e.entry.actor.as_str())).collect();
        assert_eq!(new, [("read", "operator")], "{command}");
        let said = after[before].entry.detail["command"].as_str().unwrap_or_default().to_owned();
        assert!(said.starts_with(command), "{command} says `{said}`");
    }
}

#[test]
fn no_command_is_forgotten_and_the_documentation_names_each_reading() {
    let mut there = BTreeSet::new();
    for group in commands(&[]) {
        let actions = commands(&[&group]);
        match ["mapping", "scenario"].contains(&group.as_str()) || actions.is_empty() {
            true => there.insert(group),
            false => {
                there.extend(actions.iter().map(|action| format!("{group} {action}")));
                true
            }
        };
    }
    let shows = SHOWS.iter().map(|(command, _)| *command);
    let listed: BTreeSet<String> = shows.chain(SHOWS_NOTHING.iter().copied()).map(str::to_owned).collect();
    assert_eq!(there, listed, "a new command must be thought over: does it show something of a child?");
    let document = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/data-protection.md")).unwrap();
    for (command, _) in SHOWS {
        assert!(document.contains(&format!("| `samhold {command}")), "{command} has no row under `Who has looked`");
    }
}

/// The commands that `--help` names.
fn commands(group: &[&str]) -> Vec<String> {
    let out = Command::new(env!("CARGO_BIN_EXE_samhold")).args(group).arg("--help").output().unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    let lines = text.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let named = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    named.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help").map(str::to_owned).collect()
}
