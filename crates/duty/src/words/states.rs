//! States, holders and grounds as people read them.

use crate::answer::{Basis, BkState, CoordinatorState, DutyState, EndReason, Holder, HolderKind, PlanState};

/// State of the duty.
#[must_use]
pub const fn samordning(state: DutyState) -> &'static str {
    match state {
        DutyState::NoneNeeded => "Det er ikke registrert behov for samordning",
        DutyState::Held => "En samordner er navngitt",
        DutyState::HeldByDefault => "Ingen er navngitt; kommunen har plikten selv",
        DutyState::Disputed => "Tjenestene er uenige; kommunen har plikten og må beslutte",
        DutyState::Vacant => "Rollen som barnekoordinator står tom; kommunen har plikten selv",
        DutyState::Ended => "Plikten er avsluttet",
    }
}

/// Why the duty ended.
#[must_use]
pub const fn end_reason(reason: EndReason) -> &'static str {
    match reason {
        EndReason::NeedCeased => "behovet er opphørt",
        EndReason::MovedOut => "barnet har flyttet fra kommunen",
        EndReason::Died => "barnet er dødt",
        EndReason::PregnancyEnded => "svangerskapet er avsluttet",
    }
}

/// The holder with the id of service or person.
#[must_use]
pub fn holder(holder: &Holder) -> String {
    match &holder.reference {
        Some(reference) => format!("{reference}, {}", holder_kind(holder.kind)),
        None => holder_kind(holder.kind).to_owned(),
    }
}

/// What kind of holder.
#[must_use]
pub const fn holder_kind(kind: HolderKind) -> &'static str {
    match kind {
        HolderKind::None => "ingen",
        HolderKind::Barnekoordinator => "barnekoordinator",
        HolderKind::BarnekoordinatorSubstitute => "stedfortreder for barnekoordinatoren",
        HolderKind::Service => "kommunal tjeneste",
        HolderKind::Municipality => "kommunen selv",
    }
}

/// On which ground the holder holds.
#[must_use]
pub const fn ground(basis: Basis) -> &'static str {
    match basis {
        Basis::Hol72a => "oppnevnt barnekoordinator",
        Basis::Decision => "kommunens beslutning",
        Basis::Agreement => "tjenestene er enige",
        Basis::Hol72 => "tjenesten har koordinatoren",
        Basis::ClearCase => "tjenesten har meldt seg, og ingen er uenige",
        Basis::Default => "plikten er kommunens egen",
    }
}

/// The section behind a ground; the duty's own clauses stand in the answer.
#[must_use]
pub const fn ground_law(basis: Basis) -> &'static str {
    match basis {
        Basis::Hol72a => "helse- og omsorgstjenesteloven § 7-2 a",
        Basis::Hol72 => "helse- og omsorgstjenesteloven § 7-2",
        Basis::Decision | Basis::Default => "annet ledd i bestemmelsene under Hjemmel",
        Basis::Agreement | Basis::ClearCase => "ingen beslutning er nødvendig",
    }
}

/// State of the barnekoordinator track.
#[must_use]
pub const fn barnekoordinator(state: BkState) -> &'static str {
    match state {
        BkState::None => "ikke aktuelt så langt",
        BkState::AwaitingWish => "venter på ønske fra alle som må ønske det",
        BkState::AwaitingAppointment => "ønsket, men ingen er oppnevnt",
        BkState::Declined => "ikke ønsket",
        BkState::Unconfirmed => "registrert av noen uten myndighet, uten virkning",
        BkState::Appointed => "oppnevnt",
        BkState::Vacant => "oppnevnt, men borte uten stedfortreder",
        BkState::Ended => "avsluttet",
    }
}

/// State of the ordinary koordinator track.
#[must_use]
pub const fn koordinator(state: CoordinatorState) -> &'static str {
    match state {
        CoordinatorState::None => "ingen",
        CoordinatorState::Appointed => "oppnevnt",
        CoordinatorState::Ended => "avsluttet",
    }
}

/// State of the individuell plan track.
#[must_use]
pub const fn plan(state: PlanState) -> &'static str {
    match state {
        PlanState::None => "ikke påbegynt",
        PlanState::AwaitingConsent => "venter på samtykke",
        PlanState::Refused => "samtykke er nektet eller trukket",
        PlanState::Unassigned => "ingen har hovedansvaret",
        PlanState::Assigned => "hovedansvaret er plassert",
        PlanState::Disputed => "tjenestene er uenige om hovedansvaret",
        PlanState::Ended => "avsluttet",
    }
}
