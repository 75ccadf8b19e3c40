//! Answers by version, the alerts that stand, and everything else that follows from working out one child.

use samhold_model::{ChildId, Instant, MunicipalityNo};
use serde_json::json;
use sqlx::FromRow;

use crate::api::{Marked, RaisedAlert, Settlement, StoredAlert, StoredAnswer};
use crate::args::args;
use crate::dialect::Dialect;
use crate::sql::statements;
use crate::tx::Tx;
use crate::vault::place;
use crate::views::{self, About};
use crate::{Result, audit, canonical, marks};

statements! {
    LATEST = "select version, as_of, valid_from, made_at, upto, rules, answer from answers \
              where child = $1 and municipality = $2 order by version desc limit 1";
    ALL_OF = "select version, as_of, valid_from, made_at, upto, rules, answer from answers \
              where child = $1 and municipality = $2 order by version";
    LATEST_CONTENT = "select version, content_ix from answers where child = $1 and municipality = $2 \
                      order by version desc limit 1";
    INSERT = "insert into answers (child, municipality, version, as_of, valid_from, made_at, upto, rules, content_ix, \
              answer) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    KEEP_RULES = "insert into rules (fingerprint, text) values ($1, $2) on conflict (fingerprint) do nothing";
    RULES = "select text from rules where fingerprint = $1";
    STANDING = "select code from alerts where child = $1 and municipality = $2 and closed_at is null";
    OPEN_ALERT = "insert into alerts (child, municipality, code, opened_at, recipients) values ($1, $2, $3, $4, $5)";
    COUNT_ALERT = "update alerts set recipients = $1 where child = $2 and municipality = $3 and code = $4 \
                   and closed_at is null";
    CLOSE_ALERT = "update alerts set closed_at = $1 where child = $2 and municipality = $3 and code = $4 \
                   and closed_at is null";
    ALERTS = "select child, municipality, code, opened_at, recipients from alerts where closed_at is null order by seq";
    ALERTS_OF = "select child, municipality, code, opened_at, recipients from alerts where child = $1 and closed_at is null \
                 order by seq";
}

#[derive(FromRow)]
struct Row {
    version: i64,
    as_of: String,
    valid_from: String,
    made_at: i64,
    upto: Option<i64>,
    rules: Option<String>,
    answer: Vec<u8>,
}

/// Stores what follows from working out one child, unless newer work was settled before it.
pub(crate) async fn settle<D: Dialect>(tx: &mut Tx<D>, done: &Settlement) -> Result<()> {
    if !marks::settle(tx, &done.marked, done.next_change).await? {
        return Ok(());
    }
    if let Some(answer) = &done.answer {
        add(tx, &done.marked, answer).await?;
    }
    if let Some(rules) = &done.rules {
        tx.run(KEEP_RULES, args![&rules.fingerprint, &rules.text]).await?;
    }
    set_alerts(tx, &done.marked, &done.alerts, done.now).await?;
    for wanted in &done.wanted {
        let about = About {
            recipient: wanted.recipient.clone(),
            child: done.marked.child,
            municipality: done.marked.municipality.clone(),
        };
        let mut view = views::load(tx, &about).await?;
        view.want(wanted.content_hash.clone());
        views::step(tx, &about, view, done.now).await?;
    }
    audit::append(tx, &done.audit).await
}

/// Adds the next version; the same content twice in a row is one version.
async fn add<D: Dialect>(tx: &mut Tx<D>, of: &Marked, answer: &StoredAnswer) -> Result<()> {
    let said = json!([answer.valid_from.to_string(), answer.answer]);
    let content_ix = tx.blind("answer", &[canonical::text(&said).as_bytes()]);
    let latest: Option<(i64, String)> = tx.opt(LATEST_CONTENT, args![of.child, &of.municipality]).await?;
    if latest.as_ref().is_some_and(|(_, content)| *content == content_ix) {
        return Ok(());
    }
    let version = latest.map_or(0, |(version, _)| version).saturating_add(1);
    let row = row_id(of.child, &of.municipality, version);
    let sealed = tx.seal(place("answers", "answer", &row), answer.answer.to_string().as_bytes())?;
    let values = args![
        of.child,
        &of.municipality,
        version,
        answer.as_of,
        answer.valid_from,
        answer.made_at,
        answer.upto,
        answer.rules.clone(),
        content_ix,
        sealed
    ];
    tx.run(INSERT, values).await.map(|_| ())
}

fn row_id(child: ChildId, municipality: &MunicipalityNo, version: i64) -> String {
    format!("{child}/{municipality}/{version}")
}

async fn set_alerts<D: Dialect>(tx: &mut Tx<D>, of: &Marked, raised: &[RaisedAlert], now: Instant) -> Result<()> {
    let rows: Vec<(String,)> = tx.all(STANDING, args![of.child, &of.municipality]).await?;
    let mut standing: Vec<String> = rows.into_iter().map(|(code,)| code).collect();
    for code in standing.iter().filter(|code| raised.iter().all(|alert| alert.code != **code)) {
        tx.run(CLOSE_ALERT, args![now, of.child, &of.municipality, code]).await?;
    }
    for RaisedAlert { code, recipients } in raised {
        if standing.contains(code) {
            tx.run(COUNT_ALERT, args![*recipients, of.child, &of.municipality, code]).await?;
        } else {
            tx.run(OPEN_ALERT, args![of.child, &of.municipality, code, now, *recipients]).await?;
            standing.push(code.clone());
        }
    }
    Ok(())
}

/// The latest answer.
pub(crate) async fn latest<D: Dialect>(
    tx: &mut Tx<D>,
    child: ChildId,
    municipality: &MunicipalityNo,
) -> Result<Option<StoredAnswer>> {
    let row: Option<Row> = tx.opt(LATEST, args![child, municipality]).await?;
    row.map(|row| stored(tx, child, municipality, row)).transpose()
}

/// All versions, oldest first.
pub(crate) async fn all_of<D: Dialect>(
    tx: &mut Tx<D>,
    child: ChildId,
    municipality: &MunicipalityNo,
) -> Result<Vec<StoredAnswer>> {
    let rows: Vec<Row> = tx.all(ALL_OF, args![child, municipality]).await?;
    rows.into_iter().map(|row| stored(tx, child, municipality, row)).collect()
}

fn stored<D: Dialect>(tx: &Tx<D>, child: ChildId, municipality: &MunicipalityNo, row: Row) -> Result<StoredAnswer> {
    let plain = tx.open(place("answers", "answer", &row_id(child, municipality, row.version)), &row.answer)?;
    Ok(StoredAnswer {
        version: row.version,
        as_of: tx.parse("as_of", &row.as_of)?,
        valid_from: tx.parse("valid_from", &row.valid_from)?,
        made_at: tx.instant("made_at", row.made_at)?,
        upto: row.upto,
        rules: row.rules,
        answer: serde_json::from_slice(&plain).map_err(|_| tx.corrupt("answers.answer is not JSON"))?,
    })
}

/// The text of rules that an answer was made under.
pub(crate) async fn rules<D: Dialect>(tx: &mut Tx<D>, fingerprint: &str) -> Result<Option<String>> {
    let row: Option<(String,)> = tx.opt(RULES, args![fingerprint]).await?;
    Ok(row.map(|(text,)| text))
}

/// Alerts that stand, oldest first.
pub(crate) async fn alerts<D: Dialect>(tx: &mut Tx<D>, child: Option<ChildId>) -> Result<Vec<StoredAlert>> {
    let rows: Vec<(String, String, String, i64, Option<i64>)> = match child {
        Some(child) => tx.all(ALERTS_OF, args![child]).await?,
        None => tx.all(ALERTS, args![]).await?,
    };
    rows.into_iter()
        .map(|(child, number, code, opened_at, recipients)| {
            Ok(StoredAlert {
                child: tx.parse("child", &child)?,
                municipality: MunicipalityNo::new(number),
                code,
                opened_at: tx.instant("opened_at", opened_at)?,
                recipients,
            })
        })
        .collect()
}
