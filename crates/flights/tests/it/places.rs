//! Cities, airports and airlines, from creation to deletion.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{World, id, merged};

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
    world.depart(flight).await;
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

/// A lock is waited for 5 s, then the statement fails and is run again.
#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_waited_too_long_for_a_lock_is_run_again() {
    let world = World::new().await;
    let admin = world.admin();
    let city = world.city("Paris").await;
    let mut other = world.db().begin().await.expect("a transaction");
    for locked in [
        "INSERT INTO Cities (city) VALUES ('Lyon')",
        "INSERT INTO Airlines (code, name) VALUES ('AA', 'Alpha')",
        "UPDATE Cities SET city = 'Lutetia' WHERE city = 'Paris'",
    ] {
        sqlx::query(locked)
            .execute(&mut *other)
            .await
            .expect("locked");
    }
    let (path, airline) = (
        format!("/city/{city}"),
        json!({"code": "AA", "name": "Alpha"}),
    );
    let airport = json!({"name": "Orly", "code": "ORY", "cityId": city});
    let unlocked = async {
        tokio::time::sleep(Duration::from_millis(5_500)).await;
        other.rollback().await.expect("rolled back");
    };
    let (made, renamed, named, built, ()) = tokio::join!(
        world.post("/city", &admin, json!({"city": "Lyon"})),
        world.put(&path, &admin, json!({"city": "Lille"})),
        world.post("/airline", &admin, airline),
        world.post("/airport", &admin, airport),
        unlocked,
    );
    made.data(201);
    renamed.data(200);
    named.data(201);
    built.data(201);
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
