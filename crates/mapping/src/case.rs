//! Cases inside a mapping file: an input and what must come of it.

mod compare;
mod read;

use samhold_model::national_id::{Realm, redact};
use samhold_model::schema::Words;
use serde_json::Value;

use crate::error::MappingError;
use crate::mapping::{Body, Mapping};
use crate::outbound::Outbound;
use crate::run::RunParameters;
use crate::tree::Limits;

pub(crate) use read::read;

/// One `[[case]]`.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    name: String,
    input: String,
    latin1: bool,
    realm: Realm,
    expect: Expect,
}

/// What must come of it.
#[derive(Clone, Debug)]
enum Expect {
    /// These facts in this order, each at least as said.
    Facts(Vec<Value>),
    /// An error of this code, at this place when one is said.
    Error { code: String, place: Option<String> },
    /// Exactly this document.
    Output(Value),
}

/// How a case went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseResult {
    /// The case's name.
    pub name: String,
    /// What differed, for people and without numbers; `None` when it passed.
    pub failure: Option<String>,
}

/// Runs one case.
pub(crate) fn run(mapping: &Mapping, case: &Case, words: &dyn Words) -> CaseResult {
    let failure = match &mapping.body {
        Body::In(_) => inbound(mapping, case, words),
        Body::Out(outbound) => outward(outbound, case),
    };
    CaseResult { name: case.name.clone(), failure: failure.err().map(|f| redact(&f)) }
}

fn inbound(mapping: &Mapping, case: &Case, words: &dyn Words) -> Result<(), String> {
    let parameters = RunParameters { realm: case.realm, system: "case", words, limits: Limits::default() };
    let bytes = if case.latin1 { latin1(&case.input) } else { case.input.clone().into_bytes() };
    let result = mapping.run(&bytes, &parameters);
    match (&case.expect, result) {
        (Expect::Facts(wanted), Ok(document)) => compare::facts(wanted, &document, words),
        (Expect::Error { code, place }, Err(errors)) => error(code, place.as_deref(), &errors),
        (Expect::Facts(_), Err(errors)) => Err(format!("expected facts, got {}", told(&errors))),
        (Expect::Error { code, .. }, Ok(document)) => {
            let count: usize = document.groups.iter().map(|g| g.facts.len()).sum();
            Err(format!("expected the error `{code}`, got {count} facts"))
        }
        (Expect::Output(_), _) => Err("`expect_output` is for outbound mappings".into()),
    }
}

/// ISO-8859-1 bytes; what it cannot write becomes `?`.
fn latin1(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect()
}

fn error(code: &str, place: Option<&str>, errors: &[MappingError]) -> Result<(), String> {
    let fits = |e: &MappingError| e.code.as_str() == code && place.is_none_or(|p| e.place.starts_with(p));
    if errors.iter().any(fits) {
        return Ok(());
    }
    let at = place.map(|p| format!(" at {p}")).unwrap_or_default();
    Err(format!("expected the error `{code}`{at}, got {}", told(errors)))
}

fn told(errors: &[MappingError]) -> String {
    let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
    texts.join("; ")
}

fn outward(outbound: &Outbound, case: &Case) -> Result<(), String> {
    let view: Value = serde_json::from_str(&case.input).map_err(|e| format!("the input is not JSON: {e}"))?;
    match (&case.expect, outbound.render(&view)) {
        (Expect::Output(wanted), Ok(output)) if *wanted == output => Ok(()),
        (Expect::Output(wanted), Ok(output)) => Err(format!("expected {wanted}, got {output}")),
        (Expect::Error { code, place }, Err(errors)) => error(code, place.as_deref(), &errors),
        (_, Ok(output)) => Err(format!("got {output}")),
        (_, Err(errors)) => Err(format!("got {}", told(&errors))),
    }
}
