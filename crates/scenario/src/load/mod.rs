//! From the tree to scenarios that can be run; whatever cannot is told with its place.
//!
//! Must never let a half-read scenario through: one slip anywhere and nothing is run.

mod duty;
mod events;
mod expectation;
mod settings;
mod sharing;

use samhold_model::Law;

pub(crate) use duty::{DutyCheck, DutyScenario};
pub(crate) use sharing::SharingScenario;

use crate::error::Mistake;
use crate::reader::Reader;
use crate::text::{Node, Source, Tree, parse};

/// The tables a file may hold.
const TABLES: &[&str] = &["duty", "sharing"];

/// One scenario of either kind.
pub(crate) enum Scenario {
    /// Who holds the duty.
    Duty(Box<DutyScenario>),
    /// May this item go to this recipient.
    Sharing(Box<SharingScenario>),
}

/// Reads the scenarios of one file.
///
/// # Errors
/// Every slip in it.
pub(crate) fn load(source: &Source, law: &Law) -> Result<Vec<Scenario>, Vec<Mistake>> {
    let root = parse(source)?;
    let mut reader = Reader::new(source, law);
    let mut scenarios = Vec::new();
    for (table, node) in scenario_nodes(&mut reader, &root) {
        let scenario = match table {
            "duty" => duty::read(&mut reader, node).map(|s| Scenario::Duty(Box::new(s))),
            _ => sharing::read(&mut reader, node).map(|s| Scenario::Sharing(Box::new(s))),
        };
        scenarios.extend(scenario);
    }
    let mistakes = reader.finish();
    if mistakes.is_empty() { Ok(scenarios) } else { Err(mistakes) }
}

/// Each `[[duty]]` and `[[sharing]]` in the order of the file.
fn scenario_nodes<'n>(reader: &mut Reader<'_>, root: &'n Node) -> Vec<(&'static str, &'n Node)> {
    let mut found = Vec::new();
    if !reader.is_table(root, "file") {
        return found;
    }
    for entry in root.entries() {
        match (TABLES.iter().find(|t| **t == entry.key), &entry.node.tree) {
            (Some(table), Tree::List(items)) => found.extend(items.iter().map(|item| (*table, item))),
            (Some(table), _) => {
                let said = format!("`{table}` is {}", entry.node.kind());
                reader.report(entry.key_span.clone(), &said, &format!("a list of tables, [[{table}]]"), None);
            }
            (None, _) => reader.unknown_key(entry, "file", TABLES),
        }
    }
    if root.entries().is_empty() {
        reader.report(0..0, "the file holds no scenario", "[[duty]] or [[sharing]]", None);
    }
    found.sort_by_key(|(_, node)| node.span.start);
    found
}
