//! What administrators do with accounts: find them, disable and enable them, take roles away.

mod change;
mod list;

pub use change::{disable, revoke};
pub use list::list;
