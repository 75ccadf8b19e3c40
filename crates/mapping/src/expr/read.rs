//! Reads expressions from the mapping file and works out what they give.

use serde_json::Value;

use crate::child;
use crate::codes::{self, Otherwise};
use crate::expr::cond::{self, Cond};
use crate::expr::{CheckKind, DateRule, Expr, IdRule};
use crate::path::{self, Found};
use crate::schema::Leaf;
use crate::scope::{Env, Scope};
use crate::toml_read::{Item, Span, Table};

/// What an expression gives.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Ty {
    Text,
    Bool,
    Number,
    Date,
    Person,
    Municipality,
    Object,
    Fact,
    Child,
    /// A word of our own vocabulary, which only the run can know.
    OwnWord,
    List(Box<Ty>),
    /// As the source has it; only outbound.
    Any,
}

/// A read expression.
#[derive(Clone, Debug)]
pub(crate) struct Typed {
    pub(crate) expr: Expr,
    pub(crate) ty: Ty,
    /// Every word it can give, when that is a closed set.
    pub(crate) words: Option<Vec<Value>>,
    /// Whether it gives several values.
    pub(crate) many: bool,
    pub(crate) span: Span,
}

/// The words that say what an expression does. Exactly one stands in a table.
const OPERATIONS: &[&str] = &[
    "path", "const", "join", "first", "lookup", "date", "number", "check", "person", "list", "count", "object", "each",
    "fact", "child", "earliest", "latest", "position", "own",
];

/// Those that only rearrange: what goes out must be a released value or a constant, whole and unchanged.
const OUTBOUND: &[&str] = &["path", "const", "first", "lookup", "list", "object", "each"];

/// The words for what an expression can do, for the guide.
#[must_use]
pub fn operations() -> &'static [&'static str] {
    OPERATIONS
}

/// Reads an expression: a text is a path, a table holds one operation.
pub(crate) fn read(item: &Item<'_>, env: &Env<'_>, scope: &Scope) -> Option<Typed> {
    if let Some(text) = item.value.as_str() {
        return from_path(text, &item.span, env, scope);
    }
    let Some(table) = item.table() else {
        let message = format!("found {}, expected a path in quotes or a table with one operation", item.kind());
        env.problems.add("wrong-kind", &item.span, message);
        return None;
    };
    let typed = operation(&table, item, env, scope).and_then(|t| modifiers(t, &table, env, scope));
    if typed.is_some() {
        table.finish(env.problems);
    }
    typed
}

/// Reads `when`: one condition or a list of which all must hold.
pub(crate) fn read_condition(table: &Table<'_>, env: &Env<'_>, scope: &Scope) -> Vec<Cond> {
    read_conditions(table, "when", env, scope)
}

/// Reads the conditions under `key`; none when it is not there.
pub(crate) fn read_conditions(table: &Table<'_>, key: &'static str, env: &Env<'_>, scope: &Scope) -> Vec<Cond> {
    table.get(key).map(|item| cond::read(&item, env, scope)).unwrap_or_default()
}

/// Reads an expression that must give one value.
pub(crate) fn read_single(item: &Item<'_>, env: &Env<'_>, scope: &Scope) -> Option<Typed> {
    let typed = read(item, env, scope)?;
    if typed.many {
        let help = Some("wrap it: `{ first = [ … ] }`, `{ list = … }`, `{ count = … }`, or loop with `each`".into());
        env.problems.add_with("several-values", &typed.span, "this gives several values, one is needed".into(), help);
        return None;
    }
    Some(typed)
}

fn of(expr: Expr, ty: Ty, span: &Span) -> Typed {
    Typed { expr, ty, words: None, many: false, span: span.clone() }
}

fn operation(table: &Table<'_>, item: &Item<'_>, env: &Env<'_>, scope: &Scope) -> Option<Typed> {
    let given = table.present(OPERATIONS);
    let [op] = given.as_slice() else {
        let found = if given.is_empty() { "none".into() } else { given.join(", ") };
        let help = unknown_operation(table).or_else(|| Some(format!("one of {}", OPERATIONS.join(", "))));
        let message = format!("an expression has exactly one operation, found {found}");
        env.problems.add_with("one-operation", &item.span, message, help);
        return None;
    };
    if env.outbound && !OUTBOUND.contains(op) {
        let help = Some(format!("outbound there are {}", OUTBOUND.join(", ")));
        env.problems.add_with(
            "not-outbound",
            &item.span,
            format!("`{op}` would make a value that was not released"),
            help,
        );
        return None;
    }
    let argument = table.get(op)?;
    match *op {
        "path" => from_path(argument.text(env.problems)?, &argument.span, env, scope),
        "const" => constant(&argument, env),
        "join" | "first" => parts(op, table, &argument, env, scope),
        "lookup" => lookup(table, &argument, env, scope),
        "date" => date(table, &argument, env, scope),
        "number" => number(&argument, env, scope),
        "check" => check(table, env, scope),
        "person" => person(table, &argument, env, scope),
        "list" => list(table, &argument, env, scope),
        "count" => count(&argument, env, scope),
        "earliest" | "latest" => extreme(*op == "latest", &argument, env, scope),
        "position" => position(&argument, env, scope),
        "object" => object(&argument, env, scope),
        "each" => each(table, &argument, env, scope),
        "fact" => fact(table, &argument, env, scope),
        "own" => own(&argument, env, scope),
        _ => Some(of(Expr::Child(child::read_list(&argument, env, scope)), Ty::Child, &item.span)),
    }
}

fn unknown_operation(table: &Table<'_>) -> Option<String> {
    table.all().find_map(|(key, _, _)| {
        let near = samhold_model::hint::nearest(key, OPERATIONS.iter().copied())?;
        Some(format!("did you mean `{near}` for `{key}`?"))
    })
}

fn from_path(text: &str, span: &Span, env: &Env<'_>, scope: &Scope) -> Option<Typed> {
    let found = path::read(text, span, env, scope)?;
    let leaf = found.need_leaf(span, env)?;
    let ty = match leaf {
        _ if env.outbound => Ty::Any,
        Leaf::Bool => Ty::Bool,
        Leaf::Text(_) | Leaf::Number | Leaf::Any => Ty::Text,
    };
    let Found { path, many, .. } = found;
    Some(Typed { expr: Expr::Path(path), ty, words: None, many, span: span.clone() })
}

fn constant(item: &Item<'_>, env: &Env<'_>) -> Option<Typed> {
    let value = codes::scalar(item, env.problems)?;
    let ty = type_of(&value);
    if env.outbound && ty != Ty::Text {
        env.problems.add("not-outbound", &item.span, "a constant that goes out is a text");
    }
    Some(Typed { words: Some(vec![value.clone()]), ..of(Expr::Const(value), ty, &item.span) })
}

fn type_of(value: &Value) -> Ty {
    match value {
        Value::Bool(_) => Ty::Bool,
        Value::Number(_) => Ty::Number,
        _ => Ty::Text,
    }
}

/// Reads several expressions; `what` is for the problem when it is no list.
fn several(item: &Item<'_>, env: &Env<'_>, scope: &Scope, what: &str) -> Option<Vec<Typed>> {
    let Some(items) = item.items() else {
        env.problems.add("wrong-kind", &item.span, format!("`{what}` takes a list of expressions in [ ]"));
        return None;
    };
    Some(items.iter().filter_map(|i| read(i, env, scope)).collect())
}

/// The common type of the parts; a part of another kind is a problem. A fixed word such as "ukjent" or "0000" may stand
/// among people, kommunenummer and dates.
fn common(parts: &[Typed], env: &Env<'_>) -> Option<Ty> {
    let lead = parts.iter().find(|t| t.words.is_none()).or_else(|| parts.first())?;
    let open = matches!(lead.ty, Ty::Person | Ty::Municipality | Ty::Date);
    let fits = |t: &&Typed| t.ty == lead.ty || (open && t.words.is_some());
    if !env.outbound
        && let Some(other) = parts.iter().find(|t| !fits(t))
    {
        env.problems.add("mixed-types", &other.span, "all parts here must give the same kind of value");
    }
    Some(lead.ty.clone())
}

fn words_of(parts: &[Typed]) -> Option<Vec<Value>> {
    parts.iter().map(|t| t.words.clone()).collect::<Option<Vec<_>>>().map(|w| w.concat())
}

/// `join` and `first`.
fn parts(op: &str, table: &Table<'_>, item: &Item<'_>, env: &Env<'_>, scope: &Scope) -> Option<Typed> {
    let typed = several(item, env, scope, op)?;
    let exprs = typed.iter().map(|t| t.expr.clone()).collect();
    if op == "join" {
        let separator = table.text("sep", env.problems).unwrap_or_default().to_owned();
        return Some(of(Expr::Join(exprs, separator), Ty::Text, &item.span));
    }
    let ty = common(&typed, env)?;
    Some(Typed { words: words_of(&typed), ..of(Expr::First(exprs), ty, &item.span) })
}

fn lookup(table: &Table<'_>, item: &Item<'_>, env: &Env<'_>, scope: &Scope) -> Option<Typed> {
    let name = item.text(env.problems)?;
    let codes = codes::find(env.codes, name, &item.span, env.problems)?;
    let of_item = table.need("of", env.problems)?;
    let inner = read(&of_item, env, scope)?;
    known_rows(&of_item, codes, env, scope);
    let words: Vec<Value> = codes.values().cloned().collect();
    let ty = words.first().map_or(Ty::Text, type_of);
    let expr = Expr::Lookup(Box::new(inner.expr), Box::new(codes.clone()));
    Some(Typed { words: Some(words), many: inner.many, ..of(expr, ty, &item.span) })
}

/// Rows that the source can never ask for are slips.
fn known_rows(item: &Item<'_>, codes: &codes::CodeTable, env: &Env<'_>, scope: &Scope) {
    let Some(found) = item.value.as_str().and_then(|t| path::read(t, &item.span, env, scope)) else { return };
    for row in codes.rows.keys() {
        path::check_word(&found, row, &codes.span, env);
    }
}

fn date(table: &Table<'_>, item: &Item<'_>, env: &Env<'_>, scope: &Scope) -> Option<Typed> {
    const RULES: &[(&str, DateRule)] = &[
        ("date", DateRule::Date),
        ("instant", DateRule::Instant),
        ("date_or_instant", DateRule::DateOrInstant),
        ("local", DateRule::Local),
        ("epoch_ms", DateRule::EpochMs),
        ("year_month", DateRule::YearMonth),
        ("day_month_year", DateRule::DayMonthYear),
    ];
    let inner = read(item, env, scope)?;
    let rule = table.word("as", RULES, env.problems);
    if !table.has("as") {
        let names: Vec<&str> = RULES.iter().map(|(n, _)| *n).collect();
        let help = Some(format!("one of {}", names.join(", ")));
        env.problems.add_with("missing-key", &item.span, "a date says how it is written: `as` is missing".into(), help);
    }
    let days = table.int("plus_days", env.problems).unwrap_or(0);
    let expr = Expr::Date(Box::new(inner.expr), rule?, days);
    Some(Typed { many: inner.many, ..of(expr, Ty::Date, &item.span) })
}

fn number(item: &Item<'_>, env: &Env<'_>, scope: &Scope) -> Option<Typed> {
    let inner = read(item, env, scope)?;
    Some(Typed { many: inner.many, ..of(Expr::Number(Box::new(inner.expr)), Ty::Number, &item.span) })
}

fn check(table: &Table<'_>, env: &Env<'_>, scope: &Scope) -> Option<Typed> {
    const KINDS: &[(&str, CheckKind)] =
        &[("orgnr", CheckKind::Orgnr), ("kommunenummer", CheckKind::Kommunenummer), ("uuid", CheckKind::Uuid)];
    let kind = table.word("check", KINDS, env.problems)?;
    let item = table.need("of", env.problems)?;
    let inner = read(&item, env, scope)?;
    let otherwise = table.get("otherwise").map_or(Some(Otherwise::Error), |o| codes::otherwise(&o, env.problems))?;
    let ty = if kind == CheckKind::Kommunenummer { Ty::Municipality } else { Ty::Text };
    let expr = Expr::Check(Box::new(inner.expr), kind, otherwise);
    Some(Typed { many: inner.many, ..of(expr, ty, &item.span) })
}

fn person(table: &Table<'_>, item: &Item<'_>, env: &Env<'_>, scope: &Scope) -> Option<Typed> {
    let inner = read(item, env, scope)?;
    let expr = Expr::Person(Box::new(inner.expr), id_rule(table, env));
    Some(Typed { many: inner.many, ..of(expr, Ty::Person, &item.span) })
}

/// `placeholders = "skip"` and `otherwise = "skip"` beside a national number.
pub(crate) fn id_rule(table: &Table<'_>, env: &Env<'_>) -> IdRule {
    let words = &[("skip", true), ("error", false)];
    IdRule {
        placeholders: table.word("placeholders", words, env.problems).unwrap_or(false),
        skip: table.word("otherwise", words, env.problems).unwrap_or(false),
    }
}

/// `list = expression with several values`, or `list = [expressions]`; with `without`, minus what that gives.
fn list(table: &Table<'_>, item: &Item<'_>, env: &Env<'_>, scope: &Scope) -> Option<Typed> {
    let typed = if item.items().is_some() { several(item, env, scope, "list")? } else { vec![read(item, env, scope)?] };
    let ty = common(&typed, env)?;
    let words = words_of(&typed);
    let mut expr = Expr::List(typed.into_iter().map(|t| t.expr).collect());
    if let Some(without) = table.get("without") {
        expr = Expr::Without(Box::new(expr), Box::new(less(&without, &ty, env, scope)?));
    }
    Some(Typed { words, ..of(expr, Ty::List(Box::new(ty)), &item.span) })
}

/// What is taken out of a list; another kind of value would take nothing out, which is a slip.
fn less(item: &Item<'_>, ty: &Ty, env: &Env<'_>, scope: &Scope) -> Option<Expr> {
    if env.outbound {
        env.problems.add("not-outbound", &item.span, "what goes out is released whole: `without` stands only inbound");
    }
    let typed = read(item, env, scope)?;
    if typed.ty != *ty {
        env.problems.add("mixed-types", &typed.span, "`without` must give the same kind of value as the list");
    }
    Some(typed.expr)
}

fn count(item: &Item<'_>, env: &Env<'_>, scope: &Scope) -> Option<Typed> {
    let found = path::read(item.text(env.problems)?, &item.span, env, scope)?;
    Some(of(Expr::Count(found.path), Ty::Number, &item.span))
}

fn position(item: &Item<'_>, env: &Env<'_>, scope: &Scope) -> Option<Typed> {
    let found = path::read(item.text(env.problems)?, &item.span, env, scope)?;
    Some(of(Expr::Position(found.path), Ty::Text, &item.span))
}

/// `earliest` and `latest` of an expression that gives dates, or of a list of such.
fn extreme(latest: bool, item: &Item<'_>, env: &Env<'_>, scope: &Scope) -> Option<Typed> {
    let parts =
        if item.items().is_some() { several(item, env, scope, "latest")? } else { vec![read(item, env, scope)?] };
    for part in parts.iter().filter(|p| p.ty != Ty::Date) {
        env.problems.add("not-a-date", &part.span, "only dates have an earliest and a latest: put `date` inside");
    }
    let all = Expr::List(parts.into_iter().map(|p| p.expr).collect());
    Some(of(Expr::Extreme(Box::new(all), latest), Ty::Date, &item.span))
}

fn object(item: &Item<'_>, env: &Env<'_>, scope: &Scope) -> Option<Typed> {
    let table = item.need_table(env.problems)?;
    let member =
        |(key, _, value): &(&str, Span, Item<'_>)| Some(((*key).to_owned(), read_single(value, env, scope)?.expr));
    Some(of(Expr::Object(table.all().filter_map(member).collect()), Ty::Object, &item.span))
}

fn each(table: &Table<'_>, item: &Item<'_>, env: &Env<'_>, scope: &Scope) -> Option<Typed> {
    let found = path::read(item.text(env.problems)?, &item.span, env, scope)?;
    let inner = read_single(&table.need("of", env.problems)?, env, &found.scope)?;
    let expr = Expr::Each(found.path, Box::new(inner.expr));
    Some(Typed { words: inner.words, many: true, ..of(expr, inner.ty, &item.span) })
}

/// For documents that carry our own words, such as what was asked for here in a consent register.
fn own(item: &Item<'_>, env: &Env<'_>, scope: &Scope) -> Option<Typed> {
    let inner = from_path(item.text(env.problems)?, &item.span, env, scope)?;
    Some(Typed { ty: Ty::OwnWord, ..inner })
}

fn fact(table: &Table<'_>, item: &Item<'_>, env: &Env<'_>, scope: &Scope) -> Option<Typed> {
    let rule = item.text(env.problems)?.to_owned();
    let key = read_single(&table.need("key", env.problems)?, env, scope)?;
    Some(of(Expr::Fact(rule, Box::new(key.expr)), Ty::Fact, &item.span))
}

/// `strip`, `prefix`, `suffix` and `when`, which any expression may have.
fn modifiers(mut typed: Typed, table: &Table<'_>, env: &Env<'_>, scope: &Scope) -> Option<Typed> {
    if let Some(beginning) = table.text("strip", env.problems) {
        if env.outbound {
            env.problems.add(
                "not-outbound",
                &typed.span,
                "what goes out is released whole: `strip` stands only inbound",
            );
        } else if typed.ty != Ty::Text {
            env.problems.add("wrong-kind", &typed.span, "only text has a beginning to strip");
        }
        typed = Typed { expr: Expr::Strip(Box::new(typed.expr), beginning.to_owned()), words: None, ..typed };
    }
    let prefix = table.text("prefix", env.problems);
    let suffix = table.text("suffix", env.problems);
    if prefix.is_some() || suffix.is_some() {
        if env.outbound {
            let message = "a text with something before or after it is not what was released".into();
            env.problems.add_with("not-outbound", &typed.span, message, Some("send the two values apart".into()));
        } else if !matches!(typed.ty, Ty::Text | Ty::Municipality) {
            env.problems.add("wrong-kind", &typed.span, "only text can have a prefix or suffix");
        }
        let (prefix, suffix) = (prefix.unwrap_or_default().to_owned(), suffix.unwrap_or_default().to_owned());
        typed = Typed { expr: Expr::Affix(Box::new(typed.expr), prefix, suffix), ty: Ty::Text, words: None, ..typed };
    }
    let when = read_condition(table, env, scope);
    if !when.is_empty() {
        typed.expr = Expr::When(Box::new(typed.expr), when);
    }
    Some(typed)
}
