//! One field asked of the policies.
//!
//! Must never permit when anything failed: not the question, not a single policy.

use cedar_policy::{Authorizer, Decision};
use samhold_disclosure::{FieldFacts, Narrow};

use crate::request::ask;
use crate::set::PolicySet;

/// What the policies say of one field, and which of them.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Ruling {
    /// It may go, as far as the policies go.
    pub permitted: bool,
    /// Ids of the policies that decided, sorted: those that permit, or those that forbid. Empty when none permits.
    pub because: Vec<String>,
    /// What failed, if anything; then it is not permitted.
    pub failed: Vec<String>,
}

impl PolicySet {
    /// Asks, and tells which policies decided.
    #[must_use]
    pub fn rule(&self, facts: &FieldFacts<'_>) -> Ruling {
        let (request, entities) = match ask(facts, None) {
            Ok(asked) => asked,
            Err(e) => return Ruling { permitted: false, because: Vec::new(), failed: vec![e.to_string()] },
        };
        let answer = Authorizer::new().is_authorized(&request, self.policies(), &entities);
        let mut because: Vec<String> = answer.diagnostics().reason().map(ToString::to_string).collect();
        because.sort();
        let failed: Vec<String> = answer.diagnostics().errors().map(ToString::to_string).collect();
        Ruling { permitted: answer.decision() == Decision::Allow && failed.is_empty(), because, failed }
    }
}

impl Narrow for PolicySet {
    fn permits(&self, facts: &FieldFacts<'_>) -> bool {
        self.memo().or(facts, || self.rule(facts).permitted)
    }
}
