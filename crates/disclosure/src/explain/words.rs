//! Bokmål for people who must understand a decision: when each step applies, who must consent, what each reason means.
//!
//! Must never be read by the steps: it describes them, and `docs/reasons.md` is the reference.

use crate::decision::Reason;
use crate::entitled::WhoConsents;

/// When each of the 23 steps applies, with act and section.
pub const STEPS: [(&str, &str); 23] = [
    ("Kategorien, mottakertypen, formålet eller barnets fødsels- og termindato er ukjent", "ukjent betyr nei"),
    ("Mottakeren er driftspersonell", "personvernforordningen artikkel 5"),
    (
        "Kategorien er under et pålegg om taushet",
        "hol § 12-1 tredje ledd, sotjl § 44 femte ledd, familievernkontorloven § 6 tredje ledd",
    ),
    ("Kontakt med krisesenter", "krisesenterlova § 5"),
    ("Adressen: beskyttet, eller noe mottakeren henter selv", "folkeregisterloven §§ 10-1, 10-2 og 10-4"),
    ("Adressebeskyttelse, og mottakeren er en annen person enn barnet", "folkeregisterloven § 10-4"),
    (
        "Strengt fortrolig, og mottakeren står ikke på listen over dem som kan få vite noe",
        "folkeregisterloven § 10-4 tredje ledd",
    ),
    ("Fortrolig, og plasseringen skulle til noen som ikke er offentlige", "folkeregisterloven § 10-4"),
    ("Koordinatorens fravær: bare hvem, fra, til og stedfortreder, aldri årsaken", "fvl § 13 b første ledd nr. 5"),
    ("Mottakeren er en forelder uten foreldreansvar", "barnelova § 47"),
    ("Mottakeren er foresatt", "pbrl § 3-4, opplæringslova § 24-5, bvl § 12-6"),
    ("Mottakeren er barnet selv", "fvl § 18, bvl § 12-6"),
    ("Mottakeren er fosterhjem eller en annen person", "pbrl § 3-4, bvl § 5-1"),
    ("Noen med rett til det motsetter seg", "hpl §§ 25 og 45"),
    ("Barnekoordinator eller koordinerende enhet deltar og trenger det for å samordne", "hol §§ 7-2 a og 7-3"),
    ("Et offentlig organ deltar, og det gjelder samordningen eller plasseringen", "fvl § 13 b første ledd nr. 5"),
    ("Helseopplysninger til samarbeidende helsepersonell, for helsehjelp", "hpl §§ 25 og 45"),
    ("Fra barnevernet, for en oppgave etter barnevernsloven", "bvl § 13-1 tredje ledd"),
    ("Til barnevernet, for en oppgave etter barnevernsloven", "bvl §§ 13-2 og 13-4"),
    ("Den nye skolen henter det som er nødvendig", "opplæringslova § 25-1 andre ledd"),
    ("Kategorien går aldri til denne mottakertypen", "familievernkontorloven § 5, hpl § 21"),
    ("Opplysningen handler om en annen enn barnet", "hpl § 22, fvl § 13 a nr. 1"),
    ("Samtykke avgjør", "fvl § 13 a nr. 1, hpl § 22, personvernforordningen artikkel 7"),
];

/// What each letter of the redaction holds back.
#[must_use]
pub fn letter(letter: char) -> &'static str {
    match letter {
        'a' => "utenfor samtykket",
        'b' => "barnet på 12 til 15 år holder det for seg selv",
        'c' => "merket: ville røpe noe om andre, eller et forhold som er taushetsbelagt",
        'd' => "samordnerens navn ville røpe et forhold som er taushetsbelagt",
        'e' => "forteller hvor barnet er",
        _ => "hele opplysningen holdes tilbake",
    }
}

/// Who must consent and why, with act and section.
#[must_use]
pub fn who(row: WhoConsents) -> (&'static str, &'static str) {
    match row {
        WhoConsents::UnknownLaw => ("ingen: loven som gjelder er ukjent", "ukjent betyr nei"),
        WhoConsents::PersonItIsAbout => ("den opplysningen handler om", "hpl § 22, fvl § 13 a nr. 1"),
        WhoConsents::ShelterUser => ("brukeren av krisesenteret", "krisesenterlova § 5"),
        WhoConsents::ChildFrom18 => ("barnet selv, fra 18 år", "pbrl § 4-3 første ledd bokstav a, vergemålsloven § 9"),
        WhoConsents::ChildFrom16 => ("barnet selv, fra 16 år", "pbrl § 4-3 første ledd bokstav b"),
        WhoConsents::ChildInConfidence => (
            "barnet selv, 12 til 15 år, om det som foreldrene ikke får vite",
            "pbrl § 4-3 første ledd bokstav c, § 3-4",
        ),
        WhoConsents::PupilFrom15 => ("eleven selv, fra 15 år", "opplæringslova § 24-5"),
        WhoConsents::ChildWelfareFrom15 => ("barnet selv, fra 15 år, slik kommunen har valgt", "bvl § 12-3"),
        WhoConsents::ChildAndGuardians => ("barnet og de med foreldreansvar, fra 15 år", "bvl § 12-3"),
        WhoConsents::SocialServicesFromAge => ("barnet selv, fra alderen kommunen har valgt", "sotjl § 44"),
        WhoConsents::FamilyCounsellingFrom16 => ("barnet selv, fra 16 år", "familievernkontorloven § 6"),
        WhoConsents::CareOrderHolder => {
            ("den som har omsorgen etter vedtak, i foreldrenes sted", "pbrl § 4-4 fjerde ledd, opplæringslova § 24-4")
        }
        WhoConsents::Guardians => ("de med foreldreansvar", "pbrl § 4-4, barnelova § 30"),
        WhoConsents::YouthTowardsGuardians => {
            ("ungdommen selv, overfor sine foresatte", "pbrl § 3-4, opplæringslova § 24-5")
        }
        WhoConsents::Masked => ("(skjermet)", ""),
    }
}

/// What a reason means, as a clause.
#[must_use]
pub fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::StatutoryFvl13b5 => "et offentlig organ som deltar, trenger det for samordningen",
        Reason::StatutoryHpl25 => "samarbeidende helsepersonell, funnet nødvendig av en navngitt person",
        Reason::StatutoryBvl131 => "nødvendig for barnevernets oppgave, avgjort av en navngitt saksbehandler",
        Reason::StatutoryOppll251 => "den nye skolen henter det som er nødvendig",
        Reason::ConsentValid => "gyldig samtykke fra alle som må gi det",
        Reason::GuardianRight => "den som har omsorgen, har rett til å vite det ved denne alderen",
        Reason::OwnInformation => "barnets egen opplysning",
        Reason::NeedToKnowHolder => "trengs for å samordne",
        other => reason_held(other),
    }
}

/// As [`reason`], for what holds something back.
fn reason_held(reason: Reason) -> &'static str {
    match reason {
        Reason::RedactSensitiveHolder => "noe ville røpe et taushetsbelagt forhold, og er holdt tilbake",
        Reason::RedactLocation => "det som forteller hvor barnet er, er holdt tilbake",
        Reason::RedactAbsenceCause => "årsaken til fraværet er holdt tilbake",
        Reason::RedactThirdParty => "det som handler om andre enn barnet, er holdt tilbake",
        Reason::RedactChildConfidential => "det barnet holder for seg selv, er holdt tilbake",
        Reason::RedactOutOfScope => "det samtykket ikke omfatter, er holdt tilbake",
        Reason::DenyDefault => "ingen regel åpner for det",
        Reason::DenyUnknown => "et ord er ukjent",
        Reason::DenyObjection => "noen med rett til det motsetter seg",
        Reason::DenyNotParticipant => "mottakeren deltar ikke i saken",
        Reason::DenyNotNecessary => "ingen navngitt person har funnet det nødvendig",
        Reason::DenySecrecyOrder => "det er pålagt taushet, og da hjelper ikke samtykke",
        Reason::DenyCrisisShelter => "det ville røpe kontakt med krisesenter",
        Reason::DenyNoResponsibility => "ikke foreldreansvar; en anmodning behandles av en person",
        Reason::DenyWeightyReasons => "tungtveiende grunner taler mot det",
        Reason::DenyViaCaseworker => "innsyn går gjennom saksbehandleren i barnevernet",
        Reason::DenyUseNotificationChannel => "meldeplikten er en persons, i sin egen kanal",
        Reason::DenyThirdPartyConsent => "den opplysningen handler om, har ikke samtykket",
        Reason::RedactLocalPolicy => "kommunens egne regler holder noe tilbake",
        Reason::DenyLocalPolicy => "kommunens egne regler holder det tilbake",
        Reason::DenyOperations => "den som drifter systemet, ser aldri innhold",
        other => reason_by_age_or_place(other),
    }
}

fn reason_by_age_or_place(reason: Reason) -> &'static str {
    match reason {
        Reason::DenyAddressStrict => "strengt fortrolig adresse, eller beskyttelsen er ikke kjent",
        Reason::DenyAddressProtected => "fortrolig adresse",
        Reason::DenyAddressFromRegister => "mottakeren henter adressen selv i folkeregisteret",
        Reason::DenyNoDigitalGuardian => "ingen representerer et barn med beskyttet adresse digitalt",
        Reason::DenyChildConfidential => "barnet på 12 til 15 år holder det for seg selv",
        Reason::DenyAge16 => "ungdommen er fylt 16 år og har ikke samtykket",
        Reason::DenyAge15Education => "eleven er fylt 15 år og har ikke samtykket",
        Reason::DenyChildUnder15 => "barnet er under 15 år",
        Reason::DenyNoConsent => "samtykke mangler",
        Reason::DenyConsentExpired => "samtykket har gått ut",
        Reason::DenyConsentWithdrawn => "samtykket er trukket tilbake",
        Reason::DenyConsentWrongPerson => "samtykket er ikke gitt av alle som må gi det",
        Reason::DenyConsentScope => "samtykket gjelder ikke denne kategorien, mottakeren eller formålet",
        Reason::DenyConsentNotYet => "samtykket gjelder ikke ennå",
        _ => "se docs/reasons.md",
    }
}
