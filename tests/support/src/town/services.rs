//! The services of Fjellvik.

use crate::numbers::organisation_number;

/// One service as other systems know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its id in the municipality's own facts.
    pub id: &'static str,
    /// Service kind of the law catalogue.
    pub kind: &'static str,
    /// Its name, in Norwegian.
    pub name: &'static str,
    /// Its organisation number (synthetic).
    pub orgnr: String,
}

/// Id, kind, name; the place in the list gives the organisation number.
const SERVICES: &[(&str, &str, &str)] = &[
    ("lia-skole", "skole_kommunal", "Lia skole"),
    ("nes-skole", "skole_kommunal", "Nes skole"),
    ("bjork-barnehage", "barnehage_kommunal", "Bjørk barnehage"),
    ("tussilago-barnehage", "barnehage_privat", "Tussilago barnehage AS"),
    ("ppt", "ppt_kommunal", "PP-tjenesten i Fjellvik"),
    ("helsestasjon", "helsestasjon", "Fjellvik helsestasjon"),
    ("ergo-fysio", "kommunal_helse", "Ergo- og fysioterapitjenesten"),
    ("barnevern", "barnevern", "Barneverntjenesten i Fjellvik"),
    ("nav", "nav_kommunal", "NAV Fjellvik, kommunal del"),
    ("krisesenter", "krisesenter", "Krisesenteret i Fjellvik"),
    ("habu", "spesialisthelse", "Habilitering for barn og unge, sykehuset"),
    ("ke", "koordinerende_enhet", "Koordinerende enhet i Fjellvik"),
];

pub(super) fn all() -> Vec<Service> {
    SERVICES
        .iter()
        .zip(0u32..)
        .map(|(&(id, kind, name), i)| Service { id, kind, name, orgnr: organisation_number(31_990_100 + i * 100) })
        .collect()
}
