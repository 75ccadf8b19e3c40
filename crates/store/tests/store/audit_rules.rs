//! Whatever is done to a log behind the store's back is found, wherever it is done and however long the log is.
//!
//! What was put back to an older day, its marks too, looks like a younger log; that is found by the copy kept elsewhere.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use samhold_model::ChildId;
use samhold_store::AuditEntry;
use serde_json::json;
use tokio::runtime::Handle;

use crate::support::{House, at, stories};

stories!(whatever_is_done_to_a_log_is_found);

/// Something done to the log, at a place of it.
#[derive(Clone, Debug)]
enum Deed {
    Remove,
    /// Removed, and those after it moved up.
    RemoveAndClose,
    /// One column says something else.
    Alter(usize),
    /// Changes places with another one.
    Swap(prop::sample::Index),
    /// Another entry's words and hash stand in its place.
    Overwrite(prop::sample::Index),
    /// All from here on is gone, and the checkpoints over it.
    CutOff,
    /// The same, and the marks of where the log ends are those of the day before anything was written.
    PutBack,
    /// The checkpoint over so many entries is gone.
    RemoveCheckpoint,
    /// The checkpoint says something else.
    AlterCheckpoint,
    /// It is said to be over another number of entries.
    MoveCheckpoint,
}

const COLUMNS: [&str; 7] = [
    "at = at + 1",
    "kind = kind || 'x'",
    "child = null",
    "actor = actor || 'x'",
    "detail = '[]'",
    "sealed = null, detail = '{}'",
    "hash = actor",
];

fn deed() -> impl Strategy<Value = Deed> {
    let other = any::<prop::sample::Index>;
    prop_oneof![
        Just(Deed::Remove),
        Just(Deed::RemoveAndClose),
        (0..COLUMNS.len()).prop_map(Deed::Alter),
        other().prop_map(Deed::Swap),
        other().prop_map(Deed::Overwrite),
        Just(Deed::CutOff),
        Just(Deed::PutBack),
        Just(Deed::RemoveCheckpoint),
        Just(Deed::AlterCheckpoint),
        Just(Deed::MoveCheckpoint),
    ]
}

impl Deed {
    /// The statements that do it to entry `seq` of `len`; `None` where that would be doing nothing.
    fn statements(&self, seq: usize, len: usize) -> Option<Vec<String>> {
        let entry = |what: &str| format!("update audit set {what} where seq = {seq}");
        let other = |index: &prop::sample::Index| Some(index.index(len) + 1).filter(|other| *other != seq);
        Some(match self {
            Self::Remove => vec![format!("delete from audit where seq = {seq}")],
            Self::RemoveAndClose => {
                let up =
                    (seq + 1..=len).map(|after| format!("update audit set seq = {} where seq = {after}", after - 1));
                std::iter::once(format!("delete from audit where seq = {seq}")).chain(up).collect()
            }
            Self::Alter(column) => vec![entry(COLUMNS[*column])],
            Self::Swap(index) => {
                let other = other(index)?;
                let moved = |from: usize, to: usize| format!("update audit set seq = {to} where seq = {from}");
                vec![moved(seq, 1_000), moved(other, seq), moved(1_000, other)]
            }
            Self::Overwrite(index) => {
                let of = |column: &str| {
                    Some(format!("{column} = (select {column} from audit where seq = {})", other(index)?))
                };
                let all: Option<Vec<String>> =
                    ["at", "kind", "child", "actor", "detail", "sealed", "hash"].into_iter().map(of).collect();
                vec![entry(&all?.join(", "))]
            }
            Self::CutOff => vec![
                format!("delete from audit where seq >= {seq}"),
                format!("delete from checkpoints where size >= {seq}"),
            ],
            Self::PutBack => {
                let all = ["delete from audit", "delete from checkpoints", "delete from seals"];
                all.into_iter().chain([MARKS_OF_THE_FIRST_DAY]).map(str::to_owned).collect()
            }
            Self::RemoveCheckpoint => vec![format!("delete from checkpoints where size = {len}")],
            Self::AlterCheckpoint => {
                vec![format!("update checkpoints set text = replace(text, '\n', '\n1') where size = {len}")]
            }
            Self::MoveCheckpoint => vec![format!("update checkpoints set size = 1000 where size = {len}")],
        })
    }

    /// Whether the log as it stands tells of it by itself; else only the copy does.
    fn shows_by_itself(&self) -> bool {
        !matches!(self, Self::PutBack)
    }
}

fn entry(number: usize) -> AuditEntry {
    let (kind, child, actor) = ("release".to_owned(), Some(ChildId::new()), format!("nav-{number}"));
    AuditEntry { at: at(1), kind, child, actor, detail: json!({ "n": number }) }
}

/// Puts back the marks as they were before anything was written.
const MARKS_OF_THE_FIRST_DAY: &str = "insert into seals select * from first_day";

/// A log in parts, each with a checkpoint over all so far; gives the last of them.
async fn written(house: &House, parts: &[usize]) -> String {
    for sql in ["delete from audit", "delete from checkpoints", "delete from seals", MARKS_OF_THE_FIRST_DAY] {
        house.meddle(sql).await;
    }
    let mut last = String::new();
    for part in parts {
        house.store.audit((0..*part).map(entry).collect()).await.unwrap();
        last = house.store.checkpoint(at(9)).await.unwrap().unwrap();
    }
    last
}

async fn tried(house: &House, parts: &[usize], deed: &Deed, place: prop::sample::Index) {
    let elsewhere = written(house, parts).await;
    let copies = std::slice::from_ref(&elsewhere);
    let (len, before) = (parts.iter().sum(), house.store.verify_audit(copies, at(20)).await.unwrap());
    assert_eq!((before.entries, before.broken), (i64::try_from(len).unwrap(), None), "untouched it holds");
    let seq = place.index(len) + 1;
    let Some(statements) = deed.statements(seq, len) else { return };
    for sql in &statements {
        house.meddle(sql).await;
    }
    let alone = house.store.verify_audit(&[], at(20)).await.unwrap().broken;
    assert!(alone.is_some() || !deed.shows_by_itself(), "{deed:?} at {seq} of {parts:?}");
    let after = house.store.verify_audit(copies, at(20)).await.unwrap();
    assert!(after.broken.is_some(), "{deed:?} at {seq} of {parts:?}");
}

async fn whatever_is_done_to_a_log_is_found(house: &House) {
    house.meddle("create table first_day as select * from seals").await;
    let cases = if house.folder().is_some() { 120 } else { 30 };
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    tokio::task::block_in_place(|| {
        let logs = (prop::collection::vec(1..5_usize, 1..4), deed(), any::<prop::sample::Index>());
        TestRunner::new(config).run(&logs, |(parts, deed, place)| {
            Handle::current().block_on(tried(house, &parts, &deed, place));
            Ok(())
        })
    })
    .unwrap();
}
