//! Everything there is to offer of an answer: items with values, tags, and marks on what tells where the child is.
//!
//! Must never offer a value without saying what it tells: disclosure sees names of fields, not what stands in them.

use std::collections::BTreeMap;

use samhold_disclosure::cleared::Parcel;
use samhold_duty::answer::{BkState, DutyState, PlanState};
use samhold_duty::{Answer, Holder, HolderKind, Stretch};
use samhold_model::Date;
use serde_json::{Map, Value, json};

use super::places::{Places, is_daily};
use crate::sync::dossier::Dossier;
use crate::sync::engine::Live;

/// What stands of the duty: now, or in a stretch that has passed.
#[derive(Clone, Copy)]
struct Stands<'a> {
    state: DutyState,
    holder: &'a Holder,
    /// The service that employs a holder who is a person.
    employer: Option<&'a str>,
}

/// An answer as it can be offered.
pub(in crate::sync) struct Offer<'a> {
    live: &'a Live,
    municipality: &'a str,
    dossier: &'a Dossier,
    answer: &'a Answer,
    places: Places,
    /// Who is away is offered too.
    absence: bool,
}

impl<'a> Offer<'a> {
    pub(in crate::sync) fn new(
        live: &'a Live,
        municipality: &'a str,
        dossier: &'a Dossier,
        answer: &'a Answer,
    ) -> Self {
        let places = Places::new(live, municipality, dossier);
        Self { live, municipality, dossier, answer, places, absence: true }
    }

    /// The same for another municipality: who is away in the one that was left concerns nobody there.
    pub(in crate::sync) fn without_absence(self) -> Self {
        Self { absence: false, ..self }
    }

    /// The answer itself.
    pub(super) fn answer(&self) -> &'a Answer {
        self.answer
    }

    /// Everything there is to offer, told to have been so since a day.
    pub(in crate::sync) fn parcels(&self, since: Option<Date>) -> Vec<Parcel> {
        let now = self.now();
        let parts = [
            Some(self.existence(now.state, since)),
            self.holder(now),
            self.coordinator(now),
            self.plan(),
            self.goals(),
            self.roster(),
            self.absence(),
        ];
        self.placed(parts)
    }

    /// What there is to offer of the duty and its holder, without since when.
    pub(super) fn of_the_duty(&self) -> Vec<Parcel> {
        self.of(self.now())
    }

    /// The same of a stretch that has passed, by what is known of people and services today.
    pub(super) fn of_a_stretch(&self, stretch: &Stretch) -> Vec<Parcel> {
        self.of(Stands { state: stretch.state, holder: &stretch.holder, employer: stretch.service.as_deref() })
    }

    fn of(&self, stands: Stands<'_>) -> Vec<Parcel> {
        self.placed([Some(self.existence(stands.state, None)), self.holder(stands), self.coordinator(stands)])
    }

    fn now(&self) -> Stands<'a> {
        let (duty, employer) = (&self.answer.samordning, self.answer.barnekoordinator.service.as_deref());
        Stands { state: duty.state, holder: &duty.holder, employer }
    }

    /// Each with the fields marked that tell where the child is.
    fn placed(&self, parts: impl IntoIterator<Item = Option<Parcel>>) -> Vec<Parcel> {
        parts.into_iter().flatten().map(|parcel| self.places.marked(parcel)).collect()
    }

    fn parcel(&self, category: &str, fields: Vec<(&str, Value)>) -> Parcel {
        let fields: Map<String, Value> =
            fields.into_iter().filter(|(_, v)| !v.is_null()).map(|(k, v)| (k.to_owned(), v)).collect();
        Parcel { category: category.into(), from: "koordinerende_enhet".into(), fields, ..Parcel::default() }
    }

    fn contact_point(&self) -> Value {
        json!(self.live.municipality(self.municipality).map(|m| &m.contact_point))
    }

    fn kind_of(&self, service: &str) -> Option<String> {
        let listed = self.live.loaded.services.get(service).map(|s| s.kind.clone());
        listed.or_else(|| self.dossier.kind_of(service))
    }

    /// The tag of a service's name. A service of unknown kind may be any, so it is kept as close as the closest.
    fn tag_of(&self, service: &str) -> Option<String> {
        self.kind_of(service).map_or_else(|| reveals("krisesenter"), |kind| reveals(&kind))
    }

    fn name_of(&self, service: &str) -> Value {
        json!(self.live.loaded.services.get(service).map_or(service, |s| s.name.as_str()))
    }

    fn unit_of(&self, service: &str) -> Value {
        json!(self.live.loaded.services.get(service).and_then(|s| s.unit.as_ref()))
    }

    fn existence(&self, state: DutyState, since: Option<Date>) -> Parcel {
        self.parcel(
            "coordination_exists",
            vec![
                ("coordination_exists", json!(true)),
                ("state", json!(state)),
                ("valid_from", json!(since)),
                ("municipality", json!(self.municipality)),
                ("contact_point", self.contact_point()),
            ],
        )
    }

    fn holder(&self, Stands { holder, .. }: Stands<'_>) -> Option<Parcel> {
        match (holder.kind, holder.reference.as_deref()) {
            (HolderKind::Service, Some(service)) => {
                let mut fields = vec![("contact_point", self.contact_point())];
                if !self.tells_the_place(service) {
                    fields.extend([
                        ("service", json!(service)),
                        ("service_name", self.name_of(service)),
                        ("service_unit", self.unit_of(service)),
                    ]);
                }
                let mut parcel = self.parcel("holder_service", fields);
                parcel.holder_kind = self.kind_of(service);
                if self.is_daily(service) {
                    parcel.location.extend(["service", "service_name"].map(str::to_owned));
                }
                Some(parcel)
            }
            (HolderKind::Municipality, _) => {
                let name = self.live.municipality(self.municipality).map(|m| &m.name);
                let fields = vec![("service_name", json!(name)), ("contact_point", self.contact_point())];
                let mut parcel = self.parcel("holder_service", fields);
                // The municipality itself is contacted through its koordinerende enhet.
                parcel.holder_kind = Some("koordinerende_enhet".into());
                // Its name tells where the child is.
                parcel.fields.shift_remove("service_name").map(|v| parcel.fields.insert("service_unit".into(), v));
                Some(parcel)
            }
            _ => None,
        }
    }

    fn coordinator(&self, Stands { holder, employer, .. }: Stands<'_>) -> Option<Parcel> {
        let by_role = matches!(holder.kind, HolderKind::Barnekoordinator | HolderKind::BarnekoordinatorSubstitute);
        let person = holder.reference.as_deref().filter(|_| by_role)?;
        let contact = self.dossier.contact(person);
        let unit = contact.unit.map(|u| json!(u)).or_else(|| employer.map(|s| self.name_of(s)));
        let name = contact.name.unwrap_or_else(|| person.to_owned());
        let signed = self.places.name_tells(&name);
        let mut parcel = self.parcel(
            "coordinator_contact",
            vec![
                ("name", json!(name)),
                ("email", json!(contact.email)),
                ("phone", json!(contact.phone)),
                ("service_unit", unit.unwrap_or(Value::Null)),
                ("contact_point", self.contact_point()),
            ],
        );
        parcel.holder_kind = employer.and_then(|s| self.kind_of(s));
        parcel.location.extend(signed.then(|| "name".to_owned()));
        Some(parcel)
    }

    fn plan(&self) -> Option<Parcel> {
        let plan = &self.answer.ip;
        let started = matches!(plan.state, PlanState::Unassigned | PlanState::Assigned | PlanState::Disputed);
        let main = plan.main.as_deref();
        let mut parcel = started.then(|| {
            let name = main.map_or(Value::Null, |s| self.name_of(s));
            self.parcel("plan_exists", vec![("plan_exists", json!(true)), ("plan_main", name)])
        })?;
        if let Some(tag) = main.and_then(|s| self.tag_of(s)) {
            parcel.tags.insert("plan_main".into(), tag);
        }
        parcel.location.extend(main.filter(|s| self.is_daily(s)).map(|_| "plan_main".to_owned()));
        Some(parcel)
    }

    fn goals(&self) -> Option<Parcel> {
        let (goals, tags) = self.dossier.plan_content(self.answer.ip.plan.as_deref()?)?;
        let mut parcel = self.parcel("plan_goals", Vec::new());
        // A correction may have said anything; what is no text no message can bear.
        parcel.fields = goals.into_iter().filter(|(_, goal)| goal.is_string()).collect();
        parcel.tags = tags.iter().filter_map(|(k, v)| Some((k.clone(), v.as_str()?.to_owned()))).collect();
        Some(parcel)
    }

    fn roster(&self) -> Option<Parcel> {
        let team: Vec<&String> = self.answer.participants.iter().filter(|s| !self.tells_the_place(s)).collect();
        let mut parcel = self.parcel("team_roster", team.iter().map(|s| (s.as_str(), self.name_of(s))).collect());
        let tagged = team.iter().filter_map(|s| Some(((*s).clone(), self.tag_of(s)?)));
        parcel.tags = tagged.collect::<BTreeMap<_, _>>();
        parcel.location = team.iter().filter(|s| self.is_daily(s)).map(|s| (*s).clone()).collect();
        (!team.is_empty()).then_some(parcel)
    }

    /// A school or kindergarten is where the child is every day. Of a child with strict protection, or with a protection
    /// nobody knows, it is not even offered, in whatever field its name would stand (RULES S-14).
    fn tells_the_place(&self, service: &str) -> bool {
        let strict = self.dossier.is_strictly_protected();
        strict && self.is_daily(service)
    }

    /// A service where the child is every day; one of unknown kind may be.
    fn is_daily(&self, service: &str) -> bool {
        self.kind_of(service).is_none_or(|kind| is_daily(&kind))
    }

    fn absence(&self) -> Option<Parcel> {
        let role = &self.answer.barnekoordinator;
        let from = role.absent_from.filter(|_| self.absence)?;
        let shown = matches!(role.state, BkState::Appointed | BkState::Vacant);
        let person = role.person.as_deref().filter(|_| shown)?;
        // A name that would reveal a sensitive relation is not even offered.
        let sensitive = role.service.as_deref().and_then(|s| self.kind_of(s)).is_none_or(|k| reveals(&k).is_some());
        let name = |who: &str| match sensitive {
            true => Value::Null,
            false => json!(self.dossier.contact(who).name.unwrap_or_else(|| who.to_owned())),
        };
        let mut parcel = self.parcel(
            "employee_absence",
            vec![
                ("coordinator", name(person)),
                ("unavailable_from", json!(from)),
                ("unavailable_until", json!(role.absent_until)),
                ("substitute", role.substitute.as_deref().map_or(Value::Null, name)),
            ],
        );
        for field in ["coordinator", "substitute"] {
            let signed =
                parcel.fields.get(field).and_then(Value::as_str).is_some_and(|name| self.places.name_tells(name));
            parcel.location.extend(signed.then(|| field.to_owned()));
        }
        Some(parcel)
    }
}

/// The tag a field needs when its value names a service of this kind.
pub(crate) fn reveals(kind: &str) -> Option<String> {
    matches!(kind, "krisesenter" | "barnevern" | "familievern").then(|| format!("reveals_{kind}"))
}
