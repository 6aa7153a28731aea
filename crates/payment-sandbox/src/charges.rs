//! Charges: their ids, the tokens that stand for cards, and what each token leads to.

pub mod charge;
pub mod get;
pub mod refund;
pub mod settle;
pub mod store;
pub mod void;

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use contracts::charges::{Charge, ChargeState};
use serde::Deserialize;
use service_kit::{http::problem::Problem, str_enum};
use ulid::Ulid;

/// A payment's id: a ULID in its canonical, upper-case form.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct PaymentId(String);

impl PaymentId {
    /// Its 26 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for PaymentId {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let canonical = Ulid::from_string(&text).map(|id| id.to_string());
        match canonical.as_ref() == Ok(&text) {
            true => Ok(Self(text)),
            false => Err("must be a ULID in upper case"),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for PaymentId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        let Path(text) = path.map_err(|_| Problem::malformed("The path is malformed"))?;
        Self::try_from(text).map_err(|rule| Problem::field("id", "id", rule))
    }
}

/// What stands for a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Token {
    /// Captured.
    TokSuccess,
    /// Declined: `card_declined`.
    TokDeclined,
    /// Declined: `insufficient_funds`.
    TokInsufficientFunds,
    /// Captured, but the answer comes too late.
    TokTimeoutCharged,
    /// Never reaches the ledger, and no answer comes in time.
    TokTimeoutNotCharged,
}

str_enum! {
    /// What became of a charge, as stored.
    pub enum State {
        /// Runs until its `decidesAt`.
        Processing = "PROCESSING",
        /// The money is taken.
        Captured = "CAPTURED",
        /// No money is taken.
        Declined = "DECLINED",
    }
}

/// How a charge will end: captured, or declined for a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// `CAPTURED` or `DECLINED`.
    pub state: State,
    /// Why it is declined.
    pub reason: Option<&'static str>,
}

impl Token {
    /// How a charge with this token ends; `None` when it gets lost on its way.
    pub fn decision(self) -> Option<Decision> {
        let declined = |reason| Decision {
            state: State::Declined,
            reason: Some(reason),
        };
        match self {
            Self::TokSuccess | Self::TokTimeoutCharged => Some(Decision {
                state: State::Captured,
                reason: None,
            }),
            Self::TokDeclined => Some(declined("card_declined")),
            Self::TokInsufficientFunds => Some(declined("insufficient_funds")),
            Self::TokTimeoutNotCharged => None,
        }
    }
}

/// A charge in the ledger, with whether it was refunded.
#[derive(Clone, Debug, sqlx::FromRow)]
#[sqlx(rename_all = "camelCase")]
pub struct LedgerRow {
    id: String,
    state: State,
    amount: i64,
    currency: String,
    decline_reason: Option<String>,
    refunded: i32,
}

impl LedgerRow {
    /// Whether this id was voided before its charge came.
    pub fn is_tombstone(&self) -> bool {
        self.amount == 0
    }

    /// Whether it was made for this sum of money.
    pub fn is_for(&self, amount: i64, currency: &str) -> bool {
        self.amount == amount && self.currency == currency
    }
}

impl From<LedgerRow> for Charge {
    fn from(row: LedgerRow) -> Self {
        Self {
            id: row.id,
            state: match row.state {
                State::Processing => ChargeState::Processing,
                State::Captured => ChargeState::Captured,
                State::Declined => ChargeState::Declined,
            },
            amount: row.amount,
            currency: row.currency,
            decline_reason: row.decline_reason,
            refunded: row.refunded != 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_canonical_ulid() {
        let parse = |text: &str| PaymentId::try_from(text.to_owned()).is_ok();
        assert!(parse("01M81566KWNA3H25HJX7VN1XME"));
        assert!(!parse("01m81566kwna3h25hjx7vn1xme"));
        assert!(!parse("01M81566KWNA3H25HJX7VN1XM"));
        assert!(!parse("../../etc/passwd"));
    }
}
