//! What must hold at the end of every test.

use super::World;

impl World {
    /// Seats are conserved, counters agree, events
    /// replay by legal transitions, nothing BOOKED without one captured payment.
    pub async fn check(&self) {
        let leaks: Vec<i64> = sqlx::query_scalar(
            "SELECT f.id FROM Flight f WHERE f.totalSeats <> f.availableSeats + COALESCE(
               (SELECT SUM(i.seats) FROM HoldItems i JOIN SeatHolds h ON h.holdId = i.holdId
                WHERE i.flightId = f.id AND h.state IN ('HELD', 'SOLD')), 0)",
        )
        .fetch_all(&self.flights.admin)
        .await
        .unwrap();
        assert!(leaks.is_empty(), "seats leak on flights {leaks:?}");
        let miscounted = self
            .count(
                "SELECT COUNT(*) FROM UnpaidHolds u WHERE u.n <> (SELECT COUNT(*) FROM Bookings b
                 WHERE b.userId = u.userId AND b.status IN ('INITIATED', 'PENDING'))",
            )
            .await;
        assert_eq!(miscounted, 0, "unpaid holds are miscounted");
        let unpaid = self
            .count(
                "SELECT COUNT(*) FROM Bookings b WHERE b.status = 'BOOKED' AND 1 <>
                 (SELECT COUNT(*) FROM Payments p LEFT JOIN Refunds r ON r.paymentId = p.id
                  WHERE p.bookingId = b.id AND p.status = 'CAPTURED' AND r.id IS NULL)",
            )
            .await;
        assert_eq!(unpaid, 0, "BOOKED without exactly one captured payment");
        self.check_events().await;
    }

    async fn check_events(&self) {
        use booking::bookings::{Status, is_legal};
        let rows: Vec<(i64, Option<String>, String, String)> = sqlx::query_as(
            "SELECT e.bookingId, e.fromStatus, e.toStatus, b.status FROM BookingEvents e
             JOIN Bookings b ON b.id = e.bookingId ORDER BY e.bookingId, e.id",
        )
        .fetch_all(&self.bookings.admin)
        .await
        .unwrap();
        let status = |text: &str| text.parse::<Status>().unwrap();
        for events in rows.chunk_by(|a, b| a.0 == b.0) {
            let mut now: Option<Status> = None;
            for (id, from, to, _) in events {
                let from = from.as_deref().map(status);
                assert_eq!(from, now, "booking {id}");
                assert!(is_legal(from, status(to)), "booking {id}: {from:?} -> {to}");
                now = Some(status(to));
            }
            assert_eq!(now, Some(status(&events[0].3)), "booking {}", events[0].0);
        }
    }
}
