//! The table of alerts in the documentation holds every alert, once, in the order of the vocabulary.

#![allow(clippy::indexing_slicing, reason = "tests")]

use samhold_duty::{Alert, words};

#[test]
fn every_alert_is_explained_in_the_documentation() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/alerts.md");
    let text = std::fs::read_to_string(path).unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let documented: Vec<Alert> = rows.map(|name| serde_json::from_value(name.into()).unwrap()).collect();
    assert_eq!(documented.len(), 41);
    assert!(documented.windows(2).all(|pair| pair[0] < pair[1]), "once each and in order: {documented:?}");
    assert_eq!(documented.first(), Some(&Alert::NoHolderDesignated));
    assert_eq!(documented.last(), Some(&Alert::BeforeLaw));
    assert_eq!(Alert::BeforeLaw as usize + 1, documented.len(), "an alert lacks its line");
}

#[test]
fn the_words_of_an_alert_are_those_of_the_documentation() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/alerts.md");
    let text = std::fs::read_to_string(path).unwrap();
    for row in text.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let alert: Alert = serde_json::from_value(cells[0].trim_matches('`').into()).unwrap();
        assert_eq!(words::alert(alert), cells[3].trim_end_matches(" |"), "{alert:?}");
    }
}
