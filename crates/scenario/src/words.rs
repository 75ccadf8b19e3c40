//! The closed lists of words an enum may be written as, taken from the type itself.
//!
//! Must never hold a list of its own: a word added to the vocabulary is known here at once.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::forward_to_deserialize_any;

/// All words of a unit-only enum, in the order of its variants.
pub(crate) fn words_of<T: for<'de> Deserialize<'de>>() -> &'static [&'static str] {
    match T::deserialize(Asks) {
        Err(Answered(words)) => words,
        Ok(_) => &[],
    }
}

/// A deserializer that holds nothing; it only listens which words the type would take.
struct Asks;

/// The "error" that carries them back.
#[derive(Debug)]
struct Answered(&'static [&'static str]);

impl fmt::Display for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nothing to read")
    }
}

impl std::error::Error for Answered {}

impl Error for Answered {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self(&[])
    }
}

impl<'de> Deserializer<'de> for Asks {
    type Error = Answered;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Answered> {
        Err(Answered(&[]))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Answered> {
        Err(Answered(variants))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use samhold_disclosure::Reason;
    use samhold_duty::answer::{Alert, Basis};

    #[test]
    fn the_words_are_those_of_the_vocabulary() {
        let codes: Vec<&str> = Reason::ALL.iter().map(|r| r.code()).collect();
        assert_eq!(words_of::<Reason>(), codes);
        assert_eq!(words_of::<Basis>(), ["hol-7-2a", "decision", "agreement", "hol-7-2", "clear-case", "default"]);
        assert!(words_of::<Alert>().contains(&"BK_ENDED_AT_18"));
        assert!(words_of::<String>().is_empty());
    }
}
