//! `POST /api/v1/consents/query` and `samhold consents`: what is shown of a child's consents, to whom, and that each reading is
//! remembered.

use samhold_model::dates::add_days;
use serde_json::{Value, json};

use crate::common::{Answer, Child, Daemon, Folder, today};
use crate::ledger::Ledger;
use crate::story::{PARENTS, agreed, at_rest, child};

const PATH: &str = "/api/v1/consents/query";

/// `days` ago, as text; negative is ahead.
fn day(days: i64) -> String {
    add_days(today(), -days).to_string()
}

/// A parent's consent that somebody told of coordination is shown to a private kindergarten, documented and informed.
fn consent(child: &Child, by: &str, more: &Value) -> Value {
    let mut fields = json!({"by": by, "categories": ["coordination_exists", "holder_service"],
        "recipients": ["barnehage_privat"], "purposes": ["coordination"], "evidence": "sak-2026/7", "informed": true});
    fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    child.fact(30, "consent", &fields)
}

async fn asked_as(daemon: &Daemon, client: &str, child: &Value) -> Answer {
    daemon.client_as(client).post(PATH, &json!({"child": child})).await.unwrap()
}

/// The consents of a child as the municipality's own system reads them.
async fn register_of(daemon: &Daemon, child: &Child) -> Value {
    register_as(daemon, "kommunen", child).await
}

async fn register_as(daemon: &Daemon, client: &str, child: &Child) -> Value {
    let answer = asked_as(daemon, client, &json!({"national_id": child.number})).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.count("registers"), 1, "{}", answer.text);
    assert!(PARENTS.iter().all(|parent| !answer.text.contains(parent)), "grown-ups by opaque ids alone");
    answer.json["registers"][0].clone()
}

/// A system that may read the register.
fn reader(folder: &Folder, name: &str, kind: &str, (municipality, more): (&str, &str)) {
    let token = folder.token(name);
    let text = format!(
        "kind = \"{kind}\"\nmunicipalities = [\"{municipality}\"]\ntoken = {token}\nmay = [\"facts\", \"consents\"]\n{more}"
    );
    folder.system(name, &text);
}

/// A child whose mother consented for a while and to one field, and whose father's consents are none, or no more.
fn mixed(child: &Child) -> Vec<Value> {
    let mother =
        json!({"valid_to": day(-60), "fields": ["service_name"], "how": "electronic", "recorded_by": "ansatt-17"});
    let mut undocumented = consent(child, PARENTS[1], &json!({"how": "oral"}));
    undocumented.as_object_mut().unwrap().shift_remove("evidence");
    let uninformed = consent(child, PARENTS[1], &json!({"how": "conduct", "informed": false}));
    let taken_back = consent(child, PARENTS[1], &json!({"how": "written"}));
    let withdrawal = child.fact(10, "consent_withdrawn", &json!({"consent": taken_back["id"]}));
    vec![consent(child, PARENTS[0], &mother), undocumented, uninformed, taken_back, withdrawal]
}

/// The consent that was given so.
fn given<'a>(register: &'a Value, how: &str) -> &'a Value {
    let all = register["consents"].as_array().unwrap();
    all.iter().find(|line| line["how"] == how).unwrap_or_else(|| panic!("none {how} in {register}"))
}

fn standings(line: &Value) -> Vec<&str> {
    line["categories"].as_array().unwrap().iter().map(|worth| worth["standing"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_consent_is_shown_with_who_gave_it_to_what_until_when_and_what_it_is_worth() {
    let daemon = Daemon::start(Folder::sqlite()).await;
    let child = child(0);
    daemon.client().must_take(&[agreed(&child), mixed(&child)].concat()).await;
    let register = register_of(&daemon, &child).await;
    assert_eq!((&register["municipality"], register["consents"].as_array().unwrap().len()), (&json!("9901"), 4));

    let must = register["must_consent"].as_array().unwrap();
    let of_team = must.iter().find(|row| row["category"] == "team_roster").unwrap();
    let parents: Vec<&Value> = of_team["persons"][0].as_array().unwrap().iter().collect();
    assert_eq!((parents.len(), &of_team["act"], &of_team["guardians"]), (2, &json!("hol"), &json!("all")), "{of_team}");

    let mother = given(&register, "electronic");
    assert!(parents.contains(&&mother["by"]), "{mother}");
    assert_eq!(mother["id"], mixed(&child)[0]["id"]);
    assert_eq!((&mother["recipients"], &mother["purposes"]), (&json!(["barnehage_privat"]), &json!(["coordination"])));
    assert_eq!((&mother["given"], &mother["valid_to"]), (&json!(day(30)), &json!(day(-60))));
    assert_eq!((&mother["evidence"], &mother["informed"]), (&json!("sak-2026/7"), &json!(true)));
    assert_eq!((&mother["fields"], &mother["withdrawn"]), (&json!(["service_name"]), &Value::Null));
    assert_eq!((&mother["source"], mother["recorded_by"].is_string()), (&json!("kommunen"), true));
    for worth in mother["categories"].as_array().unwrap() {
        assert_eq!((&worth["standing"], &worth["until"]), (&json!("live"), &json!(day(-60))), "{worth}");
        assert_eq!(worth["opens"], json!([]), "the father has not consented");
    }
    assert_eq!(standings(given(&register, "oral")), ["undocumented", "undocumented"]);
    assert_eq!(standings(given(&register, "conduct")), ["uninformed", "uninformed"]);
    let taken_back = given(&register, "written");
    assert_eq!((standings(taken_back), &taken_back["withdrawn"]), (vec!["withdrawn", "withdrawn"], &json!(day(10))));

    daemon.client().must_take(&[consent(&child, PARENTS[1], &json!({"evidence": "sak-2026/8"}))]).await;
    let both = register_of(&daemon, &child).await;
    let opens = &given(&both, "electronic")["categories"][1]["opens"];
    assert_eq!(
        *opens,
        json!([{"recipient": "barnehage_privat", "purpose": "coordination", "fields": {"only": ["service_name"]}}]),
        "both have consented, but the mother to one field alone"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_says_the_same_as_the_api_and_says_it_in_norwegian() {
    let daemon = Daemon::start(Folder::sqlite()).await;
    let child = child(0);
    daemon.client().must_take(&[agreed(&child), mixed(&child)].concat()).await;
    let register = register_of(&daemon, &child).await;
    let id = register["child"].as_str().unwrap();
    let said: Value = serde_json::from_str(&daemon.folder.cli_text(&["consents", "--child", id, "--json"])).unwrap();
    assert_eq!(said, register);

    let text = daemon.folder.cli_text(&["consents", "--child", id]);
    let worth = |words: &str| format!("  {:<28} {words}, åpner ingenting", "holder_service");
    let mother = register["consents"][0]["by"].as_str().unwrap();
    for line in [
        format!("Barn {id}, kommune 9901"),
        format!("{}  gitt {} av {mother}  (sak-2026/7)", register["consents"][0]["id"].as_str().unwrap(), day(30)),
        "  til barnehage_privat  for coordination".to_owned(),
        worth(&format!("gjelder til {}", day(-60))),
        worth("udokumentert, teller ikke"),
        worth("ikke informert, teller ikke"),
        worth("trukket"),
        "4 samtykker".to_owned(),
        "Hvem som må samtykke i dag".to_owned(),
    ] {
        assert!(text.lines().any(|said| said == line), "`{line}` is not in:\n{text}");
    }
    assert!(text.contains("(udokumentert)"), "where it is filed is not known: {text}");

    daemon.client().must_take(&[consent(&child, PARENTS[1], &json!({"evidence": "sak-2026/8"}))]).await;
    let text = daemon.folder.cli_text(&["consents", "--child", id]);
    let open = format!("  {:<28} gjelder til {}, åpner", "holder_service", day(-60));
    assert!(text.lines().any(|said| said == open), "`{open}` is not in:\n{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_leads_the_case_reads_it_and_a_child_of_others_is_answered_as_nobody() {
    let mut folder = Folder::sqlite();
    folder.set("[municipality.9902]\nname = \"Elvedal kommune\"\ncontact_point = \"Elvedal servicetorg\"\n");
    reader(&folder, "enheten", "koordinerende_enhet", ("9901", ""));
    reader(&folder, "elvedal", "koordinerende_enhet", ("9902", ""));
    reader(&folder, "skolen", "skole_kommunal", ("9901", "services = [\"lia-skole\"]\n"));
    folder.system(
        "uten",
        &format!("kind = \"koordinerende_enhet\"\nmunicipalities = [\"9901\"]\ntoken = {}\n", folder.token("uten")),
    );
    let daemon = Daemon::start(folder).await;
    let (known, unknown) = (child(0), child(1));
    daemon.client().must_take(&[agreed(&known), mixed(&known)].concat()).await;
    let by_number = |child: &Child| json!({"national_id": child.number});

    let own = asked_as(&daemon, "enheten", &by_number(&known)).await;
    assert_eq!((own.status, own.count("registers")), (200, 1), "{}", own.text);
    let nobody = asked_as(&daemon, "enheten", &by_number(&unknown)).await;
    assert_eq!((nobody.status, nobody.text.as_str()), (200, r#"{"registers":[]}"#));
    for other in ["elvedal", "skolen"] {
        let answer = asked_as(&daemon, other, &by_number(&known)).await;
        assert_eq!((answer.status, &answer.text), (200, &nobody.text), "{other}");
        let by_id = asked_as(&daemon, other, &json!({"child_id": own.json["registers"][0]["child"]})).await;
        assert_eq!((by_id.status, &by_id.text), (200, &nobody.text), "{other}, by id");
    }
    let refused = asked_as(&daemon, "uten", &by_number(&known)).await;
    assert_eq!((refused.status, refused.json["code"].as_str()), (403, Some("forbidden")));
    let stranger = asked_as(&daemon, "ingen", &by_number(&known)).await;
    assert_eq!((stranger.status, stranger.json["code"].as_str()), (401, Some("unauthenticated")));
    let wrong = daemon.client().post(PATH, &json!({"barn": "ja"})).await.unwrap();
    assert_eq!((wrong.status, wrong.json["code"].as_str()), (400, Some("invalid_question")));
    let out = daemon.folder.cli(&["consents", "--child", &uuid::Uuid::new_v4().to_string()]);
    assert_eq!((out.status.code(), out.stdout.len()), (Some(1), 0));
    assert!(String::from_utf8(out.stderr).unwrap().starts_with("no-such-child: "));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reading_is_one_entry_of_the_audit_and_a_refusal_none() {
    let folder = Folder::sqlite();
    folder.system(
        "uten",
        &format!("kind = \"koordinerende_enhet\"\nmunicipalities = [\"9901\"]\ntoken = {}\n", folder.token("uten")),
    );
    let daemon = Daemon::start(folder).await;
    let (known, unknown) = (child(0), child(1));
    daemon.client().must_take(&[agreed(&known), mixed(&known)].concat()).await;
    at_rest(&daemon, &[]).await;
    let ledger = Ledger::of(&daemon.folder).await;
    let id = ledger.child(&known.number).await.unwrap();
    assert!(ledger.audited("read").await.is_empty());

    register_of(&daemon, &known).await;
    asked_as(&daemon, "kommunen", &json!({"national_id": unknown.number})).await;
    asked_as(&daemon, "uten", &json!({"national_id": known.number})).await;
    daemon.folder.cli_text(&["consents", "--child", &id.to_string()]);
    daemon.folder.cli_text(&["consents", "--child", &id.to_string(), "--json"]);
    let entries = ledger.audited("read").await;
    let entries: Vec<_> = entries.iter().map(|e| (e.child, e.actor.as_str(), e.detail.clone())).collect();
    let (api, command) = (|shown: u8| json!({"road": "consents", "shown": shown}), || json!({"command": "consents"}));
    let expected = [
        (Some(id), "kommunen", api(1)),
        (None, "kommunen", api(0)),
        (Some(id), "operator", command()),
        (Some(id), "operator", command()),
    ];
    assert_eq!(entries, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consent_that_tells_of_a_krisesenter_is_shown_to_nobody_but_who_gave_it() {
    let folder = Folder::sqlite();
    reader(&folder, "havn", "krisesenter", ("9901", "services = [\"havn\"]\nacts_as = [\"koordinerende_enhet\"]\n"));
    reader(&folder, "enheten", "koordinerende_enhet", ("9901", ""));
    let daemon = Daemon::start(folder).await;
    let (plain, sheltered) = (child(0), child(1));
    let ordinary =
        |child: &Child| [agreed(child), vec![consent(child, PARENTS[0], &json!({"how": "written"}))]].concat();
    daemon.client().must_take(&[ordinary(&plain), ordinary(&sheltered)].concat()).await;
    let telling = [
        json!({"by": PARENTS[0], "categories": ["crisis_shelter_contact"], "how": "oral"}),
        json!({"by": PARENTS[0], "recipients": ["krisesenter"], "how": "electronic"}),
        json!({"by": PARENTS[0], "how": "conduct"}),
    ];
    let theirs: Vec<Value> = telling.iter().map(|more| consent(&sheltered, PARENTS[0], more)).collect();
    daemon.client_as("havn").must_take(&theirs).await;
    let mixed = json!({"categories": ["coordination_exists", "crisis_shelter_contact"],
        "recipients": ["barnehage_privat", "krisesenter"], "how": "electronic"});
    daemon.client().must_take(&[consent(&sheltered, PARENTS[1], &mixed)]).await;

    let shown = register_as(&daemon, "enheten", &sheltered).await;
    let how: Vec<&Value> = shown["consents"].as_array().unwrap().iter().map(|line| &line["how"]).collect();
    assert_eq!(how, ["written", "electronic"], "{shown}");
    assert_eq!(given(&shown, "electronic")["recipients"], json!(["barnehage_privat"]));
    assert_eq!(standings(given(&shown, "electronic")).len(), 1);
    assert_eq!(
        shown["must_consent"],
        register_as(&daemon, "enheten", &plain).await["must_consent"],
        "nor by who must consent"
    );
    let id = shown["child"].as_str().unwrap();
    let command = ["", "--json"].map(|more| {
        let words: Vec<&str> = ["consents", "--child", id, more].into_iter().filter(|word| !word.is_empty()).collect();
        daemon.folder.cli_text(&words)
    });
    for text in command.iter().chain([&shown.to_string()]) {
        assert!(!["kris", "shelter", "havn"].iter().any(|word| text.contains(word)), "{text}");
    }

    let own = asked_as(&daemon, "havn", &json!({"national_id": sheltered.number})).await;
    assert!(own.text.contains("crisis_shelter_contact") && own.text.contains("conduct"), "{}", own.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_strictly_protected_child_no_place_is_told_with_its_consents() {
    let daemon = Daemon::start(Folder::sqlite()).await;
    let child = child(0);
    let strict = child.fact(5, "address_protection", &json!({"value": "strengt_fortrolig"}));
    daemon.client().must_take(&[agreed(&child), mixed(&child), vec![strict]].concat()).await;
    let shown = register_of(&daemon, &child).await;
    assert_eq!(shown["consents"].as_array().unwrap().len(), 4, "who leads the case must be able to ask for a new one");
    let text = daemon.folder.cli_text(&["consents", "--child", shown["child"].as_str().unwrap()]);
    for text in [shown.to_string(), text] {
        let told =
            ["lia-skole", "Lia skole", "helsestasjon", "tussilago"].into_iter().find(|place| text.contains(place));
        assert_eq!(told, None, "{text}");
    }
}
