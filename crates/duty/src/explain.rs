//! placeholder
use crate::answer::Step;
use crate::replay::Picture;
pub(crate) fn steps(_picture: &Picture<'_>) -> Vec<Step> {
    Vec::new()
}
