//! The story recipients are told about: a child with nothing to hide, whose services agreed on one of them.

use serde_json::{Value, json};

use crate::common::{Child, Daemon, children};

/// Grown-ups of the child, synthetic.
pub const PARENTS: [&str; 2] = ["12858841044", "03898531138"];

/// One child of its own number, the `n`th.
#[must_use]
pub fn child(n: usize) -> Child {
    children(n + 1).remove(n)
}

/// Everything until the services agreed on `lia-skole`.
#[must_use]
pub fn agreed(child: &Child) -> Vec<Value> {
    let mut facts = child.opening();
    facts.push(child.fact(198, "guardians_changed", &json!({"guardians": PARENTS})));
    facts.push(child.agreement(0));
    facts
}

/// A private kindergarten that serves the child and may know, by both parents' consent; gives the consents last.
#[must_use]
pub fn consented(child: &Child) -> Vec<Value> {
    let service = json!({"service": "tussilago", "kind": "barnehage_privat"});
    let mut facts = vec![
        child.fact(140, "service_started", &service),
        child.fact(
            139,
            "cooperation_needed",
            &json!({"participants": ["lia-skole", "helsestasjon", "ergo-fysio", "tussilago"]}),
        ),
    ];
    let categories = ["coordination_exists", "holder_service", "coordinator_contact"];
    facts.extend(PARENTS.iter().map(|parent| {
        let consent = json!({"by": parent, "categories": categories, "recipients": ["barnehage_privat"], "purposes": ["coordination"],
            "evidence": "sak-2026/7", "informed": true});
        child.fact(30, "consent", &consent)
    }));
    facts
}

/// The first parent takes the consent back, today.
#[must_use]
pub fn withdrawn(child: &Child) -> Value {
    let consents = consented(child);
    child.fact(0, "consent_withdrawn", &json!({"consent": consents[2]["id"]}))
}

/// The first of a child's opening facts that has this type.
#[must_use]
pub fn opening_of(child: &Child, kind: &str) -> Value {
    child.opening().into_iter().find(|f| f["type"] == kind).unwrap()
}

/// Waits until nothing is on its way any more: all is mapped and worked out, and nothing is queued but for `away`.
pub async fn at_rest(daemon: &Daemon, away: &[&str]) {
    crate::common::wait_until("everything is at rest", async || {
        let backlog = &daemon.folder.status()["backlog"];
        let queued = backlog["recipients"].as_array().unwrap().iter();
        let queued =
            queued.filter(|r| !away.contains(&r[0].as_str().unwrap())).map(|r| r[1].as_i64().unwrap()).sum::<i64>();
        backlog["inbox"] == json!([]) && backlog["marked"] == 0 && queued == 0
    })
    .await;
}
