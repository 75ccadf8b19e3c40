//! `samhold duty compare`: what changed, and which fact caused it.

use serde_json::json;

use crate::told::{Kept, Told};

/// A school that coordinates by agreement, until it ends, with a correction of the agreement's date in between.
async fn story() -> Kept {
    let ahead = json!({"service": "lia-skole", "kind": "skole_kommunal", "until": "2025-06-20"});
    Told::new()
        .late("skolen", ("2024-08-01", "2025-01-05"), "service_started", &ahead)
        .late("kommunen", ("2025-02-01", "2025-02-04"), "holder_agreed", &json!({"service": "lia-skole"}))
        .kept()
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fact_that_caused_a_change_is_named() {
    let child = story().await;
    insta::assert_snapshot!(child.asks("compare --from 2025-01-20 --to 2025-03-01"));
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_fact_differs_the_day_is_named() {
    let child = story().await;
    insta::assert_snapshot!(child.asks("compare --from 2025-06-01 --to 2025-07-10"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_day_is_told_as_it_was_known_then_and_later() {
    let child = story().await;
    let found = child.asks_json("compare --from 2025-02-02 --to 2025-02-02@2025-02-04");
    let holder = found["differences"].as_array().unwrap().iter().find(|d| d["field"] == "holder").unwrap().clone();
    assert_eq!(holder["before"], json!({"kind": "municipality"}));
    assert_eq!(holder["after"], json!({"kind": "service", "ref": "lia-skole"}));
    let cause = &holder["causes"][0];
    assert_eq!((cause["kind"].as_str(), cause["facts"][0]["change"].as_str()), (Some("fact"), Some("became_known")));
    assert_eq!(cause["facts"][0]["source"], "kommunen");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_point_compared_with_itself_has_nothing_to_tell() {
    let child = story().await;
    assert!(child.asks("compare --from 2025-03-01 --to 2025-03-01").contains("Ingenting er forskjellig."));
    assert_eq!(child.asks_json("compare --from 2025-03-01 --to 2025-03-01")["differences"], json!([]));
}
