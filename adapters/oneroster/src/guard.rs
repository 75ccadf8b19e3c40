//! Telling a real change from a list that was cut.
//!
//! Must never let many pupils disappear at once without a person.

/// Fewer than this can always go: small schools have large percentages.
const FEW: usize = 5;

/// Whether `lost` of `before` is more than one poll may take away.
pub(crate) fn too_many(lost: usize, before: usize, max_percent: u8) -> bool {
    lost > FEW && lost.saturating_mul(100) > before.saturating_mul(usize::from(max_percent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_may_always_go_and_many_never() {
        assert!(!too_many(5, 5, 20));
        assert!(too_many(6, 6, 20));
        assert!(!too_many(20, 100, 20));
        assert!(too_many(21, 100, 20));
        assert!(!too_many(100, 100, 100));
        assert!(too_many(6, 0, 100));
    }
}
