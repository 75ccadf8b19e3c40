//! The XML reader: namespaces resolved, any DOCTYPE refused, no entity but the five of XML itself.
//!
//! Must never fetch or expand anything, and never match an element by its local name alone.

use indexmap::IndexMap;
use quick_xml::NsReader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::ResolveResult;

use super::{Budget, Kind, Limits, Node, TreeError, body};

/// Reads one XML document. The answer is an object whose only member is the root element.
pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Node, TreeError> {
    let text = decode(body(bytes, limits)?)?;
    let mut reader = NsReader::from_str(&text);
    reader.config_mut().check_end_names = true;
    let mut builder = Builder { open: Vec::new(), done: None, budget: Budget::new(limits), limits: *limits };
    let mut lines = Lines { text: &text, at: 0, line: 1 };
    loop {
        let line = lines.upto(usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX));
        let event = reader.read_event().map_err(|e| broken(line, &e))?;
        if matches!(event, Event::Eof) {
            return builder.finish(line);
        }
        builder.take(&reader, event, line)?;
    }
}

/// Counts lines up to a byte position, each byte once.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u32,
}

impl Lines<'_> {
    fn upto(&mut self, position: usize) -> u32 {
        let passed = self.text.as_bytes().get(self.at..position).unwrap_or_default();
        let count = passed.iter().filter(|b| **b == b'\n').count();
        self.line = self.line.saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
        self.at = position.max(self.at);
        self.line
    }
}

/// UTF-8, or ISO-8859-1 when the declaration says so; those are the two that Norwegian systems send.
fn decode(bytes: &[u8]) -> Result<String, TreeError> {
    let head: String = bytes.iter().take(200).map(|b| char::from(*b)).collect();
    let declared = declared_encoding(&head).unwrap_or_else(|| "utf-8".to_owned());
    match declared.as_str() {
        "utf-8" | "us-ascii" => String::from_utf8(bytes.to_vec())
            .map_err(|_| TreeError::new(1, "bytes that are not UTF-8", "the encoding the XML declaration names")),
        "iso-8859-1" | "latin1" => Ok(bytes.iter().map(|b| char::from(*b)).collect()),
        _ => Err(TreeError::new(1, "another encoding", "UTF-8 or ISO-8859-1")),
    }
}

fn declared_encoding(head: &str) -> Option<String> {
    let declaration = head.strip_prefix("<?xml")?.split("?>").next()?;
    let after = declaration.split("encoding").nth(1)?.trim_start().strip_prefix('=')?.trim_start();
    let quote = after.chars().next()?;
    after.get(1..)?.split(quote).next().map(str::to_lowercase)
}

fn broken(line: u32, error: &quick_xml::Error) -> TreeError {
    // The library's text may quote the document; only the kind of error is told.
    let found = match error {
        quick_xml::Error::Syntax(_) => "broken XML syntax",
        quick_xml::Error::IllFormed(_) => "tags that do not match",
        quick_xml::Error::InvalidAttr(_) => "a broken or doubled attribute",
        quick_xml::Error::Namespace(_) => "a wrong namespace declaration",
        quick_xml::Error::Escape(_) => "an entity that XML does not define",
        _ => "broken XML",
    };
    TreeError::new(line, found, "a whole, well-formed XML document")
}

struct Open {
    name: String,
    members: IndexMap<String, Node>,
    text: String,
    line: u32,
}

struct Builder {
    open: Vec<Open>,
    done: Option<Node>,
    budget: Budget,
    limits: Limits,
}

impl Builder {
    fn take(&mut self, reader: &NsReader<&[u8]>, event: Event<'_>, line: u32) -> Result<(), TreeError> {
        match event {
            Event::Start(start) => self.start(reader, &start, line),
            Event::Empty(start) => {
                self.start(reader, &start, line)?;
                self.end(line)
            }
            Event::End(_) => self.end(line),
            Event::Text(text) => self.text(&text.xml10_content(), line),
            Event::CData(text) => self.text(&text.xml10_content(), line),
            Event::GeneralRef(entity) => self.entity(&entity, line),
            Event::DocType(_) => Err(TreeError::new(line, "a DOCTYPE", "no document type declaration")),
            Event::Decl(_) | Event::Comment(_) | Event::PI(_) | Event::Eof => Ok(()),
        }
    }

    fn start(&mut self, reader: &NsReader<&[u8]>, start: &BytesStart<'_>, line: u32) -> Result<(), TreeError> {
        if self.open.is_empty() && self.done.is_some() {
            return Err(TreeError::new(line, "a second root element", "one root element"));
        }
        if self.open.len() >= self.limits.depth {
            let expected = format!("at most {} levels", self.limits.depth);
            return Err(TreeError::new(line, "deeper nesting than allowed", expected));
        }
        self.budget.take(line)?;
        let (namespace, local) = reader.resolver().resolve_element(start.name());
        let name = qualified(&namespace, local.as_ref(), line)?;
        let members = self.attributes(reader, start, line)?;
        self.open.push(Open { name, members, text: String::new(), line });
        Ok(())
    }

    fn attributes(
        &mut self,
        reader: &NsReader<&[u8]>,
        start: &BytesStart<'_>,
        line: u32,
    ) -> Result<IndexMap<String, Node>, TreeError> {
        let mut members = IndexMap::new();
        for (count, attribute) in start.attributes().enumerate() {
            let attribute = attribute.map_err(|e| broken(line, &quick_xml::Error::InvalidAttr(e)))?;
            if count >= self.limits.attributes {
                let expected = format!("at most {} in one element", self.limits.attributes);
                return Err(TreeError::new(line, "more attributes than allowed", expected));
            }
            if attribute.key.as_namespace_binding().is_some() {
                continue;
            }
            self.budget.take(line)?;
            let (namespace, local) = reader.resolver().resolve_attribute(attribute.key);
            let name = format!("@{}", qualified(&namespace, local.as_ref(), line)?);
            let value = attribute
                .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                .map_err(|e| broken(line, &e))?
                .into_owned();
            if members.insert(name, Node { kind: Kind::Text(value), line }).is_some() {
                return Err(TreeError::new(line, "the same attribute twice", "each attribute once"));
            }
        }
        Ok(members)
    }

    fn end(&mut self, line: u32) -> Result<(), TreeError> {
        let Some(open) = self.open.pop() else {
            return Err(TreeError::new(line, "an end tag too many", "tags that match"));
        };
        let text = open.text.trim();
        let text = if text.is_empty() { None } else { Some(text.to_owned()) };
        let node = Node { kind: Kind::Object(open.members, text), line: open.line };
        match self.open.last_mut() {
            Some(parent) => add_child(&mut parent.members, open.name, node),
            None => {
                let line = node.line;
                let members = IndexMap::from([(open.name, node)]);
                self.done = Some(Node { kind: Kind::Object(members, None), line });
            }
        }
        Ok(())
    }

    fn text(&mut self, text: &str, line: u32) -> Result<(), TreeError> {
        match self.open.last_mut() {
            Some(open) => open.text.push_str(text),
            None if text.trim().is_empty() => {}
            None => return Err(TreeError::new(line, "text outside the root element", "one root element")),
        }
        Ok(())
    }

    fn entity(&mut self, entity: &BytesRef<'_>, line: u32) -> Result<(), TreeError> {
        let name = entity.xml10_content();
        let known = match name.as_ref() {
            "lt" => Some('<'),
            "gt" => Some('>'),
            "amp" => Some('&'),
            "apos" => Some('\''),
            "quot" => Some('"'),
            _ => entity.resolve_char_ref().ok().flatten(),
        };
        let found = known.ok_or_else(|| {
            TreeError::new(line, "an entity that XML does not define", "plain text or a character reference")
        })?;
        self.text(found.encode_utf8(&mut [0; 4]), line)
    }

    fn finish(self, line: u32) -> Result<Node, TreeError> {
        if !self.open.is_empty() {
            return Err(TreeError::new(line, "the end of the document", "the end tag of the open element"));
        }
        self.done.ok_or_else(|| TreeError::new(line, "no element", "one root element"))
    }
}

/// All children of one name go into one list, in document order.
fn add_child(members: &mut IndexMap<String, Node>, name: String, node: Node) {
    let line = node.line;
    let entry = members.entry(name).or_insert_with(|| Node { kind: Kind::List(Vec::new()), line });
    if let Kind::List(items) = &mut entry.kind {
        items.push(node);
    }
}

fn qualified(namespace: &ResolveResult<'_>, local: &str, line: u32) -> Result<String, TreeError> {
    match namespace {
        ResolveResult::Unbound => Ok(local.to_owned()),
        ResolveResult::Bound(ns) => Ok(format!("{{{}}}{local}", ns.as_ref())),
        ResolveResult::Unknown(_) => Err(TreeError::new(line, "a prefix without declaration", "a declared namespace")),
    }
}
