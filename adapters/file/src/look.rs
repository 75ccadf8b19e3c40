//! What one look at the folder saw, and which files a second look shows to be complete.
//!
//! Must never call a file complete that may still be growing.

use std::collections::HashMap;
use std::ffi::OsString;
use std::time::SystemTime;

/// Ends of names under which senders write before they rename.
const IN_THE_MAKING: [&str; 4] = [".tmp", ".part", ".partial", ".filepart"];

/// A file as a look saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) name: OsString,
    pub(crate) size: u64,
    pub(crate) modified: SystemTime,
    /// The file's number in its file system, which it keeps when it is renamed. Zero where there is none.
    pub(crate) number: u64,
}

/// One look.
#[derive(Debug, Default)]
pub(crate) struct Look {
    pub(crate) files: Vec<Seen>,
}

impl Look {
    /// The files of this look that are complete in view of the one before, oldest first.
    pub(crate) fn complete(&self, before: &Self, pattern: &str) -> Vec<Seen> {
        let named: HashMap<&OsString, &Seen> = before.files.iter().map(|s| (&s.name, s)).collect();
        let numbered: HashMap<u64, &Seen> = before.files.iter().map(|s| (s.number, s)).collect();
        let unchanged = |s: &Seen| named.get(&s.name).is_some_and(|b| *b == s);
        let renamed = |s: &Seen| s.number != 0 && numbered.get(&s.number).is_some_and(|b| in_the_making(&b.name));
        let wanted = |s: &&Seen| s.size > 0 && !in_the_making(&s.name) && matches(pattern, &s.name.to_string_lossy());
        let ready = self.files.iter().filter(wanted).filter(|s| unchanged(s) || renamed(s));
        let mut ready: Vec<Seen> = ready.cloned().collect();
        ready.sort_by(|a, b| (a.modified, &a.name).cmp(&(b.modified, &b.name)));
        ready
    }
}

/// Whether the name says that the file is being written.
pub(crate) fn in_the_making(name: &std::ffi::OsStr) -> bool {
    let name = name.to_string_lossy().to_lowercase();
    name.starts_with('.') || IN_THE_MAKING.iter().any(|end| name.ends_with(end))
}

/// Whether a name fits a pattern with `*` and `?`.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    // fits[j]: the pattern so far fits the first j characters of the name.
    let mut fits: Vec<bool> = (0..=name.len()).map(|j| j == 0).collect();
    for p in pattern {
        let mut next = Vec::with_capacity(fits.len());
        let mut left = false;
        let characters = std::iter::once(None).chain(name.iter().map(Some));
        let mut before = None;
        for (above, c) in fits.iter().zip(characters) {
            let one = before == Some(true) && c.is_some_and(|c| p == '?' || p == *c);
            left = if p == '*' { *above || left } else { one };
            next.push(left);
            before = Some(*above);
        }
        fits = next;
    }
    fits.last() == Some(&true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn seen(name: &str, size: u64, minute: u64, number: u64) -> Seen {
        let modified = SystemTime::UNIX_EPOCH + Duration::from_secs(minute * 60);
        Seen { name: name.into(), size, modified, number }
    }

    fn ready(before: &[Seen], now: &[Seen], pattern: &str) -> Vec<String> {
        let look = |files: &[Seen]| Look { files: files.to_vec() };
        let complete = look(now).complete(&look(before), pattern);
        complete.into_iter().map(|s| s.name.to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_file_is_complete_when_two_looks_are_alike() {
        let a = seen("a.json", 10, 1, 1);
        assert!(ready(&[], std::slice::from_ref(&a), "*").is_empty());
        assert!(ready(&[seen("a.json", 9, 1, 1)], std::slice::from_ref(&a), "*").is_empty());
        assert!(ready(&[seen("a.json", 10, 0, 1)], std::slice::from_ref(&a), "*").is_empty());
        assert!(ready(&[seen("a.json", 10, 1, 2)], std::slice::from_ref(&a), "*").is_empty());
        assert_eq!(ready(std::slice::from_ref(&a), std::slice::from_ref(&a), "*"), ["a.json"]);
    }

    #[test]
    fn a_file_that_was_renamed_from_a_temporary_name_is_complete_at_once() {
        let now = [seen("a.json", 10, 1, 7)];
        assert_eq!(ready(&[seen("a.json.part", 4, 0, 7)], &now, "*"), ["a.json"]);
        assert_eq!(ready(&[seen(".a.json", 4, 0, 7)], &now, "*"), ["a.json"]);
        assert!(ready(&[seen("b.json", 10, 1, 7)], &now, "*").is_empty(), "an ordinary rename proves nothing");
        assert!(ready(&[seen("b.tmp", 10, 1, 0)], &[seen("a.json", 10, 1, 0)], "*").is_empty());
    }

    #[test]
    fn files_in_the_making_and_empty_ones_are_left_alone() {
        let all = [seen(".a", 1, 1, 1), seen("a.TMP", 1, 1, 2), seen("a.part", 1, 1, 3), seen("tom.json", 0, 1, 4)];
        assert!(ready(&all, &all, "*").is_empty());
    }

    #[test]
    fn the_order_is_time_and_then_name() {
        let all = [seen("c", 1, 2, 1), seen("b", 1, 1, 2), seen("a", 1, 2, 3)];
        assert_eq!(ready(&all, &all, "*"), ["b", "a", "c"]);
    }

    #[test]
    fn patterns_fit_as_people_expect() {
        for (pattern, name, fits) in [
            ("*", "a.json", true),
            ("*.json", "a.json", true),
            ("*.json", "a.json.gz", false),
            ("liste-????.csv", "liste-2026.csv", true),
            ("liste-????.csv", "liste-26.csv", false),
            ("*barn*", "ny-barnehage.xml", true),
            ("a*b*c", "aXbYbZc", true),
            ("", "", true),
            ("", "a", false),
            ("?", "", false),
            ("**", "æ", true),
        ] {
            assert_eq!(matches(pattern, name), fits, "{pattern} {name}");
        }
    }

    proptest::proptest! {
        #[test]
        fn every_name_fits_itself_and_the_star(name in "[a-zæøå.]{0,20}", other in "[a-z*?]{0,20}") {
            let begun = format!("{name}*");
            proptest::prop_assert!(matches(&name, &name) && matches("*", &name) && matches(&begun, &name));
            let _ = matches(&other, &name);
        }
    }
}
