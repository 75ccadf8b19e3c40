//! Stars what could be a person's number in text that another system wrote.
//!
//! Wider than a number check on purpose: the text is foreign, and a lost order number costs less than a leaked child.

/// Fewest digits that are starred. Ten, since a number sent as a JSON number loses its leading zero.
const FEWEST: usize = 10;

/// The text with every run of ten or more digits starred, also when spaces, dots or dashes stand between them.
#[must_use]
pub fn scrub(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    for c in text.chars() {
        let joins = matches!(c, ' ' | '.' | '-' | '\u{a0}') && !run.is_empty();
        if c.is_numeric() || joins {
            run.push(c);
        } else {
            flush(&mut run, &mut out);
            out.push(c);
        }
    }
    flush(&mut run, &mut out);
    out
}

fn flush(run: &mut String, out: &mut String) {
    let hide = run.chars().filter(|c| c.is_numeric()).count() >= FEWEST;
    out.extend(run.drain(..).map(|c| if hide && c.is_numeric() { '*' } else { c }));
}

/// The first `limit` bytes of a foreign text, scrubbed, cut between characters, with no half number at the end.
pub(crate) fn excerpt(body: &[u8], limit: usize) -> String {
    let text = String::from_utf8_lossy(body.get(..limit).unwrap_or(body)).into_owned();
    let was_cut = body.len() > limit;
    let whole = if was_cut { text.trim_end_matches(|c: char| !c.is_alphabetic() && c != '}') } else { &text };
    let clean = scrub(whole);
    let end = (0..=limit.min(clean.len())).rev().find(|i| clean.is_char_boundary(*i)).unwrap_or(0);
    clean.get(..end).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_starred_however_they_are_written() {
        for number in ["14821970351", "148219 70351", "14.82.19 70351", "148219-70351", "200205705502", "4821970351"] {
            let told = scrub(&format!("kjenner ikke {number}, sak 123456789"));
            assert!(!told.contains("70351") && !told.contains("5502") && told.ends_with(", sak 123456789"), "{told}");
        }
        assert_eq!(scrub("ukjent felt data.child på linje 12"), "ukjent felt data.child på linje 12");
    }

    #[test]
    fn an_excerpt_never_ends_in_half_a_number() {
        let body = format!("{}14821970351 mer", "x".repeat(2040));
        let told = excerpt(body.as_bytes(), 2048);
        assert!(!told.contains('1'), "{}", told.len());
        assert_eq!(excerpt("kort".as_bytes(), 2048), "kort");
        assert!(excerpt("æ".repeat(3000).as_bytes(), 2047).len() <= 2047);
    }

    proptest::proptest! {
        #[test]
        fn no_date_like_number_survives(before in "\\PC{0,40}", n in 10_000_000_000_u64..99_999_999_999, after in "\\PC{0,40}") {
            let told = scrub(&format!("{before}{n}{after}"));
            proptest::prop_assert!(!told.contains(&n.to_string()));
            let cut = excerpt(format!("{before}{n}{after}").as_bytes(), 30);
            proptest::prop_assert!(cut.len() <= 30);
            proptest::prop_assert!(!samhold_model::national_id::looks_like_number(&cut));
        }
    }
}
