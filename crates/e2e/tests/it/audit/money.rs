//! The money of invariant 3, and invariant 5.

use super::{breaking, keeping};

#[tokio::test]
async fn invariant_3_names_a_booked_booking_without_its_payment() {
    let sql = "UPDATE {booking}.Payments SET status = 'DECLINED' WHERE id = 'PAY1'";
    breaking(3, sql, "booking 1").await;
}

#[tokio::test]
async fn invariant_3_names_a_booked_booking_that_paid_twice_or_another_price() {
    let sql = "UPDATE {booking}.Payments SET status = 'CAPTURED' WHERE id = 'PAY0'";
    breaking(3, sql, "booking 1").await;
    let sql = "UPDATE {booking}.Payments SET amount = 19999 WHERE id = 'PAY1'";
    breaking(3, sql, "booking 1").await;
}

#[tokio::test]
async fn invariant_5_names_a_currency_whose_money_does_not_add_up() {
    let sql = "UPDATE {booking}.Refunds SET status = 'FAILED'";
    breaking(5, sql, "currency USD").await;
}

#[tokio::test]
async fn invariant_5_names_a_kept_payment_of_a_cancelled_booking() {
    let never = "DELETE FROM {booking}.Refunds;\nDELETE FROM {payments}.Refunds";
    let why = breaking(5, never, "payment PAY2").await;
    assert_eq!(
        why,
        "CAPTURED, not given back, booking 2 is CANCELLED by it"
    );
    let failed = "UPDATE {booking}.Refunds SET status = 'FAILED'";
    breaking(5, failed, "payment PAY2").await;
}

#[tokio::test]
async fn invariant_5_names_a_kept_payment_that_is_not_the_one_that_booked() {
    let twice = "UPDATE {booking}.Payments SET status = 'CAPTURED' WHERE id = 'PAY0';
UPDATE {payments}.Charges SET state = 'CAPTURED', declineReason = NULL WHERE id = 'PAY0'";
    let why = breaking(5, twice, "payment PAY0").await;
    assert_eq!(
        why,
        "CAPTURED, not given back, booking 1 is BOOKED by another"
    );
}

#[tokio::test]
async fn invariant_5_names_a_booked_booking_whose_payment_is_given_back() {
    for status in ["PENDING", "SUCCEEDED"] {
        let sql = format!(
            "INSERT INTO {{booking}}.Refunds (paymentId, amount, currency, status)
             VALUES ('PAY1', 20000, 'USD', '{status}')"
        );
        breaking(5, &sql, "payment PAY1").await;
    }
}

/// The sums per currency agree: booking 2 was cancelled, its money is kept; booking 1 is BOOKED,
/// its money went back.
#[tokio::test]
async fn invariant_5_names_both_payments_when_the_wrong_one_is_given_back() {
    let sql = "UPDATE {booking}.Refunds SET paymentId = 'PAY1', amount = 20000;
UPDATE {booking}.Payments SET amount = 20000 WHERE id = 'PAY2'";
    breaking(5, sql, "payment PAY1").await;
    breaking(5, sql, "payment PAY2").await;
}

#[tokio::test]
async fn a_payment_that_came_too_late_and_is_given_back_is_no_violation() {
    let sql = "UPDATE {booking}.Payments SET status = 'CAPTURED' WHERE id = 'PAY0';
UPDATE {payments}.Charges SET state = 'CAPTURED', declineReason = NULL WHERE id = 'PAY0';
INSERT INTO {booking}.Refunds (paymentId, amount, currency) VALUES ('PAY0', 20000, 'USD')";
    keeping(sql).await;
}

#[tokio::test]
async fn invariant_5_names_a_refund_of_a_part_or_of_an_uncaptured_payment() {
    let part = "UPDATE {booking}.Refunds SET amount = 29999";
    breaking(5, part, "refund of payment PAY2").await;
    let uncaptured = "INSERT INTO {booking}.Refunds (paymentId, amount, currency)
                      VALUES ('PAY0', 20000, 'USD')";
    breaking(5, uncaptured, "refund of payment PAY0").await;
}

#[tokio::test]
async fn invariant_5_names_a_payment_that_the_provider_knows_otherwise() {
    let sql = "UPDATE {payments}.Charges SET amount = 1 WHERE id = 'PAY1'";
    breaking(5, sql, "payment PAY1").await;
    let sql = "UPDATE {payments}.Charges SET state = 'CAPTURED', declineReason = NULL
               WHERE id = 'PAY0'";
    breaking(5, sql, "payment PAY0").await;
}

#[tokio::test]
async fn invariant_5_names_a_declined_payment_that_the_provider_does_not_know() {
    let sql = "DELETE FROM {payments}.Charges WHERE id = 'PAY0'";
    let why = breaking(5, sql, "payment PAY0").await;
    assert_eq!(why, "DECLINED 20000 USD, at the provider unknown");
}

#[tokio::test]
async fn invariant_5_names_a_declined_or_running_payment_charged_for_another_sum() {
    let declined = "UPDATE {payments}.Charges SET amount = 1 WHERE id = 'PAY0'";
    breaking(5, declined, "payment PAY0").await;
    let running = "UPDATE {booking}.Payments SET status = 'PROCESSING' WHERE id = 'PAY0';
UPDATE {payments}.Charges SET currency = 'EUR' WHERE id = 'PAY0'";
    breaking(5, running, "payment PAY0").await;
}

#[tokio::test]
async fn a_declined_payment_whose_charge_was_voided_is_no_violation() {
    let sql = "UPDATE {payments}.Charges SET amount = 0, currency = '', declineReason = 'voided'
               WHERE id = 'PAY0'";
    keeping(sql).await;
}

#[tokio::test]
async fn a_running_payment_may_be_anything_at_the_provider() {
    let run = "UPDATE {booking}.Payments SET status = 'PROCESSING' WHERE id = 'PAY0'";
    for at_the_provider in [
        "DELETE FROM {payments}.Charges WHERE id = 'PAY0'",
        "UPDATE {payments}.Charges SET state = 'PROCESSING', declineReason = NULL
         WHERE id = 'PAY0'",
        "UPDATE {payments}.Charges SET state = 'CAPTURED', declineReason = NULL
         WHERE id = 'PAY0'",
        "UPDATE {payments}.Charges SET state = 'DECLINED' WHERE id = 'PAY0'",
    ] {
        keeping(&format!("{run};\n{at_the_provider}")).await;
    }
}

#[tokio::test]
async fn invariant_5_names_a_charge_that_the_books_do_not_know() {
    let sql = "INSERT INTO {payments}.Charges (id, state, amount, currency, intendedState,
               decidesAt) VALUES ('STRAY', 'CAPTURED', 5, 'USD', 'CAPTURED', NOW(6))";
    breaking(5, sql, "charge STRAY").await;
}

#[tokio::test]
async fn invariant_5_names_a_refund_that_differs_from_the_providers() {
    let sql = "UPDATE {payments}.Refunds SET amount = 1";
    breaking(5, sql, "refund of payment PAY2").await;
    let sql = "INSERT INTO {payments}.Refunds (chargeId, amount) VALUES ('PAY1', 20000)";
    breaking(5, sql, "refund of charge PAY1").await;
}
