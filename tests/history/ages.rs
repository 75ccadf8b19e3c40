//! Who must consent changes while nobody does anything: at 15, at 16, at a care order, at a consent's own end. What was told on
//! the old consent is called back that very day, and people knew of it beforehand.

use samhold::sync::Dossier;
use samhold::sync::register::{Line, Register};
use samhold_standins::Receiver;
use serde_json::{Value, json};

use crate::common::{Folder, HOLDERS};
use crate::house::{Child, House, day, here, told};
use crate::story::PARENTS;

const RENEWAL: &str = "CONSENT_RENEWAL";
const TOLD: &str = "no.samhold.coordination.assignment.v1";
const RETRACTED: &str = "no.samhold.coordination.retracted.v1";
const SUPERSEDED: &str = "no.samhold.coordination.superseded.v1";

/// A private school that serves the child and takes part, and one that does neither: both may know by consent alone.
struct Schools {
    house: House,
    own: Receiver,
    other: Receiver,
    child: Child,
}

impl Schools {
    async fn of_a_child(born: &str, today: &str) -> Self {
        let folder = Folder::sqlite();
        let own = told(&folder, "friskolen", "skole_privat", &["fri-skole"]).await;
        let other = told(&folder, "naboskolen", "skole_privat", &["nabo-skole"]).await;
        let house = House::start(folder, today).await;
        let child = Child::born(born);
        let mut facts = child.opening();
        let take_part = [HOLDERS.as_slice(), &["fri-skole"]].concat();
        facts.extend([
            child.fact("2026-01-05", "guardians_changed", &json!({"guardians": PARENTS})),
            child.fact("2026-01-06", "service_started", &json!({"service": "fri-skole", "kind": "skole_privat"})),
            child.fact("2026-01-11", "cooperation_needed", &json!({"participants": take_part})),
            child.agreed("2026-01-20", "lia-skole"),
        ]);
        house.record(today, &facts).await;
        let schools = Self { house, own, other, child };
        schools.have_heard(&[], &[]);
        schools
    }

    /// The types of all events so far.
    fn have_heard(&self, own: &[&str], other: &[&str]) {
        assert_eq!((kinds(&self.own), kinds(&self.other)), (texts(own), texts(other)));
    }

    async fn record(&self, on: &str, facts: &[Value]) {
        self.house.record(on, facts).await;
    }

    /// How each consent stands today for the holder's service.
    async fn stand(&self) -> Vec<Value> {
        let lines = register(&self.house, &self.child).await;
        let of_holder = lines.iter().flat_map(|line| line.categories.iter().filter(|w| w.category == "holder_service"));
        of_holder.map(|worth| worth.standing.clone()).collect()
    }

    /// Who must consent to it today.
    async fn must(&self) -> Vec<usize> {
        let row = must(&self.house, &self.child, "holder_service").await;
        row.iter().map(Vec::len).collect()
    }
}

fn texts(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn kinds(school: &Receiver) -> Vec<String> {
    school.events().into_iter().map(|event| event.kind).collect()
}

async fn dossier(house: &House, child: &Child) -> Dossier {
    let id = house.id(child).await;
    let (store, live) = (house.engine.store.as_ref(), house.engine.live());
    Dossier::of_store(store, &live.loaded, (id, &here()), house.today()).await.unwrap()
}

async fn register(house: &House, child: &Child) -> Vec<Line> {
    let (dossier, live) = (dossier(house, child).await, house.engine.live());
    let rules = live.share_rules("9901").rules;
    Register { dossier: &dossier, rules: &rules, loaded: &live.loaded, reader: None }.lines()
}

/// Party by party, those who must consent to a category today.
async fn must(house: &House, child: &Child, category: &str) -> Vec<Vec<String>> {
    let (dossier, live) = (dossier(house, child).await, house.engine.live());
    let rules = live.share_rules("9901").rules;
    let all = Register { dossier: &dossier, rules: &rules, loaded: &live.loaded, reader: None }.must_consent();
    let row = all.as_array().unwrap().iter().find(|row| row["category"] == category).unwrap();
    serde_json::from_value(row["persons"].clone()).unwrap()
}

fn consent(child: &Child, at: &str, by: &str, more: &Value) -> Value {
    let mut fields = json!({"by": by, "categories": ["coordination_exists", "holder_service"], "recipients": ["skole_privat"],
        "purposes": ["coordination"], "evidence": "sak-2026/9", "informed": true});
    fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    child.fact(at, "consent", &fields)
}

fn of_both(child: &Child, at: &str) -> Vec<Value> {
    PARENTS.map(|parent| consent(child, at, parent, &json!({}))).into()
}

#[tokio::test(flavor = "multi_thread")]
async fn on_the_sixteenth_birthday_the_parents_consent_stops_and_the_youths_own_opens_it_again() {
    let schools = Schools::of_a_child("2010-06-10", "2026-03-01").await;
    let child = &schools.child;
    schools.record("2026-03-02", &of_both(child, "2026-03-02")).await;
    schools.have_heard(&[TOLD], &[TOLD]);

    schools.house.go_on_to(child, "2026-06-09").await;
    let due = schools.house.work_list(RENEWAL).await;
    assert_eq!((due.len(), due[0].due), (1, Some(day("2026-06-10"))), "it stood there beforehand");
    assert_eq!((schools.stand().await, schools.must().await), (vec![json!("live"); 2], vec![2]));
    schools.have_heard(&[TOLD], &[TOLD]);

    let dates = schools.house.go_on_to(child, "2026-06-10").await;
    assert_eq!(dates, [day("2026-06-10")]);
    assert_eq!((schools.stand().await, schools.must().await), (vec![json!("wrong_person"); 2], vec![1]));
    // Who takes part is told that it is void; of who does not, nothing but that the old no longer holds.
    schools.have_heard(&[TOLD, RETRACTED], &[TOLD, SUPERSEDED]);
    let called_back = schools.own.events().remove(1);
    assert!(called_back.data.get("coordination").is_none(), "{}", called_back.data);

    schools.record("2026-06-11", &[consent(child, "2026-06-11", "child", &json!({}))]).await;
    schools.have_heard(&[TOLD, RETRACTED, TOLD], &[TOLD, SUPERSEDED, TOLD]);
    assert!(schools.house.work_list(RENEWAL).await.is_empty(), "what was renewed is asked for no more");
    assert_eq!(schools.house.rebuilt().await.1, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_parents_one_withdraws_and_it_is_called_back_the_same_day() {
    let schools = Schools::of_a_child("2018-06-10", "2026-03-01").await;
    let child = &schools.child;
    let both = of_both(child, "2026-03-02");
    schools.record("2026-03-02", &both).await;
    schools.have_heard(&[TOLD], &[TOLD]);
    let taken_back = child.fact("2026-03-10", "consent_withdrawn", &json!({"consent": both[1]["id"]}));
    schools.record("2026-03-10", &[taken_back]).await;
    assert_eq!(schools.stand().await, [json!("live"), json!("withdrawn")]);
    schools.have_heard(&[TOLD, RETRACTED], &[TOLD, SUPERSEDED]);
    assert!(schools.house.work_list(RENEWAL).await.is_empty(), "what was taken back is not asked for again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_care_order_takes_the_consent_from_the_parents_and_gives_it_to_child_welfare() {
    let schools = Schools::of_a_child("2018-06-10", "2026-03-01").await;
    let child = &schools.child;
    schools.record("2026-03-02", &of_both(child, "2026-03-02")).await;
    schools.record("2026-04-01", &[child.fact("2026-04-01", "care_order", &json!({"by": "barnevern"}))]).await;
    assert_eq!(schools.stand().await, vec![json!("wrong_person"); 2]);
    schools.have_heard(&[TOLD, RETRACTED], &[TOLD, SUPERSEDED]);
    let due = schools.house.work_list(RENEWAL).await;
    assert_eq!((due.len(), due[0].due), (1, Some(day("2026-04-01"))), "nobody knew of it before");
    assert_eq!(must(&schools.house, child, "holder_service").await, [["barnevern"]]);

    schools.record("2026-04-02", &[consent(child, "2026-04-02", "barnevern", &json!({}))]).await;
    schools.have_heard(&[TOLD, RETRACTED, TOLD], &[TOLD, SUPERSEDED, TOLD]);
    assert!(schools.house.work_list(RENEWAL).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consent_counts_until_its_own_end_and_not_on_it() {
    let schools = Schools::of_a_child("2018-06-10", "2026-03-01").await;
    let child = &schools.child;
    let until = json!({"valid_to": "2026-07-01"});
    schools.record("2026-03-02", &PARENTS.map(|parent| consent(child, "2026-03-02", parent, &until))).await;
    schools.house.go_on_to(child, "2026-06-30").await;
    assert_eq!(schools.house.work_list(RENEWAL).await[0].due, Some(day("2026-07-01")));
    assert_eq!(schools.stand().await, vec![json!("live"); 2]);
    schools.have_heard(&[TOLD], &[TOLD]);
    schools.house.go_on_to(child, "2026-07-01").await;
    assert_eq!(schools.stand().await, vec![json!("expired"); 2]);
    schools.have_heard(&[TOLD, RETRACTED], &[TOLD, SUPERSEDED]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_undocumented_consent_is_shown_as_such_and_opens_nothing_until_it_is_filed() {
    let schools = Schools::of_a_child("2018-06-10", "2026-03-01").await;
    let child = &schools.child;
    let [mother, mut father] = of_both(child, "2026-03-02").try_into().unwrap();
    father.as_object_mut().unwrap().shift_remove("evidence");
    schools.record("2026-03-02", &[mother, father]).await;
    assert_eq!(schools.stand().await, [json!("live"), json!("undocumented")]);
    let opened = register(&schools.house, child).await;
    assert!(opened.iter().flat_map(|line| &line.categories).all(|worth| worth.opens.is_empty()), "{opened:?}");
    schools.have_heard(&[], &[]);
    let filed = consent(child, "2026-03-03", PARENTS[1], &json!({"evidence": "sak-2026/10"}));
    schools.record("2026-03-03", &[filed]).await;
    schools.have_heard(&[TOLD], &[TOLD]);
}

/// A consent is to a kind of service: whoever works there, and whichever of that kind the child goes to, it stays the same one.
#[tokio::test(flavor = "multi_thread")]
async fn a_consent_to_a_kind_of_service_outlives_the_coordinator_and_the_school_the_child_leaves() {
    let schools = Schools::of_a_child("2018-06-10", "2026-03-01").await;
    let child = &schools.child;
    schools.record("2026-03-02", &of_both(child, "2026-03-02")).await;
    let named = |school: &Receiver| school.events().last().unwrap().data["coordination"]["holder"]["service"].clone();
    assert_eq!(named(&schools.own), "lia-skole");
    let parties = [HOLDERS.as_slice(), &["nabo-skole"]].concat();
    let facts = [
        child.fact("2026-05-01", "service_ended", &json!({"service": "fri-skole"})),
        child.fact("2026-05-01", "service_started", &json!({"service": "nabo-skole", "kind": "skole_privat"})),
        child.fact("2026-05-01", "cooperation_needed", &json!({"participants": parties})),
        child.agreed("2026-05-02", "helsestasjon"),
    ];
    schools.record("2026-05-02", &facts).await;
    assert_eq!(schools.stand().await, vec![json!("live"); 2]);
    assert_eq!(
        named(&schools.other),
        "helsestasjon",
        "the new school is told on the consent that was given to its kind"
    );
    assert!(schools.house.work_list(RENEWAL).await.is_empty(), "nobody asks the parents again");
}

/// To a public school child welfare is named by consent alone; from 15 the youth has a say besides the parents (bvl § 12-3).
#[tokio::test(flavor = "multi_thread")]
async fn on_the_fifteenth_birthday_child_welfare_is_named_no_more_until_the_youth_too_consents() {
    let folder = Folder::sqlite();
    let school = told(&folder, "skolen", "skole_kommunal", &["lia-skole"]).await;
    let house = House::start(folder, "2026-03-01").await;
    let child = Child::born("2011-06-10");
    let mut facts = child.opening();
    let case = |at: &str, by: &str| {
        consent(&child, at, by, &json!({"categories": ["barnevern_case_exists"], "recipients": ["skole_kommunal"]}))
    };
    let parties = [HOLDERS.as_slice(), &["vern"]].concat();
    facts.extend([
        child.fact("2026-01-05", "guardians_changed", &json!({"guardians": PARENTS})),
        child.fact("2026-01-06", "service_started", &json!({"service": "vern", "kind": "barnevern"})),
        child.fact("2026-01-11", "cooperation_needed", &json!({"participants": parties})),
        child.fact("2026-01-20", "holder_agreed", &json!({"service": "vern", "parties": parties})),
    ]);
    house.record("2026-03-01", &facts).await;
    let names_it = || school.events().last().unwrap().data.to_string().contains("vern");
    assert!(!names_it(), "without consent a contact point stands in its place");
    house.record("2026-03-02", &PARENTS.map(|parent| case("2026-03-02", parent))).await;
    assert!(names_it(), "{}", school.events().last().unwrap().data);

    house.go_on_to(&child, "2026-06-09").await;
    assert!(names_it());
    let due = house.work_list(RENEWAL).await;
    assert_eq!(due[0].due, Some(day("2026-06-10")));
    assert!(!due[0].text.contains("barnevern"), "the list does not say which service: {}", due[0].text);
    assert_eq!(must(&house, &child, "barnevern_case_exists").await.len(), 1);

    house.go_on_to(&child, "2026-06-10").await;
    let last = school.events().pop().unwrap();
    assert_eq!(last.kind, TOLD, "the school takes part and still may know that somebody coordinates");
    assert!(!names_it(), "{}", last.data);
    let parties = must(&house, &child, "barnevern_case_exists").await;
    assert_eq!((parties.len(), &parties[0]), (2, &vec!["child".to_owned()]));
    assert!(register(&house, &child).await.iter().all(|line| line.categories[0].opens.is_empty()));

    house.record("2026-06-11", &[case("2026-06-11", "child")]).await;
    assert!(names_it(), "the parents' still count, together with the youth's own");
}
