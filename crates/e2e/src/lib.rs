//! What proves the whole: the system as real processes ([`stack`]), its books ([`audit`]).
//!
//! Start reading at `tests/it/story.rs`: it tells what a person does; [`stack::Stack`] is where it
//! is done.

pub mod api;
pub mod audit;
pub mod bench;
pub mod stack;
pub mod traveller;
