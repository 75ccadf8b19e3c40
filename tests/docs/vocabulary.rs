//! Alerts, reasons, metrics and commands stand in the documents as they are in the program.

use samhold_disclosure::Reason;

use super::{rows, samhold, text};

#[test]
fn every_reason_is_explained_once_and_in_order() {
    let documented = rows(&text("docs/reasons.md"));
    let known: Vec<&str> = Reason::ALL.iter().map(|r| r.code()).collect();
    assert_eq!(documented, known);
}

#[test]
fn every_alert_is_explained_in_english_and_in_norwegian() {
    let document = text("docs/alerts.md");
    let lines: Vec<&str> = document.lines().filter(|l| l.starts_with("| `")).collect();
    for line in &lines {
        let name = line.split('`').nth(1).unwrap();
        let alert: Result<samhold_duty::Alert, _> = serde_json::from_value(name.into());
        assert!(alert.is_ok(), "{name} is no alert");
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        assert!(cells.len() == 5 && cells.iter().all(|c| !c.is_empty()), "{name} lacks a cell");
        assert!(cells[3].ends_with('.'), "{name} has no whole sentence in Norwegian");
    }
    assert_eq!(lines.len(), samhold_duty::Alert::BeforeLaw as usize + 1);
}

#[test]
fn every_metric_is_listed_with_what_it_counts() {
    let document = text("docs/operations.md");
    let source = text("src/telemetry.rs") + &text("src/web/health.rs");
    let names: Vec<&str> = source.split('"').filter(|t| t.starts_with("samhold_") && !t.contains(' ')).collect();
    assert!(names.len() >= 15, "{names:?}");
    let listed: Vec<String> = rows(&document).into_iter().filter(|r| r.starts_with("samhold_")).collect();
    assert!(names.iter().all(|n| listed.iter().any(|l| l == n)), "{names:?} are counted, {listed:?} are listed");
    assert!(listed.iter().all(|l| names.contains(&l.as_str())), "{names:?} are counted, {listed:?} are listed");
}

#[test]
fn every_command_of_the_readme_exists_and_every_command_is_there() {
    let commands: Vec<String> = rows(&text("README.md")).into_iter().filter(|r| r.starts_with("samhold ")).collect();
    for command in &commands {
        let words: Vec<&str> =
            command.split(' ').skip(1).take_while(|w| w.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')).collect();
        let answer = samhold(&words).arg("--help").output().unwrap();
        assert!(answer.status.success(), "`{command}` is no command");
    }
    let help = String::from_utf8(samhold(&["--help"]).output().unwrap().stdout).unwrap();
    let listed = help.split("Commands:").nth(1).unwrap().split("\n\n").next().unwrap();
    let names = listed
        .lines()
        .filter_map(|l| l.strip_prefix("  ")?.split_whitespace().next().filter(|_| !l.starts_with("   ")));
    for name in names.filter(|n| *n != "help") {
        assert!(commands.iter().any(|c| c.split(' ').nth(1) == Some(name)), "`samhold {name}` is not in the README");
    }
}
