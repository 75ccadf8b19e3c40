//! `samhold policy explain` of what did not count: consents that are none, and a settings folder's own law and policies.

use std::path::Path;

use serde_json::{Value, json};

use crate::common::Folder;
use crate::told::{CHILD, Kept, Told};

/// Both parents consent to the team; of one nobody wrote down where, of the other not that he was told what it means.
fn half_consented() -> Told {
    let named = |by: &str, more: &Value| {
        let mut fields = json!({"by": by, "categories": ["team_roster"], "recipients": ["skole_kommunal"],
            "purposes": ["coordination"]});
        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        fields
    };
    Told::new()
        .says("register", "2025-01-05", "address_protection", &json!({"value": "none"}))
        .says("kommunen", "2025-02-01", "holder_agreed", &json!({"service": "lia-skole"}))
        .says("kommunen", "2025-02-02", "consent", &named("mor", &json!({"informed": true})))
        .says("kommunen", "2025-02-03", "consent", &named("far", &json!({"evidence": "sak-2025/7"})))
        .says("kommunen", "2025-02-04", "consent", &named("bestemor", &json!({})))
}

fn explains(child: &Kept, more: &[&str]) -> String {
    let id = CHILD.to_string();
    let words = ["policy", "explain", "--child", &id, "--recipient", "skolen", "--at", "2025-02-20"];
    child.runs(&[words.as_slice(), more].concat())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consent_that_nobody_documented_or_explained_is_told_as_left_out_with_the_reason() {
    let child = half_consented().kept().await;
    let page = explains(&child, &["--category", "team_roster"]);
    for line in [
        "  Utelatt     samtykke fra mor, gitt 2. februar 2025: teller ikke: udokumentert",
        "  Utelatt     samtykke fra far, gitt 3. februar 2025: teller ikke: ikke informert",
        "  Utelatt     samtykke fra bestemor, gitt 4. februar 2025: teller ikke: udokumentert, ikke informert",
    ] {
        assert!(page.lines().any(|told| told == line), "`{line}` is not in:\n{page}");
    }
    assert!(page.contains("DENY_NO_CONSENT"), "{page}");
    let told: Value = serde_json::from_str(&explains(&child, &["--category", "team_roster", "--json"])).unwrap();
    let left_out = &told["explanations"][0]["left_out"];
    let lacks: Vec<&Value> = left_out.as_array().unwrap().iter().map(|one| &one["lacks"]).collect();
    assert_eq!(lacks, [&json!(["undocumented"]), &json!(["uninformed"]), &json!(["undocumented", "uninformed"])]);
    assert!(!explains(&child, &["--category", "holder_service"]).contains("Utelatt"), "they do not name that");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_left_out_consent_that_would_tell_of_a_krisesenter_is_masked_with_the_rest() {
    let telling = json!({"by": "mor", "categories": ["team_roster"], "recipients": ["krisesenter"],
        "purposes": ["coordination"]});
    let child = half_consented().says("kommunen", "2025-02-05", "consent", &telling).kept().await;
    let days = |page: &str| page.lines().filter(|line| line.contains("gitt 5. februar 2025")).count();
    assert_eq!(days(&explains(&child, &["--category", "team_roster"])), 0);
    assert_eq!(days(&explains(&child, &["--category", "team_roster", "--unmask"])), 1);
}

/// A public school that takes part may know who holds, by the law.
const ASKED: &str = r#"
[[sharing]]
id = "egen-1"
title = "Skolen deltar"
rules = ["S-04"]
why = "fvl § 13 b."
date = 2026-08-17
purpose = "coordination"
subject = { birth_date = 2016-01-01, guardians = [{ id = "mor" }] }
item = { category = "holder_service", from = "koordinerende_enhet", holder_kind = "helsestasjon", fields = ["service"] }
recipient = { kind = "skole_kommunal", participant = true }
expect = { decision = "permit", reason = "STATUTORY_FVL_13B_5", basis = "STATUTORY_FVL_13B_5", released = ["service"], withheld = [] }
"#;

const OWN: &str = r#"
@id("lokal-skole-innehaver")
@rule("lokal")
@step("90")
@law("forvaltningsloven § 13 g")
@text("Skolene her får vite at tjenestene samordnes, men ikke hvem som samordner.")
forbid (principal, action == Action::"release", resource)
when { principal.kind == "skole_kommunal" && resource.category == "holder_service" && context.municipality == "9901" };
"#;

/// The bundled policies as the municipality's own, to add to.
fn copy_policies(folder: &Folder) {
    std::fs::create_dir_all(folder.path().join("policies")).unwrap();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/policies");
    for file in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let name = file.file_name().into_string().unwrap();
        folder.write(&format!("policies/{name}"), &std::fs::read_to_string(file.path()).unwrap());
    }
}

#[test]
fn a_request_of_a_file_is_explained_by_the_policies_of_the_settings_folder() {
    let folder = Folder::sqlite();
    folder.write("spurt.toml", ASKED);
    let file = folder.path().join("spurt.toml").display().to_string();
    let asks = |more: &[&str]| folder.cli(&[["policy", "explain", "--request", &file].as_slice(), more].concat());
    let page = |more: &[&str]| String::from_utf8(asks(more).stdout).unwrap();
    assert!(page(&[]).contains("gis ut (STATUTORY_FVL_13B_5)"), "{}", page(&[]));

    copy_policies(&folder);
    folder.write("policies/95-lokal.cedar", OWN);
    let narrowed = page(&[]);
    assert!(narrowed.contains("DENY_LOCAL_POLICY") && narrowed.contains("lokal-skole-innehaver"), "{narrowed}");
    let elsewhere = page(&["--municipality", "9902"]);
    assert!(
        elsewhere.contains("gis ut (STATUTORY_FVL_13B_5)"),
        "another municipality's rule does not count: {elsewhere}"
    );

    folder.write("policies/96-feil.cedar", &OWN.replace("principal.kind", "principal.knid"));
    let broken = asks(&[]);
    let said = String::from_utf8(broken.stderr).unwrap();
    assert_eq!((broken.status.code(), broken.stdout.len()), (Some(2), 0), "nothing is explained by half a set");
    assert!(said.contains("96-feil.cedar") && said.contains("knid"), "{said}");
}
