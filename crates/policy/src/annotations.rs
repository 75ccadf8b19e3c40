//! What every policy says of itself: its id, the rule and step of the floor it mirrors or narrows, its law, and a sentence.
//!
//! Must never let a policy in that a lawyer cannot trace: missing or empty is a mistake.

use cedar_policy::{Effect, Policy};

use crate::mistake::{Mistake, Source};

/// The annotations each policy must have, none empty.
pub const REQUIRED: [&str; 5] = ["id", "rule", "step", "law", "text"];

/// A policy as people are told of it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Told {
    /// `@id`, unique in the set.
    pub id: String,
    /// `@rule` of the rulebook.
    pub rule: String,
    /// `@step` of the decision procedure.
    pub step: String,
    /// `@law`: act and section.
    pub law: String,
    /// `@text`: one sentence in bokmål.
    pub text: String,
    /// Whether it forbids; otherwise it permits.
    pub forbids: bool,
    /// The file it stands in.
    pub file: String,
}

/// Reads the annotations, or says which are missing.
pub(crate) fn read(policy: &Policy, source: &Source) -> Result<Told, Vec<Mistake>> {
    let of = |key: &str| policy.annotation(key).map(str::trim).filter(|said| !said.is_empty());
    let missing: Vec<&str> = REQUIRED.into_iter().filter(|key| of(key).is_none()).collect();
    if !missing.is_empty() {
        let span = place(policy, source);
        let wants = |key: &&str| {
            Mistake::at(source, span.clone(), format!("the policy has no `@{key}(\"…\")`"))
                .help("every policy needs @id, @rule, @step, @law and @text, none of them empty")
        };
        return Err(missing.iter().map(wants).collect());
    }
    let said = |key: &str| of(key).unwrap_or_default().to_owned();
    Ok(Told {
        id: said("id"),
        rule: said("rule"),
        step: said("step"),
        law: said("law"),
        text: said("text"),
        forbids: policy.effect() == Effect::Forbid,
        file: source.name.clone(),
    })
}

/// Where the policy's own words stand: its first line, so that a caret fits on a screen.
fn place(policy: &Policy, source: &Source) -> Option<std::ops::Range<usize>> {
    let words = policy.to_cedar()?;
    let first = words.lines().next().filter(|line| !line.trim().is_empty())?;
    let start = source.text.find(words.trim_end()).or_else(|| source.text.find(first))?;
    Some(start..start.saturating_add(first.len()))
}
