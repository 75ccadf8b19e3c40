//! Which child a fact is about: all the ways the source names it.

use std::fmt;

use samhold_model::Date;
use samhold_model::national_id::{NationalId, redact};

use crate::error::{Code, MappingError};
use crate::expr::{self, Ctx, Expr, IdRule};
use crate::scope::{Env, Scope};
use crate::toml_read::{Item, Table};
use crate::tree::Cursor;

/// One way to name a child. `Debug` shows no number.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum ChildRef {
    /// Fødselsnummer or D-number, now or earlier.
    NationalId(NationalId),
    /// DUF number of the immigration authorities.
    Duf(NationalId),
    /// The id a source system gave it.
    Local {
        /// The configured name of the system.
        system: String,
        /// The id there.
        id: String,
    },
    /// An expected child.
    Unborn {
        /// The mother.
        mother: NationalId,
        /// The expected date of birth.
        due_date: Date,
        /// 1, or higher for twins.
        ordinal: u32,
    },
    /// Every child of this guardian: the source speaks of an adult. The fact counts for each of them.
    GuardianOf(NationalId),
    /// Our own opaque id.
    ChildId(samhold_model::ChildId),
}

impl fmt::Debug for ChildRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NationalId(id) => write!(f, "{id:?}"),
            Self::Duf(_) => f.write_str("Duf"),
            Self::Local { system, id } => write!(f, "Local({system}, {})", redact(id)),
            Self::Unborn { due_date, ordinal, .. } => write!(f, "Unborn({due_date}, {ordinal})"),
            Self::GuardianOf(id) => write!(f, "GuardianOf({id:?})"),
            Self::ChildId(id) => write!(f, "{id:?}"),
        }
    }
}

/// A child reference as the mapping file writes it.
#[derive(Clone, Debug)]
pub(crate) struct ChildExpr {
    way: Way,
    rule: IdRule,
    when: Vec<expr::Cond>,
}

#[derive(Clone, Debug)]
enum Way {
    NationalId(Expr),
    GuardianOf(Expr),
    Duf(Expr),
    Local(Expr, Option<String>),
    ChildId(Expr),
    Unborn { mother: Expr, due: Expr, ordinal: Option<Expr> },
}

const WAYS: &[&str] = &["national_id", "guardian_of", "duf", "local", "child_id", "unborn"];

/// Reads one reference or a list of alternatives; those that come to something all count, the first foremost.
pub(crate) fn read_list(item: &Item<'_>, env: &Env<'_>, scope: &Scope) -> Vec<ChildExpr> {
    match item.items() {
        Some(items) => items.iter().filter_map(|i| read_one(i, env, scope)).collect(),
        None => read_one(item, env, scope).into_iter().collect(),
    }
}

fn read_one(item: &Item<'_>, env: &Env<'_>, scope: &Scope) -> Option<ChildExpr> {
    let table = item.need_table(env.problems)?;
    let given = table.present(WAYS);
    let [way] = given.as_slice() else {
        let near = table.all().find_map(|(k, _, _)| samhold_model::hint::nearest(k, WAYS.iter().copied()));
        let help = near.map_or_else(|| format!("one of {}", WAYS.join(", ")), |n| format!("did you mean `{n}`?"));
        let message = "a child reference names the child in exactly one way".into();
        env.problems.add_with("one-child-reference", &item.span, message, Some(help));
        return None;
    };
    let argument = table.get(way)?;
    let way = read_way(way, &argument, &table, env, scope)?;
    let child = ChildExpr { way, rule: expr::id_rule(&table, env), when: expr::read_condition(&table, env, scope) };
    table.finish(env.problems);
    Some(child)
}

fn read_way(way: &str, item: &Item<'_>, table: &Table<'_>, env: &Env<'_>, scope: &Scope) -> Option<Way> {
    let any = |item: &Item<'_>| expr::read(item, env, scope).map(|t| t.expr);
    Some(match way {
        "national_id" => Way::NationalId(any(item)?),
        "guardian_of" => Way::GuardianOf(any(item)?),
        "duf" => Way::Duf(any(item)?),
        "local" => Way::Local(any(item)?, table.text("system", env.problems).map(str::to_owned)),
        "child_id" => Way::ChildId(any(item)?),
        _ => unborn(item, env, scope)?,
    })
}

fn unborn(item: &Item<'_>, env: &Env<'_>, scope: &Scope) -> Option<Way> {
    let table = item.need_table(env.problems)?;
    let mother = expr::read_single(&table.need("mother", env.problems)?, env, scope)?.expr;
    let due_item = table.need("due_date", env.problems)?;
    let due = expr::read_single(&due_item, env, scope)?;
    if due.ty != expr::Ty::Date {
        env.problems.add("not-a-date", &due_item.span, "a due date needs a `date` expression");
    }
    let ordinal = table.get("ordinal").and_then(|o| expr::read_single(&o, env, scope)).map(|t| t.expr);
    table.finish(env.problems);
    Some(Way::Unborn { mother, due: due.expr, ordinal })
}

/// All references that come to something, in the order written.
pub(crate) fn eval(
    alternatives: &[ChildExpr],
    here: &Cursor<'_>,
    ctx: &Ctx<'_>,
) -> Result<Vec<ChildRef>, MappingError> {
    let mut refs = Vec::new();
    for alternative in alternatives {
        if expr::all_hold(&alternative.when, here)? {
            alternative.eval(here, ctx, &mut refs)?;
        }
    }
    Ok(refs)
}

impl ChildExpr {
    fn eval(&self, here: &Cursor<'_>, ctx: &Ctx<'_>, refs: &mut Vec<ChildRef>) -> Result<(), MappingError> {
        if let Way::Unborn { mother, due, ordinal } = &self.way {
            refs.extend(self.unborn(mother, due, ordinal.as_ref(), here, ctx)?);
            return Ok(());
        }
        let of = self.way.expr();
        let place = place(of, here)?;
        for value in expr::eval(of, here, ctx)? {
            let found = value.as_text().map(|text| self.one(&text, ctx, &place)).transpose()?.flatten();
            refs.extend(found.filter(|r| !refs.contains(r)));
        }
        Ok(())
    }

    fn one(&self, text: &str, ctx: &Ctx<'_>, place: &Cursor<'_>) -> Result<Option<ChildRef>, MappingError> {
        let person = || expr::person(text, self.rule, ctx.realm, place);
        Ok(match &self.way {
            Way::NationalId(_) => person()?.map(ChildRef::NationalId),
            Way::GuardianOf(_) => person()?.map(ChildRef::GuardianOf),
            Way::Duf(_) => self.duf(text, place)?.map(ChildRef::Duf),
            Way::Local(_, system) => {
                let system = system.clone().unwrap_or_else(|| ctx.system.to_owned());
                Some(ChildRef::Local { system, id: text.to_owned() })
            }
            Way::ChildId(_) => self.child_id(text, place)?,
            Way::Unborn { .. } => None,
        })
    }

    fn duf(&self, text: &str, place: &Cursor<'_>) -> Result<Option<NationalId>, MappingError> {
        match NationalId::parse_duf(text) {
            Ok(id) => Ok(Some(id)),
            Err(_) if self.rule.skip => Ok(None),
            Err(e) => Err(expr::bad_id(&e, place)),
        }
    }

    fn child_id(&self, text: &str, place: &Cursor<'_>) -> Result<Option<ChildRef>, MappingError> {
        match text.parse() {
            Ok(id) => Ok(Some(ChildRef::ChildId(id))),
            Err(_) if self.rule.skip => Ok(None),
            Err(_) => {
                let remedy = "have the source send the id as it got it";
                Err(MappingError::at(Code::BadIdentifier, place, "another text", "a child id (UUID)", remedy))
            }
        }
    }

    fn unborn(
        &self,
        mother: &Expr,
        due: &Expr,
        ordinal: Option<&Expr>,
        here: &Cursor<'_>,
        ctx: &Ctx<'_>,
    ) -> Result<Option<ChildRef>, MappingError> {
        let Some(number) = text(mother, here, ctx)? else { return Ok(None) };
        let Some(mother) = expr::person(&number, self.rule, ctx.realm, &place(mother, here)?)? else { return Ok(None) };
        let Some(due_date) = text(due, here, ctx)?.and_then(|d| d.parse().ok()) else { return Ok(None) };
        let ordinal = match ordinal {
            Some(of) => text(of, here, ctx)?.and_then(|t| t.parse().ok()).unwrap_or(1),
            None => 1,
        };
        Ok(Some(ChildRef::Unborn { mother, due_date, ordinal }))
    }
}

impl Way {
    /// The expression of every way but the unborn, which has two.
    fn expr(&self) -> &Expr {
        match self {
            Self::NationalId(e) | Self::GuardianOf(e) | Self::Duf(e) | Self::Local(e, _) | Self::ChildId(e) => e,
            Self::Unborn { mother, .. } => mother,
        }
    }
}

fn text(of: &Expr, here: &Cursor<'_>, ctx: &Ctx<'_>) -> Result<Option<String>, MappingError> {
    Ok(expr::eval_one(of, here, ctx)?.and_then(|v| v.as_text()))
}

/// Where the value of an expression stands, for the error; the loop item when it is made of parts.
fn place<'a>(of: &Expr, here: &Cursor<'a>) -> Result<Cursor<'a>, MappingError> {
    let found = match of {
        Expr::Path(path) => path.walk(here)?.into_iter().next(),
        _ => None,
    };
    Ok(found.unwrap_or_else(|| here.clone()))
}
