//! What a booking is and which transitions are legal. Pure: no database, no clock.

pub mod cancel;
pub mod create;
pub mod ending;
pub mod events;
pub mod get;
pub mod list;
pub mod locator;
pub mod request;
pub mod store;
pub mod transitions;
pub mod view;

use service_kit::str_enum;

str_enum! {
    /// Where a booking stands.
    #[schemars(rename = "BookingStatus")]
    pub enum Status {
        /// Created; seats are being held or are held; waits for payment until `expiresAt`.
        Initiated = "INITIATED",
        /// A payment attempt is running at the provider.
        Pending = "PENDING",
        /// Paid, seats sold.
        Booked = "BOOKED",
        /// Ended; `reason` says why.
        Cancelled = "CANCELLED",
    }
}

str_enum! {
    /// Where the seats of a booking stand, as booking knows; flights owns the fact.
    pub enum SeatState {
        /// Asked for, or about to be.
        Requested = "REQUESTED",
        /// Taken, waiting for payment.
        Held = "HELD",
        /// Sold.
        Sold = "SOLD",
        /// To be given back.
        Releasing = "RELEASING",
        /// Given back, or never taken.
        Released = "RELEASED",
    }
}

str_enum! {
    /// Why a booking ended.
    #[schemars(rename = "CancellationReason")]
    pub enum Reason {
        /// Not enough seats were left.
        NoSeats = "NO_SEATS",
        /// No such flight.
        InvalidFlight = "INVALID_FLIGHT",
        /// The flight had departed.
        FlightDeparted = "FLIGHT_DEPARTED",
        /// The flights are sold in different currencies.
        CurrencyMismatch = "CURRENCY_MISMATCH",
        /// Nobody paid in time.
        Expired = "EXPIRED",
        /// It was never learnt whether the seats could be had.
        Abandoned = "ABANDONED",
        /// The customer cancelled.
        Customer = "CUSTOMER",
        /// The airline cancelled.
        Airline = "AIRLINE",
        /// A payment was declined when no time was left.
        PaymentFailed = "PAYMENT_FAILED",
    }
}

str_enum! {
    /// The kind of a passenger.
    pub enum PassengerType {
        /// Twelve or older.
        Adult = "ADULT",
        /// Two to eleven.
        Child = "CHILD",
        /// Under two, without a seat.
        Infant = "INFANT",
    }
}

/// Whether the protocol allows this transition. The database's guards enforce it; the audit
/// replays a booking's events by it.
pub fn is_legal(from: Option<Status>, to: Status) -> bool {
    use Status::{Booked, Cancelled, Initiated, Pending};
    matches!(
        (from, to),
        (None, Initiated)
            | (Some(Initiated), Pending | Cancelled)
            | (Some(Pending), Booked | Initiated | Cancelled)
            | (Some(Booked), Cancelled)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_seven_transitions_of_the_protocol_are_legal() {
        let starts = [None]
            .into_iter()
            .chain(Status::ALL.iter().copied().map(Some));
        let pairs = starts.flat_map(|from| Status::ALL.iter().map(move |to| (from, *to)));
        assert_eq!(pairs.filter(|(from, to)| is_legal(*from, *to)).count(), 7);
        assert!(!is_legal(Some(Status::Cancelled), Status::Booked));
        assert!(!is_legal(Some(Status::Booked), Status::Initiated));
    }
}
