//! What can go wrong, and the one table of what that answers.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use contracts::{CallError, erasure::BLOCKED, jobs::NOT_NOW};
use service_kit::{
    db::{self, Failing},
    http::problem::Problem,
};

use crate::{bookings::Reason, erasure::Blocker};

/// An operation's failure.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not there, or not the caller's to know of.
    #[error("there is no such booking")]
    NoSuchBooking,
    /// The seats were refused, and the booking ended for this reason.
    #[error("seats refused: {0}")]
    Refused(Reason),
    /// Nothing that can be paused has this name.
    #[error("there is no such queue")]
    NoSuchQueue,
    /// The queue has no such job.
    #[error("there is no such job")]
    NoSuchJob,
    /// Where the job stands, this cannot be done.
    #[error("the job cannot be worked: {0}")]
    NotNow(&'static str),
    /// The user has as many unpaid bookings as allowed.
    #[error("too many unpaid bookings")]
    TooManyHolds,
    /// Whose token was good a moment ago is erased.
    #[error("the account is erased")]
    AccountErased,
    /// Somebody cannot be erased while these stand.
    #[error("the erasure is blocked by {0:?}")]
    ErasureBlocked(Vec<Blocker>),
    /// Paid already.
    #[error("paid already")]
    AlreadyPaid,
    /// A payment attempt is running.
    #[error("a payment is running")]
    PaymentInProgress,
    /// The time to pay is over.
    #[error("the booking has expired")]
    BookingExpired,
    /// The booking is cancelled.
    #[error("the booking has ended")]
    BookingEnded,
    /// Seats are still being asked for.
    #[error("the seats are not held yet")]
    BookingNotReady,
    /// Too late to cancel.
    #[error("the first flight has departed")]
    Departed,
    /// The amount is not the booking's total.
    #[error("the amount is not the total")]
    AmountMismatch,
    /// The provider said no.
    #[error("the payment was declined")]
    PaymentDeclined,
    /// No idempotency key where one is required.
    #[error("an idempotency key is required")]
    KeyMissing,
    /// The key was used for another request.
    #[error("the key was used for another request")]
    KeyReused,
    /// The first request with this key still runs.
    #[error("the first request with this key still runs")]
    KeyInProgress,
    /// Flights or the provider cannot be reached, or did not answer in time.
    #[error("upstream: {0}")]
    Upstream(CallError),
    /// Bad input.
    #[error("bad input")]
    Input(Problem),
    /// The database failed.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// Something that cannot be is.
    #[error("invariant broken: {0}")]
    Broken(String),
}

impl Failing for Error {
    fn database(&self) -> Option<&sqlx::Error> {
        match self {
            Self::Database(error) => Some(error),
            _ => None,
        }
    }
}

impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        error.problem()
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Input(problem)
    }
}

impl Error {
    /// The problem that a client is told. Causes of 5xx are logged here, once.
    pub fn problem(&self) -> Problem {
        use StatusCode as S;
        let conflict = |code, detail: &str| Problem::new(S::CONFLICT, code, detail);
        match self {
            Self::NoSuchBooking => Problem::not_found("booking"),
            Self::NoSuchQueue => Problem::not_found("queue"),
            Self::NoSuchJob => Problem::not_found("job"),
            Self::NotNow(why) => conflict(NOT_NOW, why),
            Self::Refused(reason) => refusal(*reason),
            Self::TooManyHolds => {
                conflict("TOO_MANY_HOLDS", "Pay or cancel an unpaid booking first")
            }
            Self::AccountErased => Problem::unauthenticated("The account of this token is gone"),
            Self::ErasureBlocked(blockers) => blocked(blockers),
            Self::AlreadyPaid => conflict("ALREADY_PAID", "This booking is paid already"),
            Self::PaymentInProgress => conflict(
                "PAYMENT_IN_PROGRESS",
                "A payment of this booking is running",
            )
            .retry_after(1),
            Self::BookingExpired => conflict("BOOKING_EXPIRED", "The time to pay is over"),
            Self::BookingEnded => conflict("BOOKING_ENDED", "This booking has ended"),
            Self::BookingNotReady => {
                conflict("BOOKING_NOT_READY", "The seats are not held yet").retry_after(1)
            }
            Self::Departed => conflict("DEPARTED", "The first flight has departed"),
            Self::AmountMismatch => {
                let detail = "totalCost is not the total of this booking";
                Problem::new(S::UNPROCESSABLE_ENTITY, "AMOUNT_MISMATCH", detail).naming(
                    "totalCost",
                    "amount",
                    "is not the total of this booking",
                )
            }
            Self::PaymentDeclined => Problem::new(
                S::PAYMENT_REQUIRED,
                "PAYMENT_DECLINED",
                "The payment was declined",
            ),
            Self::KeyMissing => {
                let detail = "Send x-idempotency-key, 1-255 printable ASCII characters";
                Problem::new(S::BAD_REQUEST, "KEY_MISSING", detail)
            }
            Self::KeyReused => {
                let detail = "This idempotency key was used for another request";
                Problem::new(S::UNPROCESSABLE_ENTITY, "KEY_REUSED", detail)
            }
            Self::KeyInProgress => {
                let detail = "The first request with this key still runs";
                conflict("IDEMPOTENCY_IN_PROGRESS", detail).retry_after(1)
            }
            Self::Input(problem) => problem.clone(),
            Self::Upstream(cause) => {
                tracing::warn!(%cause, "a service did not answer");
                Problem::unavailable("A service that this needs does not answer; try again")
            }
            Self::Database(cause) if db::is_away(cause) => {
                tracing::warn!(%cause, "the database is away");
                Problem::unavailable("Try again in a moment")
            }
            Self::Database(cause) => {
                tracing::error!(%cause, "a statement failed");
                Problem::internal()
            }
            Self::Broken(what) => {
                tracing::error!(what, alert = true, "an invariant is broken");
                Problem::internal()
            }
        }
    }
}

fn blocked(blockers: &[Blocker]) -> Problem {
    let detail = "Something of this account is still under way";
    let problem = Problem::new(StatusCode::CONFLICT, BLOCKED, detail);
    blockers.iter().fold(problem, |problem, blocker| {
        let (field, message) = match blocker {
            Blocker::BookingUnpaid => ("bookings", "one is not paid: cancel it or wait"),
            Blocker::BookingBeingPaid => ("bookings", "one is being paid"),
            Blocker::BookingAhead => ("bookings", "one has not departed: cancel it or wait"),
            Blocker::RefundPending => ("refunds", "money is on its way back"),
            Blocker::MailPending => ("mails", "one is on its way to you"),
        };
        problem.naming(field, blocker.as_str(), message)
    })
}

fn refusal(reason: Reason) -> Problem {
    let (status, code, detail) = match reason {
        Reason::NoSeats => (
            StatusCode::CONFLICT,
            "NO_SEATS",
            "There are not enough seats left",
        ),
        Reason::InvalidFlight => (
            StatusCode::NOT_FOUND,
            "INVALID_FLIGHT",
            "There is no such flight",
        ),
        Reason::FlightDeparted => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "FLIGHT_DEPARTED",
            "The flight has departed",
        ),
        Reason::CurrencyMismatch => {
            let detail = "All flights of a booking must be sold in one currency";
            (
                StatusCode::UNPROCESSABLE_ENTITY,
                "CURRENCY_MISMATCH",
                detail,
            )
        }
        _ => (
            StatusCode::CONFLICT,
            "BOOKING_ENDED",
            "This booking has ended",
        ),
    };
    Problem::new(status, code, detail)
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        self.problem().into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_error_has_the_status_and_code_of_the_contract() {
        let table: [(Error, u16, &str); 21] = [
            (Error::NoSuchBooking, 404, "NOT_FOUND"),
            (Error::NoSuchQueue, 404, "NOT_FOUND"),
            (Error::NoSuchJob, 404, "NOT_FOUND"),
            (Error::NotNow("It is done"), 409, "NOT_NOW"),
            (Error::Refused(Reason::NoSeats), 409, "NO_SEATS"),
            (Error::Refused(Reason::InvalidFlight), 404, "INVALID_FLIGHT"),
            (
                Error::Refused(Reason::FlightDeparted),
                422,
                "FLIGHT_DEPARTED",
            ),
            (
                Error::Refused(Reason::CurrencyMismatch),
                422,
                "CURRENCY_MISMATCH",
            ),
            (Error::TooManyHolds, 409, "TOO_MANY_HOLDS"),
            (Error::AccountErased, 401, "UNAUTHENTICATED"),
            (
                Error::ErasureBlocked(vec![Blocker::BookingAhead]),
                409,
                "ERASURE_BLOCKED",
            ),
            (Error::AlreadyPaid, 409, "ALREADY_PAID"),
            (Error::PaymentInProgress, 409, "PAYMENT_IN_PROGRESS"),
            (Error::BookingExpired, 409, "BOOKING_EXPIRED"),
            (Error::BookingNotReady, 409, "BOOKING_NOT_READY"),
            (Error::Departed, 409, "DEPARTED"),
            (Error::AmountMismatch, 422, "AMOUNT_MISMATCH"),
            (Error::PaymentDeclined, 402, "PAYMENT_DECLINED"),
            (Error::KeyMissing, 400, "KEY_MISSING"),
            (Error::KeyReused, 422, "KEY_REUSED"),
            (Error::KeyInProgress, 409, "IDEMPOTENCY_IN_PROGRESS"),
        ];
        for (error, status, code) in table {
            let problem = error.problem();
            assert_eq!((problem.status().as_u16(), problem.code()), (status, code));
        }
        let broken = Error::Broken("secret cause".to_owned()).problem();
        assert!(!broken.body().contains("secret cause"));
    }
}
