//! Payments of bookings: attempts, their outcome, refunds.

pub mod pay;
pub mod reconcile;
pub mod refunds;
pub mod settle;
pub mod store;

use service_kit::str_enum;

str_enum! {
    /// What became of a payment attempt.
    pub enum PaymentStatus {
        /// Running, or its outcome is not known yet.
        Processing = "PROCESSING",
        /// The money was taken. A refund is a row beside it.
        Captured = "CAPTURED",
        /// No money was taken and none will be.
        Declined = "DECLINED",
    }
}

str_enum! {
    /// What became of a refund.
    pub enum RefundStatus {
        /// To be asked for, or asked for.
        Pending = "PENDING",
        /// The money went back.
        Succeeded = "SUCCEEDED",
        /// The provider says that there is nothing to give back.
        Failed = "FAILED",
    }
}
