//! The report as plain text for a newcomer: reads without colour, and as well in a file as on a terminal.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::holders::ChildRow;
use super::received::ServiceRow;
use super::report::Report;
use super::tables::{DeadRow, DeliveryRow, InboundRow};

/// The whole report.
#[must_use]
pub fn render(report: &Report) -> String {
    let mut out = String::new();
    opening(&mut out, report);
    days(&mut out, report);
    children(&mut out, report);
    services(&mut out, report);
    legend(&mut out, report);
    sources(&mut out, report);
    deliveries(&mut out, report);
    closing(&mut out, report);
    out
}

fn line(out: &mut String, text: impl AsRef<str>) {
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{}", text.as_ref().trim_end());
}

fn heading(out: &mut String, text: &str) {
    line(out, "");
    line(out, text);
    line(out, "-".repeat(text.chars().count()));
}

fn opening(out: &mut String, report: &Report) {
    let text = format!(
        "{}: {} children, {} services, {} days. Every child who needs several services shall have one\n\
         who coordinates (samordningsplikt). Samhold reads the municipality's systems, works out who that is, and tells\n\
         each service what it may know, and nothing more. All persons and systems here are invented; the formats are real.",
        report.municipality,
        report.children.len(),
        report.services.len(),
        report.days.len(),
    );
    line(out, text);
}

fn days(out: &mut String, report: &Report) {
    heading(out, "What happened");
    for day in &report.days {
        line(out, format!("Day {}, {}", day.day, day.date));
        for news in &day.news {
            line(out, format!("  {news}"));
        }
        for fault in &day.faults {
            line(out, format!("  Feil med vilje: {fault}"));
        }
        if day.news.is_empty() && day.faults.is_empty() {
            line(out, "  Ingenting nytt; alle svar står.");
        }
    }
}

fn children(out: &mut String, report: &Report) {
    heading(out, "Who coordinates now (samordner)");
    let row = |c: &ChildRow| {
        [
            c.child.to_owned(),
            c.holder.clone(),
            c.ground.to_owned(),
            c.since.map(|d| d.to_string()).unwrap_or_default(),
            word(&c.state),
        ]
    };
    let rows: Vec<_> = report.children.iter().map(row).collect();
    table(out, ["child", "holder now", "ground", "since", "state"], &rows);
}

fn services(out: &mut String, report: &Report) {
    heading(out, "What each service received, and what it did not");
    for service in &report.services {
        line(out, format!("{} ({}, {})", service.service, service.road, count(service.messages, "message")));
        received(out, service);
        withheld(out, service);
    }
}

fn count(n: u64, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

fn received(out: &mut String, service: &ServiceRow) {
    if service.received.is_empty() {
        line(out, "  nothing");
    }
    for one in &service.received {
        line(out, format!("  {:<12} {}", one.child, one.says));
    }
}

fn withheld(out: &mut String, service: &ServiceRow) {
    if !service.withheld.is_empty() {
        line(out, "  withheld (operator's eyes):");
    }
    for one in &service.withheld {
        let only = if one.wholly { String::new() } else { format!(" (only {})", one.fields.join(", ")) };
        let (category, reason, children) = (&one.category, &one.reason, one.children.join(", "));
        line(out, format!("    {category:<20} {reason:<24} {:>2} ×  {children}{only}", one.times));
    }
}

/// The codes that were met, in words.
fn legend(out: &mut String, report: &Report) {
    let met: BTreeMap<&str, &str> =
        report.services.iter().flat_map(|s| &s.withheld).map(|w| (w.reason.as_str(), w.words)).collect();
    line(out, "");
    line(out, "Why something is withheld (× counts decisions in the audit chain):");
    for (code, words) in met {
        line(out, format!("  {code:<24} {words}"));
    }
}

fn sources(out: &mut String, report: &Report) {
    heading(out, "What was read");
    let row = |s: &InboundRow| [s.system.clone(), s.units.to_string(), dead(&s.dead)];
    let rows: Vec<_> = report.sources.iter().map(row).collect();
    table(out, ["source", "units", "dead letters"], &rows);
}

fn deliveries(out: &mut String, report: &Report) {
    heading(out, "Deliveries");
    let row = |d: &DeliveryRow| {
        [d.recipient.to_owned(), d.road.to_owned(), d.delivered.to_string(), d.retries.to_string(), dead(&d.dead)]
    };
    let rows: Vec<_> = report.deliveries.iter().map(row).collect();
    table(out, ["recipient", "road", "delivered", "retries", "refused, dead letters"], &rows);
}

fn dead(rows: &[DeadRow]) -> String {
    let one = |row: &DeadRow| format!("{} × {}: {}", row.count, row.code, row.reason);
    if rows.is_empty() { "–".into() } else { rows.iter().map(one).collect::<Vec<_>>().join("; ") }
}

fn closing(out: &mut String, report: &Report) {
    heading(out, "Checked");
    for check in &report.checks {
        line(out, format!("{} {} ({})", if check.holds { "holds  " } else { "BROKEN " }, check.name, check.found));
    }
    for differs in &report.differs {
        line(out, format!("BROKEN  {differs}"));
    }
    let told = report.days.len() * report.children.len();
    let right = told.saturating_sub(report.differs.len());
    line(out, "");
    line(
        out,
        format!(
            "{right} of {told} answers as the stories tell; {} messages left; {:.1} s.",
            report.messages, report.elapsed_seconds
        ),
    );
}

/// A state as the vocabulary writes it.
fn word(state: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(state).ok();
    value.as_ref().and_then(|v| v.as_str()).unwrap_or_default().replace('_', " ")
}

fn table<const N: usize>(out: &mut String, head: [&str; N], rows: &[[String; N]]) {
    let length = |text: &str| text.chars().count();
    let mut widths = head.map(length);
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(length(cell));
        }
    }
    let joined = |cells: &[String; N]| {
        let padded = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
        padded.collect::<Vec<_>>().join("  ")
    };
    line(out, joined(&head.map(str::to_owned)));
    line(out, joined(&widths.map(|width| "-".repeat(width))));
    for row in rows {
        line(out, joined(row));
    }
}
