//! Which system knows which child, and from when: the part of the stories that source systems tell.

/// A child's place in a service that a connected system tells of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// The child's key.
    pub(crate) child: &'static str,
    /// The service's id.
    pub(crate) service: &'static str,
    /// First day there, in days from the first day of the tour.
    pub(crate) from: i64,
    /// Last day there, and the day of the tour on which the system first tells it.
    pub(crate) last: Option<(i64, u8)>,
    /// Day of the tour on which the system first has the child.
    pub(crate) known: u8,
}

const fn place(child: &'static str, service: &'static str, from: i64) -> Place {
    Place { child, service, from, last: None, known: 1 }
}

impl Place {
    /// The last day, as far as the system tells it on day `n`.
    pub(crate) fn last_known(&self, n: u8) -> Option<i64> {
        self.last.filter(|(_, told)| *told <= n).map(|(last, _)| last)
    }
}

/// Pupils, in the school system.
pub(crate) const SCHOOL: &[Place] = &[
    place("frida", "nes-skole", -100),
    place("jonas", "lia-skole", -100),
    Place { known: 3, ..place("mille", "lia-skole", 2) },
    place("nora", "nes-skole", -100),
    place("sander", "lia-skole", -28),
    place("elias", "lia-skole", -300),
    place("tiril", "lia-skole", -260),
    place("oskar", "nes-skole", -100),
    place("kasper", "nes-skole", -130),
];

/// Children on the kindergarten list.
pub(crate) const KINDERGARTEN: &[Place] = &[
    Place { last: Some((1, 1)), ..place("mille", "bjork-barnehage", -800) },
    place("iben", "tussilago-barnehage", -250),
    Place { last: Some((1, 3)), ..place("amira", "bjork-barnehage", -400) },
    place("live", "bjork-barnehage", -300),
];

/// Episodes of care in the municipal health record.
pub(crate) const HEALTH: &[Place] = &[
    place("frida", "helsestasjon", -900),
    place("frida", "ergo-fysio", -110),
    place("jonas", "helsestasjon", -900),
    place("mille", "helsestasjon", -900),
    place("nora", "helsestasjon", -900),
    place("sander", "helsestasjon", -28),
    place("iben", "ergo-fysio", -210),
    place("elias", "ergo-fysio", -310),
    Place { last: Some((1, 3)), ..place("amira", "helsestasjon", -500) },
    Place { last: Some((1, 3)), ..place("amira", "ergo-fysio", -70) },
    place("hakon", "ergo-fysio", -820),
    place("tiril", "helsestasjon", -900),
    place("tiril", "ergo-fysio", -255),
    place("live", "helsestasjon", -900),
];

/// Measures of child welfare; the case began [`CASE_BEFORE_MEASURE`] days earlier.
pub(crate) const CHILD_WELFARE: &[Place] = &[place("oskar", "barnevern", -60), place("kasper", "barnevern", -140)];

/// Days from the start of a child-welfare case to its first measure.
pub(crate) const CASE_BEFORE_MEASURE: i64 = 20;

/// Day of the tour on which a child moves to the neighbouring municipality.
pub(crate) const MOVES: &[(&str, u8)] = &[("amira", 3)];
