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
