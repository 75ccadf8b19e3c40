//! Telling deletions from a server that has lost its data.
//!
//! Must never let many units disappear at once without a person.

/// As few as this can always go: small services have large percentages.
const FEW: usize = 5;

/// Whether `lost` of `before` is more than one read may take away.
pub(crate) fn too_many(lost: usize, before: usize, max_percent: u8) -> bool {
    lost > FEW && lost.saturating_mul(100) > before.saturating_mul(usize::from(max_percent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_may_go_and_many_may_not() {
        assert!(!too_many(5, 5, 20));
        assert!(too_many(6, 6, 20));
        assert!(!too_many(20, 100, 20));
        assert!(too_many(21, 100, 20));
        assert!(!too_many(100, 100, 100));
    }
}
