//! What an airline's people may write: their own.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{World, id, merged};

struct Fleet {
    world: World,
    own: i64,
    others: i64,
    shared: i64,
    company: String,
}

impl Fleet {
    async fn new() -> Self {
        let world = World::new().await;
        world.airports().await;
        let airplane = async |airline: Value| {
            let body = json!({"modelNumber": "Test", "capacity": 10, "airline": airline});
            id(&world
                .post("/airplane", &world.admin(), body)
                .await
                .data(200))
        };
        let own = airplane(json!("AA")).await;
        let others = airplane(json!("BB")).await;
        let shared = airplane(Value::Null).await;
        let company = world.identities.airline("AA");
        Self {
            world,
            own,
            others,
            shared,
            company,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_airlines_people_keep_their_own_airplanes_and_seats_only() {
    let fleet = Fleet::new().await;
    let (world, company) = (&fleet.world, &fleet.company);
    let seat = json!({"row": 1, "col": "A", "type": "BUSINESS"});
    for foreign in [fleet.others, fleet.shared] {
        let path = format!("/airplane/{foreign}");
        let change = json!({"capacity": 5});
        world
            .put(&path, company, change.clone())
            .await
            .is_problem(403, "FORBIDDEN");
        world
            .patch(&path, company, change)
            .await
            .is_problem(403, "FORBIDDEN");
        let by_body = json!({"airplaneId": foreign, "capacity": 5});
        world
            .put("/airplane", company, by_body)
            .await
            .is_problem(403, "FORBIDDEN");
        world
            .delete(&path, company)
            .await
            .is_problem(403, "FORBIDDEN");
        let seats = format!("{path}/seat");
        world
            .post(&seats, company, seat.clone())
            .await
            .is_problem(403, "FORBIDDEN");
        let placed = id(&world
            .post(&seats, &world.admin(), seat.clone())
            .await
            .data(201));
        world
            .delete(&format!("{seats}/{placed}"), company)
            .await
            .is_problem(403, "FORBIDDEN");
        assert_eq!(world.get(&path).await.data(200)["capacity"], 10);
    }
    let path = format!("/airplane/{}", fleet.own);
    world
        .put(&path, company, json!({"capacity": 12}))
        .await
        .data(200);
    for airline in [json!("BB"), Value::Null] {
        let given_away = world.put(&path, company, json!({"airline": airline})).await;
        given_away.is_problem(403, "FORBIDDEN");
    }
    let placed = id(&world
        .post(&format!("{path}/seat"), company, seat)
        .await
        .data(201));
    world
        .delete(&format!("{path}/seat/{placed}"), company)
        .await
        .data(200);
    world.delete(&path, company).await.data(200);
    let named = json!({"modelNumber": "New", "capacity": 3, "airline": "BB"});
    world
        .post("/airplane", company, named)
        .await
        .is_problem(403, "FORBIDDEN");
    let unnamed = json!({"modelNumber": "New", "capacity": 3});
    assert_eq!(
        world.post("/airplane", company, unnamed).await.data(200)["airline"],
        "AA"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_airlines_people_keep_their_own_flights_only() {
    let fleet = Fleet::new().await;
    let (world, company) = (&fleet.world, &fleet.company);
    let body = |airplane: i64, change: Value| merged(world.flight_body(airplane, 30), change);
    for refused in [
        body(fleet.shared, json!({"flightNumber": "BB1"})),
        body(
            fleet.shared,
            json!({"flightNumber": "BB1", "airline": "AA"}),
        ),
        body(fleet.shared, json!({"airline": "BB"})),
        body(fleet.others, json!({})),
    ] {
        world
            .post("/flight", company, refused)
            .await
            .is_problem(403, "FORBIDDEN");
    }
    let theirs = body(fleet.others, json!({"flightNumber": "BB1"}));
    let theirs = id(&world
        .post("/flight", &world.admin(), theirs)
        .await
        .data(201));
    let path = format!("/flight/{theirs}");
    let change = json!({"price": 1});
    world
        .put(&path, company, change.clone())
        .await
        .is_problem(403, "FORBIDDEN");
    world
        .patch(&path, company, change)
        .await
        .is_problem(403, "FORBIDDEN");
    world
        .patch(&format!("{path}/seats"), company, json!({"seats": 1}))
        .await
        .is_problem(403, "FORBIDDEN");
    let load = format!("/api/v1{path}/load");
    world
        .send(Method::GET, &load, company, None)
        .await
        .is_problem(403, "FORBIDDEN");
    world
        .delete(&path, company)
        .await
        .is_problem(403, "FORBIDDEN");
    assert_eq!(world.get(&path).await.data(200)["price"], 10_000);
    assert_eq!(world.seats(theirs).await, (10, 10));

    for airplane in [fleet.own, fleet.shared] {
        let mine = world
            .post("/flight", company, body(airplane, json!({})))
            .await
            .data(201);
        assert_eq!(mine["airline"], "AA");
        let path = format!("/flight/{}", id(&mine));
        let moved = json!({"airplaneId": fleet.others});
        world
            .put(&path, company, moved)
            .await
            .is_problem(403, "FORBIDDEN");
        world
            .put(&path, company, json!({"price": 20_000}))
            .await
            .data(200);
        world
            .patch(&format!("{path}/seats"), company, json!({"seats": 2}))
            .await
            .data(200);
        let load = world
            .send(Method::GET, &format!("/api/v1{path}/load"), company, None)
            .await;
        assert_eq!(load.data(200)["totalSeats"], 8);
        world.delete(&path, company).await.data(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_airlines_people_delete_no_flights_of_another_with_their_airplane() {
    let fleet = Fleet::new().await;
    let (world, admin) = (&fleet.world, fleet.world.admin());
    let path = format!("/airplane/{}", fleet.own);
    let theirs = json!({"flightNumber": "BB1"});
    let theirs = world.flight_with(fleet.own, 30, theirs).await;
    let mine = world.flight_with(fleet.own, 30, json!({})).await;
    for departed in [false, true] {
        if departed {
            world.depart(theirs).await;
        }
        let refused = world.delete(&path, &fleet.company).await;
        refused.is_problem(409, "IN_USE");
    }
    for flight in [theirs, mine] {
        world.get(&format!("/flight/{flight}")).await.data(200);
    }
    world
        .delete(&format!("/flight/{theirs}"), &admin)
        .await
        .data(200);
    world.delete(&path, &fleet.company).await.data(200);
    assert_eq!(world.count("SELECT COUNT(*) FROM Flight").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_airplane_is_not_given_away_while_another_airlines_flights_use_it() {
    let fleet = Fleet::new().await;
    let (world, admin) = (&fleet.world, fleet.world.admin());
    let path = format!("/airplane/{}", fleet.shared);
    let give = async |airline: Value| {
        let change = json!({"airline": airline});
        world.put(&path, &admin, change).await
    };
    let flight = world
        .flight_with(fleet.shared, 30, json!({"flightNumber": "BB1"}))
        .await;
    give(json!("AA")).await.is_problem(409, "IN_USE");
    give(json!("BB")).await.data(200);
    give(json!("AA")).await.is_problem(409, "IN_USE");
    give(Value::Null).await.data(200);
    world.depart(flight).await;
    assert_eq!(give(json!("AA")).await.data(200)["airline"], "AA");
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_of_no_airline_writes_nothing() {
    let world = World::new().await;
    let nobody = service_kit::testing::user(7, "FLIGHT_COMPANY", None);
    let token = world.identities.token(nobody);
    let body = json!({"modelNumber": "New", "capacity": 3});
    world
        .post("/airplane", &token, body)
        .await
        .is_problem(403, "FORBIDDEN");
}
