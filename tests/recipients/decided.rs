//! A decision of the municipality, from who may make it to who is told: by the API and by the command line.

use std::process::Output;

use samhold_model::dates::add_days;
use samhold_standins::Receiver;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::common::{Answer, Child, Daemon, Folder, MUNICIPALITY, SECRET, http_recipient, today, wait_until};
use crate::ledger::Ledger;
use crate::story::{at_rest, child};

const GROUND: &str = "Helsestasjonen kjenner barnet best";

/// Those concerned, each with a receiver of its own.
struct Town {
    school: Receiver,
    ppt: Receiver,
    unit: Receiver,
    kindergarten: Receiver,
    daemon: Daemon,
    ledger: Ledger,
}

impl Town {
    async fn start() -> Self {
        let [school, ppt, unit, kindergarten] = [(); 4].map(|()| Receiver::start(SECRET));
        let (school, ppt) = (school.await.unwrap(), ppt.await.unwrap());
        let (unit, kindergarten) = (unit.await.unwrap(), kindergarten.await.unwrap());
        let folder = Folder::sqlite();
        http_recipient(&folder, "skolen", "skole_kommunal", &["lia-skole"], &school);
        http_recipient(&folder, "ppt", "ppt_kommunal", &["ppt"], &ppt);
        http_recipient(&folder, "enheten", "koordinerende_enhet", &["ke"], &unit);
        http_recipient(&folder, "barnehagen", "barnehage_privat", &["tussilago"], &kindergarten);
        let daemon = Daemon::start(folder).await;
        let ledger = Ledger::of(&daemon.folder).await;
        Self { school, ppt, unit, kindergarten, daemon, ledger }
    }

    /// Two services want to coordinate; a PPT and a private kindergarten take part too, the latter without consent.
    async fn disputed(&self, child: &Child) {
        let mut facts = child.opening();
        facts.push(child.fact(140, "service_started", &json!({"service": "ppt", "kind": "ppt_kommunal"})));
        facts.push(child.fact(140, "service_started", &json!({"service": "tussilago", "kind": "barnehage_privat"})));
        facts.push(child.fact(139, "cooperation_needed", &json!({"participants": ["ppt", "tussilago"]})));
        facts.push(child.fact(20, "dispute_raised", &json!({"parties": ["lia-skole", "helsestasjon"]})));
        self.daemon.client().must_take(&facts).await;
        self.until_told(child, "disputed", None).await;
    }

    /// Waits until the three that may know have been told this as the last.
    async fn until_told(&self, child: &Child, state: &str, holder: Option<&str>) {
        for (who, receiver) in [("school", &self.school), ("PPT", &self.ppt), ("unit", &self.unit)] {
            wait_until(&format!("the {who} is told `{state}`"), async || {
                let of_child =
                    |e: &&samhold_standins::receiver::ReceivedEvent| e.data["child"]["national_id"] == child.number;
                let last = receiver.events().iter().filter(of_child).max_by_key(|e| e.version).map(|e| e.data.clone());
                let told = last.unwrap_or_default()["coordination"].clone();
                told["state"] == state && told["holder"]["service"].as_str() == holder
            })
            .await;
        }
    }

    async fn decide(&self, child: &Child, by: &str, service: &str) -> Answer {
        let decision = json!({"child": {"national_id": child.number}, "municipality": MUNICIPALITY,
            "action": "settle_dispute", "by": by, "service": service, "ground": GROUND});
        self.daemon.client().post("/api/v1/decisions", &decision).await.unwrap()
    }

    /// The decision is in the ledger with its ground, and the ground is in nothing that left.
    async fn ground_stays(&self, child: &Child, by: &str) {
        let facts = self.ledger.facts(&child.number).await;
        let decided: Vec<_> = facts.iter().filter(|f| f.body["type"] == "holder_decided").collect();
        assert_eq!(decided.len(), 1);
        assert_eq!((&decided[0].body["ground"], &decided[0].body["by"]), (&json!(GROUND), &json!(by)));
        for receiver in [&self.school, &self.ppt, &self.unit, &self.kindergarten] {
            let left = String::from_utf8_lossy(&receiver.captured_bytes()).into_owned();
            assert!(!left.contains("kjenner barnet"), "{left}");
        }
        assert!(!self.daemon.log().contains("kjenner barnet"), "nor in the log");
        assert_eq!(
            self.kindergarten.server().captured().count(),
            0,
            "without consent not even that there is something"
        );
    }
}

fn delegation(days: i64, kind: &str) -> Value {
    json!({"id": Uuid::new_v4(), "type": kind, "at": add_days(today(), -days).to_string(), "municipality": MUNICIPALITY,
        "to": "oppvekstsjef"})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delegate_settles_a_dispute_and_everyone_who_may_know_is_told_but_not_why() {
    let town = Town::start().await;
    let child = child(0);
    town.daemon.client().must_take(&[delegation(30, "delegation_granted")]).await;
    town.disputed(&child).await;
    let made = town.decide(&child, "oppvekstsjef", "helsestasjon").await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(made.json["takes_effect"], today().to_string());
    town.until_told(&child, "held", Some("helsestasjon")).await;
    at_rest(&town.daemon, &[]).await;
    town.ground_stays(&child, "oppvekstsjef").await;
    let audited = town.ledger.audited("decision").await;
    assert_eq!(audited.len(), 1);
    assert_eq!(audited[0].actor, "kommunen/oppvekstsjef");
    assert_eq!(audited[0].detail, json!({"fact": made.json["fact_id"]}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delegation_withdrawn_the_same_day_does_not_count() {
    let town = Town::start().await;
    let child = child(0);
    town.daemon
        .client()
        .must_take(&[delegation(30, "delegation_granted"), delegation(0, "delegation_withdrawn")])
        .await;
    town.disputed(&child).await;
    let refused = town.decide(&child, "oppvekstsjef", "helsestasjon").await;
    assert_eq!(
        (refused.status, &refused.json["code"]),
        (403, &json!("decision_without_authority")),
        "{}",
        refused.text
    );
    let error = &refused.json["errors"][0];
    assert!(["pointer", "found", "expected", "hint"].iter().all(|key| error[key].is_string()), "{}", refused.text);
    assert!(town.ledger.of_type(&child.number, "kommunen", "holder_decided").await.is_empty(), "nothing is recorded");
    assert!(town.ledger.audited("decision").await.is_empty());
}

fn cli(town: &Town, child: &str, by: &str, action: &[&str]) -> Output {
    let args = ["duty", "decide", "--child", child, "--municipality", MUNICIPALITY, "--by", by, "--ground", GROUND];
    town.daemon.folder.cli(&[&args, action].concat())
}

fn said(out: &[u8]) -> String {
    String::from_utf8(out.to_vec()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_decides_beside_a_running_daemon_which_tells_those_concerned() {
    let town = Town::start().await;
    let child = child(0);
    town.disputed(&child).await;
    let id = town.ledger.child(&child.number).await.unwrap().to_string();
    for (by, action, code) in [
        ("oppvekstsjef", &["--settle", "helsestasjon"][..], "decision_without_authority: "),
        ("kommunedirektor", &["--settle", "finnes-ikke"], "service_cannot_hold: "),
        ("kommunedirektor", &["--name-holder", "tussilago"], "service_cannot_hold: "),
        ("kommunedirektor", &["--withdraw"], "no_decision_stands: "),
    ] {
        let refused = cli(&town, &id, by, action);
        let told = said(&refused.stderr);
        assert!(refused.status.code() == Some(1) && told.starts_with(code), "{action:?}: {told}");
    }
    let without_ground = ["duty", "decide", "--child", &id, "--municipality", "9901", "--by", "x", "--withdraw"];
    assert_eq!(town.daemon.folder.cli(&without_ground).status.code(), Some(2), "a ground is asked for");

    let made = cli(&town, &id, "kommunedirektor", &["--settle", "helsestasjon"]);
    assert!(made.status.success(), "{}", said(&made.stderr));
    let first = format!("Besluttet: helsestasjon samordner fra {}.", today());
    assert_eq!(said(&made.stdout).lines().next(), Some(first.as_str()));
    town.until_told(&child, "held", Some("helsestasjon")).await;
    town.ground_stays(&child, "kommunedirektor").await;
    assert_eq!(town.ledger.audited("decision").await[0].actor, "operator/kommunedirektor");

    let again = cli(&town, &id, "kommunedirektor", &["--settle", "lia-skole"]);
    assert!(said(&again.stderr).starts_with("no_dispute: "), "{}", said(&again.stderr));
    let withdrawn = cli(&town, &id, "kommunedirektor", &["--withdraw"]);
    assert_eq!(said(&withdrawn.stdout).lines().next(), Some("Beslutningen er trukket tilbake."));
    town.until_told(&child, "held_by_default", None).await;
}
