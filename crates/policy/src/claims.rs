//! Claims: what must never happen, as conditions that no permitted request may meet.
//!
//! Must never let a municipality take one of the bundled claims away or change it: its own are added to them.

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use cedar_policy::{Expression, Policy, PolicyId, Schema, ValidationMode, Validator};
use serde::Deserialize;

use crate::mistake::{Mistake, Source};

/// The claims that come with the program.
const BUNDLED: &str = include_str!("../../../config/policies/claims.toml");

/// The file of claims in a folder of policies.
pub const FILE: &str = "claims.toml";

/// One thing that must never happen.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Unique name.
    pub id: String,
    /// Rule of the rulebook.
    pub rule: String,
    /// Act and section.
    pub law: String,
    /// One sentence in bokmål.
    pub text: String,
    /// Condition in Cedar over principal, resource and context: what it matches is never permitted.
    pub never: String,
}

/// Claims to prove, each valid against the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    all: Vec<Claim>,
    /// Ids of those that come with the program.
    bundled: Arc<[String]>,
    only_bundled: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    claim: Vec<Claim>,
}

impl Claims {
    /// Those that come with the program.
    ///
    /// # Errors
    /// As [`Claims::load`]; a test holds that there are none.
    pub fn bundled() -> Result<Self, Vec<Mistake>> {
        let source = Source { name: FILE.to_owned(), text: Arc::from(BUNDLED) };
        let all = read(&source)?;
        let bundled = all.iter().map(|claim| claim.id.clone()).collect();
        Ok(Self { all, bundled, only_bundled: true })
    }

    /// The bundled ones and those of a folder.
    ///
    /// # Errors
    /// A file that cannot be read; a claim that is not valid Cedar; the id of a bundled claim with other content.
    pub fn load(folder: &Path) -> Result<Self, Vec<Mistake>> {
        match Self::source(folder)? {
            Some(own) => Self::bundled()?.with(&own),
            None => Self::bundled(),
        }
    }

    /// The file of claims in a folder; `None` when it has none.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn source(folder: &Path) -> Result<Option<Source>, Vec<Mistake>> {
        let path = folder.join(FILE);
        let name = path.display().to_string();
        if matches!(path.try_exists(), Ok(false)) {
            return Ok(None);
        }
        let text = std::fs::read_to_string(&path);
        let text = text.map_err(|e| vec![Mistake::about(&name, format!("cannot be read: {e}"))])?;
        Ok(Some(Source { name, text: Arc::from(text) }))
    }

    /// These and those of one more file. A claim that is there already is taken once.
    ///
    /// # Errors
    /// As [`Claims::load`].
    pub fn with(mut self, own: &Source) -> Result<Self, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        for claim in read(own)? {
            match self.all.iter().find(|known| known.id == claim.id) {
                Some(known) if *known == claim => {}
                Some(_) => mistakes.push(already_said(own, &claim)),
                None => {
                    self.all.push(claim);
                    self.only_bundled = false;
                }
            }
        }
        if mistakes.is_empty() { Ok(self) } else { Err(mistakes) }
    }

    /// The one of this id alone, to prove it by itself.
    #[must_use]
    pub fn only(&self, id: &str) -> Option<Self> {
        let one = self.all.iter().find(|claim| claim.id == id)?;
        Some(Self { all: vec![one.clone()], bundled: Arc::clone(&self.bundled), only_bundled: false })
    }

    /// All, the bundled first.
    #[must_use]
    pub fn all(&self) -> &[Claim] {
        &self.all
    }

    /// Whether a claim was added to the bundled ones.
    #[must_use]
    pub fn is_own(&self, claim: &Claim) -> bool {
        !self.only_bundled && !self.bundled.contains(&claim.id)
    }

    /// Nothing was added to the bundled ones.
    #[must_use]
    pub fn only_bundled(&self) -> bool {
        self.only_bundled
    }
}

fn already_said(own: &Source, claim: &Claim) -> Mistake {
    let message = format!("`{}` is the id of another claim that says something else", claim.id);
    at(own, claim, message).help("claims can be added, not changed: give yours an id of its own")
}

fn at(source: &Source, claim: &Claim, message: String) -> Mistake {
    let quoted = format!("\"{}\"", claim.id);
    let span = source.text.find(&quoted).map(|start| start..start.saturating_add(quoted.len()));
    Mistake::at(source, span, message)
}

fn read(source: &Source) -> Result<Vec<Claim>, Vec<Mistake>> {
    let file: File = toml::from_str(&source.text)
        .map_err(|e| vec![Mistake::at(source, e.span(), e.message().to_owned()).help(EXPECTED)])?;
    let (schema, _) = Schema::from_cedarschema_str(crate::SCHEMA)
        .map_err(|e| vec![Mistake::about("schema.cedarschema", format!("cannot be read: {e}"))])?;
    let validator = Validator::new(schema);
    let mistakes: Vec<Mistake> = file.claim.iter().flat_map(|claim| wrong_with(claim, source, &validator)).collect();
    if mistakes.is_empty() { Ok(file.claim) } else { Err(mistakes) }
}

const EXPECTED: &str = "a claim is `[[claim]]` with `id`, `rule`, `law`, `text` and `never`";

fn wrong_with(claim: &Claim, source: &Source, validator: &Validator) -> Vec<Mistake> {
    let told = [&claim.id, &claim.rule, &claim.law, &claim.text];
    if told.iter().any(|said| said.trim().is_empty()) {
        return vec![at(source, claim, format!("the claim `{}` leaves something empty", claim.id)).help(EXPECTED)];
    }
    let policy = match claim.held() {
        Ok(policy) => policy,
        Err(e) => return vec![at(source, claim, format!("`never` is not a condition in Cedar: {e}"))],
    };
    let mut alone = cedar_policy::PolicySet::new();
    if let Err(e) = alone.add(policy) {
        return vec![at(source, claim, e.to_string())];
    }
    let found = validator.validate(&alone, ValidationMode::Strict);
    found.validation_errors().map(|e| at(source, claim, format!("`never` does not fit the schema: {e}"))).collect()
}

impl Claim {
    /// The policy that permits everything but what must never happen: a set holds the claim when it permits no more.
    ///
    /// # Errors
    /// When `never` is not one condition.
    pub fn held(&self) -> Result<Policy, cedar_policy::ParseErrors> {
        self.policy("unless")
    }

    /// The policy that permits exactly what must never happen.
    ///
    /// # Errors
    /// When `never` is not one condition.
    pub fn broken(&self) -> Result<Policy, cedar_policy::ParseErrors> {
        self.policy("when")
    }

    fn policy(&self, word: &str) -> Result<Policy, cedar_policy::ParseErrors> {
        // By itself first, so that no brace can end the clause early.
        Expression::from_str(&self.never)?;
        let text = format!("permit (principal, action, resource) {word} {{ {} }};", self.never);
        Policy::parse(Some(PolicyId::new(&self.id)), text)
    }
}
