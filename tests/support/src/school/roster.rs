//! The roster's records as of a day: orgs, classes, users, enrollments.

use samhold_model::Date;
use samhold_model::dates::add_days;
use serde_json::{Value, json};

use super::ROSTER_PATH;
use crate::push::id_of;
use crate::town::places::{Place, SCHOOL};
use crate::town::{ChildStory, Guardian, Service, Town};

/// The records of a collection; `None` when there is no such collection.
pub(super) fn collection(town: &Town, base: &str, name: &str, day: u8) -> Option<Vec<Value>> {
    let roster = Roster { town, base, day };
    Some(match name {
        "orgs" => roster.orgs(),
        "schools" => roster.orgs().into_iter().filter(|o| o.get("type") == Some(&json!("school"))).collect(),
        "classes" => roster.schools().iter().map(|s| roster.class(s)).collect(),
        "users" => roster.users(),
        "students" => {
            roster.users().into_iter().filter(|u| u.pointer("/roles/0/role") == Some(&json!("student"))).collect()
        }
        "enrollments" => roster.enrollments(),
        _ => return None,
    })
}

/// The plural key of a collection's envelope.
pub(super) fn key_of(collection: &str) -> &str {
    match collection {
        "schools" => "orgs",
        "students" => "users",
        other => other,
    }
}

struct Roster<'a> {
    town: &'a Town,
    base: &'a str,
    day: u8,
}

impl Roster<'_> {
    fn id(&self, what: &str) -> String {
        id_of(self.town, &format!("oneroster/{what}"))
    }

    fn reference(&self, kind: &str, id: &str) -> Value {
        json!({"href": format!("{}{ROSTER_PATH}/{kind}s/{id}", self.base), "sourcedId": id, "type": kind})
    }

    fn schools(&self) -> Vec<Service> {
        self.town.services().into_iter().filter(|s| s.kind == "skole_kommunal").collect()
    }

    fn pupils(&self) -> Vec<(&'static Place, &ChildStory)> {
        let known = SCHOOL.iter().filter(|p| p.known <= self.day);
        known.filter_map(|p| self.town.child(p.child).map(|c| (p, c))).collect()
    }

    fn stamp(&self, known: u8) -> String {
        let changed: Date = if known > 1 { self.town.date(known) } else { add_days(self.town.start(), -14) };
        format!("{changed}T06:00:00.000Z")
    }

    fn orgs(&self) -> Vec<Value> {
        let district = json!({"sourcedId": self.id("district"), "status": "active", "dateLastModified": self.stamp(1),
            "name": "Fjellvik kommune", "type": "district", "identifier": crate::numbers::organisation_number(31_990_000)});
        let school = |s: &Service| {
            json!({"sourcedId": self.id(s.id), "status": "active", "dateLastModified": self.stamp(1), "name": s.name,
                "type": "school", "identifier": s.orgnr, "parent": self.reference("org", &self.id("district"))})
        };
        std::iter::once(district).chain(self.schools().iter().map(school)).collect()
    }

    fn class(&self, school: &Service) -> Value {
        json!({"sourcedId": self.id(&format!("class/{}", school.id)), "status": "active", "dateLastModified": self.stamp(1),
            "title": "Basisgruppe", "classType": "homeroom", "school": self.reference("org", &self.id(school.id))})
    }

    fn users(&self) -> Vec<Value> {
        let pupils = self.pupils();
        let mut users: Vec<Value> = pupils.iter().map(|(p, c)| self.pupil(p, c)).collect();
        users.extend(self.schools().iter().map(|s| self.teacher(s)));
        for (place, child) in pupils {
            users.extend(child.guardians.iter().map(|g| self.guardian(place, child, g)));
        }
        users
    }

    fn pupil(&self, place: &Place, child: &ChildStory) -> Value {
        let id = self.id(&format!("user/{}", child.key));
        let org = self.reference("org", &self.id(place.service));
        let feide = format!("{}@fjellvik.example", &id.get(..8).unwrap_or_default());
        let agents: Vec<Value> =
            child.guardians.iter().map(|g| self.reference("user", &self.guardian_id(child, g))).collect();
        json!({"sourcedId": id, "status": "active", "dateLastModified": self.stamp(place.known),
            "userMasterIdentifier": child.national_id, "username": feide,
            "userIds": [{"type": "Feide", "identifier": feide}], "enabledUser": "true",
            "givenName": child.first_name, "familyName": child.last_name,
            "roles": [{"roleType": "primary", "role": "student", "org": org, "beginDate": self.begin(place)}],
            "primaryOrg": org, "agents": agents, "grades": ["04"]})
    }

    fn guardian_id(&self, child: &ChildStory, guardian: &Guardian) -> String {
        self.id(&format!("user/{}/{}", child.key, guardian.role))
    }

    fn guardian(&self, place: &Place, child: &ChildStory, guardian: &Guardian) -> Value {
        let org = self.reference("org", &self.id(place.service));
        json!({"sourcedId": self.guardian_id(child, guardian), "status": "active", "dateLastModified": self.stamp(place.known),
            "userMasterIdentifier": guardian.national_id, "username": self.guardian_id(child, guardian), "enabledUser": "false",
            "givenName": guardian.first_name, "familyName": child.last_name,
            "roles": [{"roleType": "primary", "role": "guardian", "org": org}], "phone": "+4799010001"})
    }

    fn teacher(&self, school: &Service) -> Value {
        let org = self.reference("org", &self.id(school.id));
        json!({"sourcedId": self.id(&format!("teacher/{}", school.id)), "status": "active", "dateLastModified": self.stamp(1),
            "username": format!("laerer.{}", school.id), "enabledUser": "true", "givenName": "Lærer", "familyName": school.name,
            "roles": [{"roleType": "primary", "role": "teacher", "org": org}], "email": format!("laerer.{}@fjellvik.example", school.id)})
    }

    fn enrollments(&self) -> Vec<Value> {
        self.pupils().iter().map(|(place, child)| self.enrollment(place, child)).collect()
    }

    fn enrollment(&self, place: &Place, child: &ChildStory) -> Value {
        let class = self.id(&format!("class/{}", place.service));
        json!({"sourcedId": self.id(&format!("enrollment/{}", child.key)), "status": "active",
            "dateLastModified": self.stamp(place.known),
            "user": self.reference("user", &self.id(&format!("user/{}", child.key))),
            "class": {"href": format!("{}{ROSTER_PATH}/classes/{class}", self.base), "sourcedId": class, "type": "class"},
            "school": self.reference("org", &self.id(place.service)),
            "role": "student", "primary": "false", "beginDate": self.begin(place), "endDate": self.end()})
    }

    fn begin(&self, place: &Place) -> String {
        add_days(self.town.start(), place.from).to_string()
    }

    /// The school year's last day, well after the tour.
    fn end(&self) -> String {
        add_days(self.town.start(), 210).to_string()
    }
}
