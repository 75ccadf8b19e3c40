//! Fiks answers as documented, and only those who come with the right papers.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::civil::date;

use super::*;
use crate::FaultPlan;
use crate::maskinporten::GrantKey;

fn town() -> Town {
    Town::new(date(2026, 11, 23))
}

fn jwt(fiks: &Fiks, jti: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut claims =
        json!({"aud": fiks.audience(), "iss": "client", "scope": "ks:fiks", "iat": 1000, "exp": 1120, "jti": jti});
    change(&mut claims);
    let part = |v: &Value| URL_SAFE_NO_PAD.encode(v.to_string());
    format!("{}.{}.{}", part(&json!({"alg": "RS256", "kid": "k"})), part(&claims), URL_SAFE_NO_PAD.encode("signature"))
}

async fn post_grant(fiks: &Fiks, assertion: &str) -> reqwest::Response {
    let form = [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion)];
    reqwest::Client::new().post(format!("{}{TOKEN_PATH}", fiks.server().base_url())).form(&form).send().await.unwrap()
}

async fn started() -> (Fiks, String) {
    let fiks = Fiks::start(&town(), None).await.unwrap();
    let answer: Value = post_grant(&fiks, &jwt(&fiks, "first", |_| {})).await.json().await.unwrap();
    let token = answer["access_token"].as_str().unwrap().to_owned();
    (fiks, token)
}

fn with_papers(request: reqwest::RequestBuilder, token: &str) -> reqwest::RequestBuilder {
    request
        .bearer_auth(token)
        .header("IntegrasjonId", INTEGRATION_ID)
        .header("IntegrasjonPassord", INTEGRATION_PASSWORD)
}

async fn post(fiks: &Fiks, token: &str, path: &str, body: &Value) -> reqwest::Response {
    let url = format!("{}/folkeregister/api/v1/{path}", fiks.server().base_url());
    with_papers(reqwest::Client::new().post(url), token).json(body).send().await.unwrap()
}

async fn persons(fiks: &Fiks, token: &str, keys: &[&str]) -> Vec<Value> {
    let numbers: Vec<String> = keys.iter().map(|k| town().child(k).unwrap().national_id.clone().unwrap()).collect();
    let path = format!("oppvekst/{ORG_ID}/{ROLE_ID}");
    post(fiks, token, &path, &json!({"foedselsnumre": numbers})).await.json().await.unwrap()
}

async fn happened(fiks: &Fiks, token: &str, kind: &str, from: Date, municipality: &str) -> Value {
    let body = json!({"rolleId": ROLE_ID, "fraDato": from.to_string(), "hendelsestype": kind, "kommuner": [{"kommunenummer": municipality}]});
    post(fiks, token, "hendelser/liste", &body).await.json::<Value>().await.unwrap()["fnr"].clone()
}

use samhold_model::Date;

#[tokio::test]
async fn a_grant_is_refused_with_its_code_and_a_jti_is_good_once() {
    let fiks = Fiks::start(&town(), None).await.unwrap();
    let bad = [
        jwt(&fiks, "a", |c| c["aud"] = json!("https://elsewhere/")),
        jwt(&fiks, "b", |c| c["exp"] = json!(1121)),
        jwt(&fiks, "c", |c| c["scope"] = json!("ks:other")),
        jwt(&fiks, "", |_| {}),
        "no.jwt".to_owned(),
    ];
    for assertion in &bad {
        assert_eq!(post_grant(&fiks, assertion).await.status(), 400);
    }
    let good = jwt(&fiks, "d", |_| {});
    assert_eq!(post_grant(&fiks, &good).await.status(), 200);
    assert_eq!(post_grant(&fiks, &good).await.status(), 400);
    assert_eq!(fiks.maskinporten().refused(), ["MP-110", "MP-130", "MP-200", "MP-012", "MP-000", "MP-012"]);
    assert_eq!(fiks.maskinporten().tokens().issued(), 1);
}

#[tokio::test]
async fn with_a_public_key_the_signature_must_fit() {
    use aws_lc_rs::{rand, signature};
    let key = GrantKey::generate().unwrap();
    let fiks = Fiks::start(&town(), Some(key.public_der.clone())).await.unwrap();
    assert_eq!(post_grant(&fiks, &jwt(&fiks, "x", |_| {})).await.status(), 400);
    let lines: String = key.private_pem.lines().filter(|l| !l.starts_with("---")).collect();
    let der = base64::engine::general_purpose::STANDARD.decode(lines).unwrap();
    let pair = signature::RsaKeyPair::from_pkcs8(&der).unwrap();
    let unsigned = jwt(&fiks, "y", |_| {});
    let message = unsigned.rsplit_once('.').unwrap().0;
    let mut tag = vec![0; pair.public_modulus_len()];
    pair.sign(&signature::RSA_PKCS1_SHA256, &rand::SystemRandom::new(), message.as_bytes(), &mut tag).unwrap();
    let signed = format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag));
    assert_eq!(post_grant(&fiks, &signed).await.status(), 200);
    assert_eq!(fiks.maskinporten().refused(), ["MP-124"]);
}

#[tokio::test]
async fn a_look_up_gives_those_the_register_knows_with_guardians_and_grade() {
    let (fiks, token) = started().await;
    let found = persons(&fiks, &token, &["nora", "frida", "ylva"]).await;
    assert_eq!(found.len(), 2, "Ylva is not born on day 1");
    assert_eq!(found[0]["adressebeskyttelse"], "strengtFortrolig");
    assert!(
        found[0].get("bostedsadresse").is_none() && found[0]["foreldreansvarlige"][0].get("bostedsadresse").is_none()
    );
    assert_eq!(found[1]["foreldreansvarstype"], "felles");
    assert_eq!(found[1]["foreldreansvarlige"].as_array().unwrap().len(), 2);
    fiks.set_day(2);
    assert_eq!(persons(&fiks, &token, &["ylva"]).await.len(), 1);
}

#[tokio::test]
async fn births_and_moves_are_events_from_their_day_on() {
    let (fiks, token) = started().await;
    let (start, own) = (town().start(), "9901");
    assert_eq!(happened(&fiks, &token, "FOEDT", start, own).await, json!([]));
    fiks.set_day(3);
    let number = |key: &str| json!([town().child(key).unwrap().national_id]);
    assert_eq!(happened(&fiks, &token, "FOEDT", start, own).await, number("ylva"));
    assert_eq!(happened(&fiks, &token, "FLYTTET_FRA_KOMMUNE", start, own).await, number("amira"));
    assert_eq!(happened(&fiks, &token, "FLYTTET_TIL_KOMMUNE", start, "9902").await, number("amira"));
    assert_eq!(happened(&fiks, &token, "FLYTTET_FRA_KOMMUNE", town().date(4), own).await, json!([]), "before fraDato");
    let amira = persons(&fiks, &token, &["amira"]).await;
    assert_eq!(amira[0]["bostedsadresse"]["vegadresse"]["kommunenummer"], "9902");
    let unknown = json!({"rolleId": ROLE_ID, "fraDato": "2026-11-23", "hendelsestype": "VET_IKKE", "kommuner": []});
    assert_eq!(post(&fiks, &token, "hendelser/liste", &unknown).await.status(), 400);
}

#[tokio::test]
async fn without_token_integration_or_role_there_is_no_answer() {
    let (fiks, token) = started().await;
    let (client, base) = (reqwest::Client::new(), fiks.server().base_url());
    let url = format!("{base}/digisos/api/v1/soknader/soknader");
    assert_eq!(client.get(&url).send().await.unwrap().status(), 401);
    assert_eq!(client.get(&url).bearer_auth(&token).send().await.unwrap().status(), 401);
    assert_eq!(with_papers(client.get(&url), &token).send().await.unwrap().status(), 200);
    let body = json!({"foedselsnumre": []});
    assert_eq!(post(&fiks, &token, &format!("oppvekst/{ORG_ID}/other"), &body).await.status(), 403);
    fiks.maskinporten().tokens().revoke_all();
    assert_eq!(with_papers(client.get(&url), &token).send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn a_consent_tells_each_party_and_its_history_and_only_to_its_own_organisation() {
    let (fiks, token) = started().await;
    let party = |number: &str| json!({"fnr": number, "navn": "F", "harTilgangTilInnbyggerTjenester": true});
    let asked = json!({"samtykkeNavn": "Deling", "personer": {"personer": [party("12858841044"), party("03898531138")]},
        "mappe": {}, "akseptfrist": "2026-02-31", "saksbehandler": {"saksbehandlerId": "ab12", "fagsystem": "f"}});
    let url = |org: &str, call: &str| format!("{}/samtykke/api/v1/ekstern/{org}/{call}", fiks.server().base_url());
    let client = reqwest::Client::new();
    let made = with_papers(client.post(url(ORG_ID, "opprettsamtykke")), &token).json(&asked).send().await.unwrap();
    let id = made.json::<Value>().await.unwrap()["samtykkeId"].as_str().unwrap().to_owned();
    let desk = fiks.consents();
    assert!(desk.answer(&id, "12858841044", true).is_some());
    assert!(desk.answer(&id, "12858841044", false).is_none(), "from SAMTYKKET only TRUKKET and VENTER_PAA_SVAR follow");
    let change = json!({"partFnr": "12858841044", "samtykkeSvarStatus": "TRUKKET", "saksbehandler": {}});
    let call = format!("oppdaterStatusForPart/{id}");
    assert_eq!(with_papers(client.put(url(ORG_ID, &call)), &token).json(&change).send().await.unwrap().status(), 200);
    let get = async |call: &str| -> Value {
        with_papers(client.get(url(ORG_ID, &format!("{call}/{id}"))), &token)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    };
    let parties = get("hentSamtykke").await["samtykker"][0]["personer"]["personer"].clone();
    assert_eq!(
        (&parties[0]["samtykkeStatus"], &parties[1]["samtykkeStatus"]),
        (&json!("TRUKKET"), &json!("VENTER_PAA_SVAR"))
    );
    assert!(parties[0].get("harTilgangTilInnbyggertjenester").is_some(), "spelt as in the answers");
    let events = get("samtykkeHistorikk").await["samtykkeHendelser"].clone();
    let kinds: Vec<&str> = events.as_array().unwrap().iter().map(|e| e["hendelseType"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["OPPRETTET", "AKSEPTERT_AV_PART", "OPPDATERT_PAA_VEGNE_AV_PART"]);
    let call = format!("hentSamtykke/{id}");
    assert_eq!(client.get(url(ORG_ID, &call)).send().await.unwrap().status(), 401);
    assert_eq!(with_papers(client.get(url("annen", &call)), &token).send().await.unwrap().status(), 403);
    let unknown = with_papers(client.get(url(ORG_ID, "hentSamtykke/ukjent")), &token).send().await.unwrap();
    assert_eq!(unknown.status(), 404);
}

#[tokio::test]
async fn a_case_points_at_a_document_with_the_whole_history() {
    let (fiks, token) = started().await;
    let base = format!("{}/digisos/api/v1/soknader", fiks.server().base_url());
    let get = async |path: String| -> Value {
        with_papers(reqwest::Client::new().get(format!("{base}/{path}")), &token)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    };
    let first = get("soknader".into()).await[0].clone();
    let path = |c: &Value| {
        format!(
            "{}/dokumenter/{}",
            c["fiksDigisosId"].as_str().unwrap(),
            c["digisosSoker"]["metadata"].as_str().unwrap()
        )
    };
    let before = get(path(&first)).await;
    fiks.set_day(5);
    let last = get(first["fiksDigisosId"].as_str().unwrap().to_owned()).await;
    let after = get(path(&last)).await;
    assert!(last["sistEndret"].as_i64() > first["sistEndret"].as_i64());
    assert_eq!(after["hendelser"].as_array().unwrap().len(), before["hendelser"].as_array().unwrap().len() + 1);
    assert_eq!(after["hendelser"][0]["status"], "MOTTATT");
    let hidden = get("soknader".into()).await[1].clone();
    assert_eq!(get(path(&hidden)).await["hendelser"][3]["status"], "IKKE_INNSYN");
}

#[tokio::test]
async fn too_many_requests_asks_for_patience_in_milliseconds() {
    let (fiks, token) = started().await;
    let plan =
        FaultPlan { only_path: "/oppvekst/".into(), retry_after: Some("250".into()), ..FaultPlan::failing(1, 429) };
    fiks.server().faults().set(plan);
    let busy = post(&fiks, &token, &format!("oppvekst/{ORG_ID}/{ROLE_ID}"), &json!({"foedselsnumre": []})).await;
    assert_eq!((busy.status().as_u16(), busy.headers()["retry-after"].to_str().unwrap()), (429, "250"));
    let events = json!({"rolleId": ROLE_ID, "fraDato": "2026-11-23", "hendelsestype": "DOED", "kommuner": []});
    assert_eq!(post(&fiks, &token, "hendelser/liste", &events).await.status(), 200);
}
