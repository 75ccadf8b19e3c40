//! Children and guardians of the town.

use samhold_model::Date;
use serde_json::{Value, json};

/// Address protection in the population register.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Protection {
    /// Ugradert.
    #[default]
    None,
    /// Strengt fortrolig (kode 6).
    StrengtFortrolig,
}

/// A grown-up with foreldreansvar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guardian {
    /// First name.
    pub first_name: &'static str,
    /// `mor` or `far`.
    pub role: &'static str,
    /// Date of birth.
    pub birth_date: Date,
    /// Synthetic fødselsnummer.
    pub national_id: String,
}

/// A child of the town and why it is in it.
#[derive(Clone, Debug)]
pub struct ChildStory {
    /// Short key, lower case.
    pub key: &'static str,
    /// First name; for an unborn child something a reader can call it.
    pub first_name: &'static str,
    /// Family name.
    pub last_name: &'static str,
    /// What the child shows, one Norwegian line.
    pub story: &'static str,
    /// Date of birth, where born within the five days.
    pub birth_date: Option<Date>,
    /// Expected date of birth, for a child that the municipality knew before birth.
    pub due_date: Option<Date>,
    /// Day of the tour on which the register has the child; 1 for those already there, `None` for never.
    pub registered_on: Option<u8>,
    /// Synthetic fødselsnummer, once registered.
    pub national_id: Option<String>,
    /// Those with foreldreansvar, the mother first.
    pub guardians: Vec<Guardian>,
    /// Address protection.
    pub protection: Protection,
    /// Street and number.
    pub street: &'static str,
}

impl ChildStory {
    /// The child as the municipality's own facts refer to it. A child known before birth keeps that reference.
    #[must_use]
    pub fn reference(&self) -> Value {
        match (&self.due_date, self.guardians.first(), &self.national_id) {
            (Some(due), Some(mother), _) => {
                json!({"unborn": {"mother": mother.national_id, "due_date": due.to_string(), "ordinal": 1}})
            }
            (_, _, number) => json!({"national_id": number}),
        }
    }

    /// The child by every name it has: what the person who registers the birth writes, so that the newborn is known to be
    /// the expected child.
    #[must_use]
    pub fn whole_reference(&self) -> Value {
        let mut whole = self.reference();
        if let (Some(names), Some(number)) = (whole.as_object_mut(), &self.national_id) {
            names.insert("national_id".to_owned(), json!(number));
        }
        whole
    }

    /// Whether the child was expected on day 1.
    #[must_use]
    pub fn unborn_at_start(&self) -> bool {
        self.due_date.is_some()
    }

    /// Whether the population register has the child on day `n`.
    #[must_use]
    pub fn registered(&self, n: u8) -> bool {
        self.registered_on.is_some_and(|day| day <= n)
    }
}
