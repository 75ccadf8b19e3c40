//! A set of policies that breaks a claim, or cannot be proved, is not used.

use crate::common::Folder;

/// The bundled files with one word too few: operators would get content.
fn with_a_mistake(folder: &Folder) {
    let bundled = concat!(env!("CARGO_MANIFEST_DIR"), "/config/policies");
    let own = folder.path().join("policies");
    std::fs::create_dir(&own).unwrap();
    for file in std::fs::read_dir(bundled).unwrap().map(|entry| entry.unwrap().path()) {
        let text = std::fs::read_to_string(&file).unwrap();
        let text = text.replace(r#"when { principal.kind == "it_operations" };"#, "when { !resource.known };");
        std::fs::write(own.join(file.file_name().unwrap()), text).unwrap();
    }
}

#[test]
fn policies_that_break_a_claim_are_refused_with_a_request_that_shows_it() {
    let folder = Folder::sqlite();
    assert!(folder.cli_text(&["check"]).contains("policies   ok  "));
    with_a_mistake(&folder);
    for command in ["check", "run"] {
        let out = folder.cli(&[command]);
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert_eq!(out.status.code(), Some(2), "{command}: {said}");
        assert!(said.contains("policy-claim-broken") && said.contains("Oppdiktet eksempel"), "{command}: {said}");
    }
    let out = folder.cli(&["policy", "prove", "--claim", "operators"]);
    let told = String::from_utf8_lossy(&out.stdout).into_owned();
    assert_eq!(out.status.code(), Some(1), "{told}");
    assert!(told.starts_with("BROKEN S-15") && told.contains("\n0 claims hold, 1 do not, in "), "{told}");
    assert!(told.ends_with(" policies cannot fail whatever is asked, 0 can\n"), "{told}");
}

/// The bundled files, and one more.
fn with_own(folder: &Folder, file: &str, text: &str) {
    let own = folder.path().join("policies");
    std::fs::create_dir(&own).unwrap();
    let bundled = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/config/policies")).unwrap();
    for path in bundled.map(|entry| entry.unwrap().path()).filter(|path| path.extension().unwrap() == "cedar") {
        std::fs::copy(&path, own.join(path.file_name().unwrap())).unwrap();
    }
    std::fs::write(own.join(file), text).unwrap();
}

#[test]
fn a_misspelt_word_is_refused_with_the_one_that_was_meant() {
    let folder = Folder::sqlite();
    let policy = r#"@id("x") @rule("S-03") @step("90") @law("fvl") @text("x")
        forbid (principal, action == Action::"release", resource) when { principal.kind == "nav_komunal" };"#;
    with_own(&folder, "95-own.cedar", policy);
    for command in [vec!["policy", "check"], vec!["policy", "prove"], vec!["check"], vec!["run"]] {
        let out = folder.cli(&command);
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert_eq!(out.status.code(), Some(2), "{command:?}: {said}");
        assert!(
            said.contains("95-own.cedar:2") && said.contains("did you mean `nav_kommunal`?"),
            "{command:?}: {said}"
        );
    }
}

#[test]
fn a_policy_that_can_fail_is_told_with_an_example_in_words() {
    let folder = Folder::sqlite();
    let policy = r#"@id("overflow") @rule("S-00") @step("90") @law("fvl") @text("x")
        forbid (principal, action == Action::"release", resource) when { resource.age * 9223372036854775807 > 12 };"#;
    with_own(&folder, "95-own.cedar", policy);
    let out = folder.cli(&["policy", "prove", "--claim", "operators"]);
    let told = String::from_utf8_lossy(&out.stdout).into_owned();
    assert_eq!(out.status.code(), Some(1), "{told}");
    assert!(told.contains("FAILS  overflow") && told.contains("       Oppdiktet eksempel: "), "{told}");
    assert!(told.ends_with(" policies cannot fail whatever is asked, 1 can\n"), "{told}");
}

#[test]
fn a_claim_that_nothing_can_meet_is_refused() {
    let folder = Folder::sqlite();
    let claim = "[[claim]]\nid = \"ours\"\nrule = \"S-03\"\nlaw = \"fvl\"\ntext = \"x\"\nnever = 'resource.age > 20 && resource.age < 10'\n";
    with_own(&folder, "claims.toml", claim);
    let out = folder.cli(&["check"]);
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert_eq!(out.status.code(), Some(2), "{said}");
    assert!(said.contains("policy-claim-empty") && said.contains("`ours`"), "{said}");
    let told = folder.cli(&["policy", "prove", "--claim", "ours"]);
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(told.starts_with("EMPTY") && told.contains("\n0 claims hold, 1 do not, in "), "{told}");
}

#[test]
fn changed_policies_are_not_used_when_there_is_nothing_to_prove_them_with() {
    let folder = Folder::sqlite();
    with_a_mistake(&folder);
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_samhold"));
    let out = command.env("CVC5", "/no/such/solver").args(["check", "--config"]).arg(folder.path()).output().unwrap();
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert_eq!(out.status.code(), Some(2), "{said}");
    assert!(said.contains("policy-solver-missing") && said.contains("apt install cvc5"), "{said}");
}
