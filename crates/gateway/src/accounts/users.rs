//! What administrators do with accounts: find them, disable and enable them, take roles away.

mod change;
mod list;

pub use change::{change_doc, disable, revoke, revoke_doc};
pub use list::list;
