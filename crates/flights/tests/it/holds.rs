//! The protocol of holds.

use serde_json::json;

use crate::harness::{Answer, Booking, World, hold_id};

async fn race(holds: Vec<(Booking, Vec<(i64, u32)>)>) -> Vec<Answer> {
    let tasks = holds.into_iter().map(|(booking, items)| {
        tokio::spawn(async move { booking.hold(&hold_id(), &items).await })
    });
    let mut answers = vec![];
    for task in tasks.collect::<Vec<_>>() {
        answers.push(task.await.expect("no panic"));
    }
    answers
}

fn taken(answers: &[Answer]) -> usize {
    answers.iter().filter(|answer| answer.status == 201).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_concurrent_holds_take_exactly_fifty_seats() {
    let world = World::new().await;
    let flight = world.flight(50).await;
    let holds = (0..200).map(|_| (world.client(), vec![(flight, 1)]));
    let answers = race(holds.collect()).await;
    assert_eq!(taken(&answers), 50);
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        answer.is_problem(409, "NO_SEATS");
    }
    assert_eq!(world.seats(flight).await, (50, 0));
    assert_eq!(world.count("SELECT COUNT(*) FROM SeatHolds").await, 50);
}

#[tokio::test(flavor = "multi_thread")]
async fn holds_of_mixed_sizes_never_take_more_than_thirty_seats() {
    let world = World::new().await;
    let flight = world.flight(30).await;
    let holds = (0..60).map(|n| (world.client(), vec![(flight, 1 + n % 9)]));
    let answers = race(holds.collect()).await;
    let seats: i64 = answers
        .iter()
        .filter(|answer| answer.status == 201)
        .map(|answer| answer.body["items"][0]["seats"].as_i64().expect("seats"))
        .sum();
    assert!((22..=30).contains(&seats), "{seats}");
    assert_eq!(world.available(flight).await, 30 - seats);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_answers_what_it_took_with_the_flight_as_sold() {
    let world = World::new().await;
    let flight = world.flight(50).await;
    let id = hold_id();
    let answer = world.hold(&id, &[(flight, 2)]).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    assert_eq!(answer.body["holdId"], json!(id));
    assert_eq!(answer.body["state"], "HELD");
    let item = &answer.body["items"][0];
    let shown = world.get(&format!("/flight/{flight}")).await.data(200);
    assert_eq!(item["seats"], 2);
    assert_eq!(item["unitPrice"], 10_000);
    assert_eq!(item["currency"], "USD");
    assert_eq!(item["departureTime"], shown["departureTime"]);
    for field in [
        "flightNumber",
        "departureAirportId",
        "arrivalAirportId",
        "departureLocal",
        "arrivalLocal",
    ] {
        assert_eq!(item["flight"][field], shown[field]);
    }
    assert_eq!(world.available(flight).await, 48);
}
