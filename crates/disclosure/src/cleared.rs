//! `Cleared<T>`: the only type a recipient adapter accepts, and this crate the only place that can make one.
//!
//! Must never give a way from a value to a `Cleared` but through a decision, and never show the value in Debug.

mod envelope;
mod leaves;
mod notice;
mod package;
mod release;
mod shape;

use std::fmt;

use serde::{Serialize, Serializer};

use crate::request::Recipient;

pub use envelope::{Envelope, EnvelopeError, EnvelopeKind};
pub use notice::{Notice, NoticeKind};
pub use package::{Circumstances, Necessity, Package, Parcel};
pub use release::{ItemDecision, Release, Released, ReleasedItem, release};
pub use shape::{Shape, ShapeError};

/// Something that has been decided may leave, to the recipient it was decided for.
///
/// It is made by [`release`], rearranged by [`Cleared::shape`], or is a [`Notice`]. It can be read and sent, not
/// changed, and there is no way back in: what was stored for later delivery is decided again.
///
/// ```
/// use samhold_disclosure::{Cleared, Envelope, Notice, cleared::EnvelopeKind};
/// let had = Envelope::new()
///     .with(EnvelopeKind::ChildIdentifier, "local_id", "elev-7")
///     .and_then(|e| e.with(EnvelopeKind::Version, "version", 3))
///     .expect("well formed");
/// let notice: Cleared<Notice> = Cleared::retraction(&had).expect("identifier and version");
/// assert!(serde_json::to_string(&notice).expect("serialises").contains("elev-7"));
/// ```
///
/// Outside this crate it cannot be built:
///
/// ```compile_fail,E0451
/// use samhold_disclosure::Cleared;
/// let forged = Cleared { content: serde_json::json!({"diagnosis": "F84"}), to: None, place_hidden: false };
/// ```
///
/// nor turned into something else:
///
/// ```compile_fail,E0616
/// use samhold_disclosure::{Cleared, Released};
/// fn smuggle(mut cleared: Cleared<Released>) { cleared.content.items.clear(); }
/// ```
pub struct Cleared<T> {
    content: T,
    to: Option<Recipient>,
    place_hidden: bool,
}

impl<T> Cleared<T> {
    /// The content, to read.
    #[must_use]
    pub fn get(&self) -> &T {
        &self.content
    }

    /// For whom it was decided; a notice goes to whoever has the earlier message.
    #[must_use]
    pub fn recipient(&self) -> Option<&Recipient> {
        self.to.as_ref()
    }
}

impl<T: Serialize> Serialize for Cleared<T> {
    /// As the content itself.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.content.serialize(serializer)
    }
}

impl<T> fmt::Debug for Cleared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.to.as_ref().map(|to| to.kind.as_str());
        f.debug_struct("Cleared").field("recipient", &kind).finish_non_exhaustive()
    }
}
