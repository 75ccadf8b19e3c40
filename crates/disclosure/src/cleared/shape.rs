//! Outbound mapping of what was released: it may rearrange, and nothing more.
//!
//! Must never trust a mapping: what it made is compared, value by value, with what it was given.

use serde_json::{Map, Value};

use super::leaves::Allowed;
use super::{Cleared, Envelope, EnvelopeKind, Released};

/// An outbound mapping, implemented elsewhere.
pub trait Shape {
    /// Values the mapping itself writes, such as a message type. They are asked for before it sees the child's data.
    fn constants(&self) -> Vec<Value>;

    /// Object keys the mapping writes, besides names of released fields and envelope entries.
    fn keys(&self) -> Vec<String>;

    /// Arranges released items and envelope as the recipient wants them.
    ///
    /// # Errors
    /// Why it cannot, without any value of the child's data.
    fn arrange(&self, released: &Released, envelope: &Map<String, Value>) -> Result<Value, String>;
}

/// A message that must not be sent. Each is a deny and an alarm; none holds a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShapeError {
    /// A value that was not released.
    #[error(
        "the mapping wrote a value at `{place}` that was not released and is no constant; \
         map it from a released field or declare the constant"
    )]
    NotReleased {
        /// JSON pointer into the message.
        place: String,
    },
    /// An object key that is not declared.
    #[error("the mapping wrote a key inside `{place}` that it does not declare; declare it in the mapping")]
    KeyNotDeclared {
        /// JSON pointer to the object.
        place: String,
    },
    /// The mapping itself failed.
    #[error("the mapping failed: {0}")]
    Mapping(String),
}

impl Cleared<Released> {
    /// Rearranges the released items by an outbound mapping.
    ///
    /// The envelope, child identifiers included, goes along because something was released: without an item there is
    /// no `Cleared`. The municipality is a place, and left out where the child's place is hidden.
    ///
    /// # Errors
    /// [`ShapeError`] when the message holds anything that is neither released, constant nor envelope.
    pub fn shape(self, shape: &dyn Shape, envelope: &Envelope) -> Result<Cleared<Value>, ShapeError> {
        let envelope = envelope.values(|kind| self.may_carry(kind));
        let allowed = self.allowed(shape, &envelope);
        let message = shape.arrange(&self.content, &envelope).map_err(ShapeError::Mapping)?;
        match allowed.stranger(&message) {
            None => Ok(Cleared { content: message, to: self.to, place_hidden: self.place_hidden }),
            Some((place, true)) => Err(ShapeError::KeyNotDeclared { place }),
            Some((place, false)) => Err(ShapeError::NotReleased { place }),
        }
    }

    fn may_carry(&self, kind: EnvelopeKind) -> bool {
        let names_the_place = kind == EnvelopeKind::Municipality;
        !self.content.items.is_empty() && (!names_the_place || !self.place_hidden)
    }

    fn allowed(&self, shape: &dyn Shape, envelope: &Map<String, Value>) -> Allowed {
        let mut allowed = Allowed::default();
        allowed.add_keys(shape.keys());
        shape.constants().iter().for_each(|constant| allowed.add(constant));
        let fields = self.content.items.iter().map(|item| &item.fields);
        for (name, value) in fields.chain([envelope]).flatten() {
            allowed.add_keys([name.clone()]);
            allowed.add(value);
        }
        allowed
    }
}
