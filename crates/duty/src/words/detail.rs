//! What a fact is about, in a few words: the service, the person by id, the answer given.
//!
//! For a page that says more than what kind of fact it is, and only under whatever veil that page is shown. Must never tell a
//! text that somebody wrote, a cause of absence, or which of those with foreldreansvar answered.

use samhold_model::fact::{BkEndReason, PlanConsent, Wish, YouthView};
use samhold_model::{Date, FactBody, Law};

use super::{date, list, unit};

/// What it is about, bokmål, with ids as the fact carries them; nothing where the kind of fact says it all.
#[must_use]
pub fn fact_detail(body: &FactBody, law: &Law) -> Option<String> {
    duty(body, law).or_else(|| people(body, law)).or_else(|| plan(body, law)).or_else(|| family(body, law))
}

fn duty(body: &FactBody, law: &Law) -> Option<String> {
    use FactBody as F;
    Some(match body {
        F::ServiceStarted { service, until, .. } => format!("{service}{}", to(*until)),
        F::ServiceEnded { service } | F::HolderClaimed { service } | F::HolderDisclaimed { service } => service.clone(),
        F::HolderAgreed { service, parties } if parties.is_empty() => service.clone(),
        F::HolderAgreed { service, parties } => format!("{service}, mellom {}", list(parties)),
        F::CooperationNeeded { participants } => list(participants),
        F::DisputeRaised { parties } => list(parties),
        F::HolderDecided { service, by, valid_to, .. } => format!("{service}{}, av {}", to(*valid_to), unit(by, law)),
        F::CooperationNotNeeded { by } | F::DecisionWithdrawn { by, .. } => format!("av {}", unit(by, law)),
        F::DelegationGranted { to } => format!("til {}", unit(to, law)),
        F::DelegationWithdrawn { to } => format!("fra {}", unit(to, law)),
        _ => return None,
    })
}

fn people(body: &FactBody, law: &Law) -> Option<String> {
    use FactBody as F;
    Some(match body {
        F::BkConditionsAssessed { met, .. } => if *met { "oppfylt" } else { "ikke oppfylt" }.into(),
        F::BkWish { by, wish } => format!("{} {}", who(by, law), wished(*wish)),
        F::BkYouthView { view: YouthView::Supports } => "ønsker det".into(),
        F::BkYouthView { view: YouthView::Objects } => "motsetter seg".into(),
        F::BkAppointed { person, service, by, .. } => format!("{person} ved {service}, av {}", unit(by, law)),
        F::BkEnded { person, reason } => format!("{person}, {}", ended(*reason)),
        F::PersonAbsent { person, expected_until } => format!("{person}{}", to(*expected_until)),
        F::PersonReturned { person } | F::PersonLeft { person } | F::KoordinatorEnded { person } => person.clone(),
        F::SubstituteAppointed { for_person, person, until, .. } => format!("{person} for {for_person}{}", to(*until)),
        F::KoordinatorAppointed { person, service } => format!("{person} ved {service}"),
        _ => return None,
    })
}

fn plan(body: &FactBody, law: &Law) -> Option<String> {
    use FactBody as F;
    Some(match body {
        F::IpConsent { by, value } => {
            let said = match value {
                PlanConsent::Given => "samtykker",
                PlanConsent::Refused => "samtykker ikke",
                PlanConsent::Withdrawn => "har trukket samtykket",
            };
            format!("{} {said}", who(by, law))
        }
        F::IpMainAgreed { service } => service.clone(),
        F::IpMainDecided { service, by } => format!("{service}, av {}", unit(by, law)),
        F::IpMainDisputed { parties } => list(parties),
        _ => return None,
    })
}

fn family(body: &FactBody, law: &Law) -> Option<String> {
    use FactBody as F;
    Some(match body {
        F::Moved { to } => format!("til {to}"),
        F::Placed { municipality, care_municipality } => {
            format!("bor i {municipality}, omsorgskommune {care_municipality}")
        }
        F::CareOrder { by } => format!("av {}", unit(by, law)),
        F::GuardiansChanged { guardians } => format!("{} med foreldreansvar", guardians.len()),
        _ => return None,
    })
}

/// Who answered; those with foreldreansvar are not told apart.
fn who<'a>(by: &'a str, law: &'a Law) -> &'a str {
    let known = unit(by, law);
    if known == by { "en med foreldreansvar" } else { known }
}

const fn wished(wish: Wish) -> &'static str {
    match wish {
        Wish::Yes => "sier ja",
        Wish::No => "sier nei",
        Wish::Withdrawn => "har trukket ønsket",
    }
}

const fn ended(reason: BkEndReason) -> &'static str {
    match reason {
        BkEndReason::NeedCeased => "behovet er opphørt",
        BkEndReason::WishWithdrawn => "ønsket er trukket",
        BkEndReason::Replaced => "en annen tar over",
        BkEndReason::Other => "avsluttet",
    }
}

fn to(until: Option<Date>) -> String {
    until.map(|until| format!(" til {}", date(until))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(body: &FactBody) -> String {
        fact_detail(body, &Law::bundled()).unwrap_or_default()
    }

    #[test]
    fn it_is_told_what_a_fact_is_about_and_never_which_parent_or_what_was_written() {
        let decided = FactBody::HolderDecided {
            service: "lia-skole".into(),
            by: "kommunedirektor".into(),
            valid_to: Some(jiff::civil::date(2026, 6, 20)),
            ground: Some("mor er syk".into()),
        };
        assert_eq!(of(&decided), "lia-skole til 20. juni 2026, av kommunedirektøren");
        let wish = |by: &str, wish| of(&FactBody::BkWish { by: by.into(), wish });
        assert_eq!(wish("person:1bca9645", Wish::Yes), "en med foreldreansvar sier ja");
        assert_eq!(wish("barnevern", Wish::No), "barnevernet sier nei");
        assert_eq!(of(&FactBody::Died {}), "");
    }
}
