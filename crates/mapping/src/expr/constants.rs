//! Which fixed texts and object keys an expression can put into its result.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::expr::Expr;

/// Adds every constant scalar of `expr`, as text: constants, code table rows, prefixes, suffixes and separators.
pub(crate) fn constants(expr: &Expr, out: &mut BTreeSet<String>) {
    match expr {
        Expr::Const(value) => add(value, out),
        Expr::Lookup(of, codes) => {
            codes.values().for_each(|v| add(v, out));
            constants(of, out);
        }
        Expr::Join(parts, separator) => {
            out.insert(separator.clone());
            parts.iter().for_each(|p| constants(p, out));
        }
        Expr::Affix(of, prefix, suffix) => {
            out.extend([prefix.clone(), suffix.clone()]);
            constants(of, out);
        }
        Expr::Check(of, _, crate::codes::Otherwise::Value(value)) => {
            add(value, out);
            constants(of, out);
        }
        Expr::First(parts) | Expr::List(parts) => parts.iter().for_each(|p| constants(p, out)),
        Expr::Object(members) => members.iter().for_each(|(_, e)| constants(e, out)),
        Expr::Date(of, ..) | Expr::Number(of) | Expr::Check(of, ..) | Expr::Person(of, _) | Expr::Strip(of, _) => {
            constants(of, out)
        }
        Expr::Without(of, _) | Expr::Extreme(of, _) | Expr::Each(_, of) | Expr::Fact(_, of) | Expr::When(of, _) => {
            constants(of, out)
        }
        Expr::Path(_) | Expr::Count(_) | Expr::Position(_) | Expr::Child(_) => {}
    }
}

fn add(value: &Value, out: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => out.insert(text.clone()),
        other => out.insert(other.to_string()),
    };
}

/// Adds every object key that `expr` can write.
pub(crate) fn keys(expr: &Expr, out: &mut BTreeSet<String>) {
    match expr {
        Expr::Object(members) => members.iter().for_each(|(name, of)| {
            out.insert(name.clone());
            keys(of, out);
        }),
        Expr::First(parts) | Expr::List(parts) => parts.iter().for_each(|p| keys(p, out)),
        Expr::Without(of, _) | Expr::Each(_, of) | Expr::When(of, _) => keys(of, out),
        // What remains gives single values.
        _ => {}
    }
}
