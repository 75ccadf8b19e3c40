//! Is a document of the shape its schema says? Only what would be misread is refused: a missing member, a wrong kind of
//! value, an unknown member where the schema is closed.

use crate::error::{Code, MappingError};
use crate::schema::{Leaf, ObjectShape, Schema, Shape};
use crate::tree::{Cursor, Kind};

/// Told at most, so that a document of a wholly other format does not fill the log.
const AT_MOST: usize = 20;

/// Every deviation, in document order.
pub(crate) fn validate(schema: &Schema, document: &Cursor<'_>) -> Vec<MappingError> {
    let mut check = Check { schema, errors: Vec::new() };
    check.value(&schema.root, document);
    check.errors
}

struct Check<'s> {
    schema: &'s Schema,
    errors: Vec<MappingError>,
}

impl Check<'_> {
    fn tell(&mut self, code: Code, at: &Cursor<'_>, found: &str, expected: String) {
        if self.errors.len() < AT_MOST {
            let remedy = "have the source corrected; if the format has changed, correct the schema";
            self.errors.push(MappingError::at(code, at, found, expected, remedy));
        }
    }

    fn value(&mut self, shape: &Shape, at: &Cursor<'_>) {
        if let Shape::Leaf(leaf) = shape {
            return self.leaf(leaf, at);
        }
        let Some(object) = self.schema.object(shape) else { return };
        if matches!(at.node.kind, Kind::Object(..)) {
            self.object(&object, at);
        } else {
            self.tell(Code::WrongShape, at, at.node.describe(), "an object".into());
        }
    }

    /// Digits in a JSON number have lost their leading zeros, so a text must be a text.
    fn leaf(&mut self, leaf: &Leaf, at: &Cursor<'_>) {
        let (ok, expected) = match (leaf, &at.node.kind) {
            (_, Kind::List(_)) => (false, "one value"),
            (Leaf::Any, _) | (_, Kind::Object(_, Some(_))) => (true, ""),
            (Leaf::Text(_), Kind::Text(_)) => (true, ""),
            // An empty XML element is an empty text.
            (_, Kind::Object(members, None)) => (members.is_empty(), "a single value"),
            (Leaf::Text(_), _) => (false, "a text"),
            (Leaf::Number, Kind::Number(_) | Kind::Text(_)) | (Leaf::Bool, Kind::Bool(_) | Kind::Text(_)) => (true, ""),
            (Leaf::Number, _) => (false, "a number"),
            (Leaf::Bool, _) => (false, "true or false"),
        };
        if !ok {
            self.tell(Code::WrongShape, at, at.node.describe(), expected.into());
        }
    }

    fn object(&mut self, object: &ObjectShape, at: &Cursor<'_>) {
        for (name, member) in &object.members {
            match at.member(name) {
                Some(found) => self.member(member.many, &member.shape, &found),
                None if member.required => self.tell(Code::Missing, at, "nothing", format!("`{}`", shown(name))),
                None => {}
            }
        }
        if object.closed {
            self.closed(object, at);
        }
    }

    fn member(&mut self, many: bool, shape: &Shape, found: &Cursor<'_>) {
        if many {
            found.items().iter().for_each(|item| self.value(shape, item));
            return;
        }
        let items = found.items();
        match (&found.node.kind, items.as_slice()) {
            // XML members are always lists; so is what sloppy JSON wraps. More than one is told when it is asked for.
            (Kind::List(_), [only]) => self.value(shape, only),
            (Kind::List(_), _) => {}
            _ => self.value(shape, found),
        }
    }

    fn closed(&mut self, object: &ObjectShape, at: &Cursor<'_>) {
        let Kind::Object(members, _) = &at.node.kind else { return };
        for name in members.keys().filter(|name| !object.members.contains_key(*name)) {
            let known: Vec<String> = object.members.keys().map(|k| shown(k)).collect();
            self.tell(
                Code::Unknown,
                at,
                &format!("the member `{}`", shown(name)),
                format!("one of {}", known.join(", ")),
            );
        }
    }
}

fn shown(name: &str) -> String {
    samhold_model::national_id::redact(name.rsplit('}').next().unwrap_or(name))
}
