//! Seat holds, for booking alone. A hold is keyed by an id that booking chose and committed first;
//! every change of it is one conditional UPDATE, so each may be repeated, in any order.

pub mod id;
pub mod purge;
pub mod put;
pub mod release;
pub mod sell;
pub mod store;

service_kit::str_enum! {
    /// Where a hold stands, as the column keeps it.
    pub enum State {
        /// Seats are taken and wait for payment.
        Held = "HELD",
        /// Seats are sold.
        Sold = "SOLD",
        /// Seats were given back, or never taken (a tombstone).
        Released = "RELEASED",
    }
}

impl From<State> for contracts::holds::HoldState {
    fn from(state: State) -> Self {
        match state {
            State::Held => Self::Held,
            State::Sold => Self::Sold,
            State::Released => Self::Released,
        }
    }
}
