//! What the reason codes of disclosure mean, in a few words for a newcomer.

use samhold_disclosure::Reason;

/// A reason for keeping something back, in words; empty for one that lets something out.
#[must_use]
pub(super) fn words(code: &str) -> &'static str {
    let reason = Reason::ALL.iter().find(|r| r.code() == code);
    reason.map_or("", |r| redactions(*r).or_else(|| consents(*r)).or_else(|| denials(*r)).unwrap_or_default())
}

fn redactions(reason: Reason) -> Option<&'static str> {
    Some(match reason {
        Reason::RedactSensitiveHolder => {
            "the holder's name would reveal child welfare, shelter or family counselling: a neutral contact instead"
        }
        Reason::RedactLocation => "address protection: what tells where the child is stays",
        Reason::RedactAbsenceCause => "about an employee only that and how long they are away",
        Reason::RedactThirdParty => "what is about somebody else stays",
        Reason::RedactChildConfidential => "the child keeps this from the guardians",
        Reason::RedactOutOfScope => "the consent covers some fields only",
        _ => return None,
    })
}

fn consents(reason: Reason) -> Option<&'static str> {
    Some(match reason {
        Reason::DenyNoConsent => "needs a consent, and there is none",
        Reason::DenyConsentExpired => "the consent is too old",
        Reason::DenyConsentWithdrawn => "the consent was withdrawn",
        Reason::DenyConsentWrongPerson => "not everybody who must consent has",
        Reason::DenyConsentScope => "the consent does not cover this",
        Reason::DenyConsentNotYet => "the consent does not count yet",
        Reason::DenyThirdPartyConsent => "somebody else's information needs their consent",
        _ => return None,
    })
}

fn denials(reason: Reason) -> Option<&'static str> {
    Some(match reason {
        Reason::DenyDefault => "no rule lets it out",
        Reason::DenyUnknown => "something needed for the decision is not known yet",
        Reason::DenyObjection => "somebody entitled to it objects",
        Reason::DenyNotParticipant => "takes no part in the case any more",
        Reason::DenyNotNecessary => "nobody has found it necessary",
        Reason::DenySecrecyOrder => "an authority has ordered secrecy",
        Reason::DenyCrisisShelter => "would reveal contact with the shelter",
        Reason::DenyAddressStrict => "strengt fortrolig address, or not yet known to be open: by hand only",
        Reason::DenyAddressProtected => "protected address: not to private recipients",
        Reason::DenyAddressFromRegister => "addresses are fetched from the register itself",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_a_service_can_meet_has_words_and_no_other_code_has() {
        for reason in ["DENY_NO_CONSENT", "REDACT_SENSITIVE_HOLDER", "DENY_ADDRESS_STRICT", "DENY_CONSENT_WITHDRAWN"] {
            assert!(!words(reason).is_empty(), "{reason}");
        }
        assert!(words("CONSENT_VALID").is_empty() && words("NOT_A_CODE").is_empty());
    }
}
