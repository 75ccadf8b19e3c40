//! Which facts made a difference: asked again without each, then without several.

use super::fields::{Fields, Key};
use super::points::{self, ChangedFact};
use super::{Cause, CauseKind, Question, time};

/// The facts that stand otherwise at the two points, and both answers without each of them.
pub(super) struct Causes<'q, 'a> {
    question: &'q Question<'a>,
    changed: Vec<ChangedFact>,
    /// In the order of `changed`.
    without_one: Vec<[Fields; 2]>,
    without_all: [Fields; 2],
}

impl<'q, 'a> Causes<'q, 'a> {
    pub(super) fn new(question: &'q Question<'a>) -> Self {
        let changed = points::changed(question.facts, question.from, question.to);
        let without_one = changed.iter().map(|c| question.fields(&[c.fact.id.as_str()])).collect();
        let without_all = question.fields(&ids(&changed));
        Self { question, changed, without_one, without_all }
    }

    /// Why the points differ in a field: each fact that made it alone, else the fewest found that made it together, else
    /// time.
    pub(super) fn of(&mut self, key: &Key) -> Vec<Cause> {
        let alone: Vec<Cause> = self.alone(key).collect();
        if !alone.is_empty() {
            return alone;
        }
        if differs(&self.without_all, key) {
            return vec![time::cause(self.question, &ids(&self.changed), key)];
        }
        vec![together(self.fewest(key))]
    }

    fn alone(&self, key: &Key) -> impl Iterator<Item = Cause> {
        let tried = self.changed.iter().zip(&self.without_one);
        tried.filter(|(_, fields)| !differs(fields, key)).map(|(changed, _)| Cause {
            kind: CauseKind::Fact,
            text: changed.text(),
            facts: vec![changed.clone()],
            date: None,
        })
    }

    /// Takes facts back one by one, oldest first, for as long as the difference stays away without the rest.
    fn fewest(&self, key: &Key) -> Vec<ChangedFact> {
        let mut needed = self.changed.clone();
        let mut nr = 0;
        while nr < needed.len() {
            let mut fewer = needed.clone();
            fewer.remove(nr);
            if differs(&self.question.fields(&ids(&fewer)), key) {
                nr += 1;
            } else {
                needed = fewer;
            }
        }
        needed
    }
}

fn together(facts: Vec<ChangedFact>) -> Cause {
    let texts: Vec<String> = facts.iter().map(ChangedFact::text).collect();
    Cause { kind: CauseKind::FactsTogether, text: format!("sammen: {}", texts.join("; ")), facts, date: None }
}

fn ids(changed: &[ChangedFact]) -> Vec<&str> {
    changed.iter().map(|c| c.fact.id.as_str()).collect()
}

fn differs([before, after]: &[Fields; 2], key: &Key) -> bool {
    before.get(key) != after.get(key)
}
