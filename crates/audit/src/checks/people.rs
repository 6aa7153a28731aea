//! Invariant 9: who is erased is nowhere, and stays so.

use super::Check;

/// The checks.
pub const CHECKS: &[Check] = &[
    Check {
        invariant: 9,
        name: "who is erased is erased in booking, with nothing under way",
        sql: "
            SELECT CONCAT('user ', u.id) AS who,
                   CONCAT('erased at ', u.erasedAt, ', in booking ',
                          COALESCE(CONCAT('with ', h.n, ' unpaid holds, erased at ',
                                          COALESCE(h.erasedAt, 'no time')), 'never')) AS why
            FROM {gateway}.`User` u
            LEFT JOIN {booking}.UnpaidHolds h ON h.userId = u.id
            WHERE u.erasedAt IS NOT NULL AND (h.erasedAt IS NULL OR h.n > 0)",
    },
    Check {
        invariant: 9,
        name: "nothing is left of who is erased",
        sql: "
            SELECT CONCAT('user ', u.id) AS who, 'the account has an address, a name or a role' AS why
            FROM {gateway}.`User` u
            WHERE u.erasedAt IS NOT NULL
              AND (u.email <> CONCAT('erased:', u.id) OR u.name <> ''
                   OR EXISTS (SELECT 1 FROM {gateway}.User_Roles r WHERE r.userId = u.id))
            UNION ALL
            SELECT CONCAT('user ', u.id), CONCAT('session ', s.sid, ' says where from')
            FROM {gateway}.`User` u JOIN {gateway}.Sessions s ON s.userId = u.id
            WHERE u.erasedAt IS NOT NULL AND (s.address <> '' OR s.userAgent <> '')
            UNION ALL
            SELECT CONCAT('user ', u.id), CONCAT('booking ', b.id, ' has a contact')
            FROM {gateway}.`User` u JOIN {booking}.Bookings b ON b.userId = u.id
            WHERE u.erasedAt IS NOT NULL AND (b.contactName <> '' OR b.contactEmail <> '')
            UNION ALL
            SELECT CONCAT('user ', u.id), CONCAT('booking ', b.id, ' names who flies')
            FROM {gateway}.`User` u JOIN {booking}.Bookings b ON b.userId = u.id
            JOIN {booking}.Passengers p ON p.bookingId = b.id
            WHERE u.erasedAt IS NOT NULL AND (p.givenName <> '' OR p.surname <> '')
            UNION ALL
            SELECT CONCAT('user ', u.id), CONCAT('job ', o.id, ' of booking says to whom')
            FROM {gateway}.`User` u JOIN {booking}.Bookings b ON b.userId = u.id
            JOIN {booking}.Outbox o ON o.bookingId = b.id
            WHERE u.erasedAt IS NOT NULL AND o.topic = 'email'
              AND JSON_VALUE(o.payload, '$.to') <> ''
            UNION ALL
            SELECT CONCAT('user ', u.id), CONCAT('job ', o.id, ' of the gateway says to whom')
            FROM {gateway}.`User` u JOIN {gateway}.Outbox o ON o.userId = u.id
            WHERE u.erasedAt IS NOT NULL AND o.topic = 'email'
              AND JSON_VALUE(o.payload, '$.to') <> ''
            UNION ALL
            SELECT CONCAT('user ', u.id), CONCAT('delivery ', d.jobId, ' says to whom')
            FROM {gateway}.`User` u JOIN {notification}.Deliveries d ON d.userId = u.id
            WHERE u.erasedAt IS NOT NULL AND d.state IN ('SENT', 'DEAD')
              AND JSON_VALUE(d.payload, '$.to') <> ''",
    },
];
