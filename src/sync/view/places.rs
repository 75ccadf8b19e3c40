//! Which values tell where a child is: the name of a school in a roster, an e-mail domain, a unit in a coordinator's
//! signature (RULES 6.4, 6.7).
//!
//! It only marks; whom a mark holds something back from is disclosure's to decide. Where it cannot tell, it must mark: a name
//! too many that is held back costs a telephone call, a place too many that is told may cost a life.

use samhold_disclosure::cleared::Parcel;
use serde_json::Value;

use crate::sync::dossier::Dossier;
use crate::sync::engine::Live;

/// Fields that always tell it, whatever stands in them and whatever the municipality has set.
const ALWAYS: [&str; 4] = ["service_unit", "municipality", "phone", "email"];
/// Always the koordinerende enhet's, so that it tells nothing of this child.
const NEUTRAL: [&str; 1] = ["contact_point"];
/// Categories whose fields are named and written by people.
const FREE_TEXT: [&str; 2] = ["plan_goals", "plan_full"];
/// Kinds of services where a child is every day begin so.
const DAILY: [&str; 4] = ["skole", "barnehage", "sfo", "vgs"];
/// Parts of words that the name of such a place is made of, registered or not.
const PARTS: [&str; 6] = ["skole", "skule", "barnehage", "barnehave", "oppvekst", "videregående"];
/// Whole words of the same kind.
const WORDS: [&str; 3] = ["sfo", "aks", "vgs"];
/// A word shorter than this stands inside many others, and is looked for as a whole word.
const SHORT: usize = 5;

/// Whether a child is at a service of this kind every day.
pub(super) fn is_daily(kind: &str) -> bool {
    DAILY.iter().any(|word| kind.starts_with(word))
}

/// What a service, or the municipality, is called.
struct Called {
    /// Folded.
    word: String,
    /// A child may be there every day.
    daily: bool,
}

/// The names to look for in what is offered of one child; none for a child without protection, of whom no mark holds
/// anything back.
pub(super) struct Places {
    called: Option<Vec<Called>>,
}

impl Places {
    pub(super) fn new(live: &Live, municipality: &str, dossier: &Dossier) -> Self {
        let guarded = dossier.protection() != "none";
        Self { called: guarded.then(|| called(live, municipality, dossier)) }
    }

    /// With marks on what tells the place by its field or its text, beside those it has.
    pub(super) fn marked(&self, mut parcel: Parcel) -> Parcel {
        // What people write freely may name any place in any way: of a protected child nobody can tell by looking for words.
        let free = FREE_TEXT.contains(&parcel.category.as_str()) && self.called.is_some();
        let tells = |field: &str, value: &Value| {
            let says = || self.text_tells(field) || self.value_tells(value);
            free || ALWAYS.contains(&field) || !NEUTRAL.contains(&field) && says()
        };
        let found = parcel.fields.iter().filter(|(field, value)| tells(field, value));
        parcel.location.extend(found.map(|(field, _)| field.clone()).collect::<Vec<_>>());
        parcel
    }

    /// Whether a person's name has more to it than a name: a service, a municipality, an address, a number.
    pub(super) fn name_tells(&self, name: &str) -> bool {
        let Some(called) = &self.called else { return false };
        let said = Text::new(name);
        // A signature: what stands behind a comma or in brackets is no name.
        let of_a_name = |c: char| c.is_alphabetic() || [' ', '-', '\'', '’'].contains(&c);
        !name.chars().all(of_a_name)
            || PARTS.iter().any(|part| said.whole.contains(&folded(part)))
            || WORDS.iter().any(|word| said.words.iter().any(|said| said == word))
            || called.iter().any(|called| said.holds(&called.word))
    }

    /// Whether a text names a place where a child is every day.
    fn text_tells(&self, text: &str) -> bool {
        let Some(called) = &self.called else { return false };
        let said = Text::new(text);
        called.iter().any(|called| called.daily && said.holds(&called.word))
    }

    fn value_tells(&self, value: &Value) -> bool {
        match value {
            Value::String(text) => self.text_tells(text),
            Value::Array(_) | Value::Object(_) => self.text_tells(&value.to_string()),
            _ => false,
        }
    }
}

/// Every service that is known, by all that it is called, and the municipality.
fn called(live: &Live, municipality: &str, dossier: &Dossier) -> Vec<Called> {
    let services = &live.loaded.services;
    let as_one = |word: &str, daily: bool| Called { word: folded(word), daily };
    let listed = services.iter().flat_map(|service| {
        let aliases = service.aliases.iter().flat_map(|alias| [alias.as_str(), tail(alias)]);
        let units = service.unit.iter().flat_map(|unit| unit.split([',', ';']));
        let words = [service.id.as_str(), &service.name].into_iter().chain(aliases).chain(units);
        words.map(|word| as_one(word, is_daily(&service.kind))).collect::<Vec<_>>()
    });
    let of_facts = dossier.services().into_iter().filter(|(service, _)| services.get(service).is_none());
    let unlisted = of_facts.map(|(service, kind)| as_one(&service, is_daily(&kind)));
    // Nobody signs with «kommune» alone: the name of the place is enough.
    let own = live.municipality(municipality).map(|m| as_one(m.name.trim_end_matches("kommune"), false));
    listed.chain(unlisted).chain(own).collect()
}

/// A text to look in.
struct Text {
    /// Without spaces, hyphens and the like.
    whole: String,
    words: Vec<String>,
}

impl Text {
    fn new(text: &str) -> Self {
        let words = text.split(|c: char| !c.is_alphanumeric()).map(folded).filter(|word| !word.is_empty());
        Self { whole: folded(text), words: words.collect() }
    }

    /// Whether a folded word stands in it.
    fn holds(&self, word: &str) -> bool {
        match word.chars().count() {
            0 => false,
            n if n < SHORT => self.words.iter().any(|said| said == word),
            _ => self.whole.contains(word),
        }
    }
}

/// What a source calls a service, without what stands before it: `orgnr:310778001`, `skole/org-skole-1`.
fn tail(alias: &str) -> &str {
    alias.rsplit([':', '/']).next().unwrap_or(alias)
}

/// Letters and digits alone, small, with æ, ø and å as an e-mail address writes them.
fn folded(text: &str) -> String {
    let plain = |c: char| match c {
        'å' => 'a',
        'ø' | 'ö' => 'o',
        'æ' | 'ä' => 'e',
        c => c,
    };
    let letters: String =
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).map(plain).collect();
    letters.replace("aa", "a").replace("oe", "o").replace("ae", "e")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(said: &str, word: &str) -> bool {
        Text::new(said).holds(&folded(word))
    }

    #[test]
    fn a_service_is_found_however_it_is_written_and_a_short_one_as_a_word_of_its_own() {
        for said in ["Kari Moen, Lia skole", "Kari Moen (LIA-SKOLE)", "kari.moen.liaskole", "Moen | Lia  Skole"] {
            assert!(holds(said, "Lia skole"), "{said}");
        }
        assert!(holds("Kari, Bjoerk oppvekst", "Bjørk oppvekst"));
        assert!(holds("Kari (NAV)", "nav"));
        assert!(!holds("Gunnar Navestad", "nav"));
        assert!(!holds("Kari Moen", "Lia skole"));
        assert!(!holds("Kari Moen", " - "));
    }

    #[test]
    fn a_name_with_more_to_it_than_a_name_tells_the_place_though_nobody_has_registered_it() {
        let guarded = Places { called: Some(Vec::new()) };
        for signed in ["Kari Moen, Ås skule", "Kari Moen (SFO)", "Kari, Fjell vgs", "kari@ås.example", "Kari tlf 99 01"]
        {
            assert!(guarded.name_tells(signed), "{signed}");
        }
        for signed in ["Kari Moen, Lia", "Kari Moen (Lia)", "Kari Moen / Lia sk."] {
            assert!(guarded.name_tells(signed), "{signed}");
        }
        assert!(!guarded.name_tells("Kari Moen") && !guarded.name_tells("Ann-Kari d'Orsay Ødegård"));
        assert!(!Places { called: None }.name_tells("Kari Moen, Ås skule"), "no mark of an unprotected child counts");
    }

    #[test]
    fn units_telephones_and_e_mail_addresses_tell_it_whatever_stands_in_them_and_the_contact_point_never() {
        let called =
            vec![Called { word: folded("Lia skole"), daily: true }, Called { word: folded("Havn"), daily: false }];
        let fields = serde_json::json!({"service_unit": "x", "email": "x", "phone": "x", "municipality": "x",
            "contact_point": "Lia skole", "maal": {"hva": ["Trygg vei til Lia skole"]}, "annet": "Ro i Havn"});
        let parcel = Parcel { fields: fields.as_object().cloned().unwrap_or_default(), ..Parcel::default() };
        let marked = Places { called: Some(called) }.marked(parcel);
        let names: Vec<&str> = marked.location.iter().map(String::as_str).collect();
        assert_eq!(names, ["email", "maal", "municipality", "phone", "service_unit"]);
    }

    #[test]
    fn of_a_protected_child_everything_that_people_write_freely_may_tell_it_whatever_the_field_is_called() {
        let goals = serde_json::json!({"contact_point": "Lia skole, 3. trinn", "ro": "Går på sfo"});
        let parcel = Parcel {
            category: "plan_goals".into(),
            fields: goals.as_object().cloned().unwrap_or_default(),
            ..Parcel::default()
        };
        assert_eq!(Places { called: Some(Vec::new()) }.marked(parcel.clone()).location.len(), 2);
        assert!(Places { called: None }.marked(parcel).location.is_empty());
    }
}
