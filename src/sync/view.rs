//! What one recipient may see of one child now: the parts offered, each decided by disclosure.
//!
//! Used both when the wanted state is worked out and again at the moment of sending. Must never read a value from a fact into
//! an outgoing message by another road.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use samhold_disclosure::Recipient;
use samhold_disclosure::cleared::{Cleared, ItemDecision, Package, Parcel, Release, Released, release};
use samhold_duty::answer::{BkState, DutyState, PlanState};
use samhold_duty::{Answer, HolderKind};
use samhold_model::Date;
use serde_json::{Map, Value, json};

use super::dossier::Dossier;
use super::engine::Live;
use super::past::stamp;
use crate::config::SystemSettings;

/// What a recipient that coordinates, or takes part in it, is told for.
const PURPOSE: &str = "coordination";

/// What a recipient may see.
#[derive(Debug)]
pub struct Sight {
    /// What may go out; `None` when nothing may.
    pub cleared: Option<Cleared<Released>>,
    /// Every decision, for the audit.
    pub decisions: Vec<ItemDecision>,
    /// Hash of what may go out, stable over time; another one after something that had been told was corrected.
    pub content_hash: Option<String>,
    /// The last day on which something it had been told was found to be otherwise.
    pub corrected: Option<Date>,
    /// The recipient takes part in the case.
    pub participant: bool,
    /// The recipient takes the case over: the child has moved to its municipality.
    pub takes_over: bool,
}

/// Works out what `system` may see of the answer of the day. Who had been told otherwise about days that have passed is sent
/// the state anew, though it may read the same.
#[must_use]
pub fn sight(live: &Live, municipality: &str, system: &SystemSettings, dossier: &Dossier, answer: &Answer) -> Sight {
    let mut seen = sight_of(live, municipality, system, dossier, (answer, answer));
    if let Some(stamp) = stamp(live, municipality, system, dossier) {
        seen.content_hash = seen.content_hash.map(|hash| sha256(&format!("{hash}\n{}", stamp.text)));
        seen.corrected = Some(stamp.recorded);
    }
    seen
}

/// Works out what `system` may see of the answer of another day. Who may see is decided by the answer `of_today`.
#[must_use]
pub fn sight_of(
    live: &Live,
    municipality: &str,
    system: &SystemSettings,
    dossier: &Dossier,
    (of_today, answer): (&Answer, &Answer),
) -> Sight {
    let (to, items) = offered(live, municipality, system, dossier, (of_today, answer));
    let participant = to.participant;
    let released = decided(live, municipality, dossier, (to, PURPOSE), items);
    let mapping = live.outbound.get(&system.name).map(|m| m.fingerprint.clone()).unwrap_or_default();
    let content_hash = released.cleared.as_ref().map(|c| hash_of(c.get(), &mapping));
    Sight {
        cleared: released.cleared,
        decisions: released.decisions,
        content_hash,
        corrected: None,
        participant,
        takes_over: false,
    }
}

/// To whom, and everything there is to offer of an answer.
fn offered(
    live: &Live,
    municipality: &str,
    system: &SystemSettings,
    dossier: &Dossier,
    (of_today, answer): (&Answer, &Answer),
) -> (Recipient, Vec<Parcel>) {
    // A municipality it does not serve, and a child about whom not everything can be read, are none of its business.
    let open = system.serves(municipality) && dossier.is_whole();
    let participant = open && takes_part(system, of_today);
    let items = if open && alive(of_today) && alive(answer) {
        parcels(live, municipality, dossier, answer)
    } else {
        Vec::new()
    };
    (Recipient { kind: system.kind.clone(), participant, id: None }, items)
}

/// What a system that takes part, or coordinates, is offered of an answer, as disclosure is asked. Who may see is decided by
/// the answer `of_today`.
pub(super) fn package_of(
    live: &Live,
    municipality: &str,
    system: &SystemSettings,
    dossier: &Dossier,
    answers: (&Answer, &Answer),
) -> Package {
    let (to, items) = offered(live, municipality, system, dossier, answers);
    package(dossier, (to, PURPOSE), items)
}

/// Has disclosure decide on what is offered to a recipient for a purpose, today.
pub(super) fn decided(
    live: &Live,
    municipality: &str,
    dossier: &Dossier,
    (recipient, purpose): (Recipient, &str),
    items: Vec<Parcel>,
) -> Release {
    release(&package(dossier, (recipient, purpose), items), &live.share_rules(municipality))
}

/// What is offered together with what is known of the child today.
pub(super) fn package(dossier: &Dossier, (recipient, purpose): (Recipient, &str), items: Vec<Parcel>) -> Package {
    Package {
        subject: dossier.subject(),
        recipient,
        purpose: purpose.into(),
        flags: dossier.circumstances(),
        consents: dossier.consents(),
        date: dossier.today,
        items,
    }
}

/// Content and the form it takes: a changed outbound mapping is sent anew.
pub(super) fn hash_of(released: &Released, mapping: &str) -> String {
    let text = serde_json::to_string(released).unwrap_or_default();
    sha256(&format!("{mapping}\n{text}"))
}

fn sha256(text: &str) -> String {
    hex::encode(digest(&SHA256, text.as_bytes()))
}

pub(super) fn alive(answer: &Answer) -> bool {
    !matches!(answer.samordning.state, DutyState::NoneNeeded | DutyState::Ended)
}

/// A recipient takes part when one of its services does, or when it is the koordinerende enhet of a living duty.
fn takes_part(system: &SystemSettings, answer: &Answer) -> bool {
    let mut concerned: Vec<&str> = answer.participants.iter().map(String::as_str).collect();
    if answer.samordning.holder.kind == HolderKind::Service {
        concerned.extend(answer.samordning.holder.reference.as_deref());
    }
    concerned.extend(answer.samordning.acting.as_deref());
    concerned.extend(answer.barnekoordinator.service.as_deref());
    concerned.extend(answer.koordinator.service.as_deref());
    let serves = system.services.iter().any(|s| concerned.contains(&s.as_str()));
    alive(answer) && (serves || matches!(system.kind.as_str(), "koordinerende_enhet" | "barnekoordinator"))
}

/// Everything there is to offer of an answer.
pub(super) fn parcels(live: &Live, municipality: &str, dossier: &Dossier, answer: &Answer) -> Vec<Parcel> {
    let offer = Offer { live, municipality, dossier, answer };
    [
        offer.existence(),
        offer.holder(),
        offer.coordinator(),
        offer.plan(),
        offer.goals(),
        offer.roster(),
        offer.absence(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

struct Offer<'a> {
    live: &'a Live,
    municipality: &'a str,
    dossier: &'a Dossier,
    answer: &'a Answer,
}

impl Offer<'_> {
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

    fn existence(&self) -> Option<Parcel> {
        let duty = &self.answer.samordning;
        Some(self.parcel(
            "coordination_exists",
            vec![
                ("coordination_exists", json!(true)),
                ("state", json!(duty.state)),
                ("valid_from", json!(duty.since)),
                ("municipality", json!(self.municipality)),
                ("contact_point", self.contact_point()),
            ],
        ))
    }

    fn holder(&self) -> Option<Parcel> {
        let holder = &self.answer.samordning.holder;
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

    fn coordinator(&self) -> Option<Parcel> {
        let holder = &self.answer.samordning.holder;
        let by_role = matches!(holder.kind, HolderKind::Barnekoordinator | HolderKind::BarnekoordinatorSubstitute);
        let person = holder.reference.as_deref().filter(|_| by_role)?;
        let contact = self.dossier.contact(person);
        let service = self.answer.barnekoordinator.service.as_deref();
        let unit = contact.unit.map(|u| json!(u)).or_else(|| service.map(|s| self.name_of(s)));
        let mut parcel = self.parcel(
            "coordinator_contact",
            vec![
                ("name", json!(contact.name.unwrap_or_else(|| person.to_owned()))),
                ("email", json!(contact.email)),
                ("phone", json!(contact.phone)),
                ("service_unit", unit.unwrap_or(Value::Null)),
                ("contact_point", self.contact_point()),
            ],
        );
        parcel.holder_kind = service.and_then(|s| self.kind_of(s));
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
        Some(parcel)
    }

    fn goals(&self) -> Option<Parcel> {
        let (goals, tags) = self.dossier.plan_content(self.answer.ip.plan.as_deref()?)?;
        let mut parcel = self.parcel("plan_goals", Vec::new());
        parcel.fields = goals;
        parcel.tags = tags.iter().filter_map(|(k, v)| Some((k.clone(), v.as_str()?.to_owned()))).collect();
        Some(parcel)
    }

    fn roster(&self) -> Option<Parcel> {
        let team: Vec<&String> = self.answer.participants.iter().filter(|s| !self.tells_the_place(s)).collect();
        let mut parcel = self.parcel("team_roster", team.iter().map(|s| (s.as_str(), self.name_of(s))).collect());
        let tagged = team.iter().filter_map(|s| Some(((*s).clone(), self.tag_of(s)?)));
        parcel.tags = tagged.collect::<BTreeMap<_, _>>();
        (!team.is_empty()).then_some(parcel)
    }

    /// A school or kindergarten is where the child is every day. Of a child with strict protection, or with a protection
    /// nobody knows, it is not even offered, in whatever field its name would stand (RULES S-14).
    fn tells_the_place(&self, service: &str) -> bool {
        let strict = !matches!(self.dossier.protection().as_str(), "none" | "fortrolig");
        let daily = |kind: &str| ["skole", "barnehage", "sfo", "vgs"].iter().any(|word| kind.starts_with(word));
        strict && self.kind_of(service).is_none_or(|kind| daily(&kind))
    }

    fn absence(&self) -> Option<Parcel> {
        let role = &self.answer.barnekoordinator;
        let from = role.absent_from?;
        let shown = matches!(role.state, BkState::Appointed | BkState::Vacant);
        let person = role.person.as_deref().filter(|_| shown)?;
        // A name that would reveal a sensitive relation is not even offered.
        let sensitive = role.service.as_deref().and_then(|s| self.kind_of(s)).is_none_or(|k| reveals(&k).is_some());
        let name = |who: &str| match sensitive {
            true => Value::Null,
            false => json!(self.dossier.contact(who).name.unwrap_or_else(|| who.to_owned())),
        };
        Some(self.parcel(
            "employee_absence",
            vec![
                ("coordinator", name(person)),
                ("unavailable_from", json!(from)),
                ("unavailable_until", json!(role.absent_until)),
                ("substitute", role.substitute.as_deref().map_or(Value::Null, name)),
            ],
        ))
    }
}

/// The tag a field needs when its value names a service of this kind.
pub(crate) fn reveals(kind: &str) -> Option<String> {
    matches!(kind, "krisesenter" | "barnevern" | "familievern").then(|| format!("reveals_{kind}"))
}
