//! A mapping file, read and checked: what the format is, how a document splits into records, and the rules.
//!
//! Everything that can be known before the first document is told at load, all at once.

use samhold_model::schema::Words;

use crate::case::{self, Case, CaseResult};
use crate::codes;
use crate::expr::{self, Cond, Expr, Ty};
use crate::outbound::Outbound;
use crate::path::{self, Path};
use crate::problem::{BadFile, Problems};
use crate::refusal::{self, Refusal};
use crate::result::{Gone, Update};
use crate::rule::{self, Rule};
use crate::schema::{self, Schema};
use crate::scope::{Env, Scope};
use crate::toml_read::{Table, read_file};

/// Gives the text of a file a mapping names (its schema, the input of a case), or `None`.
pub type Files<'f> = dyn Fn(&str) -> Option<String> + 'f;

/// Which way a mapping goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From a source's documents to facts.
    In,
    /// From a released view to a recipient's document.
    Out,
}

/// A checked mapping file.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// Its name, as systems and recipients refer to it.
    pub id: String,
    /// Version of the mapping, for the audit of what made a fact.
    pub version: String,
    /// How documents of the source are shaped.
    pub schema: Schema,
    pub(crate) body: Body,
    pub(crate) cases: Vec<Case>,
}

#[derive(Clone, Debug)]
pub(crate) enum Body {
    In(Box<Inbound>),
    Out(Box<Outbound>),
}

/// The inbound half.
#[derive(Clone, Debug)]
pub(crate) struct Inbound {
    pub(crate) update: Update,
    pub(crate) gone: Gone,
    pub(crate) failed_voids: bool,
    pub(crate) split: Option<Path>,
    pub(crate) key: Option<Expr>,
    pub(crate) municipality: Option<Expr>,
    pub(crate) submission: Option<Expr>,
    pub(crate) follows: Option<Expr>,
    pub(crate) void_when: Vec<Cond>,
    pub(crate) refusals: Vec<Refusal>,
    pub(crate) rules: Vec<Rule>,
}

impl Mapping {
    /// Reads and checks a mapping file. `name` is for error texts, `files` finds its schema and case inputs, `words` are
    /// the words of the law catalogue.
    ///
    /// # Errors
    /// Every problem at once, in the mapping or, when that is broken, in its schema.
    pub fn parse(name: &str, text: &str, files: &Files<'_>, words: &dyn Words) -> Result<Self, BadFile> {
        let mut bad_schema = None;
        let read = read_file(name, text, |root, problems| read_mapping(root, problems, files, words, &mut bad_schema));
        match bad_schema {
            Some(bad) => Err(bad),
            None => read,
        }
    }

    /// Which way it goes.
    #[must_use]
    pub fn direction(&self) -> Direction {
        match self.body {
            Body::In(_) => Direction::In,
            Body::Out(_) => Direction::Out,
        }
    }

    /// What a further document of the same record means; outbound mappings have nothing to replace.
    #[must_use]
    pub fn update(&self) -> Option<(Update, Gone)> {
        match &self.body {
            Body::In(inbound) => Some((inbound.update, inbound.gone)),
            Body::Out(_) => None,
        }
    }

    /// Whether each sending names the one before it. A format that only numbers its sendings has no chain to break.
    #[must_use]
    pub fn is_chained(&self) -> bool {
        matches!(&self.body, Body::In(inbound) if inbound.follows.is_some())
    }

    /// What it means when a fact of type `type_name` is no longer in its record: the word of the first rule that makes such
    /// facts and has one, else the file's. By type, as a fact in the ledger does not know its rule.
    #[must_use]
    pub fn gone(&self, type_name: &str) -> Gone {
        match &self.body {
            Body::In(inbound) => {
                let mut own = inbound.rules.iter().filter(|r| r.type_name == type_name).filter_map(|r| r.gone);
                own.next().unwrap_or(inbound.gone)
            }
            Body::Out(_) => Gone::Keep,
        }
    }

    /// Whether a version of a record that cannot be read takes away what the record had said: what is known of it is no
    /// longer what its source says, and something that permits must not stand on that.
    #[must_use]
    pub fn failed_voids(&self) -> bool {
        matches!(&self.body, Body::In(inbound) if inbound.failed_voids)
    }

    /// The outbound half.
    #[must_use]
    pub fn outbound(&self) -> Option<&Outbound> {
        match &self.body {
            Body::Out(outbound) => Some(outbound),
            Body::In(_) => None,
        }
    }

    /// Runs the cases written in the file.
    #[must_use]
    pub fn test(&self, words: &dyn Words) -> Vec<CaseResult> {
        self.cases.iter().map(|case| case::run(self, case, words)).collect()
    }

    /// Names of the rules, in file order.
    pub fn rule_names(&self) -> impl Iterator<Item = &str> {
        let rules = match &self.body {
            Body::In(inbound) => inbound.rules.as_slice(),
            Body::Out(_) => &[],
        };
        rules.iter().map(|r| r.name.as_str())
    }
}

const ROOT_KEYS: &[&str] = &["mapping", "namespaces", "code", "record", "refuse", "fact", "output", "case"];

fn read_mapping(
    root: &Table<'_>,
    problems: &Problems,
    files: &Files<'_>,
    words: &dyn Words,
    bad_schema: &mut Option<BadFile>,
) -> Option<Mapping> {
    // Known even when reading stops early, so that one problem does not make others.
    root.present(ROOT_KEYS);
    let head = root.need("mapping", problems)?.need_table(problems)?;
    let id = head.need_text("id", problems).map(str::to_owned);
    let version = head.need_text("version", problems).map(str::to_owned);
    let directions = [("in", Direction::In), ("out", Direction::Out)];
    head.need("direction", problems);
    let direction = head.word("direction", &directions, problems)?;
    let schema = read_schema(&head, problems, files, bad_schema)?;
    let namespaces = schema::namespaces(root, problems);
    let codes = codes::read(root, problems);
    let outbound = direction == Direction::Out;
    let env = Env { problems, schema: &schema, namespaces: &namespaces, codes: &codes, words, outbound };
    let body = match direction {
        Direction::In => read_inbound(root, &head, &env).map(|i| Body::In(Box::new(i))),
        Direction::Out => Outbound::read(root, &head, &env).map(|o| Body::Out(Box::new(o))),
    };
    head.finish(problems);
    misplaced(root, direction, problems);
    let cases = case::read(root, problems, files);
    Some(Mapping { id: id?, version: version?, body: body?, cases, schema })
}

/// Parts that mean nothing in this direction.
fn misplaced(root: &Table<'_>, direction: Direction, problems: &Problems) {
    let foreign: &[&str] = match direction {
        Direction::In => &["output"],
        Direction::Out => &["fact", "record", "refuse"],
    };
    for (key, at, _) in root.all().filter(|(k, _, _)| foreign.contains(k)) {
        problems.add("wrong-direction", at, format!("`{key}` has no meaning in a mapping of this direction"));
    }
}

fn read_schema(head: &Table<'_>, problems: &Problems, files: &Files<'_>, bad: &mut Option<BadFile>) -> Option<Schema> {
    let item = head.need("schema", problems)?;
    let name = item.text(problems)?;
    let Some(text) = files(name) else {
        problems.add("no-schema", &item.span, format!("the schema `{name}` was not found beside the mapping"));
        return None;
    };
    Schema::parse(name, &text).map_err(|e| *bad = Some(e)).ok()
}

fn read_inbound(root: &Table<'_>, head: &Table<'_>, env: &Env<'_>) -> Option<Inbound> {
    let problems = env.problems;
    let updates = [("replace", Update::Replace), ("events", Update::Events)];
    let update = head.need("update", problems).and_then(|_| head.word("update", &updates, problems));
    let gone = head.word("gone", rule::GONES, problems);
    let failed_voids = head.word("failed", &[("void", true), ("keep", false)], problems);
    let document = Scope::document(env.schema);
    let record = root.get("record").and_then(|r| r.need_table(problems));
    let split = record.as_ref().and_then(|r| read_split(r, env, &document));
    let scope = split.as_ref().map_or(document, |s| s.scope.clone());
    let one = |key: &'static str| {
        let item = record.as_ref()?.get(key)?;
        expr::read_single(&item, env, &scope)
    };
    let (key, municipality) = (one("key"), one("municipality"));
    let (submission, follows) = (one("submission"), one("follows"));
    let void_when = record.as_ref().map(|r| expr::read_conditions(r, "void_when", env, &scope)).unwrap_or_default();
    check_municipality(municipality.as_ref(), env);
    if let Some(record) = &record {
        record.finish(problems);
    }
    let rules = rule::read_all(root, env, &scope);
    Some(Inbound {
        update: update?,
        gone: gone.unwrap_or(Gone::Keep),
        failed_voids: failed_voids.unwrap_or(false),
        split: split.map(|s| s.path),
        key: key.map(|k| k.expr),
        municipality: municipality.map(|m| m.expr),
        submission: submission.map(|m| m.expr),
        follows: follows.map(|m| m.expr),
        void_when,
        refusals: refusal::read_all(root, env, &scope),
        rules,
    })
}

fn read_split(record: &Table<'_>, env: &Env<'_>, document: &Scope) -> Option<path::Found> {
    let item = record.get("each")?;
    path::read(item.text(env.problems)?, &item.span, env, document)
}

fn check_municipality(typed: Option<&expr::Typed>, env: &Env<'_>) {
    let Some(typed) = typed.filter(|t| t.ty != Ty::Municipality && t.words.is_none()) else { return };
    let help = Some("write `{ check = \"kommunenummer\", of = \"…\" }`".into());
    env.problems.add_with("unchecked", &typed.span, "a kommunenummer must be checked".into(), help);
}
