//! What bookings cause elsewhere: seats sold or released in flights, e-mails in the queue.

pub mod email;
pub mod holds;

/// Topic: `{bookingId, holdId}`, the hold's seats become sold.
pub const SELL: &str = "hold.sell";
/// Topic: `{bookingId, holdId}`, the hold's seats go back.
pub const RELEASE: &str = "hold.release";
/// Topic: an e-mail, see [`email`].
pub const EMAIL: &str = "email";
/// All of them.
pub const TOPICS: &[&str] = &[SELL, RELEASE, EMAIL];
