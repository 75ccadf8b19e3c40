//! Expressions: a closed, typed set of ways to make a value from a document.
//!
//! No loops but over lists of the document, no functions of one's own, no clock, no I/O: what a mapping can do is on one
//! page (`docs/mapping.md`).

mod cond;
mod constants;
mod eval;
mod ops;
mod read;

use serde_json::Value;

use crate::child::ChildExpr;
use crate::codes::{CodeTable, Otherwise};
use crate::path::Path;

pub use cond::tests;
pub(crate) use cond::{Cond, all as all_hold};
pub(crate) use constants::{constants, keys};
pub(crate) use eval::{Ctx, Out, bad_id, eval, eval_one, person};
pub use read::operations;
pub(crate) use read::{Ty, Typed, id_rule, read, read_condition, read_conditions, read_single};

/// A checked expression. Gives any number of values; where one is wanted, the first counts.
#[derive(Clone, Debug)]
pub(crate) enum Expr {
    /// The value as the source has it.
    Path(Path),
    /// Always this.
    Const(Value),
    /// The parts that are there, with a separator; absent when none is.
    Join(Vec<Expr>, String),
    /// The first part that is there.
    First(Vec<Expr>),
    /// Our word for the source's word.
    Lookup(Box<Expr>, Box<CodeTable>),
    /// A Norwegian civil date.
    Date(Box<Expr>, DateRule, i64),
    /// A number in JSON.
    Number(Box<Expr>),
    /// The value if it is what it should be.
    Check(Box<Expr>, CheckKind, Otherwise),
    /// A person by national number; the caller puts an opaque id in its place.
    Person(Box<Expr>, IdRule),
    /// All values as a list.
    List(Vec<Expr>),
    /// A list without what the other expression gives; absent when nothing is left.
    Without(Box<Expr>, Box<Expr>),
    /// The earliest, or with `true` the latest, of several dates.
    Extreme(Box<Expr>, bool),
    /// How many values a path leads to.
    Count(Path),
    /// Which item of its list a value is, 1 for the first; 1 outside a list.
    Position(Path),
    /// An object; members that are absent are left out, and so is an object without members.
    Object(Vec<(String, Expr)>),
    /// The expression at each value of a path.
    Each(Path, Box<Expr>),
    /// The fact that a rule of this file made of a key.
    Fact(String, Box<Expr>),
    /// A child reference.
    Child(Vec<ChildExpr>),
    /// Text before and after.
    Affix(Box<Expr>, String, String),
    /// The text behind a beginning that must be there.
    Strip(Box<Expr>, String),
    /// Only when the conditions hold.
    When(Box<Expr>, Vec<Cond>),
}

/// How a date is written in the source. Every rule ends in a Norwegian civil date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DateRule {
    /// `2026-09-01`; a zone after it, as XML allows, is ignored.
    Date,
    /// `2026-09-01T22:30:00Z`, with a zone; the Norwegian day of that moment.
    Instant,
    /// A date or an instant, told by its length.
    DateOrInstant,
    /// `2026-09-01T22:30:00` without zone, Norwegian time.
    Local,
    /// Milliseconds since 1970.
    EpochMs,
    /// `2026-09`: the first day of the month.
    YearMonth,
    /// `01092026`.
    DayMonthYear,
}

/// What a checked text must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CheckKind {
    /// Organisasjonsnummer with its control digit; `NO` and `0192:` before it are taken off.
    Orgnr,
    /// Four digits.
    Kommunenummer,
    /// A UUID of any version, in lower case afterwards.
    Uuid,
}

/// How a national number that will not do is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct IdRule {
    /// The source uses 99999, 00100, 00200, 55555 and 00000 as endings for "unborn" and "unknown": such a number is absent.
    pub(crate) placeholders: bool,
    /// A broken number is absent instead of an error.
    pub(crate) skip: bool,
}
