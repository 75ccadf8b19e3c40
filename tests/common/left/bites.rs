//! That the search bites: each kind of leak, planted in what a daemon might have sent, is found, and what may be told is not.

use samhold_model::ChildId;
use samhold_standins::Receiver;
use serde_json::{Value, json};
use uuid::Uuid;

use super::pieces::{Piece, Road};
use super::search::leaks;
use super::truth::{Known, Released, Truth, Whose};
use crate::common::folder::{Folder, SECRET};
use crate::common::roads::http_recipient;

const OWN: &str = "14821970351";
const ANOTHERS: &str = "03898531138";
const MOTHERS: &str = "12858841044";
const EVENT: &str = "0b1cbb9e-6a0e-4b35-9d9c-0f0d6b6c1a01";
const FACT: &str = "0b1cbb9e-6a0e-4b35-9d9c-0f0d6b6c1a02";

fn child(n: u128) -> ChildId {
    ChildId(Uuid::from_u128(n))
}

fn fields(all: &[(&str, &str)]) -> Released {
    Released { fields: all.iter().map(|(c, f)| ((*c).to_owned(), (*f).to_owned())).collect() }
}

/// Three children: the school may know the first, the second is strictly protected, the third fortrolig.
fn truth() -> Truth {
    let mut truth = Truth { audited: true, ..Truth::default() };
    for (name, kind) in [
        ("skolen", "skole_kommunal"),
        ("ke", "koordinerende_enhet"),
        ("journalen", "helsestasjon"),
        ("barnehagen", "barnehage_privat"),
        ("forening", "ngo"),
        ("ukjent", "nytt_slag"),
    ] {
        truth.kinds.insert(name.into(), kind.into());
    }
    truth.shelters.extend(["krisesenter".to_owned(), "Krisesenteret i Fjellvik".to_owned()]);
    truth.numbers.insert(OWN.into(), Whose::Child(child(1)));
    truth.numbers.insert(ANOTHERS.into(), Whose::Child(child(2)));
    truth.numbers.insert(MOTHERS.into(), Whose::Grownup);
    let goals = vec![("trygghet".into(), "Trygg skolevei".into()), ("hjemme".into(), "Mors depresjon".into())];
    truth.children.insert(child(1), Known { goals, ..Known::default() });
    let places = ["nes-skole", "Nes skole", "\"9991\"", "Bjørk oppvekst", "+4799010000"].map(str::to_owned);
    let strict = Known { strict: true, protected: true, places: places.into(), ..Known::default() };
    truth.children.insert(child(2), strict);
    let places = [
        "lia-skole",
        "Lia skole",
        "Lia skole, 2. etasje",
        "+4799010000",
        "kari@lia-skole.example",
        "lia-skole.example",
    ];
    let fortrolig = Known { protected: true, places: places.map(str::to_owned).into(), ..Known::default() };
    truth.children.insert(child(3), fortrolig);
    truth.kept_back.insert(("evidence".into(), "sak-2026/7".into()));
    truth.inside.insert(FACT.into());
    let released = fields(&[
        ("coordination_exists", "state"),
        ("holder_service", "service"),
        ("plan_goals", "trygghet"),
        ("team_roster", "lia-skole"),
    ]);
    truth.events.insert(EVENT.into(), released.clone());
    for system in ["skolen", "journalen"] {
        truth.told.insert((system.into(), child(1)), released.clone());
    }
    truth.answered.insert("skolen".into(), released);
    truth
}

/// What the school may be told of the first child.
fn told() -> Value {
    json!({"id": EVENT, "subject": child(1), "data": {"child": {"national_id": OWN}, "municipality": "9901",
        "coordination": {"state": "held", "holder": {"service": "lia-skole"}, "goals": [{"goal": "Trygg skolevei"}],
            "roster": [{"name": "Lia skole"}]}}})
}

fn with(place: &str, value: Value) -> Value {
    let mut event = told();
    let (parent, key) = place.rsplit_once('/').unwrap();
    event.pointer_mut(parent).unwrap()[key] = value;
    event
}

fn found(piece: Piece) -> Vec<String> {
    leaks(&[piece], &truth())
}

fn event(to: &str, event: &Value) -> Piece {
    Piece::new(to, Road::Event, "POST /hendelser\r\nidempotency-key: x\r\n", event.to_string())
}

fn assert_found(what: &str, piece: Piece) {
    let found = found(piece.clone());
    assert!(found.iter().any(|line| line.starts_with(what)), "{what} was planted in {piece:?}: {found:?}");
}

#[test]
fn what_may_be_told_is_not_found() {
    assert_eq!(found(event("skolen", &told())), Vec::<String>::new());
    assert_eq!(
        found(event("ke", &json!({"id": "x", "subject": child(2), "data": {"child": {"national_id": ANOTHERS}}}))),
        Vec::<String>::new()
    );
    let asked = Piece::new("folkeregister", Road::Source, "POST /personer", json!([OWN, MOTHERS]).to_string());
    assert_eq!(found(asked), Vec::<String>::new(), "a register is asked by number");
    assert_eq!(found(Piece::new("the log", Road::Operators, "", "delivered 3 events to skolen")), Vec::<String>::new());
}

#[test]
fn a_number_where_none_belongs_is_found() {
    for (road, to) in [(Road::Event, "skolen"), (Road::Source, "journalen"), (Road::Other, "skolen")] {
        let head = format!("GET /barn?nummer={OWN}");
        assert_found("an identity number in an address", Piece::new(to, road, head, ""));
    }
    for to in ["the log", "metrics", "`samhold status`"] {
        assert_found(
            "an identity number where none belongs",
            Piece::new(to, Road::Operators, "", format!("child={OWN}")),
        );
    }
    assert_found(
        "an identity number where none belongs",
        Piece::new("skolen", Road::Other, "/api/v1/facts", format!("found `{OWN}`")),
    );
    for place in ["/subject", "/data/note", "/data/coordination/holder/name"] {
        assert_found("an identity number outside its place", event("skolen", &with(place, json!(OWN))));
    }
    assert_found("a grown-up's identity number", event("skolen", &with("/data/child/national_id", json!(MOTHERS))));
    assert_found("another child's identity number", event("skolen", &with("/data/child/national_id", json!(ANOTHERS))));
    let resource = json!({"resourceType": "CareTeam", "subject": {"identifier": {"value": ANOTHERS}}});
    assert_found(
        "the number of a child of whom nothing was released",
        Piece::new("journalen", Road::Fhir, "PUT /CareTeam/1", resource.to_string()),
    );
}

#[test]
fn a_withheld_field_is_found_on_every_road() {
    for (place, value) in [
        ("/data/coordination/holder/name", json!("Lia skole")),
        ("/data/coordination/contact_point", json!("Servicetorget")),
        ("/data/coordination/coordinator", json!({"phone": "+4799010000"})),
        ("/data/coordination/plan", json!({"exists": true})),
        ("/data/coordination/absence", json!({"unavailable_from": "2026-11-01"})),
    ] {
        let told = with(place, value);
        assert_found("`/", event("skolen", &told));
        let answer = json!({"coordination": told["data"]["coordination"]});
        let mut piece = Piece::new("skolen", Road::Answer, "/api/v1/coordination/query", answer.to_string());
        piece.asked = json!({"child": {"national_id": OWN}});
        assert_found("`/", piece);
    }
    let mut unknown = told();
    unknown["id"] = json!(FACT);
    assert_found("an event of which the audit tells nothing", event("skolen", &unknown));
    let roster = json!([{"name": "Lia skole"}, {"name": "Helsestasjonen"}]);
    assert_found("more of the team", event("skolen", &with("/data/coordination/roster", roster)));
    // The health of another: one goal may be told, and it is not this one.
    let goals = json!([{"goal": "Mors depresjon"}]);
    assert_found("a goal of a plan that was withheld", event("skolen", &with("/data/coordination/goals", goals)));
    let participant = json!([{"role": [{"coding": [{"code": "koordinator"}]}], "member": {"display": "Kari Moen"}}]);
    let resource = json!({"identifier": [{"value": child(1)}], "participant": participant});
    assert_found("a participant who was withheld", Piece::new("journalen", Road::Fhir, "PUT", resource.to_string()));
    let mut handed = with("/data/handover", json!({"holder": {"name": "Lia skole"}}));
    handed["data"].as_object_mut().unwrap().remove("coordination");
    assert_found("`/holder/name`", event("skolen", &handed));
}

#[test]
fn a_strictly_protected_child_is_found_by_anybody_and_its_places_by_those_who_may_know_of_it() {
    let about = |data: Value| json!({"id": "x", "subject": child(2), "data": data});
    assert_found("a strictly protected child", event("skolen", &about(json!({"version": 1}))));
    for place in ["nes-skole", "Nes skole", "9991", "Bjørk oppvekst", "+4799010000"] {
        assert_found("where a strictly protected child is", event("ke", &about(json!({"note": place}))));
    }
    let mut answer = Piece::new(
        "skolen",
        Road::Answer,
        "/api/v1/coordination/query",
        json!({"coordination": {"state": "held"}}).to_string(),
    );
    answer.asked = json!({"child": {"child_id": child(2)}});
    assert_found("a strictly protected child", answer);
    let resource = json!({"resourceType": "CareTeam", "identifier": [{"value": child(2)}]});
    assert_found("a strictly protected child", Piece::new("journalen", Road::Fhir, "POST", resource.to_string()));
}

#[test]
fn where_a_fortrolig_child_is_is_found_in_what_went_to_a_body_that_is_not_public() {
    let planted = [
        json!({"holder": {"name": "Lia skole", "service": "lia-skole"}}),
        json!({"roster": [{"name": "Lia skole"}]}),
        json!({"plan": {"main": "Helsesykepleier ved Lia skole"}}),
        json!({"coordinator": {"name": "Kari Moen, LIA-SKOLE"}}),
        json!({"coordinator": {"name": "Kari Moen", "email": "post@lia-skole.example"}}),
        json!({"coordinator": {"unit": "Lia skole, 2. etasje"}}),
        json!({"coordinator": {"phone": "+47 99 01 00 00"}}),
        json!({"absence": {"substitute": "Ola (liaskole)"}}),
    ];
    for coordination in planted {
        let told = json!({"id": "x", "subject": child(3), "data": {"coordination": coordination}});
        for private in ["barnehagen", "forening", "ukjent", "nobody we know"] {
            assert_found("where a fortrolig child is", event(private, &told));
        }
        let mut answer = Piece::new("barnehagen", Road::Answer, "/api/v1/coordination/query", told["data"].to_string());
        answer.asked = json!({"child": {"child_id": child(3)}});
        assert_found("where a fortrolig child is", answer);
        let resource = json!({"identifier": [{"value": child(3)}], "participant": [told["data"].clone()]});
        assert_found("where a fortrolig child is", Piece::new("forening", Road::Fhir, "PUT", resource.to_string()));
        let to_a_public_body = found(event("journalen", &told));
        assert!(!to_a_public_body.iter().any(|line| line.contains("fortrolig")), "{to_a_public_body:?}");
    }
    let neutral = json!({"coordination": {"state": "held", "contact_point": "Servicetorget", "coordinator": {"name": "Kari Moen"}}});
    let told = found(event("barnehagen", &json!({"id": "x", "subject": child(3), "data": neutral})));
    assert!(!told.iter().any(|line| line.contains("fortrolig")), "{told:?}");
    // Of a strictly protected child the same to anyone.
    for place in ["Kari Moen (NES SKOLE)", "kari@nes-skole.example", "+47 99 01 00 00"] {
        let told = json!({"id": "x", "subject": child(2), "data": {"coordinator": {"name": place}}});
        assert_found("where a strictly protected child is", event("ke", &told));
    }
}

#[test]
fn shelters_documentation_and_what_is_inside_are_found() {
    assert_found("a krisesenter", event("skolen", &with("/data/coordination/holder/service", json!("krisesenter"))));
    let resource = json!({"note": [{"text": "Krisesenteret i Fjellvik"}]});
    assert_found("a krisesenter", Piece::new("journalen", Road::Fhir, "PUT", resource.to_string()));
    assert_found("how a consent is documented", event("skolen", &with("/data/how", json!("oral"))));
    assert_found("the `evidence` of a fact", event("skolen", &with("/data/note", json!("se sak-2026/7"))));
    assert_found("the `evidence` of a fact", Piece::new("the log", Road::Operators, "", "sak-2026/7"));
    assert_found("the `evidence` of a fact", Piece::new("kommunen", Road::Other, "/api/v1/facts", "sak-2026/7"));
    assert_found("an id of a fact or person", event("skolen", &with("/data/basis", json!(FACT))));
    let worklist = Piece::new("ke", Road::Other, "/api/v1/consents/query", "sak-2026/7");
    assert_eq!(found(worklist), Vec::<String>::new(), "the register of consents shows it to who gave it");
}

/// From the bytes on: what reached a stand-in, what a command printed, and the log.
#[tokio::test]
async fn a_leak_is_found_in_what_reached_a_stand_in_in_what_was_printed_and_in_the_log() {
    let found = |folder: &Folder, log: &str| {
        let searched = std::panic::AssertUnwindSafe(|| super::assert_nothing_leaked(folder, log, ""));
        std::panic::catch_unwind(searched).is_err()
    };
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let shelter = with("/data/coordination/holder/service", json!("krisesenter")).to_string();
    for (query, body, leaks) in
        [("", told().to_string(), false), (&*format!("?barn={OWN}"), String::new(), true), ("", shelter, true)]
    {
        let receiver = Receiver::start(SECRET).await.unwrap();
        let folder = Folder::sqlite();
        folder.write("services.toml", "[[service]]\nid = \"krisesenter\"\nkind = \"krisesenter\"\nname = \"Havn\"\n");
        http_recipient(&folder, "skolen", "skole_kommunal", &["lia-skole"], &receiver);
        http.post(format!("{}{query}", receiver.url())).body(body.clone()).send().await.unwrap();
        assert_eq!(found(&folder, "delivered"), leaks, "{query} {body}");
    }
    let folder = Folder::sqlite();
    assert!(!found(&folder, "delivered 1 event to skolen"));
    assert!(found(&folder, &format!("delivered 1 event about {OWN}")));
    super::printed(folder.path(), &["status"], &printing(&format!("barn {OWN}")));
    assert!(found(&folder, ""));
    super::printed(folder.path(), &["status", "--unmask"], &printing(&format!("barn {OWN}")));
    assert!(!found(&folder, ""), "what was asked for unmasked is the operator's to see");
}

fn printing(text: &str) -> std::process::Output {
    std::process::Command::new("echo").arg(text).output().unwrap()
}
