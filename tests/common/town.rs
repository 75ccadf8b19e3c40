//! Systems of Fjellvik as files of a settings folder: every road in, and recipients that may also ask.
//!
//! Used beside the house in `mod.rs`; knows the stand-ins, never the program's inside.

use std::path::Path;

use samhold_model::dates::add_days;
use samhold_standins::maskinporten::GrantKey;
use samhold_standins::{HealthRecord, Receiver, Town, fhir, fiks, maskinporten, tokens};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::common::{Client, Folder, MUNICIPALITY, tapped, today, toml_path, wait_until};

/// A folder that knows the town's services by what its systems call them.
#[must_use]
pub fn town_folder(town: &Town) -> Folder {
    let folder = Folder::sqlite();
    list_services(&folder, town);
    folder
}

/// Writes `services.toml` of the town.
pub fn list_services(folder: &Folder, town: &Town) {
    let one = |s: samhold_standins::Service| {
        let mut aliases = vec![format!("orgnr:{}", s.orgnr), format!("instans:{}", s.name)];
        if s.id == "nav" {
            aliases.push(format!("nav:{MUNICIPALITY}"));
        }
        json!({"id": s.id, "kind": s.kind, "name": s.name, "municipality": MUNICIPALITY, "aliases": aliases})
    };
    let services: Vec<_> = town.services().into_iter().map(one).collect();
    folder.write("services.toml", &toml::to_string(&json!({"service": services})).unwrap());
}

fn head(kind: &str) -> String {
    format!("kind = \"{kind}\"\nmunicipalities = [\"{MUNICIPALITY}\"]\n")
}

/// A system that posts its own format to `/in/{name}`.
pub fn push_source(folder: &Folder, name: &str, kind: &str, mapping: &str) {
    let token = folder.token(name);
    let text = format!("token = {token}\nmay = [\"push\"]\n[source]\nmapping = \"{mapping}\"\npush = {{}}\n");
    folder.system(name, &(head(kind) + &text));
}

/// A system that leaves files in a folder.
pub fn file_source(folder: &Folder, name: &str, kind: &str, mapping: &str, path: &Path) {
    let path = toml_path(path);
    let text = format!("[source]\nmapping = \"{mapping}\"\nfile = {{ path = {path}, interval_seconds = 1 }}\n");
    folder.system(name, &(head(kind) + &text));
}

/// A system that publishes its own format on the queue `{prefix}{name}`.
pub fn queue_source(folder: &Folder, name: &str, kind: &str, mapping: &str, (url, prefix): (&str, &str)) {
    let url = folder.secret(&format!("{name}-broker"), &tapped(folder.path(), name, url));
    let text = format!(
        "[source]\nmapping = \"{mapping}\"\n[source.amqp]\nqueue_prefix = \"{prefix}\"\ncontent_type = \"application/xml\"\n\
         broker = {{ url = {url}, timeout_seconds = 5 }}\n"
    );
    folder.system(name, &(head(kind) + &text));
}

fn client_credentials(folder: &Folder, name: &str, token_url: &str) -> String {
    let secret = folder.secret(&format!("{name}-client"), tokens::CLIENT_SECRET);
    let id = tokens::CLIENT_ID;
    format!(
        "{{ kind = \"oauth2\", token_url = \"{token_url}\", client_id = \"{id}\", client_secret = {secret}, scope = \"system/*.*\" }}"
    )
}

fn fhir_auth(folder: &Folder, name: &str, record: &HealthRecord) -> String {
    client_credentials(folder, name, &format!("{}{}", record.server().base_url(), fhir::TOKEN_PATH))
}

/// A health record that is asked every second; its care teams by the municipality's own codes.
pub fn fhir_source(folder: &mut Folder, name: &str, record: &HealthRecord, town: &Town) {
    std::fs::create_dir_all(folder.path().join("mappings")).unwrap();
    folder.write("mappings/fhir-careteam-r4.toml", &own_care_team(town));
    folder.set("mappings = \"mappings\"");
    let text = format!(
        "[source]\nmapping = \"fhir-patient-r4\"\n[source.mapping_by_key]\n\"EpisodeOfCare/\" = \"fhir-episodeofcare-r4\"\n\
         \"CareTeam/\" = \"fhir-careteam-r4\"\n\"CarePlan/\" = \"fhir-careplan-r4\"\n\"Consent/\" = \"fhir-consent-r4\"\n\
         [source.fhir]\nbase = \"{}\"\nauth = {}\ninterval_seconds = 1\n\
         types = [\"Patient\", \"EpisodeOfCare\", \"CareTeam\", \"CarePlan\", \"Consent\"]\n",
        record.fhir_base(),
        fhir_auth(folder, name, record),
    );
    folder.system(name, &(head("kommunal_helse") + &text));
}

/// A record that is asked every second for consents alone, as IHE PCF writes them.
pub fn consent_record(folder: &Folder, name: &str, record: &HealthRecord) {
    let text = format!(
        "[source]\nmapping = \"fhir-consent-pcf\"\n[source.fhir]\nbase = \"{}\"\nauth = {}\ninterval_seconds = 1\n\
         types = [\"Consent\"]\n",
        record.fhir_base(),
        fhir_auth(folder, name, record),
    );
    folder.system(name, &(head("kommunal_helse") + &text));
}

/// The bundled care-team mapping with the record's own role code and the unit that appoints here.
fn own_care_team(town: &Town) -> String {
    let bundled = samhold_mapping::bundled().iter().find(|(name, _)| *name == "fhir-careteam-r4.toml").unwrap();
    let unit = town.services().into_iter().find(|s| s.id == "ke").unwrap().orgnr;
    let mut text = bundled.1.to_owned();
    for (from, to) in [("urn:samhold:rolle", fhir::LOCAL_ROLES), ("310777005", unit.as_str())] {
        assert!(text.contains(from), "the bundled mapping no longer has `{from}`");
        text = text.replace(from, to);
    }
    text
}

/// A FHIR server that is kept informed.
pub fn fhir_recipient(folder: &Folder, name: &str, kind: &str, services: &[&str], record: &HealthRecord) {
    let text = format!(
        "services = {services:?}\n[recipient]\nmapping = \"fhir-careteam-out-r4\"\n[recipient.fhir]\nbase = \"{}\"\n\
         auth = {}\nidentifier_system = \"https://fjellvik.example/samhold/barn\"\nrole_system = \"urn:samhold:rolle\"\n",
        record.fhir_base(),
        fhir_auth(folder, name, record),
    );
    folder.system(name, &(head(kind) + &text));
}

fn connection(folder: &Folder, name: &str, base: &str, grant: &GrantKey) -> String {
    let password = folder.secret(&format!("{name}-integrasjon"), fiks::INTEGRATION_PASSWORD);
    let key = folder.secret(&format!("{name}-maskinporten"), &grant.private_pem);
    format!(
        "connection = {{ base_url = \"{base}\", integrasjon_id = \"{}\", integrasjon_passord = {password}, maskinporten = \
         {{ token_url = \"{base}{}\", audience = \"{base}/\", client_id = \"{}\", scope = \"{}\", kid = \"test\", key = {key} }} }}\n",
        fiks::INTEGRATION_ID,
        fiks::TOKEN_PATH,
        tokens::CLIENT_ID,
        maskinporten::SCOPE,
    )
}

/// The population register, asked every second.
pub fn register_source(folder: &Folder, name: &str, base: &str, grant: &GrantKey) {
    let text = format!(
        "[source]\nmapping = \"fiks-oppvekst-v1\"\n[source.mapping_by_key]\n\"hendelse:\" = \"fiks-hendelse-v1\"\n\
         [source.folkeregister]\nfiks_org_id = \"{}\"\nrolle_id = \"{}\"\nmunicipalities = [\"{MUNICIPALITY}\"]\nfirst_days = 3\n\
         interval_seconds = 1\n{}",
        fiks::ORG_ID,
        fiks::ROLE_ID,
        connection(folder, name, base, grant),
    );
    folder.system(name, &(head("it_operations") + &text));
}

/// NAV's digisos, asked every second.
pub fn digisos_source(folder: &Folder, name: &str, base: &str, grant: &GrantKey) {
    let text = format!(
        "[source]\nmapping = \"digisos-soker-1\"\n[source.digisos]\nmunicipalities = [\"{MUNICIPALITY}\"]\ninterval_seconds = 1\n{}",
        connection(folder, name, base, grant),
    );
    folder.system(name, &(head("nav_kommunal") + &text));
}

/// Fiks samtykke, asked every second.
pub fn samtykke_source(folder: &Folder, name: &str, base: &str, grant: &GrantKey) {
    let text = format!(
        "[source]\nmapping = \"fiks-samtykke\"\n[source.samtykke]\nfiks_org_id = \"{}\"\ninterval_seconds = 1\n{}",
        fiks::ORG_ID,
        connection(folder, name, base, grant),
    );
    folder.system(name, &(head("barnevern") + &text));
}

/// A recipient that is pushed to and may also ask and give receipts.
pub fn asking_recipient(folder: &Folder, name: &str, kind: &str, services: &[&str], to: &Receiver) {
    let (secret, token) = (folder.secret(&format!("{name}-signature"), to.secret()), folder.token(name));
    let text = format!(
        "services = {services:?}\ntoken = {token}\nmay = [\"query\"]\n[recipient.http]\nurl = \"{}\"\n\
         http.timeout_seconds = 20\nsignature.secrets = [{secret}]\n",
        to.url(),
    );
    folder.system(name, &(head(kind) + &text));
}

/// A recipient that fetches.
pub fn pull_recipient(folder: &Folder, name: &str, kind: &str, services: &[&str]) {
    let token = folder.token(name);
    let text = format!("services = {services:?}\ntoken = {token}\nmay = [\"query\"]\n[recipient]\npull = {{}}\n");
    folder.system(name, &(head(kind) + &text));
}

/// A fact of the municipality's own about the child this reference names, `days` ago. The same words give the same id.
#[must_use]
pub fn said(child: &Value, days: i64, kind: &str, fields: &Value) -> Value {
    let name = format!("{child}/{days}/{kind}/{fields}");
    let mut fact = json!({"id": Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()), "type": kind,
        "at": add_days(today(), -days).to_string(), "child": child, "municipality": MUNICIPALITY});
    fact.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    fact
}

/// These services must cooperate and agreed on the first of them.
#[must_use]
pub fn agreed_on(child: &Value, services: &[&str]) -> Vec<Value> {
    vec![
        said(child, 50, "cooperation_needed", &json!({"participants": services})),
        said(child, 40, "holder_agreed", &json!({"service": services[0], "parties": services})),
    ]
}

/// A reference by number.
#[must_use]
pub fn by_number(number: &str) -> Value {
    json!({"national_id": number})
}

/// The number of a child of the town.
#[must_use]
pub fn number_of(town: &Town, key: &str) -> String {
    town.child(key).unwrap().national_id.clone().unwrap()
}

/// Posts a document to `/in/{system}` and waits for its end; gives the last status.
pub async fn pushed(client: &Client, system: &str, content_type: &str, body: impl Into<Vec<u8>>) -> Value {
    let taken = client.post_in(content_type, body.into()).await.unwrap();
    assert_eq!((taken.status, taken.json["status"].as_str()), (202, Some("RECEIVED")), "{}", taken.text);
    let path = format!("/in/{system}/{}", taken.json["id"].as_str().unwrap());
    let mut last = Value::Null;
    wait_until("the document is mapped or dead", async || {
        last = client.get(&path).await.unwrap().json;
        last["status"] != "RECEIVED"
    })
    .await;
    last
}
