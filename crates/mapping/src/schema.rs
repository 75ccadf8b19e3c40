//! Source schemas: the tree of names a format has, so that a misspelled field is found before any document comes.
//!
//! `name = "text"` must be there, `"name?"` may be there, `"name[]"` is a list. Unknown members are tolerated unless a
//! table says `"." = "closed"`. Written by hand from the format's documentation; never a copy of a foreign schema file.

use std::sync::Arc;

use indexmap::IndexMap;

use crate::problem::{BadFile, Problems, hint};
use crate::toml_read::{Item, Table, read_file};

/// How a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JSON (RFC 8259).
    Json,
    /// XML 1.0 with namespaces.
    Xml,
}

/// What a single value may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leaf {
    /// Text; with words, those the format documents (others may come).
    Text(Arc<Vec<String>>),
    /// A number.
    Number,
    /// true or false.
    Bool,
    /// Anything single.
    Any,
}

/// The shape of a value.
#[derive(Clone, Debug)]
pub enum Shape {
    /// A single value.
    Leaf(Leaf),
    /// An object or element.
    Object(Arc<ObjectShape>),
    /// A named shape of `[type.…]`.
    Named(String),
}

/// The members of an object or element.
#[derive(Clone, Debug, Default)]
pub struct ObjectShape {
    /// By name; XML names as `{namespace}local`.
    pub members: IndexMap<String, Member>,
    /// The own text of an XML element, when it has one.
    pub text: Option<Leaf>,
    /// Whether other members are refused.
    pub closed: bool,
}

/// One member.
#[derive(Clone, Debug)]
pub struct Member {
    /// What it holds.
    pub shape: Shape,
    /// Whether it must be there.
    pub required: bool,
    /// Whether it is a list.
    pub many: bool,
}

/// A source format.
#[derive(Clone, Debug)]
pub struct Schema {
    /// JSON or XML.
    pub format: Format,
    /// Shape of the document; for XML an object whose only member is the root element.
    pub root: Shape,
    types: IndexMap<String, Arc<ObjectShape>>,
}

impl Schema {
    /// Reads a schema file. `name` is for error texts.
    ///
    /// # Errors
    /// All problems at once, with carets.
    pub fn parse(name: &str, text: &str) -> Result<Self, BadFile> {
        read_file(name, text, read_schema)
    }

    /// The object a shape stands for, through names; `None` for a single value.
    #[must_use]
    pub fn object(&self, shape: &Shape) -> Option<Arc<ObjectShape>> {
        match shape {
            Shape::Leaf(_) => None,
            Shape::Object(object) => Some(Arc::clone(object)),
            Shape::Named(name) => self.types.get(name).cloned(),
        }
    }

    /// The single value a shape stands for: a leaf, or the text of an element.
    #[must_use]
    pub fn leaf(&self, shape: &Shape) -> Option<Leaf> {
        match shape {
            Shape::Leaf(leaf) => Some(leaf.clone()),
            _ => self.object(shape)?.text.clone(),
        }
    }
}

struct Reader<'p> {
    problems: &'p Problems,
    namespaces: IndexMap<String, String>,
    types: Vec<String>,
}

fn read_schema(root: &Table<'_>, problems: &Problems) -> Option<Schema> {
    let format = root.word("format", &[("json", Format::Json), ("xml", Format::Xml)], problems);
    let named: Vec<(String, Item<'_>)> = root
        .get("type")
        .and_then(|t| t.need_table(problems))
        .map(|t| t.all().map(|(k, _, v)| ((*k).to_owned(), v.clone())).collect())
        .unwrap_or_default();
    let reader = Reader {
        problems,
        namespaces: namespaces(root, problems),
        types: named.iter().map(|(k, _)| k.clone()).collect(),
    };
    let types = named
        .iter()
        .filter_map(|(k, v)| Some((k.clone(), Arc::new(reader.object(&v.need_table(problems)?)))))
        .collect();
    let document = root.need("document", problems)?.need_table(problems)?;
    let root_shape = Shape::Object(Arc::new(reader.object(&document)));
    if format.is_none() {
        root.need("format", problems);
    }
    Some(Schema { format: format?, root: root_shape, types })
}

/// `[namespaces]`: prefix to URI.
pub(crate) fn namespaces(root: &Table<'_>, problems: &Problems) -> IndexMap<String, String> {
    let Some(table) = root.get("namespaces").and_then(|n| n.need_table(problems)) else { return IndexMap::new() };
    table.all().filter_map(|(k, _, v)| Some(((*k).to_owned(), v.text(problems)?.to_owned()))).collect()
}

/// `prefix:local` or `@prefix:local` as `{uri}local`; a name without prefix stays as it is.
pub(crate) fn qualify(name: &str, namespaces: &IndexMap<String, String>) -> Result<String, String> {
    let (at, bare) = name.strip_prefix('@').map_or(("", name), |rest| ("@", rest));
    match bare.split_once(':') {
        None => Ok(name.to_owned()),
        Some((prefix, local)) => match namespaces.get(prefix) {
            Some(uri) => Ok(format!("{at}{{{uri}}}{local}")),
            None => Err(prefix.to_owned()),
        },
    }
}

impl Reader<'_> {
    fn object(&self, table: &Table<'_>) -> ObjectShape {
        let mut object = ObjectShape::default();
        for (key, at, item) in table.all() {
            match *key {
                "." => self.own(&mut object, item),
                _ => {
                    let (bare, required, many) = cardinality(key);
                    let Some(shape) = self.shape(item) else { continue };
                    match qualify(bare, &self.namespaces) {
                        Ok(name) => drop(object.members.insert(name, Member { shape, required, many })),
                        Err(p) => self.problems.add("unknown-prefix", at, format!("the prefix `{p}` is not declared")),
                    }
                }
            }
        }
        object
    }

    /// `"." = "closed"` or `"." = "text"`.
    fn own(&self, object: &mut ObjectShape, item: &Item<'_>) {
        if item.value.as_str() == Some("closed") {
            object.closed = true;
        } else if let Some(Shape::Leaf(leaf)) = self.shape(item) {
            object.text = Some(leaf);
        }
    }

    fn shape(&self, item: &Item<'_>) -> Option<Shape> {
        if let Some(table) = item.table() {
            return Some(Shape::Object(Arc::new(self.object(&table))));
        }
        if let Some(items) = item.items() {
            let words = items.iter().filter_map(|i| i.text(self.problems).map(str::to_owned)).collect();
            return Some(Shape::Leaf(Leaf::Text(Arc::new(words))));
        }
        let word = item.text(self.problems)?;
        match word {
            "text" => Some(Shape::Leaf(Leaf::Text(Arc::default()))),
            "number" => Some(Shape::Leaf(Leaf::Number)),
            "bool" => Some(Shape::Leaf(Leaf::Bool)),
            "any" => Some(Shape::Leaf(Leaf::Any)),
            _ if self.types.iter().any(|t| t == word) => Some(Shape::Named(word.to_owned())),
            _ => {
                let known = ["text", "number", "bool", "any"].into_iter().chain(self.types.iter().map(String::as_str));
                self.problems.add_with("unknown-word", &item.span, format!("`{word}` is no type"), hint(word, known));
                None
            }
        }
    }
}

/// `name` one, `name?` at most one, `name[]` a list that must be there, `name[]?` a list that may be absent.
fn cardinality(key: &str) -> (&str, bool, bool) {
    let (key, required) = key.strip_suffix('?').map_or((key, true), |k| (k, false));
    let (key, many) = key.strip_suffix("[]").map_or((key, false), |k| (k, true));
    (key, required, many)
}
