//! Invariants 1, 2, 4 and the seats of 3: flights, their holds and whose they are.

use super::Check;

/// The checks.
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
            LEFT JOIN (SELECT DISTINCT bookingId FROM {booking}.Outbox
                       WHERE topic = 'hold.release' AND doneAt IS NULL) pending
              ON pending.bookingId = b.id
            WHERE h.state = 'HELD' AND b.status = 'CANCELLED' AND pending.bookingId IS NULL",
    },
    Check {
        invariant: 2,
        name: "each flight that a live booking shows is in its hold",
        sql: "
            SELECT CONCAT('booking ', b.id) AS who,
                   CONCAT(i.noOfSeats, ' seats on flight ', i.flightId, ', the hold is ',
                          COALESCE(h.state, 'absent'), ' and has ', COALESCE(hi.seats, 0)) AS why
            FROM {booking}.Bookings b
            JOIN {booking}.BookingItems i ON i.bookingId = b.id
            LEFT JOIN {flights}.SeatHolds h ON h.holdId = b.holdId
            LEFT JOIN {flights}.HoldItems hi ON hi.holdId = b.holdId AND hi.flightId = i.flightId
            WHERE b.status <> 'CANCELLED' AND b.seatState IN ('HELD', 'SOLD')
              AND (hi.holdId IS NULL OR h.state = 'RELEASED')",
    },
    Check {
        invariant: 2,
        // Also while the booking is REQUESTED: it asked for what it shows and for nothing else.
        name: "a live booking's hold has exactly the seats that the booking shows",
        sql: "
            SELECT CONCAT('booking ', b.id) AS who,
                   CONCAT(COALESCE(i.noOfSeats, 0), ' seats on flight ', hi.flightId,
                          ', the hold has ', hi.seats) AS why
            FROM {booking}.Bookings b
            JOIN {flights}.HoldItems hi ON hi.holdId = b.holdId
            LEFT JOIN {booking}.BookingItems i
              ON i.bookingId = b.id AND i.flightId = hi.flightId
            WHERE b.status <> 'CANCELLED' AND COALESCE(i.noOfSeats, 0) <> hi.seats",
    },
    Check {
        invariant: 3,
        name: "each BOOKED has a SOLD hold or a pending sell",
        sql: "
            SELECT CONCAT('booking ', b.id) AS who,
                   CONCAT('BOOKED, its hold is ', COALESCE(h.state, 'absent')) AS why
            FROM {booking}.Bookings b
            LEFT JOIN {flights}.SeatHolds h ON h.holdId = b.holdId
            LEFT JOIN (SELECT DISTINCT bookingId FROM {booking}.Outbox
                       WHERE topic = 'hold.sell' AND doneAt IS NULL) pending
              ON pending.bookingId = b.id
            WHERE b.status = 'BOOKED' AND NOT h.state <=> 'SOLD'
              AND NOT (h.state <=> 'HELD' AND pending.bookingId IS NOT NULL)",
    },
    Check {
        invariant: 4,
        name: "each CANCELLED has its seats back or a pending release",
        sql: "
            SELECT CONCAT('booking ', b.id) AS who,
                   CONCAT('CANCELLED, its hold is ', h.state) AS why
            FROM {booking}.Bookings b
            JOIN {flights}.SeatHolds h ON h.holdId = b.holdId
            LEFT JOIN (SELECT DISTINCT bookingId FROM {booking}.Outbox
                       WHERE topic = 'hold.release' AND doneAt IS NULL) pending
              ON pending.bookingId = b.id
            WHERE b.status = 'CANCELLED' AND h.state <> 'RELEASED'
              AND pending.bookingId IS NULL",
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
];
