//! Tokens that nobody made, or not like that, or not for this.

use base64::{Engine, prelude::BASE64_STANDARD, prelude::BASE64_URL_SAFE_NO_PAD};
use e2e::{
    api::{Answer, Api},
    stack::client,
};
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    callers::{Caller, Cast, claims_of},
    forgery::{Draft, flipped, now},
    tables::Door,
    walk::door,
};
use crate::shared::stack;

/// What the test asks for: nobody may without a good token.
const FOR_PEOPLE: [(Door, &str, &str); 8] = [
    (Door::Gateway, "gateway", "GET /api/v1/me"),
    (Door::Gateway, "gateway", "POST /api/v1/role"),
    (
        Door::Gateway,
        "booking",
        "GET /bookingService/api/v1/booking",
    ),
    (
        Door::Gateway,
        "flights",
        "POST /flightsService/api/v1/airplane",
    ),
    (Door::Gateway, "flights", "PUT /flightsService/api/v1/city"),
    (Door::Direct, "booking", "GET /api/v1/booking"),
    (Door::Direct, "flights", "POST /api/v1/airplane"),
    (Door::Direct, "flights", "PUT /api/v1/city"),
];

const FOR_SERVICES: [(Door, &str, &str); 3] = [
    (Door::Direct, "flights", "PUT /internal/v1/holds/nobody"),
    (
        Door::Direct,
        "notification",
        "POST /internal/v1/deliveries/query",
    ),
    (
        Door::Direct,
        "payment-sandbox",
        "GET /internal/v1/charges/nobody",
    ),
];

/// A case, and the lines of `Authorization` that it sends.
type Case = (String, Vec<String>);

#[tokio::test(flavor = "multi_thread")]
async fn a_persons_token_that_is_not_quite_right_is_401() {
    let cast = Cast::assemble().await;
    let token = cast.token(Caller::Admin, "gateway").unwrap();
    let good = Draft {
        header: json!({"alg": "EdDSA", "typ": "at+jwt", "kid": "gateway"}),
        claims: claims_of(&token),
        pem: std::fs::read_to_string(stack().await.file("gateway.pem")).unwrap(),
    };
    let service = cast.token(Caller::Service, "flights").unwrap();
    let mut cases = cases(&good, "service+jwt");
    let another = good.claiming("id", 1_000_000_000);
    let text = good.claiming("id", good.claims["sub"].clone());
    cases.extend([
        bearer("a service's token", service),
        bearer("another's id", another.signed()),
        bearer("an id of text", text.signed()),
    ]);
    let mut asked = 0;
    for asks in FOR_PEOPLE {
        asked += all_are_refused(asks, &good, &cases).await;
    }
    eprintln!("{} tokens: {asked} requests", cases.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_services_token_that_is_not_quite_right_is_401() {
    let cast = Cast::assemble().await;
    let person = cast.token(Caller::Admin, "gateway").unwrap();
    let mut asked = 0;
    for asks in FOR_SERVICES {
        let token = cast.token(Caller::Service, asks.1).unwrap();
        let good = Draft {
            header: json!({"alg": "EdDSA", "typ": "service+jwt", "kid": "booking"}),
            claims: claims_of(&token),
            pem: std::fs::read_to_string(stack().await.file("booking-service.pem")).unwrap(),
        };
        let mut cases = cases(&good, "at+jwt");
        cases.push(bearer("a person's token", person.clone()));
        // Booking speaks for itself only.
        let other = good.claiming("iss", "gateway").claiming("sub", "gateway");
        cases.push(bearer("another service's name", other.signed()));
        cases.push(bearer(
            "another service's kid",
            other.with_header("kid", "gateway").signed(),
        ));
        asked += all_are_refused(asks, &good, &cases).await;
    }
    eprintln!("{asked} requests");
}

/// The good one passes, so that it is what is wrong with the others that is refused.
async fn all_are_refused(asks: (Door, &str, &str), good: &Draft, cases: &[Case]) -> usize {
    let base = door(asks.0, asks.1).await;
    let (_, header) = bearer("the good one", good.signed());
    let passed = send(&base, asks.2, &header).await;
    assert!(
        ![401, 403].contains(&passed.status),
        "{asks:?}: {}",
        passed.text
    );
    let mut wrong = vec![];
    for (case, header) in cases {
        let answer = send(&base, asks.2, header).await;
        let challenge = answer.header("www-authenticate");
        let refused = (answer.status, answer.code()) == (401, "UNAUTHENTICATED");
        if !refused || !challenge.starts_with("Bearer") {
            wrong.push(format!("{case}: {} {}", answer.status, answer.text));
        }
    }
    assert!(wrong.is_empty(), "{asks:?}: {wrong:#?}");
    cases.len() + 1
}

async fn send(base: &Api, request: &str, authorization: &[String]) -> Answer {
    let (method, path) = request.split_once(' ').unwrap();
    let method: Method = method.parse().unwrap();
    let headers: Vec<_> = authorization
        .iter()
        .map(|line| ("authorization", line.as_str()))
        .collect();
    let body = json!({});
    let body = (method != Method::GET).then_some(&body);
    let base = base.with_client(client());
    base.send(method, path, &headers, body).await.unwrap()
}

fn bearer(case: &str, token: String) -> Case {
    (case.to_owned(), vec![format!("Bearer {token}")])
}

/// All that can be wrong with either kind.
fn cases(good: &Draft, other_kind: &str) -> Vec<Case> {
    let mut all = headers_amiss(good);
    all.extend(keys_amiss(good));
    all.extend(claims_amiss(good));
    all.extend(shapes_amiss(good));
    let swapped = [other_kind, "JWT", "at", ""];
    all.extend(swapped.map(|typ| {
        let token = good.with_header("typ", typ).signed();
        bearer(&format!("typ {typ:?}"), token)
    }));
    all.push(bearer("no typ", good.without_header("typ").signed()));
    all
}

fn keys_amiss(good: &Draft) -> Vec<Case> {
    let thief = good.by_a_thief();
    let (jwks, jwk) = ("https://thief.example/jwks.json", thief.public());
    let mut of_thief = jwk.clone();
    of_thief["kid"] = json!("thief");
    let named = thief.with_header("kid", "thief");
    let tokens = [
        ("a thief's key under our kid", thief.signed()),
        ("a thief's key and kid", named.signed()),
        ("jku", thief.with_header("jku", jwks).signed()),
        ("jku and kid", named.with_header("jku", jwks).signed()),
        ("x5u", thief.with_header("x5u", jwks).signed()),
        ("x5u and kid", named.with_header("x5u", jwks).signed()),
        ("jwk", thief.with_header("jwk", jwk).signed()),
        ("jwk and kid", named.with_header("jwk", of_thief).signed()),
        (
            "our key, unknown kid",
            good.with_header("kid", "x").signed(),
        ),
        ("our key, empty kid", good.with_header("kid", "").signed()),
        ("our key, no kid", good.without_header("kid").signed()),
        (
            "our key, a path as kid",
            good.with_header("kid", "../../gateway").signed(),
        ),
    ];
    tokens.map(|(case, token)| bearer(case, token)).into()
}

fn headers_amiss(good: &Draft) -> Vec<Case> {
    let mut all = vec![];
    for alg in ["none", "None", "NONE", ""] {
        let none = good.with_header("alg", alg).message();
        all.push(bearer(&format!("alg {alg:?}"), format!("{none}.")));
        let signed = good.with_header("alg", alg).signed();
        all.push(bearer(&format!("alg {alg:?}, signed"), signed));
    }
    let public = good.public();
    let x = public["x"].as_str().unwrap();
    let secrets: [(&str, Vec<u8>); 4] = [
        ("bytes", BASE64_URL_SAFE_NO_PAD.decode(x).unwrap()),
        ("text", x.into()),
        ("JWK", public.to_string().into()),
        ("nothing", vec![]),
    ];
    let hs256 = good.with_header("alg", "HS256");
    all.extend(secrets.map(|(what, secret)| {
        let token = hs256.signed_by_secret(&secret);
        bearer(&format!("HS256 by the public key's {what}"), token)
    }));
    for alg in ["HS256", "RS256", "ES256"] {
        let token = good.with_header("alg", alg).signed();
        all.push(bearer(&format!("says {alg}, is EdDSA"), token));
    }
    all
}

fn claims_amiss(good: &Draft) -> Vec<Case> {
    let mut all = vec![];
    for claim in ["aud", "iss", "exp", "sub"] {
        all.push(bearer(
            &format!("no {claim}"),
            good.not_claiming(claim).signed(),
        ));
        for value in [json!("somebody-else"), json!(""), Value::Null, json!([])] {
            let token = good.claiming(claim, value.clone()).signed();
            all.push(bearer(&format!("{claim} {value}"), token));
        }
    }
    let expired = [("expired by 10 s", json!(now() - 10)), ("exp 0", json!(0))];
    all.extend(expired.map(|(case, exp)| bearer(case, good.claiming("exp", exp).signed())));
    all.push(bearer("exp -1", good.claiming("exp", json!(-1)).signed()));
    all
}

fn shapes_amiss(good: &Draft) -> Vec<Case> {
    let token = good.signed();
    let signature = token.rsplit('.').next().unwrap();
    let long = good.claiming("padding", "x".repeat(10_000)).signed();
    let other = good.claiming("sub", "2").message();
    let tokens = [
        ("a bit of the header", flipped(&token, 0)),
        ("a bit of the claims", flipped(&token, 1)),
        ("a bit of the signature", flipped(&token, 2)),
        ("another's signature", format!("{other}.{signature}")),
        ("no signature", format!("{}.", good.message())),
        ("two parts", good.message()),
        ("four parts", format!("{token}.{signature}")),
        ("10 kB, well signed", long),
        ("10 kB of nothing", "x".repeat(10_000)),
        ("two tokens", format!("{token} {token}")),
        ("two tokens and a comma", format!("{token}, Bearer {token}")),
        ("in quotes", format!("\"{token}\"")),
        ("no JWT", "undefined".to_owned()),
    ];
    let mut all: Vec<_> = tokens.map(|(case, token)| bearer(case, token)).into();
    let basic = BASE64_STANDARD.encode(format!("admin:{token}"));
    let lines = [
        ("empty Bearer", "Bearer ".to_owned()),
        ("Bearer alone", "Bearer".to_owned()),
        ("nothing", String::new()),
        ("Basic", format!("Basic {basic}")),
        ("Basic with the token", format!("Basic {token}")),
        ("DPoP", format!("DPoP {token}")),
        ("no scheme", token.clone()),
        ("a tab", format!("Bearer\t{token}")),
    ];
    all.extend(lines.map(|(case, line)| (case.to_owned(), vec![line])));
    // Of two lines the first counts, at every door: no door sees another's.
    let lines = vec!["Bearer no.good.token".to_owned(), format!("Bearer {token}")];
    all.push(("two lines, the first bad".to_owned(), lines));
    all
}
