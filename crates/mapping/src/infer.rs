//! Drafts a schema and a mapping skeleton from sample documents, for a person to finish.
//!
//! The draft holds names and kinds only. Must never hold a value of the samples, which may be real people's.

use std::fmt::Write as _;

use indexmap::IndexMap;

use crate::error::MappingError;
use crate::run::read_tree;
use crate::schema::Format;
use crate::tree::{Kind, Limits, Node};

/// A draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// A schema file that the samples keep to.
    pub schema: String,
    /// A mapping file to fill in.
    pub mapping: String,
}

/// What the samples show of one place.
#[derive(Default)]
struct Seen {
    times: usize,
    list: bool,
    text: bool,
    number: bool,
    flag: bool,
    own_text: bool,
    members: IndexMap<String, Seen>,
    /// How many of the objects here were seen, to tell which members are always there.
    objects: usize,
}

/// Drafts from samples of one format.
///
/// # Errors
/// The first sample that cannot be read.
pub fn infer(format: Format, name: &str, samples: &[&[u8]]) -> Result<Draft, MappingError> {
    let mut seen = Seen::default();
    for sample in samples {
        seen.take(&read_tree(format, sample, &Limits::default())?.root, format);
    }
    let mut namespaces = IndexMap::new();
    let mut document = String::from("[document]\n");
    write_members(&seen, 0, &mut namespaces, &mut document);
    let word = if format == Format::Json { "json" } else { "xml" };
    let declared = declared(&namespaces);
    let schema = format!(
        "# Draft from {} sample(s). Read it against the format's documentation.\nformat = \"{word}\"\n{declared}\n{document}",
        samples.len()
    );
    Ok(Draft { schema, mapping: skeleton(name, &declared) })
}

impl Seen {
    fn take(&mut self, node: &Node, format: Format) {
        self.times += 1;
        match &node.kind {
            Kind::Null => {}
            Kind::Bool(_) => self.flag = true,
            Kind::Number(_) => self.number = true,
            Kind::Text(_) => self.text = true,
            Kind::List(items) => {
                // XML children always come as lists; only a second one shows that it is one.
                self.list |= items.len() > 1 || format == Format::Json;
                items.iter().for_each(|i| self.take(i, format));
            }
            Kind::Object(members, text) => {
                self.objects += 1;
                self.own_text |= text.is_some();
                members.iter().filter(|(_, n)| n.kind != Kind::Null).for_each(|(name, child)| {
                    self.members.entry(name.clone()).or_default().note(child, format);
                });
            }
        }
    }

    /// A member of one object, once per object whatever it holds.
    fn note(&mut self, node: &Node, format: Format) {
        let before = self.times;
        self.take(node, format);
        self.times = before + 1;
    }

    fn leaf(&self) -> &'static str {
        match (self.text, self.number, self.flag) {
            (false, true, false) => "number",
            (false, false, true) => "bool",
            (_, false, false) => "text",
            _ => "any",
        }
    }
}

fn write_members(seen: &Seen, depth: usize, namespaces: &mut IndexMap<String, String>, out: &mut String) {
    let indent = "  ".repeat(depth);
    if seen.own_text && depth > 0 {
        let _ = writeln!(out, "{indent}\".\" = \"text\",");
    }
    for (name, member) in &seen.members {
        let list = if member.list { "[]" } else { "" };
        let optional = if member.times < seen.objects || member.list { "?" } else { "" };
        let key = format!("\"{}{list}{optional}\"", shorten(name, namespaces));
        let comma = if depth > 0 { "," } else { "" };
        if member.members.is_empty() {
            let _ = writeln!(out, "{indent}{key} = \"{}\"{comma}", member.leaf());
        } else {
            let _ = writeln!(out, "{indent}{key} = {{");
            write_members(member, depth + 1, namespaces, out);
            let _ = writeln!(out, "{indent}}}{comma}");
        }
    }
}

/// `{uri}local` with a prefix of our own making. Digits that could be a person's number do not belong in names.
fn shorten(name: &str, namespaces: &mut IndexMap<String, String>) -> String {
    let name = samhold_model::national_id::redact(name).replace(['"', '\\', '\n', '\r'], "_");
    let (at, bare) = name.strip_prefix('@').map_or(("", name.as_str()), |rest| ("@", rest));
    let Some((uri, local)) = bare.strip_prefix('{').and_then(|b| b.split_once('}')) else { return name.clone() };
    let next = format!("n{}", namespaces.len() + 1);
    let prefix = namespaces.entry(uri.to_owned()).or_insert(next);
    format!("{at}{prefix}:{local}")
}

fn declared(namespaces: &IndexMap<String, String>) -> String {
    if namespaces.is_empty() {
        return String::new();
    }
    let lines: Vec<String> = namespaces.iter().map(|(uri, prefix)| format!("{prefix} = \"{uri}\"")).collect();
    format!("\n[namespaces]\n{}\n", lines.join("\n"))
}

fn skeleton(name: &str, declared: &str) -> String {
    format!(
        r#"# Draft. Fill in what stands in capitals, then run `samhold mapping check` and `samhold mapping test`.

[mapping]
id = "{name}"
direction = "in"
version = "1"
schema = "schemas/{name}.toml"
update = "replace"
gone = "end"
{declared}
[record]
key = "PATH-TO-THE-ID-OF-THE-RECORD"

[[fact]]
type = "service_started"
child = {{ national_id = "PATH-TO-THE-NUMBER" }}
at = {{ date = "PATH-TO-THE-DAY", as = "date" }}
fields = {{ service = {{ const = "SERVICE" }}, kind = {{ const = "SERVICE-KIND" }} }}

[[case]]
name = "CASE"
input = ''
expect = []
"#
    )
}
