//! Running mappings: what errors say, what they never say, and that nothing panics.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers and properties of tests may stop the test"
)]

mod support;

use proptest::prelude::*;
use samhold_mapping::tree::Limits;
use samhold_mapping::{
    Code, Difference, Format, Gone, MappedDocument, MappingError, RunParameters, Update, bundled, diff, infer,
};
use samhold_model::{Law, Realm};
use serde_json::json;

fn with(law: &Law) -> RunParameters<'_> {
    RunParameters { realm: Realm::Test, system: "barnehage", words: law, limits: Limits::default() }
}

fn run(name: &str, document: &str) -> Result<MappedDocument, Vec<MappingError>> {
    support::bundled_mapping(name).run(document.as_bytes(), &with(&Law::bundled()))
}

fn kindergarten(number: &str, start: &str) -> String {
    json!({"id": "1", "kindergartens": [{"organizationNumber": "310028142", "childrenInformation": [
        {"startDate": start, "child": {"socialSecurityNumber": number}}]}],
        "listInformation": {"municipalityNumber": "4601"}})
    .to_string()
}

#[test]
fn an_error_names_place_found_expected_and_remedy_but_no_number() {
    let errors = run("nav-barnehagelister-v1.toml", &kindergarten("21862270469", "2024-08-01")).unwrap_err();
    let text = errors[0].to_string();
    assert_eq!(errors[0].code, Code::BadIdentifier);
    assert!(text.contains("/kindergartens/0/childrenInformation/0/child/socialSecurityNumber"), "{text}");
    assert!(text.contains("wrong control digits") && !text.contains("21862270469"), "{text}");
    let swapped = run("nav-barnehagelister-v1.toml", &kindergarten("2024-08-01", "21862270468")).unwrap_err();
    assert!(!format!("{swapped:?}").contains("21862270468"));
    let spaced = run("nav-barnehagelister-v1.toml", &kindergarten("2024-08-01", "218622 70468")).unwrap_err();
    assert!(!format!("{spaced:?}").contains("70468"), "{spaced:?}");
}

#[test]
fn debug_of_a_fact_shows_no_number() {
    let document = run("nav-barnehagelister-v1.toml", &kindergarten("21862270468", "2024-08-01")).unwrap();
    assert!(!format!("{document:?}").contains("21862270468"));
    let register = r#"{"identifikasjonsnummer": {"foedselsEllerDNummer": "14821970351"}, "foedselsdato": "2019-02-14",
        "foreldreansvarlige": [{"identifikasjonsnummer": {"foedselsEllerDNummer": "12858841044"}}]}"#;
    let document = run("fiks-oppvekst-v1.toml", register).unwrap();
    let shown = format!("{document:?}");
    assert!(!shown.contains("12858841044") && !shown.contains("14821970351"), "{shown}");
}

#[test]
fn a_person_stands_as_a_placeholder_until_resolved() {
    let law = Law::bundled();
    let register = r#"{"identifikasjonsnummer": {"foedselsEllerDNummer": "14821970351"}, "foedselsdato": "2019-02-14",
        "foreldreansvarlige": [{"identifikasjonsnummer": {"foedselsEllerDNummer": "12858841044"}}]}"#;
    let document = run("fiks-oppvekst-v1.toml", register).unwrap();
    let fact = &document.groups[0].facts[1];
    assert_eq!(fact.fields["guardians"], json!(["@person/0"]));
    assert_eq!(fact.persons[0].0, "/guardians/0");
    let resolved = fact.resolve(|_| "p-1".into(), |_| String::new(), |_| String::new(), &law).unwrap();
    assert_eq!(resolved.fields()["guardians"], json!(["p-1"]));
}

#[test]
fn a_number_in_a_plain_field_or_key_is_refused() {
    let text = include_str!("../../../mappings/nav-barnehagelister-v1.toml");
    for (right, wrong) in [
        ("key = \"startDate\"", "key = \"child.socialSecurityNumber\""),
        (
            "service = { check = \"orgnr\", of = \"^.organizationNumber\", prefix = \"orgnr:\" }",
            "service = \"child.socialSecurityNumber\"",
        ),
    ] {
        assert!(text.contains(right));
        let law = Law::bundled();
        let mapping = support::parse("leak.toml", &text.replacen(right, wrong, 1)).unwrap();
        let errors = mapping.run(kindergarten("21862270468", "2024-08-01").as_bytes(), &with(&law)).unwrap_err();
        assert_eq!(errors[0].found, "a national identity number");
    }
}

#[test]
fn two_different_facts_under_one_key_are_told() {
    let twice = json!({"id": "1", "kindergartens": [{"organizationNumber": "310028142", "childrenInformation": [
        {"startDate": "2024-08-01", "endDate": "2025-06-30", "child": {"socialSecurityNumber": "21862270468"}},
        {"startDate": "2024-08-01", "endDate": "2025-07-31", "child": {"socialSecurityNumber": "21862270468"}}]}],
        "listInformation": {"municipalityNumber": "4601"}});
    let errors = run("nav-barnehagelister-v1.toml", &twice.to_string()).unwrap_err();
    assert_eq!((errors[0].code, errors[0].rule.as_deref()), (Code::DuplicateKey, Some("ended")));
}

#[test]
fn a_rule_that_skips_errors_leaves_the_rest_standing() {
    let text = include_str!("../../../mappings/nav-barnehagelister-v1.toml");
    let text = text.replace("gone = \"void\"\n", "gone = \"void\"\non_error = \"skip\"\n");
    let mapping = support::parse("skip.toml", &text).unwrap();
    let law = Law::bundled();
    let document = json!({"id": "1", "kindergartens": [{"organizationNumber": "310028142", "childrenInformation": [
        {"startDate": "2024-08-01", "endDate": "sommeren", "child": {"socialSecurityNumber": "21862270468"}}]}],
        "listInformation": {"municipalityNumber": "4601"}});
    let mapped = mapping.run(document.to_string().as_bytes(), &with(&law)).unwrap();
    assert_eq!(mapped.groups[0].facts.len(), 1);
    assert_eq!(mapped.warnings.len(), 1);
}

#[test]
fn a_sending_tells_what_it_follows_and_a_deleted_case_is_voided() {
    let case = r#"<Barnevern Id="b" ForrigeId="a" DatoUttrekk="2026-10-02T13:22:00Z"><Fagsystem Leverandor="T" Navn="T" Versjon="1"/>
      <Avgiver Organisasjonsnummer="310779008" Kommunenummer="4601" Kommunenavn="Bergen"/>
      <Sak Id="2" StartDato="2026-02-02" Journalnummer="J" ErSlettet="true"/></Barnevern>"#;
    let group = run("ssb-barnevern-4.toml", case).unwrap().groups.remove(0);
    assert_eq!((group.submission.as_deref(), group.follows.as_deref()), (Some("b"), Some("a")));
    assert!(group.voided && group.facts.is_empty());
}

#[test]
fn each_mapping_says_how_its_records_are_replaced() {
    let update = |name: &str| support::bundled_mapping(name).update().unwrap();
    assert_eq!(update("nav-barnehagelister-v1.toml"), (Update::Replace, Gone::End));
    assert_eq!(update("digisos-soker-1.toml"), (Update::Replace, Gone::Void));
    assert_eq!(update("fiks-hendelse-v1.toml"), (Update::Events, Gone::Keep));
    let list = support::bundled_mapping("nav-barnehagelister-v1.toml");
    assert_eq!((list.gone("service_started"), list.gone("service_ended")), (Gone::End, Gone::Void));
}

#[test]
fn a_changed_mapping_shows_which_facts_change() {
    let law = Law::bundled();
    let text = include_str!("../../../mappings/nav-barnehagelister-v1.toml");
    let old = support::parse("old.toml", text).unwrap();
    let new = support::parse("new.toml", &text.replace("map = { 310028142", "map = { 310028143")).unwrap();
    let document = kindergarten("21862270468", "2024-08-01");
    assert_eq!(diff(&old, &old, document.as_bytes(), &with(&law)), []);
    let differences = diff(&old, &new, document.as_bytes(), &with(&law));
    assert!(
        matches!(&differences[0], Difference::Removed(fact) if fact.contains("barnehage_kommunal")),
        "{differences:?}"
    );
    assert!(matches!(&differences[1], Difference::Added(fact) if fact.contains("barnehage_privat")), "{differences:?}");
    assert!(!format!("{differences:?}").contains("21862270468"));
    let refused = diff(&old, &support::bundled_mapping("oneroster-1.2.toml"), document.as_bytes(), &with(&law));
    assert!(matches!(&refused[..], [Difference::NowRefused(_)]));
}

#[test]
fn a_draft_schema_takes_its_own_samples_and_holds_no_value() {
    let samples =
        [kindergarten("21862270468", "2024-08-01"), r#"{"id": "2", "kindergartens": [], "nye": [true]}"#.to_owned()];
    let bytes: Vec<&[u8]> = samples.iter().map(|s| s.as_bytes()).collect();
    let draft = infer(Format::Json, "min", &bytes).unwrap();
    assert!(!draft.schema.contains("21862270468") && !draft.schema.contains("310028142"), "{}", draft.schema);
    assert!(
        draft.schema.contains("\"nye[]?\" = \"bool\"") && draft.schema.contains("\"id\" = \"text\""),
        "{}",
        draft.schema
    );
    let schema = draft.schema.clone();
    let mapping = draft
        .mapping
        .replace("PATH-TO-THE-ID-OF-THE-RECORD", "id")
        .replace("[[fact]]", "[[fact]]\neach = \"kindergartens[*].childrenInformation[*]\"\nkey = []")
        .replace("PATH-TO-THE-NUMBER", "child.socialSecurityNumber")
        .replace("PATH-TO-THE-DAY", "startDate")
        .replace("SERVICE-KIND", "barnehage_privat");
    let files = move |_: &str| Some(schema.clone());
    let law = Law::bundled();
    let mapping = samhold_mapping::Mapping::parse("min.toml", &mapping, &files, &law)
        .unwrap_or_else(|b| panic!("{}", b.report()));
    for sample in &samples {
        mapping.run(sample.as_bytes(), &with(&law)).unwrap();
    }
}

#[test]
fn an_xml_draft_keeps_namespaces_apart() {
    let sample = br#"<a xmlns="urn:one" xmlns:t="urn:two" k="1"><t:b>x</t:b><t:b/><c t:q="2">y</c></a>"#;
    let draft = infer(Format::Xml, "x", &[sample]).unwrap();
    for part in ["n1 = \"urn:one\"", "\"n2:b[]?\" = \"text\"", "\"@n2:q\" = \"text\"", "\".\" = \"text\""] {
        assert!(draft.schema.contains(part), "{part} in {}", draft.schema);
    }
}

/// The inputs of the bundled cases, broken at random: as near to real documents as bytes get.
fn case_inputs() -> Vec<String> {
    let input = |text: &str| {
        text.split("input = '")
            .skip(1)
            .filter_map(|p| p.trim_matches('\'').split('\'').next().map(str::to_owned))
            .collect::<Vec<_>>()
    };
    let all: Vec<String> = bundled().iter().flat_map(|(_, text)| input(text)).filter(|i| i.len() > 10).collect();
    assert!(all.len() > 50, "the cases are there");
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_damaged_document_panics_a_run_or_shows_a_number(pick in any::<prop::sample::Index>(), edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6), cut in any::<prop::sample::Index>()) {
        let inputs = case_inputs();
        let mut bytes = pick.get(&inputs).clone().into_bytes();
        for (at, byte) in &edits {
            let i = at.index(bytes.len());
            bytes[i] = *byte;
        }
        if edits.len() % 2 == 1 {
            bytes.truncate(cut.index(bytes.len()));
        }
        let law = Law::bundled();
        for (name, _) in bundled() {
            if let Err(errors) = support::bundled_mapping(name).run(&bytes, &with(&law)) {
                let told = format!("{errors:?}");
                prop_assert!(!["14821970351", "21862270468", "12858841044", "09912081211"].iter().any(|n| told.contains(n)), "{}", told);
            }
        }
    }

    #[test]
    fn no_mapping_text_panics_the_reader(at in any::<prop::sample::Index>(), byte in any::<char>()) {
        let text = include_str!("../../../mappings/bufdir-henvisning-1.0.toml");
        let mut chars: Vec<char> = text.chars().collect();
        let i = at.index(chars.len());
        chars[i] = byte;
        if let Err(bad) = support::parse("damaged.toml", &chars.into_iter().collect::<String>()) {
            prop_assert!(!bad.report().is_empty());
        }
    }
}

#[test]
fn a_word_that_is_none_of_ours_is_told_though_the_document_has_it_from_us() {
    let document = |category: &str, from: &str| {
        json!({"request": {"request": "r", "child_id": "0198c0de-0000-7000-8000-000000000001", "categories": [category],
                "recipients": ["barnehage_privat"], "purposes": ["coordination"]},
            "consent": {"id": "r", "from": from, "status": "accepted", "consented": "2026-11-02T09:30:12Z", "validTo": "2027-11-01T00:00:00Z",
                "consentRights": [{"action": ["consent"], "resource": [{"type": "urn:altinn:resource", "value": "samtykke-samordning-barn"}]}]}})
        .to_string()
    };
    let number = "urn:altinn:person:identifier-no:12858841044";
    assert!(run("altinn-consent.toml", &document("plan_full", number)).is_ok());
    let errors = run("altinn-consent.toml", &document("alt", number)).unwrap_err();
    assert!(errors[0].code == Code::BadFact && errors[0].to_string().contains("categories"), "{}", errors[0]);
    let errors = run("altinn-consent.toml", &document("plan_full", "12858841044")).unwrap_err();
    assert_eq!(errors[0].code, Code::WrongShape);
    assert!(!format!("{errors:?}").contains("12858841044"), "{errors:?}");
}
