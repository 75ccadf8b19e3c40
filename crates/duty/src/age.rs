//! The child's age: from birth, or from the due date until birth is registered (R-13, 4.1 Age).

use samhold_model::Date;
use samhold_model::dates::{LeapBirthday, birthday};

use crate::Family;

/// When the child was or is to be born, as far as it is known so far.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Life<'a> {
    family: &'a Family,
    leap: LeapBirthday,
    registered: Option<(Date, &'a str)>,
}

impl<'a> Life<'a> {
    pub(crate) fn new(family: &'a Family, leap: LeapBirthday) -> Self {
        Self { family, leap, registered: None }
    }

    /// Twins: only the birth that names this child.
    pub(crate) fn born(&mut self, child: &'a str, at: Date) {
        let named = self.family.child.as_deref();
        if self.registered.is_none() && named.is_none_or(|name| name == child) {
            self.registered = Some((at, child));
        }
    }

    fn birth(&self) -> Option<Date> {
        self.family.birth_date.or(self.registered.map(|(at, _)| at))
    }

    pub(crate) fn is_born(&self, day: Date) -> bool {
        self.birth().is_some_and(|birth| birth <= day)
    }

    /// The child's name or id, where it is known.
    pub(crate) fn name(&self) -> Option<&'a str> {
        self.family.child.as_deref().or(self.registered.map(|(_, child)| child))
    }

    /// The day of turning `age`; unknown without birth and due date.
    pub(crate) fn turns(&self, age: i16) -> Option<Date> {
        self.birth().or(self.family.due_date).map(|anchor| birthday(anchor, age, self.leap))
    }

    pub(crate) fn is_at_least(&self, age: i16, day: Date) -> bool {
        self.turns(age).is_some_and(|turned| turned <= day)
    }
}
