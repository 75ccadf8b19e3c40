//! What is remembered does not grow without end, and stays right when it is forgotten.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::borrow::Cow;

use samhold_disclosure::{FieldFacts, Item, Recipient, Request, Rules, Share, Subject};
use samhold_model::{Date, Law};

use super::{MOST, Memo};

#[test]
fn more_questions_than_are_kept_are_still_answered_right_and_memory_does_not_grow() {
    let request = Request {
        date: Date::constant(2025, 3, 1),
        purpose: "coordination".into(),
        subject: Subject { birth_date: Some(Date::constant(2015, 1, 1)), ..Subject::default() },
        item: Item { category: "holder_service".into(), fields: vec!["name".into()], ..Item::default() },
        recipient: Recipient { kind: "skole_kommunal".into(), participant: true, id: None },
        flags: Default::default(),
        consents: vec![],
    };
    let rules = Rules { law: Law::bundled(), config: Share::default() };
    let mut facts = FieldFacts::of(&request, &rules, "9901").pop().unwrap();
    let (memo, mut anew) = (Memo::default(), 0);
    for n in (0..MOST + 10).chain(MOST..MOST + 10) {
        facts.field.name = Cow::Owned(format!("felt_{n}"));
        let answer = || {
            anew += 1;
            n % 3 == 0
        };
        assert_eq!(memo.or(&facts, answer), n % 3 == 0);
        assert!(memo.0.read().unwrap().len() <= MOST);
    }
    assert_eq!(anew, MOST + 10, "the last ten, asked again, are remembered");
}
