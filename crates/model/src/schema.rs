//! What a fact's fields may hold, and the check of a JSON-like value against it.
//!
//! One table ([`crate::vocabulary`]) is read by four doors: the API, mapping files, scenario files and the published
//! JSON Schema. Every finding names place, found, expected and a hint. It must never repeat a value that could be a
//! national identity number: values of person fields are not shown.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::dates::Date;
use crate::hint::nearest;

/// What a field may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// Free text.
    Text,
    /// A service of the municipality or elsewhere, by its id.
    Service,
    /// A service kind of the law catalogue (`skole_kommunal`, …).
    ServiceKind,
    /// Level of the service instance: `kommunal`, `fylkeskommunal`, `statlig`, `privat`, `privat_avtale`.
    Level,
    /// Kommunenummer, four digits as text.
    Municipality,
    /// A Norwegian civil date, `YYYY-MM-DD`.
    Date,
    /// true or false.
    Bool,
    /// A person: a guardian id, `barnevern`, `child`, or a national number that is replaced by an opaque id on arrival.
    Person,
    /// A named employee or case worker; never a national number.
    Worker,
    /// A role or unit that decides or registers (`kommunedirektor`, `koordinerende_enhet`).
    Unit,
    /// A child reference, for `covers` and the like.
    Child,
    /// The id of another fact.
    FactRef,
    /// Where something is filed: a number in an archive or journal, never words about anybody.
    Reference,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A data category of the law catalogue.
    Category,
    /// A recipient kind of the law catalogue.
    RecipientKind,
    /// A purpose of the law catalogue.
    Purpose,
    /// An object whose members are free (the fields of a correction).
    Object,
    /// An object whose members are texts (a plan's goals, by names of their own).
    Texts,
    /// A list of these.
    List(&'static FieldType),
}

/// One field of a fact.
#[derive(Clone, Copy, Debug)]
pub struct FieldSpec {
    /// Its key.
    pub name: &'static str,
    /// What it may hold.
    pub ty: FieldType,
    /// Whether it must be there.
    pub required: bool,
    /// One line for the published schema.
    pub doc: &'static str,
}

/// One kind of fact.
#[derive(Clone, Copy, Debug)]
pub struct TypeSpec {
    /// The value of `type`.
    pub name: &'static str,
    /// Its own fields, besides the common ones.
    pub fields: &'static [FieldSpec],
    /// One line for the published schema.
    pub doc: &'static str,
}

/// One thing that is wrong with a value, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// JSON pointer to the place, e.g. `/events/3/participants`.
    pub pointer: String,
    /// What stood there.
    pub found: String,
    /// What may stand there.
    pub expected: String,
    /// What to do, when there is something to suggest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let place = if self.pointer.is_empty() { "/" } else { &self.pointer };
        write!(f, "at {place}: found {}, expected {}", self.found, self.expected)?;
        self.hint.as_ref().map_or(Ok(()), |hint| write!(f, " ({hint})"))
    }
}

/// The words a [`FieldType`] may take from outside the program: the law catalogue.
pub trait Words: Send + Sync {
    /// Known service kinds.
    fn service_kinds(&self) -> Vec<&str>;
    /// Known data categories.
    fn categories(&self) -> Vec<&str>;
    /// Known recipient kinds.
    fn recipient_kinds(&self) -> Vec<&str>;
    /// Known purposes.
    fn purposes(&self) -> Vec<&str>;
}

/// Levels a service instance may have.
pub const LEVELS: &[&str] = &["kommunal", "fylkeskommunal", "statlig", "privat", "privat_avtale"];

/// Checks the own fields of one fact. `given` must hold nothing but those fields.
#[must_use]
pub fn check_fields(spec: &TypeSpec, given: &Map<String, Value>, at: &str, words: &dyn Words) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (key, value) in given {
        match spec.fields.iter().find(|f| f.name == key) {
            Some(field) => check_value(field.ty, value, &format!("{at}/{key}"), words, &mut findings),
            None => findings.push(unknown_key(spec, key, at)),
        }
    }
    for field in spec.fields.iter().filter(|f| f.required && !given.contains_key(f.name)) {
        findings.push(Finding {
            pointer: format!("{at}/{}", field.name),
            found: "nothing".into(),
            expected: describe(field.ty, words),
            hint: Some(format!("`{}` needs `{}`: {}", spec.name, field.name, field.doc)),
        });
    }
    findings
}

fn unknown_key(spec: &TypeSpec, key: &str, at: &str) -> Finding {
    let names: Vec<&str> = spec.fields.iter().map(|f| f.name).collect();
    Finding {
        pointer: format!("{at}/{key}"),
        found: format!("the unknown field `{key}`"),
        expected: format!("a field of `{}`: {}", spec.name, names.join(", ")),
        hint: nearest(key, names).map(|n| format!("did you mean `{n}`?")),
    }
}

fn check_value(ty: FieldType, value: &Value, at: &str, words: &dyn Words, out: &mut Vec<Finding>) {
    if let (FieldType::List(item), Value::Array(items)) = (ty, value) {
        for (i, v) in items.iter().enumerate() {
            check_value(*item, v, &format!("{at}/{i}"), words, out);
        }
        return;
    }
    if let Err(hint) = fits(ty, value, words) {
        out.push(Finding { pointer: at.into(), found: found(ty, value), expected: describe(ty, words), hint });
    }
}

/// `Err` carries the hint, if there is one.
fn fits(ty: FieldType, value: &Value, words: &dyn Words) -> Result<(), Option<String>> {
    let ok = match ty {
        FieldType::Bool => value.is_boolean(),
        FieldType::Object => value.is_object(),
        FieldType::Texts => value.as_object().is_some_and(|texts| texts.values().all(Value::is_string)),
        FieldType::List(_) => false,
        FieldType::Date => return date_fits(value),
        FieldType::Municipality => {
            value.as_str().is_some_and(|s| s.len() == 4 && s.bytes().all(|b| b.is_ascii_digit()))
        }
        FieldType::Child => value.is_object() || value.as_str().is_some_and(|s| !s.is_empty()),
        FieldType::Text => value.is_string(),
        FieldType::Reference => value.as_str().is_some_and(is_reference),
        FieldType::Service | FieldType::Person | FieldType::Worker | FieldType::Unit | FieldType::FactRef => {
            value.as_str().is_some_and(|s| !s.trim().is_empty())
        }
        _ => return word_fits(&vocabulary_of(ty, words), value),
    };
    if ok { Ok(()) } else { Err(None) }
}

/// The most characters of a reference.
const REFERENCE_LENGTH: usize = 80;

/// One word without blanks, so that nobody writes prose into it.
fn is_reference(text: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || "-_./:#".contains(c);
    !text.is_empty() && text.chars().count() <= REFERENCE_LENGTH && text.chars().all(fits)
}

fn date_fits(value: &Value) -> Result<(), Option<String>> {
    match value.as_str() {
        Some(s) if s.len() == 10 && s.parse::<Date>().is_ok() => Ok(()),
        _ => Err(Some("a date is written year-month-day, as in \"2025-03-01\"".into())),
    }
}

fn word_fits(known: &[&str], value: &Value) -> Result<(), Option<String>> {
    let Some(text) = value.as_str() else { return Err(None) };
    if known.contains(&text) {
        return Ok(());
    }
    Err(nearest(text, known.iter().copied()).map(|n| format!("did you mean `{n}`?")))
}

/// The closed list of words of a field type; empty when it is not a closed list.
#[must_use]
pub fn vocabulary_of(ty: FieldType, words: &dyn Words) -> Vec<&str> {
    match ty {
        FieldType::OneOf(known) => known.to_vec(),
        FieldType::Level => LEVELS.to_vec(),
        FieldType::ServiceKind => words.service_kinds(),
        FieldType::Category => words.categories(),
        FieldType::RecipientKind => words.recipient_kinds(),
        FieldType::Purpose => words.purposes(),
        _ => Vec::new(),
    }
}

fn found(ty: FieldType, value: &Value) -> String {
    // People are never repeated in an error.
    let personal = matches!(ty, FieldType::Person | FieldType::Child);
    match value {
        Value::String(s) if !personal => format!("\"{}\"", crate::national_id::redact(&short(s))),
        Value::String(_) => "a text".into(),
        Value::Null => "null".into(),
        Value::Bool(b) => b.to_string(),
        Value::Number(_) => "a number".into(),
        Value::Array(_) => "a list".into(),
        Value::Object(_) => "an object".into(),
    }
}

fn short(text: &str) -> String {
    let mut cut: String = text.chars().take(60).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut
}

/// What may stand in such a field, in words.
#[must_use]
pub fn describe(ty: FieldType, words: &dyn Words) -> String {
    match ty {
        FieldType::Text => "text".into(),
        FieldType::Service => "the id of a service, as text".into(),
        FieldType::Municipality => "a kommunenummer: four digits as text".into(),
        FieldType::Date => "a date, YYYY-MM-DD".into(),
        FieldType::Bool => "true or false".into(),
        FieldType::Person => "a person: guardian id, \"child\" or \"barnevern\"".into(),
        FieldType::Worker => "the name or id of an employee".into(),
        FieldType::Unit => "a role or unit, as text".into(),
        FieldType::Child => "a child reference".into(),
        FieldType::FactRef => "the id of a fact".into(),
        FieldType::Reference => "one word of at most 80 letters, digits and -_./:#".into(),
        FieldType::Object => "an object".into(),
        FieldType::Texts => "an object with a text for each name".into(),
        FieldType::List(item) => format!("a list of {}", describe(*item, words)),
        _ => format!("one of {}", vocabulary_of(ty, words).join(", ")),
    }
}

/// JSON Schema (2020-12) of one field type.
#[must_use]
pub fn json_schema_of(ty: FieldType, words: &dyn Words) -> Value {
    match ty {
        FieldType::Bool => json!({"type": "boolean"}),
        FieldType::Object => json!({"type": "object"}),
        FieldType::Texts => json!({"type": "object", "additionalProperties": {"type": "string"}}),
        FieldType::Date => json!({"type": "string", "format": "date", "pattern": "^\\d{4}-\\d{2}-\\d{2}$"}),
        FieldType::Municipality => json!({"type": "string", "pattern": "^\\d{4}$"}),
        FieldType::List(item) => json!({"type": "array", "items": json_schema_of(*item, words)}),
        FieldType::Child => json!({"anyOf": [{"type": "string", "minLength": 1}, {"type": "object"}]}),
        FieldType::Text => json!({"type": "string"}),
        FieldType::Reference => json!({"type": "string", "pattern": "^[\\p{L}\\p{N}_./:#-]{1,80}$"}),
        FieldType::Service | FieldType::Person | FieldType::Worker | FieldType::Unit | FieldType::FactRef => {
            json!({"type": "string", "minLength": 1})
        }
        _ => json!({"enum": vocabulary_of(ty, words)}),
    }
}
