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

/// Id, kind, name, and the eight digits from which the organisation number is made. Bjørk has the number that the
/// bundled kindergarten mapping lists as municipal: the format itself does not tell who owns a kindergarten.
const SERVICES: &[(&str, &str, &str, u32)] = &[
    ("lia-skole", "skole_kommunal", "Lia skole", 31_990_100),
    ("nes-skole", "skole_kommunal", "Nes skole", 31_990_200),
    ("bjork-barnehage", "barnehage_kommunal", "Bjørk barnehage", 31_002_814),
    ("tussilago-barnehage", "barnehage_privat", "Tussilago barnehage AS", 31_990_400),
    ("ppt", "ppt_kommunal", "PP-tjenesten i Fjellvik", 31_990_500),
    ("helsestasjon", "helsestasjon", "Fjellvik helsestasjon", 31_990_600),
    ("ergo-fysio", "kommunal_helse", "Ergo- og fysioterapitjenesten", 31_990_700),
    ("barnevern", "barnevern", "Barneverntjenesten i Fjellvik", 31_990_800),
    ("nav", "nav_kommunal", "NAV Fjellvik, kommunal del", 31_990_900),
    ("krisesenter", "krisesenter", "Krisesenteret i Fjellvik", 31_991_000),
    ("habu", "spesialisthelse", "Habilitering for barn og unge, sykehuset", 31_991_100),
    ("ke", "koordinerende_enhet", "Koordinerende enhet i Fjellvik", 31_991_200),
];

pub(super) fn all() -> Vec<Service> {
    let one = |&(id, kind, name, from): &(_, _, _, u32)| Service { id, kind, name, orgnr: organisation_number(from) };
    SERVICES.iter().map(one).collect()
}
