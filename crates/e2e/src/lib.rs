//! What proves the whole: the system as real processes ([`stack`]), its books ([`audit`]),
//! its behaviour when parts of it are killed ([`chaos`]), its speed ([`mod@bench`]).
//!
//! Start reading at [`story`]: it tells what a person does; [`stack::Stack`] is where it
//! is done.

pub mod api;
pub mod bench;
pub mod chaos;
pub mod fuzz;
pub mod inbox;
pub mod stack;
pub mod story;
pub mod traveller;
