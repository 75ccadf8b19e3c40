//! Every kind of fact with its fields: the table behind the API, mapping files, scenario files and JSON Schema.
//!
//! The first part is the legal vocabulary of the duty; the second carries what disclosure needs (consents, protection,
//! contact details). A new kind of fact starts here and nowhere else.

use serde_json::{Value, json};

use crate::schema::{FieldSpec, FieldType, TypeSpec, Words, json_schema_of};

use FieldType::{
    Bool, Category, Child, Date, FactRef, Level, List, Municipality, Object, OneOf, Person, Purpose, RecipientKind,
    Reference, Service, ServiceKind, Text, Texts, Unit, Worker,
};

const fn must(name: &'static str, ty: FieldType, doc: &'static str) -> FieldSpec {
    FieldSpec { name, ty, required: true, doc }
}

const fn may(name: &'static str, ty: FieldType, doc: &'static str) -> FieldSpec {
    FieldSpec { name, ty, required: false, doc }
}

const fn kind(name: &'static str, doc: &'static str, fields: &'static [FieldSpec]) -> TypeSpec {
    TypeSpec { name, fields, doc }
}

/// Facts the duty is worked out from.
pub const DUTY_TYPES: &[TypeSpec] = &[
    kind(
        "service_started",
        "A service starts to serve the child.",
        &[
            must("service", Service, "the service instance"),
            must("kind", ServiceKind, "what kind of service it is"),
            may("level", Level, "overrides the level of the kind (Oslo's upper secondary schools)"),
            may("municipality", Municipality, "the municipality it belongs to; default the one of the fact"),
            may("until", Date, "planned end, first day no longer served"),
        ],
    ),
    kind("service_ended", "A service no longer serves the child.", &[must("service", Service, "the service instance")]),
    kind(
        "cooperation_needed",
        "Individual cooperation is necessary (hol 3-4 and parallels).",
        &[must("participants", List(&Service), "the services that take part")],
    ),
    kind("cooperation_not_needed", "The need for cooperation has ceased.", &[must("by", Unit, "who found so")]),
    kind(
        "holder_agreed",
        "The services agree who coordinates.",
        &[must("service", Service, "the agreed service"), may("parties", List(&Service), "the services that agreed")],
    ),
    kind("holder_claimed", "A service registers itself as coordinating.", &[must("service", Service, "the service")]),
    kind("holder_disclaimed", "A service says it does not coordinate.", &[must("service", Service, "the service")]),
    kind(
        "dispute_raised",
        "Services disagree on who coordinates.",
        &[must("parties", List(&Service), "the disputing services")],
    ),
    kind(
        "holder_decided",
        "The municipality decides who coordinates.",
        &[
            must("service", Service, "the decided service"),
            must("by", Unit, "role or unit that decided"),
            may("valid_to", Date, "first day the decision no longer stands"),
            may("ground", Text, "why, in words"),
        ],
    ),
    kind(
        "decision_withdrawn",
        "The latest decision is withdrawn.",
        &[must("by", Unit, "role or unit"), may("ground", Text, "why, in words")],
    ),
    kind("delegation_granted", "Authority to decide is delegated.", &[must("to", Unit, "role or unit")]),
    kind("delegation_withdrawn", "A delegation ends.", &[must("to", Unit, "role or unit")]),
    kind(
        "bk_conditions_assessed",
        "Conditions for a barnekoordinator assessed (hol 7-2 a).",
        &[must("met", Bool, "whether they are met"), must("by", Unit, "who assessed")],
    ),
    kind(
        "bk_wish",
        "A guardian's wish for a barnekoordinator.",
        &[must("by", Person, "guardian id or barnevern"), must("wish", OneOf(&["yes", "no", "withdrawn"]), "the wish")],
    ),
    kind("bk_youth_view", "The child's own view.", &[must("view", OneOf(&["supports", "objects"]), "the view")]),
    kind(
        "bk_appointed",
        "A barnekoordinator is appointed.",
        &[
            must("person", Worker, "the appointed person"),
            must("service", Service, "where the person is employed"),
            must("by", Unit, "the appointing unit"),
            may("covers", List(&Child), "the children it covers; empty: this child"),
        ],
    ),
    kind(
        "bk_ended",
        "The appointment ends.",
        &[
            must("person", Worker, "the appointed person"),
            must("reason", OneOf(&["need_ceased", "wish_withdrawn", "replaced", "other"]), "why"),
        ],
    ),
    kind(
        "person_absent",
        "A coordinator is absent.",
        &[must("person", Worker, "the person"), may("expected_until", Date, "first day back; missing is unknown")],
    ),
    kind("person_returned", "A coordinator is back.", &[must("person", Worker, "the person")]),
    kind(
        "person_left",
        "A coordinator has left; the date is the first day gone.",
        &[must("person", Worker, "the person")],
    ),
    kind(
        "substitute_appointed",
        "Someone stands in for the barnekoordinator.",
        &[
            must("for", Worker, "the one stood in for"),
            must("person", Worker, "the substitute"),
            must("by", Unit, "the appointing unit"),
            may("until", Date, "first day no longer substitute"),
        ],
    ),
    kind(
        "koordinator_appointed",
        "An ordinary koordinator is appointed (hol 7-2, sphl 2-5 a).",
        &[must("person", Worker, "the person"), must("service", Service, "where the person is employed")],
    ),
    kind("koordinator_ended", "The koordinator's role ends.", &[must("person", Worker, "the person")]),
    kind("ip_need", "A need for an individuell plan is registered.", &[must("by", Unit, "who registered it")]),
    kind(
        "ip_consent",
        "Consent to an individuell plan.",
        &[must("by", Person, "who consents"), must("value", OneOf(&["given", "refused", "withdrawn"]), "the answer")],
    ),
    kind(
        "ip_started",
        "An individuell plan is started.",
        &[must("plan", Text, "the plan's id"), must("by", Unit, "the service that started it")],
    ),
    kind("ip_main_agreed", "Main responsibility for the plan is agreed.", &[must("service", Service, "the service")]),
    kind(
        "ip_main_disputed",
        "Services disagree on main responsibility.",
        &[must("parties", List(&Service), "the disputing services")],
    ),
    kind(
        "ip_main_decided",
        "The municipality decides main responsibility.",
        &[must("service", Service, "the service"), must("by", Unit, "role or unit that decided")],
    ),
    kind("ip_ended", "The plan ends.", &[must("plan", Text, "the plan's id")]),
    kind("born", "The expected child is born.", &[must("child", Child, "which child")]),
    kind("pregnancy_ended", "The pregnancy ended without a living child.", &[]),
    kind("moved", "The child moves to a municipality.", &[must("to", Municipality, "the new municipality")]),
    kind(
        "placed",
        "The child is placed by child welfare.",
        &[
            must("municipality", Municipality, "where the child stays"),
            must("care_municipality", Municipality, "the municipality with the care case"),
        ],
    ),
    kind("care_order", "A care order is in force.", &[must("by", Unit, "who holds the care, normally barnevern")]),
    kind(
        "guardians_changed",
        "Who has foreldreansvar from this day.",
        &[must("guardians", List(&Person), "ids with foreldreansvar")],
    ),
    kind("died", "The child has died.", &[]),
    kind(
        "correction",
        "Corrects or voids an earlier fact.",
        &[
            must("of", FactRef, "the fact corrected"),
            may("replace", Object, "fields with their right values"),
            may("void", Bool, "true: the fact never counted"),
        ],
    ),
];

/// Facts about the family, consent and protection: what disclosure and delivery need.
pub const FAMILY_TYPES: &[TypeSpec] = &[
    kind("birth_date", "The child's date of birth, from a register.", &[must("date", Date, "the date")]),
    kind("due_date", "The expected date of birth.", &[must("date", Date, "the date")]),
    kind(
        "consent",
        "Consent to sharing. The fact's date is the day it was given.",
        &[
            must("by", Person, "who consents"),
            must("categories", List(&Category), "to which data"),
            must("recipients", List(&RecipientKind), "to whom"),
            must("purposes", List(&Purpose), "for what"),
            may("valid_to", Date, "first day it no longer counts"),
            may("fields", List(&Text), "only these fields; missing is all"),
            may("evidence", Reference, "where it is documented; without it the consent does not count"),
            may("informed", Bool, "who consents was told what it means; only `true` counts"),
            may("how", OneOf(&["written", "oral", "electronic", "conduct"]), "how it was given"),
            may("recorded_by", Worker, "who wrote it down"),
        ],
    ),
    kind(
        "consent_withdrawn",
        "A consent is withdrawn; counts the same day.",
        &[must("consent", FactRef, "the id of the consent")],
    ),
    kind(
        "consent_requested",
        "A consent was asked for in a consent register, which is asked for the answer. It opens nothing by itself.",
        &[
            must("system", Reference, "the configured system that is the consent register"),
            must("request", Reference, "the request's id there"),
            must("categories", List(&Category), "to which data"),
            must("recipients", List(&RecipientKind), "to whom"),
            must("purposes", List(&Purpose), "for what"),
        ],
    ),
    kind("objection", "Someone entitled objects to sharing.", &[must("by", Person, "who objects")]),
    kind("objection_withdrawn", "An objection is taken back.", &[must("by", Person, "who")]),
    kind(
        "address_protection",
        "Address protection as the register has it.",
        &[must(
            "value",
            OneOf(&["none", "fortrolig", "strengt_fortrolig", "unknown"]),
            "the grade; `unknown` when the register gives no answer, which counts as strict",
        )],
    ),
    kind(
        "contact_ban",
        "A guardian is barred from contact.",
        &[must("person", Person, "the guardian"), must("active", Bool, "false lifts it")],
    ),
    kind(
        "secrecy_order",
        "Secrecy ordered despite consent (hol 12-1 and parallels).",
        &[must("categories", List(&Category), "which data"), may("active", Bool, "false lifts it")],
    ),
    kind(
        "child_confidential",
        "The child asks that guardians are not told (pbrl 3-4).",
        &[must("categories", List(&Category), "which data"), may("active", Bool, "false lifts it")],
    ),
    kind(
        "weighty_reasons",
        "Weighty reasons against informing guardians.",
        &[must("categories", List(&Category), "which data"), may("active", Bool, "false lifts it")],
    ),
    kind("shelter_user", "Who uses the crisis shelter (krisesenterlova 5).", &[must("person", Person, "the user")]),
    kind(
        "necessity_found",
        "A named person found sharing necessary.",
        &[
            must("by", Worker, "the named person"),
            must("categories", List(&Category), "which data"),
            must("recipients", List(&RecipientKind), "to whom"),
            must("purpose", Purpose, "for what"),
        ],
    ),
    kind(
        "worker_contact",
        "Work contact details of a coordinator.",
        &[
            must("person", Worker, "the person"),
            may("name", Text, "name"),
            may("email", Text, "work e-mail"),
            may("phone", Text, "work phone"),
            may("unit", Text, "unit"),
        ],
    ),
    kind(
        "plan_content",
        "Goals of the individuell plan.",
        &[
            must("plan", Text, "the plan's id"),
            must("goals", Texts, "field name to text"),
            may("tags", Texts, "field name to tag, e.g. other_person_health"),
        ],
    ),
];

/// The kind of fact called `name`.
#[must_use]
pub fn type_spec(name: &str) -> Option<&'static TypeSpec> {
    DUTY_TYPES.iter().chain(FAMILY_TYPES).find(|t| t.name == name)
}

/// Names of all kinds of fact.
pub fn type_names() -> impl Iterator<Item = &'static str> {
    DUTY_TYPES.iter().chain(FAMILY_TYPES).map(|t| t.name)
}

/// The JSON Schema (2020-12) of one fact as `POST /api/v1/facts` takes it.
#[must_use]
pub fn fact_schema(words: &dyn Words) -> Value {
    let variants: Vec<Value> = DUTY_TYPES.iter().chain(FAMILY_TYPES).map(|t| variant_schema(t, words)).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "/schemas/fact.json",
        "title": "Samhold fact",
        "description": "One thing that is so from a date on. Facts are never changed; a correction is a new fact.",
        "oneOf": variants,
    })
}

fn variant_schema(spec: &TypeSpec, words: &dyn Words) -> Value {
    let mut properties = json!({
        "id": {"type": "string", "format": "uuid", "description": "chosen by the sender; makes sending again harmless"},
        "type": {"const": spec.name},
        "at": {"type": "string", "format": "date", "description": "first day it holds, Norwegian date"},
        "municipality": {"type": "string", "pattern": "^\\d{4}$"},
        "child": child_schema(),
    });
    let mut required = vec!["id", "type", "at", "child", "municipality"];
    for field in spec.fields {
        let mut schema = json_schema_of(field.ty, words);
        // `municipality` of a service is the same key as the common one; the common meaning wins outside.
        if let (Some(all), Some(own)) = (properties.as_object_mut(), schema.as_object_mut()) {
            own.insert("description".into(), json!(field.doc));
            all.entry(field.name).or_insert(schema);
        }
        if field.required {
            required.push(field.name);
        }
    }
    // The municipality of a service or a stay is another than the one whose case it is.
    if let (Some(all), true) = (properties.as_object_mut(), has_own_municipality(spec)) {
        let doc = "the municipality the fact itself names, when it is not the one whose case it is";
        all.insert("service_municipality".into(), json!({"type": "string", "pattern": "^\\d{4}$", "description": doc}));
    }
    if concerns_all(spec.name) {
        required.retain(|key| *key != "child");
    }
    required.sort_unstable();
    required.dedup();
    json!({"title": spec.name, "description": spec.doc, "type": "object", "properties": properties,
        "required": required, "additionalProperties": false})
}

fn has_own_municipality(spec: &TypeSpec) -> bool {
    spec.fields.iter().any(|f| f.name == "municipality")
}

/// Facts that may be given without a child: they concern every child of the municipality (delegations, employees).
#[must_use]
pub fn concerns_all(type_name: &str) -> bool {
    type_name.starts_with("delegation_") || type_name.starts_with("person_") || type_name == "worker_contact"
}

/// JSON Schema of a child reference: one way to name the child, or several that the sender vouches mean the same one.
#[must_use]
pub fn child_schema() -> Value {
    json!({
        "type": "object", "minProperties": 1, "additionalProperties": false,
        "properties": {
            "national_id": {"type": "string", "pattern": "^\\d{6} ?\\d{5}$"},
            "duf": {"type": "string", "pattern": "^\\d{12}$"},
            "child_id": {"type": "string", "format": "uuid"},
            "unborn": {"type": "object", "additionalProperties": false, "required": ["mother", "due_date"],
                "properties": {"mother": {"type": "string"}, "due_date": {"type": "string", "format": "date"},
                    "ordinal": {"type": "integer", "minimum": 1}}},
            "local": {"type": "object", "additionalProperties": false, "required": ["system", "id"],
                "properties": {"system": {"type": "string"}, "id": {"type": "string"}}},
        },
    })
}
