//! The law on a day: what a dated correction changes, and what stays as it was before that day.

use jiff::civil::date;

use crate::Law;
use crate::fact::Level;

/// The bundled catalogue with these rows after it.
fn law(more: &str) -> Law {
    let law = Law::parse(&format!("{}\n{more}", super::super::BUNDLED), "laws.toml").unwrap();
    assert_eq!(law.problems(), []);
    law
}

#[test]
fn a_corrected_row_reads_as_before_until_its_day_and_otherwise_from_then_on() {
    let law =
        law("[[service_kind_change]]\nkind = \"ppt_kommunal\"\nfrom = \"2027-01-01\"\ncan_hold = false\nwhy = \"x\"");
    let before = law.service_kind_on("ppt_kommunal", date(2026, 12, 31)).unwrap();
    let after = law.service_kind_on("ppt_kommunal", date(2027, 1, 1)).unwrap();
    assert!(before.can_hold && !after.can_hold);
    assert_eq!((before.level, before.act, before.name), (after.level, after.act, after.name));
}

#[test]
fn several_corrections_count_by_date_whatever_their_order_in_the_file() {
    let law = law(
        "[[service_kind_change]]\nkind = \"vgs\"\nfrom = \"2028-01-01\"\nlevel = \"fylkeskommunal\"\ncan_hold = false\nwhy = \"x\"\n\
         [[service_kind_change]]\nkind = \"vgs\"\nfrom = \"2026-01-01\"\nlevel = \"kommunal\"\ncan_hold = true\nact = \"none\"\nwhy = \"x\"",
    );
    let on = |year| law.service_kind_on("vgs", date(year, 6, 1)).map(|row| (row.level, row.can_hold, row.act));
    assert_eq!(on(2025), Some((Level::Fylkeskommunal, false, Some("oppll"))));
    assert_eq!(on(2026), Some((Level::Kommunal, true, None)));
    assert_eq!(on(2028), Some((Level::Fylkeskommunal, false, None)));
}

#[test]
fn a_new_kind_is_not_known_before_its_day() {
    let row = "{ from = \"2027-08-01\", level = \"kommunal\", act = \"oppll\", can_hold = true, ip_main = false, name = \"n\" }";
    let law =
        law(&format!("[service_kind.oppfolgingstjeneste]\n{}", row.trim_matches(['{', '}', ' ']).replace(", ", "\n")));
    assert_eq!(law.service_kind_on("oppfolgingstjeneste", date(2027, 7, 31)), None);
    assert!(law.service_kind_on("oppfolgingstjeneste", date(2027, 8, 1)).is_some_and(|row| row.can_hold));
    assert!(law.duty_dates().any(|day| day == date(2027, 8, 1)));
}

#[test]
fn categories_and_recipients_are_corrected_with_a_date_too() {
    let law =
        law("[[category_change]]\ncategory = \"placement\"\nfrom = \"2027-01-01\"\nregime = \"bvl\"\nwhy = \"x\"\n\
         [[recipient_kind_change]]\nkind = \"skole_privat\"\nfrom = \"2027-01-01\"\npublic = true\nwhy = \"x\"");
    let on = |day| (law.regime_on("placement", day), law.recipient_kind_on("skole_privat", day).map(|row| row.public));
    assert_eq!(on(date(2026, 12, 31)), (Some("fvl"), Some(false)));
    assert_eq!(on(date(2027, 1, 1)), (Some("bvl"), Some(true)));
    assert_eq!(law.regime_on("ukjent", date(2027, 1, 1)), None);
    assert_eq!(law.sharing_dates().filter(|day| *day == date(2027, 1, 1)).count(), 2);
}
