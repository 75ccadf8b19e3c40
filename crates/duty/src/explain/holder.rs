//! Why a decision, an agreement, a koordinator or a claim holds or does not.

use samhold_model::{Date, FactBody};

use super::{Steps, authority, bk, list, on, passed};
use crate::alerts::MASKED_KIND;
use crate::answer::{Basis, DutyState, HolderKind};
use crate::assemble::suggested;
use crate::case::Case;
use crate::holder::Misfit;
use crate::holder::past::Said;
use crate::known::Mark;
use crate::replay::Picture;

pub(super) fn explain(picture: &Picture<'_>, steps: &mut Steps<'_, '_>) {
    without_effect(picture, steps);
    decision(picture, steps);
    passed::past(picture, Said::Decision, steps);
    passed::empty(picture, "R-04", steps);
    dispute(picture, steps);
    passed::past(picture, Said::Dispute, steps);
    passed::empty(picture, "R-09", steps);
    agreement(picture, steps);
    passed::past(picture, Said::Agreement, steps);
    passed::empty(picture, "R-05", steps);
    koordinator(picture, steps);
    koordinator_ended(picture, steps);
    passed::empty(picture, "R-06", steps);
    claims(picture, steps);
    passed::past(picture, Said::Claim, steps);
    passed::empty(picture, "R-07", steps);
    by_default(picture, steps);
    masked(picture, steps);
}

/// Why a rule of lower rank is passed over.
fn outranked(picture: &Picture<'_>) -> &'static str {
    match picture.outcome.state {
        DutyState::Held if bk::holds(picture) => "barnekoordinatoren går foran",
        DutyState::Held if picture.outcome.basis == Some(Basis::Decision) => "kommunens beslutning går foran",
        DutyState::Held if picture.outcome.basis == Some(Basis::Agreement) => "avtalen mellom tjenestene går foran",
        DutyState::Held => "koordinatoren går foran",
        DutyState::Vacant => "rollen som barnekoordinator er ledig, og kommunen har plikten",
        DutyState::Disputed => "tjenestene er uenige, og kommunen må bestemme",
        DutyState::NoneNeeded | DutyState::Ended => "det er ingen plikt å samordne etter",
        DutyState::HeldByDefault => "kommunens innstillinger lar det ikke være nok",
    }
}

fn without_effect(picture: &Picture<'_>, steps: &mut Steps<'_, '_>) {
    let (case, day) = (&picture.case, picture.day);
    let named = &case.named;
    for mark in [named.unauthorised_decision, named.unauthorised_withdrawal].into_iter().flatten() {
        let text = format!("Den som besluttet {}, hadde ikke myndighet til det. Det har ingen virkning.", on(mark.at));
        steps.passed_over("R-10", text, [mark]);
    }
    let misfits = [named.unfit_decision, named.unfit_agreement].into_iter().flatten();
    for Misfit { mark, service } in misfits.chain(named.unfit_claims.iter().copied()) {
        let text = if case.world.services.can_hold_later(service, day) {
            format!("{service} har ikke begynt ennå; det som er sagt, virker når tjenesten begynner.")
        } else {
            format!("{service} er ikke en kommunal tjeneste her og kan ikke samordne.")
        };
        steps.passed_over("R-08", text, [mark]);
    }
}

fn decision(picture: &Picture<'_>, steps: &mut Steps<'_, '_>) {
    let case = &picture.case;
    let Some(decision) = case.standing_decision() else { return };
    let what = format!("Kommunen besluttet {} at {} samordner", on(decision.mark.at), decision.service);
    if picture.outcome.basis != Some(Basis::Decision) {
        return steps.passed_over("R-04", format!("{what}, men {}.", outranked(picture)), [decision.mark]);
    }
    authority::decided(steps, decision.mark);
    let until = decision.valid_to.map(|to| format!(" Den gjelder til {}.", on(to))).unwrap_or_default();
    steps.applied("R-04", format!("{what}.{until}"), [decision.mark]);
    fit(picture, decision.service, steps);
    let against = case.said_against_decision();
    if !against.is_empty() {
        steps.passed_over("R-09", "Noen er uenige i beslutningen. Den står.", against);
    }
}

fn dispute(picture: &Picture<'_>, steps: &mut Steps<'_, '_>) {
    let case = &picture.case;
    let Some(dispute) = case.open_dispute().filter(|_| case.standing_decision().is_none()) else { return };
    let what = format!("Uenighet siden {} mellom {}", on(dispute.mark.at), list(&dispute.parties));
    if picture.outcome.state != DutyState::Disputed {
        return steps.passed_over("R-09", format!("{what}, men {}.", outranked(picture)), [dispute.mark]);
    }
    let since = picture.state_since.unwrap_or(dispute.mark.at);
    let began = dispute.parties.iter().filter_map(|party| starts(party, since, steps)).filter(|mark| mark.at == since);
    let facts: Vec<Mark> = std::iter::once(dispute.mark).chain(began).collect();
    let from = if since == dispute.mark.at { String::new() } else { format!(" siden {}", on(since)) };
    steps.applied("R-09", format!("{what}. Kommunen har plikten{from} og må bestemme."), facts);
    if let Some(acting) = picture.outcome.acting {
        steps.applied("R-09", format!("{acting} hadde oppgaven sist uten uenighet og tar den imens."), []);
    }
}

fn agreement(picture: &Picture<'_>, steps: &mut Steps<'_, '_>) {
    let Some(agreed) = picture.case.standing_agreement() else { return };
    let what = format!("Tjenestene ble {} enige om at {} samordner", on(agreed.mark.at), agreed.service);
    if picture.outcome.basis == Some(Basis::Agreement) {
        steps.applied("R-05", format!("{what}."), [agreed.mark]);
        fit(picture, agreed.service, steps);
    } else {
        steps.passed_over("R-05", format!("{what}, men {}.", outranked(picture)), [agreed.mark]);
    }
}

fn koordinator(picture: &Picture<'_>, steps: &mut Steps<'_, '_>) {
    let case = &picture.case;
    if let Some(unfit) = case.unfit_koordinator(picture.day) {
        let text = format!("Koordinatoren er ansatt i {}, som ikke kan samordne for kommunen.", unfit.service);
        let specialist = case.world.services.kind(unfit.service, picture.day) == Some("spesialisthelse");
        steps.passed_over(if specialist { "R-20" } else { "R-08" }, text, [unfit.mark]);
    }
    let Some(found) = case.municipal_koordinator(picture.day) else { return };
    let what = format!("{} er koordinator ved {}", found.person, found.service);
    if picture.outcome.basis == Some(Basis::Hol72) {
        steps.applied("R-06", format!("{what}; tjenesten samordner."), [found.mark]);
        fit(picture, found.service, steps);
    } else {
        steps.passed_over("R-06", format!("{what}, men {}.", outranked(picture)), [found.mark]);
    }
}

/// One who implied this duty and is gone.
fn koordinator_ended(picture: &Picture<'_>, steps: &mut Steps<'_, '_>) {
    let case = &picture.case;
    let stands = picture.outcome.kind != HolderKind::None && !bk::holds(picture);
    let Some((gone, mark)) = case.koordinators.ended.filter(|_| stands && case.need.implied) else { return };
    let text = format!("{} var koordinator ved {} til {}.", gone.person, gone.service, on(mark.at));
    steps.passed_over("R-06", text, [gone.mark, mark]);
}

fn claims(picture: &Picture<'_>, steps: &mut Steps<'_, '_>) {
    let case: &Case<'_> = &picture.case;
    let claims = case.standing_claims();
    let marks: Vec<_> = claims.iter().map(|c| c.mark).collect();
    let services: Vec<&str> = claims.iter().map(|c| c.service).collect();
    if marks.is_empty() {
        return;
    }
    let what = format!("{} har meldt at de samordner", list(&services));
    if picture.outcome.basis == Some(Basis::ClearCase) {
        steps.applied("R-07", format!("{what}, og ingen er uenige."), marks);
        services.first().into_iter().for_each(|service| fit(picture, service, steps));
    } else {
        steps.passed_over("R-07", format!("{what}, men {}.", outranked(picture)), marks);
    }
}

fn by_default(picture: &Picture<'_>, steps: &mut Steps<'_, '_>) {
    let Some(since) = picture.state_since.filter(|_| picture.outcome.state == DutyState::HeldByDefault) else { return };
    let (why, facts) = passed::end_of_last(picture, since, steps).unwrap_or_default();
    let text = format!("Ingen er utpekt. Kommunen har plikten selv siden {}. {why}", on(since));
    steps.applied("R-02", text.trim_end(), facts.into_iter().chain(picture.case.need.registrations.clone()));
    if picture.holder_gone {
        let last = picture.case.last_holder.map(|named| named.reference).unwrap_or_default();
        if picture.case.world.services.serving(last, picture.day) {
            let text =
                format!("{last} gir fortsatt barnet tilbud, men kan etter loven ikke lenger samordne for kommunen.");
            steps.applied("R-08", text, starts(last, picture.day, steps));
        } else {
            let text = "Tjenesten som samordnet, gir ikke barnet tilbud lenger. Ansvaret flyttes ikke av seg selv.";
            steps.applied("R-17", text, ended(picture, last, steps));
        }
    }
    if let Some(former) = suggested(picture) {
        steps.applied(
            "R-16",
            format!("{former} er foreslått: tjenesten samordnet før, eller ansatte den som gjorde det."),
            [],
        );
    }
}

/// the holding service may hold, and has an end that is known.
fn fit(picture: &Picture<'_>, service: &str, steps: &mut Steps<'_, '_>) {
    let began = starts(service, picture.day, steps);
    let text = format!("{service} er en kommunal tjeneste her og gir barnet tilbud.");
    steps.applied("R-08", text, began);
    if let Some(end) = picture.case.world.services.known_end(service, picture.day) {
        let text = format!("{service} slutter å gi barnet tilbud {}. Da må noen andre utpekes.", on(end));
        steps.applied("R-17", text, began);
    }
}

/// The start that counts on `day`: the last one said.
fn starts(service: &str, day: Date, steps: &Steps<'_, '_>) -> Option<Mark> {
    let said = steps.marks(day, |_, body| matches!(body, FactBody::ServiceStarted { service: s, .. } if s == service));
    said.last().copied()
}

/// The last that was said of a service that has ended: its end, or a start with an end.
pub(super) fn ended(picture: &Picture<'_>, service: &str, steps: &Steps<'_, '_>) -> Option<Mark> {
    let said = steps.marks(picture.day, |_, body| match body {
        FactBody::ServiceStarted { service: s, .. } | FactBody::ServiceEnded { service: s } => s == service,
        _ => false,
    });
    said.last().copied()
}

/// right here, masked to others.
fn masked(picture: &Picture<'_>, steps: &mut Steps<'_, '_>) {
    let services = &picture.case.world.services;
    let sensitive = |s: &&str| services.kind(s, picture.day) == Some(MASKED_KIND);
    if let Some(service) = picture.outcome.services().find(sensitive) {
        let began = starts(service, picture.day, steps);
        steps.applied("R-25", "Hvem det er, vises ikke utad. Andre får et nøytralt kontaktpunkt.", began);
    }
}
