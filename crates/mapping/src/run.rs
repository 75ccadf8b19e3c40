//! Runs an inbound mapping on one document: facts, or every reason why not.
//!
//! Pure: the same bytes and parameters give the same result. Must never take half a document silently.

use std::collections::HashMap;

use samhold_model::fact::FactBody;
use samhold_model::national_id::{NationalId, Realm};
use samhold_model::schema::Words;
use samhold_model::{Date, MunicipalityNo};

use crate::child::{self, ChildRef};
use crate::error::{Code, MappingError};
use crate::expr::{self, Ctx, Expr, Out};
use crate::mapping::{Body, Inbound, Mapping};
use crate::result::{MappedDocument, MappedFact, MappedGroup};
use crate::rule::Rule;
use crate::schema::Format;
use crate::settle::Settled;
use crate::tree::{Cursor, Limits, Tree};
use crate::validate::validate;

/// What a run needs besides the document.
#[derive(Clone, Copy)]
pub struct RunParameters<'p> {
    /// Whether numbers of real or of synthetic people are accepted.
    pub realm: Realm,
    /// The configured name of the sending system, for its local ids.
    pub system: &'p str,
    /// The words of the law catalogue.
    pub words: &'p dyn Words,
    /// Bounds on the document.
    pub limits: Limits,
}

impl Mapping {
    /// Maps one document of the source.
    ///
    /// # Errors
    /// Every reason why the document is a dead letter: unreadable, of another shape, or a rule that failed.
    pub fn run(&self, document: &[u8], parameters: &RunParameters<'_>) -> Result<MappedDocument, Vec<MappingError>> {
        let Body::In(inbound) = &self.body else {
            return Ok(MappedDocument { groups: Vec::new(), warnings: Vec::new() });
        };
        let tree = read_tree(self.schema.format, document, &parameters.limits).map_err(|e| vec![e])?;
        let wrong = validate(&self.schema, &tree.cursor());
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let ctx = Ctx { realm: parameters.realm, system: parameters.system };
        let mut run = Run { inbound, ctx, words: parameters.words, warnings: Vec::new(), errors: Vec::new() };
        let groups = run.groups(&tree.cursor());
        if run.errors.is_empty() { Ok(MappedDocument { groups, warnings: run.warnings }) } else { Err(run.errors) }
    }
}

/// Reads bytes in a format.
pub(crate) fn read_tree(format: Format, document: &[u8], limits: &Limits) -> Result<Tree, MappingError> {
    let tree = match format {
        Format::Json => Tree::json(document, limits),
        Format::Xml => Tree::xml(document, limits),
    };
    tree.map_err(|e| MappingError::unreadable(&e))
}

struct Run<'r> {
    inbound: &'r Inbound,
    ctx: Ctx<'r>,
    words: &'r dyn Words,
    warnings: Vec<String>,
    errors: Vec<MappingError>,
}

impl Run<'_> {
    fn groups(&mut self, document: &Cursor<'_>) -> Vec<MappedGroup> {
        let records = match &self.inbound.split {
            Some(path) => path.walk(document),
            None => Ok(vec![document.clone()]),
        };
        match records {
            Ok(records) => records.iter().filter_map(|r| self.group(r)).collect(),
            Err(e) => {
                self.errors.push(e);
                Vec::new()
            }
        }
    }

    fn group(&mut self, record: &Cursor<'_>) -> Option<MappedGroup> {
        let key = self.optional(self.inbound.key.as_ref(), record)?;
        if self.inbound.key.is_some() && key.is_none() {
            let remedy = "have the source send it; without it nothing can be replaced later";
            let error = MappingError::at(Code::Missing, record, "nothing", "the key of the record", remedy);
            self.errors.push(error);
            return None;
        }
        let municipality = self.optional(self.inbound.municipality.as_ref(), record)?.map(MunicipalityNo::new);
        let submission = self.optional(self.inbound.submission.as_ref(), record)?;
        let follows = self.optional(self.inbound.follows.as_ref(), record)?;
        let key = key.unwrap_or_default();
        if self.voided(record) {
            return Some(MappedGroup { key, municipality, submission, follows, voided: true, facts: Vec::new() });
        }
        for refusal in &self.inbound.refusals {
            refusal.check(record).unwrap_or_else(|e| self.errors.push(e));
        }
        let mut facts = Vec::new();
        let mut seen = HashMap::new();
        for rule in &self.inbound.rules {
            match self.rule(rule, record) {
                Ok(made) => made.into_iter().for_each(|(fact, at)| self.add(&mut facts, &mut seen, fact, &at)),
                Err(e) => self.failed(rule, e),
            }
        }
        Some(MappedGroup { key, municipality, submission, follows, voided: false, facts })
    }

    fn voided(&mut self, record: &Cursor<'_>) -> bool {
        let conditions = &self.inbound.void_when;
        let holds = if conditions.is_empty() { Ok(false) } else { expr::all_hold(conditions, record) };
        holds.map_err(|e| self.errors.push(e)).unwrap_or(false)
    }

    /// The text of an expression; the outer `None` says that an error was noted.
    fn optional(&mut self, expr: Option<&Expr>, at: &Cursor<'_>) -> Option<Option<String>> {
        let Some(expr) = expr else { return Some(None) };
        match expr::eval_one(expr, at, &self.ctx) {
            Ok(out) => Some(out.and_then(|o| o.as_text())),
            Err(e) => {
                self.errors.push(e);
                None
            }
        }
    }

    fn failed(&mut self, rule: &Rule, error: MappingError) {
        let error = error.of_rule(&rule.name);
        if rule.skip_errors {
            self.warnings.push(format!("the rule `{}` was passed over: {error}", rule.name));
        } else {
            self.errors.push(error);
        }
    }

    fn rule<'a>(&mut self, rule: &Rule, record: &Cursor<'a>) -> Result<Vec<(MappedFact, Cursor<'a>)>, MappingError> {
        let places = match &rule.each {
            Some(path) => path.walk(record)?,
            None => vec![record.clone()],
        };
        let mut facts = Vec::new();
        for place in places {
            if !expr::all_hold(&rule.when, &place)? {
                continue;
            }
            // One bad item of a rule that skips must not take its neighbours with it.
            match make(rule, &place, &self.ctx, self.words) {
                Ok(fact) => facts.push((fact, place)),
                Err(e) => self.failed(rule, e),
            }
        }
        Ok(facts)
    }

    /// Two equal facts are one; two different ones under one identity cannot both be right.
    fn add(&mut self, facts: &mut Vec<MappedFact>, seen: &mut Seen, fact: MappedFact, at: &Cursor<'_>) {
        let identity = (fact.rule.clone(), fact.key.clone(), fact.child.first().cloned());
        let first = *seen.entry(identity).or_insert(facts.len());
        match facts.get(first) {
            None => facts.push(fact),
            Some(same) if *same == fact => {}
            Some(_) => {
                let remedy = "give the rule a `key` that tells them apart, or have the source corrected";
                let found = "a second, different fact";
                let error = MappingError::at(Code::DuplicateKey, at, found, "one fact per key", remedy);
                self.errors.push(error.of_rule(&fact.rule));
            }
        }
    }
}

/// Where in the list the fact of a rule, key and child stands.
type Seen = HashMap<(String, String, Option<ChildRef>), usize>;

fn make(rule: &Rule, at: &Cursor<'_>, ctx: &Ctx<'_>, words: &dyn Words) -> Result<MappedFact, MappingError> {
    let child = child::eval(&rule.child, at, ctx)?;
    if child.is_empty() {
        let remedy = "have the source send an identifier, or add another way to `child`";
        return Err(MappingError::at(Code::NoChild, at, "nothing", "something that names the child", remedy));
    }
    let mut settled = Settled::default();
    let fields = settled.object(fields(rule, at, ctx)?, "");
    let body = FactBody::read(rule.type_name, &fields, "", words).map_err(|f| first_finding(&f, at, rule.type_name))?;
    Ok(MappedFact {
        rule: rule.name.clone(),
        key: key(rule, at, ctx)?,
        child,
        at: valid_from(rule, at, ctx)?,
        change: rule.change,
        type_name: rule.type_name.to_owned(),
        fields,
        body,
        persons: settled.persons,
        facts: settled.facts,
        children: settled.children,
    })
}

fn first_finding(findings: &[samhold_model::schema::Finding], at: &Cursor<'_>, type_name: &str) -> MappingError {
    match findings.first() {
        Some(finding) => MappingError::bad_fact(at, finding),
        None => MappingError::at(
            Code::BadFact,
            at,
            "a fact",
            format!("a fact of type `{type_name}`"),
            "correct the mapping",
        ),
    }
}

fn fields(rule: &Rule, at: &Cursor<'_>, ctx: &Ctx<'_>) -> Result<Vec<(String, Out)>, MappingError> {
    let mut out = Vec::new();
    for (name, expr) in &rule.fields {
        let Some(value) = expr::eval_one(expr, at, ctx)? else { continue };
        refuse_number(&value, at, ctx, &format!("the field `{name}`"))?;
        out.push((name.clone(), value));
    }
    Ok(out)
}

/// A national number may only come out as a person, never as plain text in a field or key.
fn refuse_number(value: &Out, at: &Cursor<'_>, ctx: &Ctx<'_>, what: &str) -> Result<(), MappingError> {
    let items = match value {
        Out::List(items) => items.as_slice(),
        single => std::slice::from_ref(single),
    };
    let is_number = |text: String| text.split('|').any(|part| NationalId::parse(part, ctx.realm).is_ok());
    if items.iter().filter_map(Out::as_text).any(is_number) {
        let remedy = "use `{ person = \"…\" }` for a person, and leave the number out of keys";
        return Err(MappingError::at(
            Code::BadFact,
            at,
            "a national identity number",
            format!("none in {what}"),
            remedy,
        ));
    }
    Ok(())
}

fn key(rule: &Rule, at: &Cursor<'_>, ctx: &Ctx<'_>) -> Result<String, MappingError> {
    let Some(expr) = &rule.key else { return Ok(String::new()) };
    let Some(out) = expr::eval_one(expr, at, ctx)? else { return Ok(String::new()) };
    refuse_number(&out, at, ctx, "the key")?;
    Ok(out.as_text().unwrap_or_default())
}

fn valid_from(rule: &Rule, at: &Cursor<'_>, ctx: &Ctx<'_>) -> Result<Date, MappingError> {
    let text = expr::eval_one(&rule.at, at, ctx)?.and_then(|o| o.as_text());
    text.and_then(|t| t.parse().ok()).ok_or_else(|| {
        let remedy = "have the source send the day, or take it from another field with `first`";
        MappingError::at(Code::Missing, at, "nothing", "the day the fact holds from (`at`)", remedy)
    })
}
