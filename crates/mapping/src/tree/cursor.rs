//! A place in a tree that knows the way back up.
//!
//! Must never put a value into a pointer: only member names and positions.

use std::rc::Rc;

use super::{Kind, Node};

/// How a cursor was reached from the one above.
#[derive(Clone, Copy, Debug)]
pub enum Step<'a> {
    /// The document itself.
    Root,
    /// A member by name.
    Member(&'a str),
    /// A list item, 0 is the first.
    Item(usize),
}

/// A node and the way to it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Cursor<'a> {
    /// The node here.
    pub node: &'a Node,
    step: Step<'a>,
    up: Option<Rc<Cursor<'a>>>,
}

impl<'a> Cursor<'a> {
    /// The outermost node.
    #[must_use]
    pub fn root(node: &'a Node) -> Self {
        Self { node, step: Step::Root, up: None }
    }

    fn down(&self, node: &'a Node, step: Step<'a>) -> Self {
        Self { node, step, up: Some(Rc::new(self.clone())) }
    }

    /// The member of that name; JSON null counts as absent.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<Self> {
        let Kind::Object(members, _) = &self.node.kind else { return None };
        let (key, node) = members.get_key_value(name)?;
        (node.kind != Kind::Null).then(|| self.down(node, Step::Member(key)))
    }

    /// The items of a list; a single value counts as a list of one, as XML and sloppy JSON write it.
    #[must_use]
    pub fn items(&self) -> Vec<Self> {
        match &self.node.kind {
            Kind::List(items) => items.iter().enumerate().map(|(i, n)| self.down(n, Step::Item(i))).collect(),
            Kind::Null => Vec::new(),
            _ => vec![self.clone()],
        }
    }

    /// The object that holds this one, past the list it stands in.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let up = self.up.as_deref()?;
        if matches!(up.node.kind, Kind::List(_)) { up.parent() } else { Some(up.clone()) }
    }

    /// Which item of its list it is, 1 for the first; 1 outside a list.
    #[must_use]
    pub fn position(&self) -> usize {
        match self.step {
            Step::Item(i) => i.saturating_add(1),
            Step::Root | Step::Member(_) => 1,
        }
    }

    /// JSON pointer, or the like for XML with `[1]` for the first of several, and the line.
    #[must_use]
    pub fn place(&self) -> String {
        format!("{} (line {})", self.pointer(), self.node.line)
    }

    /// The pointer without the line; `/` is the whole document.
    #[must_use]
    pub fn pointer(&self) -> String {
        let mut steps = Vec::new();
        let mut here = Some(self);
        while let Some(cursor) = here {
            match cursor.step {
                Step::Root => {}
                Step::Member(name) => steps.push(local_name(name)),
                Step::Item(i) => steps.push(i.to_string()),
            }
            here = cursor.up.as_deref();
        }
        steps.reverse();
        format!("/{}", steps.join("/"))
    }
}

/// Namespaces are left out of what people read, and so is a key that could be a person's number.
fn local_name(name: &str) -> String {
    let local = name.rsplit('}').next().unwrap_or(name).to_owned();
    let attribute = if name.starts_with("@{") { format!("@{local}") } else { local };
    samhold_model::national_id::redact(&attribute)
}
