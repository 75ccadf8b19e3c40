//! Words in policies and claims that the law's tables do not have: a condition on one is never met, and looks like any other.
//!
//! Must never take a word for wrong where any word can stand: names of fields and municipalities are free.

use std::collections::BTreeSet;

use samhold_model::Law;
use samhold_model::hint::nearest;
use serde_json::Value;

use crate::claims::{Claim, Claims};
use crate::mistake::{Mistake, Source};
use crate::set::PolicySet;

/// Words that an attribute can have, beside those of the law.
const PROTECTIONS: [&str; 3] = ["none", "fortrolig", "strengt"];
const FROM_15: [&str; 3] = ["child", "guardians", "child_and_guardians"];

/// Every word of a set that the law does not know where it stands.
#[must_use]
pub fn unknown_in_policies(set: &PolicySet, law: &Law) -> Vec<Mistake> {
    let laws = [law, &Law::bundled()];
    let of = |policy: &cedar_policy::Policy| {
        let source = set.told(policy.id().as_ref()).and_then(|told| set.files().iter().find(|f| f.name == told.file));
        source.map(|source| unknown(policy, source, &laws)).unwrap_or_default()
    };
    set.policies().policies().flat_map(of).collect()
}

/// The same of claims; those that come with the program have their places in no file of the settings.
#[must_use]
pub fn unknown_in_claims(claims: &Claims, source: &Source, law: &Law) -> Vec<Mistake> {
    let laws = [law, &Law::bundled()];
    let of = |claim: &Claim| claim.broken().map(|policy| unknown(&policy, source, &laws)).unwrap_or_default();
    claims.all().iter().flat_map(of).collect()
}

fn unknown(policy: &cedar_policy::Policy, source: &Source, laws: &[&Law]) -> Vec<Mistake> {
    let mut compared = BTreeSet::new();
    // A policy that has no such form was never read.
    compare(&policy.to_json().unwrap_or_default(), &mut compared);
    let wrong = |(attribute, word): &(String, String)| {
        let known = words_of(attribute, laws)?;
        if known.contains(word.as_str()) {
            return None;
        }
        let quoted = format!("\"{word}\"");
        let span = source.text.find(&quoted).map(|start| start..start.saturating_add(quoted.len()));
        let mistake = Mistake::at(source, span, format!("`{word}` is no word of the law for `{attribute}`"));
        Some(match nearest(word, known.iter().copied()) {
            Some(near) => mistake.help(format!("did you mean `{near}`?")),
            None => mistake.help(format!("known are {}", known.into_iter().collect::<Vec<_>>().join(", "))),
        })
    };
    compared.iter().filter_map(wrong).collect()
}

/// The words an attribute can have; `None` where any can stand.
fn words_of<'a>(attribute: &str, laws: &[&'a Law]) -> Option<BTreeSet<&'a str>> {
    let all = |of: fn(&'a Law) -> Vec<&'a str>| laws.iter().flat_map(|law| of(law)).collect::<BTreeSet<&'a str>>();
    let or_none = |mut words: BTreeSet<&'a str>| {
        words.insert("");
        words
    };
    Some(match attribute {
        "principal.kind" => all(|law| law.recipient_kind.keys().map(String::as_str).collect()),
        "resource.category" => all(|law| law.category.keys().map(String::as_str).collect()),
        "resource.regime" => all(regimes),
        "resource.from" | "resource.holder" => {
            or_none(all(|law| law.service_kind.keys().map(String::as_str).collect()))
        }
        "resource.tag" => or_none(all(|law| law.field_tags.iter().map(String::as_str).collect())),
        "resource.protection" => PROTECTIONS.into(),
        "context.purpose" => all(|law| law.purposes.iter().map(String::as_str).collect()),
        "context.settings.bvl_from_15" => FROM_15.into(),
        _ => return None,
    })
}

fn regimes(law: &Law) -> Vec<&str> {
    let first = law.category.values().map(|row| row.regime.as_str());
    first.chain(law.category_change.iter().map(|change| change.regime.as_str())).collect()
}

/// Which words stand beside which attribute, anywhere in a policy as JSON.
fn compare(at: &Value, found: &mut BTreeSet<(String, String)>) {
    match at {
        Value::Object(map) => {
            for (operator, sides) in map {
                if matches!(operator.as_str(), "==" | "!=" | "contains" | "containsAny" | "containsAll") {
                    together(sides, found);
                }
                compare(sides, found);
            }
        }
        Value::Array(all) => all.iter().for_each(|inner| compare(inner, found)),
        _ => {}
    }
}

fn together(sides: &Value, found: &mut BTreeSet<(String, String)>) {
    let (Some(left), Some(right)) = (sides.get("left"), sides.get("right")) else { return };
    for (attribute, words) in [(left, right), (right, left)] {
        if let Some(attribute) = path(attribute) {
            found.extend(literals(words).into_iter().map(|word| (attribute.clone(), word)));
        }
    }
}

/// `principal.kind` of an access to it.
fn path(of: &Value) -> Option<String> {
    if let Some(variable) = of.get("Var").and_then(Value::as_str) {
        return Some(variable.to_owned());
    }
    let access = of.get(".")?;
    Some(format!("{}.{}", path(access.get("left")?)?, access.get("attr")?.as_str()?))
}

/// The words of a literal or of a set of them.
fn literals(of: &Value) -> Vec<String> {
    if let Some(word) = of.get("Value").and_then(Value::as_str) {
        return vec![word.to_owned()];
    }
    of.get("Set").and_then(Value::as_array).into_iter().flatten().flat_map(literals).collect()
}
