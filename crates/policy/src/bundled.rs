//! The policies that come with the program: a municipality that has none of its own uses these.
//!
//! Must never differ from `config/policies`, which is where they are written.

/// Name and text of each file.
pub(crate) const FILES: &[(&str, &str)] = &[
    ("10-grunnlag.cedar", include_str!("../../../config/policies/10-grunnlag.cedar")),
    ("20-samtykke.cedar", include_str!("../../../config/policies/20-samtykke.cedar")),
    ("30-forbud.cedar", include_str!("../../../config/policies/30-forbud.cedar")),
    ("40-sladding.cedar", include_str!("../../../config/policies/40-sladding.cedar")),
    ("90-strengere.cedar", include_str!("../../../config/policies/90-strengere.cedar")),
];
