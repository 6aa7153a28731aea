//! Invariant 6.

use super::{breaking, clean, keeping};

fn expired(held_at: &str, templates: &[&str]) -> String {
    ended("EXPIRED", held_at, templates)
}

/// Booking 3 ended, with seats held at a time or `NULL`, and a job of each template tells of it.
fn ended(reason: &str, held_at: &str, templates: &[&str]) -> String {
    let jobs = templates.iter().enumerate().map(|(at, template)| {
        format!(
            ";\nINSERT INTO {{booking}}.Outbox (id, topic, payload) VALUES
             ('TOLD{at}', 'email', '{{\"bookingId\": 3, \"templateId\": \"{template}\"}}')"
        )
    });
    format!(
        "UPDATE {{booking}}.Bookings SET status = 'CANCELLED', reason = '{reason}',
             seatState = 'RELEASED', heldAt = {held_at} WHERE id = 3;
UPDATE {{booking}}.UnpaidHolds SET n = 0;
UPDATE {{flights}}.SeatHolds SET state = 'RELEASED' WHERE holdId = 'HOLD3';
UPDATE {{flights}}.Flight SET availableSeats = 8 WHERE id = 1;
INSERT INTO {{booking}}.BookingEvents (bookingId, fromStatus, toStatus, cause)
VALUES (3, 'INITIATED', 'CANCELLED', '{reason}'){}",
        jobs.collect::<String>()
    )
}

#[tokio::test]
async fn invariant_6_names_a_booked_booking_without_or_with_two_mails() {
    let sql = "DELETE FROM {booking}.Outbox WHERE id = 'JOB1'";
    breaking(6, sql, "booking 1").await;
    let cancelled_since = "DELETE FROM {booking}.Outbox WHERE id = 'JOB2'";
    let why = breaking(6, cancelled_since, "booking 2").await;
    assert_eq!(why, "became BOOKED, has 0 booking_success jobs");
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
async fn invariant_6_names_an_expired_booking_without_or_with_two_mails() {
    let why = breaking(6, &expired("NOW(6)", &[]), "booking 3").await;
    assert_eq!(why, "became CANCELLED, EXPIRED, has 0 booking_expired jobs");
    let twice = expired("NOW(6)", &["booking_expired", "booking_expired"]);
    breaking(6, &twice, "booking 3").await;
}

#[tokio::test]
async fn invariant_6_names_a_cancelled_booking_without_or_with_two_mails() {
    let none = "DELETE FROM {booking}.Outbox WHERE id = 'JOB3'";
    let why = breaking(6, none, "booking 2").await;
    assert_eq!(
        why,
        "became CANCELLED, CUSTOMER, has 0 booking_cancelled jobs"
    );
    let twice = "INSERT INTO {booking}.Outbox (id, topic, payload)
                 SELECT 'AGAIN', topic, payload FROM {booking}.Outbox WHERE id = 'JOB3'";
    breaking(6, twice, "booking 2").await;
    let unpaid = ended("CUSTOMER", "NOW(6)", &[]);
    breaking(6, &unpaid, "booking 3").await;
    let by_the_airline = ended("AIRLINE", "NOW(6)", &[]);
    breaking(6, &by_the_airline, "booking 3").await;
}

#[tokio::test]
async fn an_end_that_is_told_once_or_needs_no_mail_is_no_violation() {
    keeping(&expired("NOW(6)", &["booking_expired"])).await;
    keeping(&expired("NULL", &[])).await;
    keeping(&ended("CUSTOMER", "NOW(6)", &["booking_cancelled"])).await;
    keeping(&ended("AIRLINE", "NOW(6)", &["booking_cancelled"])).await;
    keeping(&ended("CUSTOMER", "NULL", &[])).await;
    for reason in ["ABANDONED", "NO_SEATS"] {
        keeping(&ended(reason, "NULL", &[])).await;
    }
}

#[tokio::test]
async fn invariant_6_names_a_mail_that_tells_of_another_end() {
    for (reason, held_at, template) in [
        ("EXPIRED", "NULL", "booking_expired"),
        ("CUSTOMER", "NULL", "booking_cancelled"),
        ("CUSTOMER", "NOW(6)", "booking_expired"),
        ("EXPIRED", "NOW(6)", "booking_cancelled"),
        ("ABANDONED", "NULL", "booking_cancelled"),
        ("PAYMENT_FAILED", "NOW(6)", "booking_expired"),
        ("EXPIRED", "NOW(6)", "no_such_template"),
    ] {
        let books = clean().await;
        books.change(&ended(reason, held_at, &[template])).await;
        let report = books.audit().await;
        let said = format!("job TOLD0 is a {template}, the booking is CANCELLED {reason}");
        let violators = report.violators(6);
        assert!(
            violators
                .iter()
                .any(|v| v.who == "booking 3" && v.why == said),
            "{said}: {violators:?}"
        );
    }
}

#[tokio::test]
async fn invariant_6_names_a_mail_of_an_end_for_a_booking_that_lives_or_is_not_there() {
    let lives = "INSERT INTO {booking}.Outbox (id, topic, payload) VALUES
                 ('EARLY', 'email', '{\"bookingId\": 1, \"templateId\": \"booking_cancelled\"}')";
    let why = breaking(6, lives, "booking 1").await;
    assert_eq!(
        why,
        "job EARLY is a booking_cancelled, the booking is BOOKED"
    );
    let absent = lives.replace("1, ", "99, ");
    breaking(6, &absent, "booking 99").await;
}

/// Done jobs are purged after 7 days.
#[tokio::test]
async fn an_old_end_whose_jobs_are_purged_is_no_violation() {
    let age = "UPDATE {booking}.BookingEvents SET at = NOW(6) - INTERVAL 8 DAY";
    let purge = "DELETE FROM {booking}.Outbox WHERE topic = 'email'";
    keeping(&format!("{};\n{age};\n{purge}", expired("NOW(6)", &[]))).await;
}

#[tokio::test]
async fn invariant_6_names_a_mail_that_the_ledger_lost() {
    let sql = "UPDATE {booking}.Outbox SET doneAt = NOW(6) WHERE id = 'JOB1'";
    breaking(6, sql, "job JOB1").await;
    let of_an_account = "UPDATE {gateway}.Outbox SET doneAt = NOW(6) WHERE id = 'JOB5'";
    breaking(6, of_an_account, "job JOB5").await;
}

#[tokio::test]
async fn invariant_6_names_who_was_welcomed_twice_and_a_mail_to_nobody() {
    let twice = "INSERT INTO {gateway}.Outbox (id, topic, payload)
                 SELECT 'AGAIN', topic, payload FROM {gateway}.Outbox WHERE id = 'JOB5'";
    let why = breaking(6, twice, "account 7").await;
    assert_eq!(why, "has 2 welcome jobs");
    let nobody = "UPDATE {gateway}.Outbox SET payload = '{\"userId\": 8}' WHERE id = 'JOB5'";
    let why = breaking(6, nobody, "job JOB5").await;
    assert_eq!(why, "is to account 8, which is not there");
}
