//! `samhold duty compare`: what changed between two dates for one child, and which fact caused it.
//!
//! Audited and masked like `duty show`. Must never change an answer.

use std::process::ExitCode;

use samhold_duty::compare::{Comparison, Point, Track};
use samhold_model::{ChildId, Date};
use samhold_store::Store;
use serde_json::{Value, json};

use super::case::{Case, cases, tell, told};
use super::show::{MASKED_NOTE, Shown};
use crate::cli::support::{DOES_NOT_HOLD, say};
use crate::config::Loaded;

/// Reads `2026-08-01` or `2026-08-01@2026-09-01`.
///
/// # Errors
/// Which part is no date.
pub(super) fn point(text: &str) -> Result<Point, String> {
    let date = |part: &str| {
        let expected = "expected a date like 2026-08-01, or 2026-08-01@2026-09-01 for what was known on the second";
        part.parse::<Date>().map_err(|_| format!("`{part}` is no date; {expected}"))
    };
    Ok(match text.split_once('@') {
        Some((as_of, known_at)) => Point { as_of: date(as_of)?, known_at: Some(date(known_at)?) },
        None => Point { as_of: date(text)?, known_at: None },
    })
}

/// Prints what differs in each municipality that knows of the child.
pub(super) async fn compare(
    store: &dyn Store,
    loaded: &Loaded,
    child: ChildId,
    [from, to]: [Point; 2],
    shown: Shown,
) -> anyhow::Result<ExitCode> {
    let cases = cases(store, loaded, child).await?;
    if cases.is_empty() {
        return Ok(ExitCode::from(DOES_NOT_HOLD));
    }
    let detail = json!({"command": "duty compare", "asked": [told(from), told(to)], "unmasked": shown.unmask});
    tell(store, child, detail).await?;
    for case in &cases {
        one(case, case.compare(from, to), shown);
    }
    Ok(ExitCode::SUCCESS)
}

fn one(case: &Case, comparison: Comparison, shown: Shown) {
    let (value, masked) = if shown.unmask { (json!(comparison.differences), false) } else { veiled(case, &comparison) };
    if shown.as_json {
        let asked = [told(comparison.from), told(comparison.to)];
        let (child, number) = (case.child, &case.municipality);
        say!(
            "{}",
            json!({"child": child, "municipality": number, "from": asked[0], "to": asked[1], "masked": masked,
                "differences": value})
        );
        return;
    }
    say!("Barn {}, {}", case.child, case.veil.municipality(case.municipality.as_str()));
    say!("Fra {}\nTil {}\n", comparison.from, comparison.to);
    let all = value.as_array().map(Vec::as_slice).unwrap_or_default();
    print(all, case);
    if masked {
        say!("{MASKED_NOTE}\n");
    }
}

/// The differences that may be shown.
fn veiled(case: &Case, comparison: &Comparison) -> (Value, bool) {
    let all = &comparison.differences;
    let kept: Vec<_> = all.iter().filter(|d| d.track != Track::Alerts || d.field != "HOLDER_MASKED").collect();
    let dropped = kept.len() < all.len();
    let (value, masked) = case.veil.over_value(json!(kept));
    (value, masked || dropped)
}

fn print(differences: &[Value], case: &Case) {
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    if differences.is_empty() {
        return say!("Ingenting er forskjellig.\n");
    }
    let mut track = String::new();
    for difference in differences {
        let own = text(difference, "track");
        if own != track {
            say!("{}", heading(&own));
            track = own;
        }
        say!("  {}", case.veil.with_names(&text(difference, "text")));
        for cause in difference.get("causes").and_then(Value::as_array).into_iter().flatten() {
            say!("    fordi  {}", case.veil.with_names(&text(cause, "text")));
        }
    }
    say!("");
}

fn heading(track: &str) -> &str {
    match track {
        "samordning" => "Samordningsplikt",
        "barnekoordinator" => "Barnekoordinator",
        "koordinator" => "Koordinator",
        "ip" => "Individuell plan",
        "participants" => "Deltakere",
        "alerts" => "Varsler",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_point_is_a_date_with_or_without_what_was_known() {
        assert_eq!(point("2026-08-01"), Ok(Point { as_of: date(2026, 8, 1), known_at: None }));
        let later = Point { as_of: date(2026, 8, 1), known_at: Some(date(2026, 9, 1)) };
        assert_eq!(point("2026-08-01@2026-09-01"), Ok(later));
        assert!(point("2026-08-01@i dag").unwrap_err().starts_with("`i dag` is no date; expected"));
    }
}
