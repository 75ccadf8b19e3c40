//! Works out expressions on a document.
//!
//! Must never guess: what is absent gives nothing, what is wrong gives an error with its place.

use samhold_model::national_id::{IdError, NationalId, Realm};
use serde_json::{Number, Value};

use crate::child::{self, ChildRef};
use crate::codes::{CodeTable, Otherwise};
use crate::error::{Code, MappingError, quote};
use crate::expr::{Expr, IdRule, cond, ops};
use crate::path::Path;
use crate::tree::{Cursor, Kind};

/// What a run is told besides the document.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ctx<'c> {
    pub(crate) realm: Realm,
    pub(crate) system: &'c str,
}

/// A worked-out value. What must not be text yet is kept apart.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Out {
    Value(Value),
    Person(NationalId),
    Fact(String, String),
    Child(Vec<ChildRef>),
    List(Vec<Out>),
    Object(Vec<(String, Out)>),
}

impl Out {
    fn text(text: impl Into<String>) -> Self {
        Self::Value(Value::String(text.into()))
    }

    /// The scalar as text.
    pub(crate) fn as_text(&self) -> Option<String> {
        match self {
            Self::Value(Value::String(text)) => Some(text.clone()),
            Self::Value(value @ (Value::Bool(_) | Value::Number(_))) => Some(value.to_string()),
            _ => None,
        }
    }
}

type Values = Result<Vec<Out>, MappingError>;

/// The first value, if there is one.
pub(crate) fn eval_one(expr: &Expr, here: &Cursor<'_>, ctx: &Ctx<'_>) -> Result<Option<Out>, MappingError> {
    Ok(eval(expr, here, ctx)?.into_iter().next())
}

/// All values of an expression at `here`.
pub(crate) fn eval(expr: &Expr, here: &Cursor<'_>, ctx: &Ctx<'_>) -> Values {
    match expr {
        Expr::Path(path) => from_path(path, here),
        Expr::Const(value) => Ok(vec![Out::Value(value.clone())]),
        Expr::Join(parts, separator) => join(parts, separator, here, ctx),
        Expr::First(parts) => first(parts, here, ctx),
        Expr::Lookup(of, codes) => each_text(of, here, ctx, |text, at| lookup(codes, text, at)),
        Expr::Date(of, rule, days) => {
            each_text(of, here, ctx, |text, at| Ok(Some(Out::text(ops::date(text, *rule, *days, at)?.to_string()))))
        }
        Expr::Number(of) => each_text(of, here, ctx, number),
        Expr::Check(of, kind, otherwise) => each_text(of, here, ctx, |text, at| match ops::check(text, *kind) {
            Some(good) => Ok(Some(Out::text(good))),
            None => unfit(otherwise, || ops::bad_check(*kind, at)),
        }),
        Expr::Person(of, rule) => {
            each_text(of, here, ctx, |text, at| Ok(person(text, *rule, ctx.realm, at)?.map(Out::Person)))
        }
        Expr::List(parts) => list(parts, here, ctx),
        Expr::Without(of, less) => without(of, less, here, ctx),
        Expr::Extreme(of, latest) => extreme(of, *latest, here, ctx),
        Expr::Count(path) => Ok(vec![Out::Value(Value::from(path.walk(here)?.len()))]),
        Expr::Position(path) => position(path, here),
        Expr::Object(members) => object(members, here, ctx),
        Expr::Each(path, of) => each(path, of, here, ctx),
        Expr::Fact(rule, key) => Ok(eval_one(key, here, ctx)?
            .and_then(|k| k.as_text())
            .map(|k| Out::Fact(rule.clone(), k))
            .into_iter()
            .collect()),
        Expr::Child(alternatives) => {
            let refs = child::eval(alternatives, here, ctx)?;
            Ok(if refs.is_empty() { Vec::new() } else { vec![Out::Child(refs)] })
        }
        Expr::Affix(of, prefix, suffix) => {
            each_text(of, here, ctx, |text, _| Ok(Some(Out::text(format!("{prefix}{text}{suffix}")))))
        }
        Expr::Strip(of, beginning) => each_text(of, here, ctx, |text, at| strip(text, beginning, at)),
        Expr::When(of, conditions) => {
            if cond::all(conditions, here)? {
                eval(of, here, ctx)
            } else {
                Ok(Vec::new())
            }
        }
    }
}

/// Values as the source has them; a JSON number stays a number only where that loses no digit.
fn from_path(path: &Path, here: &Cursor<'_>) -> Values {
    let value = |cursor: &Cursor<'_>| match &cursor.node.kind {
        Kind::Bool(flag) => Some(Out::Value(Value::Bool(*flag))),
        Kind::Number(text) => Some(Out::Value(as_number(text).unwrap_or_else(|| Value::String(text.clone())))),
        _ => cursor.node.scalar().map(|t| Out::text(t.trim())),
    };
    Ok(path.walk(here)?.iter().filter_map(value).collect())
}

fn as_number(text: &str) -> Option<Value> {
    let number = text.parse::<i64>().map(Number::from).ok();
    let number = number.or_else(|| text.parse::<f64>().ok().and_then(Number::from_f64))?;
    (number.to_string() == text).then_some(Value::Number(number))
}

/// Each value of `of` through `turn`, at the place it came from when it is a path.
fn each_text(
    of: &Expr,
    here: &Cursor<'_>,
    ctx: &Ctx<'_>,
    turn: impl Fn(&str, &Cursor<'_>) -> Result<Option<Out>, MappingError>,
) -> Values {
    let mut out = Vec::new();
    if let Expr::Path(path) = of {
        for cursor in path.walk(here)? {
            if let Some(text) = cursor.node.scalar() {
                out.extend(turn(text.trim(), &cursor)?);
            }
        }
        return Ok(out);
    }
    for value in eval(of, here, ctx)? {
        if let Some(text) = value.as_text() {
            out.extend(turn(&text, here)?);
        }
    }
    Ok(out)
}

fn join(parts: &[Expr], separator: &str, here: &Cursor<'_>, ctx: &Ctx<'_>) -> Values {
    let mut texts = Vec::new();
    for part in parts {
        texts.extend(eval(part, here, ctx)?.iter().filter_map(Out::as_text));
    }
    Ok(if texts.is_empty() { Vec::new() } else { vec![Out::text(texts.join(separator))] })
}

fn first(parts: &[Expr], here: &Cursor<'_>, ctx: &Ctx<'_>) -> Values {
    for part in parts {
        if let Some(value) = eval_one(part, here, ctx)? {
            return Ok(vec![value]);
        }
    }
    Ok(Vec::new())
}

fn lookup(codes: &CodeTable, text: &str, at: &Cursor<'_>) -> Result<Option<Out>, MappingError> {
    match codes.rows.get(text) {
        Some(value) => Ok(Some(Out::Value(value.clone()))),
        None => unfit(&codes.otherwise, || {
            let known: Vec<&str> = codes.rows.keys().map(String::as_str).collect();
            let remedy = "add a row to the code table, or say `otherwise`";
            MappingError::at(Code::UnknownCode, at, quote(text), format!("one of {}", known.join(", ")), remedy)
        }),
    }
}

fn unfit(otherwise: &Otherwise, error: impl FnOnce() -> MappingError) -> Result<Option<Out>, MappingError> {
    match otherwise {
        Otherwise::Error => Err(error()),
        Otherwise::Skip => Ok(None),
        Otherwise::Value(value) => Ok(Some(Out::Value(value.clone()))),
    }
}

/// The text itself is not told: behind another beginning may stand anything.
fn strip(text: &str, beginning: &str, at: &Cursor<'_>) -> Result<Option<Out>, MappingError> {
    match text.strip_prefix(beginning).filter(|rest| !rest.is_empty()) {
        Some(rest) => Ok(Some(Out::text(rest))),
        None => {
            let expected = format!("a text that begins with `{beginning}`");
            Err(MappingError::at(Code::WrongShape, at, "another text", expected, "have the source corrected"))
        }
    }
}

fn number(text: &str, at: &Cursor<'_>) -> Result<Option<Out>, MappingError> {
    match as_number(text) {
        Some(number) => Ok(Some(Out::Value(number))),
        None => {
            Err(MappingError::at(Code::BadNumber, at, "another text", "a number", "correct the source or the mapping"))
        }
    }
}

/// A checked national number; absent when the rule lets a placeholder or a broken one pass as absent.
pub(crate) fn person(
    text: &str,
    rule: IdRule,
    realm: Realm,
    at: &Cursor<'_>,
) -> Result<Option<NationalId>, MappingError> {
    let read = if rule.placeholders {
        NationalId::parse_unless_placeholder(text, realm)
    } else {
        NationalId::parse(text, realm)
    };
    match read {
        Ok(id) => Ok(Some(id)),
        Err(IdError::Placeholder) => Ok(None),
        Err(_) if rule.skip => Ok(None),
        Err(e) => Err(bad_id(&e, at)),
    }
}

/// The reason, never the digits.
pub(crate) fn bad_id(error: &IdError, at: &Cursor<'_>) -> MappingError {
    let remedy =
        "have the source corrected; a real number belongs in production, a synthetic one in a test installation";
    let found = format!("a value that {error}");
    MappingError::at(Code::BadIdentifier, at, found, "a national identity number of this installation", remedy)
}

fn list(parts: &[Expr], here: &Cursor<'_>, ctx: &Ctx<'_>) -> Values {
    let mut items: Vec<Out> = Vec::new();
    for part in parts {
        for value in eval(part, here, ctx)? {
            // The same person or word twice says nothing more.
            if !items.contains(&value) {
                items.push(value);
            }
        }
    }
    Ok(if items.is_empty() { Vec::new() } else { vec![Out::List(items)] })
}

fn without(of: &Expr, less: &Expr, here: &Cursor<'_>, ctx: &Ctx<'_>) -> Values {
    let taken = eval(less, here, ctx)?;
    let left: Vec<Out> = flat(eval(of, here, ctx)?).into_iter().filter(|v| !taken.contains(v)).collect();
    Ok(if left.is_empty() { Vec::new() } else { vec![Out::List(left)] })
}

fn flat(values: Vec<Out>) -> Vec<Out> {
    let items = |value| match value {
        Out::List(items) => items,
        single => vec![single],
    };
    values.into_iter().flat_map(items).collect()
}

fn position(path: &Path, here: &Cursor<'_>) -> Values {
    let found = path.walk(here)?;
    Ok(found.first().map(|c| Out::text(c.position().to_string())).into_iter().collect())
}

fn extreme(of: &Expr, latest: bool, here: &Cursor<'_>, ctx: &Ctx<'_>) -> Values {
    let days = flat(eval(of, here, ctx)?).into_iter().filter_map(|v| v.as_text());
    let found = if latest { days.max() } else { days.min() };
    Ok(found.map(Out::text).into_iter().collect())
}

fn object(members: &[(String, Expr)], here: &Cursor<'_>, ctx: &Ctx<'_>) -> Values {
    let mut out = Vec::new();
    for (name, expr) in members {
        if let Some(value) = eval_one(expr, here, ctx)? {
            out.push((name.clone(), value));
        }
    }
    Ok(if out.is_empty() { Vec::new() } else { vec![Out::Object(out)] })
}

fn each(path: &Path, of: &Expr, here: &Cursor<'_>, ctx: &Ctx<'_>) -> Values {
    let mut out = Vec::new();
    for cursor in path.walk(here)? {
        out.extend(eval_one(of, &cursor, ctx)?);
    }
    Ok(out)
}
