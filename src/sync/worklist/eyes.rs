//! Who sees which lines of the work list.
//!
//! The koordinerende enhet and the municipality see every line of their municipality. Any other client sees children in
//! whose case one of its own services takes part, and of those only what disclosure lets it know anyway. To ask by service is
//! to ask who takes part: it finds no child of whom the client may not know that. Unknown means no. Must never let a count
//! tell what the lines do not.

use std::collections::{BTreeSet, HashMap};

use samhold_duty::Answer;
use samhold_model::{ChildId, MunicipalityNo};
use samhold_store::StoreError;

use super::Line;
use super::kinds::Told;
use crate::config::SystemSettings;
use crate::sync::engine::{Engine, Live};
use crate::sync::message::{Now, now};
use crate::sync::view::{Sight, sight};

/// The unit that has the overall responsibility (hol § 7-3).
const COORDINATING: &str = "koordinerende_enhet";

/// A client and what it asks.
#[derive(Clone, Copy)]
pub struct Eyes<'a> {
    /// The shared parts.
    pub engine: &'a Engine,
    /// The settings of this reading.
    pub live: &'a Live,
    /// The client.
    pub system: &'a SystemSettings,
    /// Only children in whose case this service takes part.
    pub service: Option<&'a str>,
}

/// A client asked by a service that is not its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotYours;

impl Eyes<'_> {
    /// Whether the client speaks for the koordinerende enhet, or for the municipality itself.
    #[must_use]
    pub fn leads(&self, number: &str) -> bool {
        let decides = |unit: &String| self.system.may_act_as(unit);
        let settings = self.live.municipality(number);
        self.system.serves(number)
            && (self.system.may_act_as(COORDINATING)
                || settings.is_some_and(|m| m.reconcile.decision_authorities.iter().any(decides)))
    }

    /// Refuses a service that is not the client's own, where it does not lead.
    ///
    /// # Errors
    /// When it may not ask so.
    pub fn may_ask(&self, numbers: &[String]) -> Result<(), NotYours> {
        let leads = numbers.iter().any(|number| self.leads(number));
        let own = self.service.is_none_or(|service| self.own().contains(&self.id_of(service)));
        if leads || own { Ok(()) } else { Err(NotYours) }
    }

    fn id_of(&self, service: &str) -> String {
        self.live.loaded.services.id_of(service).to_owned()
    }

    fn own(&self) -> BTreeSet<String> {
        self.system.services.iter().map(|s| self.id_of(s)).collect()
    }

    async fn known(&self, child: ChildId, municipality: &MunicipalityNo) -> Result<Known, StoreError> {
        let Now { dossier, answer } = now(self.engine, self.live, child, municipality).await?;
        let seen = sight(self.live, municipality.as_str(), self.system, &dossier, &answer);
        Ok(Known::from(&self.own(), &answer, &seen))
    }
}

/// What a client may know of one child.
#[derive(Debug, Default)]
struct Known {
    /// The state of the coordination, and since when.
    state: bool,
    /// One of its own services holds.
    holds: bool,
    /// Its own services in the case.
    own: BTreeSet<String>,
    /// The others that it may be told of.
    others: BTreeSet<String>,
}

impl Known {
    fn from(own: &BTreeSet<String>, answer: &Answer, seen: &Sight) -> Self {
        let holder = answer.samordning.holder.reference.as_ref();
        let part = answer.participants.iter().filter(|s| own.contains(*s)).cloned();
        let mut known = Self { own: part.collect(), ..Self::default() };
        known.holds = holder.is_some_and(|holder| known.own.contains(holder));
        let released = seen.cleared.iter().flat_map(|cleared| &cleared.get().items);
        for item in released {
            match item.category.as_str() {
                "coordination_exists" => {
                    known.state = ["state", "valid_from"].iter().all(|field| item.fields.contains_key(*field));
                }
                "holder_service" => {
                    known.others.extend(item.fields.get("service").and_then(|s| s.as_str()).map(str::to_owned));
                }
                "team_roster" => known.others.extend(item.fields.keys().cloned()),
                _ => {}
            }
        }
        known
    }

    fn allows(&self, told: Told, service: Option<&String>) -> bool {
        let concerned = service.map_or(!self.own.is_empty(), |s| self.own.contains(s));
        let told = match told {
            Told::WithState => true,
            Told::ToHolder => self.holds,
            Told::ToUnitOnly => false,
        };
        concerned && self.state && told
    }

    fn names(&self, service: &String) -> bool {
        self.own.contains(service) || self.others.contains(service)
    }
}

/// The lines these eyes may see.
///
/// # Errors
/// When the store fails.
pub async fn seen_by(eyes: Eyes<'_>, lines: Vec<Line>) -> Result<Vec<Line>, StoreError> {
    let service = eyes.service.map(|service| eyes.id_of(service));
    let own = eyes.own();
    let mut children: HashMap<(ChildId, MunicipalityNo), Known> = HashMap::new();
    let mut seen = Vec::new();
    for line in lines {
        let leads = eyes.leads(line.item.municipality.as_str());
        let concerned = match &service {
            Some(service) => line.concerns(service),
            None => leads || own.iter().any(|own| line.concerns(own)),
        };
        if !concerned {
            continue;
        }
        if leads && service.is_none() {
            seen.push(line);
            continue;
        }
        let key = (line.item.child, line.item.municipality.clone());
        if !children.contains_key(&key) {
            children.insert(key.clone(), eyes.known(key.0, &key.1).await?);
        }
        let known = children.get(&key);
        let allowed = known.is_some_and(|known| match &service {
            Some(service) if leads => known.names(service),
            service => known.allows(line.kind.told, service.as_ref()),
        });
        if allowed {
            seen.push(line);
        }
    }
    Ok(seen)
}
