//! The answer and its parts, in the words of the vocabulary.
//!
//! Must never hold a person's name or number: persons are the ids the facts carry.

use std::collections::{BTreeMap, BTreeSet};

use samhold_model::{Date, Fact};
use serde::{Deserialize, Serialize};

macro_rules! states {
    ($(#[$doc:meta])* $name:ident, $case:literal { $($(#[$vdoc:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = $case)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }
    };
}

states!(
    /// State of the duty itself.
    DutyState, "snake_case" {
        /// No individual-level duty has been registered.
        #[default] NoneNeeded,
        /// A named holder exists.
        Held,
        /// Duty exists, nobody named: the municipality holds.
        HeldByDefault,
        /// Services disagree: the municipality holds and must decide.
        Disputed,
        /// The barnekoordinator cannot act and has no substitute.
        Vacant,
        /// The duty has ended for this municipality.
        Ended,
    }
);
states!(
    /// Why the duty ended.
    EndReason, "snake_case" {
        /// The need ceased.
        #[default] NeedCeased,
        /// Moved to another municipality.
        MovedOut,
        /// The child died.
        Died,
        /// The pregnancy ended.
        PregnancyEnded,
    }
);
states!(
    /// What kind of holder.
    HolderKind, "snake_case" {
        /// Nobody: there is no duty.
        #[default] None,
        /// The appointed barnekoordinator.
        Barnekoordinator,
        /// A substitute for the barnekoordinator.
        BarnekoordinatorSubstitute,
        /// A municipal service.
        Service,
        /// The municipality itself.
        Municipality,
    }
);
states!(
    /// The ground on which the holder holds.
    Basis, "kebab-case" {
        /// helse- og omsorgstjenesteloven § 7-2 a: appointed barnekoordinator.
        #[serde(rename = "hol-7-2a")] Hol72a,
        /// Municipal decision.
        Decision,
        /// The services agreed.
        Agreement,
        /// Derived from an ordinary koordinator.
        #[serde(rename = "hol-7-2")] Hol72,
        /// A single unopposed claim.
        ClearCase,
        /// The municipality's own duty.
        #[default] Default,
    }
);
states!(
    /// State of the barnekoordinator track.
    BkState, "snake_case" {
        /// Never proposed.
        #[default] None,
        /// A required wish is missing.
        AwaitingWish,
        /// Conditions met, every wish given, nobody appointed.
        AwaitingAppointment,
        /// A required wish is no.
        Declined,
        /// Registered by someone without authority.
        Unconfirmed,
        /// Valid.
        Appointed,
        /// Valid, but the person is gone or long absent.
        Vacant,
        /// Ended.
        Ended,
    }
);
states!(
    /// State of the ordinary koordinator track.
    CoordinatorState, "snake_case" {
        /// Nobody.
        #[default] None,
        /// Someone is appointed.
        Appointed,
        /// The role has ended.
        Ended,
    }
);
states!(
    /// State of the individuell plan track.
    PlanState, "snake_case" {
        /// No plan work registered.
        #[default] None,
        /// Consent is missing.
        AwaitingConsent,
        /// Consent refused or withdrawn.
        Refused,
        /// Main responsibility neither agreed nor decided.
        Unassigned,
        /// One eligible service has the main responsibility.
        Assigned,
        /// Services disagree.
        Disputed,
        /// The plan has ended.
        Ended,
    }
);
states!(
    /// What a person should look at. Explained in the vocabulary.
    #[allow(missing_docs, reason = "one line each in docs/alerts.md, which a test compares with this list")]
    Alert, "SCREAMING_SNAKE_CASE" {
        #[default] NoHolderDesignated, NoHolderOverdue, DisputeOpen, DisputeOverdue, DisputeAfterDecision,
        DecisionWithoutAuthority, DesigneeNotMunicipal, AgreementContradictsDecision, ClaimByNonMunicipal,
        SingleClaimOnly, KoordinatorDerived, BkAwaitingWish, BkAppointedWithoutWish, BkAwaitingAppointment,
        BkSourceNotAuthorised, BkDuplicate, BkAbsentShort, BkVacant, BkAgeLimitSoon,
        #[serde(rename = "BK_ENDED_AT_18")] BkEndedAt18,
        BkTooOld, GuardianDisagreement, YouthObjects, HandoverNeeded, HolderNoLongerProvides, TransitionUpcoming,
        SubstituteExpiresSoon, MovedOut, SplitResponsibility, NeedReassessment, TooFewProviders, NoSamordningClause,
        HolderMasked, IpAwaitingConsent, IpWithoutConsent, IpMainUnassigned, IpMainDisputed, IpMainNotEligible,
        IpDuplicate, LateEvent, BeforeLaw,
    }
);

/// Who holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// What kind of holder.
    pub kind: HolderKind,
    /// Service or person; absent for the municipality and for nobody.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// The duty track.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DutyAnswer {
    /// Its state.
    pub state: DutyState,
    /// Who holds.
    pub holder: Holder,
    /// On which ground; absent when there is no duty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
    /// Clause keys that put the duty on the municipality, sorted.
    pub duty_basis: Vec<String>,
    /// Who acts meanwhile, when that is not the holder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acting: Option<String>,
    /// Why it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_reason: Option<EndReason>,
    /// First day of the present unbroken stretch of this state and holder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Date>,
    /// The former holder, as a suggestion when nobody is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suggested: Option<String>,
    /// The stretches until now, the present one last; it began `since`. For whoever tells of the duty to one who may not see
    /// its holder, and must not tell when a hidden one changed. It is no part of the answer that is kept or shown.
    #[serde(skip)]
    pub stretches: Vec<Stretch>,
}

/// An unbroken stretch of one state and holder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Its first day.
    pub from: Date,
    /// The state.
    pub state: DutyState,
    /// Who held.
    pub holder: Holder,
    /// The service that held, or that employed who did, at its end.
    pub service: Option<String>,
}

/// The barnekoordinator track.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BkAnswer {
    /// Its state.
    pub state: BkState,
    /// The appointed person (the principal, also while a substitute acts).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// Where the person is employed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The acting substitute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub substitute: Option<String>,
    /// First day of the absence that lasts now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absent_from: Option<Date>,
    /// First day back, when it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absent_until: Option<Date>,
}

/// The ordinary koordinator track (hol § 7-2).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoordinatorAnswer {
    /// Its state.
    pub state: CoordinatorState,
    /// The appointed person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// Where the person is employed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
}

/// The individuell plan track.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanAnswer {
    /// Its state.
    pub state: PlanState,
    /// The service with main responsibility.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub main: Option<String>,
    /// The plan's id, when one is started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
}

/// When what an alert speaks of began, and when it falls due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertDates {
    /// First day of the unbroken stretch of its cause, by the facts; never the day on which somebody noticed.
    pub since: Date,
    /// The day that is coming, or the last day of the time the municipality gives itself; it may have passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
}

/// One step of the reasoning: a rule that spoke, or was passed over and why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Rule number, e.g. `R-04`.
    pub rule: String,
    /// Whether the rule settled something (false: passed over).
    pub applied: bool,
    /// What it found, in Norwegian bokmål for people.
    pub text: String,
    /// Act and section the rule rests on, or that the municipality has judged it; bokmål.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub law: String,
    /// Ids of the facts it used, each described once in [`Answer::facts`].
    pub facts: Vec<String>,
}

/// A fact some step used: what kind it is, when it holds, when it became known and from where. Not what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsedFact {
    /// Its id.
    pub id: String,
    /// Its type in the vocabulary.
    #[serde(rename = "type")]
    pub kind: String,
    /// Valid date, as corrected: from this Norwegian day on it holds.
    pub at: Date,
    /// The Norwegian day it became known.
    pub recorded_at: Date,
    /// The system or person it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

impl From<&Fact> for UsedFact {
    fn from(fact: &Fact) -> Self {
        let (id, kind, source) = (fact.id.clone(), fact.body.type_name(), fact.source.clone());
        Self { id, kind, at: fact.at, recorded_at: fact.recorded_at, source }
    }
}

/// The whole answer for one child, date and state of knowledge.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The duty.
    pub samordning: DutyAnswer,
    /// The barnekoordinator.
    pub barnekoordinator: BkAnswer,
    /// The ordinary koordinator.
    pub koordinator: CoordinatorAnswer,
    /// The individuell plan.
    pub ip: PlanAnswer,
    /// What a person should look at.
    pub alerts: BTreeSet<Alert>,
    /// The dates of each of them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub alert_dates: BTreeMap<Alert, AlertDates>,
    /// How it was reached.
    pub steps: Vec<Step>,
    /// The facts the steps used, by valid date.
    #[serde(default)]
    pub facts: Vec<UsedFact>,
    /// Services that take part in the case now, sorted: whom the answer concerns.
    pub participants: Vec<String>,
}
