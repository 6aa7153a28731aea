//! `test` and `lint`: what must pass before a merge.

mod docker;
mod lint;
mod test;

pub use lint::lint;
pub use test::test;
