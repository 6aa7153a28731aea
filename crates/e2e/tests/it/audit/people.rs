//! Invariant 9.

use super::{breaking, keeping};

/// User 7, whose booking 3 has expired, is erased but for what `but` puts back.
fn erased(but: &str) -> String {
    format!(
        "UPDATE {{gateway}}.`User` SET email = 'erased:7', name = '', erasingSince = NOW(6),
             erasedAt = NOW(6) WHERE id = 7;
INSERT INTO {{gateway}}.Sessions (sid, userId, expiresAt, address, userAgent)
VALUES ('SID7', 7, NOW(6), '', '');
INSERT INTO {{notification}}.Deliveries (jobId, template, payload, state, messageId)
VALUES ('JOB7', 'x', '{{\"userId\": 7, \"to\": \"\"}}', 'SENT', 'x');
INSERT INTO {{booking}}.Passengers (bookingId, position, givenName, surname, type)
VALUES (1, 0, '', '', 'ADULT');
UPDATE {{booking}}.Bookings SET contactName = '', contactEmail = '' WHERE userId = 7;
UPDATE {{booking}}.Bookings SET userId = 8 WHERE id = 3;
UPDATE {{booking}}.UnpaidHolds SET n = 1 WHERE userId = 8;
UPDATE {{booking}}.UnpaidHolds SET n = 0, erasedAt = NOW(6) WHERE userId = 7;
{but}"
    )
}

#[tokio::test]
async fn books_of_somebody_erased_are_clean() {
    keeping(&erased("DO 0")).await;
}

#[tokio::test]
async fn each_trace_of_somebody_erased_is_found() {
    for (but, why) in [
        ("UPDATE {gateway}.`User` SET name = 'T'", "a name"),
        (
            "INSERT INTO {gateway}.User_Roles (userId, roleId) VALUES (7, 1)",
            "a role",
        ),
        (
            "UPDATE {gateway}.Sessions SET address = '127.0.0.1'",
            "session SID7",
        ),
        (
            "UPDATE {gateway}.Outbox SET payload = JSON_SET(payload, '$.to', 't@e.test')
             WHERE id = 'JOB5'",
            "job JOB5 of the gateway",
        ),
        (
            "UPDATE {notification}.Deliveries SET payload = JSON_SET(payload, '$.to', 't@e.test')
             WHERE jobId = 'JOB7'",
            "delivery JOB7",
        ),
        (
            "UPDATE {booking}.Bookings SET contactName = 'T' WHERE id = 2",
            "booking 2 has",
        ),
        (
            "UPDATE {booking}.Passengers SET surname = 'T' WHERE bookingId = 1",
            "booking 1 names",
        ),
        (
            "UPDATE {booking}.Outbox SET payload = JSON_SET(payload, '$.to', 't@e.test')
             WHERE id = 'JOB1'",
            "job JOB1 of booking",
        ),
        (
            "UPDATE {booking}.UnpaidHolds SET erasedAt = NULL",
            "erased at no time",
        ),
    ] {
        let said = breaking(9, &erased(but), "user 7").await;
        assert!(said.contains(why), "{but}: {said}");
    }
}

/// What is on its way to somebody goes out, and is blank then.
#[tokio::test]
async fn a_mail_on_its_way_to_somebody_erased_is_no_trace() {
    keeping(&erased(
        "UPDATE {notification}.Deliveries SET state = 'QUEUED',
            payload = JSON_SET(payload, '$.to', 't@e.test') WHERE jobId = 'JOB7'",
    ))
    .await;
}
