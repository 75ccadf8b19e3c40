//! A municipality narrows by a policy of its own: who had more gets a new version with less, and a bad file changes nothing.

use std::path::Path;

use samhold_standins::Receiver;
use serde_json::json;

use crate::common::{Daemon, Folder, SECRET, http_recipient, wait_until};
use crate::ledger::Ledger;
use crate::story::{agreed, at_rest, child};

/// Schools are not to know which service holds.
const OWN: &str = r#"
@id("lokal-skole-innehaver")
@rule("lokal")
@step("90")
@law("forvaltningsloven § 13 g")
@text("Skolene her får vite at tjenestene samordnes, men ikke hvem som samordner.")
forbid (principal, action == Action::"release", resource)
when { principal.kind == "skole_kommunal" && resource.category == "holder_service" && context.municipality == "9901" };
"#;

/// The bundled prohibition against operators, and the same with one word too few: a claim no longer holds.
const OPERATORS: [&str; 2] = [r#"when { principal.kind == "it_operations" };"#, "when { !resource.known };"];

/// The bundled policies as the municipality's own, to add to.
fn copy_policies(folder: &Folder) {
    std::fs::create_dir_all(folder.path().join("policies")).unwrap();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/policies");
    for file in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let name = file.file_name().into_string().unwrap();
        folder.write(&format!("policies/{name}"), &std::fs::read_to_string(file.path()).unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_of_the_municipality_takes_back_what_it_forbids_and_a_broken_one_is_refused() {
    let receiver = Receiver::start(SECRET).await.unwrap();
    let folder = Folder::sqlite();
    http_recipient(&folder, "skolen", "skole_kommunal", &["lia-skole"], &receiver);
    let daemon = Daemon::start(folder).await;
    let child = child(0);
    daemon.client().must_take(&agreed(&child)).await;
    wait_until("the school is told who holds", async || receiver.counts().effects == 1).await;
    assert_eq!(receiver.events()[0].data["coordination"]["holder"]["service"], "lia-skole");

    copy_policies(&daemon.folder);
    daemon.folder.write("policies/95-lokal.cedar", OWN);
    daemon.reload();
    wait_until("the school is told anew", async || receiver.counts().effects == 2).await;
    at_rest(&daemon, &[]).await;
    let told = receiver.events().remove(1);
    assert!(told.version > receiver.events()[0].version);
    assert_eq!(told.data["coordination"]["state"], "held", "the rest still goes: {}", told.data);
    assert!(!told.data.to_string().contains("lia-skole"), "{}", told.data);
    let audited = Ledger::of(&daemon.folder).await.audited("withheld").await;
    let reasons: Vec<String> = audited.iter().map(|entry| entry.detail.to_string()).collect();
    assert!(reasons.iter().any(|detail| detail.contains("DENY_LOCAL_POLICY")), "{reasons:?}");

    daemon.folder.write("policies/96-feil.cedar", &OWN.replace("principal.kind", "principal.knid"));
    daemon.reload();
    wait_until("the reload is refused", async || daemon.log().contains("reload refused")).await;
    assert!(daemon.log().contains("96-feil.cedar:"), "{}", daemon.log());
    let check = daemon.folder.cli(&["check"]);
    let said = String::from_utf8_lossy(&check.stderr);
    assert!(!check.status.success() && said.contains("knid") && said.contains("96-feil.cedar"), "{said}");
    daemon.client().must_take(&[child.fact(1, "service_ended", &json!({"service": "ergo-fysio"}))]).await;
    // The command line reads the folder too, and could not with the mistake in it; the daemon is not asked to.
    std::fs::remove_file(daemon.folder.path().join("policies/96-feil.cedar")).unwrap();
    at_rest(&daemon, &[]).await;
    assert!(receiver.events().iter().skip(1).all(|e| !e.data.to_string().contains("lia-skole")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_that_breaks_a_claim_is_refused_and_a_stricter_set_that_keeps_all_is_in_force_at_once() {
    let receiver = Receiver::start(SECRET).await.unwrap();
    let folder = Folder::sqlite();
    http_recipient(&folder, "skolen", "skole_kommunal", &["lia-skole"], &receiver);
    let daemon = Daemon::start(folder).await;
    let child = child(0);
    daemon.client().must_take(&agreed(&child)).await;
    wait_until("the school is told who holds", async || receiver.counts().effects == 1).await;

    // Valid, and stricter towards schools; but what is meant for operators now lets something out.
    copy_policies(&daemon.folder);
    daemon.folder.write("policies/95-lokal.cedar", OWN);
    let prohibitions = daemon.folder.path().join("policies/30-forbud.cedar");
    let whole = std::fs::read_to_string(&prohibitions).unwrap();
    assert!(whole.contains(OPERATORS[0]), "the bundled prohibition has changed");
    std::fs::write(&prohibitions, whole.replace(OPERATORS[0], OPERATORS[1])).unwrap();
    assert!(daemon.folder.cli_text(&["policy", "check"]).contains("ok"), "each file by itself has no mistake");
    daemon.reload();
    wait_until("the reload is refused", async || daemon.log().contains("reload refused")).await;
    let log = daemon.log();
    let line = log.lines().find(|line| line.contains("reload refused")).unwrap();
    for word in ["policy-claim-broken", "`operators` (S-15, ", "Oppdiktet eksempel"] {
        assert!(line.contains(word), "the operator is told `{word}`: {line}");
    }
    let metrics = daemon.client().get("/metrics").await.unwrap().text;
    assert!(metrics.contains("samhold_reloads_refused_total 1"), "{metrics}");

    // Nothing of the refused set counts, its stricter half neither: the next change goes out as before.
    daemon.client().must_take(&[child.agreement(1)]).await;
    wait_until("the school is told the next holder", async || receiver.counts().effects == 2).await;
    assert_eq!(receiver.events()[1].data["coordination"]["holder"]["service"], "helsestasjon");

    // The same without the mistake holds every claim.
    std::fs::write(&prohibitions, whole).unwrap();
    daemon.reload();
    wait_until("the school is told anew", async || receiver.counts().effects == 3).await;
    let told = receiver.events().remove(2);
    assert_eq!(told.data["coordination"]["state"], "held", "the rest still goes: {}", told.data);
    assert!(!told.data.to_string().contains("helsestasjon"), "{}", told.data);
    assert!(daemon.log().contains("settings and mappings reloaded"));
    daemon.client().must_take(&[child.agreement(2)]).await;
    at_rest(&daemon, &[]).await;
    for event in receiver.events().iter().skip(2) {
        assert!(event.data["coordination"]["holder"].is_null(), "no holder is told from now on: {}", event.data);
    }
}
