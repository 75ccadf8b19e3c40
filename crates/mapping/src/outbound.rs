//! Outbound mappings: what disclosure released, in the recipient's own form.
//!
//! Can only rearrange what it is given: every scalar of the result is a scalar of the view or a constant of the mapping
//! file, whole and unchanged. What is absent in the view is left out, never null. Must never decide what may be seen.

use std::collections::BTreeSet;

use samhold_model::Realm;
use samhold_model::schema::Words;
use serde_json::Value;

use crate::error::{Code, MappingError};
use crate::expr::{self, Ctx, Expr};
use crate::mapping::{Files, Mapping};
use crate::problem::BadFile;
use crate::schema::Format;
use crate::scope::{Env, Scope};
use crate::settle::Settled;
use crate::toml_read::Table;
use crate::tree::{Cursor, Limits, Tree};
use crate::validate::validate;

/// A checked outbound mapping.
#[derive(Clone, Debug)]
pub struct Outbound {
    schema: crate::Schema,
    content_type: String,
    output: Expr,
}

impl Outbound {
    /// Reads and checks an outbound mapping file.
    ///
    /// # Errors
    /// Every problem at once; also when the file is an inbound mapping.
    pub fn parse(name: &str, text: &str, files: &Files<'_>, words: &dyn Words) -> Result<Self, BadFile> {
        let mapping = Mapping::parse(name, text, files, words)?;
        mapping.outbound().cloned().ok_or_else(|| BadFile {
            file: name.to_owned(),
            text: text.to_owned(),
            problems: vec![crate::Problem {
                code: "wrong-direction",
                message: "this mapping is inbound, an outbound one is needed here".into(),
                span: 0..0,
                help: None,
            }],
        })
    }

    pub(crate) fn read(root: &Table<'_>, head: &Table<'_>, env: &Env<'_>) -> Option<Self> {
        let item = root.need("output", env.problems)?;
        if env.schema.format != Format::Json {
            env.problems.add("wrong-kind", &item.span, "the view of an outbound mapping is JSON");
        }
        let content_type = head.text("content_type", env.problems).unwrap_or("application/json").to_owned();
        let output = expr::read_single(&item, env, &Scope::document(env.schema))?;
        Some(Self { schema: env.schema.clone(), content_type, output: output.expr })
    }

    /// Media type of what [`Outbound::render`] makes.
    #[must_use]
    pub fn content_type(&self) -> &str {
        &self.content_type
    }

    /// The recipient's document. A view with nothing in it gives an empty object.
    ///
    /// # Errors
    /// When the view is not of the shape of `mappings/schemas/view.toml`, or a code has no row.
    pub fn render(&self, view: &Value) -> Result<Value, Vec<MappingError>> {
        let tree = Tree::json(view.to_string().as_bytes(), &Limits::default())
            .map_err(|e| vec![MappingError::unreadable(&e)])?;
        let here = tree.cursor();
        let wrong = validate(&self.schema, &here);
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let ctx = Ctx { realm: Realm::Production, system: "" };
        let out = expr::eval_one(&self.output, &here, &ctx).map_err(|e| vec![e])?;
        out.map_or_else(|| Ok(Value::Object(serde_json::Map::new())), |out| settle(out, &here))
    }

    /// Every constant scalar the mapping can put into a result, as text. Disclosure checks results against these and the
    /// view: nothing else may be in them.
    #[must_use]
    pub fn constants(&self) -> BTreeSet<String> {
        let mut out = BTreeSet::new();
        expr::constants(&self.output, &mut out);
        out
    }

    /// Every object key the mapping can write.
    #[must_use]
    pub fn keys(&self) -> BTreeSet<String> {
        let mut out = BTreeSet::new();
        expr::keys(&self.output, &mut out);
        out
    }
}

/// A view has no persons or facts to resolve, so nothing may be left open.
fn settle(out: expr::Out, here: &Cursor<'_>) -> Result<Value, Vec<MappingError>> {
    let mut settled = Settled::default();
    let value = settled.value(out, "");
    if settled.persons.is_empty() && settled.facts.is_empty() && settled.children.is_empty() {
        return Ok(value);
    }
    let remedy = "take the value by its path; `person`, `fact` and `child` are for inbound mappings";
    Err(vec![MappingError::at(Code::BadFact, here, "a reference to resolve", "plain values", remedy)])
}
