//! One settings file per connected system, with the adapters a municipality would use.

use std::path::Path;

use samhold_standins::town::{MUNICIPALITY, Service};
use samhold_standins::{fhir, fiks, maskinporten, school, tokens};
use serde_json::{Value, json};

use super::broker::Broker;
use super::secrets::Secrets;
use super::world::{BY_QUEUE, HOSPITAL, KE, Place, World};

/// The municipality's own system, which posts what its people register.
pub(super) const OFFICE: &str = "kommunen";
/// The kindergartens' system, which pushes lists.
pub(super) const KINDERGARTENS: &str = "barnehagesystem";
/// Child welfare's case system.
pub(super) const CASES: &str = "barnevern-fagsystem";
/// Child welfare's referrals, which are pushed.
pub(super) const REFERRALS: &str = "barnevern-henvisning";

type File = (String, Value);

/// Name and settings of every system.
pub(super) fn all(world: &World, broker: Option<&Broker>, secrets: &Secrets, drop: &Path) -> anyhow::Result<Vec<File>> {
    let mut files = sources(world, secrets)?;
    files.push(cases(broker, secrets, drop)?);
    for place in &world.places {
        files.push(recipient(place, broker, secrets)?);
    }
    files.push(hospital(world, secrets)?);
    files.push(ke(secrets)?);
    Ok(files)
}

fn sources(world: &World, secrets: &Secrets) -> anyhow::Result<Vec<File>> {
    let push = |mapping: &str| json!({"mapping": mapping, "push": {}});
    Ok(vec![
        named(
            OFFICE,
            json!({"kind": "koordinerende_enhet", "token": secrets.token(OFFICE)?, "acts_as": ["*"],
            "may": ["facts", "query", "worklist", "decide", "consents"]}),
        ),
        named(
            KINDERGARTENS,
            json!({"kind": "barnehage_kommunal", "token": secrets.token(KINDERGARTENS)?, "may": ["push"],
            "source": push("nav-barnehagelister-v1")}),
        ),
        named(
            REFERRALS,
            json!({"kind": "barnevern", "token": secrets.token(REFERRALS)?, "may": ["push"],
            "source": push("bufdir-henvisning-1.0")}),
        ),
        named("skolesystem", json!({"kind": "skole_kommunal", "source": school_source(world, secrets)?})),
        named("helsejournal", json!({"kind": "kommunal_helse", "source": record_source(world, secrets)?})),
        named("folkeregister", json!({"kind": "it_operations", "source": register_source(world, secrets)?})),
        named(
            "digisos",
            json!({"kind": "nav_kommunal", "source": {"mapping": "digisos-soker-1",
            "digisos": {"connection": connection(world, secrets)?, "municipalities": [MUNICIPALITY]}}}),
        ),
    ])
}

fn named(name: &str, mut settings: Value) -> File {
    if let Some(map) = settings.as_object_mut() {
        map.insert("municipalities".into(), json!([MUNICIPALITY]));
    }
    (name.to_owned(), settings)
}

fn client_credentials(token_url: &str, scope: &str, secrets: &Secrets) -> anyhow::Result<Value> {
    let secret = secrets.keep("oauth2-client", tokens::CLIENT_SECRET)?;
    Ok(
        json!({"kind": "oauth2", "token_url": token_url, "client_id": tokens::CLIENT_ID, "client_secret": secret, "scope": scope}),
    )
}

fn school_source(world: &World, secrets: &Secrets) -> anyhow::Result<Value> {
    let base = world.school.server().base_url();
    let auth = client_credentials(&format!("{base}{}", school::TOKEN_PATH), school::SCOPE, secrets)?;
    Ok(
        json!({"mapping": "oneroster-1.2", "oneroster": {"base_url": format!("{base}{}", school::ROSTER_PATH), "auth": auth,
        "interval_seconds": 10, "page_size": 5}}),
    )
}

fn record_source(world: &World, secrets: &Secrets) -> anyhow::Result<Value> {
    let auth = fhir_auth(&world.record, secrets)?;
    let by_key = json!({"EpisodeOfCare/": "fhir-episodeofcare-r4", "CareTeam/": "fhir-careteam-r4", "CarePlan/": "fhir-careplan-r4"});
    Ok(
        json!({"mapping": "fhir-patient-r4", "mapping_by_key": by_key, "fhir": {"base": world.record.fhir_base(), "auth": auth,
        "types": ["Patient", "EpisodeOfCare", "CareTeam", "CarePlan"], "interval_seconds": 10}}),
    )
}

fn fhir_auth(record: &samhold_standins::HealthRecord, secrets: &Secrets) -> anyhow::Result<Value> {
    client_credentials(&format!("{}{}", record.server().base_url(), fhir::TOKEN_PATH), "system/*.*", secrets)
}

fn register_source(world: &World, secrets: &Secrets) -> anyhow::Result<Value> {
    Ok(json!({"mapping": "fiks-oppvekst-v1", "mapping_by_key": {"hendelse:": "fiks-hendelse-v1"},
        "folkeregister": {"connection": connection(world, secrets)?, "fiks_org_id": fiks::ORG_ID, "rolle_id": fiks::ROLE_ID,
            "municipalities": [MUNICIPALITY], "first_days": 3, "interval_seconds": 10}}))
}

fn connection(world: &World, secrets: &Secrets) -> anyhow::Result<Value> {
    let base = world.fiks.server().base_url();
    Ok(json!({"base_url": base, "integrasjon_id": fiks::INTEGRATION_ID,
        "integrasjon_passord": secrets.keep("integrasjon", fiks::INTEGRATION_PASSWORD)?,
        "maskinporten": {"token_url": format!("{base}{}", fiks::TOKEN_PATH), "audience": world.fiks.audience(),
            "client_id": tokens::CLIENT_ID, "scope": maskinporten::SCOPE, "kid": "demo",
            "key": secrets.keep("maskinporten.pem", &world.grant.private_pem)?}}))
}

/// Child welfare's cases: over a queue when there is a broker, else as files.
fn cases(broker: Option<&Broker>, secrets: &Secrets, drop: &Path) -> anyhow::Result<File> {
    let source = match broker {
        Some(broker) => json!({"mapping": "ssb-barnevern-4", "amqp": {"broker": broker.settings(secrets)?,
            "queue_prefix": broker.queue_prefix(), "content_type": "application/xml"}}),
        None => {
            json!({"mapping": "ssb-barnevern-4", "file": {"path": drop, "pattern": "*.xml", "interval_seconds": 10}})
        }
    };
    Ok(named(CASES, json!({"kind": "barnevern", "source": source})))
}

fn recipient(place: &Place, broker: Option<&Broker>, secrets: &Secrets) -> anyhow::Result<File> {
    let Service { id, kind, .. } = place.service;
    let road = match broker.filter(|_| id == BY_QUEUE) {
        Some(broker) => json!({"amqp": {"broker": broker.settings(secrets)?, "exchange": broker.exchange()}}),
        None => {
            let secret = secrets.keep(&format!("{id}.signature"), place.receiver.secret())?;
            json!({"http": {"url": place.receiver.url(), "signature": {"secrets": [secret]}}})
        }
    };
    Ok(named(id, json!({"kind": kind, "services": [id], "recipient": road})))
}

fn hospital(world: &World, secrets: &Secrets) -> anyhow::Result<File> {
    let settings = json!({"base": world.hospital.fhir_base(), "auth": fhir_auth(&world.hospital, secrets)?,
        "identifier_system": super::received::OURS, "role_system": "urn:samhold:rolle"});
    let recipient = json!({"mapping": "fhir-careteam-out-r4", "fhir": settings});
    Ok(named(HOSPITAL, json!({"kind": "spesialisthelse", "services": [HOSPITAL], "recipient": recipient})))
}

fn ke(secrets: &Secrets) -> anyhow::Result<File> {
    let settings = json!({"kind": "koordinerende_enhet", "services": [KE], "token": secrets.token(KE)?, "recipient": {"pull": {}}});
    Ok(named(KE, settings))
}
