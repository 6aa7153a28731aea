//! What a search finds, in which order, page by page.

use chrono::Duration;
use serde_json::{Value, json};
use service_kit::clock;

use crate::{
    days::january,
    harness::{World, rfc3339},
};

async fn found(world: &World, query: &str) -> Vec<i64> {
    let flights = world.get(&format!("/flight?{query}")).await.data(200);
    let flights = flights.as_array().expect("a list").iter();
    flights
        .map(|flight| flight["id"].as_i64().expect("an id"))
        .collect()
}

/// JFK, LAX, AKL and an airplane of 50 seats.
async fn places(world: &World) -> i64 {
    world.airports().await;
    world.airport("AKL").await;
    world.airplane(50).await
}

fn at(departure: String, arrival: String) -> Value {
    json!({"departureTime": departure, "arrivalTime": arrival})
}

#[tokio::test(flavor = "multi_thread")]
async fn tripdate_is_the_local_day_at_the_departure_airport() {
    let world = World::new().await;
    let airplane = places(&world).await;
    let [day, next] = january(24);
    // 22:00 on the 24th in New York is the 25th in UTC.
    let late = at(format!("{day}T22:00:00-05:00"), format!("{next}T06:00:00Z"));
    let late = world.flight_with(airplane, 30, late).await;
    // 08:00 on the 25th in Auckland is the 24th in UTC.
    let mut early = at(
        format!("{next}T08:00:00+13:00"),
        format!("{next}T08:00:00Z"),
    );
    early["departureAirportId"] = json!("AKL");
    let early = world.flight_with(airplane, 30, early).await;
    let on = |day| format!("tripdate={day}");
    assert_eq!(found(&world, &on(day)).await, [late]);
    assert_eq!(found(&world, &on(next)).await, [early]);
    let route_on = |day| format!("trips=JFK-LAX&tripdate={day}");
    assert_eq!(found(&world, &route_on(day)).await, [late]);
    assert_eq!(found(&world, &route_on(next)).await, Vec::<i64>::new());
    assert_eq!(found(&world, "trips=LAX-JFK").await, Vec::<i64>::new());
    assert_eq!(found(&world, "trips=ZZZ-QQQ").await, Vec::<i64>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_narrow_and_combine() {
    let world = World::new().await;
    let airplane = places(&world).await;
    let flight = async |hours: i64, change: Value| world.flight_with(airplane, hours, change).await;
    let cheap = flight(30, json!({"price": 100, "totalSeats": 2})).await;
    let middle = flight(40, json!({"price": 500, "currency": "EUR"})).await;
    let dear = flight(
        50,
        json!({"price": 900, "flightNumber": "BB1", "totalSeats": 50}),
    )
    .await;
    assert_eq!(found(&world, "").await, [cheap, middle, dear]);
    assert_eq!(found(&world, "price=100-500").await, [cheap, middle]);
    assert_eq!(found(&world, "price=101-").await, [middle, dear]);
    assert_eq!(found(&world, "price=0-99").await, Vec::<i64>::new());
    assert_eq!(found(&world, "travellers=2").await, [cheap, middle, dear]);
    assert_eq!(found(&world, "travellers=3").await, [middle, dear]);
    assert_eq!(found(&world, "airline=BB").await, [dear]);
    assert_eq!(found(&world, "currency=EUR").await, [middle]);
    assert_eq!(
        found(&world, "currency=USD&price=100-&travellers=3&trips=JFK-LAX").await,
        [dear]
    );
    let time = |hours: i64| rfc3339(clock::now() + Duration::hours(hours));
    let from = format!("departureFrom={}", time(35));
    let to = format!("departureTo={}", time(45));
    assert_eq!(found(&world, &from).await, [middle, dear]);
    assert_eq!(found(&world, &to).await, [cheap, middle]);
    assert_eq!(found(&world, &format!("{from}&{to}")).await, [middle]);
    let offset = format!("departureFrom={}", time(35).replace('Z', "%2B00:00"));
    assert_eq!(found(&world, &offset).await, [middle, dear]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_seat_is_gone_from_the_search() {
    let world = World::new().await;
    let flight = world.flight(3).await;
    world.hold(&crate::harness::hold_id(), &[(flight, 2)]).await;
    assert_eq!(found(&world, "travellers=1").await, [flight]);
    assert_eq!(found(&world, "travellers=2").await, Vec::<i64>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_departed_flight_is_never_listed() {
    let world = World::new().await;
    let airplane = places(&world).await;
    let ahead = world.flight_with(airplane, 30, json!({})).await;
    let gone = world.flight_with(airplane, 31, json!({})).await;
    world.depart(gone).await;
    let shown = world.get(&format!("/flight/{gone}")).await.data(200);
    let day = shown["departureLocal"].as_str().expect("a time")[..10].to_owned();
    for query in [
        String::new(),
        "trips=JFK-LAX".to_owned(),
        "sort=price_asc".to_owned(),
        "departureFrom=2020-01-01T00:00:00Z".to_owned(),
    ] {
        assert_eq!(found(&world, &query).await, [ahead], "{query}");
    }
    assert!(
        !found(&world, &format!("tripdate={day}"))
            .await
            .contains(&gone)
    );
    assert!(
        !found(&world, "departureTo=2099-01-01T00:00:00Z")
            .await
            .contains(&gone)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn flights_are_sorted_as_asked() {
    let world = World::new().await;
    let airplane = places(&world).await;
    let flight = async |hours: i64, price: i64, number: &str, seats: i64| {
        let change = json!({"price": price, "flightNumber": number, "totalSeats": seats});
        world.flight_with(airplane, hours, change).await
    };
    let a = flight(50, 300, "AA300", 10).await;
    let b = flight(30, 100, "AA100", 30).await;
    let c = flight(40, 300, "AA200", 20).await;
    world.hold(&crate::harness::hold_id(), &[(b, 9)]).await;
    world.hold(&crate::harness::hold_id(), &[(b, 9)]).await;
    for (sort, order) in [
        ("price_asc,departureTime_asc", [b, c, a]),
        ("price_desc,departureTime_desc", [a, c, b]),
        ("price_asc,departureTime_desc", [b, a, c]),
        ("price_DESC,flightNumber_ASC", [c, a, b]),
        ("departureTime_desc", [a, c, b]),
        ("arrivalTime_asc", [b, c, a]),
        ("flightNumber_asc", [b, c, a]),
        ("totalSeats_asc", [a, c, b]),
        ("availableSeats_asc", [a, b, c]),
        ("price_asc", [b, a, c]),
        ("price_desc", [c, a, b]),
    ] {
        assert_eq!(
            found(&world, &format!("sort={sort}")).await,
            order,
            "{sort}"
        );
    }
    assert_eq!(found(&world, "").await, [b, c, a]);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_every_sort_give_each_flight_once() {
    let world = World::new().await;
    let airplane = places(&world).await;
    for n in 0..23 {
        let change = json!({"price": 100 + n % 3, "totalSeats": 10 + n % 2});
        world.flight_with(airplane, 30 + n / 4, change).await;
    }
    for sort in [
        "price_asc",
        "price_desc",
        "departureTime_asc",
        "departureTime_desc",
        "arrivalTime_desc",
        "flightNumber_desc",
        "totalSeats_asc,price_desc",
        "availableSeats_desc,price_asc,departureTime_desc",
        "price_desc,departureTime_asc",
    ] {
        let whole = found(&world, &format!("sort={sort}&limit=100")).await;
        assert_eq!(whole.len(), 23);
        let pages = world.pages(&format!("/flight?sort={sort}&limit=4")).await;
        let pages: Vec<i64> = pages
            .iter()
            .map(|flight| flight["id"].as_i64().expect("an id"))
            .collect();
        assert_eq!(pages, whole, "{sort}");
    }
    let filtered = world
        .pages("/flight?trips=JFK-LAX&price=101-101&limit=3")
        .await;
    assert_eq!(filtered.len(), 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_holds_while_flights_come_and_go() {
    let world = World::new().await;
    let airplane = places(&world).await;
    let mut flights = vec![];
    for hour in [30, 40, 50, 60] {
        flights.push(world.flight_with(airplane, hour, json!({})).await);
    }
    let first = world.get("/flight?limit=2").await;
    let next = first.body["page"]["next"]
        .as_str()
        .expect("a next page")
        .to_owned();
    assert_eq!(first.body["page"]["limit"], 2);
    // One comes in before the page's end, the last of the page goes away.
    world.flight_with(airplane, 35, json!({})).await;
    world
        .delete(&format!("/flight/{}", flights[1]), &world.admin())
        .await
        .data(200);
    let second = world.get(&format!("/flight?limit=2&cursor={next}")).await;
    assert_eq!(second.body["page"]["next"], Value::Null);
    let ids: Vec<_> = second
        .data(200)
        .as_array()
        .expect("a list")
        .iter()
        .map(|f| f["id"].clone())
        .collect();
    assert_eq!(ids, [json!(flights[2]), json!(flights[3])]);
    world
        .get(&format!("/flight?cursor={next}&sort=price_asc"))
        .await
        .names("cursor");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_has_twenty_flights_unless_it_says_otherwise() {
    let world = World::new().await;
    let airplane = places(&world).await;
    for n in 0..21 {
        world.flight_with(airplane, 30 + n, json!({})).await;
    }
    let page = world.get("/flight").await;
    assert_eq!(page.body["page"]["limit"], 20);
    assert!(page.body["page"]["next"].is_string());
    assert_eq!(page.data(200).as_array().expect("a list").len(), 20);
    let exact = world.get("/flight?limit=21").await;
    assert_eq!(exact.body["page"]["next"], Value::Null);
}
