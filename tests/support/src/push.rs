//! Documents that systems push by themselves: kindergarten list, child-welfare cases, a referral.
//!
//! Each is written in the system's own format. Must never carry more than that format has room for.

pub mod barnevern;
pub mod kindergarten;
pub mod referral;

use samhold_model::Date;
use samhold_model::dates::oslo;
use uuid::Uuid;

use crate::town::{LAST_DAY, PushedDocument, Town};

/// Everything pushed on day `n`.
pub(crate) fn of_day(town: &Town, n: u8) -> Vec<PushedDocument> {
    if !(1..=LAST_DAY).contains(&n) {
        return Vec::new();
    }
    let mut all: Vec<PushedDocument> = kindergarten::of_day(town, n).into_iter().collect();
    all.extend(barnevern::of_day(town, n));
    all.extend(referral::of_day(town, n));
    all
}

/// A UUID of version 5 by name: the same document has the same id however often it is made.
pub(crate) fn id_of(town: &Town, name: &str) -> String {
    Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("fjellvik/{}/{name}", town.start()).as_bytes()).to_string()
}

/// Eight o'clock in Norway with its offset, as XML dates want it.
pub(crate) fn morning(date: Date) -> String {
    let stamp = date.at(8, 0, 0, 0).to_zoned(oslo());
    stamp.map_or_else(|_| format!("{date}T08:00:00Z"), |z| z.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
}

/// Text for XML content and attributes.
pub(crate) fn xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests;
