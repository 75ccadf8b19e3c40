//! One `[[fact]]`: which fact is made where, for which child, from which day, with which fields.

use samhold_model::schema::{FieldSpec, FieldType, TypeSpec, vocabulary_of};
use samhold_model::vocabulary::{type_names, type_spec};

use crate::child::{self, ChildExpr};
use crate::expr::{self, Cond, Expr, Ty, Typed};
use crate::path::{self, Path};
use crate::problem::hint;
use crate::result::{Change, Gone};
use crate::scope::{Env, Scope};
use crate::toml_read::{Item, Span, Table};

/// The words of `gone`.
pub(crate) const GONES: &[(&str, Gone)] = &[("end", Gone::End), ("void", Gone::Void), ("keep", Gone::Keep)];

/// A checked rule.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) name: String,
    pub(crate) type_name: &'static str,
    pub(crate) each: Option<Path>,
    pub(crate) when: Vec<Cond>,
    pub(crate) key: Option<Expr>,
    pub(crate) child: Vec<ChildExpr>,
    pub(crate) at: Expr,
    pub(crate) change: Change,
    pub(crate) gone: Option<Gone>,
    pub(crate) skip_errors: bool,
    pub(crate) fields: Vec<(String, Expr)>,
}

/// Reads every `[[fact]]`.
pub(crate) fn read_all(root: &Table<'_>, env: &Env<'_>, scope: &Scope) -> Vec<Rule> {
    let Some(items) = root.need("fact", env.problems).and_then(|f| f.items()) else { return Vec::new() };
    let rules: Vec<Rule> = items.iter().filter_map(|i| read(i, env, scope)).collect();
    for (i, rule) in rules.iter().enumerate() {
        if rules.iter().take(i).any(|r| r.name == rule.name) {
            let at = items.get(i).map_or(0..0, |item| item.span.clone());
            env.problems.add("name-twice", &at, format!("two rules are named `{}`", rule.name));
        }
        let at = items.get(i).map_or(0..0, |item| item.span.clone());
        rule.fields.iter().for_each(|(_, e)| known_rule(e, &rules, &at, env));
    }
    rules
}

/// A reference to another rule's fact must name a rule of this file.
fn known_rule(expr: &Expr, rules: &[Rule], at: &Span, env: &Env<'_>) {
    let Expr::Fact(name, _) = expr else { return };
    if !rules.iter().any(|r| r.name == *name) {
        let help = hint(name, rules.iter().map(|r| r.name.as_str()));
        env.problems.add_with("unknown-rule", at, format!("there is no rule `{name}` to refer to"), help);
    }
}

fn read(item: &Item<'_>, env: &Env<'_>, scope: &Scope) -> Option<Rule> {
    let problems = env.problems;
    let table = item.need_table(problems)?;
    let spec = read_type(&table, env);
    let name = table.text("name", problems).map(str::to_owned);
    let each = read_each(&table, env, scope);
    let here = each.as_ref().map_or_else(|| scope.clone(), |f| f.scope.clone());
    let when = expr::read_condition(&table, env, &here);
    let key = read_key(&table, env, &here);
    if each.is_some() && key.is_none() && !table.has("key") {
        let message = "a rule with `each` needs a `key` that tells its facts about one child apart".into();
        problems.add_with("missing-key", &table.head(), message, Some("`key = []` when the child alone does".into()));
    }
    let child = table.need("child", problems).map(|c| child::read_list(&c, env, &here)).unwrap_or_default();
    let at = table.need("at", problems).and_then(|i| read_at(&i, env, &here));
    let changes = [("correct", Change::Correct), ("new", Change::New)];
    let change = table.word("change", &changes, problems).unwrap_or(Change::Correct);
    let gone = table.word("gone", GONES, problems);
    let skip_errors = table.word("on_error", &[("skip", true), ("reject", false)], problems).unwrap_or(false);
    let fields = spec.map(|s| read_fields(s, &table, env, &here)).unwrap_or_default();
    table.finish(problems);
    let spec = spec?;
    Some(Rule {
        name: name.unwrap_or_else(|| spec.name.to_owned()),
        type_name: spec.name,
        each: each.map(|f| f.path),
        when,
        key,
        child,
        at: at?,
        change,
        gone,
        skip_errors,
        fields,
    })
}

fn read_type(table: &Table<'_>, env: &Env<'_>) -> Option<&'static TypeSpec> {
    let item = table.need("type", env.problems)?;
    let name = item.text(env.problems)?;
    let spec = type_spec(name);
    if spec.is_none() {
        let message = format!("there is no fact type `{name}`");
        env.problems.add_with("unknown-fact-type", &item.span, message, hint(name, type_names()));
    }
    spec
}

fn read_each(table: &Table<'_>, env: &Env<'_>, scope: &Scope) -> Option<path::Found> {
    let item = table.get("each")?;
    path::read(item.text(env.problems)?, &item.span, env, scope)
}

/// One expression, or several joined by `|`.
fn read_key(table: &Table<'_>, env: &Env<'_>, scope: &Scope) -> Option<Expr> {
    let item = table.get("key")?;
    let Some(items) = item.items() else { return expr::read_single(&item, env, scope).map(|t| t.expr) };
    let parts = items.iter().filter_map(|i| expr::read_single(i, env, scope)).map(|t| t.expr).collect();
    Some(Expr::Join(parts, "|".into()))
}

fn read_at(item: &Item<'_>, env: &Env<'_>, scope: &Scope) -> Option<Expr> {
    let typed = expr::read_single(item, env, scope)?;
    need_date(&typed, env);
    Some(typed.expr)
}

fn need_date(typed: &Typed, env: &Env<'_>) {
    let fixed = typed.words.as_ref().is_some_and(|w| w.iter().all(is_date));
    if typed.ty != Ty::Date && !fixed {
        let help = Some("write `{ date = \"…\", as = \"date\" }`, or another way it is written".into());
        env.problems.add_with("not-a-date", &typed.span, "here must stand a date expression".into(), help);
    }
}

fn is_date(value: &serde_json::Value) -> bool {
    value.as_str().is_some_and(|t| t.parse::<samhold_model::Date>().is_ok())
}

fn read_fields(spec: &TypeSpec, table: &Table<'_>, env: &Env<'_>, scope: &Scope) -> Vec<(String, Expr)> {
    let given = table.get("fields").and_then(|f| f.need_table(env.problems));
    let mut fields = Vec::new();
    for (key, at, item) in given.iter().flat_map(Table::all) {
        let Some(field) = spec.fields.iter().find(|f| f.name == *key) else {
            let message = format!("`{}` has no field `{key}`", spec.name);
            let help = hint(key, spec.fields.iter().map(|f| f.name));
            env.problems.add_with("unknown-field", at, message, help);
            continue;
        };
        if let Some(typed) = expr::read_single(item, env, scope) {
            check_field(field, &typed, env);
            fields.push(((*key).to_owned(), typed.expr));
        }
    }
    let written = |name: &str| given.iter().flat_map(Table::all).any(|(k, _, _)| *k == name);
    for field in spec.fields.iter().filter(|f| f.required && !written(f.name)) {
        let message = format!("`{}` needs the field `{}`: {}", spec.name, field.name, field.doc);
        env.problems.add("missing-field", &table.head(), message);
    }
    fields
}

fn check_field(field: &FieldSpec, typed: &Typed, env: &Env<'_>) {
    check_type(field.ty, &typed.ty, typed, field.name, env);
}

fn check_type(wanted: FieldType, given: &Ty, typed: &Typed, name: &str, env: &Env<'_>) {
    if let (FieldType::List(item), Ty::List(part)) = (wanted, given) {
        return check_type(*item, part, typed, name, env);
    }
    let words = vocabulary_of(wanted, env.words);
    // Said in our own words already; each is held against the vocabulary when the document is mapped.
    if !words.is_empty() && *given == Ty::OwnWord {
        return;
    }
    if !words.is_empty() {
        return check_words(&words, typed, name, env);
    }
    let (ok, help) = fits(wanted, given, typed);
    if !ok {
        let message = format!("`{name}` cannot take what this gives");
        env.problems.add_with("wrong-type", &typed.span, message, Some(help.into()));
    }
}

/// Whether a value of type `given` may stand in a field of type `wanted`, and what to write otherwise.
fn fits(wanted: FieldType, given: &Ty, typed: &Typed) -> (bool, &'static str) {
    let fixed = typed.words.is_some();
    match wanted {
        FieldType::Date => {
            let dates = typed.words.as_ref().is_some_and(|w| w.iter().all(is_date));
            (*given == Ty::Date || dates, "a date: `{ date = \"…\", as = \"date\" }`")
        }
        FieldType::Bool => (*given == Ty::Bool, "true or false: a code table to `true` and `false`"),
        FieldType::Municipality => {
            (*given == Ty::Municipality || fixed, "a kommunenummer: `{ check = \"kommunenummer\", of = \"…\" }`")
        }
        FieldType::Person => {
            (*given == Ty::Person || fixed, "a person: `{ person = \"…\" }`, or `{ const = \"barnevern\" }`")
        }
        FieldType::FactRef => (*given == Ty::Fact, "another fact: `{ fact = \"rule\", key = \"…\" }`"),
        FieldType::Child => (*given == Ty::Child, "a child: `{ child = { national_id = \"…\" } }`"),
        FieldType::Object => (*given == Ty::Object, "an object: `{ object = { … } }`"),
        FieldType::List(_) => (false, "a list: `{ list = … }`"),
        _ => (*given == Ty::Text, "a text"),
    }
}

/// Every word that can come out must be one the vocabulary knows.
fn check_words(known: &[&str], typed: &Typed, name: &str, env: &Env<'_>) {
    let Some(words) = &typed.words else {
        let message = format!("`{name}` takes one of {} words: use a code table or a constant", known.len());
        let help = Some(format!("the words are {}", known.join(", ")));
        return env.problems.add_with("open-words", &typed.span, message, help);
    };
    for word in words {
        let text = word.as_str().map_or_else(|| word.to_string(), str::to_owned);
        if !known.contains(&text.as_str()) {
            let message = format!("`{name}` does not know the word `{text}`");
            env.problems.add_with("unknown-word", &span_of(typed), message, hint(&text, known.iter().copied()));
        }
    }
}

fn span_of(typed: &Typed) -> Span {
    typed.span.clone()
}
