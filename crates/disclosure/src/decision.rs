//! What is answered: permit, redact or deny, with one reason and one basis.
//!
//! Must never hold the values of fields, only their names.

use serde::{Deserialize, Serialize};

use crate::redaction::split;

/// Outcome for an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// All fields go out.
    Permit,
    /// Some fields go out.
    Redact,
    /// Nothing goes out.
    Deny,
}

macro_rules! reasons {
    ($($variant:ident => $code:literal),+ $(,)?) => {
        /// The one reason that is logged. Sources of each in the vocabulary, but for the two of the second layer.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[allow(missing_docs, reason = "the code is the documentation; docs/reasons.md explains each")]
        pub enum Reason { $(#[serde(rename = $code)] $variant),+ }

        impl Reason {
            /// The code as logged and as scenario files write it.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// Whether the policies, not the floor, are the reason.
            #[must_use]
            pub fn is_of_policies(self) -> bool {
                matches!(self, Self::RedactLocalPolicy | Self::DenyLocalPolicy)
            }

            /// All of them, in the order of the vocabulary, ours within their kind.
            pub const ALL: &'static [Reason] = &[$(Self::$variant),+];
        }
    };
}

reasons! {
    StatutoryFvl13b5 => "STATUTORY_FVL_13B_5",
    StatutoryHpl25 => "STATUTORY_HPL_25",
    StatutoryBvl131 => "STATUTORY_BVL_13_1",
    StatutoryOppll251 => "STATUTORY_OPPLL_25_1",
    ConsentValid => "CONSENT_VALID",
    GuardianRight => "GUARDIAN_RIGHT",
    OwnInformation => "OWN_INFORMATION",
    NeedToKnowHolder => "NEED_TO_KNOW_HOLDER",
    RedactSensitiveHolder => "REDACT_SENSITIVE_HOLDER",
    RedactLocation => "REDACT_LOCATION",
    RedactAbsenceCause => "REDACT_ABSENCE_CAUSE",
    RedactThirdParty => "REDACT_THIRD_PARTY",
    RedactChildConfidential => "REDACT_CHILD_CONFIDENTIAL",
    RedactOutOfScope => "REDACT_OUT_OF_SCOPE",
    RedactLocalPolicy => "REDACT_LOCAL_POLICY",
    DenyDefault => "DENY_DEFAULT",
    DenyUnknown => "DENY_UNKNOWN",
    DenyNoConsent => "DENY_NO_CONSENT",
    DenyConsentExpired => "DENY_CONSENT_EXPIRED",
    DenyConsentWithdrawn => "DENY_CONSENT_WITHDRAWN",
    DenyConsentWrongPerson => "DENY_CONSENT_WRONG_PERSON",
    DenyConsentScope => "DENY_CONSENT_SCOPE",
    DenyConsentNotYet => "DENY_CONSENT_NOT_YET",
    DenyObjection => "DENY_OBJECTION",
    DenyNotParticipant => "DENY_NOT_PARTICIPANT",
    DenyNotNecessary => "DENY_NOT_NECESSARY",
    DenySecrecyOrder => "DENY_SECRECY_ORDER",
    DenyCrisisShelter => "DENY_CRISIS_SHELTER",
    DenyAddressStrict => "DENY_ADDRESS_STRICT",
    DenyAddressProtected => "DENY_ADDRESS_PROTECTED",
    DenyAddressFromRegister => "DENY_ADDRESS_FROM_REGISTER",
    DenyNoDigitalGuardian => "DENY_NO_DIGITAL_GUARDIAN",
    DenyNoResponsibility => "DENY_NO_RESPONSIBILITY",
    DenyChildConfidential => "DENY_CHILD_CONFIDENTIAL",
    DenyAge16 => "DENY_AGE_16",
    DenyAge15Education => "DENY_AGE_15_EDUCATION",
    DenyWeightyReasons => "DENY_WEIGHTY_REASONS",
    DenyViaCaseworker => "DENY_VIA_CASEWORKER",
    DenyUseNotificationChannel => "DENY_USE_NOTIFICATION_CHANNEL",
    DenyThirdPartyConsent => "DENY_THIRD_PARTY_CONSENT",
    DenyChildUnder15 => "DENY_CHILD_UNDER_15",
    DenyOperations => "DENY_OPERATIONS",
    DenyLocalPolicy => "DENY_LOCAL_POLICY",
}

/// The answer for one item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Permit, redact or deny.
    pub decision: Verdict,
    /// The code to log.
    pub reason: Reason,
    /// The rule that lets something out at all; absent on deny.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<Reason>,
    /// Names of fields that go out.
    pub released: Vec<String>,
    /// Names of fields that stay.
    pub withheld: Vec<String>,
}

impl Decision {
    /// Nothing goes out. A field named twice is withheld once.
    #[must_use]
    pub fn deny(reason: Reason, fields: &[String]) -> Self {
        let (released, withheld) = split(fields, |_| false);
        Self { decision: Verdict::Deny, reason, basis: None, released, withheld }
    }
}
