//! By which indexes the database reads what a search asks for.

use serde_json::json;

use crate::harness::World;

#[tokio::test(flavor = "multi_thread")]
async fn searches_are_read_by_their_indexes() {
    let world = World::new().await;
    world.airports().await;
    let airplane = world.airplane(50).await;
    for n in 0..50 {
        world.flight_with(airplane, 30 + n, json!({})).await;
    }
    sqlx::query("ANALYZE TABLE Flight")
        .execute(world.db())
        .await
        .expect("analyzed");
    let keys = async |sql: &'static str| -> Option<String> {
        let row = sqlx::query(sql)
            .fetch_one(world.db())
            .await
            .expect("a plan");
        sqlx::Row::try_get(&row, "key").expect("a key")
    };
    let key = keys(
        "EXPLAIN SELECT id FROM Flight f WHERE departureTime > NOW(6) AND \
         departureAirportId = 'JFK' AND arrivalAirportId = 'LAX' AND departureDate = UTC_DATE() \
         ORDER BY price, id LIMIT 21",
    );
    assert_eq!(key.await.as_deref(), Some("Flight_route_day"));
    for (explain, index) in [
        (
            "EXPLAIN SELECT id FROM Flight f WHERE departureTime > NOW(6) \
             ORDER BY departureTime, id LIMIT 21",
            "Flight_time",
        ),
        (
            "EXPLAIN SELECT id FROM Flight f WHERE departureTime > NOW(6) \
             ORDER BY price, id LIMIT 21",
            "Flight_by_price",
        ),
        (
            "EXPLAIN SELECT id FROM Flight f WHERE departureTime > NOW(6) AND arrivalTime > NOW(6) \
             ORDER BY arrivalTime, id LIMIT 21",
            "Flight_by_arrival",
        ),
        (
            "EXPLAIN SELECT id FROM Flight f WHERE departureTime > NOW(6) AND currency = 'EUR' \
             ORDER BY price, id LIMIT 21",
            "Flight_currency_price",
        ),
        (
            "EXPLAIN SELECT id FROM Flight f WHERE departureTime > NOW(6) AND airline = '9Z' \
             ORDER BY price DESC, id DESC LIMIT 21",
            "Flight_airline_price",
        ),
        (
            "EXPLAIN SELECT id FROM Flight f WHERE departureTime > NOW(6) \
             ORDER BY flightNumber, id LIMIT 21",
            "Flight_by_number",
        ),
    ] {
        assert_eq!(keys(explain).await.as_deref(), Some(index), "{explain}");
    }
}
