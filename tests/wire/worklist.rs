//! `GET /api/v1/worklist`: what people must look at, most urgent first, by page and by kind.

use serde_json::{Value, json};

use crate::common::{Answer, Daemon, Folder, wait_until};
use crate::story::child;

async fn list(daemon: &Daemon, query: &str) -> Answer {
    daemon.client().get(&format!("/api/v1/worklist{query}")).await.unwrap()
}

fn rows(answer: &Answer) -> Vec<(u64, String, String)> {
    let text = |item: &Value, key: &str| item[key].as_str().unwrap().to_owned();
    answer.json["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| (i["urgency"].as_u64().unwrap(), text(i, "code"), text(i, "child")))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_sorted_by_urgency_filtered_by_kind_and_read_by_page() {
    let daemon = Daemon::start(Folder::sqlite()).await;
    let (overdue, disputed) = (child(0), child(1));
    let mut facts = [overdue.opening(), disputed.opening()].concat();
    facts.push(disputed.fact(2, "dispute_raised", &json!({"parties": ["lia-skole", "helsestasjon"]})));
    daemon.client().must_take(&facts).await;
    wait_until("both are on the list", async || {
        let text = list(&daemon, "").await.text;
        text.contains("NO_HOLDER_OVERDUE") && text.contains("DISPUTE_OPEN")
    })
    .await;
    crate::story::at_rest(&daemon, &[]).await;
    let whole = list(&daemon, "").await;
    let all = rows(&whole);
    assert!(all.windows(2).all(|w| w[0].0 <= w[1].0), "{all:?}");
    assert_eq!(whole.json["total"], all.len());
    assert!(!whole.text.contains(&overdue.number) && !whole.text.contains(&disputed.number), "opaque ids alone");
    for item in whole.json["items"].as_array().unwrap() {
        assert!(
            !item["text"].as_str().unwrap().is_empty() && item["municipality"] == "9901" && item["days"].is_i64(),
            "{item}"
        );
    }

    let disputes = rows(&list(&daemon, "?code=DISPUTE_OPEN").await);
    assert_eq!(disputes.len(), 1);
    assert_ne!(disputes[0].2, all.iter().find(|r| r.1 == "NO_HOLDER_OVERDUE").unwrap().2);
    assert!(rows(&list(&daemon, "?code=FINNES_IKKE").await).is_empty());
    assert!(rows(&list(&daemon, "?municipality=9902").await).is_empty(), "not a municipality of this client");
    assert_eq!(rows(&list(&daemon, "?municipality=9901").await), all);

    let paged: Vec<_> = futures::future::join_all((0..all.len()).map(async |n| {
        let page = list(&daemon, &format!("?limit=1&offset={n}")).await;
        assert_eq!((page.count("items"), page.count("total")), (1, all.len() as u64));
        rows(&page).remove(0)
    }))
    .await;
    assert_eq!(paged, all);
    for wrong in ["?limit=mange", "?side=2", "?offset=-1"] {
        let refused = list(&daemon, wrong).await;
        assert_eq!((refused.status, refused.json["code"].as_str()), (400, Some("invalid_query")), "{wrong}");
    }

    // The command says the same.
    let said = daemon.folder.cli_text(&["duty", "overdue", "--json"]);
    let said: Vec<Value> = said.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(Value::Array(said), whole.json["items"]);

    daemon.client().must_take(&[disputed.agreement(119)]).await;
    wait_until("what is settled is off the list", async || rows(&list(&daemon, "?code=DISPUTE_OPEN").await).is_empty())
        .await;
}
