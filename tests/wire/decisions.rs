//! `POST /api/v1/decisions`: name a holder, settle a dispute, withdraw; authority is checked on the date.

use samhold_model::dates::add_days;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::common::{Answer, Daemon, Folder, MUNICIPALITY, today};
use crate::ledger::Ledger;
use crate::story::child;

async fn decide(daemon: &Daemon, number: &str, more: Value) -> Answer {
    let mut decision =
        json!({"child": {"national_id": number}, "municipality": MUNICIPALITY, "ground": "best for barnet"});
    decision.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    daemon.client().post("/api/v1/decisions", &decision).await.unwrap()
}

/// A fact about the municipality itself.
fn delegation(days: i64, kind: &str, to: &str) -> Value {
    json!({"id": Uuid::new_v4(), "type": kind, "at": add_days(today(), -days).to_string(), "municipality": MUNICIPALITY, "to": to})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_is_settled_by_who_has_authority_and_by_nobody_else() {
    let daemon = Daemon::start(Folder::sqlite()).await;
    let ledger = Ledger::of(&daemon.folder).await;
    let child = child(0);
    let mut facts = child.opening();
    facts.push(child.fact(20, "dispute_raised", &json!({"parties": ["lia-skole", "helsestasjon"]})));
    daemon.client().must_take(&facts).await;
    ledger.until_held(&daemon, &child.number, "disputed", "").await;

    let settle = |by: &str| json!({"action": "settle_dispute", "by": by, "service": "helsestasjon"});
    let refused = decide(&daemon, &child.number, settle("rektor")).await;
    assert_eq!(
        (refused.status, refused.json["code"].as_str()),
        (403, Some("decision_without_authority")),
        "{}",
        refused.text
    );
    ledger.until_held(&daemon, &child.number, "disputed", "").await;

    let made = decide(&daemon, &child.number, settle("kommunedirektor")).await;
    assert_eq!((made.status, made.json["status"].as_str()), (201, Some("RECORDED")), "{}", made.text);
    let answer = ledger.until_held(&daemon, &child.number, "held", "helsestasjon").await;
    assert_eq!(answer["samordning"]["basis"], "decision");
    assert!(
        answer["steps"].to_string().contains(made.json["fact_id"].as_str().unwrap()),
        "the answer names the decision"
    );

    let withdrawn = decide(&daemon, &child.number, json!({"action": "withdraw", "by": "kommunedirektor"})).await;
    assert_eq!(withdrawn.status, 201, "{}", withdrawn.text);
    // What the decision settled does not come back.
    ledger.until_held(&daemon, &child.number, "held_by_default", "").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_without_a_ground_is_not_recorded() {
    let daemon = Daemon::start(Folder::sqlite()).await;
    let ledger = Ledger::of(&daemon.folder).await;
    let child = child(0);
    daemon.client().must_take(&child.opening()).await;
    for ground in [json!(null), json!(""), json!("  \n")] {
        let named =
            json!({"action": "name_holder", "by": "kommunedirektor", "service": "helsestasjon", "ground": ground});
        let refused = decide(&daemon, &child.number, named).await;
        assert_eq!((refused.status, &refused.json["code"]), (422, &json!("invalid_decision")), "{}", refused.text);
        assert_eq!(refused.json["errors"][0]["pointer"], "/ground");
    }
    ledger.until_held(&daemon, &child.number, "held_by_default", "").await;
    let id = ledger.child(&child.number).await.unwrap().to_string();
    let args =
        ["duty", "decide", "--child", &id, "--municipality", MUNICIPALITY, "--by", "kommunedirektor", "--name-holder"];
    let blank = daemon.folder.cli(&[&args[..], &["helsestasjon", "--ground", " "]].concat());
    assert_eq!(blank.status.code(), Some(1), "{}", String::from_utf8_lossy(&blank.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delegation_given_for_all_children_counts_for_one_who_moved_back() {
    let daemon = Daemon::start(Folder::sqlite()).await;
    let ledger = Ledger::of(&daemon.folder).await;
    let child = child(0);
    daemon.client().must_take(&child.opening()).await;
    daemon.client().must_take(&[delegation(100, "delegation_granted", "oppvekstsjef")]).await;
    let back = [
        child.fact(60, "moved", &json!({"to": "0301"})),
        child.fact(30, "moved", &json!({"to": MUNICIPALITY})),
        child.fact(20, "cooperation_needed", &json!({"participants": ["lia-skole", "helsestasjon"]})),
    ];
    daemon.client().must_take(&back).await;
    ledger.until_held(&daemon, &child.number, "held_by_default", "").await;
    let named = json!({"action": "name_holder", "by": "oppvekstsjef", "service": "helsestasjon"});
    let made = decide(&daemon, &child.number, named).await;
    assert_eq!(made.status, 201, "{}", made.text);
    ledger.until_held(&daemon, &child.number, "held", "helsestasjon").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delegation_counts_from_its_date_until_it_is_withdrawn() {
    let daemon = Daemon::start(Folder::sqlite()).await;
    let ledger = Ledger::of(&daemon.folder).await;
    let child = child(0);
    daemon.client().must_take(&child.opening()).await;
    let name = |days: i64| {
        let at = add_days(today(), -days).to_string();
        json!({"action": "name_holder", "by": "oppvekstsjef", "service": "ergo-fysio", "at": at, "id": Uuid::new_v4()})
    };
    assert_eq!(decide(&daemon, &child.number, name(10)).await.status, 403, "nobody has delegated");
    daemon.client().must_take(&[delegation(30, "delegation_granted", "oppvekstsjef")]).await;
    assert_eq!(decide(&daemon, &child.number, name(31)).await.status, 403, "not yet");
    let made = decide(&daemon, &child.number, name(10)).await;
    assert_eq!(made.status, 201, "{}", made.text);
    ledger.until_held(&daemon, &child.number, "held", "ergo-fysio").await;
    daemon.client().must_take(&[delegation(5, "delegation_withdrawn", "oppvekstsjef")]).await;
    assert_eq!(decide(&daemon, &child.number, name(4)).await.status, 403, "no longer");
    ledger.until_held(&daemon, &child.number, "held", "ergo-fysio").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_that_only_another_municipality_knows_is_decided_about_as_one_that_nobody_knows() {
    let mut folder = Folder::sqlite();
    folder.set("municipality.9902.name = \"Naboby kommune\"\nmunicipality.9902.contact_point = \"99 02 00 00\"");
    let token = folder.token("naboen");
    let neighbour = "kind = \"koordinerende_enhet\"\nmunicipalities = [\"9902\"]\nacts_as = [\"*\"]\nmay = [\"facts\"]";
    folder.system("naboen", &format!("{neighbour}\ntoken = {token}\n"));
    let daemon = Daemon::start(folder).await;
    daemon.client().must_take(&[delegation(30, "delegation_granted", "oppvekstsjef")]).await;
    let (theirs, nobodys) = (child(0), child(1));
    let mut moved = theirs.opening();
    moved.iter_mut().for_each(|fact| fact["municipality"] = json!("9902"));
    daemon.client_as("naboen").must_take(&moved).await;
    for action in ["name_holder", "settle_dispute", "withdraw"] {
        for by in ["kommunedirektor", "oppvekstsjef", "rektor"] {
            let decision = json!({"action": action, "by": by, "service": "ergo-fysio"});
            let of = async |number: &str| {
                let answer = decide(&daemon, number, decision.clone()).await;
                (answer.status, answer.text)
            };
            assert_eq!(of(&theirs.number).await, of(&nobodys.number).await, "{action} by {by}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_that_cannot_be_read_is_refused_without_a_trace() {
    let daemon = Daemon::start(Folder::sqlite()).await;
    let child = child(0);
    let by = |more: Value| {
        let mut decision = json!({"by": "kommunedirektor"});
        decision.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        decision
    };
    let cases = [
        (by(json!({"action": "name_holder"})), 422, "invalid_decision"),
        (by(json!({"action": "dele"})), 400, "invalid_decision"),
        (by(json!({"action": "withdraw", "ukjent": 1})), 400, "invalid_decision"),
        (by(json!({"action": "withdraw", "municipality": "9902"})), 403, "decision_without_authority"),
        (
            by(json!({"action": "name_holder", "service": "lia-skole", "child": {"national_id": "14821970352"}})),
            422,
            "invalid_fact",
        ),
    ];
    for (decision, status, code) in cases {
        let answer = decide(&daemon, &child.number, decision).await;
        assert_eq!((answer.status, answer.json["code"].as_str()), (status, Some(code)), "{}", answer.text);
        assert!(!answer.text.contains(&child.number), "{}", answer.text);
    }
    assert_eq!(daemon.folder.status()["backlog"]["facts"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_that_would_count_for_nothing_is_refused_before_it_is_recorded() {
    let daemon = Daemon::start(Folder::sqlite()).await;
    let ledger = Ledger::of(&daemon.folder).await;
    let child = child(0);
    let mut facts = child.opening();
    facts.push(child.fact(90, "service_started", &json!({"service": "sykehuset", "kind": "spesialisthelse"})));
    facts.push(child.fact(-30, "service_started", &json!({"service": "nes-skole", "kind": "skole_kommunal"})));
    daemon.client().must_take(&facts).await;
    let by = |action: &str, more: Value| {
        let mut decision = json!({"action": action, "by": "kommunedirektor"});
        decision.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        decision
    };
    let yesterday = add_days(today(), -1).to_string();
    let cases = [
        (by("settle_dispute", json!({"service": "lia-skole"})), 409, "no_dispute"),
        (by("withdraw", json!({})), 409, "no_decision_stands"),
        (by("name_holder", json!({"service": "sykehuset"})), 422, "service_cannot_hold"),
        (by("name_holder", json!({"service": "finnes-ikke"})), 422, "service_cannot_hold"),
        (by("name_holder", json!({"service": "lia-skole", "valid_to": yesterday})), 422, "invalid_decision"),
        (
            by("name_holder", json!({"service": "lia-skole", "child": {"local": {"system": "x", "id": "1"}}})),
            422,
            "service_cannot_hold",
        ),
    ];
    for (decision, status, code) in cases {
        let refused = decide(&daemon, &child.number, decision).await;
        assert_eq!((refused.status, refused.json["code"].as_str()), (status, Some(code)), "{}", refused.text);
        let error = &refused.json["errors"][0];
        assert!(["pointer", "found", "expected", "hint"].iter().all(|key| error[key].is_string()), "{}", refused.text);
        assert!(!refused.text.contains("sykehuset"), "what was sent is not repeated: {}", refused.text);
    }
    assert!(ledger.of_type(&child.number, "kommunen", "holder_decided").await.is_empty());

    // A service that is known to start may be named already: the decision takes effect that day.
    let ahead = decide(&daemon, &child.number, by("name_holder", json!({"service": "nes-skole"}))).await;
    assert_eq!(
        (ahead.status, &ahead.json["takes_effect"]),
        (201, &json!(add_days(today(), 30).to_string())),
        "{}",
        ahead.text
    );
    // Sent again, a decision is the same decision, though there is nothing to settle any more.
    daemon
        .client()
        .must_take(&[child.fact(5, "dispute_raised", &json!({"parties": ["lia-skole", "helsestasjon"]}))])
        .await;
    let settle = by("settle_dispute", json!({"service": "lia-skole", "id": Uuid::new_v4()}));
    for _ in 0..2 {
        let made = decide(&daemon, &child.number, settle.clone()).await;
        assert_eq!((made.status, &made.json["takes_effect"]), (201, &json!(today().to_string())), "{}", made.text);
    }
    assert_eq!(ledger.of_type(&child.number, "kommunen", "holder_decided").await.len(), 2);
    daemon.client().must_take(&[child.fact(0, "died", &json!({}))]).await;
    let over = decide(&daemon, &child.number, by("name_holder", json!({"service": "lia-skole"}))).await;
    assert_eq!((over.status, &over.json["code"]), (409, &json!("case_has_ended")), "{}", over.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_behind_a_barnekoordinator_is_recorded_and_said_to_have_no_effect_now() {
    let daemon = Daemon::start(Folder::sqlite()).await;
    let child = child(0);
    let mut facts = child.opening();
    facts.push(child.fact(198, "guardians_changed", &json!({"guardians": crate::story::PARENTS})));
    facts.extend(crate::story::PARENTS.map(|parent| child.fact(60, "bk_wish", &json!({"by": parent, "wish": "yes"}))));
    let appointed = json!({"person": "kari", "service": "ergo-fysio", "by": "koordinerende_enhet"});
    facts.push(child.fact(50, "bk_appointed", &appointed));
    daemon.client().must_take(&facts).await;
    let name = json!({"action": "name_holder", "by": "kommunedirektor", "service": "lia-skole"});
    let made = decide(&daemon, &child.number, name).await;
    assert_eq!((made.status, made.json.get("takes_effect")), (201, None), "{}", made.text);
}
