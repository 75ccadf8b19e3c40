//! The end of a consent in Altinn: no event tells it, and it ends all the same, by our own clock.

use jiff::SignedDuration;
use samhold_standins::Altinn;
use samhold_standins::altinn::Request;
use samhold_standins::maskinporten::GrantKey;
use serde_json::json;

use crate::common::{Folder, altinn_source, wait_until};
use crate::house::{Child, House, day, told};
use crate::ledger::Ledger;
use crate::story::PARENTS;

const REGISTER: &str = "altinn-samtykke";

#[tokio::test(flavor = "multi_thread")]
async fn a_consent_ends_on_the_day_it_was_given_until_though_altinn_says_nothing() {
    let grant = GrantKey::generate().unwrap();
    let altinn = Altinn::start("2026-11-02T06:00:00Z".parse().unwrap(), None).await.unwrap();
    let folder = Folder::sqlite();
    altinn_source(&folder, REGISTER, &altinn, &grant);
    let school = told(&folder, "friskolen", "skole_privat", &["fri-skole"]).await;
    let house = House::start(folder, "2026-11-02").await;
    let child = Child::born("2018-03-20");
    let mut facts = child.opening();
    facts.push(child.fact("2026-01-05", "guardians_changed", &json!({"guardians": PARENTS})));
    facts.push(child.agreed("2026-01-20", "lia-skole"));
    // Until midnight in Norway.
    let ids = PARENTS.map(|parent| altinn.ask(&Request::to(parent, "2026-11-20T00:00:00+01:00".parse().unwrap())));
    facts.extend(ids.iter().map(|id| {
        let asked = json!({"system": REGISTER, "request": id, "categories": ["coordination_exists", "holder_service"],
            "recipients": ["skole_privat"], "purposes": ["coordination"]});
        child.fact("2026-11-02", "consent_requested", &asked)
    }));
    house.record("2026-11-02", &facts).await;
    for id in &ids {
        altinn.happens(id, "accepted");
    }
    altinn.pass_five_minutes();
    wait_until("the school is told", async || school.events().len() == 1).await;

    altinn.pass(SignedDuration::from_hours(24 * 17));
    house.put_forward(day("2026-11-19"));
    house.at_rest().await;
    assert_eq!(school.events().len(), 1, "the last day counts");
    let dates = house.go_on_to(&child, "2026-11-20").await;
    assert_eq!(dates, [day("2026-11-20")]);
    wait_until("the school is told of the end", async || school.events().len() == 2).await;
    // It never took part in the case, so it is told that it has no part in it.
    assert_eq!(school.events()[1].kind, "no.samhold.coordination.superseded.v1");
    let withdrawals = Ledger::of(&house.folder).await.facts(child.number()).await;
    assert!(withdrawals.iter().all(|fact| fact.body["type"] != "consent_withdrawn"), "nobody has withdrawn anything");
}
