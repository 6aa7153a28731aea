//! Invariant 6: who is told of what. Done jobs are purged after 7 days, so what ended longer ago
//! than 6 may have none.

use super::Check;

/// Bookings that did `$what` in the last 6 days and have not exactly one job of this template.
macro_rules! exactly_one {
    ($template:literal, $what:literal) => {
        concat!(
            "
            SELECT CONCAT('booking ', b.id) AS who,
                   CONCAT('became ', e.toStatus,
                          CASE e.toStatus WHEN 'CANCELLED' THEN CONCAT(', ', b.reason)
                                          ELSE '' END,
                          ', has ', COALESCE(told.jobs, 0), ' ",
            $template,
            " jobs') AS why
            FROM {booking}.BookingEvents e
            JOIN {booking}.Bookings b ON b.id = e.bookingId
            LEFT JOIN (SELECT bookingId, COUNT(*) AS jobs FROM {booking}.Outbox
                       WHERE topic = 'email'
                         AND JSON_VALUE(payload, '$.templateId') = '",
            $template,
            "' GROUP BY bookingId) told
              ON told.bookingId = b.id
            WHERE e.at > NOW(6) - INTERVAL 6 DAY AND COALESCE(told.jobs, 0) <> 1 AND ",
            $what
        )
    };
}

/// E-mails of `$schema` that are done and that the ledger does not know.
macro_rules! unknown_to_the_ledger {
    ($schema:literal) => {
        concat!(
            "
            SELECT CONCAT('job ', o.id) AS who,
                   CONCAT('done at ', o.doneAt, ', the ledger does not know it') AS why
            FROM ",
            $schema,
            ".Outbox o
            LEFT JOIN {notification}.Deliveries d ON d.jobId = o.id
            WHERE o.topic = 'email' AND o.doneAt IS NOT NULL AND d.jobId IS NULL"
        )
    };
}

/// The checks.
pub const CHECKS: &[Check] = &[
    Check {
        invariant: 6,
        name: "one booking_success job for each that became BOOKED in the last 6 days",
        sql: exactly_one!("booking_success", "e.toStatus = 'BOOKED'"),
    },
    Check {
        invariant: 6,
        name: "one booking_expired job for each that had seats and expired in the last 6 days",
        sql: exactly_one!(
            "booking_expired",
            "e.toStatus = 'CANCELLED' AND b.reason = 'EXPIRED' AND b.heldAt IS NOT NULL"
        ),
    },
    Check {
        invariant: 6,
        name: "one booking_cancelled job for each that had seats and was cancelled in the last 6 days",
        sql: exactly_one!(
            "booking_cancelled",
            "e.toStatus = 'CANCELLED' AND b.reason IN ('CUSTOMER', 'AIRLINE')
             AND b.heldAt IS NOT NULL"
        ),
    },
    Check {
        invariant: 6,
        name: "no e-mail tells of what never was",
        sql: "
            SELECT CONCAT('booking ', COALESCE(o.bookingId, '?')) AS who,
                   CONCAT('job ', o.id, ' is a ',
                          COALESCE(JSON_VALUE(o.payload, '$.templateId'), 'nameless one'),
                          ', the booking is ', COALESCE(b.status, 'absent'),
                          COALESCE(CONCAT(' ', b.reason), '')) AS why
            FROM {booking}.Outbox o
            LEFT JOIN {booking}.Bookings b ON b.id = o.bookingId
            LEFT JOIN (SELECT DISTINCT bookingId FROM {booking}.BookingEvents
                       WHERE toStatus = 'BOOKED') booked
              ON booked.bookingId = o.bookingId
            WHERE o.topic = 'email'
              AND NOT COALESCE(CASE JSON_VALUE(o.payload, '$.templateId')
                WHEN 'booking_success' THEN booked.bookingId IS NOT NULL
                WHEN 'booking_expired' THEN b.reason = 'EXPIRED' AND b.heldAt IS NOT NULL
                WHEN 'booking_cancelled'
                  THEN b.reason IN ('CUSTOMER', 'AIRLINE') AND b.heldAt IS NOT NULL
                END, FALSE)",
    },
    Check {
        invariant: 6,
        name: "no account is welcomed twice",
        sql: "
            SELECT CONCAT('account ', userId) AS who,
                   CONCAT('has ', COUNT(*), ' welcome jobs') AS why
            FROM {gateway}.Outbox
            WHERE topic = 'email' AND JSON_VALUE(payload, '$.templateId') = 'welcome'
            GROUP BY userId HAVING COUNT(*) > 1",
    },
    Check {
        invariant: 6,
        name: "no e-mail is to the holder of an account that is not there",
        sql: "
            SELECT CONCAT('job ', o.id) AS who,
                   CONCAT('is to account ', COALESCE(o.userId, '?'), ', which is not there') AS why
            FROM {gateway}.Outbox o
            LEFT JOIN {gateway}.`User` u ON u.id = o.userId
            WHERE o.topic = 'email' AND u.id IS NULL",
    },
    Check {
        invariant: 6,
        name: "each e-mail of booking that is done is in the ledger",
        sql: unknown_to_the_ledger!("{booking}"),
    },
    Check {
        invariant: 6,
        name: "each e-mail of the gateway that is done is in the ledger",
        sql: unknown_to_the_ledger!("{gateway}"),
    },
];
