//! Invariants 7 and 8.

use super::breaking;

#[tokio::test]
async fn invariant_7_names_a_booking_whose_timeline_does_not_replay() {
    let skipped = "DELETE FROM {booking}.BookingEvents WHERE bookingId = 2 AND toStatus = 'BOOKED'";
    breaking(7, skipped, "booking 2").await;
    let other_end = "INSERT INTO {booking}.BookingEvents (bookingId, fromStatus, toStatus, cause)
                     VALUES (3, 'INITIATED', 'PENDING', 'x')";
    breaking(7, other_end, "booking 3").await;
    let illegal = "UPDATE {booking}.BookingEvents SET fromStatus = 'INITIATED'
                   WHERE bookingId = 1 AND toStatus = 'BOOKED'";
    breaking(7, illegal, "booking 1").await;
    let none = "DELETE FROM {booking}.BookingEvents WHERE bookingId = 3";
    breaking(7, none, "booking 3").await;
}

#[tokio::test]
async fn invariant_7_names_an_illegal_transition() {
    let sql = "INSERT INTO {booking}.BookingEvents (bookingId, fromStatus, toStatus, cause)
               VALUES (2, 'CANCELLED', 'BOOKED', 'x');
UPDATE {booking}.Bookings SET status = 'BOOKED', reason = NULL WHERE id = 2";
    breaking(7, sql, "booking 2").await;
}

#[tokio::test]
async fn invariant_8_names_what_is_stuck() {
    let sql = "UPDATE {booking}.Outbox SET createdAt = NOW(6) - INTERVAL 6 MINUTE";
    breaking(8, sql, "outbox JOB1").await;
    let sql = "UPDATE {gateway}.Outbox SET createdAt = NOW(6) - INTERVAL 6 MINUTE";
    breaking(8, sql, "outbox JOB5").await;
    let sql = "UPDATE {booking}.Payments SET status = 'PROCESSING',
               createdAt = NOW(6) - INTERVAL 6 MINUTE WHERE id = 'PAY0'";
    breaking(8, sql, "payment PAY0").await;
    let sql = "UPDATE {booking}.Refunds SET status = 'PENDING',
               createdAt = NOW(6) - INTERVAL 6 MINUTE";
    breaking(8, sql, "refund of payment PAY2").await;
    let sql = "UPDATE {booking}.Bookings SET seatState = 'RELEASING',
               updatedAt = NOW(6) - INTERVAL 6 MINUTE WHERE id = 2";
    breaking(8, sql, "booking 2").await;
}

/// What no schema says is left to the reader: a target that is down has done nothing since.
#[tokio::test]
async fn invariant_8_says_when_the_target_last_did_what_is_stuck() {
    let old = "createdAt = NOW(6) - INTERVAL 6 MINUTE";
    let release = format!(
        "INSERT INTO {{booking}}.Outbox (id, topic, payload, attempts) VALUES
         ('SELL', 'hold.sell', '{{\"bookingId\": 1}}', 12);
UPDATE {{booking}}.Outbox SET {old} WHERE id = 'SELL';
UPDATE {{booking}}.Outbox SET doneAt = '2026-01-02 03:04:05' WHERE id = 'JOB4'"
    );
    let why = breaking(8, &release, "outbox SELL").await;
    assert!(why.contains("12 attempts, the next at 20"), "{why}");
    assert!(
        why.ends_with("its target last did one at 2026-01-02 03:04:05.000000"),
        "{why}"
    );
    let mail = format!("UPDATE {{booking}}.Outbox SET {old} WHERE id = 'JOB1'");
    let why = breaking(8, &mail, "outbox JOB1").await;
    assert!(why.ends_with("last did one at no time known"), "{why}");
    let payment = format!(
        "UPDATE {{booking}}.Payments SET status = 'PROCESSING', {old} WHERE id = 'PAY0';
UPDATE {{payments}}.Charges SET updatedAt = '2026-01-02 03:04:05'"
    );
    let why = breaking(8, &payment, "payment PAY0").await;
    assert!(
        why.ends_with("last changed a charge at 2026-01-02 03:04:05.000000"),
        "{why}"
    );
}
