//! Reads the text of a path and follows it through the source schema.

use crate::path::{Filter, Path, Right, Select, Start, Step};
use crate::problem::hint;
use crate::schema::{Leaf, Shape, qualify};
use crate::scope::{Env, Scope};
use crate::toml_read::Span;

/// A path and where it leads.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) path: Path,
    /// Scope at the end of the path.
    pub(crate) scope: Scope,
    /// Whether `[*]` makes it several values.
    pub(crate) many: bool,
    /// Whether it may come to nothing in a document that keeps to the schema.
    pub(crate) optional: bool,
}

impl Found {
    /// The single value at the end, if it is one.
    pub(crate) fn leaf(&self, env: &Env<'_>) -> Option<Leaf> {
        env.schema.leaf(self.scope.here()?)
    }
}

/// Reads `text`, which stands at `span` in the mapping file. `None` when a problem was told.
pub(crate) fn read(text: &str, span: &Span, env: &Env<'_>, scope: &Scope) -> Option<Found> {
    Reader { text, rest: text, span, env, outer: scope }.path(scope.clone())
}

struct Reader<'r> {
    text: &'r str,
    rest: &'r str,
    span: &'r Span,
    env: &'r Env<'r>,
    outer: &'r Scope,
}

impl<'r> Reader<'r> {
    fn fail<T>(&self, code: &'static str, message: String, help: Option<String>) -> Option<T> {
        self.env.problems.add_with(code, self.span, message, help);
        None
    }

    fn syntax<T>(&self, expected: &str) -> Option<T> {
        let at = if self.rest.is_empty() { "its end".to_owned() } else { format!("`{}`", self.rest) };
        self.fail("path-syntax", format!("the path `{}` cannot be read at {at}: expected {expected}", self.text), None)
    }

    fn path(&mut self, scope: Scope) -> Option<Found> {
        let (start, scope) = self.start(scope)?;
        let path = Path { start, steps: Vec::new(), text: self.text.to_owned() };
        let mut found = Found { path, scope, many: false, optional: false };
        while !self.rest.is_empty() {
            self.step(&mut found)?;
            match self.rest.strip_prefix('.') {
                Some(rest) => self.rest = rest,
                None if self.rest.is_empty() => break,
                None => return self.syntax("`.` and a name"),
            }
        }
        Some(found)
    }

    /// `$`, `^.^`, `.` or nothing.
    fn start(&mut self, scope: Scope) -> Option<(Start, Scope)> {
        if let Some(rest) = self.rest.strip_prefix('$') {
            self.rest = rest.strip_prefix('.').unwrap_or(rest);
            return Some((Start::Document, scope.top()));
        }
        let (mut levels, mut scope) = (0, scope);
        while let Some(rest) = self.rest.strip_prefix('^') {
            self.rest = rest.strip_prefix('.').unwrap_or(rest);
            levels += 1;
            let Some(up) = scope.up() else {
                return self.fail("path-above-document", format!("`{}` goes above the document", self.text), None);
            };
            scope = up;
        }
        if self.rest == "." {
            self.rest = "";
        } else if self.rest.is_empty() && levels == 0 && !self.text.starts_with('$') {
            return self.syntax("a name");
        }
        Some((Start::Here(levels), scope))
    }

    fn step(&mut self, found: &mut Found) -> Option<()> {
        let name = self.name()?;
        let member = self.member(found, name)?;
        let item = found.scope.clone().down(member.shape.clone());
        let select = self.select(&item)?;
        if member.many && matches!(select, Select::One) {
            let help = Some(format!("write `{name}[*]` for all of them, or `{name}[field='value']` for one"));
            return self.fail("path-list", format!("`{name}` is a list"), help);
        }
        found.many |= matches!(select, Select::All);
        found.optional |= !member.required || matches!(select, Select::Where(_)) || member.many;
        found.path.steps.push(Step { name: self.qualified(name)?, select });
        found.scope = item;
        Some(())
    }

    fn name(&mut self) -> Option<&'r str> {
        let end = self.rest.find(['.', '[', ']', '=', '\'', ' ']).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at_checked(end)?;
        if name.is_empty() {
            return self.syntax("a name");
        }
        self.rest = rest;
        Some(name)
    }

    fn qualified(&self, name: &str) -> Option<String> {
        match qualify(name, self.env.namespaces) {
            Ok(name) => Some(name),
            Err(prefix) => {
                let known = self.env.namespaces.keys().map(String::as_str);
                self.fail("unknown-prefix", format!("the prefix `{prefix}` is not declared"), hint(&prefix, known))
            }
        }
    }

    fn member(&self, found: &Found, name: &str) -> Option<crate::schema::Member> {
        let Some(object) = found.scope.here().and_then(|s| self.env.schema.object(s)) else {
            return self.fail("path-past-value", format!("`{}`: nothing lies below the value here", self.text), None);
        };
        let qualified = self.qualified(name)?;
        if let Some(member) = object.members.get(&qualified) {
            return Some(member.clone());
        }
        let shown: Vec<String> = object.members.keys().map(|k| self.shown(k)).collect();
        let help = hint(name, shown.iter().map(String::as_str));
        self.fail("unknown-source-field", format!("the source has no `{name}` in `{}`", self.text), help)
    }

    /// A member's name as this mapping would write it.
    fn shown(&self, name: &str) -> String {
        let found = self.env.namespaces.iter().find_map(|(prefix, uri)| {
            let (at, bare) = name.strip_prefix('@').map_or(("", name), |b| ("@", b));
            let local = bare.strip_prefix(&format!("{{{uri}}}"))?;
            Some(format!("{at}{prefix}:{local}"))
        });
        found.unwrap_or_else(|| name.to_owned())
    }

    fn select(&mut self, item: &Scope) -> Option<Select> {
        if let Some(rest) = self.rest.strip_prefix("[*]") {
            self.rest = rest;
            return Some(Select::All);
        }
        let mut filters = Vec::new();
        while let Some(rest) = self.rest.strip_prefix('[') {
            self.rest = rest;
            filters.push(self.filter(item)?);
        }
        Some(if filters.is_empty() { Select::One } else { Select::Where(filters) })
    }

    /// `left='text']` or `left=path]`, standing after the bracket.
    fn filter(&mut self, item: &Scope) -> Option<Filter> {
        let Some((left, rest)) = self.rest.split_once('=') else { return self.syntax("`=` in the brackets") };
        let left = self.inner(left, item)?;
        self.rest = rest;
        if let Some(quoted) = rest.strip_prefix('\'') {
            let Some((text, rest)) = quoted.split_once("']") else { return self.syntax("`']`") };
            self.rest = rest;
            self.known_word(&left, text);
            return Some(Filter { left: left.path, right: Right::Text(text.to_owned()) });
        }
        let Some((right, after)) = rest.split_once(']') else { return self.syntax("`]`") };
        let right = self.inner(right, self.outer)?;
        self.rest = after;
        Some(Filter { left: left.path, right: Right::Path(right.path) })
    }

    fn inner(&self, text: &str, scope: &Scope) -> Option<Found> {
        read(text.trim(), self.span, self.env, scope)
    }

    /// A compared text must be one the format documents, when it documents any.
    fn known_word(&self, left: &Found, text: &str) {
        check_word(left, text, self.span, self.env);
    }
}

/// Tells when `text` can never be the value at `found`.
pub(crate) fn check_word(found: &Found, text: &str, span: &Span, env: &Env<'_>) {
    let Some(Leaf::Text(words)) = found.leaf(env) else { return };
    if !words.is_empty() && !words.iter().any(|w| w == text) {
        let help = hint(text, words.iter().map(String::as_str));
        env.problems.add_with(
            "unknown-source-word",
            span,
            format!("the source never says `{text}` in `{}`", found.path.text),
            help,
        );
    }
}

impl Found {
    /// Tells when the path does not end at a single value.
    pub(crate) fn need_leaf(&self, span: &Span, env: &Env<'_>) -> Option<Leaf> {
        let leaf = self.leaf(env);
        if leaf.is_none() {
            let below = match self.scope.here() {
                Some(Shape::Leaf(_)) | None => Vec::new(),
                Some(shape) => {
                    env.schema.object(shape).map(|o| o.members.keys().cloned().collect()).unwrap_or_default()
                }
            };
            let help = (!below.is_empty()).then(|| format!("below it are {}", below.join(", ")));
            let message = format!("`{}` is not a single value", self.path.text);
            env.problems.add_with("path-not-a-value", span, message, help);
        }
        leaf
    }
}
