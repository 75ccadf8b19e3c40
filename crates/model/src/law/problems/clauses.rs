//! Clauses: their days, that two of one act never count at once, and how they are cited.

use super::LawProblem;
use crate::law::{Clause, Law};

pub(super) fn problems(law: &Law) -> Vec<LawProblem> {
    let alone = law.clause.iter().flat_map(|(key, clause)| of_one(law, key, clause));
    alone.chain(overlaps(law)).collect()
}

fn of_one(law: &Law, key: &str, clause: &Clause) -> Vec<LawProblem> {
    let mut found = Vec::new();
    if let Some(to) = clause.to.filter(|to| *to <= clause.from) {
        let message = format!("`{key}` ends on {to}, but begins on {} only", clause.from);
        let help = "`to` is the first day on which it is no longer cited; a clause that never counted is left out";
        found.push(LawProblem::new(&["clause", key, "to"], message, help));
    }
    if clause.from < law.in_force {
        let message = format!("`{key}` counts from {}, before the duty to coordinate itself", clause.from);
        let help = format!("`in_force` is {}; begin the clause on that day or later", law.in_force);
        found.push(LawProblem::new(&["clause", key, "from"], message, help));
    }
    if clause.cite.trim().is_empty() {
        found.push(LawProblem::empty(&["clause", key, "cite"], "how the clause is cited"));
    }
    found
}

/// The one that begins later is the one shown.
fn overlaps(law: &Law) -> Vec<LawProblem> {
    let mut rows: Vec<(&String, &Clause)> = law.clause.iter().collect();
    rows.sort_by_key(|(_, clause)| clause.from);
    let pairs = rows.iter().enumerate().flat_map(|(n, later)| rows.iter().take(n).map(move |earlier| (earlier, later)));
    pairs.filter(|(a, b)| a.1.act == b.1.act && overlap(a.1, b.1)).map(|(a, b)| both(a, b)).collect()
}

fn overlap(a: &Clause, b: &Clause) -> bool {
    let begun = |to: Option<crate::Date>, from| to.is_none_or(|to| from < to);
    begun(a.to, b.from) && begun(b.to, a.from)
}

fn both((earlier, _): &(&String, &Clause), (later, clause): &(&String, &Clause)) -> LawProblem {
    let (act, day) = (&clause.act, clause.from);
    let message = format!("`{earlier}` and `{later}` of the act `{act}` both count on {day}");
    let help = format!("end the one that was replaced: `{earlier}` with `to = \"{day}\"`");
    LawProblem::new(&["clause", later, "from"], message, help)
}
