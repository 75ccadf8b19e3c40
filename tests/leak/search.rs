//! The search: who may have what, and that nobody has anything else.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::played::{BY_QUEUE, KE, Played, play};

/// Everything that was searched, by where it went; kept apart so that a find says where.
struct Bytes {
    /// Addresses, headers, keys, logs, metrics, answers, the command line: no number at all may stand here.
    heads: BTreeMap<String, String>,
    /// Bodies that left, by who got them.
    bodies: BTreeMap<String, String>,
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn body_bytes(captured: &samhold_standins::wire::Captured) -> String {
    captured.all().iter().map(|r| text(&r.body) + "\n").collect()
}

async fn gather(played: &Played) -> Bytes {
    let mut bytes = Bytes { heads: BTreeMap::new(), bodies: BTreeMap::new() };
    let sources = [
        ("skolesystem", played.school.server()),
        ("helsejournal", played.record.server()),
        ("fiks", played.fiks.server()),
        ("habu", played.hospital.server()),
    ];
    let places = played.places.iter().map(|p| (p.service, p.receiver.server()));
    for (name, server) in sources.into_iter().chain(places) {
        bytes.heads.insert(format!("addresses and headers to {name}"), text(&server.captured().head_bytes()));
        bytes.bodies.insert(name.to_owned(), body_bytes(server.captured()));
    }
    if let Some(road) = &played.road {
        bytes.heads.insert("commands, keys and headers to the broker".into(), text(&road.tap.heads()));
        bytes.bodies.insert(BY_QUEUE.into(), text(&road.tap.bodies()));
    }
    bytes.bodies.insert(KE.into(), played.feed.iter().map(|e| e.to_string() + "\n").collect());
    bytes.heads.insert("answers of the API".into(), played.answers.join("\n"));
    bytes.heads.insert("the log".into(), played.daemon.log());
    for path in ["/metrics", "/readyz", "/livez"] {
        bytes.heads.insert(path.into(), played.daemon.client().get(path).await.unwrap().text);
    }
    for (name, out) in commands(played).await {
        bytes.heads.insert(name, out);
    }
    bytes
}

/// What an operator sees.
async fn commands(played: &Played) -> Vec<(String, String)> {
    let folder = &played.daemon.folder;
    let mut lines: Vec<Vec<String>> = [
        "status",
        "status --json",
        "check",
        "dead-letters list",
        "dead-letters list --json",
        "duty overdue",
        "duty overdue --json",
        "audit verify",
    ]
    .iter()
    .map(|l| l.split(' ').map(str::to_owned).collect())
    .collect();
    let own = |words: [&str; 3]| words.map(str::to_owned).to_vec();
    lines.extend(folder.dead_letters().iter().map(|d| own(["dead-letters", "show", d["id"].as_str().unwrap()])));
    for child in played.town.children() {
        let Some(number) = &child.national_id else { continue };
        let Some(id) = played.ledger.child(number).await else { continue };
        for command in [["duty", "show", "--child"], ["audit", "report", "--child"]] {
            lines.push(own(command).into_iter().chain([id.to_string()]).collect());
        }
    }
    lines
        .into_iter()
        .map(|line| {
            let words: Vec<&str> = line.iter().map(String::as_str).collect();
            let out = folder.cli(&words);
            assert!(out.status.success(), "{line:?}: {}", text(&out.stderr));
            (format!("`samhold {}`", line.join(" ")), text(&out.stdout) + &text(&out.stderr))
        })
        .collect()
}

/// Words of digits alone, eleven of them: what an identity number looks like.
fn numbers_in(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    words.filter(|w| w.len() == 11 && w.bytes().all(|b| b.is_ascii_digit())).map(str::to_owned).collect()
}

fn assert_nowhere(place: &str, text: &str, what: &str, word: &str) {
    if let Some(at) = text.to_lowercase().find(&word.to_lowercase()) {
        let around: String =
            text.chars().skip(text[..text.len().min(at)].chars().count().saturating_sub(60)).take(160).collect();
        panic!("{what} stands in {place}: …{around}…");
    }
}

/// Services that stand in any fact about a child, or whose kind is named in a consent: who may be told of the case.
async fn concerned(played: &Played, number: &str) -> BTreeSet<String> {
    let facts = played.ledger.facts(number).await;
    let words = |value: &Value| -> Vec<String> {
        match value {
            Value::String(one) => vec![one.clone()],
            Value::Array(all) => all.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect(),
            _ => Vec::new(),
        }
    };
    let mut named: BTreeSet<String> = facts
        .iter()
        .flat_map(|f| ["service", "participants", "parties"].map(|key| words(&f.body[key])).concat())
        .collect();
    let kinds: Vec<String> = facts.iter().flat_map(|f| words(&f.body["recipients"])).collect();
    let by_consent = played.town.services().into_iter().filter(|s| kinds.iter().any(|k| k == s.kind));
    named.extend(by_consent.map(|s| s.id.to_owned()));
    named
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_person_stands_where_it_may_not_in_anything_that_left() {
    let mut played = play().await;
    let bytes = gather(&played).await;
    assert_it_was_lively(&played, &bytes);
    no_number_outside_bodies(&played, &bytes);
    only_the_childs_own_number_to_those_concerned(&played, &bytes).await;
    no_address_and_no_name_of_anybody(&played, &bytes);
    nothing_about_the_protected_child(&played, &bytes).await;
    nobody_learns_of_the_shelter(&played, &bytes);
    if let Some(road) = &played.road {
        assert!(!road.received().await.is_empty(), "child welfare got something over the queue");
    }
    played.daemon.terminate().await;
    let numbers = numbers_in(&played.daemon.log());
    assert!(numbers.is_empty(), "numbers in the log at the end: {}", numbers.len());
    let road = played.road.take();
    drop(played);
    if let Some(road) = road {
        road.clear().await;
    }
}

/// A search in silence finds nothing: there must have been something to leak.
fn assert_it_was_lively(played: &Played, bytes: &Bytes) {
    let told: usize = played.places.iter().map(|p| p.receiver.events().len()).sum();
    assert!(told > 40, "{told}");
    assert!(played.feed.len() > 15, "{}", played.feed.len());
    let log = &bytes.heads["the log"];
    assert!(log.contains("dead letters"), "errors were logged");
    let learnt = played.answers.iter().filter(|a| a.contains("\"held\"")).count();
    assert!(learnt > 30, "{learnt}");
    let asked = &bytes.bodies["fiks"];
    assert!(
        asked.contains(&played.town.child("nora").unwrap().national_id.clone().unwrap()),
        "the register was asked about Nora"
    );
}

fn no_number_outside_bodies(played: &Played, bytes: &Bytes) {
    for (place, text) in &bytes.heads {
        let found = numbers_in(text);
        assert!(found.is_empty(), "{} numbers in {place}: {found:?}", found.len());
        for number in played.town.numbers() {
            assert_nowhere(place, text, "a number of the town", &number);
        }
    }
}

async fn only_the_childs_own_number_to_those_concerned(played: &Played, bytes: &Bytes) {
    let mut allowed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for number in played.town.children().iter().filter_map(|c| c.national_id.clone()) {
        allowed.insert(number.clone(), concerned(played, &number).await);
    }
    for (who, text) in &bytes.bodies {
        for number in numbers_in(text) {
            let concerned =
                allowed.get(&number).unwrap_or_else(|| panic!("{who} got a number that is no child's: a grown-up's?"));
            // The register is asked by number; the koordinerende enhet takes part in every case.
            let may = who == "fiks" || who == KE || concerned.contains(who);
            let child = played.town.children().iter().find(|c| c.national_id.as_ref() == Some(&number)).unwrap();
            assert!(may, "{who} got the number of {}, with whom it has nothing to do: {concerned:?}", child.first_name);
        }
        for guardian in played.town.children().iter().flat_map(|c| &c.guardians) {
            assert_nowhere(who, text, "a grown-up's number", &guardian.national_id);
        }
    }
    for source in ["skolesystem", "helsejournal"] {
        assert!(numbers_in(&bytes.bodies[source]).is_empty(), "{source} is asked without numbers");
    }
}

fn no_address_and_no_name_of_anybody(played: &Played, bytes: &Bytes) {
    for child in played.town.children() {
        let full = format!("{} {}", child.first_name, child.last_name);
        let adults = child.guardians.iter().map(|g| format!("{} {}", g.first_name, child.last_name));
        let words: Vec<String> = adults.chain([child.street.to_owned(), full]).collect();
        for (place, text) in bytes.heads.iter().chain(&bytes.bodies) {
            words.iter().for_each(|word| assert_nowhere(place, text, "a name or an address", word));
        }
    }
}

/// Strengt fortrolig: nobody but the koordinerende enhet learns that there is a case, and it learns no place.
async fn nothing_about_the_protected_child(played: &Played, bytes: &Bytes) {
    let nora = played.town.child("nora").unwrap().national_id.clone().unwrap();
    let subject = played.ledger.child(&nora).await.unwrap().to_string();
    for (who, text) in bytes.bodies.iter().filter(|(who, _)| !["fiks", KE].contains(&who.as_str())) {
        assert_nowhere(who, text, "the protected child's number", &nora);
        assert_nowhere(who, text, "the protected child", &subject);
    }
    let about: Vec<String> =
        played.feed.iter().filter(|e| e["subject"] == subject.as_str()).map(|e| e["data"].to_string()).collect();
    assert!(!about.is_empty(), "the koordinerende enhet is told that there is a case");
    // Where a child is every day, and whatever tells a place besides.
    let daily = |kind: &str| kind.starts_with("skole") || kind.starts_with("barnehage");
    let daily = played.town.services().into_iter().filter(|s| daily(s.kind));
    let mut places: Vec<String> = daily.flat_map(|s| [s.id.to_owned(), s.name.to_owned(), s.orgnr]).collect();
    assert!(places.len() >= 12, "{places:?}");
    places.extend(["tove", "9991", "bostedsadresse", "\"unit\"", "\"phone\""].map(str::to_owned));
    for data in &about {
        for place in &places {
            assert_nowhere("the koordinerende enhet's feed about her", data, "a place", place);
        }
    }
}

/// Only the shelter itself and the koordinerende enhet know that a shelter is in the case.
fn nobody_learns_of_the_shelter(played: &Played, bytes: &Bytes) {
    let shelter = played.town.services().into_iter().find(|s| s.id == "krisesenter").unwrap();
    let learnt: Vec<&String> = played.answers.iter().filter(|a| a.contains("\"coordination\":{")).collect();
    for (who, text) in bytes.bodies.iter().filter(|(who, _)| !["krisesenter", KE].contains(&who.as_str())) {
        for word in ["krisesenter", "kriseSenteret", &shelter.orgnr, "Gro Helle", "gro-helle"] {
            assert_nowhere(who, text, "the shelter", word);
        }
    }
    assert!(bytes.bodies[KE].contains("krisesenter"), "who must know, knows");
    // Of the answers only the shelter's own may name it: it asks about one child and is told of itself.
    let naming = learnt.iter().filter(|a| a.to_lowercase().contains("krisesenter")).count();
    assert!((1..=5).contains(&naming), "{naming} answers name the shelter");
}
