//! Consents from Fiks samtykke: what every party has given opens a delivery, what one takes back calls it back the same day,
//! and what cannot be read permits nothing.

use samhold_model::dates::add_days;
use samhold_standins::maskinporten::GrantKey;
use samhold_standins::{FaultPlan, Fiks, Receiver, Town};
use serde_json::{Value, json};

use crate::common::{Child, Daemon, Folder, SECRET, http_recipient, today, wait_until};
use crate::ledger::Ledger;
use crate::story::{PARENTS, agreed, at_rest, child, consented};
use crate::town::samtykke_source;

const REGISTER: &str = "fiks-samtykke";
const CATEGORIES: [&str; 3] = ["coordination_exists", "holder_service", "coordinator_contact"];

/// A private kindergarten that takes part in the case of a child, and child welfare that asks both parents for consent.
struct House {
    fiks: Fiks,
    kindergarten: Receiver,
    daemon: Daemon,
    ledger: Ledger,
    child: Child,
}

impl House {
    async fn start() -> Self {
        let grant = GrantKey::generate().unwrap();
        let fiks = Fiks::start(&Town::new(today()), Some(grant.public_der.clone())).await.unwrap();
        let folder = Folder::sqlite();
        samtykke_source(&folder, REGISTER, &fiks.server().base_url(), &grant);
        let kindergarten = Receiver::start(SECRET).await.unwrap();
        http_recipient(&folder, "barnehagen", "barnehage_privat", &["tussilago"], &kindergarten);
        let daemon = Daemon::start(folder).await;
        let ledger = Ledger::of(&daemon.folder).await;
        let house = Self { fiks, kindergarten, daemon, ledger, child: child(0) };
        let mut facts = agreed(&house.child);
        // It serves the child and takes part; the consents of the story are left out.
        facts.extend(consented(&house.child).into_iter().filter(|f| f["type"] != "consent"));
        house.daemon.client().must_take(&facts).await;
        house
    }

    /// Child welfare asks both parents in Fiks. Days are counted from today.
    fn asked_in_fiks(&self, deadline: i64, end: Option<i64>) -> String {
        let party = |number: &str| json!({"fnr": number, "navn": "Forelder", "harTilgangTilInnbyggerTjenester": true});
        let asked = json!({"samtykkeNavn": "Deling med barnehagen", "samtykkeType": "BARNEVERN",
            "personer": {"personer": [party(PARENTS[0]), party(PARENTS[1])]}, "mappe": {"mappeId": "12", "systemId": "fag"},
            "akseptfrist": day(deadline), "sluttDato": end.map(day),
            "saksbehandler": {"saksbehandlerId": "ab12", "fagsystem": "fag"}});
        self.fiks.consents().create(&asked).unwrap()["samtykkeId"].as_str().unwrap().to_owned()
    }

    /// Child welfare tells here what it asked for.
    fn told(&self, id: &str) -> Value {
        let fields = json!({"system": REGISTER, "request": id, "categories": CATEGORIES, "recipients": ["barnehage_privat"],
            "purposes": ["coordination"]});
        self.child.fact(0, "consent_requested", &fields)
    }

    async fn asked(&self, deadline: i64, end: Option<i64>) -> String {
        let id = self.asked_in_fiks(deadline, end);
        self.daemon.client().must_take(&[self.told(&id)]).await;
        id
    }

    fn answers(&self, id: &str, parent: usize, yes: bool) {
        self.fiks.consents().answer(id, PARENTS[parent], yes).unwrap();
    }

    /// The caseworker writes down what a parent said.
    fn writes_down(&self, id: &str, parent: usize, status: &str) {
        let body = json!({"partFnr": PARENTS[parent], "samtykkeSvarStatus": status, "saksbehandler": {}});
        self.fiks.consents().update(id, &body).unwrap();
    }

    /// Both parents have consented, and the kindergarten has been told.
    async fn opened(&self, end: Option<i64>) -> String {
        let id = self.asked(7, end).await;
        self.answers(&id, 0, true);
        self.answers(&id, 1, true);
        self.until_told(1, "assignment").await;
        id
    }

    async fn until_told(&self, times: u64, kind: &str) {
        wait_until(&format!("the kindergarten has got {times} events"), async || {
            self.kindergarten.counts().effects >= times
        })
        .await;
        let events = self.kindergarten.events();
        assert_eq!(events.len() as u64, times);
        assert_eq!(events.last().unwrap().kind, format!("no.samhold.coordination.{kind}.v1"));
    }

    /// How often Fiks has been asked how this consent stands.
    fn readings(&self, id: &str) -> usize {
        let asked = String::from_utf8_lossy(&self.fiks.server().captured_bytes()).into_owned();
        asked.matches(&format!("/hentSamtykke/{id}")).count()
    }

    /// Waits until what stands in Fiks now has been read, and all that follows from it has been done.
    async fn until_read(&self, id: &str) {
        let before = self.readings(id);
        // The reading under way may be older; the next but one is not, and the one before it has been journalled.
        wait_until("Fiks is asked again", async || self.readings(id) >= before + 3).await;
        at_rest(&self.daemon, &[]).await;
    }

    async fn consents(&self) -> Vec<samhold_store::StoredFact> {
        self.ledger.of_type(&self.child.number, REGISTER, "consent").await
    }
}

fn day(days: i64) -> String {
    add_days(today(), days).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_both_parents_have_given_opens_and_what_one_takes_back_calls_it_back_the_same_day() {
    let house = House::start().await;
    let id = house.asked(7, Some(100)).await;
    let nobodys = house.asked_in_fiks(7, None);
    house.answers(&nobodys, 0, true);
    house.answers(&id, 0, true);
    house.until_read(&id).await;
    assert_eq!((house.kindergarten.counts().effects, house.consents().await.len()), (0, 0), "one parent is not enough");

    house.answers(&id, 1, true);
    house.until_told(1, "assignment").await;
    let given = house.ledger.until(&house.child.number, REGISTER, "consent", 2).await;
    for fact in &given {
        assert_eq!((fact.at, &fact.body["valid_to"]), (today(), &json!(day(100))));
        assert_eq!(
            (&fact.body["evidence"], &fact.body["informed"]),
            (&json!(format!("FiksSamtykke:{id}")), &json!(true))
        );
        assert_eq!((&fact.body["how"], &fact.body["categories"]), (&json!("electronic"), &json!(CATEGORIES)));
    }

    house.writes_down(&id, 1, "TRUKKET");
    house.until_told(2, "retracted").await;
    let withdrawn = house.ledger.until(&house.child.number, REGISTER, "consent_withdrawn", 2).await;
    assert!(withdrawn.iter().all(|f| f.at == today()), "{withdrawn:?}");
    assert!(house.daemon.folder.dead_letters().is_empty(), "{:?}", house.daemon.folder.dead_letters());
    let asked = String::from_utf8_lossy(&house.fiks.server().captured_bytes()).into_owned();
    assert!(asked.contains(&id) && !asked.contains(&nobodys), "nobody is asked about what nobody told here");
    assert!(PARENTS.iter().all(|number| !asked.contains(number)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_nobody_knows_closes_and_when_it_is_known_again_it_opens_and_can_be_taken_back() {
    let house = House::start().await;
    let id = house.opened(None).await;
    house.fiks.consents().tell_status(&id, PARENTS[1], "SAMTYKKET_MED_FORBEHOLD").unwrap();
    house.until_told(2, "retracted").await;
    let letters = house.daemon.folder.dead_letters();
    assert_eq!((letters.len(), &letters[0]["code"]), (1, &json!("refused")), "{letters:?}");

    house.fiks.consents().tell_status(&id, PARENTS[1], "SAMTYKKET").unwrap();
    house.until_told(3, "assignment").await;
    // What was given anew is what is taken back, not what it replaced.
    house.writes_down(&id, 0, "TRUKKET");
    house.until_told(4, "retracted").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_of_fiks_changes_nothing_and_what_was_taken_back_meanwhile_counts_when_it_heals() {
    let house = House::start().await;
    let id = house.opened(None).await;
    let faults = house.fiks.server().faults();
    // Those that Fiks itself asks us to wait for are asked again soon; after a whole reading the waits begin anew.
    let soon = Some("50".to_owned());
    let only = |plan: FaultPlan| FaultPlan { only_path: "/samtykke/".into(), retry_after: soon.clone(), ..plan };
    let cut = FaultPlan { truncate_every: 1, ..FaultPlan::default() };
    for plan in
        [FaultPlan::down(), FaultPlan::failing(1, 404), FaultPlan::failing(1, 500), cut, FaultPlan::failing(1, 429)]
    {
        let before = faults.injected();
        faults.set(only(plan));
        wait_until("two readings have failed", async || faults.injected() >= before + 2).await;
    }
    at_rest(&house.daemon, &[]).await;
    assert_eq!(house.kindergarten.counts().effects, 1, "nothing is known, and nothing changes");
    house.writes_down(&id, 0, "TRUKKET");
    faults.clear();
    house.until_told(2, "retracted").await;
    assert!(house.daemon.folder.dead_letters().is_empty(), "{:?}", house.daemon.folder.dead_letters());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_that_has_come_ends_it_by_our_own_clock_though_fiks_still_says_given() {
    let house = House::start().await;
    let id = house.opened(Some(1)).await;
    assert_eq!(house.consents().await[0].body["valid_to"], day(1));
    let edit = json!({"akseptfrist": day(7), "sluttDato": day(0), "saksbehandler": {"saksbehandlerId": "ab12"}});
    house.fiks.consents().edit(&id, &edit).unwrap();
    house.until_told(2, "retracted").await;
    assert!(house.ledger.of_type(&house.child.number, REGISTER, "consent_withdrawn").await.is_empty());

    let late = house.asked(-1, None).await;
    house.answers(&late, 0, true);
    house.answers(&late, 1, true);
    house.until_read(&late).await;
    assert_eq!(
        (house.kindergarten.counts().effects, house.consents().await.len()),
        (2, 2),
        "an answer after the deadline"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_caseworker_sets_out_of_force_and_what_is_no_longer_asked_for_open_no_more() {
    let house = House::start().await;
    let id = house.opened(None).await;
    house.fiks.consents().invalidate(&id, &json!({"saksbehandler": {}, "begrunnelse": "feil"})).unwrap();
    house.until_told(2, "retracted").await;

    let other = house.asked(7, None).await;
    house.answers(&other, 0, true);
    house.writes_down(&other, 1, "SAMTYKKET");
    house.until_told(3, "assignment").await;
    let how: Vec<Value> = house.consents().await.iter().map(|f| f.body["how"].clone()).collect();
    assert_eq!(how.iter().filter(|how| how.is_null()).count(), 1, "{how:?}");
    let mistake = house.told(&other);
    let void = house.child.fact(0, "correction", &json!({"of": mistake["id"], "void": true}));
    house.daemon.client().must_take(&[void]).await;
    house.until_told(4, "retracted").await;
}
