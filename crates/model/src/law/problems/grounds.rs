//! Grounds: of a rule there is, one on every day since the duty began, never two at once.

use super::LawProblem;
use crate::dates::Date;
use crate::law::{CITES_CLAUSES, Ground, Law, RULES};

/// Rules that have a ground.
fn known() -> impl Iterator<Item = &'static str> {
    RULES.into_iter().filter(|rule| *rule != CITES_CLAUSES)
}

pub(super) fn problems(law: &Law) -> Vec<LawProblem> {
    if law.ground.is_empty() {
        let help = "take the table `ground` along from the catalogue that ships; no reason could say what it rests on";
        return vec![LawProblem::new(&["ground"], "no rule has a ground", help)];
    }
    let alone = law.ground.iter().enumerate().flat_map(|(n, ground)| of_one(n, ground));
    alone.chain(known().flat_map(|rule| of_rule(law, rule))).collect()
}

fn of_one(n: usize, ground: &Ground) -> Vec<LawProblem> {
    let (nr, mut found) = (n.to_string(), Vec::new());
    if ground.rule == CITES_CLAUSES {
        let message = format!("`{CITES_CLAUSES}` has no ground of its own");
        let help = "its steps cite the clauses of the child's services; take the row out";
        found.push(LawProblem::new(&["ground", &nr, "rule"], message, help));
    } else if !known().any(|rule| rule == ground.rule) {
        found.push(LawProblem::unknown(&["ground", &nr, "rule"], "rule", &ground.rule, known()));
    }
    if let Some(to) = ground.to.filter(|to| *to <= ground.from) {
        let message = format!("the ground of `{}` ends on {to}, but begins on {} only", ground.rule, ground.from);
        let help = "`to` is the first day on which it is no longer cited; a ground that never counted is left out";
        found.push(LawProblem::new(&["ground", &nr, "to"], message, help));
    }
    if ground.cite.trim().is_empty() {
        found.push(LawProblem::empty(&["ground", &nr, "cite"], "how the ground is cited"));
    }
    found
}

/// The rows of one rule, by date: each begins on the day the one before it ends, and the last one goes on.
fn of_rule(law: &Law, rule: &str) -> Vec<LawProblem> {
    let own = law.ground.iter().enumerate().filter(|(_, g)| g.rule == rule && g.to.is_none_or(|to| g.from < to));
    let mut own: Vec<(usize, &Ground)> = own.collect();
    own.sort_by_key(|(_, ground)| ground.from);
    let mut found = Vec::new();
    let mut open = Some(law.in_force);
    for (n, ground) in &own {
        let at = ["ground", &n.to_string(), "from"].map(str::to_owned);
        let at: Vec<&str> = at.iter().map(String::as_str).collect();
        match open {
            Some(day) if day < ground.from => found.push(gap(&at, rule, day, Some(ground.from))),
            Some(day) if ground.from < day && day != law.in_force => found.push(both(&at, rule, ground.from)),
            None => found.push(both(&at, rule, ground.from)),
            Some(_) => {}
        }
        open = open.zip(ground.to).map(|(day, to)| day.max(to));
    }
    found.extend(open.map(|day| gap(&["ground"], rule, day, None)));
    found
}

fn gap(at: &[&str], rule: &str, from: Date, to: Option<Date>) -> LawProblem {
    let until = to.map(|to| format!(" to {to}")).unwrap_or_default();
    let message = format!("`{rule}` has no ground from {from}{until}");
    LawProblem::new(at, message, "every rule rests on something on every day since `in_force`; say on what")
}

fn both(at: &[&str], rule: &str, day: Date) -> LawProblem {
    let message = format!("`{rule}` has two grounds on {day}");
    LawProblem::new(at, message, format!("end the one that was replaced: `to = \"{day}\"`"))
}
