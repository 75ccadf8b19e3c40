//! What goes wrong on the way: nothing is skipped, nothing is believed that cannot be, and one request holds up no other.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod altinn;

use altinn::{FATHER, MOTHER, Town, settings};
use samhold_adapter_altinn::AltinnSource;
use samhold_adapter_api::{AdapterError, Poll, Reread};
use samhold_standins::FaultPlan;
use samhold_standins::maskinporten::GrantKey;
use serde_json::json;

/// Two accepted requests, both read.
async fn both_accepted() -> (Town, String, String) {
    let town = Town::start().await;
    let (one, other) = (town.requested(MOTHER), town.requested(FATHER));
    town.altinn.happens(&one, "accepted");
    town.told(&other, "accepted");
    town.source.poll(&town.context).await.unwrap();
    (town, one, other)
}

#[tokio::test]
async fn a_request_that_is_not_there_any_more_is_gone_and_may_come_back() {
    let (town, one, other) = both_accepted().await;
    town.altinn.lose(&one);
    town.told(&one, "deleted");
    town.source.poll(&town.context).await.unwrap();
    assert_eq!((town.inbox.versions(&one).last().unwrap().as_str(), town.inbox.versions(&other).len()), ("gone", 1));
    town.altinn.find(&one);
    town.told(&one, "deleted");
    town.source.poll(&town.context).await.unwrap();
    assert_eq!(town.inbox.versions(&one), ["accepted", "gone", "deleted"]);
}

#[tokio::test]
async fn an_answer_about_another_request_is_believed_about_neither_and_asked_for_until_it_is_right() {
    let (town, one, other) = both_accepted().await;
    town.altinn.mix_up(&one, Some(&other));
    town.altinn.happens(&one, "revoked");
    town.told(&other, "revoked");
    for _ in 0..2 {
        town.source.poll(&town.context).await.unwrap();
    }
    assert_eq!(town.inbox.versions(&one), ["accepted", "unreadable"], "it permits nothing, and is told once");
    assert_eq!(town.inbox.versions(&other), ["accepted", "revoked"], "the others go on");
    let key = format!("consentrequest/{one}");
    let error = town.source.reread(&town.context, &key).await.err().unwrap();
    assert!(matches!(error, AdapterError::Format { .. }) && error.to_string().contains("another request"), "{error}");
    town.altinn.mix_up(&one, None);
    town.source.poll(&town.context).await.unwrap();
    assert_eq!(town.inbox.versions(&one), ["accepted", "unreadable", "revoked"]);
}

#[tokio::test]
async fn altinn_that_asks_us_to_wait_is_waited_for_and_nothing_is_skipped() {
    let (town, one, other) = both_accepted().await;
    town.altinn.happens(&one, "revoked");
    town.told(&other, "revoked");
    let kept = town.inbox.feed();
    let busy = FaultPlan { only_path: one.clone(), retry_after: Some("7".into()), ..FaultPlan::failing(1, 429) };
    town.altinn.server().faults().set(busy);
    let error = town.source.poll(&town.context).await.unwrap_err();
    assert_eq!(error.retry_after().map(|wait| wait.as_secs()), Some(7));
    assert_eq!(town.inbox.feed(), kept, "the position stays before the event that was not followed");
    town.altinn.server().faults().clear();
    town.source.poll(&town.context).await.unwrap();
    assert_eq!((town.inbox.versions(&one).len(), town.inbox.versions(&other).len()), (2, 2));
}

#[tokio::test]
async fn one_request_altinn_cannot_answer_keeps_no_other_withdrawal_waiting() {
    let (town, one, other) = both_accepted().await;
    town.altinn.happens(&one, "revoked");
    town.told(&other, "revoked");
    town.altinn.server().faults().set(FaultPlan { only_path: one.clone(), ..FaultPlan::failing(1, 500) });
    for _ in 0..3 {
        let error = town.source.poll(&town.context).await.unwrap_err();
        assert!(matches!(error, AdapterError::Unavailable { .. }), "{error}");
    }
    assert_eq!(town.inbox.versions(&one), ["accepted"]);
    assert_eq!(town.inbox.versions(&other), ["accepted", "revoked"]);
    town.altinn.server().faults().clear();
    town.source.poll(&town.context).await.unwrap();
    assert_eq!(town.inbox.versions(&one), ["accepted", "revoked"]);
}

#[tokio::test]
async fn a_request_we_may_not_read_permits_nothing_and_holds_up_no_other() {
    let (town, one, other) = both_accepted().await;
    town.altinn.happens(&one, "revoked");
    town.told(&other, "revoked");
    town.altinn.server().faults().set(FaultPlan { only_path: one.clone(), ..FaultPlan::failing(1, 403) });
    town.source.poll(&town.context).await.unwrap();
    assert_eq!(town.inbox.versions(&one), ["accepted", "unreadable"]);
    assert_eq!(town.inbox.versions(&other), ["accepted", "revoked"]);
}

#[tokio::test]
async fn credentials_that_do_not_hold_say_nothing_of_the_request() {
    let (town, one, _) = both_accepted().await;
    town.told(&one, "revoked");
    let kept = town.inbox.feed();
    town.altinn.server().faults().set(FaultPlan { only_path: one.clone(), ..FaultPlan::failing(1, 401) });
    assert!(matches!(town.source.poll(&town.context).await, Err(AdapterError::Refused { .. })));
    assert_eq!((town.inbox.versions(&one), town.inbox.feed()), (vec!["accepted".to_owned()], kept));
    town.altinn.server().faults().clear();
    town.source.poll(&town.context).await.unwrap();
    assert_eq!(town.inbox.versions(&one), ["accepted", "revoked"]);
}

#[tokio::test]
async fn half_an_answer_is_no_answer_and_is_asked_for_again() {
    let (town, one, _) = both_accepted().await;
    town.told(&one, "revoked");
    town.altinn.server().faults().set(FaultPlan { only_path: one.clone(), truncate_every: 1, ..FaultPlan::default() });
    town.source.poll(&town.context).await.unwrap();
    assert_eq!(town.inbox.versions(&one), ["accepted", "unreadable"]);
    town.altinn.server().faults().clear();
    town.source.poll(&town.context).await.unwrap();
    assert_eq!(town.inbox.versions(&one), ["accepted", "unreadable", "revoked"]);
}

#[tokio::test]
async fn a_broken_connection_a_cut_answer_and_a_dead_altinn_change_nothing_and_heal() {
    let (town, one, _) = both_accepted().await;
    town.told(&one, "revoked");
    let kept = town.inbox.feed();
    let plans = [
        FaultPlan { drop_every: 1, ..FaultPlan::default() },
        FaultPlan { cut_every: 1, ..FaultPlan::default() },
        FaultPlan { truncate_every: 1, only_path: "/events".into(), ..FaultPlan::default() },
        FaultPlan::failing(1, 500),
        FaultPlan { only_path: "/events".into(), ..FaultPlan::failing(1, 404) },
        FaultPlan::down(),
    ];
    for plan in plans {
        town.altinn.server().faults().set(plan.clone());
        town.source.poll(&town.context).await.unwrap_err();
        assert_eq!(
            (town.inbox.versions(&one), town.inbox.feed()),
            (vec!["accepted".to_owned()], kept.clone()),
            "{plan:?}"
        );
    }
    town.altinn.server().faults().clear();
    town.source.poll(&town.context).await.unwrap();
    assert_eq!(town.inbox.versions(&one), ["accepted", "revoked"]);
}

#[tokio::test]
async fn records_that_could_not_be_journalled_come_again() {
    let (town, one, _) = both_accepted().await;
    town.told(&one, "revoked");
    town.inbox.refuse(true);
    assert!(matches!(town.source.poll(&town.context).await, Err(AdapterError::Inbox { .. })));
    town.inbox.refuse(false);
    town.source.poll(&town.context).await.unwrap();
    assert_eq!(town.inbox.versions(&one), ["accepted", "revoked"]);
}

#[tokio::test]
async fn a_token_that_has_ended_is_renewed_and_one_that_is_refused_is_told() {
    let (town, one, _) = both_accepted().await;
    town.told(&one, "revoked");
    town.altinn.maskinporten().tokens().revoke_all();
    town.source.poll(&town.context).await.unwrap();
    assert_eq!(town.inbox.versions(&one), ["accepted", "revoked"]);
    town.altinn.server().faults().set(FaultPlan { only_path: "/events".into(), ..FaultPlan::failing(1, 403) });
    assert!(matches!(town.source.poll(&town.context).await, Err(AdapterError::Refused { .. })));
}

#[tokio::test]
async fn pages_that_lead_in_a_ring_end_in_an_error() {
    let (town, one, _) = both_accepted().await;
    town.told(&one, "revoked");
    town.altinn.set_page_size(1);
    let here = format!("{}/accessmanagement/api/v1/enterprise/consentrequests/events", town.altinn.server().base_url());
    town.altinn.lead_to(Some(&here));
    let error = town.source.poll(&town.context).await.unwrap_err();
    assert!(matches!(error, AdapterError::Format { .. }), "{error}");
}

#[tokio::test]
async fn no_number_stands_in_an_address_or_an_error() {
    let (town, one, _) = both_accepted().await;
    town.altinn.edit(&one, |request| request["id"] = json!(MOTHER));
    town.told(&one, "revoked");
    town.source.poll(&town.context).await.unwrap();
    let error = town.source.reread(&town.context, &format!("consentrequest/{one}")).await.err().unwrap();
    assert!(!format!("{error:?}").contains(MOTHER), "{error:?}");
    town.inbox.ask(MOTHER, &["holder_service"]);
    town.source.poll(&town.context).await.unwrap();
    assert_eq!(town.inbox.versions(MOTHER), ["unreadable"]);
    assert!(!String::from_utf8_lossy(&town.altinn.server().captured().head_bytes()).contains(MOTHER));
}

#[test]
fn settings_that_cannot_work_are_told_before_anything_is_asked() {
    let home = tempfile::tempdir().unwrap();
    let key = home.path().join("key");
    std::fs::write(&key, GrantKey::generate().unwrap().private_pem).unwrap();
    let told = |base: &str, change: fn(&mut samhold_adapter_altinn::SourceSettings)| {
        let mut settings = settings(base, &key);
        change(&mut settings);
        AltinnSource::new("altinn", &settings).err().map(|e| e.to_string()).unwrap_or_default()
    };
    let local = "http://127.0.0.1:1";
    assert_eq!(told(local, |_| ()), "");
    assert!(told(local, |s| s.maskinporten.scope = "ks:fiks".into()).contains("altinn:consentrequests.read"));
    assert!(told("http://altinn.example.no", |_| ()).contains("https"));
    let mixed = |s: &mut samhold_adapter_altinn::SourceSettings| {
        s.base_url = "https://platform.altinn.no".into();
        s.maskinporten.token_url = "https://test.maskinporten.no/token".into();
    };
    assert!(told(local, mixed).contains("different environments"));
}
