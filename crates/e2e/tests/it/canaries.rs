//! Secrets planted wherever a request has room for them, in good requests, bad ones and such that
//! fail: none of them is in any log, at the level that says the most.

use e2e::{
    api::{Answer, Api},
    stack::{ADMIN_EMAIL, Options, Stack, services::SERVICES},
    traveller::Traveller,
};
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Executor};

use crate::{
    matrix::tables::{self, Door, Route},
    shared::a_flight_of,
    stays_fixed::logs_of,
};

const EMAIL: &str = "canary.bird@canary-mail.test";
const PASSWORD: &str = "Canary-Passw0rd! of gold";
/// As long as a refresh token.
const TOKEN: &str = "canaryTOKENcanaryTOKENcanaryTOKENcanaryTOKE";
const CARD: &str = "4000056655665556";
const NAME: &str = "Canary Birdsong";

const ALL: [&str; 5] = [EMAIL, PASSWORD, TOKEN, CARD, NAME];

/// Every field that some body has.
const FIELDS: &[&str] = &[
    "email",
    "password",
    "name",
    "currentPassword",
    "newPassword",
    "refreshToken",
    "token",
    "id",
    "role",
    "airline",
    "disabled",
    "flightId",
    "noOfSeats",
    "items",
    "passengers",
    "userId",
    "bookingId",
    "totalCost",
    "paymentToken",
    "city",
    "cityId",
    "code",
    "address",
    "modelNumber",
    "capacity",
    "row",
    "col",
    "type",
    "flightNumber",
    "airplaneId",
    "departureAirportId",
    "arrivalAirportId",
    "departureTime",
    "arrivalTime",
    "price",
    "currency",
    "boardingGate",
    "totalSeats",
    "seats",
    "dec",
    "givenName",
    "surname",
    "paymentId",
    "amount",
];

async fn debugging() -> Stack {
    let options = SERVICES
        .iter()
        .fold(Options::for_tests(), |options, service| {
            options.with(service.name, "RUST_LOG", "debug")
        });
    Stack::start(&options).await.unwrap()
}

/// A request with a secret in its query, in each header that is read, and in its body.
async fn plant(api: &Api, method: &Method, path: &str, secret: &str, body: &Value) -> Answer {
    let escaped: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let path = format!("{path}?{escaped}={escaped}&canary={escaped}");
    let cookie = format!("session={secret}");
    let referer = format!("http://127.0.0.1/?{escaped}");
    let headers = [
        ("x-correlation-id", secret),
        ("x-idempotency-key", secret),
        ("user-agent", secret),
        ("cookie", &cookie),
        ("referer", &referer),
        ("origin", secret),
        ("x-forwarded-for", secret),
        ("accept", secret),
        ("x-user-id", secret),
    ];
    api.send(method.clone(), &path, &headers, Some(body))
        .await
        .unwrap()
}

/// The path with a secret, as far as a path can have it, in place of each parameter.
fn path_with(route: &Route, secret: &str) -> String {
    let plain: String = secret.chars().filter(char::is_ascii_alphanumeric).collect();
    let segments = route.path();
    let segments = segments
        .split('/')
        .map(|segment| match segment.starts_with('{') {
            true => plain.as_str(),
            false => segment,
        });
    segments.collect::<Vec<_>>().join("/")
}

fn no_secret_in(logs: &str, secrets: &[&str]) {
    assert!(logs.contains("DEBUG"), "the logs say the most");
    assert!(logs.contains("request answered"), "requests are logged");
    for secret in secrets {
        let plain: String = secret.chars().filter(char::is_ascii_alphanumeric).collect();
        let escaped: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        for spelling in [*secret, &plain, &escaped] {
            let line = logs.lines().find(|line| line.contains(spelling));
            assert_eq!(line, None, "{spelling} is in the logs");
        }
    }
}

/// A body that ends in the middle of a secret.
async fn break_off(stack: &Stack, route: &Route, url: &str, secret: &str) {
    let sent = stack
        .http
        .request(route.method(), url)
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {secret}"))
        .body(format!("{{\"email\": \"{secret}\", \"{secret}"))
        .send();
    sent.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_of_a_request_is_in_a_log_line() {
    let stack = debugging().await;
    let gateway = stack.gateway();
    let admin = gateway.signed_in(ADMIN_EMAIL, &stack.admin_password);
    let token = admin.await.unwrap().token().unwrap().to_owned();
    for (at, route) in tables::all().iter().enumerate() {
        let name = match route.door {
            Door::Gateway => "gateway",
            Door::Direct => route.service,
        };
        let base = Api::new(stack.http.clone(), stack.part(name).url());
        for secret in ALL {
            let whole = FIELDS
                .iter()
                .map(|field| ((*field).to_owned(), json!(secret)));
            let whole = Value::Object(whole.collect());
            let path = path_with(route, secret);
            // Nobody, somebody who takes the secret for a token, and who may.
            for api in [
                base.clone(),
                base.with_token(secret),
                base.with_token(&token),
            ] {
                plant(&api, &route.method(), &path, secret, &whole).await;
            }
            let url = format!("{}{path}", stack.part(name).url());
            break_off(&stack, route, &url, secret).await;
        }
        let api = base.with_token(&token);
        for (field, secret) in FIELDS.iter().zip(ALL.iter().cycle().skip(at % ALL.len())) {
            let (path, alone) = (path_with(route, "7"), json!({*field: secret}));
            if route.method() != Method::GET {
                api.send(route.method(), &path, &[], Some(&alone))
                    .await
                    .unwrap();
            }
        }
    }
    let mut secrets = ALL.to_vec();
    secrets.extend([token.as_str(), stack.admin_password.as_str()]);
    no_secret_in(&logs_of(&stack), &secrets);
    stack.finish().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_in_a_log_line_when_things_work_nor_when_they_fail() {
    let mut stack = debugging().await;
    let flight = a_flight_of(&stack).await;
    let gateway = stack.gateway();
    let account = json!({"email": EMAIL, "password": PASSWORD, "name": NAME});
    for status in [200, 409] {
        let answer = gateway.post("/api/v1/signup", &account).await.unwrap();
        assert_eq!(answer.status, status, "{}", answer.text);
    }
    let someone = Traveller {
        api: gateway.signed_in(EMAIL, PASSWORD).await.unwrap(),
        email: EMAIL.to_owned(),
    };
    let forgotten = json!({"email": EMAIL});
    let forgot = gateway.post("/api/v1/password/forgot", &forgotten);
    assert_eq!(forgot.await.unwrap().status, 202);
    let refresh = json!({"refreshToken": TOKEN});
    let refused = gateway
        .post("/api/v1/token/refresh", &refresh)
        .await
        .unwrap();
    assert_eq!(refused.status, 401);
    let booking = json!({
        "flightId": flight,
        "passengers": [{"givenName": "Canary", "surname": NAME, "type": "ADULT"}],
    });
    let book = "/bookingService/api/v1/booking";
    let booked = someone
        .api
        .post_with_key(book, TOKEN, &booking)
        .await
        .unwrap();
    assert_eq!(booked.status, 201, "{}", booked.text);
    // No provider knows this card.
    let by_card = someone.pay_by(booked.data(), CARD, CARD).await.unwrap();
    assert_ne!(by_card.status, 200, "{}", by_card.text);
    let second = someone.must_book(flight, 1).await.unwrap();
    let paid = someone.pay(&second, "paid").await.unwrap();
    assert_eq!(paid.status, 200, "{}", paid.text);

    for name in ["payment-sandbox", "notification", "flights", "booking"] {
        stack.part_mut(name).kill();
        for (path, body) in [
            (book.to_owned(), booking.clone()),
            (
                format!("{book}/payments"),
                json!({"paymentToken": CARD, "bookingId": 1, "totalCost": 1}),
            ),
        ] {
            let answer = someone
                .api
                .post_with_key(&path, TOKEN, &body)
                .await
                .unwrap();
            assert_eq!(answer.status == 503, name == "booking", "{}", answer.text);
        }
    }
    let mut root = stack.database.root().await.unwrap();
    let rename = stack
        .database
        .schemas
        .fill("RENAME TABLE {gateway}.User_Roles TO {gateway}.Gone");
    root.execute(AssertSqlSafe(rename)).await.unwrap();
    let credentials = json!({"email": EMAIL, "password": PASSWORD});
    let failed = gateway.post("/api/v1/signin", &credentials).await.unwrap();
    assert_eq!(failed.status, 500, "{}", failed.text);

    let token = someone.api.token().unwrap().to_owned();
    let reference = booked.data()["reference"].as_str().unwrap().to_owned();
    let mut secrets = ALL.to_vec();
    secrets.extend([token.as_str(), reference.as_str()]);
    no_secret_in(&logs_of(&stack), &secrets);
    stack.finish().await.unwrap();
}
