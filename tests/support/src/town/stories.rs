//! The stories: what the municipality's own people register, child by child.
//!
//! School, kindergarten, health record, child welfare, NAV and the population register tell their part themselves;
//! here stands only what no connected system knows.

use serde_json::json;

use super::Town;
use super::telling::{Teller, Told, contact_fields};

pub(super) fn of_day(town: &Town, n: u8) -> Told {
    let mut told = Told::default();
    for child in town.children() {
        let mut teller = Teller::new(town, child, n, &mut told);
        story_of(child.key)(&mut teller);
    }
    told
}

fn story_of(key: &str) -> fn(&mut Teller<'_>) {
    match key {
        "frida" => agreement,
        "ylva" => before_birth,
        "jonas" => dispute,
        "mille" => school_start,
        "nora" => protected,
        "sander" => shelter,
        "iben" => consent_withdrawn,
        "elias" => absence,
        "amira" => moved,
        "hakon" => eighteen,
        "tiril" => in_the_record,
        "live" => sibling,
        "selma" => expected,
        "oskar" => nobody_named,
        _ => named_in_referral,
    }
}

fn agreement(t: &mut Teller<'_>) {
    t.cooperation(100, &["nes-skole", "ergo-fysio", "helsestasjon"]);
    t.agreed(95, "nes-skole", &["nes-skole", "ergo-fysio", "helsestasjon"]);
    for guardian in &t.child().guardians {
        t.before(60, "ip_consent", &json!({"by": guardian.national_id, "value": "given"}));
    }
    t.contact(95, "anne-moen", "Anne Moen", "Nes skole");
    t.news(1, "Frida: Nes skole samordner etter avtale mellom tjenestene.");
}

fn before_birth(t: &mut Teller<'_>) {
    let guardians: Vec<&str> = t.child().guardians.iter().map(|g| g.national_id.as_str()).collect();
    t.before(60, "guardians_changed", &json!({"guardians": guardians}));
    t.served_by("helsestasjon", 60);
    t.served_by("habu", 50);
    t.cooperation(45, &["helsestasjon", "habu"]);
    t.wished_for(40);
    t.before(
        35,
        "bk_appointed",
        &json!({"person": "kari-moen", "service": "helsestasjon", "by": "koordinerende_enhet"}),
    );
    t.contact(35, "kari-moen", "Kari Moen", "Fjellvik helsestasjon");
    t.news(1, "Ylva er ikke født ennå; Kari Moen er oppnevnt barnekoordinator.");
    if let Some(date) = t.child().birth_date {
        t.on_birth(2, "born", &json!({}));
        t.on(2, "birth_date", &json!({"date": date.to_string()}));
    }
    t.news(2, "Ylva blir født; folkeregisteret kan nå si at adressen ikke er gradert.");
}

fn dispute(t: &mut Teller<'_>) {
    t.served_by("ppt", 80);
    t.cooperation(70, &["lia-skole", "ppt", "helsestasjon"]);
    t.on(1, "dispute_raised", &json!({"parties": ["lia-skole", "ppt"]}));
    t.news(1, "Jonas: Lia skole og PPT er uenige om hvem som samordner.");
    t.on(3, "holder_decided", &json!({"service": "lia-skole", "by": "kommunedirektor"}));
    t.on(3, "worker_contact", &contact_fields("per-nes", "Per Nes", "Lia skole"));
    t.news(3, "Jonas: kommunedirektøren bestemmer at Lia skole samordner.");
}

fn school_start(t: &mut Teller<'_>) {
    t.served_by("ppt", 90);
    t.cooperation(80, &["bjork-barnehage", "ppt", "helsestasjon"]);
    t.agreed(75, "bjork-barnehage", &["bjork-barnehage", "ppt", "helsestasjon"]);
    t.contact(75, "liv-aune", "Liv Aune", "Bjørk barnehage");
    t.news(3, "Mille har sluttet i barnehagen og begynner på Lia skole.");
    t.on(3, "cooperation_needed", &json!({"participants": ["lia-skole"]}));
    t.on(4, "holder_agreed", &json!({"service": "lia-skole", "parties": ["lia-skole", "ppt", "helsestasjon"]}));
    t.on(4, "worker_contact", &contact_fields("per-nes", "Per Nes", "Lia skole"));
    t.news(4, "Mille: tjenestene blir enige om at Lia skole overtar.");
}

fn protected(t: &mut Teller<'_>) {
    t.served_by("ppt", 120);
    t.cooperation(110, &["nes-skole", "helsestasjon", "ppt"]);
    t.agreed(105, "helsestasjon", &["nes-skole", "helsestasjon", "ppt"]);
    t.contact(105, "tove-lid", "Tove Lid", "Fjellvik helsestasjon");
    t.news(1, "Nora har strengt fortrolig adresse i folkeregisteret.");
}

fn shelter(t: &mut Teller<'_>) {
    t.served_by("krisesenter", 30);
    if let Some(mother) = t.child().guardians.first() {
        t.before(30, "shelter_user", &json!({"person": mother.national_id}));
    }
    t.cooperation(25, &["krisesenter", "lia-skole", "helsestasjon"]);
    t.agreed(20, "krisesenter", &["krisesenter", "lia-skole", "helsestasjon"]);
    t.contact(20, "gro-helle", "Gro Helle", "Krisesenteret i Fjellvik");
    t.news(1, "Sander: krisesenteret samordner; det skal ikke synes utad.");
}

fn consent_withdrawn(t: &mut Teller<'_>) {
    t.served_by("habu", 200);
    t.cooperation(190, &["tussilago-barnehage", "ergo-fysio", "habu"]);
    t.agreed(185, "ergo-fysio", &["tussilago-barnehage", "ergo-fysio", "habu"]);
    t.contact(185, "jon-lie", "Jon Lie", "Ergo- og fysioterapitjenesten");
    let mut given = Vec::new();
    for guardian in &t.child().guardians {
        let consent = json!({"by": guardian.national_id, "categories": ["coordination_exists", "holder_service", "coordinator_contact"],
            "recipients": ["barnehage_privat"], "purposes": ["coordination"], "evidence": "sak-2026/31", "informed": true, "how": "written"});
        given.push(t.before(30, "consent", &consent));
    }
    t.news(1, "Iben: den private barnehagen får kontaktopplysninger med samtykke fra begge foreldre.");
    if let Some(of_mother) = given.first() {
        t.on(3, "consent_withdrawn", &json!({"consent": of_mother}));
    }
    t.news(3, "Iben: mor trekker samtykket til den private barnehagen.");
}

fn absence(t: &mut Teller<'_>) {
    t.served_by("habu", 300);
    t.cooperation(290, &["lia-skole", "ergo-fysio", "habu"]);
    t.wished_for(280);
    t.before(
        270,
        "bk_appointed",
        &json!({"person": "siri-berg", "service": "ergo-fysio", "by": "koordinerende_enhet"}),
    );
    t.contact(270, "siri-berg", "Siri Berg", "Ergo- og fysioterapitjenesten");
    t.on(2, "person_absent", &json!({"person": "siri-berg"}));
    t.news(2, "Elias: barnekoordinatoren er borte på ubestemt tid.");
    let stand_in = json!({"for": "siri-berg", "person": "ole-dahl", "by": "koordinerende_enhet"});
    t.on(4, "substitute_appointed", &stand_in);
    t.on(4, "worker_contact", &contact_fields("ole-dahl", "Ole Dahl", "Ergo- og fysioterapitjenesten"));
    t.news(4, "Elias: Ole Dahl blir stedfortreder.");
}

fn moved(t: &mut Teller<'_>) {
    t.cooperation(60, &["bjork-barnehage", "helsestasjon", "ergo-fysio"]);
    t.agreed(55, "helsestasjon", &["bjork-barnehage", "helsestasjon", "ergo-fysio"]);
    t.contact(55, "tove-lid", "Tove Lid", "Fjellvik helsestasjon");
    t.news(3, "Amira flytter til nabokommunen; folkeregisteret melder det.");
}

fn eighteen(t: &mut Teller<'_>) {
    t.served_by("nav", 150);
    t.served_by("habu", 900);
    t.cooperation(800, &["ergo-fysio", "habu", "nav"]);
    t.wished_for(500);
    t.before(
        490,
        "bk_appointed",
        &json!({"person": "kari-moen", "service": "helsestasjon", "by": "koordinerende_enhet"}),
    );
    t.contact(490, "kari-moen", "Kari Moen", "Fjellvik helsestasjon");
    t.news(4, "Håkon fyller 18 år.");
}

fn in_the_record(t: &mut Teller<'_>) {
    t.served_by("habu", 260);
    t.cooperation(250, &["lia-skole", "ergo-fysio", "habu"]);
    t.wished_for(240);
    t.contact(230, "eva-holm", "Eva Holm", "Fjellvik helsestasjon");
    t.news(1, "Tiril: barnekoordinatoren står i journalen på helsestasjonen.");
}

fn sibling(t: &mut Teller<'_>) {
    // The family's appointment, registered on the sister too, names the one child it covers.
    if let Some(covered) = t.relative("tiril") {
        let appointment =
            json!({"person": "eva-holm", "service": "helsestasjon", "by": "koordinerende_enhet", "covers": [covered]});
        t.before(230, "bk_appointed", &appointment);
    }
    t.served_by("ppt", 70);
    t.cooperation(65, &["bjork-barnehage", "ppt", "helsestasjon"]);
    t.agreed(60, "bjork-barnehage", &["bjork-barnehage", "ppt", "helsestasjon"]);
    t.contact(60, "liv-aune", "Liv Aune", "Bjørk barnehage");
    t.news(1, "Live: søsterens barnekoordinator gjelder ikke henne; barnehagen samordner.");
}

fn expected(t: &mut Teller<'_>) {
    if let Some(mother) = t.child().guardians.first() {
        t.before(40, "guardians_changed", &json!({"guardians": [mother.national_id]}));
    }
    t.served_by("helsestasjon", 40);
    t.served_by("nav", 35);
    t.cooperation(30, &["helsestasjon", "nav"]);
    t.agreed(28, "helsestasjon", &["helsestasjon", "nav"]);
    t.contact(28, "tove-lid", "Tove Lid", "Fjellvik helsestasjon");
    t.news(1, "Selma venter barn; helsestasjonen samordner.");
}

fn nobody_named(t: &mut Teller<'_>) {
    t.cooperation(45, &["nes-skole", "barnevern", "nav"]);
    t.news(1, "Oskar: samarbeid har vært nødvendig i 45 dager uten at noen er navngitt.");
}

fn named_in_referral(t: &mut Teller<'_>) {
    t.served_by("ppt", 130);
    t.cooperation(120, &["nes-skole", "barnevern", "ppt"]);
    for guardian in &t.child().guardians {
        t.before(100, "ip_consent", &json!({"by": guardian.national_id, "value": "given"}));
    }
    t.news(2, "Kasper: barnevernet sender en henvisning som oppgir koordinator for individuell plan.");
}
