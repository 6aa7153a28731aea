//! Invariants 7 and 8: the timelines, and what takes too long.
//!
//! Invariant 8 holds "while its target is up", which no schema says. So what is stuck is always
//! named, with when it is tried next and when its target last did a thing of its kind: a target
//! that is down has done nothing since, one that is up has.

use super::Check;

/// Outbox rows of `$schema` that wait for too long.
macro_rules! stuck {
    ($schema:literal) => {
        concat!(
            "
            SELECT CONCAT('outbox ', o.id) AS who,
                   CONCAT(o.topic, ' since ', o.createdAt, ', ', o.attempts,
                          ' attempts, the next at ', o.availableAt, '; its target last did one at ',
                          COALESCE(done.at, 'no time known')) AS why
            FROM ",
            $schema,
            ".Outbox o
            LEFT JOIN (SELECT SUBSTRING_INDEX(topic, '.', 1) AS target, MAX(doneAt) AS at
                       FROM ",
            $schema,
            ".Outbox WHERE doneAt IS NOT NULL
                       GROUP BY SUBSTRING_INDEX(topic, '.', 1)) done
              ON done.target = SUBSTRING_INDEX(o.topic, '.', 1)
            WHERE o.doneAt IS NULL AND o.createdAt < NOW(6) - INTERVAL 5 MINUTE"
        )
    };
}

/// The checks.
pub const CHECKS: &[Check] = &[
    Check {
        invariant: 7,
        name: "each event starts where the one before it ended, by a legal transition",
        sql: "
            SELECT CONCAT('booking ', e.bookingId) AS who,
                   CONCAT('event ', e.id, ': ', COALESCE(e.fromStatus, 'nothing'), ' -> ',
                          e.toStatus, ' after ', COALESCE(e.previous, 'nothing')) AS why
            FROM (SELECT id, bookingId, fromStatus, toStatus,
                         LAG(toStatus) OVER (PARTITION BY bookingId ORDER BY id) AS previous
                  FROM {booking}.BookingEvents) e
            WHERE NOT e.fromStatus <=> e.previous
               OR CONCAT(COALESCE(e.fromStatus, ''), '>', e.toStatus) NOT IN
                  ('>INITIATED', 'INITIATED>PENDING', 'INITIATED>CANCELLED', 'PENDING>BOOKED',
                   'PENDING>INITIATED', 'PENDING>CANCELLED', 'BOOKED>CANCELLED')",
    },
    Check {
        invariant: 7,
        // Not by LEAD in the check above: that takes ten times as long.
        name: "the timeline ends in the booking's status",
        sql: "
            SELECT CONCAT('booking ', b.id) AS who,
                   CONCAT('ends ', COALESCE(e.toStatus, 'without an event'), ', the booking is ',
                          b.status) AS why
            FROM {booking}.Bookings b
            LEFT JOIN (SELECT bookingId, MAX(id) AS id FROM {booking}.BookingEvents
                       GROUP BY bookingId) last
              ON last.bookingId = b.id
            LEFT JOIN {booking}.BookingEvents e ON e.id = last.id
            WHERE NOT e.toStatus <=> b.status",
    },
    Check {
        invariant: 8,
        name: "no outbox row of booking waits for more than 5 minutes while its target is up",
        sql: stuck!("{booking}"),
    },
    Check {
        invariant: 8,
        name: "no outbox row of the gateway waits for more than 5 minutes while its target is up",
        sql: stuck!("{gateway}"),
    },
    Check {
        invariant: 8,
        name: "no payment is PROCESSING for more than 5 minutes while the provider is up",
        sql: "
            SELECT CONCAT('payment ', p.id) AS who,
                   CONCAT('PROCESSING since ', p.createdAt, ', asked for next at ',
                          COALESCE(p.nextCheckAt, 'no time'),
                          '; the provider last changed a charge at ',
                          COALESCE((SELECT MAX(updatedAt) FROM {payments}.Charges),
                                   'no time known')) AS why
            FROM {booking}.Payments p
            WHERE p.status = 'PROCESSING' AND p.createdAt < NOW(6) - INTERVAL 5 MINUTE",
    },
    Check {
        invariant: 8,
        name: "no refund is PENDING for more than 5 minutes while the provider is up",
        sql: "
            SELECT CONCAT('refund of payment ', r.paymentId) AS who,
                   CONCAT('PENDING since ', r.createdAt, ', asked for next at ',
                          COALESCE(r.nextCheckAt, 'no time'), '; the provider last gave back at ',
                          COALESCE((SELECT MAX(createdAt) FROM {payments}.Refunds),
                                   'no time known')) AS why
            FROM {booking}.Refunds r
            WHERE r.status = 'PENDING' AND r.createdAt < NOW(6) - INTERVAL 5 MINUTE",
    },
    Check {
        invariant: 8,
        name: "no hold is RELEASING for more than 5 minutes while flights is up",
        sql: "
            SELECT CONCAT('booking ', b.id) AS who,
                   CONCAT('RELEASING since ', b.updatedAt, '; flights last released a hold at ',
                          COALESCE((SELECT MAX(updatedAt) FROM {flights}.SeatHolds
                                    WHERE state = 'RELEASED'), 'no time known')) AS why
            FROM {booking}.Bookings b
            WHERE b.seatState = 'RELEASING' AND b.updatedAt < NOW(6) - INTERVAL 5 MINUTE",
    },
];
