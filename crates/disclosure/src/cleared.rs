//! `Cleared<T>`: the only type recipient adapters accept, and only this crate can make one.
//!
//! Must never get a public constructor, nor a way to change the content without a decision.

/// Content that a decision has let out. Reading is free; making one is not.
pub struct Cleared<T> {
    content: T,
}

impl<T> Cleared<T> {
    /// What was let out.
    #[must_use]
    pub fn get(&self) -> &T {
        &self.content
    }
}

impl<T> std::fmt::Debug for Cleared<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cleared(…)")
    }
}
