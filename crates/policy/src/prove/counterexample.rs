//! A request that breaks a claim: invented by the solver, made as plain as it can be, tried on the real policies.
//!
//! Must never hold anything about a person: nothing here comes from a store.

use cedar_policy::{Authorizer, Context, Decision, Entities, EntityUid, Request, Response};
use cedar_policy_symcc::Env;
use serde_json::{Map, Value, json};

use super::{CanFail, realistic, words};
use crate::annotations::Told;
use crate::claims::Claim;
use crate::set::PolicySet;

/// What is asked: who would receive, one field, and the circumstances, each with every attribute of the schema.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Asked {
    /// Attributes of the `Recipient`.
    pub recipient: Map<String, Value>,
    /// Attributes of the `Field`.
    pub field: Map<String, Value>,
    /// The context.
    pub context: Map<String, Value>,
}

/// A request that the policies permit though a claim says that it never is.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Counterexample {
    /// The request.
    pub asked: Asked,
    /// The policies that let it out, as the authorizer names them.
    pub released_by: Vec<Told>,
    /// The law's tables of today can have it so: the recipient is what its kind is, the category has its own law.
    pub possible_today: bool,
    /// All of it in bokmål.
    pub words: String,
}

/// Why a model of the solver cannot be read as a request.
#[derive(Debug, thiserror::Error)]
#[error("the solver's example could not be read as a request: {0}")]
pub struct Unread(String);

fn unread(e: impl std::fmt::Display) -> Unread {
    Unread(e.to_string())
}

const RECIPIENT: &str = "Recipient";
const FIELD: &str = "Field";

impl Asked {
    /// Reads the solver's model.
    pub(super) fn read(env: &Env) -> Result<Self, Unread> {
        let attributes = |uid: Option<&EntityUid>| {
            let entity = uid.and_then(|uid| env.entities.get(uid)).ok_or_else(|| unread("an entity is missing"))?;
            object(entity.to_json_value().map_err(unread)?.get("attrs").cloned())
        };
        let context = env.request.context().ok_or_else(|| unread("the context is missing"))?;
        Ok(Self {
            recipient: attributes(env.request.principal())?,
            field: attributes(env.request.resource())?,
            context: object(Some(context.to_json_value().map_err(unread)?))?,
        })
    }

    /// What Cedar's own authorizer says.
    fn put_to(&self, set: &PolicySet, policies: &cedar_policy::PolicySet) -> Result<Response, Unread> {
        let schema = Some(set.schema());
        let uid = |kind: &str| EntityUid::from_json(json!({"type": kind, "id": "x"})).map_err(unread);
        let (principal, resource) = (uid(RECIPIENT)?, uid(FIELD)?);
        let action = EntityUid::from_json(json!({"type": "Action", "id": "release"})).map_err(unread)?;
        let entity = |kind: &str, attrs: &Map<String, Value>| json!({"uid": {"type": kind, "id": "x"}, "attrs": attrs, "parents": []});
        let both = json!([entity(RECIPIENT, &self.recipient), entity(FIELD, &self.field)]);
        let entities = Entities::from_json_value(both, schema).map_err(unread)?;
        let context = Context::from_json_value(Value::Object(self.context.clone()), Some((set.schema(), &action)));
        let request = Request::new(principal, action, resource, context.map_err(unread)?, schema).map_err(unread)?;
        Ok(Authorizer::new().is_authorized(&request, policies, &entities))
    }
}

fn object(value: Option<Value>) -> Result<Map<String, Value>, Unread> {
    match value {
        Some(Value::Object(map)) => Ok(map),
        _ => Err(unread("attributes are missing")),
    }
}

impl CanFail {
    /// Of a solver's model: the plainest request like it with which the policy still fails.
    pub(super) fn of(set: &PolicySet, policy: &cedar_policy::Policy, env: &Env) -> Result<Self, Unread> {
        let mut alone = cedar_policy::PolicySet::new();
        alone.add(policy.clone()).map_err(unread)?;
        let fails = |asked: &Asked| {
            asked.put_to(set, &alone).is_ok_and(|answer| answer.diagnostics().errors().next().is_some())
        };
        let found = Asked::read(env)?;
        if !fails(&found) {
            return Err(unread("the policy does not fail after all"));
        }
        let asked = realistic::plainest(found, &fails);
        let words = words::tell_failure(&asked, realistic::possible_today(&asked));
        Ok(Self { id: policy.id().to_string(), asked, words })
    }
}

impl Counterexample {
    /// Of a solver's model: the plainest request like it that still breaks the claim.
    pub(super) fn of(set: &PolicySet, claim: &Claim, env: &Env) -> Result<Self, Unread> {
        let mut never = cedar_policy::PolicySet::new();
        never.add(claim.broken().map_err(unread)?).map_err(unread)?;
        let permits = |asked: &Asked, policies: &_| {
            asked.put_to(set, policies).is_ok_and(|answer| answer.decision() == Decision::Allow)
        };
        let breaks = |asked: &Asked| permits(asked, set.policies()) && permits(asked, &never);
        let found = Asked::read(env)?;
        if !breaks(&found) {
            return Err(unread("the policies do not permit it after all"));
        }
        let asked = realistic::plainest(found, &breaks);
        let answer = asked.put_to(set, set.policies())?;
        let released_by: Vec<Told> =
            answer.diagnostics().reason().filter_map(|id| set.told(id.as_ref()).cloned()).collect();
        let possible_today = realistic::possible_today(&asked);
        let words = words::tell(&asked, &released_by, possible_today);
        Ok(Self { asked, released_by, possible_today, words })
    }

    /// Whether the policies permit the request, asked of Cedar's own authorizer again.
    #[must_use]
    pub fn is_permitted_by(&self, set: &PolicySet) -> bool {
        self.asked.put_to(set, set.policies()).is_ok_and(|answer| answer.decision() == Decision::Allow)
    }
}
