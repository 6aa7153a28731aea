//! The queue dashboard at `/ui`: what waits, what failed, what runs beside the requests; and the
//! few things that an administrator does about it, each written down.
//!
//! The page ([`page`]) is files of this binary that say nothing of anybody. It signs in at the
//! gateway - through it directly, on booking's own port by [`signin`] - keeps its token in memory,
//! and asks the routes under `/ui/api`, which only administrators may. Queues are the topics of the
//! outbox, which booking owns, and notification's ledger of mails, which it asks for.

pub mod actions;
mod audit;
pub mod events;
pub mod jobs;
pub mod overview;
pub mod page;
pub mod signin;
mod store;

pub use audit::list as list_audit;

use service_kit::str_enum;

use crate::{error::Error, outbox};

str_enum! {
    /// What can be looked into, paused and resumed.
    pub enum Queue {
        /// Outbox: holds to be sold.
        Sell = "hold.sell",
        /// Outbox: holds to be released.
        Release = "hold.release",
        /// Outbox: mails that notification does not know yet.
        Email = "email",
        /// Notification's ledger.
        Mails = "mails",
    }
}

impl Queue {
    /// The queue of this name.
    fn named(name: &str) -> Result<Self, Error> {
        name.parse().map_err(|_| Error::NoSuchQueue)
    }

    /// The topic of the outbox; `None` for the ledger.
    fn topic(self) -> Option<&'static str> {
        match self {
            Self::Sell => Some(outbox::SELL),
            Self::Release => Some(outbox::RELEASE),
            Self::Email => Some(outbox::EMAIL),
            Self::Mails => None,
        }
    }
}
