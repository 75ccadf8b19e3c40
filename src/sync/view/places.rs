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

/// Words for the services and the municipality of one child.
pub(super) struct Places<'a> {
    live: &'a Live,
    municipality: &'a str,
    dossier: &'a Dossier,
}

impl<'a> Places<'a> {
    pub(super) fn new(live: &'a Live, municipality: &'a str, dossier: &'a Dossier) -> Self {
        Self { live, municipality, dossier }
    }

    /// With marks on what tells the place by its field or its text, beside those it has.
    pub(super) fn marked(&self, mut parcel: Parcel) -> Parcel {
        let tells = |(field, value): (&String, &Value)| {
            let says = || self.text_tells(field) || self.value_tells(value);
            ALWAYS.contains(&field.as_str()) || !NEUTRAL.contains(&field.as_str()) && says()
        };
        let found: Vec<String> =
            parcel.fields.iter().filter(|entry| tells(*entry)).map(|(field, _)| field.clone()).collect();
        parcel.location.extend(found);
        parcel
    }

    /// Whether a person's name has more to it than a name: a service, a municipality, an address, a number.
    pub(super) fn name_tells(&self, name: &str) -> bool {
        let said = Text::new(name);
        name.contains('@')
            || name.contains(char::is_numeric)
            || PARTS.iter().any(|part| said.whole.contains(&folded(part)))
            || WORDS.iter().any(|word| said.words.iter().any(|said| said == word))
            || self.live.municipality(self.municipality).is_some_and(|m| said.holds(&m.name))
            || self.services().any(|(_, words)| words.iter().any(|word| said.holds(word)))
    }

    /// Whether a text names a place where a child is every day.
    fn text_tells(&self, text: &str) -> bool {
        let said = Text::new(text);
        let daily = self.services().filter(|(kind, _)| kind.as_deref().is_none_or(is_daily));
        daily.into_iter().any(|(_, words)| words.iter().any(|word| said.holds(word)))
    }

    fn value_tells(&self, value: &Value) -> bool {
        match value {
            Value::String(text) => self.text_tells(text),
            Value::Array(_) | Value::Object(_) => self.text_tells(&value.to_string()),
            _ => false,
        }
    }

    /// Every service that is known, by its kind and what it is called.
    fn services(&self) -> impl Iterator<Item = (Option<String>, Vec<String>)> {
        let listed = self.live.loaded.services.iter().map(|service| {
            let aliases = service.aliases.iter().flat_map(|alias| [alias.as_str(), tail(alias)]);
            let units = service.unit.iter().flat_map(|unit| unit.split([',', ';']));
            let words = [service.id.as_str(), &service.name].into_iter().chain(aliases).chain(units);
            (Some(service.kind.clone()), words.map(str::to_owned).collect())
        });
        let unlisted = |service: &String| self.live.loaded.services.get(service).is_none();
        let of_facts = self.dossier.services().into_iter().filter(move |(service, _)| unlisted(service));
        listed.chain(of_facts.map(|(service, kind)| (Some(kind), vec![service])))
    }
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

    fn holds(&self, word: &str) -> bool {
        let word = folded(word);
        match word.chars().count() {
            0 => false,
            n if n < SHORT => self.words.contains(&word),
            _ => self.whole.contains(&word),
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

    #[test]
    fn a_service_is_found_however_it_is_written_and_a_short_one_as_a_word_of_its_own() {
        for said in ["Kari Moen, Lia skole", "Kari Moen (LIA-SKOLE)", "kari.moen.liaskole", "Moen | Lia  Skole"] {
            assert!(Text::new(said).holds("Lia skole"), "{said}");
        }
        assert!(Text::new("Kari, Bjoerk oppvekst").holds("Bjørk oppvekst"));
        assert!(Text::new("Kari (NAV)").holds("nav"));
        assert!(!Text::new("Gunnar Navestad").holds("nav"));
        assert!(!Text::new("Kari Moen").holds("Lia skole"));
        assert!(!Text::new("Kari Moen").holds(" - "));
    }
}
