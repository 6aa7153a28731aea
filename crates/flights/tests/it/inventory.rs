//! Cities, airports, airlines, airplanes, seats and flights, from creation to deletion.

use serde_json::{Value, json};

use crate::harness::{World, hold_id, id, merged};

#[tokio::test(flavor = "multi_thread")]
async fn a_city_is_created_renamed_and_deleted() {
    let world = World::new().await;
    let admin = world.admin();
    let city = world
        .post("/city", &admin, json!({"city": "  Paris "}))
        .await
        .data(201);
    let id = id(&city);
    assert_eq!(city["city"], "Paris");
    assert!(city["createdAt"].is_string() && city["updatedAt"].is_string());
    world
        .post("/city", &admin, json!({"city": "paris"}))
        .await
        .is_problem(409, "DUPLICATE");
    let path = format!("/city/{id}");
    let renamed = world
        .put(&path, &admin, json!({"name": "Lyon"}))
        .await
        .data(200);
    assert_eq!(renamed["city"], "Lyon");
    let by_body = json!({"id": id, "city": "Lille"});
    assert_eq!(
        world.put("/city", &admin, by_body.clone()).await.data(200)["city"],
        "Lille"
    );
    assert_eq!(
        world.patch("/city", &admin, by_body).await.data(200)["city"],
        "Lille"
    );
    world
        .patch(&path, &admin, json!({"id": id + 1, "city": "X"}))
        .await
        .names("id");
    world
        .put("/city", &admin, json!({"city": "X"}))
        .await
        .names("id");
    assert_eq!(world.get(&path).await.data(200)["city"], "Lille");
    assert_eq!(
        world.delete(&path, &admin).await.data(200),
        json!({"id": id})
    );
    world.get(&path).await.is_problem(404, "NOT_FOUND");
    world
        .put(&path, &admin, json!({"city": "X"}))
        .await
        .is_problem(404, "NOT_FOUND");
    world
        .delete(&path, &admin)
        .await
        .is_problem(404, "NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_airport_is_completed_from_the_bundled_table() {
    let world = World::new().await;
    let admin = world.admin();
    let city_id = world.city("Kathmandu").await;
    let body = json!({"name": "Tribhuvan", "code": "KTM", "cityId": city_id});
    let airport = world.post("/airport", &admin, body.clone()).await.data(201);
    assert_eq!(airport["timezone"], "Asia/Kathmandu");
    assert_eq!(
        (&airport["country"], &airport["address"]),
        (&json!("NP"), &Value::Null)
    );
    assert_eq!(airport["city"], json!({"id": city_id, "city": "Kathmandu"}));
    assert!((airport["latitude"].as_f64().expect("degrees") - 27.69).abs() < 0.1);
    let again = world.post("/airport", &admin, body).await;
    again.is_problem(409, "DUPLICATE");
    assert_eq!(again.body["errors"][0]["field"], "code");

    let unknown = json!({"name": "Heliport", "code": "ZZZ", "cityId": city_id});
    let answer = world.post("/airport", &admin, unknown.clone()).await;
    answer.is_problem(422, "VALIDATION");
    let fields: Vec<_> = answer.body["errors"]
        .as_array()
        .expect("errors")
        .iter()
        .collect();
    let fields: Vec<_> = fields
        .iter()
        .map(|error| error["field"].as_str().expect("a field"))
        .collect();
    assert_eq!(fields, ["country", "latitude", "longitude", "timezone"]);
    let given = json!({"country": "NP", "latitude": 27, "longitude": 85.5,
        "timezone": "Asia/Kathmandu", "address": "Roof 1"});
    let made = world
        .post("/airport", &admin, merged(unknown, given))
        .await
        .data(201);
    assert_eq!(
        (&made["latitude"], &made["address"]),
        (&json!(27.0), &json!("Roof 1"))
    );
    let cityless = json!({"name": "X", "code": "LHR", "cityId": 9_999});
    world
        .post("/airport", &admin, cityless)
        .await
        .names("cityId");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_airport_is_changed_by_path_and_by_body() {
    let world = World::new().await;
    let admin = world.admin();
    let airport = world.airport("JFK").await;
    let path = format!("/airport/{airport}");
    let changed = json!({"name": "Kennedy", "address": "Queens"});
    let changed = world.put(&path, &admin, changed).await.data(200);
    assert_eq!(
        (&changed["name"], &changed["address"]),
        (&json!("Kennedy"), &json!("Queens"))
    );
    assert_eq!(changed["timezone"], "America/New_York");
    let cleared = json!({"id": airport, "address": null});
    assert_eq!(
        world.put("/airport", &admin, cleared).await.data(200)["address"],
        Value::Null
    );
    let other = world.airport("LAX").await;
    let taken = world.patch(&path, &admin, json!({"code": "LAX"})).await;
    taken.is_problem(409, "DUPLICATE");
    world
        .patch(&path, &admin, json!({"cityId": 9_999}))
        .await
        .names("cityId");
    world
        .delete(&format!("/airport/{other}"), &admin)
        .await
        .data(200);
    world
        .get(&format!("/airport/{other}"))
        .await
        .is_problem(404, "NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_code_goes_to_the_flights_and_a_zone_stays_while_they_depart() {
    let world = World::new().await;
    let admin = world.admin();
    let flight = world.flight(10).await;
    let found = world.get("/airport?q=JFK").await.data(200);
    let path = format!("/airport/{}", id(&found[0]));
    world
        .put(&path, &admin, json!({"code": "JFX"}))
        .await
        .data(200);
    let shown = world.get(&format!("/flight/{flight}")).await.data(200);
    assert_eq!(shown["departureAirportId"], "JFX");
    let zone = json!({"timezone": "Asia/Tokyo"});
    world
        .put(&path, &admin, zone.clone())
        .await
        .is_problem(409, "IN_USE");
    world
        .delete(&format!("/flight/{flight}"), &admin)
        .await
        .data(200);
    assert_eq!(
        world.put(&path, &admin, zone).await.data(200)["timezone"],
        "Asia/Tokyo"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn airports_are_found_by_code_city_and_name_page_by_page() {
    let world = World::new().await;
    let admin = world.admin();
    let york = world.city("New York").await;
    let paulo = world.city("São Paulo").await;
    for (code, name, city) in [
        ("JFK", "John F Kennedy", york),
        ("LGA", "La Guardia", york),
        ("GRU", "Guarulhos", paulo),
        ("EWR", "New York Liberty 100%", paulo),
    ] {
        let body = json!({"name": name, "code": code, "cityId": city});
        world.post("/airport", &admin, body).await.data(201);
    }
    let codes = async |q: &str| -> Vec<String> {
        let found = world.get(&format!("/airport?q={q}")).await.data(200);
        let found = found.as_array().expect("a list").iter();
        found
            .map(|airport| airport["code"].as_str().expect("a code").to_owned())
            .collect()
    };
    assert_eq!(codes("jfk").await, ["JFK"]);
    assert_eq!(codes("new%20york").await, ["JFK", "LGA", "EWR"]);
    assert_eq!(codes("sao").await, ["GRU", "EWR"]);
    assert_eq!(codes("S%C3%A3o").await, ["GRU", "EWR"]);
    assert_eq!(codes("guard").await, ["LGA"]);
    assert_eq!(codes("100%25").await, ["EWR"]);
    assert_eq!(codes("%25").await, ["EWR"]);
    assert_eq!(codes("_").await, Vec::<String>::new());
    let all = world.pages("/airport?limit=3").await;
    assert_eq!(all.len(), 4);
    let york = world.pages("/airport?q=new%20york&limit=1").await;
    assert_eq!(york.len(), 3);
    assert_eq!(york[2]["code"], "EWR");
}

#[tokio::test(flavor = "multi_thread")]
async fn airlines_are_named_once() {
    let world = World::new().await;
    let body = json!({"code": "AA", "name": "Alpha Air"});
    let airline = world
        .post("/airline", &world.admin(), body.clone())
        .await
        .data(201);
    assert_eq!(airline["name"], "Alpha Air");
    world
        .post("/airline", &world.admin(), body)
        .await
        .is_problem(409, "DUPLICATE");
    let other = json!({"code": "9E", "name": "Nine"});
    world
        .post("/airline", &world.admin(), other)
        .await
        .data(201);
    let all = world.pages("/airline?limit=1").await;
    assert_eq!(
        (&all[0]["code"], &all[1]["code"]),
        (&json!("9E"), &json!("AA"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_airplane_and_its_seats_are_kept() {
    let world = World::new().await;
    let admin = world.admin();
    let airplane = world.airplane(100).await;
    let path = format!("/airplane/{airplane}");
    let by_body = json!({"airplaneId": airplane, "modelNumber": "Test 200"});
    assert_eq!(
        world.put("/airplane", &admin, by_body).await.data(200)["modelNumber"],
        "Test 200"
    );
    let by_id = json!({"id": airplane, "capacity": 90, "airline": "AA"});
    let changed = world.patch("/airplane", &admin, by_id).await.data(200);
    assert_eq!(
        (&changed["capacity"], &changed["airline"]),
        (&json!(90), &json!("AA"))
    );
    let shared = world
        .put(&path, &admin, json!({"airline": null}))
        .await
        .data(200);
    assert_eq!(shared["airline"], Value::Null);

    let seats = format!("{path}/seat");
    for (row, col) in [(2, "B"), (1, "F"), (1, "A")] {
        let body = json!({"row": row, "col": col});
        assert_eq!(
            world.post(&seats, &admin, body).await.data(201)["type"],
            "ECONOMY"
        );
    }
    let again = json!({"row": 1, "col": "A", "type": "FIRST_CLASS"});
    world
        .post(&seats, &admin, again)
        .await
        .is_problem(409, "DUPLICATE");
    let listed = world.pages(&format!("{seats}?limit=2")).await;
    let places: Vec<_> = listed
        .iter()
        .map(|seat| (&seat["row"], &seat["col"]))
        .collect();
    assert_eq!(
        places,
        [
            (&json!(1), &json!("A")),
            (&json!(1), &json!("F")),
            (&json!(2), &json!("B"))
        ]
    );
    let first = format!("{seats}/{}", id(&listed[0]));
    let elsewhere = format!(
        "/airplane/{}/seat/{}",
        world.airplane(5).await,
        id(&listed[0])
    );
    world
        .delete(&elsewhere, &admin)
        .await
        .is_problem(404, "NOT_FOUND");
    world.delete(&first, &admin).await.data(200);
    world
        .delete(&first, &admin)
        .await
        .is_problem(404, "NOT_FOUND");
    world
        .get("/airplane/9999/seat")
        .await
        .is_problem(404, "NOT_FOUND");
    world
        .post("/airplane/9999/seat", &admin, json!({"row": 1, "col": "A"}))
        .await
        .is_problem(404, "NOT_FOUND");
    world.delete(&path, &admin).await.data(200);
    assert_eq!(world.count("SELECT COUNT(*) FROM Seat").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flight_shows_its_places_its_airplane_and_local_times() {
    let world = World::new().await;
    world.airports().await;
    let airplane = world.airplane(50).await;
    let body = merged(
        world.flight_body(airplane, 30),
        json!({"departureTime": "2027-01-10T08:00:00-05:00", "arrivalTime": "2027-01-10T19:15:00.25Z",
            "boardingGate": "A1", "currency": "EUR", "totalSeats": 40}),
    );
    let flight = world.post("/flight", &world.admin(), body).await.data(201);
    assert_eq!(flight["departureTime"], "2027-01-10T13:00:00Z");
    assert_eq!(flight["arrivalTime"], "2027-01-10T19:15:00.250Z");
    assert_eq!(flight["departureLocal"], "2027-01-10T08:00:00-05:00");
    assert_eq!(flight["arrivalLocal"], "2027-01-10T11:15:00.250-08:00");
    assert_eq!(
        (&flight["totalSeats"], &flight["availableSeats"]),
        (&json!(40), &json!(40))
    );
    assert_eq!(
        (&flight["currency"], &flight["boardingGate"]),
        (&json!("EUR"), &json!("A1"))
    );
    assert_eq!(flight["airline"], "AA");
    assert_eq!(flight["airplane"]["capacity"], 50);
    assert_eq!(flight["departureAirport"]["city"]["city"], "City of JFK");
    assert_eq!(flight["arrivalAirport"]["timezone"], "America/Los_Angeles");
    assert!(flight["createdAt"].is_string() && flight["updatedAt"].is_string());
    let shown = world
        .get(&format!("/flight/{}", id(&flight)))
        .await
        .data(200);
    assert_eq!(shown, flight);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flight_is_refused_where_its_parts_do_not_fit() {
    let world = World::new().await;
    world.airports().await;
    let airplane = world.airplane(50).await;
    let admin = world.admin();
    let good = world.flight_body(airplane, 30);
    for (change, field) in [
        (json!({"airplaneId": 9_999}), "airplaneId"),
        (json!({"departureAirportId": "ZZZ"}), "departureAirportId"),
        (json!({"arrivalAirportId": "ZZZ"}), "arrivalAirportId"),
        (json!({"arrivalAirportId": "JFK"}), "arrivalAirportId"),
        (json!({"totalSeats": 51}), "totalSeats"),
        (
            json!({"departureTime": "2020-01-01T00:00:00Z"}),
            "departureTime",
        ),
        (
            json!({"departureTime": "2199-01-01T00:00:00Z"}),
            "departureTime",
        ),
        (json!({"arrivalTime": good["departureTime"]}), "arrivalTime"),
        (
            json!({"arrivalTime": "2199-01-01T00:00:00Z"}),
            "arrivalTime",
        ),
    ] {
        world
            .post("/flight", &admin, merged(good.clone(), change))
            .await
            .names(field);
    }
    assert_eq!(world.count("SELECT COUNT(*) FROM Flight").await, 0);
    world.post("/flight", &admin, good.clone()).await.data(201);
    world
        .post("/flight", &admin, good)
        .await
        .is_problem(409, "DUPLICATE");
    world.get("/flight/9999").await.is_problem(404, "NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn times_and_airplane_change_only_while_no_seat_is_taken() {
    let world = World::new().await;
    let admin = world.admin();
    let flight = world.flight(50).await;
    let (bigger, smaller) = (world.airplane(60).await, world.airplane(40).await);
    let path = format!("/flight/{flight}");
    let times = json!({"departureTime": "2027-01-11T23:30:00-05:00", "arrivalTime": "2027-01-12T05:00:00-05:00"});
    let moved = world.put(&path, &admin, times).await.data(200);
    assert_eq!(moved["departureLocal"], "2027-01-11T23:30:00-05:00");
    let listed = world.get("/flight?tripdate=2027-01-11").await.data(200);
    assert_eq!(listed[0]["id"], flight);
    world
        .put(&path, &admin, json!({"airplaneId": bigger}))
        .await
        .data(200);
    world
        .put(&path, &admin, json!({"airplaneId": smaller}))
        .await
        .names("airplaneId");
    world
        .put(
            &path,
            &admin,
            json!({"arrivalTime": "2027-01-11T00:00:00Z"}),
        )
        .await
        .names("arrivalTime");
    world
        .put(
            &path,
            &admin,
            json!({"departureTime": "2020-01-11T00:00:00Z"}),
        )
        .await
        .names("departureTime");

    let id = hold_id();
    world.hold(&id, &[(flight, 1)]).await;
    for change in [
        json!({"departureTime": "2027-01-12T00:00:00Z"}),
        json!({"arrivalTime": "2027-01-12T12:00:00Z"}),
        json!({"airplaneId": bigger}),
        json!({"airplaneId": bigger, "price": 5}),
    ] {
        world
            .patch(&path, &admin, change)
            .await
            .is_problem(409, "FLIGHT_HAS_BOOKINGS");
    }
    let details = json!({"price": 12_000, "boardingGate": "B7"});
    let changed = world.patch(&path, &admin, details).await.data(200);
    assert_eq!(
        (&changed["price"], &changed["boardingGate"]),
        (&json!(12_000), &json!("B7"))
    );
    let cleared = world
        .patch(&path, &admin, json!({"boardingGate": null}))
        .await
        .data(200);
    assert_eq!(cleared["boardingGate"], Value::Null);
    world.release(&id).await;
    world
        .patch(&path, &admin, json!({"airplaneId": bigger}))
        .await
        .data(200);
    world
        .put("/flight/9999", &admin, json!({"price": 5}))
        .await
        .is_problem(404, "NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_hold_depends_on_cannot_be_deleted() {
    let world = World::new().await;
    let admin = world.admin();
    let flight = world.flight(50).await;
    let id_ = hold_id();
    world.hold(&id_, &[(flight, 1)]).await;
    let shown = world.get(&format!("/flight/{flight}")).await.data(200);
    let paths = [
        format!("/city/{}", shown["departureAirport"]["cityId"]),
        format!("/city/{}", shown["arrivalAirport"]["cityId"]),
        format!("/airport/{}", shown["departureAirport"]["id"]),
        format!("/airport/{}", shown["arrivalAirport"]["id"]),
        format!("/airplane/{}", shown["airplaneId"]),
    ];
    // Held, sold and released alike: the rows are there.
    for state in ["HELD", "SOLD", "RELEASED"] {
        match state {
            "SOLD" => assert_eq!(world.sell(&id_).await.status, 200),
            "RELEASED" => assert_eq!(world.release(&id_).await.status, 200),
            _ => {}
        }
        for path in &paths {
            world.delete(path, &admin).await.is_problem(409, "IN_USE");
        }
        let path = format!("/flight/{flight}");
        world
            .delete(&path, &admin)
            .await
            .is_problem(409, "FLIGHT_HAS_BOOKINGS");
        assert_eq!(world.get(&path).await.status, 200);
    }
    assert_eq!(world.count("SELECT COUNT(*) FROM Cities").await, 2);
    assert_eq!(world.count("SELECT COUNT(*) FROM Airport").await, 2);
    sqlx::query("DELETE FROM SeatHolds")
        .execute(world.db())
        .await
        .expect("deleted");
    world.delete(&paths[0], &admin).await.data(200);
    assert_eq!(world.count("SELECT COUNT(*) FROM Flight").await, 0);
    assert_eq!(world.count("SELECT COUNT(*) FROM Airport").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fleet_change_never_leaves_a_flight_with_more_seats_than_its_airplane() {
    let world = World::new().await;
    let admin = world.admin();
    let flight = world.flight(50).await;
    let shown = world.get(&format!("/flight/{flight}")).await.data(200);
    let path = format!("/airplane/{}", shown["airplaneId"]);
    world
        .put(&path, &admin, json!({"capacity": 49}))
        .await
        .is_problem(409, "IN_USE");
    world
        .put(&path, &admin, json!({"capacity": 55}))
        .await
        .data(200);
    let seats = format!("/flight/{flight}/seats");
    world
        .patch(&seats, &admin, json!({"seats": 6, "dec": false}))
        .await
        .names("seats");
    world
        .patch(&seats, &admin, json!({"seats": 5, "dec": false}))
        .await
        .data(200);
    assert_eq!(world.seats(flight).await, (55, 55));
}
