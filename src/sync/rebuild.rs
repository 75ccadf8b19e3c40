//! The history of answers made again from the facts alone, and compared with what was kept.
//!
//! Takes page after page and one child at a time. Must never change anything.

use std::collections::HashMap;

use samhold_duty::Rules;
use samhold_model::{ChildId, Date, MunicipalityNo};
use samhold_store::{Standing, Store, StoreError, StoredAnswer, StoredFact};
use serde::Serialize;
use serde_json::Value;

use super::dossier::{Dossier, WHOLE_MUNICIPALITY, is_joined, rows_of};
use super::rules;
use super::workout::without_words;

/// How many children are listed at once.
const PAGE: i64 = 500;

/// Which children.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Only this child.
    pub child: Option<ChildId>,
    /// Only this municipality.
    pub municipality: Option<MunicipalityNo>,
}

/// Where a kept answer and the one made again differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The child.
    pub child: ChildId,
    /// The municipality.
    pub municipality: MunicipalityNo,
    /// The version that is kept.
    pub version: i64,
    /// The field, or what else is wrong with the version.
    pub field: String,
    /// What is kept: a code or a date; `…` for what names a person or a service.
    pub stored: String,
    /// What the facts give, covered likewise.
    pub rebuilt: String,
}

/// What was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Versions made again.
    pub versions: usize,
    /// Children looked at.
    pub children: usize,
    /// Versions that differ from what the facts give.
    pub differ: usize,
    /// Children that wait to be worked out, whose last answer may be behind.
    pub waiting: usize,
    /// Versions from before it was kept what they were made from.
    pub undocumented: usize,
}

/// The children of a scope, page after page; `each` gets one at a time.
///
/// # Errors
/// When the store or `each` fails.
pub async fn each_child(
    store: &dyn Store,
    scope: &Scope,
    mut each: impl AsyncFnMut(ChildId, MunicipalityNo) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let inside = |number: &MunicipalityNo| scope.municipality.as_ref().is_none_or(|m| m == number);
    if let Some(child) = scope.child {
        for number in store.municipalities_of(child).await?.into_iter().filter(inside) {
            each(child, number).await?;
        }
        return Ok(());
    }
    let mut after = None;
    loop {
        let page = store.children(after, PAGE).await?;
        let Some((last, _)) = page.last() else { return Ok(()) };
        after = Some(*last);
        for (child, number) in page.into_iter().filter(|(child, n)| *child != WHOLE_MUNICIPALITY && inside(n)) {
            each(child, number).await?;
        }
    }
}

/// Makes every kept answer again and compares it: each version from the facts and under the rules it was made from, the
/// last one also with the answer of `today` under the rules of today. `tell` gets each difference.
///
/// # Errors
/// When the store fails.
pub async fn check(
    store: &dyn Store,
    scope: &Scope,
    today: Date,
    rules_of: impl Fn(&MunicipalityNo) -> Rules,
    mut tell: impl FnMut(Difference),
) -> Result<Tally, StoreError> {
    let mut tally = Tally::default();
    let mut known = HashMap::new();
    let mut last = None;
    each_child(store, scope, async |child, number| {
        // One who counts as another child has no facts of its own to make anything from.
        if store.survivor_of(child).await? != child {
            return Ok(());
        }
        tally.children += usize::from(last.replace(child) != Some(child));
        let history = History::read(store, child, number).await?;
        let found = history.differences(store, &mut known, &mut tally, (today, &rules_of)).await?;
        let mut versions: Vec<i64> = found.iter().map(|d| d.version).collect();
        versions.dedup();
        tally.differ += versions.len();
        found.into_iter().for_each(&mut tell);
        Ok(())
    })
    .await?;
    Ok(tally)
}

/// Everything kept of one child in one municipality.
struct History {
    child: ChildId,
    municipality: MunicipalityNo,
    rows: Vec<StoredFact>,
    /// `None`: what is kept cannot be read.
    answers: Option<Vec<StoredAnswer>>,
    standing: Standing,
}

type Known = HashMap<String, Option<(Rules, String)>>;

impl History {
    async fn read(store: &dyn Store, child: ChildId, municipality: MunicipalityNo) -> Result<Self, StoreError> {
        let answers = match store.answers_of(child, &municipality).await {
            Ok(answers) => Some(answers),
            Err(StoreError::Decrypt(_) | StoreError::Corrupt { .. }) => None,
            Err(e) => return Err(e),
        };
        let rows = rows_of(store, child, &municipality).await?;
        let mut standing = store.standing(child, &municipality).await?;
        // A fact that came between the answers and the rows was worked out, or the child is still marked.
        if let Some(read) = &answers {
            let newest = store.latest_answer(child, &municipality).await?.map(|a| a.version);
            standing.marked |= newest != read.last().map(|a| a.version);
        }
        Ok(Self { child, municipality, rows, answers, standing })
    }

    async fn differences(
        &self,
        store: &dyn Store,
        known: &mut Known,
        tally: &mut Tally,
        (today, rules_of): (Date, impl Fn(&MunicipalityNo) -> Rules),
    ) -> Result<Vec<Difference>, StoreError> {
        let Some(answers) = &self.answers else { return Ok(vec![self.wrong(0, "history", "unreadable", "readable")]) };
        let mut found = Vec::new();
        for (expected, kept) in (1..).zip(answers) {
            if kept.version != expected {
                let (stored, rebuilt) = (kept.version.to_string(), expected.to_string());
                found.push(self.wrong(kept.version, "version", &stored, &rebuilt));
            }
            found.extend(self.past(store, known, tally, kept).await?);
        }
        if self.waits(today) {
            tally.waiting += 1;
        } else {
            found.extend(self.present(answers.last(), today, &rules_of(&self.municipality)));
        }
        Ok(found)
    }

    fn waits(&self, today: Date) -> bool {
        self.standing.marked || self.standing.next_change.is_some_and(|day| day <= today)
    }

    /// A version against the facts and rules it was made from.
    async fn past(
        &self,
        store: &dyn Store,
        known: &mut Known,
        tally: &mut Tally,
        kept: &StoredAnswer,
    ) -> Result<Vec<Difference>, StoreError> {
        let Some((upto, fingerprint)) = kept.upto.zip(kept.rules.as_ref()) else {
            tally.undocumented += 1;
            return Ok(Vec::new());
        };
        tally.versions += 1;
        if !known.contains_key(fingerprint) {
            let text = store.rules(fingerprint).await?;
            known.insert(fingerprint.clone(), text.as_deref().and_then(rules::read));
        }
        let Some(Some((rules, program))) = known.get(fingerprint) else {
            return Ok(vec![self.wrong(kept.version, "rules", "unreadable", "readable")]);
        };
        let mut found = self.against(kept, upto, kept.as_of, rules);
        if !found.is_empty() && program != env!("CARGO_PKG_VERSION") {
            found.push(self.wrong(kept.version, "program", program, env!("CARGO_PKG_VERSION")));
        }
        Ok(found)
    }

    /// The last version against everything that is known today.
    fn present(&self, last: Option<&StoredAnswer>, today: Date, rules: &Rules) -> Vec<Difference> {
        let Some(kept) = last else { return vec![self.wrong(0, "history", "none", "version 1")] };
        let mut found = self.against(kept, i64::MAX, today, rules);
        found.iter_mut().for_each(|d| d.field.insert_str(0, "today: "));
        found
    }

    fn against(&self, kept: &StoredAnswer, upto: i64, day: Date, rules: &Rules) -> Vec<Difference> {
        // What came with a child who was joined to this one counts since then, wherever it stands in the ledger.
        let then = |r: &&StoredFact| !is_joined(r, self.child) || r.recorded_at <= kept.made_at || upto == i64::MAX;
        let rows: Vec<StoredFact> = self.rows.iter().filter(|r| r.seq <= upto).filter(then).cloned().collect();
        let dossier = Dossier::new(self.child, &rows, day);
        let answer = samhold_duty::answer(&dossier.family(), &dossier.facts, day, None, rules);
        let rebuilt = serde_json::to_value(&answer).unwrap_or_default();
        let mut fields = Vec::new();
        compare("", &without_words(&kept.answer), &without_words(&rebuilt), &mut fields);
        let wrong =
            |(field, stored, rebuilt): (String, String, String)| self.wrong(kept.version, &field, &stored, &rebuilt);
        fields.into_iter().map(wrong).collect()
    }

    fn wrong(&self, version: i64, field: &str, stored: &str, rebuilt: &str) -> Difference {
        Difference {
            child: self.child,
            municipality: self.municipality.clone(),
            version,
            field: field.to_owned(),
            stored: stored.to_owned(),
            rebuilt: rebuilt.to_owned(),
        }
    }
}

/// Fields whose values are codes and dates. All others name a person or a service and are covered.
const SHOWN: &[&str] =
    &["state", "kind", "basis", "duty_basis", "end_reason", "since", "absent_from", "absent_until", "alerts"];

fn compare(field: &str, stored: &Value, rebuilt: &Value, found: &mut Vec<(String, String, String)>) {
    if stored == rebuilt {
        return;
    }
    let (Some(left), Some(right)) = (stored.as_object(), rebuilt.as_object()) else {
        return found.push((field.to_owned(), shown(field, stored), shown(field, rebuilt)));
    };
    let names = left.keys().chain(right.keys().filter(|name| !left.contains_key(*name)));
    for name in names {
        let path = if field.is_empty() { name.clone() } else { format!("{field}.{name}") };
        let of = |map: &serde_json::Map<String, Value>| map.get(name).cloned().unwrap_or_default();
        compare(&path, &of(left), &of(right), found);
    }
}

fn shown(field: &str, value: &Value) -> String {
    let name = field.rsplit('.').next().unwrap_or_default();
    match value {
        Value::Null => "nothing".to_owned(),
        Value::String(text) if SHOWN.contains(&name) => text.clone(),
        value if SHOWN.contains(&name) => value.to_string(),
        _ => "…".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn codes_are_shown_and_whoever_is_named_is_covered() {
        let kept = json!({"samordning": {"state": "held", "holder": {"kind": "service", "ref": "krisesenteret"}}});
        let made = json!({"samordning": {"state": "disputed", "holder": {"kind": "municipality"}}, "alerts": ["DISPUTE_OPEN"]});
        let mut found = Vec::new();
        compare("", &kept, &made, &mut found);
        let lines: Vec<String> = found.iter().map(|(field, a, b)| format!("{field}: {a} / {b}")).collect();
        assert_eq!(
            lines,
            [
                "samordning.state: held / disputed",
                "samordning.holder.kind: service / municipality",
                "samordning.holder.ref: … / nothing",
                "alerts: nothing / [\"DISPUTE_OPEN\"]",
            ]
        );
    }
}
