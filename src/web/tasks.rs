//! `POST /api/v1/tasks/{id}`: a person's answer to a task of the work list.
//!
//! Only the koordinerende enhet and the municipality answer, and only about children of whom no other municipality knows:
//! those are the operator's. A task of others and one that is not there answer alike.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use samhold_store::Task;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::auth::Client;
use super::problem::Problem;
use super::read;
use crate::config::{Permission, SystemSettings};
use crate::sync::tasks::{Answer, Given, Refused, answer};
use crate::sync::worklist::concerns;

/// The unit for which a client must be allowed to speak.
const COORDINATING: &str = "koordinerende_enhet";

/// The answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    answer: Answer,
}

/// Takes an answer.
pub async fn post(
    State(engine): State<Shared>,
    client: Client,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<axum::Json<Value>, Problem> {
    client.must(Permission::Decide, "answer tasks")?;
    if !client.0.may_act_as(COORDINATING) {
        return Err(Problem::forbidden("answer for the koordinerende enhet"));
    }
    let body: Body = read::json(&headers, body, "invalid_answer")?;
    let id = id.parse().map_err(|_| refused(&Refused::Unknown))?;
    let task = engine.store.task(id).await?;
    let task = match task {
        Some(task)
            if concerns(engine.store.as_ref(), &engine.live().loaded, &task, &client.0.municipalities).await? =>
        {
            task
        }
        _ => return Err(refused(&Refused::Unknown)),
    };
    if !alone_responsible(&engine, &client.0, &task).await? {
        return Err(Problem::forbidden("answer this task"));
    }
    let given = Given { task: id, answer: body.answer, by: &client.0.name, at: engine.clock.now() };
    answer(engine.store.as_ref(), given).await?.map_err(|why| refused(&why))?;
    engine.signals.marked.notify_one();
    Ok(axum::Json(json!({"task": id, "answer": body.answer, "status": "ANSWERED"})))
}

fn refused(why: &Refused) -> Problem {
    let detail = why.to_string();
    match why {
        Refused::Unknown => Problem::new(StatusCode::NOT_FOUND, "unknown_task", detail),
        Refused::Closed => Problem::new(StatusCode::CONFLICT, "task_closed", detail),
        Refused::DoesNotFit(..) => Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "answer_does_not_fit", detail),
        Refused::ThroughAnother => Problem::new(StatusCode::CONFLICT, "joined_through_another", detail),
    }
}

/// An answer about a child changes what every municipality that knows the child is told.
async fn alone_responsible(engine: &Shared, system: &SystemSettings, task: &Task) -> Result<bool, Problem> {
    for child in &task.children {
        let numbers = engine.store.municipalities_of(*child).await?;
        if numbers.iter().any(|n| !system.serves(n.as_str())) {
            return Ok(false);
        }
    }
    Ok(true)
}
