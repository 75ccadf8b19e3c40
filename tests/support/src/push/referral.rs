//! A referral to Bufetat (Bufdir Henvisning XML 1.0.0): the only public format that names a coordinator of an
//! individuell plan.

use super::{id_of, morning, xml};
use crate::town::{MUNICIPALITY, PushedDocument, Town};

/// Child and day.
const REFERRED: (&str, u8) = ("kasper", 2);

/// Areas of the child's needs that a referral must describe.
const AREAS: [&str; 11] = ["1.1", "1.2", "1.3", "1.4", "2.1", "2.2", "2.3", "2.4", "3.1", "3.2", "3.3"];

pub(super) fn of_day(town: &Town, n: u8) -> Option<PushedDocument> {
    (n == REFERRED.1).then(|| referral(town, n)).flatten().map(|body| PushedDocument {
        system: "barnevern-bufdir",
        file_name: format!("henvisning-{}.xml", id_of(town, "henvisning")),
        content_type: "application/xml",
        body: body.into_bytes(),
    })
}

fn referral(town: &Town, n: u8) -> Option<String> {
    let child = town.child(REFERRED.0)?;
    let number = child.national_id.as_deref()?;
    Some(format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<f:Henvisning xmlns:f="https://Bufdir.no/Barnevern/Henvisning/Fosterhjem_v1.0.0" xmlns:h="https://Bufdir.no/Barnevern/Henvisning_v1.0.0" xmlns:b="https://Bufdir.no/Barnevern/Generelt_v1.0.0" xmlns:g="https://Bufdir.no/Generelt_v1.0.0" xmlns:m="https://Bufdir.no/Melding_v1.0.0">
{head}  <h:Bistandsperiode><h:DatoFra>{from}</h:DatoFra><h:Varighet>12 måneder</h:Varighet></h:Bistandsperiode>
  <h:ForeldreOgOmsorgspersoner>
{people}  </h:ForeldreOgOmsorgspersoner>
  <h:Dagtilbud><b:Type>5</b:Type></h:Dagtilbud>
  <h:PlanForTiltaket><b:Beskrivelse>Testtekst</b:Beskrivelse><b:RammerOpphold>Testtekst</b:RammerOpphold></h:PlanForTiltaket>
{plan}{participation}  <h:PlanEtterOnsketTiltak><h:IngenPlan>true</h:IngenPlan></h:PlanEtterOnsketTiltak>
  <h:Klient>
    <b:Identifikator><b:Fodselsnummer>{number}</b:Fodselsnummer></b:Identifikator>
    <b:Ufodt>false</b:Ufodt>
    <b:KommunalSaksId>{case}</b:KommunalSaksId>
    <b:EMA>false</b:EMA>
  </h:Klient>
  <h:SoskenSamplassering/>
  <h:YtterligereBistand><h:Familierad>false</h:Familierad><h:TverrfagligHelsekartlegging>true</h:TverrfagligHelsekartlegging></h:YtterligereBistand>
  <h:PlasseringINettverk><h:KanPlasseresINettverk>9</h:KanPlasseresINettverk><h:Vurdering>Testtekst</h:Vurdering></h:PlasseringINettverk>
{needs}  <f:ForespurtBistand>1</f:ForespurtBistand>
  <f:Vedtak><b:FattetAv>2</b:FattetAv><b:Dato>{today}</b:Dato><b:Status>1</b:Status><b:NemndsbehandlingStatus>1</b:NemndsbehandlingStatus><f:Lovhjemmel>4</f:Lovhjemmel></f:Vedtak>
</f:Henvisning>
"#,
        head = head(town, n)?,
        from = town.date(n),
        today = town.date(n),
        people = people(town)?,
        plan = plan(town, n),
        participation = PARTICIPATION,
        case = id_of(town, "barnevern/kasper/journal"),
        needs = needs(),
    ))
}

fn head(town: &Town, n: u8) -> Option<String> {
    let office = town.services().into_iter().find(|s| s.id == "barnevern")?;
    Some(format!(
        r"  <m:Meldingshode>
    <m:Id>{id}</m:Id>
    <m:MeldingstypeNmsp>https://Bufdir.no/Barnevern/Henvisning/Fosterhjem_v1.0.0</m:MeldingstypeNmsp>
    <m:Meldingstype>Henvisning til fosterhjem</m:Meldingstype>
    <m:FagsystemAvsender><m:Leverandor>Fjellvik</m:Leverandor><m:Navn>Barnevern stand-in</m:Navn><m:Versjon>1.0</m:Versjon></m:FagsystemAvsender>
    <m:SendtTidspunkt>{now}</m:SendtTidspunkt>
    <m:Avsender><g:Organisasjonsnummer>{orgnr}</g:Organisasjonsnummer><g:Navn>{name}</g:Navn><g:Kommuneinfo><g:Kommunenummer>{MUNICIPALITY}</g:Kommunenummer><g:Kommunenavn>Fjellvik</g:Kommunenavn></g:Kommuneinfo></m:Avsender>
    <m:Mottaker><g:Organisasjonsnummer>{bufetat}</g:Organisasjonsnummer><g:Navn>Bufetat</g:Navn></m:Mottaker>
    <m:AvsendersRef>{reference}</m:AvsendersRef>
  </m:Meldingshode>
",
        id = id_of(town, "henvisning"),
        now = morning(town.date(n)),
        orgnr = office.orgnr,
        name = xml(office.name),
        bufetat = crate::numbers::organisation_number(31_995_000),
        reference = id_of(town, "barnevern/kasper/journal"),
    ))
}

fn people(town: &Town) -> Option<String> {
    let child = town.child(REFERRED.0)?;
    let one = |(relation, name): (usize, &str)| {
        format!(
            "    <h:Person><h:Fornavn>{}</h:Fornavn><h:Etternavn>{}</h:Etternavn><h:Relasjon>{relation}</h:Relasjon>\
             <h:Dod>false</h:Dod><h:Omsorg>2</h:Omsorg><h:Foreldreansvar>true</h:Foreldreansvar></h:Person>\n",
            xml(name),
            xml(child.last_name)
        )
    };
    Some((1..).zip(child.guardians.iter().map(|g| g.first_name)).map(one).collect())
}

/// Status 1: the plan exists, and this is its coordinator.
fn plan(town: &Town, n: u8) -> String {
    let valid = samhold_model::dates::add_days(town.date(n), -30);
    format!(
        "  <h:IndividuellPlan>\n    <b:Status>1</b:Status>\n    <b:GyldigFra>{valid}</b:GyldigFra>\n    <b:Koordinator>\n      \
         <b:Kontaktperson><g:Navn>Berit Ås</g:Navn><g:Telefon>+4799010000</g:Telefon><g:epost>berit-aas@fjellvik.example</g:epost></b:Kontaktperson>\n      \
         <b:Instans>Barneverntjenesten i Fjellvik</b:Instans>\n    </b:Koordinator>\n  </h:IndividuellPlan>\n"
    )
}

const PARTICIPATION: &str = "  <h:MedvirkningOgInvolvering>
    <h:BarnetsMedvirkning><b:RammerForGjennomforing>Testtekst</b:RammerForGjennomforing><b:BarnetsSynspunkter>Testtekst</b:BarnetsSynspunkter><b:VektingAvBarnetsSysnpunkt>Testtekst</b:VektingAvBarnetsSysnpunkt></h:BarnetsMedvirkning>
    <h:ForeldreInvolvering><b:ForeldrenesMedvirkning>Testtekst</b:ForeldrenesMedvirkning><b:SamvaerOgKontakt>Testtekst</b:SamvaerOgKontakt></h:ForeldreInvolvering>
    <h:MedvirkningOgInvolveringAnnet>Testtekst</h:MedvirkningOgInvolveringAnnet>
  </h:MedvirkningOgInvolvering>
";

fn needs() -> String {
    let area = |a: &&str| {
        format!(
            "    <b:OmradeBeskrivelse><b:Omrade>{a}</b:Omrade><b:Beskrivelse>Testtekst</b:Beskrivelse></b:OmradeBeskrivelse>\n"
        )
    };
    let dimension = |d: u8| {
        format!(
            "    <b:DimensjonVurdering><b:Dimensjon>{d}</b:Dimensjon><b:Vurdering>Testtekst</b:Vurdering></b:DimensjonVurdering>\n"
        )
    };
    let areas: String = AREAS.iter().map(area).collect();
    let dimensions: String = (1..=3).map(dimension).collect();
    format!(
        "  <h:BarnetsBehovOgSituasjon>\n    <b:BistandSamletBehov>Testtekst</b:BistandSamletBehov>\n{areas}{dimensions}  </h:BarnetsBehovOgSituasjon>\n"
    )
}
