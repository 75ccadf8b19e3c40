//! `[[refuse]]`: documents that keep to the schema but must not be believed, such as a protected child with an address.

use crate::error::{Code, MappingError};
use crate::expr::{self, Cond};
use crate::path::{self, Path};
use crate::scope::{Env, Scope};
use crate::toml_read::{Item, Table};
use crate::tree::Cursor;

/// A checked refusal.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    name: String,
    each: Option<Path>,
    when: Vec<Cond>,
    say: String,
}

/// Reads every `[[refuse]]`.
pub(crate) fn read_all(root: &Table<'_>, env: &Env<'_>, scope: &Scope) -> Vec<Refusal> {
    let Some(items) = root.get("refuse").and_then(|r| r.items()) else { return Vec::new() };
    items.iter().filter_map(|i| read(i, env, scope)).collect()
}

fn read(item: &Item<'_>, env: &Env<'_>, scope: &Scope) -> Option<Refusal> {
    let table = item.need_table(env.problems)?;
    let name = table.need_text("name", env.problems)?.to_owned();
    let say = table.need_text("say", env.problems)?.to_owned();
    let found = match table.get("each") {
        Some(each) => Some(path::read(each.text(env.problems)?, &each.span, env, scope)?),
        None => None,
    };
    let here = found.as_ref().map_or_else(|| scope.clone(), |f| f.scope.clone());
    table.need("when", env.problems);
    let when = expr::read_condition(&table, env, &here);
    table.finish(env.problems);
    Some(Refusal { name, each: found.map(|f| f.path), when, say })
}

impl Refusal {
    /// An error at the first place where the conditions hold.
    pub(crate) fn check(&self, record: &Cursor<'_>) -> Result<(), MappingError> {
        let places = match &self.each {
            Some(path) => path.walk(record)?,
            None => vec![record.clone()],
        };
        for place in places {
            if !self.when.is_empty() && expr::all_hold(&self.when, &place)? {
                let remedy = "have the source corrected and sent again";
                let found = format!("what `{}` refuses", self.name);
                return Err(
                    MappingError::at(Code::Refused, &place, found, self.say.clone(), remedy).of_rule(&self.name)
                );
            }
        }
        Ok(())
    }
}
