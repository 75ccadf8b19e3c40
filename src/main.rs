//! Samhold.
fn main() {}
