//! A consent from Altinn is asked about once more before something sensitive leaves by it: Altinn tells of a withdrawal five
//! minutes late, and of all that the daemon does in these tests Altinn's feed of events never tells.

use jiff::{SignedDuration, Timestamp};
use samhold_standins::altinn::Request;
use samhold_standins::maskinporten::GrantKey;
use samhold_standins::{Altinn, FaultPlan, Receiver};
use serde_json::{Value, json};

use crate::common::{Answer, Child, Daemon, Folder, SECRET, altinn_source, http_recipient, wait_until};
use crate::ledger::Ledger;
use crate::story::{PARENTS, agreed, at_rest, child, consented};
use crate::town::pull_recipient;

const REGISTER: &str = "altinn";
const KINDERGARTEN: &str = "barnehagen";
const SCHOOL: &str = "privatskolen";

/// Altinn as a source that is asked every second.
async fn register(folder: &Folder) -> Altinn {
    let grant = GrantKey::generate().unwrap();
    let altinn = Altinn::start(Timestamp::now(), Some(grant.public_der.clone())).await.unwrap();
    altinn_source(folder, REGISTER, &altinn, &grant);
    altinn
}

/// The case of a child with one parent, in which NAV takes part: that it does is nobody's business without consent.
fn case(child: &Child) -> Vec<Value> {
    let mut facts = agreed(child);
    facts.push(child.fact(197, "guardians_changed", &json!({"guardians": [PARENTS[0]]})));
    let more = [("tussilago", "barnehage_privat"), ("lunde", "skole_privat"), ("nav", "nav_kommunal")];
    facts.extend(more.map(|(id, kind)| child.fact(140, "service_started", &json!({"service": id, "kind": kind}))));
    let team = ["lia-skole", "helsestasjon", "ergo-fysio", "tussilago", "lunde", "nav"];
    facts.push(child.fact(139, "cooperation_needed", &json!({"participants": team})));
    facts
}

/// The mother has consented in Altinn, and whoever asked her says to what.
fn given(altinn: &Altinn, child: &Child, categories: &[&str], recipients: &[&str]) -> (String, Value) {
    let request = altinn.ask(&Request::to(PARENTS[0], Timestamp::now() + SignedDuration::from_hours(24 * 60)));
    altinn.happens(&request, "accepted");
    let fields = json!({"system": REGISTER, "request": request, "categories": categories, "recipients": recipients,
        "purposes": ["coordination"]});
    (request, child.fact(0, "consent_requested", &fields))
}

const META: [&str; 2] = ["coordination_exists", "holder_service"];
const WITH_TEAM: [&str; 3] = ["coordination_exists", "holder_service", "team_roster"];

/// A private kindergarten that may know the team, and a private school that may only know who coordinates.
struct House {
    altinn: Altinn,
    kindergarten: Receiver,
    school: Receiver,
    daemon: Daemon,
    ledger: Ledger,
    child: Child,
    /// The request that opens the team to the kindergarten.
    team: String,
}

impl House {
    async fn start() -> Self {
        let mut folder = Folder::sqlite();
        folder.set("delivery.confirm_within_seconds = 0");
        let altinn = register(&folder).await;
        let (kindergarten, school) = (Receiver::start(SECRET).await.unwrap(), Receiver::start(SECRET).await.unwrap());
        http_recipient(&folder, KINDERGARTEN, "barnehage_privat", &["tussilago"], &kindergarten);
        http_recipient(&folder, SCHOOL, "skole_privat", &["lunde"], &school);
        let daemon = Daemon::start(folder).await;
        let (ledger, child) = (Ledger::of(&daemon.folder).await, child(0));
        let (team, asked) = given(&altinn, &child, &WITH_TEAM, &["barnehage_privat"]);
        let (_, also) = given(&altinn, &child, &META, &["skole_privat"]);
        daemon.client().must_take(&[case(&child), vec![asked, also]].concat()).await;
        let house = Self { altinn, kindergarten, school, daemon, ledger, child, team };
        wait_until("both are told", async || holders(&house.kindergarten).len() + holders(&house.school).len() == 2)
            .await;
        assert!(house.kindergarten.events()[0].data.to_string().contains("\"nav\""), "the team is told, NAV too");
        house
    }

    /// The services agree on the next holder, which is new to both.
    async fn agree(&self, round: usize) -> &'static str {
        self.daemon.client().must_take(&[self.child.agreement(round)]).await;
        let holder = Child::holder_after(round);
        wait_until("the school is told", async || holders(&self.school).last() == Some(&json!(holder))).await;
        holder
    }
}

/// The holders that a service has been told of, in order.
fn holders(to: &Receiver) -> Vec<Value> {
    let told = to.events().into_iter().filter(|e| e.kind.contains("assignment"));
    told.map(|e| e.data["coordination"]["holder"]["service"].clone()).collect()
}

fn confirmations(audit: &[samhold_store::AuditEntry], to: &str) -> Vec<Value> {
    audit.iter().filter(|e| e.actor == to).map(|e| e.detail["confirmed"][0]["register"].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unchanged_consent_is_asked_about_once_for_each_message_and_the_audit_tells_it() {
    let house = House::start().await;
    assert_eq!(house.altinn.reads_of(&house.team), 2, "read once, and asked about once");
    house.agree(1).await;
    wait_until("the kindergarten is told", async || holders(&house.kindergarten).len() == 2).await;
    assert_eq!(house.altinn.reads_of(&house.team), 3);
    at_rest(&house.daemon, &[]).await;
    let audit = house.ledger.audited("release").await;
    assert_eq!(confirmations(&audit, KINDERGARTEN), [json!(REGISTER), json!(REGISTER)]);
    assert_eq!(confirmations(&audit, SCHOOL), [Value::Null, Value::Null], "nobody was asked for what is not sensitive");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_withdrawn_a_moment_ago_never_leaves_though_altinn_has_told_nobody() {
    let house = House::start().await;
    house.altinn.happens(&house.team, "revoked");
    house.agree(1).await;
    let withdrawn = house.ledger.until(&house.child.number, REGISTER, "consent_withdrawn", 1).await;
    assert_eq!(withdrawn.len(), 1);
    wait_until("what it had is called back", async || {
        house.kindergarten.events().last().is_some_and(|e| !e.kind.contains("assignment"))
    })
    .await;
    at_rest(&house.daemon, &[]).await;
    assert_eq!(holders(&house.kindergarten), [json!("lia-skole")], "of the new holder it never heard");
    assert_eq!(holders(&house.school).len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_altinn_is_away_or_talks_nonsense_what_is_sensitive_waits_and_goes_when_it_is_back() {
    let house = House::start().await;
    let (_, other) = given(&house.altinn, &house.child, &META, &["ngo"]);
    let another = other["request"].as_str().unwrap();
    // No token was ever refused: the adapter would believe that for minutes.
    let refused = FaultPlan { only_path: "consentrequests".into(), ..FaultPlan::failing(1, 401) };
    let plans = [Some(FaultPlan::down()), Some(FaultPlan::failing(1, 500)), Some(refused), None];
    for (round, plan) in (1..).zip(plans) {
        match plan {
            Some(plan) => house.altinn.server().faults().set(plan),
            None => house.altinn.mix_up(&house.team, Some(another)),
        }
        let holder = house.agree(round).await;
        wait_until("operators are told", async || !house.daemon.folder.last_error_of(REGISTER).is_empty()).await;
        assert_eq!(holders(&house.kindergarten).len(), round, "the kindergarten hears nothing in round {round}");
        house.altinn.server().faults().clear();
        house.altinn.mix_up(&house.team, None);
        wait_until("it goes", async || holders(&house.kindergarten).last() == Some(&json!(holder))).await;
    }
    at_rest(&house.daemon, &[]).await;
    assert_eq!(holders(&house.kindergarten).len(), 5, "each state once");
    assert!(house.daemon.folder.last_error_of(KINDERGARTEN).is_empty(), "which was never to blame");
    assert!(house.daemon.folder.dead_letters().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn while_altinn_is_away_what_may_no_longer_be_known_is_called_back_all_the_same() {
    let house = House::start().await;
    house.altinn.server().faults().set(FaultPlan::down());
    let hidden = house.child.fact(0, "address_protection", &json!({"value": "strengt_fortrolig"}));
    house.daemon.client().must_take(&[hidden]).await;
    wait_until("both are told", async || {
        let called_back = |to: &Receiver| to.events().last().is_some_and(|e| !e.kind.contains("assignment"));
        called_back(&house.kindergarten) && called_back(&house.school)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_power_cut_between_question_and_answer_loses_nothing_and_sends_nothing_twice() {
    let mut house = House::start().await;
    let path = format!("/{}", house.team);
    house.altinn.server().faults().set(FaultPlan { held: true, only_path: path, ..FaultPlan::default() });
    house.agree(1).await;
    wait_until("Altinn is asked", async || house.altinn.reads_of(&house.team) == 3).await;
    house.daemon.kill9();
    assert_eq!(holders(&house.kindergarten).len(), 1);
    house.altinn.server().faults().clear();
    house.daemon.restart().await;
    wait_until("it goes", async || holders(&house.kindergarten).len() == 2).await;
    at_rest(&house.daemon, &[]).await;
    assert_eq!((house.kindergarten.counts().effects, house.kindergarten.counts().conflicts), (2, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_are_told_by_the_same_consent_share_one_question() {
    let folder = Folder::sqlite();
    let altinn = register(&folder).await;
    let (one, two) = (Receiver::start(SECRET).await.unwrap(), Receiver::start(SECRET).await.unwrap());
    http_recipient(&folder, KINDERGARTEN, "barnehage_privat", &["tussilago"], &one);
    http_recipient(&folder, SCHOOL, "skole_privat", &["lunde"], &two);
    let daemon = Daemon::start(folder).await;
    let child = child(0);
    let (request, asked) = given(&altinn, &child, &WITH_TEAM, &["barnehage_privat", "skole_privat"]);
    daemon.client().must_take(&[case(&child), vec![asked]].concat()).await;
    wait_until("both are told", async || holders(&one).len() + holders(&two).len() == 2).await;
    assert_eq!(altinn.reads_of(&request), 2, "read once, and asked about once");
}

/// A kindergarten that fetches and asks, and a child whose mother let it know the team.
async fn fetching() -> (Altinn, Daemon, Child, String) {
    let folder = Folder::sqlite();
    let altinn = register(&folder).await;
    pull_recipient(&folder, KINDERGARTEN, "barnehage_privat", &["tussilago"]);
    let daemon = Daemon::start(folder).await;
    let child = child(0);
    let (request, asked) = given(&altinn, &child, &WITH_TEAM, &["barnehage_privat"]);
    daemon.client().must_take(&[case(&child), vec![asked]].concat()).await;
    let ledger = Ledger::of(&daemon.folder).await;
    ledger.until(&child.number, REGISTER, "consent", 1).await;
    at_rest(&daemon, &[]).await;
    (altinn, daemon, child, request)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_answered_at_once_without_what_is_not_confirmed_and_a_later_one_with_it() {
    let (altinn, daemon, child, request) = fetching().await;
    let kindergarten = daemon.client_as(KINDERGARTEN);
    let question = json!({"child": {"national_id": child.number}});
    let ask = async || kindergarten.post("/api/v1/coordination/query", &question).await.unwrap().json;
    let path = format!("/{request}");
    altinn.server().faults().set(FaultPlan { held: true, only_path: path, ..FaultPlan::default() });
    for _ in 0..2 {
        // Altinn answers nobody before it is let go, so that these answers cannot have waited for it.
        let answer = ask().await;
        assert_eq!(answer["coordination"]["holder"]["service"], "lia-skole", "{answer}");
        assert!(
            answer.to_string().contains("Fjellvik helsestasjon") && !answer.to_string().contains("\"nav\""),
            "{answer}"
        );
    }
    wait_until("Altinn is asked in the background", async || altinn.reads_of(&request) == 2).await;
    altinn.server().faults().clear();
    wait_until("what is confirmed is told", async || ask().await.to_string().contains("\"nav\"")).await;
    assert_eq!(altinn.reads_of(&request), 2, "all of them by one answer");
    let audit = Ledger::of(&daemon.folder).await.audited("release").await;
    assert_eq!(audit.first().unwrap().detail["unconfirmed"], json!([REGISTER]));
    assert_eq!(audit.last().unwrap().detail["confirmed"][0]["register"], REGISTER);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_shows_what_waits_for_nobody_and_later_what_waited_and_no_cursor_passes_it() {
    let (altinn, daemon, first, _) = fetching().await;
    let second = child(1);
    daemon.client().must_take(&[agreed(&second), consented(&second)].concat()).await;
    at_rest(&daemon, &[]).await;
    altinn.server().faults().set(FaultPlan::down());
    let kindergarten = daemon.client_as(KINDERGARTEN);
    let page = async |query: &str| -> Answer { kindergarten.get(&format!("/api/v1/changes{query}")).await.unwrap() };
    let told = page("").await;
    assert_eq!((told.count("events"), &told.json["more"]), (1, &json!(false)), "{}", told.text);
    assert!(told.text.contains(&second.number) && !told.text.contains(&first.number), "{}", told.text);
    let cursor = told.json["cursor"].as_str().unwrap().to_owned();
    assert_eq!(cursor, told.json["events"][0]["id"], "it tells of nothing but what was shown");
    let after = format!("?cursor={cursor}");
    assert_eq!(page(&after).await.count("events"), 0);
    assert_eq!(page("").await.text, told.text, "the same page again");

    altinn.server().faults().clear();
    let mut late = page(&after).await;
    wait_until("what waited is shown", async || {
        late = page(&after).await;
        late.count("events") == 1
    })
    .await;
    assert!(late.text.contains(&first.number) && late.text.contains("\"nav\""), "{}", late.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stood_unread_in_a_feed_when_the_consent_was_withdrawn_is_never_shown() {
    let (altinn, daemon, child, request) = fetching().await;
    altinn.happens(&request, "revoked");
    let kindergarten = daemon.client_as(KINDERGARTEN);
    let ledger = Ledger::of(&daemon.folder).await;
    wait_until("reading it finds the withdrawal", async || {
        let page = kindergarten.get("/api/v1/changes").await.unwrap();
        assert_eq!(page.count("events"), 0, "{}", page.text);
        !ledger.of_type(&child.number, REGISTER, "consent_withdrawn").await.is_empty()
    })
    .await;
    at_rest(&daemon, &[]).await;
    assert_eq!(kindergarten.get("/api/v1/changes").await.unwrap().count("events"), 0, "nor that there was anything");
}
