//! A settings folder with slips in its law and services: every one is told, at its line.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use samhold_model::fact::Level;

use super::{Mistakes, load};

const LAWS: &str = include_str!("../../config/laws.toml");
const SETTINGS: &str = "realm = \"test\"\n[store]\nsqlite = \"x.db\"\nmaster_key = { file = \"k\" }\n[municipality.9901]\nname = \"Fjellvik\"\ncontact_point = \"Koordinerende enhet\"\n";

/// What is told of a settings folder with these files, and the folder's name taken out.
fn told(laws: &str, services: &str) -> Result<super::Loaded, (Mistakes, String)> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("samhold.toml", SETTINGS), ("laws.toml", laws), ("services.toml", services)] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    load(folder.path()).map_err(|mistakes| {
        let drawn = mistakes.render().replace(&format!("{}/", folder.path().display()), "");
        (mistakes, drawn)
    })
}

/// One line each, from the file's name on.
fn lines(laws: &str, services: &str) -> Vec<String> {
    let (mistakes, _) = told(laws, services).map(|_| ()).unwrap_err();
    mistakes.lines().iter().map(|line| line.rsplit_once('/').map_or(line.clone(), |(_, l)| l.to_owned())).collect()
}

#[test]
fn every_slip_in_the_law_is_told_at_once_with_line_caret_and_what_to_do() {
    let laws = "in_force = \"2022-08-01\"\n\
        purposes = [\"coordination\", \"health_care\", \"barnevern_task\"]\n";
    let rest = LAWS.split_once("field_tags").unwrap().1;
    let laws = format!("{laws}field_tags{rest}");
    let laws = laws.replace("to = \"2023-01-01\", cite", "to = \"2023-06-01\", cite");
    let laws = format!(
        "{laws}\n[[service_kind_change]]\nkind = \"ppt_komunal\"\nfrom = \"2027-01-01\"\ncan_hold = false\nwhy = \"lov\"\n"
    );
    let (mistakes, drawn) = told(&laws, "").map(|_| ()).unwrap_err();
    assert_eq!(mistakes.0.len(), 3, "{drawn}");
    insta::assert_snapshot!(drawn, @r###"
      × `bvl1992-3-2` and `bvl-15-8` of the act `bvl` both count on 2023-01-01
        ╭─[laws.toml:13:39]
     12 │ bvl1992-3-2   = { act = "bvl", from = "2022-08-01", to = "2023-06-01", cite = "barnevernloven (1992) § 3-2" }
     13 │ bvl-15-8      = { act = "bvl", from = "2023-01-01", cite = "barnevernsloven § 15-8" }
        ·                                       ────────────
     14 │ oppl1998-15-8 = { act = "oppll", from = "2022-08-01", to = "2024-08-01", cite = "opplæringslova (1998) § 15-8" }
        ╰────
      help: end the one that was replaced: `bvl1992-3-2` with `to = "2023-01-01"`
      × unknown kind `ppt_komunal`
         ╭─[laws.toml:238:8]
     237 │ [[service_kind_change]]
     238 │ kind = "ppt_komunal"
         ·        ─────────────
     239 │ from = "2027-01-01"
         ╰────
      help: did you mean `ppt_kommunal`?
      × `transition` is gone from `purposes`, but the rules of disclosure look for it
       ╭─[laws.toml:2:12]
     1 │ in_force = "2022-08-01"
     2 │ purposes = ["coordination", "health_care", "barnevern_task"]
       ·            ─────────────────────────────────────────────────
     3 │ field_tags = ["reveals_krisesenter", "reveals_barnevern", "reveals_familievern", "other_person_health", "child_confidential"]
       ╰────
      help: put it back; what must not be told any more is a setting, not a missing word
    "###);
}

#[test]
fn a_row_that_lets_more_be_told_without_a_day_and_a_setting_that_lowers_the_floor_are_refused_with_their_places() {
    let ngo = "ngo                 = { public = false }";
    let laws = LAWS.replace(ngo, "ngo = { public = true }");
    assert_ne!(laws, LAWS);
    let found = lines(&laws, "");
    let line = 1 + LAWS.lines().position(|line| line == ngo).unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with(&format!("laws.toml:{line}: `ngo` has `public = true`")), "{found:?}");
    let folder = tempfile::tempdir().unwrap();
    let settings = format!("{SETTINGS}[municipality.9901.share]\nlocation_fields = []\n");
    std::fs::write(folder.path().join("samhold.toml"), settings).unwrap();
    let drawn = load(folder.path()).map(|_| ()).unwrap_err().render();
    let drawn = drawn.replace(&format!("{}/", folder.path().display()), "");
    insta::assert_snapshot!(drawn);
}

#[test]
fn a_correction_without_a_reason_or_with_a_wrong_key_has_its_line() {
    let at = LAWS.lines().count();
    let laws = format!(
        "{LAWS}[[service_kind_change]]\nkind = \"vgs\"\nfrom = \"2027-01-01\"\ncan_holdd = false\nwhy = \"lov\"\n"
    );
    let found = lines(&laws, "");
    assert!(found.concat().starts_with(&format!("laws.toml:{}: unknown field `can_holdd`", at + 4)), "{found:?}");
    assert!(found.concat().contains("did you mean `can_hold`?"), "{found:?}");
    let silent = lines(&laws.replace("can_holdd = false\nwhy = \"lov\"\n", "can_hold = false\nwhy = \"\"\n"), "");
    assert_eq!(
        silent,
        [format!(
            "laws.toml:{}: a correction without a reason (name the act, the regulation or the decision, \
        for those who ask later)",
            at + 5
        )]
    );
}

/// A municipal upper secondary school, as Oslo has them, that the county takes over.
const SCHOOL: &str = "[[service]]\nid = \"vgs\"\nkind = \"vgs\"\nname = \"Fjellvik videregående skole\"\nmunicipality = \"9901\"\n\
    level = \"kommunal\"\n[[service.change]]\nfrom = \"2027-01-01\"\nlevel = \"fylkeskommunal\"\nwhy = \"avtale\"\n";

#[test]
fn a_service_has_the_level_of_its_own_until_the_day_it_changes() {
    let loaded = told(LAWS, SCHOOL).unwrap();
    let levels = loaded.duty_rules("9901").config.service_levels;
    assert_eq!(levels.on("vgs", jiff::civil::date(2026, 12, 31)), Some(Level::Kommunal));
    assert_eq!(levels.on("vgs", jiff::civil::date(2027, 1, 1)), Some(Level::Fylkeskommunal));
    assert_eq!(levels.on("lia-skole", jiff::civil::date(2027, 1, 1)), None);
}

#[test]
fn a_level_that_is_none_and_two_changes_on_one_day_are_told() {
    let level = lines(LAWS, &SCHOOL.replace("\"kommunal\"", "\"kommunalt\""));
    assert!(level.concat().starts_with("services.toml:6: unknown variant `kommunalt`"), "{level:?}");
    assert!(level.concat().contains("did you mean `kommunal`?"), "{level:?}");
    let twice = SCHOOL.split_once("[[service.change]]").unwrap().1;
    let twice = lines(LAWS, &format!("{SCHOOL}[[service.change]]{}", twice.replace("avtale", "")));
    assert_eq!(
        twice,
        [
            "services.toml:12: `vgs` changes its level twice on 2027-01-01",
            "services.toml:14: the change of level of `vgs` has no reason",
        ]
    );
}
