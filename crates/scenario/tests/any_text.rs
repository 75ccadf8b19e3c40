//! Whatever stands in a file, it is read or refused; nothing in it can bring the program down.
#![allow(clippy::indexing_slicing, reason = "helpers of tests may stop the test")]

use proptest::prelude::*;
use samhold_model::Law;
use samhold_scenario::{FileError, report, run_texts};

const WHOLE: &str = r#"{"duty": [{"id": "T", "family": {"birth_date": "2014-02-03", "guardians": ["mor"]},
"config": {"late_event_days": 3, "statutory_suspension": [{"from": "2025-01-01"}]},
"events": [{"id": "e1", "at": "2024-09-02", "type": "bk_wish", "by": "mor", "wish": "yes"},
{"id": "e2", "at": "2024-09-03", "type": "correction", "of": "e1", "replace": {"wish": "no"}}],
"checks": [{"as_of": "2024-10-01", "expect": {"samordning": {"state": "none_needed"}, "alerts_include": []}}]}],
"sharing": [{"id": "S", "date": "2025-03-01", "purpose": "coordination", "subject": {"birth_date": "2016-01-01"},
"item": {"category": "address", "from": "barnevern", "fields": ["a"], "field_tags": {"a": "b"}},
"recipient": {"kind": "guardian", "id": "mor"}, "consents": [{"by": "mor", "categories": [], "recipients": [],
"purposes": [], "given": "2024-01-01"}], "expect": {"decision": "deny", "released": []}}]}"#;

/// Runs the text and asserts that it either runs or is refused with places inside it.
fn is_run_or_refused(name: &str, text: &str) -> Result<(), TestCaseError> {
    let outcome = run_texts(&[(name, text)], &Law::bundled());
    let Err(errors) = outcome else { return Ok(()) };
    prop_assert!(!errors.is_empty());
    for error in &errors {
        if let FileError::Mistake(m) = error {
            prop_assert!((1..=text.matches('\n').count() + 1).contains(&m.line), "{m}");
        }
    }
    prop_assert!(report::errors(&errors).ends_with("nothing was run\n"));
    Ok(())
}

#[test]
fn the_whole_text_is_run() {
    assert!(run_texts(&[("a.json", WHOLE)], &Law::bundled()).is_ok());
}

proptest! {
    #[test]
    fn any_text_at_all_is_run_or_refused(text in "\\PC{0,200}") {
        is_run_or_refused("a.toml", &text)?;
        is_run_or_refused("a.json", &text)?;
    }

    #[test]
    fn a_good_text_with_a_piece_replaced_is_run_or_refused(
        start in 0usize..1200, length in 0usize..12, put in "[\\[\\]{}\",:0-9a-zæ\n -]{0,6}",
    ) {
        let cut = |i: usize| WHOLE.char_indices().map(|(at, _)| at).nth(i).unwrap_or(WHOLE.len());
        let text = [&WHOLE[..cut(start)], &put, &WHOLE[cut(start + length)..]].concat();
        is_run_or_refused("a.json", &text)?;
    }
}
