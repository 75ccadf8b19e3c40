//! What the policies said of the fields that the floor lets out, and the answer of both together.
//!
//! Must never ask the policies about a field that the floor holds back: nobody does when something is sent.

use std::collections::BTreeSet;

use samhold_disclosure::explain::MASKED;
use samhold_disclosure::{Decision, Explanation, FieldFacts, Narrowed, Request, explain};
use samhold_model::Date;
use samhold_policy::PolicySet;
use serde::Serialize;

use crate::sync::{Lack, Recorded};

/// One decision: the floor's walk, the policies that spoke, and what comes of both.
#[derive(Debug, Serialize)]
pub(super) struct Told {
    /// The floor.
    #[serde(flatten)]
    pub(super) floor: Explanation,
    /// What the policies said of each field that the floor lets out.
    pub(super) policies: Vec<Spoken>,
    /// The answer of both.
    pub(super) answer: Decision,
    /// Consents on record that nobody was asked about, since they are none.
    pub(super) left_out: Vec<LeftOut>,
}

/// A consent on record that is none, for want of evidence or of information.
#[derive(Debug, Serialize)]
pub(super) struct LeftOut {
    pub(super) fact: String,
    pub(super) by: String,
    pub(super) given: Date,
    pub(super) lacks: Vec<Lack>,
}

/// What the policies said of one field.
#[derive(Debug, Serialize)]
pub(super) struct Spoken {
    pub(super) field: String,
    pub(super) permitted: bool,
    /// Those that permit it, or those that forbid it.
    pub(super) because: Vec<samhold_policy::Told>,
    /// What failed; then it is not permitted.
    pub(super) failed: Vec<String>,
}

/// Explains a question by the floor and the policies.
pub(super) fn told(request: &Request, rules: &Narrowed, set: &PolicySet) -> Told {
    let floor = explain(request, &rules.rules);
    let facts = FieldFacts::of(request, &rules.rules, &rules.municipality);
    let asked = facts.iter().filter(|facts| floor.decision.released.iter().any(|name| *name == facts.field.name));
    let policies = asked.map(|facts| spoken(facts, set)).collect();
    Told { floor, policies, answer: rules.decide(request), left_out: Vec::new() }
}

fn spoken(facts: &FieldFacts<'_>, set: &PolicySet) -> Spoken {
    let ruling = set.rule(facts);
    let because = ruling.because.iter().filter_map(|id| set.told(id).cloned()).collect();
    let field = facts.field.name.to_string();
    Spoken { field, permitted: ruling.permitted, because, failed: ruling.failed }
}

impl Told {
    /// As [`Explanation::veiled`]; which policies spoke of a masked field is masked with it.
    pub(super) fn veiled(mut self, hides: &dyn Fn(&str) -> bool) -> Self {
        let hidden = |name: &str| self.floor.reveals(name) || hides(name);
        for spoken in self.policies.iter_mut().filter(|spoken| hidden(&spoken.field)) {
            MASKED.clone_into(&mut spoken.field);
            spoken.because.clear();
        }
        let names = self.answer.released.iter_mut().chain(&mut self.answer.withheld);
        names.filter(|name| hidden(name)).for_each(|name| MASKED.clone_into(name));
        Self { floor: self.floor.veiled(hides), ..self }
    }

    /// Besides, those of `none` that name a category which is told of here. What is masked is no category any more.
    pub(super) fn beside(mut self, none: &[Recorded]) -> Self {
        let asked = self.floor.consents.iter().map(|asked| &asked.category);
        let told: BTreeSet<&String> = asked.chain([&self.floor.category]).collect();
        let named = none.iter().filter(|recorded| recorded.consent.categories.iter().any(|c| told.contains(c)));
        let left_out = named.map(|recorded| LeftOut {
            fact: recorded.fact.clone(),
            by: recorded.consent.by.clone(),
            given: recorded.consent.given,
            lacks: recorded.lacks(),
        });
        self.left_out = left_out.collect();
        self
    }
}
