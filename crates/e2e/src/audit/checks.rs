//! The invariants as SQL: each statement selects who breaks it (`who`) and how (`why`).
//!
//! `{booking}` and the like stand for the schemas' names. Text of different schemas is compared
//! as bytes, so that collations do not matter.

/// One statement of an invariant.
#[derive(Debug)]
pub struct Check {
    /// The invariant's number in the protocol.
    pub invariant: usize,
    /// What must hold.
    pub name: &'static str,
    /// Selects the violators.
    pub sql: &'static str,
}

/// All checks in the order of the invariants.
pub const CHECKS: &[Check] = &[
    Check {
        invariant: 1,
        name: "available + held + sold = total, available >= 0",
        sql: "
            SELECT CONCAT('flight ', f.id) AS who,
                   CONCAT(f.availableSeats, ' free + ', COALESCE(taken.seats, 0),
                          ' held or sold, of ', f.totalSeats) AS why
            FROM {flights}.Flight f
            LEFT JOIN (SELECT i.flightId, CAST(SUM(i.seats) AS SIGNED) AS seats
                       FROM {flights}.HoldItems i
                       JOIN {flights}.SeatHolds h ON h.holdId = i.holdId
                       WHERE h.state IN ('HELD', 'SOLD') GROUP BY i.flightId) taken
              ON taken.flightId = f.id
            WHERE CAST(f.availableSeats AS SIGNED) + COALESCE(taken.seats, 0)
                  <> CAST(f.totalSeats AS SIGNED)
               OR CAST(f.availableSeats AS SIGNED) < 0",
    },
    Check {
        invariant: 2,
        name: "every hold has its booking",
        sql: "
            SELECT CONCAT('hold ', h.holdId) AS who, CONCAT(h.state, ' without a booking') AS why
            FROM {flights}.SeatHolds h
            LEFT JOIN {booking}.Bookings b ON b.holdId = h.holdId
            WHERE b.id IS NULL",
    },
    Check {
        invariant: 2,
        name: "no HELD hold without a live booking or a pending release",
        sql: "
            SELECT CONCAT('hold ', h.holdId) AS who,
                   CONCAT('HELD, but booking ', b.id, ' is CANCELLED') AS why
            FROM {flights}.SeatHolds h
            JOIN {booking}.Bookings b ON b.holdId = h.holdId
            WHERE h.state = 'HELD' AND b.status = 'CANCELLED'
              AND NOT EXISTS (SELECT 1 FROM {booking}.Outbox o WHERE o.bookingId = b.id
                              AND o.topic = 'hold.release' AND o.doneAt IS NULL)",
    },
    Check {
        invariant: 2,
        name: "a hold has exactly the seats that its booking shows",
        sql: "
            SELECT CONCAT('booking ', b.id) AS who,
                   CONCAT(i.noOfSeats, ' seats on flight ', i.flightId, ', the hold has ',
                          COALESCE(hi.seats, 0)) AS why
            FROM {booking}.Bookings b
            JOIN {booking}.BookingItems i ON i.bookingId = b.id
            LEFT JOIN {flights}.HoldItems hi ON hi.holdId = b.holdId AND hi.flightId = i.flightId
            WHERE b.status <> 'CANCELLED' AND b.seatState IN ('HELD', 'SOLD')
              AND COALESCE(hi.seats, 0) <> i.noOfSeats",
    },
    Check {
        invariant: 3,
        name: "each BOOKED has exactly one kept payment, of its total",
        sql: "
            SELECT CONCAT('booking ', b.id) AS who,
                   CONCAT(COUNT(p.id), ' kept payments of ', COALESCE(SUM(p.amount), 0),
                          ', it costs ', b.totalCost, ' ', COALESCE(b.currency, '')) AS why
            FROM {booking}.Bookings b
            LEFT JOIN {booking}.Payments p ON p.bookingId = b.id AND p.status = 'CAPTURED'
              AND NOT EXISTS (SELECT 1 FROM {booking}.Refunds r
                              WHERE r.paymentId = p.id AND r.status <> 'FAILED')
            WHERE b.status = 'BOOKED'
            GROUP BY b.id, b.totalCost, b.currency, b.paymentId
            HAVING COUNT(p.id) <> 1 OR MAX(p.amount) <> b.totalCost
                OR MAX(p.currency) <> b.currency OR NOT MAX(p.id) <=> b.paymentId",
    },
    Check {
        invariant: 3,
        name: "each BOOKED has a SOLD hold or a pending sell",
        sql: "
            SELECT CONCAT('booking ', b.id) AS who,
                   CONCAT('BOOKED, its hold is ', COALESCE(h.state, 'absent')) AS why
            FROM {booking}.Bookings b
            LEFT JOIN {flights}.SeatHolds h ON h.holdId = b.holdId
            WHERE b.status = 'BOOKED' AND NOT h.state <=> 'SOLD'
              AND NOT (h.state <=> 'HELD'
                       AND EXISTS (SELECT 1 FROM {booking}.Outbox o WHERE o.bookingId = b.id
                                   AND o.topic = 'hold.sell' AND o.doneAt IS NULL))",
    },
    Check {
        invariant: 4,
        name: "each CANCELLED has its seats back or a pending release",
        sql: "
            SELECT CONCAT('booking ', b.id) AS who,
                   CONCAT('CANCELLED, its hold is ', h.state) AS why
            FROM {booking}.Bookings b
            JOIN {flights}.SeatHolds h ON h.holdId = b.holdId
            WHERE b.status = 'CANCELLED' AND h.state <> 'RELEASED'
              AND NOT EXISTS (SELECT 1 FROM {booking}.Outbox o WHERE o.bookingId = b.id
                              AND o.topic = 'hold.release' AND o.doneAt IS NULL)",
    },
    Check {
        invariant: 4,
        name: "unpaid holds are counted right",
        sql: "
            SELECT CONCAT('user ', counted.userId) AS who,
                   CONCAT('UnpaidHolds says ', SUM(counted.said), ', there are ',
                          SUM(counted.are)) AS why
            FROM (SELECT userId, CAST(n AS SIGNED) AS said, 0 AS are FROM {booking}.UnpaidHolds
                  UNION ALL
                  SELECT userId, 0, 1 FROM {booking}.Bookings
                  WHERE status IN ('INITIATED', 'PENDING')) counted
            GROUP BY counted.userId HAVING SUM(counted.said) <> SUM(counted.are)",
    },
    Check {
        invariant: 5,
        name: "captured - refunds = cost of BOOKED, per currency",
        sql: "
            SELECT CONCAT('currency ', sums.currency) AS who,
                   CONCAT('captured ', SUM(sums.captured), ' - refunds ', SUM(sums.refunded),
                          ' <> booked ', SUM(sums.booked)) AS why
            FROM (SELECT currency, amount AS captured, 0 AS refunded, 0 AS booked
                  FROM {booking}.Payments WHERE status = 'CAPTURED'
                  UNION ALL
                  SELECT currency, 0, amount, 0 FROM {booking}.Refunds WHERE status <> 'FAILED'
                  UNION ALL
                  SELECT currency, 0, 0, totalCost FROM {booking}.Bookings
                  WHERE status = 'BOOKED') sums
            GROUP BY sums.currency
            HAVING SUM(sums.captured) - SUM(sums.refunded) <> SUM(sums.booked)",
    },
    Check {
        invariant: 5,
        name: "each payment is what the provider says",
        sql: "
            SELECT CONCAT('payment ', p.id) AS who,
                   CONCAT(p.status, ' ', p.amount, ' ', p.currency, ', at the provider ',
                          COALESCE(CONCAT(c.state, ' ', c.amount, ' ', c.currency), 'unknown'))
                     AS why
            FROM {booking}.Payments p
            LEFT JOIN {payments}.Charges c ON c.id = p.id
            WHERE (p.status = 'CAPTURED' AND NOT (c.state <=> 'CAPTURED' AND c.amount = p.amount
                                                  AND c.currency = p.currency))
               OR (p.status = 'DECLINED' AND c.state IN ('CAPTURED', 'PROCESSING'))",
    },
    Check {
        invariant: 5,
        name: "each charge at the provider has its payment",
        sql: "
            SELECT CONCAT('charge ', c.id) AS who,
                   CONCAT(c.state, ' ', c.amount, ' ', c.currency, ' without a payment') AS why
            FROM {payments}.Charges c
            LEFT JOIN {booking}.Payments p ON p.id = c.id
            WHERE p.id IS NULL",
    },
    Check {
        invariant: 5,
        name: "each refund is what the provider says",
        sql: "
            SELECT CONCAT('refund of payment ', r.paymentId) AS who,
                   CONCAT(r.status, ' ', r.amount, ', at the provider ',
                          COALESCE(g.amount, 'none')) AS why
            FROM {booking}.Refunds r
            LEFT JOIN {payments}.Refunds g ON g.chargeId = r.paymentId
            WHERE (r.status = 'SUCCEEDED' AND NOT g.amount <=> r.amount)
               OR (r.status = 'FAILED' AND g.chargeId IS NOT NULL)",
    },
    Check {
        invariant: 5,
        name: "each refund at the provider is in the books",
        sql: "
            SELECT CONCAT('refund of charge ', g.chargeId) AS who,
                   CONCAT(g.amount, ' given back, not in the books') AS why
            FROM {payments}.Refunds g
            LEFT JOIN {booking}.Refunds r ON r.paymentId = g.chargeId
            WHERE r.id IS NULL",
    },
    Check {
        invariant: 6,
        name: "one booking_success job for each that became BOOKED in the last 6 days",
        sql: "
            SELECT CONCAT('booking ', e.bookingId) AS who,
                   CONCAT('became BOOKED, has ', COALESCE(sent.jobs, 0),
                          ' booking_success jobs') AS why
            FROM {booking}.BookingEvents e
            LEFT JOIN (SELECT bookingId, COUNT(*) AS jobs FROM {booking}.Outbox
                       WHERE topic = 'email'
                         AND JSON_VALUE(payload, '$.templateId') = 'booking_success'
                       GROUP BY bookingId) sent
              ON sent.bookingId = e.bookingId
            WHERE e.toStatus = 'BOOKED' AND e.at > NOW(6) - INTERVAL 6 DAY
              AND COALESCE(sent.jobs, 0) <> 1",
    },
    Check {
        invariant: 6,
        name: "no booking_success job for one that never was BOOKED",
        sql: "
            SELECT CONCAT('booking ', COALESCE(o.bookingId, '?')) AS who,
                   CONCAT('never was BOOKED, job ', o.id) AS why
            FROM {booking}.Outbox o
            WHERE o.topic = 'email'
              AND JSON_VALUE(o.payload, '$.templateId') = 'booking_success'
              AND NOT EXISTS (SELECT 1 FROM {booking}.BookingEvents e
                              WHERE e.bookingId = o.bookingId AND e.toStatus = 'BOOKED')",
    },
    Check {
        invariant: 6,
        name: "each e-mail that is done is in the ledger",
        sql: "
            SELECT CONCAT('job ', o.id) AS who,
                   CONCAT('done at ', o.doneAt, ', the ledger does not know it') AS why
            FROM {booking}.Outbox o
            LEFT JOIN {notification}.Deliveries d ON d.jobId = o.id
            WHERE o.topic = 'email' AND o.doneAt IS NOT NULL AND d.jobId IS NULL",
    },
    Check {
        invariant: 7,
        name: "the timeline replays to the status by legal transitions",
        sql: "
            SELECT CONCAT('booking ', b.id) AS who,
                   CASE WHEN e.id IS NULL THEN 'has no events'
                        WHEN NOT e.fromStatus <=> e.previous
                          THEN CONCAT('event ', e.id, ' starts from ',
                                      COALESCE(e.fromStatus, 'nothing'), ' after ',
                                      COALESCE(e.previous, 'nothing'))
                        WHEN e.following IS NULL AND e.toStatus <> b.status
                          THEN CONCAT('ends ', e.toStatus, ', the booking is ', b.status)
                        ELSE CONCAT('event ', e.id, ': ', COALESCE(e.fromStatus, 'nothing'),
                                    ' -> ', e.toStatus) END AS why
            FROM {booking}.Bookings b
            LEFT JOIN (SELECT id, bookingId, fromStatus, toStatus,
                              LAG(toStatus) OVER (PARTITION BY bookingId ORDER BY id) AS previous,
                              LEAD(toStatus) OVER (PARTITION BY bookingId ORDER BY id) AS following
                       FROM {booking}.BookingEvents) e ON e.bookingId = b.id
            WHERE e.id IS NULL OR NOT e.fromStatus <=> e.previous
               OR (e.following IS NULL AND e.toStatus <> b.status)
               OR CONCAT(COALESCE(e.fromStatus, ''), '>', e.toStatus) NOT IN
                  ('>INITIATED', 'INITIATED>PENDING', 'INITIATED>CANCELLED', 'PENDING>BOOKED',
                   'PENDING>INITIATED', 'PENDING>CANCELLED', 'BOOKED>CANCELLED')",
    },
    Check {
        invariant: 8,
        name: "no outbox row waits for more than 5 minutes",
        sql: "
            SELECT CONCAT('outbox ', o.id) AS who,
                   CONCAT(o.topic, ' since ', o.createdAt, ', ', o.attempts, ' attempts') AS why
            FROM {booking}.Outbox o
            WHERE o.doneAt IS NULL AND o.createdAt < NOW(6) - INTERVAL 5 MINUTE",
    },
    Check {
        invariant: 8,
        name: "no payment is PROCESSING for more than 5 minutes",
        sql: "
            SELECT CONCAT('payment ', p.id) AS who,
                   CONCAT('PROCESSING since ', p.createdAt) AS why
            FROM {booking}.Payments p
            WHERE p.status = 'PROCESSING' AND p.createdAt < NOW(6) - INTERVAL 5 MINUTE",
    },
    Check {
        invariant: 8,
        name: "no refund is PENDING for more than 5 minutes",
        sql: "
            SELECT CONCAT('refund of payment ', r.paymentId) AS who,
                   CONCAT('PENDING since ', r.createdAt) AS why
            FROM {booking}.Refunds r
            WHERE r.status = 'PENDING' AND r.createdAt < NOW(6) - INTERVAL 5 MINUTE",
    },
    Check {
        invariant: 8,
        name: "no hold is RELEASING for more than 5 minutes",
        sql: "
            SELECT CONCAT('booking ', b.id) AS who,
                   CONCAT('RELEASING since ', b.updatedAt) AS why
            FROM {booking}.Bookings b
            WHERE b.seatState = 'RELEASING' AND b.updatedAt < NOW(6) - INTERVAL 5 MINUTE",
    },
];
