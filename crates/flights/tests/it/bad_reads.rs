//! Every id of a path and every parameter of a list, given wrong in every way.

use reqwest::Method;
use serde_json::json;

use crate::harness::{World, id};

#[tokio::test(flavor = "multi_thread")]
async fn bad_ids_of_paths_are_refused() {
    let world = World::new().await;
    let admin = world.admin();
    for bad in [
        "0",
        "-1",
        "1.5",
        "abc",
        "9223372036854775808",
        "1%20",
        "%2B1",
        "true",
    ] {
        for list in ["city", "airport", "airplane", "flight"] {
            let path = format!("/{list}/{bad}");
            world.get(&path).await.names("id");
            world.delete(&path, &admin).await.names("id");
            world.put(&path, &admin, json!({})).await.names("id");
        }
        world
            .get(&format!("/airplane/{bad}/seat"))
            .await
            .names("id");
        world
            .delete(&format!("/airplane/1/seat/{bad}"), &admin)
            .await
            .names("seatId");
        world
            .patch(&format!("/flight/{bad}/seats"), &admin, json!({"seats": 1}))
            .await
            .names("id");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_search_parameters_are_refused_by_name() {
    let world = World::new().await;
    let table = [
        (
            "trips",
            "JFK,JFK-,-LAX,JFK-JFK,jfk-lax,JFKLAX,JFK-LAX-SFO,1,JFK-LA%00,",
        ),
        (
            "price",
            "abc,-,100,-5,200-100,1.5-3,1-2-3,99999999999999999999-,1e3-2e3,%20-,",
        ),
        ("travellers", "0,-1,1.5,abc,true,1001,99999999999,2%20,"),
        (
            "tripdate",
            "2026-02-30,2026-1-1,24.12.2026,tomorrow,2026-12-24T00:00:00Z,20261224,0000-01-01,\
             1899-12-31,9999-01-01,",
        ),
        ("airline", "A,AAA,aa,%C3%84A,"),
        ("currency", "usd,ZZZ,US,1,"),
        (
            "departureFrom",
            "2026-12-24,now,1767225600,2026-12-24T00:00:00,0000-01-01T00:00:00%2B14:00,\
             1900-01-01T00:00:00%2B00:01,9999-01-01T00:00:00Z,",
        ),
        (
            "departureTo",
            "2026-12-24,now,1767225600,2026-12-24T00:00:00,0000-01-01T00:00:00%2B14:00,\
             1900-01-01T00:00:00%2B00:01,9999-01-01T00:00:00Z,",
        ),
        (
            "sort",
            "price,price_up,gate_asc,PRICE_asc,id_asc,price_asc;drop,price_asc%2Cprice_desc,",
        ),
        ("limit", "0,-1,101,1.5,abc,true,99999999999,"),
        ("cursor", "x,%25,e30,W10,bnVsbA,"),
    ];
    for (parameter, values) in table {
        for value in values.split(',') {
            let answer = world.get(&format!("/flight?{parameter}={value}")).await;
            let named = answer.body["errors"][0]["field"].as_str();
            let wanted = (422, Some(parameter));
            assert_eq!(
                (answer.status, named),
                wanted,
                "{parameter}={value:?} {}",
                answer.body
            );
        }
    }
    world.get("/flight?gate=A1").await.names("gate");
    world.get("/flight?limit=1&limit=2").await.names("limit");
    let turned = "departureFrom=2027-01-02T00:00:00Z&departureTo=2027-01-01T00:00:00Z";
    world
        .get(&format!("/flight?{turned}"))
        .await
        .names("departureTo");
    for list in [
        "/city",
        "/airport",
        "/airplane",
        "/airline",
        "/airplane/1/seat",
    ] {
        for bad in ["limit=0", "limit=101", "limit=x", "cursor=x", "cursor=e30"] {
            let name = bad.split('=').next().expect("a name");
            world.get(&format!("{list}?{bad}")).await.names(name);
        }
        world.get(&format!("{list}?sort=id")).await.names("sort");
    }
    world.get("/airport?q=").await.names("q");
    world
        .get(&format!("/airport?q={}", "x".repeat(61)))
        .await
        .names("q");
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_cursors_and_texts_stay_text() {
    let world = World::new().await;
    let flight = world.flight(10).await;
    let positions = [
        json!({"sort": "departureTime asc", "values": [], "id": 1}),
        json!({"sort": "departureTime asc", "values": [{"n": 1}], "id": 1}),
        json!({"sort": "price asc", "values": [{"n": 1}], "id": 1}),
        json!({"sort": "departureTime asc", "values": [{"s": "'; DROP TABLE Flight"}], "id": 1}),
        json!({"sort": "departureTime asc", "values": [{"t": "-0001-01-01T00:00:00Z"}], "id": 1}),
        json!({"sort": "departureTime asc", "values": [{"t": "+10000-01-01T00:00:00Z"}], "id": 1}),
    ];
    for position in positions {
        let cursor = service_kit::http::page::cursor(&position);
        world
            .get(&format!("/flight?cursor={cursor}"))
            .await
            .names("cursor");
    }
    let q = "'%20OR%201=1%20--%20%5C";
    assert_eq!(
        world.get(&format!("/airport?q={q}")).await.data(200),
        json!([])
    );
    let name = json!({"city": "Robert'); DROP TABLE Cities;-- \\ % _ 🛫"});
    let city = world
        .post("/city", &world.admin(), name.clone())
        .await
        .data(201);
    let shown = world.get(&format!("/city/{}", id(&city))).await.data(200);
    assert_eq!(shown["city"], name["city"]);
    assert_eq!(world.get(&format!("/flight/{flight}")).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_paths_and_methods_are_problems() {
    let world = World::new().await;
    world.get("/nothing").await.is_problem(404, "NOT_FOUND");
    let answer = world.send(Method::GET, "/", "", None).await;
    answer.is_problem(404, "NOT_FOUND");
    world
        .post("/flight/1", &world.admin(), json!({}))
        .await
        .is_problem(405, "MALFORMED");
    world
        .delete("/flight", &world.admin())
        .await
        .is_problem(405, "MALFORMED");
}
