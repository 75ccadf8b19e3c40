//! Where a child with a protected address is goes to nobody who may not know it, in whatever field and on whatever road: the
//! school's name as holder, in the team, in a signature, in a service's name, and the domain of an e-mail address.

use samhold_model::dates::add_days;
use samhold_standins::{HealthRecord, Receiver, Town};
use serde_json::{Value, json};

use crate::common::{Child, Daemon, Folder, SECRET, http_recipient, today, wait_until};
use crate::story::{PARENTS, at_rest, child};
use crate::town::{asking_recipient, fhir_recipient, pull_recipient};

/// A service that is no school and is called by one.
const AT_THE_SCHOOL: &str = r#"
[[service]]
id = "skolehelsa"
kind = "kommunal_helse"
name = "Skolehelsetjenesten ved Lia skole"
municipality = "9901"
"#;
const TEAM: [&str; 4] = ["lia-skole", "helsestasjon", "ergo-fysio", "skolehelsa"];
const SIGNATURE: &str = "Kari Moen, LIA SKOLE";

fn folder() -> Folder {
    let folder = Folder::sqlite();
    let services = std::fs::read_to_string(folder.path().join("services.toml")).unwrap();
    folder.write("services.toml", &(services + AT_THE_SCHOOL));
    folder
}

/// A child with this protection whose team has a school in it, and a plan; both parents let private bodies know all they can.
fn protected(child: &Child, protection: &str) -> Vec<Value> {
    let mut facts = child.opening();
    facts.iter_mut().filter(|f| f["type"] == "address_protection").for_each(|f| f["value"] = json!(protection));
    let categories =
        ["coordination_exists", "holder_service", "coordinator_contact", "team_roster", "plan_exists", "plan_goals"];
    let consent = |by: &&str| {
        child.fact(
            100,
            "consent",
            &json!({"by": by, "categories": categories,
            "recipients": ["barnehage_privat", "ngo", "koordinerende_enhet"], "purposes": ["coordination"],
            "evidence": "sak-2026/7", "informed": true}),
        )
    };
    facts.extend([
        child.fact(198, "guardians_changed", &json!({"guardians": PARENTS})),
        child.fact(170, "service_started", &json!({"service": "skolehelsa", "kind": "kommunal_helse"})),
        child.fact(149, "cooperation_needed", &json!({"participants": TEAM})),
        child.fact(110, "ip_need", &json!({"by": "helsestasjon"})),
        child.fact(109, "ip_consent", &json!({"by": PARENTS[0], "value": "given"})),
        child.fact(109, "ip_consent", &json!({"by": PARENTS[1], "value": "given"})),
        child.fact(108, "ip_started", &json!({"plan": "plan-1", "by": "helsestasjon"})),
        child.fact(107, "ip_main_agreed", &json!({"service": "skolehelsa"})),
        child.fact(
            106,
            "plan_content",
            &json!({"plan": "plan-1", "goals": {"vei": "Trygg vei til Lia skole", "ro": "Ro hjemme"}}),
        ),
    ]);
    facts.extend(PARENTS.iter().map(consent));
    facts
}

fn held_by_the_school(child: &Child) -> Value {
    child.agreement(0)
}

/// A barnekoordinator at the helsestasjon who signs with the school's name, and is away for a while.
fn coordinated(child: &Child, name: &str) -> Vec<Value> {
    let contact = json!({"person": "kari", "name": name, "email": "kari@lia-skole.example", "phone": "99 01 00 07",
        "unit": "Lia skole, 2. etasje"});
    let mut facts: Vec<Value> =
        PARENTS.iter().map(|by| child.fact(99, "bk_wish", &json!({"by": by, "wish": "yes"}))).collect();
    facts.extend([
        child.fact(98, "worker_contact", &contact),
        child.fact(
            97,
            "bk_appointed",
            &json!({"person": "kari", "service": "helsestasjon", "by": "koordinerende_enhet"}),
        ),
        child.fact(1, "person_absent", &json!({"person": "kari", "expected_until": add_days(today(), 5).to_string()})),
    ]);
    facts
}

/// Every road to private bodies, and a public one beside them.
struct House {
    daemon: Daemon,
    kindergarten: Receiver,
    ours: Receiver,
    volunteers: HealthRecord,
}

impl House {
    async fn told(facts: &[Value]) -> Self {
        let folder = folder();
        let (kindergarten, ours) = (Receiver::start(SECRET).await.unwrap(), Receiver::start(SECRET).await.unwrap());
        let volunteers = HealthRecord::start(&Town::new(add_days(today(), -1))).await.unwrap();
        asking_recipient(&folder, "tussilago", "barnehage_privat", &["helsestasjon"], &kindergarten);
        pull_recipient(&folder, "forening", "ngo", &[]);
        fhir_recipient(&folder, "frivillig", "ngo", &[], &volunteers);
        http_recipient(&folder, "helsa", "helsestasjon", &["helsestasjon"], &ours);
        let daemon = Daemon::start(folder).await;
        daemon.client().must_take(facts).await;
        at_rest(&daemon, &[]).await;
        Self { daemon, kindergarten, ours, volunteers }
    }

    /// What private bodies were told, by their road.
    async fn private(&self, child: &Child) -> Vec<(&'static str, Value)> {
        let question = json!({"child": {"national_id": child.number}});
        let asked = self.daemon.client_as("tussilago").post("/api/v1/coordination/query", &question).await.unwrap();
        let feed = self.daemon.client_as("forening").get("/api/v1/changes").await.unwrap().json;
        let team = self.volunteers.resources("CareTeam").into_iter().map(|team| team["participant"].clone()).collect();
        vec![
            ("pushed", self.kindergarten.events().last().unwrap().data["coordination"].clone()),
            ("answered", asked.json["coordination"].clone()),
            ("fetched", feed["events"].as_array().unwrap().last().unwrap()["data"]["coordination"].clone()),
            ("FHIR", Value::Array(team)),
        ]
    }
}

fn tells(told: &Value) -> bool {
    let text = told.to_string().to_lowercase();
    ["lia", "@", "99 01 00 07", "etasje"].iter().any(|word| text.contains(word))
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_fortrolig_child_no_private_body_learns_the_school_as_holder_in_the_team_or_behind_another_name() {
    let child = child(0);
    let house = House::told(&[protected(&child, "fortrolig"), vec![held_by_the_school(&child)]].concat()).await;
    for (road, told) in house.private(&child).await {
        assert!(!tells(&told), "{road}: {told}");
        if road == "FHIR" {
            continue;
        }
        assert_eq!((&told["state"], &told["holder"]), (&json!("held"), &Value::Null), "{road}: {told}");
        assert_eq!(told["plan"], json!({"exists": true}), "{road}: {told}");
        assert_eq!(told.get("goals"), None, "{road}: what people write freely may tell it in any words: {told}");
        let team = json!([{"name": "Ergo- og fysioterapitjenesten"}, {"name": "Fjellvik helsestasjon"}]);
        assert_eq!(told["roster"], team, "{road}: the rest of the team is told");
        assert!(told["contact_point"].is_string(), "{road}: {told}");
    }
    let ours = house.ours.events().last().unwrap().data["coordination"].clone();
    assert_eq!(ours["holder"]["name"], "Lia skole", "public bodies may have it");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_protection_the_same_consent_lets_the_school_be_known() {
    let child = child(0);
    let house = House::told(&[protected(&child, "none"), vec![held_by_the_school(&child)]].concat()).await;
    for (road, told) in house.private(&child).await {
        assert!(told.to_string().contains("Lia skole"), "{road}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_and_an_e_mail_domain_do_not_tell_private_bodies_where_a_fortrolig_child_is() {
    let child = child(0);
    let house = House::told(&[protected(&child, "fortrolig"), coordinated(&child, SIGNATURE)].concat()).await;
    for (road, told) in house.private(&child).await {
        assert!(!tells(&told), "{road}: {told}");
        if road != "FHIR" {
            assert_eq!((&told["state"], &told["coordinator"]), (&json!("held"), &Value::Null), "{road}: {told}");
            assert!(told["contact_point"].is_string(), "{road}: {told}");
        }
    }
    let pushed = &house.private(&child).await[0].1;
    assert!(
        pushed["absence"]["unavailable_from"].is_string() && pushed["absence"]["coordinator"].is_null(),
        "{pushed}"
    );
    let ours = house.ours.events().last().unwrap().data["coordination"].clone();
    assert_eq!(ours["coordinator"]["email"], "kari@lia-skole.example", "public bodies may have it");

    // A name that is a name alone goes on.
    let plain = child.fact(0, "worker_contact", &json!({"person": "kari", "name": "Kari Moen"}));
    house.daemon.client().must_take(&[plain]).await;
    at_rest(&house.daemon, &[]).await;
    for (road, told) in house.private(&child).await {
        assert!(!tells(&told) && told.to_string().contains("Kari Moen"), "{road}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_strictly_protected_child_the_koordinerende_enhet_learns_neither_signature_nor_e_mail_domain() {
    let (child, unit) = (child(0), Receiver::start(SECRET).await.unwrap());
    let folder = folder();
    http_recipient(&folder, "ke", "koordinerende_enhet", &["ke"], &unit);
    let daemon = Daemon::start(folder).await;
    daemon.client().must_take(&[protected(&child, "strengt_fortrolig"), coordinated(&child, SIGNATURE)].concat()).await;
    wait_until("the unit is told", async || unit.counts().effects >= 1).await;
    at_rest(&daemon, &[]).await;
    let told = unit.events().last().unwrap().data.clone();
    assert!(!tells(&told), "{told}");
    assert_eq!((&told["coordination"]["state"], &told["coordination"]["coordinator"]), (&json!("held"), &Value::Null));
    assert!(told["coordination"]["contact_point"].is_string(), "{told}");
    assert!(told["coordination"]["absence"]["coordinator"].is_null(), "{told}");

    let plain = child.fact(0, "worker_contact", &json!({"person": "kari", "name": "Kari Moen"}));
    daemon.client().must_take(&[plain]).await;
    at_rest(&daemon, &[]).await;
    let told = unit.events().last().unwrap().data.clone();
    assert_eq!(told["coordination"]["coordinator"], json!({"name": "Kari Moen"}), "{told}");
    assert!(!tells(&told), "{told}");
}
