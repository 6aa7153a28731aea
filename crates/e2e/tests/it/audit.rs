//! For each invariant, books that break it alone: the audit names who does.

use std::time::{Duration, Instant};

use crate::books::Books;

/// Breaks clean books by `sql`: `who` breaks invariant `number`.
async fn breaking(number: usize, sql: &str, who: &str) {
    let books = Books::clean().await;
    books.change(sql).await;
    let report = books.audit().await;
    let named: Vec<_> = report
        .violators(number)
        .iter()
        .map(|v| v.who.clone())
        .collect();
    assert!(
        named.contains(&who.to_owned()),
        "{who} is not among {named:?}:\n{report}"
    );
    assert!(!report.is_clean());
}

#[tokio::test]
async fn clean_books_are_clean() {
    let books = Books::clean().await;
    let report = books.audit().await;
    assert!(report.is_clean(), "{report}");
    assert_eq!(report.to_string().matches(" ok\n").count(), 8);
}

#[tokio::test]
async fn invariant_1_names_a_flight_whose_seats_do_not_add_up() {
    let sql = "UPDATE {flights}.Flight SET availableSeats = 8 WHERE id = 1";
    breaking(1, sql, "flight 1").await;
}

#[tokio::test]
async fn invariant_2_names_a_hold_without_a_booking() {
    let sql = "INSERT INTO {flights}.SeatHolds (holdId, state) VALUES ('ORPHAN', 'RELEASED')";
    breaking(2, sql, "hold ORPHAN").await;
}

#[tokio::test]
async fn invariant_2_names_a_held_hold_of_an_ended_booking() {
    let sql = "UPDATE {flights}.SeatHolds SET state = 'HELD' WHERE holdId = 'HOLD2'";
    breaking(2, sql, "hold HOLD2").await;
}

#[tokio::test]
async fn invariant_2_names_a_booking_whose_hold_has_other_seats() {
    let sql = "UPDATE {flights}.HoldItems SET seats = 1 WHERE holdId = 'HOLD1'";
    breaking(2, sql, "booking 1").await;
}

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
async fn invariant_3_names_a_booked_booking_without_sold_seats() {
    let sql = "UPDATE {flights}.SeatHolds SET state = 'HELD' WHERE holdId = 'HOLD1'";
    breaking(3, sql, "booking 1").await;
}

#[tokio::test]
async fn a_pending_sell_or_release_is_no_violation() {
    let books = Books::clean().await;
    books
        .change(
            "UPDATE {flights}.SeatHolds SET state = 'HELD' WHERE holdId IN ('HOLD1', 'HOLD2');
             UPDATE {flights}.Flight SET availableSeats = 4 WHERE id = 1;
             INSERT INTO {booking}.Outbox (id, topic, payload) VALUES
               ('SELL', 'hold.sell', '{\"bookingId\": 1}'),
               ('FREE', 'hold.release', '{\"bookingId\": 2}')"
                .replace(";\n             ", ";\n")
                .as_str(),
        )
        .await;
    let report = books.audit().await;
    assert!(report.is_clean(), "{report}");
}

#[tokio::test]
async fn invariant_4_names_a_cancelled_booking_that_keeps_its_seats() {
    let sql = "UPDATE {flights}.SeatHolds SET state = 'SOLD' WHERE holdId = 'HOLD2'";
    breaking(4, sql, "booking 2").await;
}

#[tokio::test]
async fn invariant_4_names_a_user_whose_unpaid_holds_are_miscounted() {
    let sql = "UPDATE {booking}.UnpaidHolds SET n = 2 WHERE userId = 7";
    breaking(4, sql, "user 7").await;
    let sql = "DELETE FROM {booking}.UnpaidHolds WHERE userId = 7";
    breaking(4, sql, "user 7").await;
}

#[tokio::test]
async fn invariant_5_names_a_currency_whose_money_does_not_add_up() {
    let sql = "UPDATE {booking}.Refunds SET status = 'FAILED'";
    breaking(5, sql, "currency USD").await;
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

#[tokio::test]
async fn invariant_6_names_a_booked_booking_without_or_with_two_mails() {
    let sql = "DELETE FROM {booking}.Outbox WHERE id = 'JOB1'";
    breaking(6, sql, "booking 1").await;
    let sql = "UPDATE {booking}.Outbox SET payload =
               '{\"bookingId\": 2, \"templateId\": \"booking_success\"}' WHERE id = 'JOB3'";
    breaking(6, sql, "booking 2").await;
}

#[tokio::test]
async fn invariant_6_names_a_mail_for_a_booking_that_never_was_booked() {
    let sql = "INSERT INTO {booking}.Outbox (id, topic, payload) VALUES
               ('EARLY', 'email', '{\"bookingId\": 3, \"templateId\": \"booking_success\"}')";
    breaking(6, sql, "booking 3").await;
}

#[tokio::test]
async fn invariant_6_names_a_mail_that_the_ledger_lost() {
    let sql = "UPDATE {booking}.Outbox SET doneAt = NOW(6) WHERE id = 'JOB1'";
    breaking(6, sql, "job JOB1").await;
}

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

#[tokio::test]
async fn a_violator_that_heals_meanwhile_is_not_reported() {
    let books = Books::clean().await;
    books
        .change("UPDATE {flights}.Flight SET availableSeats = 8 WHERE id = 1")
        .await;
    let audit = books.auditor().rereading(3, Duration::from_millis(300));
    let heal = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        books
            .change("UPDATE {flights}.Flight SET availableSeats = 7 WHERE id = 1")
            .await;
    };
    let (report, ()) = tokio::join!(audit.run(), heal);
    let report = report.unwrap();
    assert!(report.is_clean(), "{report}");
}

#[tokio::test]
async fn quiesce_waits_for_what_is_under_way_and_gives_up_in_time() {
    let books = Books::clean().await;
    let started = Instant::now();
    let left = books
        .auditor()
        .quiesce(Duration::from_millis(600))
        .await
        .unwrap();
    assert_eq!(left, 3, "three e-mails are not done");
    assert!(started.elapsed() < Duration::from_secs(3));
    books
        .change("UPDATE {booking}.Outbox SET doneAt = NOW(6)")
        .await;
    let left = books
        .auditor()
        .quiesce(Duration::from_secs(60))
        .await
        .unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn the_audit_account_can_only_read() {
    let books = Books::clean().await;
    let refused = books.write_as_auditor("DELETE FROM {booking}.Outbox").await;
    assert!(refused.to_string().contains("denied"), "{refused}");
}

#[tokio::test]
async fn the_tool_prints_a_line_for_each_invariant_and_fails_on_a_violator() {
    let books = Books::clean().await;
    let (code, said) = books.run_tool();
    assert_eq!(
        (code, said.matches(" ok\n").count()),
        (Some(0), 8),
        "{said}"
    );
    let hold = "INSERT INTO {flights}.SeatHolds (holdId, state) VALUES ('ORPHAN', 'RELEASED')";
    books.change(hold).await;
    let (code, said) = books.run_tool();
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("1 VIOLATORS") && said.contains("hold ORPHAN"),
        "{said}"
    );
}

#[test]
fn the_tool_names_the_variable_that_it_lacks() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_e2e"))
        .arg("audit")
        .env_remove("AUDIT_DATABASE_URL")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("AUDIT_DATABASE_URL: is required"), "{said}");
}
