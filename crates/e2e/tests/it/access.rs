//! Who may do what, as seen from outside.

use reqwest::Method;
use serde_json::json;

use crate::shared::{admin, flight, gateway, stack, traveller};

#[tokio::test(flavor = "multi_thread")]
async fn the_dashboard_is_not_open() {
    let someone = traveller().await;
    let ui = "/bookingService/ui";
    assert_eq!(gateway().await.get(ui).await.unwrap().status, 401);
    assert_eq!(someone.api.get(ui).await.unwrap().status, 403);
    let admins = admin().await.get(ui).await.unwrap();
    assert_eq!(admins.status, 200, "{}", admins.text);
    let direct = stack().await.part("booking").url();
    let direct = e2e::api::Api::new(e2e::stack::client(), direct)
        .get("/ui")
        .await
        .unwrap();
    assert_eq!(direct.status, 401, "{}", direct.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn x_user_id_cannot_be_spoofed() {
    let (owner, thief) = (traveller().await, traveller().await);
    let booking = owner.must_book(flight(5).await, 1).await.unwrap();
    let path = format!("/bookingService/api/v1/booking/{}", booking["id"]);
    let owner_id = booking["userId"].to_string();
    let spoof = [
        ("x-user-id", owner_id.as_str()),
        ("x-user-roles", "ADMIN"),
        ("x-user-email", owner.email.as_str()),
    ];
    let seen = thief
        .api
        .send(Method::GET, &path, &spoof, None)
        .await
        .unwrap();
    assert_eq!((seen.status, seen.code()), (404, "NOT_FOUND"));
    let cancel = format!("{path}/cancel");
    let cancelled = thief
        .api
        .send(Method::POST, &cancel, &spoof, Some(&json!({})))
        .await
        .unwrap();
    assert_eq!(cancelled.status, 404, "{}", cancelled.text);
    let anonymous = gateway()
        .await
        .send(Method::GET, &path, &spoof, None)
        .await
        .unwrap();
    assert_eq!(
        (anonymous.status, anonymous.code()),
        (401, "UNAUTHENTICATED")
    );
    assert_eq!(
        anonymous.header("www-authenticate").split(' ').next(),
        Some("Bearer")
    );
    let direct = stack()
        .await
        .direct("booking")
        .with_client(e2e::stack::client());
    let at_the_service = format!("/booking/{}", booking["id"]);
    let direct = direct
        .send(Method::GET, &at_the_service, &spoof, None)
        .await
        .unwrap();
    assert_eq!(direct.status, 401, "the service does not believe it either");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_id_in_the_body_is_accepted_ignored_and_never_trusted() {
    let someone = traveller().await;
    let flight = flight(5).await;
    let body = json!({"flightId": flight, "noOfSeats": 1, "userId": 1});
    let booked = someone
        .api
        .post("/bookingService/api/v1/booking", &body)
        .await
        .unwrap();
    assert_eq!(booked.status, 201, "{}", booked.text);
    let me = someone.api.get("/api/v1/me").await.unwrap();
    assert_eq!(booked.data()["userId"], me.data()["id"]);
    let pay = json!({
        "bookingId": booked.data()["id"], "totalCost": booked.data()["totalCost"], "userId": 1
    });
    let path = "/bookingService/api/v1/booking/payments";
    let paid = someone.api.post_with_key(path, "k", &pay).await.unwrap();
    assert_eq!(paid.status, 200, "{}", paid.text);
    assert_eq!(paid.data()["userId"], me.data()["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn not_anybody_writes_flights_airports_seats() {
    let someone = traveller().await;
    let flight = flight(5).await;
    let at = format!("/flightsService/api/v1/flight/{flight}");
    let writes = [
        (
            Method::POST,
            "/flightsService/api/v1/city".to_owned(),
            json!({"city": "Gotham"}),
        ),
        (
            Method::POST,
            "/flightsService/api/v1/airport".to_owned(),
            json!({"code": "GTM"}),
        ),
        (
            Method::POST,
            "/flightsService/api/v1/airplane".to_owned(),
            json!({"capacity": 1}),
        ),
        (
            Method::POST,
            "/flightsService/api/v1/flight".to_owned(),
            json!({"price": 1}),
        ),
        (
            Method::PATCH,
            format!("{at}/seats"),
            json!({"seats": 1, "dec": false}),
        ),
        (Method::PUT, at.clone(), json!({"price": 1})),
        (Method::DELETE, at, json!({})),
    ];
    let anonymous = gateway().await;
    for (method, path, body) in writes {
        let nobody = anonymous
            .send(method.clone(), &path, &[], Some(&body))
            .await
            .unwrap();
        assert_eq!(nobody.status, 401, "{method} {path}: {}", nobody.text);
        let customer = someone
            .api
            .send(method.clone(), &path, &[], Some(&body))
            .await
            .unwrap();
        assert_eq!(customer.status, 403, "{method} {path}: {}", customer.text);
        let direct = path.trim_start_matches("/flightsService/api/v1");
        let service = stack()
            .await
            .direct("flights")
            .with_client(e2e::stack::client());
        let refused = service
            .send(method.clone(), direct, &[], Some(&body))
            .await
            .unwrap();
        assert_eq!(
            refused.status, 401,
            "the service checks again: {method} {path}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_airlines_people_touch_their_own_flights_only() {
    let admin = admin().await;
    let worker = traveller().await;
    let me = worker.api.get("/api/v1/me").await.unwrap();
    let role = json!({"id": me.data()["id"], "role": "FLIGHT_COMPANY", "airline": "3Y"});
    let given = admin.post("/api/v1/role", &role).await.unwrap();
    assert_eq!(given.status, 200, "{}", given.text);
    let worker = gateway()
        .await
        .signed_in(&worker.email, e2e::traveller::PASSWORD)
        .await
        .unwrap();
    let search = "/flightsService/api/v1/flight?trips=JFK-LAX&limit=1&airline=";
    let mine = admin.get(&format!("{search}3Y")).await.unwrap().data()[0]["id"].clone();
    let others = flight(5).await;
    let gate = json!({"boardingGate": "B7"});
    let path = |id: String| format!("/flightsService/api/v1/flight/{id}");
    let own = worker
        .send(Method::PATCH, &path(mine.to_string()), &[], Some(&gate))
        .await
        .unwrap();
    assert_eq!(
        (own.status, &own.data()["boardingGate"]),
        (200, &json!("B7")),
        "{}",
        own.text
    );
    let other = worker
        .send(Method::PATCH, &path(others.to_string()), &[], Some(&gate))
        .await
        .unwrap();
    assert_eq!((other.status, other.code()), (403, "FORBIDDEN"));
}

#[tokio::test(flavor = "multi_thread")]
async fn internal_paths_do_not_pass_the_gateway_nor_take_a_persons_token() {
    let admin = admin().await;
    let hold = "internal/v1/holds/01ARZ3NDEKTSV4RRFFQ69G5FAV";
    for path in [
        format!("/flightsService/{hold}"),
        format!("/flightsService/api/v1/../../{hold}"),
        format!("/flightsService/api/v1/%2e%2e/%2e%2e/{hold}"),
        format!("/flightsService//{hold}"),
        format!("/{hold}"),
        "/notificationService/internal/v1/deliveries/query".to_owned(),
        "/bookingService/metrics".to_owned(),
        "/flightsService/readyz".to_owned(),
    ] {
        let answer = admin.send(Method::DELETE, &path, &[], None).await.unwrap();
        assert!(
            [400, 404, 405].contains(&answer.status),
            "{path}: {}",
            answer.text
        );
    }
    let flights = stack().await.part("flights").url();
    let token = admin.token().unwrap();
    let direct = e2e::api::Api::new(e2e::stack::client(), flights).with_token(token);
    let refused = direct
        .send(Method::DELETE, &format!("/{hold}"), &[], None)
        .await
        .unwrap();
    assert!([401, 403].contains(&refused.status), "{}", refused.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sees_a_hash_and_sign_up_gives_no_roles() {
    let gateway = gateway().await;
    for (field, value) in [
        ("id", json!(1)),
        ("roles", json!(["ADMIN"])),
        ("role", json!("ADMIN")),
    ] {
        let mut account = json!({
            "email": "greedy@example.test", "password": "correct horse battery", "name": "Greedy"
        });
        account[field] = value;
        let answer = gateway.post("/api/v1/signup", &account).await.unwrap();
        assert_eq!(
            (answer.status, &answer.body["errors"][0]["field"]),
            (422, &json!(field))
        );
    }
    let someone = traveller().await;
    let wrong = json!({"email": someone.email, "password": "wrong horse battery"});
    let wrong = gateway.post("/api/v1/signin", &wrong).await.unwrap();
    assert_eq!((wrong.status, wrong.code()), (401, "BAD_CREDENTIALS"));
    let right = json!({"email": someone.email, "password": e2e::traveller::PASSWORD});
    let right = gateway.post("/api/v1/signin", &right).await.unwrap();
    let id = right.data()["user"]["id"].to_string();
    assert_eq!(right.data()["user"]["roles"], json!(["CUSTOMER"]));
    let seen = someone.api.get(&format!("/api/v1/{id}")).await.unwrap();
    for answer in [&right, &seen] {
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert!(
            !answer.text.to_lowercase().contains("password"),
            "{}",
            answer.text
        );
        assert!(!answer.text.contains("$argon2"), "{}", answer.text);
    }
    assert_eq!(
        gateway.get(&format!("/api/v1/{id}")).await.unwrap().status,
        401
    );
    let stranger = traveller()
        .await
        .api
        .get(&format!("/api/v1/{id}"))
        .await
        .unwrap();
    assert!([403, 404].contains(&stranger.status), "{}", stranger.text);
    let twice = json!({"email": someone.email, "password": "correct horse battery", "name": "T"});
    let twice = gateway.post("/api/v1/signup", &twice).await.unwrap();
    assert_eq!((twice.status, twice.code()), (409, "EMAIL_TAKEN"));
}
