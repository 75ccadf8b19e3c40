//! What the README shows of the demonstration is what the demonstration prints.

use super::{samhold, text};

#[test]
fn the_readme_shows_what_the_demonstration_prints() {
    let readme = text("README.md");
    let shown = readme.split("```text\nchild ").nth(1).unwrap().split("```").next().unwrap();
    let answer = samhold(&["demo"]).output().unwrap();
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
    let printed: Vec<String> = String::from_utf8(answer.stdout).unwrap().lines().map(even).collect();
    for line in format!("child {shown}").lines().map(even).filter(|line| !line.is_empty()) {
        assert!(printed.contains(&line), "the demonstration does not print `{line}`");
    }
}

/// Dates, counts and the widths of columns follow the day and the other rows.
fn even(line: &str) -> String {
    let without = line.replace(|c: char| c.is_ascii_digit(), "#").replace('-', "");
    let words: Vec<String> =
        without.split_whitespace().map(|word| word.replace("##", "#").replace("##", "#")).collect();
    words.join(" ")
}
