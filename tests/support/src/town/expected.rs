//! What the answer should be for each child on each day, once everything told so far has arrived: the tour's own key.
//!
//! Written from the stories, not computed: the rules are checked against it.

/// The expected answer on one day, in the words of the vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// State of the duty, e.g. `held`.
    pub state: &'static str,
    /// Kind of holder, e.g. `service`.
    pub holder_kind: &'static str,
    /// The service or person; empty for the municipality and for nobody.
    pub holder: &'static str,
}

const fn service(id: &'static str) -> Expected {
    Expected { state: "held", holder_kind: "service", holder: id }
}

const fn coordinator(person: &'static str) -> Expected {
    Expected { state: "held", holder_kind: "barnekoordinator", holder: person }
}

const fn municipality(state: &'static str) -> Expected {
    Expected { state, holder_kind: "municipality", holder: "" }
}

const STAND_IN: Expected = Expected { state: "held", holder_kind: "barnekoordinator_substitute", holder: "ole-dahl" };
const MOVED_OUT: Expected = Expected { state: "ended", holder_kind: "none", holder: "" };

/// Child, and the answers with the first day each holds.
const ANSWERS: &[(&str, &[(u8, Expected)])] = &[
    ("frida", &[(1, service("nes-skole"))]),
    ("ylva", &[(1, coordinator("kari-moen"))]),
    ("jonas", &[(1, municipality("disputed")), (3, service("lia-skole"))]),
    ("mille", &[(1, service("bjork-barnehage")), (3, municipality("held_by_default")), (4, service("lia-skole"))]),
    ("nora", &[(1, service("helsestasjon"))]),
    ("sander", &[(1, service("krisesenter"))]),
    ("iben", &[(1, service("ergo-fysio"))]),
    ("elias", &[(1, coordinator("siri-berg")), (2, municipality("vacant")), (4, STAND_IN)]),
    ("amira", &[(1, service("helsestasjon")), (3, MOVED_OUT)]),
    ("hakon", &[(1, coordinator("kari-moen")), (4, municipality("held_by_default"))]),
    ("tiril", &[(1, coordinator("eva-holm"))]),
    ("live", &[(1, service("bjork-barnehage"))]),
    ("selma", &[(1, service("helsestasjon"))]),
    ("oskar", &[(1, municipality("held_by_default"))]),
    ("kasper", &[(1, municipality("held_by_default")), (2, service("barnevern"))]),
];

/// The answer for a child on day `n`; `None` for an unknown child.
pub(super) fn on(child: &str, n: u8) -> Option<Expected> {
    let (_, answers) = ANSWERS.iter().find(|(key, _)| *key == child)?;
    answers.iter().rev().find(|(from, _)| *from <= n).map(|(_, expected)| *expected)
}
