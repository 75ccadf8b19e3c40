//! Consents from Altinn 3: each parent answers a request of their own, and Altinn is asked about no other.

use jiff::SignedDuration;
use samhold_model::Instant;
use samhold_standins::altinn::Request;
use samhold_standins::maskinporten::GrantKey;
use samhold_standins::{Altinn, FaultPlan};
use serde_json::{Value, json};

use crate::common::{Child, Folder, altinn_source, today, wait_until};
use crate::consents::{House, kindergarten};
use crate::story::{PARENTS, at_rest};

const REGISTER: &str = "altinn-samtykke";
/// Somebody else's parent.
const STRANGER: &str = "21862270468";

/// This morning in Norway; Altinn's clock goes on from here only when a test moves it.
fn morning() -> Instant {
    format!("{}T06:00:00Z", today()).parse().unwrap()
}

fn in_a_year() -> Instant {
    morning() + SignedDuration::from_hours(24 * 365)
}

async fn town() -> (Altinn, House) {
    let grant = GrantKey::generate().unwrap();
    let altinn = Altinn::start(morning(), Some(grant.public_der.clone())).await.unwrap();
    let folder = Folder::sqlite();
    altinn_source(&folder, REGISTER, &altinn, &grant);
    let receiver = kindergarten(&folder).await;
    (altinn, House::start(folder, receiver).await)
}

fn asked_for(child: &Child, request: &str) -> Value {
    child.fact(
        0,
        "consent_requested",
        &json!({"system": REGISTER, "request": request,
        "categories": ["coordination_exists", "holder_service", "coordinator_contact"],
        "recipients": ["barnehage_privat"], "purposes": ["coordination"]}),
    )
}

/// Both parents are asked in Altinn, and it is said here which child it is about.
async fn both_asked(altinn: &Altinn, house: &House) -> [String; 2] {
    let ids = PARENTS.map(|parent| altinn.ask(&Request::to(parent, in_a_year())));
    let facts: Vec<Value> = ids.iter().map(|id| asked_for(&house.child, id)).collect();
    house.daemon.client().must_take(&facts).await;
    ids
}

async fn both_accepted(altinn: &Altinn, house: &House) -> [String; 2] {
    let ids = both_asked(altinn, house).await;
    for id in &ids {
        altinn.happens(id, "accepted");
    }
    altinn.pass_five_minutes();
    house.until_told(1, "assignment").await;
    ids
}

/// Two whole polls have come and gone.
async fn polled(altinn: &Altinn) {
    let polls = || {
        let all = altinn.server().captured().all();
        all.iter().filter(|r| r.uri.path().ends_with("/events")).count()
    };
    let before = polls();
    wait_until("Altinn is asked again", async || polls() >= before + 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn both_parents_must_accept_and_one_who_revokes_calls_it_back() {
    let (altinn, house) = town().await;
    let [one, other] = both_asked(&altinn, &house).await;
    wait_until("both are read, though nobody has answered", async || {
        altinn.reads_of(&one) > 0 && altinn.reads_of(&other) > 0
    })
    .await;
    altinn.happens(&one, "accepted");
    altinn.pass_five_minutes();
    let given = house.ledger.until(&house.child.number, REGISTER, "consent", 1).await.remove(0);
    assert_eq!((given.at, &given.body["evidence"]), (today(), &json!(format!("Altinn:{one}"))), "{}", given.body);
    at_rest(&house.daemon, &[]).await;
    assert_eq!(house.kindergarten.counts().effects, 0, "one of two");

    altinn.happens(&other, "accepted");
    polled(&altinn).await;
    assert_eq!(house.kindergarten.counts().effects, 0, "Altinn tells of nothing before it is five minutes old");
    altinn.pass_five_minutes();
    house.until_told(1, "assignment").await;

    altinn.happens(&one, "revoked");
    altinn.pass_five_minutes();
    house.until_told(2, "retracted").await;
    let withdrawn = house.ledger.until(&house.child.number, REGISTER, "consent_withdrawn", 1).await.remove(0);
    assert_eq!((withdrawn.at, &withdrawn.body["consent"]), (today(), &json!(given.id.to_string())));
    assert!(house.daemon.folder.dead_letters().is_empty(), "{:?}", house.daemon.folder.dead_letters());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_here_asked_for_is_never_read_and_a_rejected_request_opens_nothing() {
    let (altinn, house) = town().await;
    let foreign = altinn.ask(&Request::to(STRANGER, in_a_year()));
    altinn.happens(&foreign, "accepted");
    let [one, other] = both_asked(&altinn, &house).await;
    altinn.happens(&one, "accepted");
    altinn.happens(&other, "rejected");
    altinn.pass_five_minutes();
    house.ledger.until(&house.child.number, REGISTER, "consent", 1).await;
    polled(&altinn).await;
    at_rest(&house.daemon, &[]).await;
    assert_eq!((altinn.reads_of(&foreign), house.kindergarten.counts().effects), (0, 0));
    assert!(!house.ledger.knows_person(STRANGER).await);
    assert!(house.daemon.folder.dead_letters().is_empty(), "{:?}", house.daemon.folder.dead_letters());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_power_cut_reads_nothing_twice_with_effect_and_misses_nothing() {
    let (altinn, mut house) = town().await;
    let [one, _] = both_accepted(&altinn, &house).await;
    house.daemon.kill9();
    altinn.happens(&one, "used");
    altinn.happens(&one, "revoked");
    altinn.pass_five_minutes();
    house.daemon.restart().await;
    house.until_told(2, "retracted").await;
    polled(&altinn).await;
    at_rest(&house.daemon, &[]).await;
    assert_eq!(house.ledger.of_type(&house.child.number, REGISTER, "consent").await.len(), 2);
    assert_eq!(house.ledger.of_type(&house.child.number, REGISTER, "correction").await.len(), 0);
    assert_eq!(house.kindergarten.counts().effects, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_becomes_known_here_after_its_answer_opens_all_the_same() {
    let (altinn, house) = town().await;
    let ids = PARENTS.map(|parent| altinn.ask(&Request::to(parent, in_a_year())));
    for id in &ids {
        altinn.happens(id, "accepted");
    }
    altinn.pass_five_minutes();
    polled(&altinn).await;
    house.daemon.client().must_take(&ids.clone().map(|id| asked_for(&house.child, &id))).await;
    house.until_told(1, "assignment").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_about_another_request_takes_away_what_it_opened_until_it_is_right_and_then_a_withdrawal_still_counts()
 {
    let (altinn, house) = town().await;
    let [one, other] = both_accepted(&altinn, &house).await;
    altinn.mix_up(&one, Some(&other));
    altinn.happens(&one, "used");
    altinn.happens(&one, "accepted");
    altinn.pass_five_minutes();
    house.until_told(2, "retracted").await;
    assert_eq!(house.daemon.folder.dead_letters().len(), 1, "and a person is asked to read it");
    altinn.mix_up(&one, None);
    house.until_told(3, "assignment").await;
    altinn.happens(&one, "revoked");
    altinn.pass_five_minutes();
    house.until_told(4, "retracted").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_gone_or_to_a_resource_nobody_knows_opens_nothing() {
    let (altinn, house) = town().await;
    let [one, other] = both_accepted(&altinn, &house).await;
    altinn.lose(&one);
    altinn.happens(&one, "deleted");
    altinn.pass_five_minutes();
    house.until_told(2, "retracted").await;
    assert!(house.daemon.folder.dead_letters().is_empty(), "{:?}", house.daemon.folder.dead_letters());
    altinn.edit(&other, |request| request["consentRights"][0]["resource"][0]["value"] = json!("samtykke-inntekt"));
    altinn.happens(&other, "accepted");
    altinn.pass_five_minutes();
    wait_until("a person is asked", async || house.daemon.folder.dead_letters().len() == 1).await;
    assert_eq!(house.daemon.folder.dead_letters()[0]["code"], "refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_longer_asked_for_here_counts_no_more() {
    let (altinn, house) = town().await;
    let [one, _] = both_accepted(&altinn, &house).await;
    let void = json!({"of": asked_for(&house.child, &one)["id"], "void": true});
    house.daemon.client().must_take(&[house.child.fact(0, "correction", &void)]).await;
    house.until_told(2, "retracted").await;
    let reads = altinn.reads_of(&one);
    polled(&altinn).await;
    assert_eq!(altinn.reads_of(&one), reads, "nor is it read again");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_altinn_that_fails_breaks_off_and_loses_our_token_delays_and_changes_nothing_else() {
    let (altinn, house) = town().await;
    let ids = both_asked(&altinn, &house).await;
    altinn.server().faults().set(FaultPlan { fail_every: 2, status: 503, cut_every: 3, ..FaultPlan::default() });
    for id in &ids {
        altinn.happens(id, "accepted");
    }
    altinn.pass_five_minutes();
    polled(&altinn).await;
    altinn.maskinporten().tokens().revoke_all();
    altinn.server().faults().set(FaultPlan {
        fail_every: 1,
        status: 429,
        retry_after: Some("1".into()),
        fail_at_most: 3,
        ..FaultPlan::default()
    });
    house.until_told(1, "assignment").await;
    altinn.server().faults().set(FaultPlan::down());
    altinn.happens(&ids[1], "revoked");
    altinn.pass_five_minutes();
    altinn.server().faults().clear();
    house.until_told(2, "retracted").await;
    assert!(house.daemon.folder.dead_letters().is_empty(), "{:?}", house.daemon.folder.dead_letters());
}
