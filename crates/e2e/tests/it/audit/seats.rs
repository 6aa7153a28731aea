//! Invariants 1, 2, 4 and the seats of 3.

use super::{breaking, keeping};

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

/// Flight 2, on which nobody booked anything.
const OTHER_FLIGHT: &str = "
INSERT INTO {flights}.Flight (id, flightNumber, airline, airplaneId, departureAirportId,
    arrivalAirportId, departureTime, arrivalTime, departureDate, price, currency, totalSeats,
    availableSeats)
SELECT 2, '3Y102', airline, airplaneId, departureAirportId, arrivalAirportId, departureTime,
    arrivalTime, departureDate, price, currency, totalSeats, 10 - 2
FROM {flights}.Flight WHERE id = 1;
INSERT INTO {flights}.HoldItems (holdId, flightId, seats, unitPrice, currency, departureTime)
VALUES ('HOLD3', 2, 2, 10000, 'USD', '2036-01-01 12:00')";

#[tokio::test]
async fn invariant_2_names_a_booking_whose_hold_has_a_flight_that_it_lacks() {
    let why = breaking(2, OTHER_FLIGHT, "booking 3").await;
    assert_eq!(why, "0 seats on flight 2, the hold has 2");
    let while_requested = "UPDATE {booking}.Bookings SET seatState = 'REQUESTED', heldAt = NULL
                           WHERE id = 3";
    let sql = format!("{while_requested};\n{OTHER_FLIGHT}");
    breaking(2, &sql, "booking 3").await;
}

#[tokio::test]
async fn invariant_2_names_a_booking_whose_hold_lacks_its_flight_or_is_released() {
    let gone = "DELETE FROM {flights}.HoldItems WHERE holdId = 'HOLD3'";
    let why = breaking(2, gone, "booking 3").await;
    assert_eq!(why, "1 seats on flight 1, the hold is HELD and has 0");
    let released = "UPDATE {flights}.SeatHolds SET state = 'RELEASED' WHERE holdId = 'HOLD3'";
    breaking(2, released, "booking 3").await;
}

#[tokio::test]
async fn a_hold_that_its_booking_has_not_heard_of_yet_is_no_violation() {
    let sql = "UPDATE {booking}.Bookings SET seatState = 'REQUESTED', heldAt = NULL WHERE id = 3";
    keeping(sql).await;
}

#[tokio::test]
async fn invariant_3_names_a_booked_booking_without_sold_seats() {
    let sql = "UPDATE {flights}.SeatHolds SET state = 'HELD' WHERE holdId = 'HOLD1'";
    breaking(3, sql, "booking 1").await;
}

#[tokio::test]
async fn a_pending_sell_or_release_is_no_violation() {
    let sql = "UPDATE {flights}.SeatHolds SET state = 'HELD' WHERE holdId IN ('HOLD1', 'HOLD2');
UPDATE {flights}.Flight SET availableSeats = 4 WHERE id = 1;
INSERT INTO {booking}.Outbox (id, topic, payload) VALUES
  ('SELL', 'hold.sell', '{\"bookingId\": 1}'), ('FREE', 'hold.release', '{\"bookingId\": 2}')";
    keeping(sql).await;
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
