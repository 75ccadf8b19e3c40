//! The corrections that `docs/law.md` shows are accepted as they stand there, and its slip is told as it says.

use std::fs;

use super::{at, samhold, text};

/// The blocks of one language.
fn blocks(document: &str, language: &str) -> Vec<String> {
    let open = format!("```{language}\n");
    document.split(&open).skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

/// What `samhold check` says of the example settings with these rows added.
fn check(laws: &str, services: &str) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(at("config/samhold.toml"), folder.path().join("samhold.toml")).unwrap();
    for (name, more) in [("laws.toml", laws), ("services.toml", services)] {
        fs::write(folder.path().join(name), text(&format!("config/{name}")) + "\n" + more).unwrap();
    }
    let check = samhold(&["check", "--config", folder.path().to_str().unwrap()]).output().unwrap();
    (check.status.code(), String::from_utf8_lossy(&check.stderr).into_owned())
}

#[test]
fn the_corrections_that_the_law_page_shows_pass_the_check_and_its_slip_is_told_as_it_says() {
    let page = text("docs/law.md");
    let (grounds, rows): (Vec<_>, Vec<_>) =
        blocks(&page, "toml").into_iter().partition(|block| block.starts_with("[[ground]]"));
    let (services, laws): (Vec<_>, Vec<_>) = rows.into_iter().partition(|block| block.starts_with("[[service]]"));
    assert_eq!((services.len(), laws.len(), grounds.len()), (1, 2, 1));
    let (laws, services) = (laws.concat(), services.concat());
    let (code, told) = check(&laws, &services);
    assert_eq!(code, Some(0), "{told}");
    for (table, of) in [("category_change", "placement"), ("recipient_kind_change", "skole_privat")] {
        let row = format!("law-widened: `[[{table}]]` of `{of}` from 2027-01-01 lets more be told");
        assert!(told.contains(&row), "what opens more is named: {told}");
    }
    let (code, told) = check(&laws.replace("ppt_kommunal", "ppt_komunal"), &services);
    assert_eq!(code, Some(2), "{told}");
    for line in blocks(&page, "text").concat().lines() {
        assert!(told.contains(line), "{line} is not in\n{told}");
    }
}

#[test]
fn the_ground_that_the_law_page_replaces_passes_the_check_in_its_place_and_not_beside_the_old_one() {
    let page = text("docs/law.md");
    let shown = blocks(&page, "toml").into_iter().find(|block| block.starts_with("[[ground]]")).unwrap();
    let (first, second) = shown.split_once("\n\n").unwrap();
    let old = format!("{}\n", first.lines().filter(|line| !line.starts_with("to = ")).collect::<Vec<_>>().join("\n"));
    let ends = first.lines().find(|line| line.starts_with("to = ")).unwrap();
    let told = |replaced: &str| {
        let folder = tempfile::tempdir().unwrap();
        for name in ["samhold.toml", "services.toml"] {
            fs::copy(at(&format!("config/{name}")), folder.path().join(name)).unwrap();
        }
        let bundled = text("config/laws.toml");
        assert!(bundled.contains(&old), "the catalogue has no\n{old}");
        fs::write(folder.path().join("laws.toml"), bundled.replace(&old, replaced)).unwrap();
        let check = samhold(&["check", "--config", folder.path().to_str().unwrap()]).output().unwrap();
        (check.status.code(), String::from_utf8_lossy(&check.stderr).into_owned())
    };
    let (code, found) = told(&shown);
    assert_eq!(code, Some(0), "{found}");
    let (code, found) = told(&format!("{old}\n{second}"));
    assert_eq!(code, Some(2), "{found}");
    assert!(found.contains("`R-10` has two grounds on 2028-01-01") && found.contains(ends), "{found}");
}
