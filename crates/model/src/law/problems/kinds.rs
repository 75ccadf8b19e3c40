//! Kinds of service: an act that exists, a name, and never a holder that is not municipal.

use super::LawProblem;
use crate::fact::Level;
use crate::law::change::of_row;
use crate::law::{KindOnDay, Law, ServiceKindRow};

pub(super) fn problems(law: &Law) -> Vec<LawProblem> {
    let rows = law.service_kind.iter().flat_map(|(kind, row)| of_row_itself(law, kind, row));
    let changes = law.service_kind_change.iter().enumerate().flat_map(|(n, change)| {
        let (nr, mut found) = (n.to_string(), Vec::new());
        if let Some(act) = change.act.as_deref().filter(|act| *act != "none") {
            found.extend(act_of(law, &["service_kind_change", &nr, "act"], act));
        }
        if change.name.as_ref().is_some_and(|name| name.trim().is_empty()) {
            found.push(LawProblem::empty(&["service_kind_change", &nr, "name"], "the name of the kind"));
        }
        found
    });
    rows.chain(changes).collect()
}

fn of_row_itself(law: &Law, kind: &str, row: &ServiceKindRow) -> Vec<LawProblem> {
    let mut found = Vec::new();
    if let Some(act) = &row.act {
        found.extend(act_of(law, &["service_kind", kind, "act"], act));
    }
    if row.name.trim().is_empty() {
        found.push(LawProblem::empty(&["service_kind", kind, "name"], "the name of the kind"));
    }
    found.extend(holders(law, kind, row));
    found
}

/// An act in which nothing stands would silently put no duty on anyone.
fn act_of(law: &Law, at: &[&str], act: &str) -> Option<LawProblem> {
    let with = law.clause.values().map(|clause| clause.act.as_str());
    let known: Vec<&str> = with.chain(law.acts_without_clause.iter().map(String::as_str)).collect();
    if known.contains(&act) {
        return None;
    }
    let mut unique = known;
    unique.sort_unstable();
    unique.dedup();
    let mut problem = LawProblem::unknown(at, "act", act, unique);
    problem.help = format!(
        "{}; an act of its own needs a row in `[clause]`, or a place in `acts_without_clause`",
        problem.help.trim_end_matches('?')
    );
    Some(problem)
}

/// On every day on which the kind may hold it must be municipal; one that may hold only where a municipality runs it
/// says no here, and the service itself says its level.
fn holders(law: &Law, kind: &str, row: &ServiceKindRow) -> Option<LawProblem> {
    let mut on = KindOnDay::first(row);
    if unfit(&on) {
        return Some(not_municipal(&["service_kind", kind], kind));
    }
    for change in of_row(&law.service_kind_change, kind) {
        on = on.after(change);
        if unfit(&on) {
            let nr = law.service_kind_change.iter().position(|c| std::ptr::eq(c, change)).unwrap_or_default();
            return Some(not_municipal(&["service_kind_change", &nr.to_string(), "from"], kind));
        }
    }
    None
}

fn unfit(on: &KindOnDay<'_>) -> bool {
    on.can_hold && on.level != Level::Kommunal
}

fn not_municipal(at: &[&str], kind: &str) -> LawProblem {
    let message = format!("`{kind}` may hold the duty, but its level is not `kommunal`");
    let help = "only a municipal service can coordinate: `can_hold = false`; where a municipality runs one, \
                give that service `level = \"kommunal\"` in services.toml";
    LawProblem::new(at, message, help)
}
