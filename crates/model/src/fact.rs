//! Facts as typed values.
//!
//! A fact has a valid date (`at`), a recorded date and a source; it is never changed. Reading goes through
//! [`crate::vocabulary`] first, so that people get a finding with place and hint instead of a decoder's error.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::dates::Date;
use crate::schema::{Finding, Words, check_fields};
use crate::vocabulary::{type_names, type_spec};

/// One fact about one child, as the rules see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// Its id: `e1` in a scenario, a UUID in the ledger.
    pub id: String,
    /// Valid date: from this Norwegian day on it holds.
    pub at: Date,
    /// The Norwegian day it became known to us.
    pub recorded_at: Date,
    /// Order among facts of one valid date: position in a scenario, ledger number in the store.
    pub order: u64,
    /// The system or person it came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// It is about the municipality and its people, not about the child: a delegation, the absence of one who coordinates for
    /// several children. It stands whether or not the child moves away and back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub of_municipality: bool,
    /// What it says.
    pub body: FactBody,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[allow(missing_docs, reason = "the variants are the words of vocabulary.rs, explained there")]
        pub enum $name { $($variant),+ }
    };
}

words!(
    /// A guardian's wish for a barnekoordinator.
    Wish { Yes, No, Withdrawn }
);
words!(
    /// The child's own view.
    YouthView { Supports, Objects }
);
words!(
    /// Why a barnekoordinator's role ended.
    BkEndReason { NeedCeased, WishWithdrawn, Replaced, Other }
);
words!(
    /// An answer on consent to an individuell plan.
    PlanConsent { Given, Refused, Withdrawn }
);
words!(
    /// How a consent to sharing was given.
    HowGiven { Written, Oral, Electronic, Conduct }
);
words!(
    /// The legal level of a service instance.
    Level { Kommunal, Fylkeskommunal, Statlig, Privat, PrivatAvtale }
);
words!(
    /// Address protection (folkeregisterloven 10-4). Unknown counts as the strictest.
    AddressProtection { None, Fortrolig, StrengtFortrolig, Unknown }
);

/// A child as a fact names it: a name or id. References by number are resolved before a fact is made.
pub type ChildName = String;

/// What a fact says. Fields as in [`crate::vocabulary`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[allow(missing_docs, reason = "each field is documented once, in vocabulary.rs, which is also the published schema")]
pub enum FactBody {
    ServiceStarted {
        service: String,
        kind: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        level: Option<Level>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        municipality: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
    },
    ServiceEnded {
        service: String,
    },
    CooperationNeeded {
        participants: Vec<String>,
    },
    CooperationNotNeeded {
        by: String,
    },
    HolderAgreed {
        service: String,
        #[serde(default)]
        parties: Vec<String>,
    },
    HolderClaimed {
        service: String,
    },
    HolderDisclaimed {
        service: String,
    },
    DisputeRaised {
        parties: Vec<String>,
    },
    HolderDecided {
        service: String,
        by: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        valid_to: Option<Date>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ground: Option<String>,
    },
    DecisionWithdrawn {
        by: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ground: Option<String>,
    },
    DelegationGranted {
        to: String,
    },
    DelegationWithdrawn {
        to: String,
    },
    BkConditionsAssessed {
        met: bool,
        by: String,
    },
    BkWish {
        by: String,
        wish: Wish,
    },
    BkYouthView {
        view: YouthView,
    },
    BkAppointed {
        person: String,
        service: String,
        by: String,
        #[serde(default)]
        covers: Vec<ChildName>,
    },
    BkEnded {
        person: String,
        reason: BkEndReason,
    },
    PersonAbsent {
        person: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expected_until: Option<Date>,
    },
    PersonReturned {
        person: String,
    },
    PersonLeft {
        person: String,
    },
    SubstituteAppointed {
        #[serde(rename = "for")]
        for_person: String,
        person: String,
        by: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
    },
    KoordinatorAppointed {
        person: String,
        service: String,
    },
    KoordinatorEnded {
        person: String,
    },
    IpNeed {
        by: String,
    },
    IpConsent {
        by: String,
        value: PlanConsent,
    },
    IpStarted {
        plan: String,
        by: String,
    },
    IpMainAgreed {
        service: String,
    },
    IpMainDisputed {
        parties: Vec<String>,
    },
    IpMainDecided {
        service: String,
        by: String,
    },
    IpEnded {
        plan: String,
    },
    Born {
        child: ChildName,
    },
    PregnancyEnded {},
    Moved {
        to: String,
    },
    Placed {
        municipality: String,
        care_municipality: String,
    },
    CareOrder {
        by: String,
    },
    GuardiansChanged {
        guardians: Vec<String>,
    },
    Died {},
    Correction {
        of: String,
        #[serde(default, skip_serializing_if = "Map::is_empty")]
        replace: Map<String, Value>,
        #[serde(default)]
        void: bool,
    },
    BirthDate {
        date: Date,
    },
    DueDate {
        date: Date,
    },
    Consent {
        by: String,
        categories: Vec<String>,
        recipients: Vec<String>,
        purposes: Vec<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        valid_to: Option<Date>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fields: Option<Vec<String>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        evidence: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        informed: Option<bool>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        how: Option<HowGiven>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        recorded_by: Option<String>,
    },
    ConsentWithdrawn {
        consent: String,
    },
    ConsentRequested {
        system: String,
        request: String,
        categories: Vec<String>,
        recipients: Vec<String>,
        purposes: Vec<String>,
    },
    Objection {
        by: String,
    },
    ObjectionWithdrawn {
        by: String,
    },
    AddressProtection {
        value: AddressProtection,
    },
    ContactBan {
        person: String,
        active: bool,
    },
    SecrecyOrder {
        categories: Vec<String>,
        #[serde(default = "yes")]
        active: bool,
    },
    ChildConfidential {
        categories: Vec<String>,
        #[serde(default = "yes")]
        active: bool,
    },
    WeightyReasons {
        categories: Vec<String>,
        #[serde(default = "yes")]
        active: bool,
    },
    ShelterUser {
        person: String,
    },
    NecessityFound {
        by: String,
        categories: Vec<String>,
        recipients: Vec<String>,
        purpose: String,
    },
    WorkerContact {
        person: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        email: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        phone: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<String>,
    },
    PlanContent {
        plan: String,
        goals: Map<String, Value>,
        #[serde(default, skip_serializing_if = "Map::is_empty")]
        tags: Map<String, Value>,
    },
}

fn yes() -> bool {
    true
}

impl FactBody {
    /// Reads the own fields of a fact of type `name`. `at` is the JSON pointer of the fact, for findings.
    ///
    /// # Errors
    /// Every finding at once: unknown type or field, wrong value, missing field.
    pub fn read(name: &str, fields: &Map<String, Value>, at: &str, words: &dyn Words) -> Result<Self, Vec<Finding>> {
        let Some(spec) = type_spec(name) else { return Err(vec![unknown_type(name, at)]) };
        let findings = check_fields(spec, fields, at, words);
        if !findings.is_empty() {
            return Err(findings);
        }
        let mut tagged = fields.clone();
        tagged.insert("type".into(), Value::String(name.into()));
        serde_json::from_value(Value::Object(tagged)).map_err(|e| {
            let found = crate::national_id::redact(&e.to_string());
            vec![Finding { pointer: at.into(), found, expected: format!("a fact of type `{name}`"), hint: None }]
        })
    }

    /// The `type` word of this fact.
    #[must_use]
    pub fn type_name(&self) -> String {
        match serde_json::to_value(self) {
            Ok(Value::Object(map)) => map.get("type").and_then(Value::as_str).unwrap_or_default().to_owned(),
            _ => String::new(),
        }
    }

    /// The own fields as JSON, without `type`.
    #[must_use]
    pub fn fields(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(mut map)) => {
                map.shift_remove("type");
                map
            }
            _ => Map::new(),
        }
    }
}

fn unknown_type(name: &str, at: &str) -> Finding {
    Finding {
        pointer: format!("{at}/type"),
        found: format!("the unknown type \"{name}\""),
        expected: "a fact type of the vocabulary, see /schemas/fact.json".into(),
        hint: crate::hint::nearest(name, type_names()).map(|n| format!("did you mean `{n}`?")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::Law;
    use crate::schema::FieldType;
    use crate::vocabulary::{DUTY_TYPES, FAMILY_TYPES, fact_schema};
    use serde_json::json;

    fn example(ty: FieldType, law: &Law) -> Value {
        match ty {
            FieldType::Bool => json!(true),
            FieldType::Object | FieldType::Texts => json!({}),
            FieldType::Date => json!("2025-03-01"),
            FieldType::Municipality => json!("0301"),
            FieldType::List(item) => json!([example(*item, law)]),
            other => match crate::schema::vocabulary_of(other, law).first() {
                Some(word) => json!(word),
                None => json!("x"),
            },
        }
    }

    #[test]
    fn every_type_of_the_table_is_read_and_written_back() {
        let law = Law::bundled();
        for spec in DUTY_TYPES.iter().chain(FAMILY_TYPES) {
            let fields: Map<String, Value> =
                spec.fields.iter().map(|f| (f.name.to_owned(), example(f.ty, &law))).collect();
            let body = FactBody::read(spec.name, &fields, "", &law).unwrap_or_else(|e| panic!("{}: {e:?}", spec.name));
            assert_eq!(body.type_name(), spec.name);
            let back = body.fields();
            for (key, value) in &fields {
                // An empty object is written as absent; everything else comes back as it was.
                if value != &json!({}) {
                    assert_eq!(back.get(key), Some(value), "{}.{key}", spec.name);
                }
            }
        }
        assert!(
            fact_schema(&law)["oneOf"].as_array().is_some_and(|v| v.len() == DUTY_TYPES.len() + FAMILY_TYPES.len())
        );
    }

    #[test]
    fn a_slip_gets_place_expectation_and_hint() {
        let law = Law::bundled();
        let fields = json!({"servise": "lia-skole", "by": 3});
        let findings = FactBody::read("holder_decided", fields.as_object().unwrap(), "/events/2", &law).unwrap_err();
        let text: Vec<String> = findings.iter().map(ToString::to_string).collect();
        assert!(
            text.iter().any(|t| t.contains("/events/2/servise") && t.contains("did you mean `service`?")),
            "{text:?}"
        );
        assert!(text.iter().any(|t| t.contains("/events/2/by")), "{text:?}");
        assert!(text.iter().any(|t| t.contains("/events/2/service") && t.contains("nothing")), "{text:?}");
        let unknown = FactBody::read("holder_agred", &Map::new(), "", &law).unwrap_err();
        assert_eq!(unknown[0].hint.as_deref(), Some("did you mean `holder_agreed`?"));
    }

    #[test]
    fn a_finding_never_repeats_a_person_number() {
        let law = Law::bundled();
        let fields = json!({"by": "13116900216", "wish": "13116900216"});
        let findings = FactBody::read("bk_wish", fields.as_object().unwrap(), "", &law).unwrap_err();
        assert!(!format!("{findings:?}").contains("13116900216"));
    }
}
