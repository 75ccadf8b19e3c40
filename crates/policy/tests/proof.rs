//! The bundled policies hold every claim, for every request there can be; no claim is empty; and each mistake that a person
//! could make in them is found, with a request that shows it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

use std::path::PathBuf;

use samhold_model::Law;
use samhold_policy::{
    Claims, PolicySet, ProveError, Solver, Source, can_be_met, prove, sources, unknown_in_claims, unknown_in_policies,
};
use serde::Deserialize;

#[tokio::test]
async fn the_bundled_policies_hold_every_claim() {
    let claims = Claims::bundled().unwrap();
    assert!(claims.all().len() >= 20, "{}", claims.all().len());
    let set = PolicySet::bundled().unwrap();
    // An empty set would hold every claim.
    assert_eq!(set.fingerprint(), PolicySet::load(&folder()).unwrap().fingerprint());
    assert!(set.all_told().filter(|policy| !policy.forbids).count() > 20);
    let proof = prove(&set, &claims, &Solver::default()).await.unwrap();
    for outcome in &proof.claims {
        println!("{:.3} s  {}", outcome.seconds, outcome.id);
    }
    println!("{} claims in {:.1} s", proof.claims.len(), proof.seconds);
    let broken: Vec<_> = proof.broken().map(|(claim, how)| format!("{}\n{}", claim.id, how.words)).collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(proof.can_fail.is_empty(), "{:?}", proof.can_fail);
    assert_eq!(proof.claims.len(), claims.all().len());
}

#[tokio::test]
async fn every_claim_speaks_of_requests_that_there_can_be() {
    let set = PolicySet::bundled().unwrap();
    for claim in Claims::bundled().unwrap().all() {
        assert!(can_be_met(&set, claim, &Solver::default()).await.unwrap(), "{} is met by nothing", claim.id);
    }
}

#[derive(Deserialize)]
struct Broken {
    name: String,
    mistake: String,
    breaks: String,
    change: Vec<Change>,
}

#[derive(Deserialize)]
struct Change {
    file: String,
    from: String,
    to: String,
}

#[derive(Deserialize)]
struct File {
    broken: Vec<Broken>,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../config/policies")
}

/// The bundled files with one mistake in them. Every change must find its place, once.
fn with_mistake(broken: &Broken) -> PolicySet {
    let mut files = sources(&folder()).unwrap();
    for change in &broken.change {
        let file = files.iter_mut().find(|f| f.name.ends_with(&change.file)).unwrap();
        assert_eq!(file.text.matches(&change.from).count(), 1, "{}: {}", broken.name, change.from);
        file.text = file.text.replace(&change.from, &change.to).into();
    }
    PolicySet::from_sources(files).unwrap_or_else(|mistakes| panic!("{} is no valid set: {mistakes:?}", broken.name))
}

#[tokio::test]
async fn a_mistake_in_the_policies_is_found_with_a_request_that_shows_it() {
    let File { broken } = toml::from_str(include_str!("broken.toml")).unwrap();
    assert!(broken.len() >= 10);
    let claims = Claims::bundled().unwrap();
    for case in &broken {
        let set = with_mistake(case);
        let proof = prove(&set, &claims.only(&case.breaks).unwrap(), &Solver::default()).await.unwrap();
        assert!(!proof.holds(), "{}: nobody noticed", case.name);
        for (claim, how) in proof.broken() {
            assert!(how.is_permitted_by(&set), "{}: {} is not let out by the authorizer", case.name, claim.id);
            assert!(!how.is_permitted_by(&PolicySet::bundled().unwrap()), "{}: {}", case.name, claim.id);
            assert!(!how.released_by.is_empty(), "{}: nothing let it out", case.name);
            assert!(how.words.starts_with("Oppdiktet eksempel: "), "{}", how.words);
        }
        for (_, how) in proof.broken() {
            println!("== {}: {}\n{}", case.name, case.mistake, how.words);
        }
    }
}

#[tokio::test]
async fn a_prohibition_that_can_fail_is_refused() {
    let mut files = sources(&folder()).unwrap();
    let text = r#"
        @id("overflow") @rule("S-00") @step("90") @law("forvaltningsloven § 13") @text("Aldersgrense som regner seg bort.")
        forbid (principal, action == Action::"release", resource) when { resource.age * 9223372036854775807 > 12 };"#;
    files.push(Source { name: "95-own.cedar".into(), text: text.into() });
    let set = PolicySet::from_sources(files).unwrap();
    let claim = Claims::bundled().unwrap().only("operators").unwrap();
    let proof = prove(&set, &claim, &Solver::default()).await.unwrap();
    assert!(!proof.holds());
    assert_eq!(proof.can_fail.iter().map(|p| p.id.as_str()).collect::<Vec<_>>(), ["overflow"]);
    assert!(proof.can_fail[0].asked.field["age"].as_i64().unwrap().abs() > 1);
    let words = &proof.can_fail[0].words;
    assert!(words.starts_with("Oppdiktet eksempel: ") && words.ends_with("og den bestemmer ingenting.\n"), "{words}");
    assert!(words.contains("i saken til et barn på 10 år"), "as plain as it can be: {words}");
}

fn own(never: &str) -> Source {
    let head = "[[claim]]\nid = \"ours\"\nrule = \"S-03\"\nlaw = \"fvl\"\ntext = \"x\"\n";
    Source { name: "claims.toml".into(), text: format!("{head}never = '{never}'\n").into() }
}

#[tokio::test]
async fn an_added_claim_about_requests_that_cannot_be_does_not_hold() {
    let set = PolicySet::bundled().unwrap();
    for (never, empty) in [
        ("resource.age > 20 && resource.age < 10", true),
        ("principal.kind == \"it_operations\" && resource.known", false),
    ] {
        let claims = Claims::bundled().unwrap().with(&own(never)).unwrap().only("ours").unwrap();
        let proof = prove(&set, &claims, &Solver::default()).await.unwrap();
        assert_eq!((proof.empty().count() == 1, proof.holds()), (empty, !empty), "{never}");
        assert_eq!(proof.broken().count(), 0, "{never}");
    }
}

#[test]
fn a_word_that_the_law_does_not_have_is_told_with_the_one_that_was_meant() {
    let law = Law::bundled();
    assert_eq!(unknown_in_policies(&PolicySet::bundled().unwrap(), &law), []);
    let nowhere = Source { name: "claims.toml".into(), text: "".into() };
    assert_eq!(unknown_in_claims(&Claims::bundled().unwrap(), &nowhere, &law), []);
    let text = r#"@id("nav") @rule("S-03") @step("90") @law("fvl") @text("x")
        forbid (principal, action == Action::"release", resource)
        when { ["plan_exists", "plan_gaols"].contains(resource.category) && "nav_komunal" == principal.kind }
        unless { context.settings.bvl_from_15 != "both" || resource.name == "whatever" || resource.tag == "" };"#;
    let mut files = sources(&folder()).unwrap();
    files.push(Source { name: "95-own.cedar".into(), text: text.into() });
    let said = unknown_in_policies(&PolicySet::from_sources(files).unwrap(), &law);
    let told: Vec<_> = said.iter().map(|m| (m.file.as_str(), m.message.as_str(), m.help.as_deref().unwrap())).collect();
    assert_eq!(
        told,
        [
            (
                "95-own.cedar",
                "`both` is no word of the law for `context.settings.bvl_from_15`",
                "known are child, child_and_guardians, guardians"
            ),
            (
                "95-own.cedar",
                "`nav_komunal` is no word of the law for `principal.kind`",
                "did you mean `nav_kommunal`?"
            ),
            (
                "95-own.cedar",
                "`plan_gaols` is no word of the law for `resource.category`",
                "did you mean `plan_goals`?"
            ),
        ]
    );
    assert!(said.iter().all(|mistake| mistake.span.is_some()));
    let never = own("resource.protection == \"hemmelig\" && context.purpose == \"coordinaton\"");
    let claims = Claims::bundled().unwrap().with(&never).unwrap();
    let said: Vec<_> = unknown_in_claims(&claims, &never, &law).into_iter().map(|m| m.message).collect();
    assert_eq!(
        said,
        [
            "`coordinaton` is no word of the law for `context.purpose`",
            "`hemmelig` is no word of the law for `resource.protection`"
        ]
    );
}

#[tokio::test]
async fn without_a_solver_nothing_counts_as_proved() {
    let solver = Solver { program: "no-such-solver".into(), ..Solver::default() };
    let said = prove(&PolicySet::bundled().unwrap(), &Claims::bundled().unwrap(), &solver).await.unwrap_err();
    assert!(matches!(said, ProveError::NoSolver { .. }), "{said}");
    assert!(said.to_string().contains("apt install cvc5"), "{said}");
}

#[tokio::test]
async fn a_solver_that_says_nothing_proves_nothing() {
    let solver = Solver { program: "true".into(), ..Solver::default() };
    let said = prove(&PolicySet::bundled().unwrap(), &Claims::bundled().unwrap(), &solver).await.unwrap_err();
    assert!(matches!(said, ProveError::NoAnswer { .. }), "{said}");
}

#[test]
fn a_municipality_can_add_claims_and_not_change_those_that_are_there() {
    let own = |id: &str, text: &str| {
        Source {
        name: "claims.toml".into(),
        text: format!("[[claim]]\nid = \"{id}\"\nrule = \"S-03\"\nlaw = \"fvl\"\ntext = \"{text}\"\nnever = \"!principal.takes_part\"\n").into(),
    }
    };
    let bundled = Claims::bundled().unwrap();
    let more = bundled.clone().with(&own("only-those-in-the-case", "x")).unwrap();
    assert_eq!(more.all().len(), bundled.all().len() + 1);
    assert!(bundled.only_bundled() && !more.only_bundled());
    let said = bundled.with(&own("operators", "x")).unwrap_err();
    assert!(said[0].message.contains("says something else") && said[0].span.is_some(), "{said:?}");
}

#[test]
fn a_claim_cannot_end_its_condition_early() {
    let text = "[[claim]]\nid = \"x\"\nrule = \"r\"\nlaw = \"l\"\ntext = \"t\"\nnever = \"false } when { true\"\n";
    let said = Claims::bundled().unwrap().with(&Source { name: "c".into(), text: text.into() }).unwrap_err();
    assert!(said[0].message.contains("not a condition"), "{said:?}");
}
