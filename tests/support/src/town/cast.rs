//! Who lives in Fjellvik: the cast with ages, families and the line that says what each child shows.

use jiff::Span;
use samhold_model::Date;
use samhold_model::dates::add_days;

use super::people::{ChildStory, Guardian, Protection};
use crate::numbers::synthetic_number;

/// When a child is or was born, seen from the first day.
#[derive(Clone, Copy)]
enum Birth {
    /// So many years before the day this many days after the start.
    Ago(i16, i64),
    /// Expected so many days after the start; born on the given day of the tour, if at all.
    Expected(i64, Option<u8>),
}

struct Role {
    key: &'static str,
    names: (&'static str, &'static str),
    birth: Birth,
    mother: &'static str,
    father: Option<&'static str>,
    street: &'static str,
    protection: Protection,
    story: &'static str,
}

const fn role(
    key: &'static str,
    names: (&'static str, &'static str),
    birth: Birth,
    parents: (&'static str, Option<&'static str>),
    street: &'static str,
    story: &'static str,
) -> Role {
    Role { key, names, birth, mother: parents.0, father: parents.1, street, protection: Protection::None, story }
}

use Birth::{Ago, Expected};

#[rustfmt::skip]
const CAST: &[Role] = &[
    role("frida", ("Frida", "Haug"), Ago(11, -120), ("Ingrid", Some("Lars")), "Elvegata 3",
        "Det vanlige: tjenestene er enige, og skolen samordner."),
    role("ylva", ("Ylva", "Strand"), Expected(2, Some(2)), ("Marte", Some("Stian")), "Strandvegen 8",
        "Får barnekoordinator før fødselen, og blir født dag 2."),
    role("jonas", ("Jonas", "Bakke"), Ago(9, -33), ("Hege", Some("Trond")), "Bakkegata 14",
        "Skolen og PPT er uenige; kommunedirektøren bestemmer dag 3."),
    role("mille", ("Mille", "Lund"), Ago(6, -21), ("Silje", Some("Anders")), "Lundvegen 2",
        "Går fra barnehage til skole dag 3; skolen overtar dag 4."),
    Role { protection: Protection::StrengtFortrolig, ..role("nora", ("Nora", "Vik"), Ago(8, -200), ("Camilla", None), "Tussmørkestien 61",
        "Har strengt fortrolig adresse: bare de som må, får noe, og aldri et sted.") },
    role("sander", ("Sander", "Moe"), Ago(7, -75), ("Anja", None), "Moegata 5",
        "Krisesenteret samordner; utad nevnes bare koordinerende enhet."),
    role("iben", ("Iben", "Aas"), Ago(3, -150), ("Thea", Some("Morten")), "Åsvegen 19",
        "Privat barnehage fikk vite mer med samtykke; mor trekker det dag 3."),
    role("elias", ("Elias", "Berge"), Ago(10, -61), ("Nina", Some("Geir")), "Bergeveien 7",
        "Barnekoordinatoren blir borte dag 2; en stedfortreder kommer dag 4."),
    role("amira", ("Amira", "Hassan"), Ago(5, -90), ("Leila", Some("Omar")), "Hassans gate 1",
        "Flytter til nabokommunen dag 3."),
    role("hakon", ("Håkon", "Dahl"), Ago(18, 3), ("Bente", Some("Rune")), "Dalegata 22",
        "Fyller 18 år dag 4; barnekoordinatorens oppgave slutter av seg selv."),
    role("tiril", ("Tiril", "Sunde"), Ago(6, -230), ("Kaja", Some("Eirik")), "Sundvegen 11",
        "Har barnekoordinator, registrert i journalen på helsestasjonen."),
    role("live", ("Live", "Sunde"), Ago(4, -17), ("Kaja", Some("Eirik")), "Sundvegen 11",
        "Tirils søster: barnekoordinatoren er oppnevnt bare for Tiril."),
    role("selma", ("Selmas barn", "Ruud"), Expected(60, None), ("Selma", None), "Ruudbakken 4",
        "Ikke født ennå; helsestasjonen samordner for familien."),
    role("oskar", ("Oskar", "Lie"), Ago(12, -10), ("Mona", None), "Liegata 9",
        "Ingen er navngitt: kommunen har plikten selv, og fristen er ute."),
    role("kasper", ("Kasper", "Hagen"), Ago(13, -44), ("Trine", Some("Jan")), "Hagegata 6",
        "Barnevernet oppgir en koordinator for individuell plan i en henvisning."),
];

pub(super) fn children(start: Date) -> Vec<ChildStory> {
    CAST.iter().zip(0u16..).map(|(role, i)| child(start, role, i)).collect()
}

fn child(start: Date, role: &Role, i: u16) -> ChildStory {
    let (birth_date, due_date, registered_on) = match role.birth {
        Ago(years, days) => (Some(years_before(add_days(start, days), years)), None, Some(1)),
        Expected(days, born) => {
            let date = born.map(|n| add_days(start, i64::from(n) - 1));
            (date, Some(add_days(start, days)), born)
        }
    };
    ChildStory {
        key: role.key,
        first_name: role.names.0,
        last_name: role.names.1,
        story: role.story,
        birth_date,
        due_date,
        registered_on,
        // 500 to 999 is the individual number range of those born 2000 to 2039.
        national_id: birth_date.map(|date| synthetic_number(date, 500 + i * 7)),
        guardians: guardians(start, role),
        protection: role.protection,
        street: role.street,
    }
}

/// Siblings have the same parents, so a parent's age follows from the street they share.
fn guardians(start: Date, role: &Role) -> Vec<Guardian> {
    let seed: u16 = role.street.bytes().map(u16::from).sum::<u16>() % 400;
    let grown = |first_name, kin, extra: u16| {
        let birth_date = years_before(add_days(start, -i64::from(seed) - i64::from(extra)), 34);
        // 000 to 499 is the range of those born in the 1900s; a birth in the 2000s needs 500 and up.
        let from = if birth_date.year() < 2000 { seed } else { 500 + seed };
        Guardian { first_name, role: kin, birth_date, national_id: synthetic_number(birth_date, from) }
    };
    let mother = grown(role.mother, "mor", 0);
    let father = role.father.map(|name| grown(name, "far", 97));
    std::iter::once(mother).chain(father).collect()
}

fn years_before(date: Date, years: i16) -> Date {
    date.saturating_sub(Span::new().years(years))
}
