//! What a scenario may expect: the words of the answers, and nothing that no answer could say.
//!
//! Must never hold a list of words: they are those of the answer types and of the law catalogue.

use samhold_disclosure::{Reason, Verdict};
use samhold_duty::answer::{Alert, Basis, BkState, CoordinatorState, DutyState, EndReason, HolderKind, PlanState};

use crate::shape::{Key, Shape, may, must};
use crate::words::words_of;

/// `expect` of a duty check: only what is named is compared.
pub(super) const DUTY: &[Key] = &[
    may("samordning", Shape::Table(SAMORDNING)),
    may("barnekoordinator", Shape::Table(BARNEKOORDINATOR)),
    may("koordinator", Shape::Table(KOORDINATOR)),
    may("ip", Shape::Table(PLAN)),
    may("alerts_include", ALERTS),
    may("alerts_exclude", ALERTS),
];

const ALERTS: Shape = Shape::List(&Shape::Word(words_of::<Alert>));

const SAMORDNING: &[Key] = &[
    may("state", Shape::Word(words_of::<DutyState>)),
    may("holder", Shape::Table(HOLDER)),
    may("basis", Shape::WordOrNone(words_of::<Basis>)),
    may("duty_basis", Shape::List(&Shape::Clause)),
    may("acting", Shape::Text),
    may("end_reason", Shape::WordOrNone(words_of::<EndReason>)),
];

const HOLDER: &[Key] = &[may("kind", Shape::Word(words_of::<HolderKind>)), may("ref", Shape::Text)];

const BARNEKOORDINATOR: &[Key] = &[may("state", Shape::Word(words_of::<BkState>)), may("person", Shape::Text)];

const KOORDINATOR: &[Key] = &[may("state", Shape::Word(words_of::<CoordinatorState>)), may("person", Shape::Text)];

const PLAN: &[Key] = &[may("state", Shape::Word(words_of::<PlanState>)), may("main", Shape::Text)];

/// `expect` of a sharing scenario.
pub(super) const SHARING: &[Key] = &[
    must("decision", Shape::Word(words_of::<Verdict>)),
    may("reason", Shape::Word(words_of::<Reason>)),
    may("basis", Shape::WordOrNone(words_of::<Reason>)),
    may("released", Shape::List(&Shape::Text)),
    may("withheld", Shape::List(&Shape::Text)),
];
