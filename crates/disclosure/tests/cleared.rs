//! What leaves a package, and what no outbound mapping can let out.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what is wrong by failing"
)]

use std::sync::Arc;

use proptest::prelude::*;
use samhold_disclosure::{
    Circumstances, Cleared, Consent, Envelope, EnvelopeError, EnvelopeKind, FieldFacts, Guardian, Narrow, Narrowed,
    Necessity, Package, Parcel, Reason, Recipient, Released, Rules, Shape, ShapeError, Share, Subject, release,
};
use samhold_model::{Date, Law};
use serde_json::{Map, Value, json};

/// Policies that hold nothing back: what the floor releases is released.
#[derive(Debug)]
struct FloorAlone;

impl Narrow for FloorAlone {
    fn permits(&self, _: &FieldFacts<'_>) -> bool {
        true
    }
}

fn rules() -> Narrowed {
    let rules = Rules { law: Law::bundled(), config: Share::default() };
    Narrowed { rules, municipality: "9901".into(), policies: Arc::new(FloorAlone) }
}

fn parcel(category: &str, fields: Value) -> Parcel {
    let fields = fields.as_object().unwrap().clone();
    let holder_kind = Some("kommunal_helse".to_owned());
    Parcel { category: category.into(), from: "kommunal_helse".into(), holder_kind, fields, ..Parcel::default() }
}

/// A school in the team of a ten-year-old, offered the coordinator's contact and a diagnosis.
fn school() -> Package {
    let mor = Guardian { id: "mor".into(), responsibility: true, contact_ban: false };
    Package {
        subject: Subject {
            birth_date: Some(Date::constant(2015, 1, 1)),
            guardians: vec![mor],
            address_protection: Some("none".into()),
            ..Subject::default()
        },
        recipient: Recipient { kind: "skole_kommunal".into(), participant: true, id: None },
        purpose: "coordination".into(),
        flags: Circumstances::default(),
        consents: vec![],
        date: Date::constant(2025, 3, 1),
        items: vec![
            parcel(
                "coordinator_contact",
                json!({"name": "Kari Koordinator", "service_unit": "Nord", "phone": 55512345}),
            ),
            parcel("health_condition", json!({"diagnosis": "F84"})),
        ],
    }
}

fn envelope() -> Envelope {
    Envelope::new()
        .with(EnvelopeKind::ChildIdentifier, "local_id", "elev-7")
        .and_then(|e| e.with(EnvelopeKind::Municipality, "municipality", "9901"))
        .and_then(|e| e.with(EnvelopeKind::Version, "version", 3))
        .and_then(|e| e.with(EnvelopeKind::ValidFrom, "valid_from", "2025-02-01"))
        .and_then(|e| e.with(EnvelopeKind::EventId, "id", "01-ab"))
        .unwrap()
}

/// A mapping that writes what it is told, whatever it was given.
struct Writes(Value);

impl Shape for Writes {
    fn constants(&self) -> Vec<Value> {
        vec![json!("coordination.v1")]
    }
    fn keys(&self) -> Vec<String> {
        ["type", "child", "contact", "list"].map(str::to_owned).to_vec()
    }
    fn arrange(&self, _: &Released, _: &Map<String, Value>) -> Result<Value, String> {
        Ok(self.0.clone())
    }
}

/// A mapping that passes on all it was given.
struct Everything;

impl Shape for Everything {
    fn constants(&self) -> Vec<Value> {
        vec![]
    }
    fn keys(&self) -> Vec<String> {
        vec!["child".into(), "list".into()]
    }
    fn arrange(&self, released: &Released, envelope: &Map<String, Value>) -> Result<Value, String> {
        let items: Vec<_> = released.items.iter().map(|item| Value::Object(item.fields.clone())).collect();
        Ok(json!({"child": envelope, "list": items}))
    }
}

fn cleared(package: &Package) -> Cleared<Released> {
    release(package, &rules()).cleared.expect("something may go")
}

fn shaped(message: Value) -> Result<Value, ShapeError> {
    cleared(&school()).shape(&Writes(message), &envelope()).map(|c| c.get().clone())
}

/// The same child with a fortrolig address, whose coordinator signs with the school's name.
fn at_lia_skole(recipient: &str) -> Package {
    let mut package = school();
    package.subject.address_protection = Some("fortrolig".into());
    package.recipient.kind = recipient.into();
    let categories = ["coordinator_contact", "team_roster"].map(str::to_owned).to_vec();
    package.consents = vec![Consent {
        by: "mor".into(),
        categories,
        recipients: vec![recipient.into()],
        purposes: vec!["coordination".into()],
        given: Date::constant(2025, 1, 1),
        ..Consent::default()
    }];
    package.items = vec![
        parcel("coordinator_contact", json!({"name": "Kari, Lia skole", "contact_point": "Servicetorget"})),
        parcel("team_roster", json!({"lia-skole": "Lia skole", "ppt": "PP-tjenesten"})),
        parcel("employee_absence", json!({"coordinator": "Kari, Lia skole", "unavailable_from": "2025-03-01"})),
    ];
    let marks = ["name", "lia-skole", "coordinator"];
    package.items.iter_mut().zip(marks).for_each(|(item, mark)| item.location.extend([mark.to_owned()]));
    package
}

fn fields_to(package: &Package) -> Vec<String> {
    let out = release(package, &rules());
    let items = out.cleared.iter().flat_map(|cleared| &cleared.get().items);
    items.flat_map(|item| item.fields.keys().cloned()).collect()
}

#[test]
fn a_value_that_tells_the_place_goes_to_nobody_private_whatever_its_field_is_called() {
    for private in ["barnehage_privat", "ngo"] {
        let mut package = at_lia_skole(private);
        assert_eq!(fields_to(&package), ["contact_point", "ppt", "unavailable_from"], "{private}");
        package.subject.address_protection = Some("none".into());
        assert!(fields_to(&package).contains(&"lia-skole".to_owned()), "without protection the consent lets it out");
    }
    let all = ["name", "contact_point", "lia-skole", "ppt", "coordinator", "unavailable_from"];
    assert_eq!(fields_to(&at_lia_skole("skole_kommunal")), all, "public bodies may have it");
    let mut strict = at_lia_skole("koordinerende_enhet");
    strict.subject.address_protection = Some("strengt_fortrolig".into());
    assert_eq!(fields_to(&strict), ["contact_point", "ppt", "unavailable_from"], "and of a strict child nobody");
}

#[test]
fn no_setting_takes_a_mark_of_place_away() {
    let package = at_lia_skole("ngo");
    let mut open = rules();
    open.rules.config.location_fields.clear();
    let out = release(&package, &open);
    assert!(!serde_json::to_string(out.cleared.as_ref().unwrap()).unwrap().contains("Lia"), "{:?}", out.decisions);
}

#[test]
fn only_released_fields_are_kept_and_every_decision_is_told_to_the_audit_log() {
    let out = release(&school(), &rules());
    assert_eq!(
        serde_json::to_value(out.cleared.as_ref().unwrap()).unwrap(),
        json!({"items": [{"category": "coordinator_contact",
            "fields": {"name": "Kari Koordinator", "service_unit": "Nord", "phone": 55512345}}]})
    );
    let reasons: Vec<_> = out.decisions.iter().map(|d| (d.category.as_str(), d.decision.reason)).collect();
    assert_eq!(
        reasons,
        [("coordinator_contact", Reason::StatutoryFvl13b5), ("health_condition", Reason::DenyNoConsent)]
    );
}

#[test]
fn where_nothing_may_go_there_is_nothing_to_send_not_even_the_child() {
    let mut package = school();
    package.recipient.participant = false;
    let out = release(&package, &rules());
    assert!(out.cleared.is_none());
    assert_eq!(out.decisions.len(), 2);
    package.items.clear();
    assert!(release(&package, &rules()).cleared.is_none());
}

#[test]
fn a_finding_of_necessity_reaches_only_what_it_names() {
    let mut package = school();
    package.recipient.kind = "spesialisthelse".into();
    package.purpose = "health_care".into();
    let finding = |category: &str, recipient: &str, purpose: &str| Necessity {
        by: "lege-3".into(),
        categories: vec![category.into()],
        recipients: vec![recipient.into()],
        purpose: purpose.into(),
    };
    let mut reason = |finding| {
        package.flags.necessity = vec![finding];
        release(&package, &rules()).decisions[1].decision.reason
    };
    assert_eq!(reason(finding("health_condition", "spesialisthelse", "health_care")), Reason::StatutoryHpl25);
    assert_eq!(reason(finding("health_service_use", "spesialisthelse", "health_care")), Reason::DenyNotNecessary);
    assert_eq!(reason(finding("health_condition", "tannhelse", "health_care")), Reason::DenyNotNecessary);
    assert_eq!(reason(finding("health_condition", "spesialisthelse", "coordination")), Reason::DenyNotNecessary);
}

#[test]
fn nothing_shows_a_value_in_debug() {
    let package = school();
    let out = release(&package, &rules());
    let message = cleared(&package).shape(&Everything, &envelope()).unwrap();
    let notice = Cleared::retraction(&envelope()).unwrap();
    let shown = format!("{package:?} {out:?} {message:?} {notice:?} {:?} {:?}", envelope(), cleared(&package).get());
    for value in ["Kari", "F84", "55512345", "elev-7", "9901"] {
        assert!(!shown.contains(value), "{value} in {shown}");
    }
}

#[test]
fn a_mapping_may_rearrange_what_was_released() {
    let message = json!({"type": "coordination.v1", "child": {"local_id": "elev-7", "version": "3"},
        "contact": {"phone": "55512345", "list": ["Kari Koordinator"]}});
    assert_eq!(shaped(message.clone()).unwrap(), message, "a number may be written as text");
}

#[test]
fn a_withheld_value_in_a_message_is_stopped_wherever_it_stands() {
    let place = |message| match shaped(message) {
        Err(ShapeError::NotReleased { place }) => place,
        other => panic!("{other:?}"),
    };
    assert_eq!(place(json!("F84")), "");
    assert_eq!(place(json!({"contact": {"list": ["Nord", "F84"]}})), "/contact/list/1");
    assert_eq!(place(json!({"contact": "Kari Koordinator F84"})), "/contact", "no gluing of values");
    assert_eq!(place(json!({"contact": null})), "/contact", "what may not go out is absent, not null");
    assert_eq!(place(json!({"contact": true})), "/contact");
    assert_eq!(place(json!({"contact": "health_condition"})), "/contact");
}

#[test]
fn a_withheld_value_as_a_key_is_stopped_and_not_named() {
    let error = shaped(json!({"contact": {"F84": "Nord"}})).unwrap_err();
    assert_eq!(error, ShapeError::KeyNotDeclared { place: "/contact".into() });
    assert!(!error.to_string().contains("F84"));
}

#[test]
fn a_mapping_that_fails_sends_nothing() {
    struct Fails;
    impl Shape for Fails {
        fn constants(&self) -> Vec<Value> {
            vec![]
        }
        fn keys(&self) -> Vec<String> {
            vec![]
        }
        fn arrange(&self, _: &Released, _: &Map<String, Value>) -> Result<Value, String> {
            Err("no such field".into())
        }
    }
    let failed = cleared(&school()).shape(&Fails, &envelope());
    assert_eq!(failed.unwrap_err(), ShapeError::Mapping("no such field".into()));
}

#[test]
fn the_municipality_is_a_place_and_stays_where_places_are_hidden() {
    let seen = |protection: &str, kind: &str, consents: bool| {
        let mut package = school();
        package.subject.address_protection = Some(protection.into());
        package.recipient.kind = kind.into();
        if consents {
            let named = |w: &str| vec![w.to_owned()];
            package.consents = vec![samhold_disclosure::Consent {
                by: "mor".into(),
                categories: named("coordinator_contact"),
                recipients: named(kind),
                purposes: named("coordination"),
                given: Date::constant(2025, 1, 1),
                ..Default::default()
            }];
        }
        let message = cleared(&package).shape(&Everything, &envelope()).unwrap().get().clone();
        (message["child"]["municipality"].is_string(), message["list"][0]["service_unit"].is_string())
    };
    assert_eq!(seen("none", "skole_kommunal", false), (true, true));
    assert_eq!(seen("fortrolig", "skole_kommunal", false), (true, true));
    assert_eq!(seen("fortrolig", "skole_privat", true), (false, false));
    assert_eq!(seen("strengt_fortrolig", "barnekoordinator", false), (false, false));
    assert_eq!(seen("unknown", "barnekoordinator", false), (false, false));
}

#[test]
fn a_strictly_protected_child_is_not_even_named_to_the_school() {
    let mut package = school();
    package.subject.address_protection = Some("unknown".into());
    assert!(release(&package, &rules()).cleared.is_none());
}

#[test]
fn a_protection_nobody_has_looked_up_counts_as_the_strictest() {
    let mut package = school();
    package.subject.address_protection = None;
    let out = release(&package, &rules());
    assert!(out.cleared.is_none());
    assert!(out.decisions.iter().all(|d| d.decision.reason == Reason::DenyAddressStrict));
    package.recipient.kind = "barnekoordinator".into();
    let message = cleared(&package).shape(&Everything, &envelope()).unwrap();
    assert_eq!(message.get()["list"], json!([{"name": "Kari Koordinator"}]));
    assert!(message.get()["child"]["municipality"].is_null());
}

#[test]
fn an_envelope_takes_no_free_text() {
    let refuses = |kind, value: Value| matches!(Envelope::new().with(kind, "x", value), Err(EnvelopeError::Form { kind: k, .. }) if k == kind);
    assert!(refuses(EnvelopeKind::ChildIdentifier, json!("Kari Nordmann")));
    assert!(refuses(EnvelopeKind::ChildIdentifier, json!("")));
    assert!(refuses(EnvelopeKind::ChildIdentifier, json!({"a": "b"})));
    assert!(refuses(EnvelopeKind::EventId, json!("x".repeat(65))));
    assert!(refuses(EnvelopeKind::Version, json!(-1)));
    assert!(refuses(EnvelopeKind::Version, json!("3")));
    assert!(refuses(EnvelopeKind::ValidFrom, json!("2025-02-30")));
    assert!(refuses(EnvelopeKind::ValidFrom, json!("1. februar")));
    assert!(refuses(EnvelopeKind::Municipality, json!("Oslo")));
}

#[test]
fn a_retraction_says_nothing_but_who_and_which_version() {
    let retracted = Cleared::retraction(&envelope()).unwrap();
    let expected = json!({"child": {"local_id": "elev-7"}, "version": 3, "state": "retracted"});
    assert_eq!(serde_json::to_value(&retracted).unwrap(), expected);
    assert_eq!(retracted.into_value().get(), &expected);
    let superseded = Cleared::superseded(&envelope()).unwrap();
    let expected = json!({"child": {"local_id": "elev-7"}, "version": 3, "state": "superseded"});
    assert_eq!(serde_json::to_value(&superseded).unwrap(), expected);
}

#[test]
fn what_was_never_sent_cannot_be_retracted() {
    let without = Envelope::new().with(EnvelopeKind::Version, "version", 1).unwrap();
    let missing = EnvelopeError::Missing { kind: EnvelopeKind::ChildIdentifier };
    assert_eq!(Cleared::retraction(&without).unwrap_err(), missing);
}

/// Messages of released, withheld and foreign words in any arrangement.
fn message() -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        prop::sample::select(vec!["Kari Koordinator", "Nord", "55512345", "elev-7", "9901", "coordination.v1"]),
        prop::sample::select(vec!["F84", "Ola", "", "diagnosis"]),
    ];
    let leaf =
        prop_oneof![word.prop_map(Value::from), Just(json!(3)), Just(Value::Null), any::<bool>().prop_map(Value::from)];
    let key = prop::sample::select(vec!["type", "child", "contact", "name", "version", "F84", "diagnosis"]);
    leaf.prop_recursive(4, 24, 4, move |inner| {
        let map = prop::collection::btree_map(key.clone().prop_map(str::to_owned), inner.clone(), 0..4);
        prop_oneof![prop::collection::vec(inner, 0..4).prop_map(Value::from), map.prop_map(|m| m.into_iter().collect())]
    })
}

fn pure(value: &Value) -> bool {
    let words = ["Kari Koordinator", "Nord", "55512345", "elev-7", "9901", "coordination.v1"];
    let keys = ["type", "child", "contact", "name", "version"];
    match value {
        Value::Array(list) => list.iter().all(pure),
        Value::Object(map) => map.iter().all(|(k, v)| keys.contains(&k.as_str()) && pure(v)),
        Value::String(text) => words.contains(&text.as_str()),
        other => other == &json!(3),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn a_message_passes_exactly_when_all_in_it_was_released(message in message()) {
        prop_assert_eq!(shaped(message.clone()).ok(), pure(&message).then_some(message));
    }
}
