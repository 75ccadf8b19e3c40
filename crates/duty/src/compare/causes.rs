//! Which facts made a difference what it is: asked again without each, then without several.

use super::fields::{Fields, Key};
use super::points::{self, ChangedFact};
use super::{Cause, CauseKind, Question, time};

/// The facts that stand otherwise at the two points, and both answers with all facts and without each of them.
pub(super) struct Causes<'q, 'a> {
    question: &'q Question<'a>,
    changed: Vec<ChangedFact>,
    with_all: [Fields; 2],
    /// In the order of `changed`.
    without_one: Vec<[Fields; 2]>,
    without_all: [Fields; 2],
}

impl<'q, 'a> Causes<'q, 'a> {
    pub(super) fn new(question: &'q Question<'a>, with_all: [Fields; 2]) -> Self {
        let changed = points::changed(question.facts, question.from, question.to);
        let without_one = changed.iter().map(|c| question.fields(&[c.fact.id.as_str()])).collect();
        let without_all = question.fields(&ids(&changed));
        Self { question, changed, with_all, without_one, without_all }
    }

    /// Why the points differ in a field as they do: each fact without which they would not, else the fewest found that did
    /// it together; and time, where the points would differ without any of them.
    pub(super) fn of(&self, key: &Key) -> Vec<Cause> {
        let mut causes: Vec<Cause> = self.alone(key).collect();
        if causes.is_empty() && !self.same(&self.without_all, key) {
            causes.push(together(self.fewest(key)));
        }
        if differs(&self.without_all, key) {
            causes.push(time::cause(self.question, &ids(&self.changed), key));
        }
        causes
    }

    fn alone(&self, key: &Key) -> impl Iterator<Item = Cause> {
        let tried = self.changed.iter().zip(&self.without_one);
        tried.filter(|(_, fields)| !self.same(fields, key)).map(|(changed, _)| Cause {
            kind: CauseKind::Fact,
            text: changed.text(),
            facts: vec![changed.clone()],
            date: None,
        })
    }

    /// Takes facts back one by one, oldest first, for as long as the rest still make a difference of it.
    fn fewest(&self, key: &Key) -> Vec<ChangedFact> {
        let mut needed = self.changed.clone();
        let mut nr = 0;
        while nr < needed.len() {
            let mut fewer = needed.clone();
            fewer.remove(nr);
            if self.same(&self.question.fields(&ids(&fewer)), key) {
                nr += 1;
            } else {
                needed = fewer;
            }
        }
        needed
    }

    /// Whether the field has the values that are to be explained.
    fn same(&self, fields: &[Fields; 2], key: &Key) -> bool {
        self.with_all.iter().zip(fields).all(|(with, without)| with.get(key) == without.get(key))
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
