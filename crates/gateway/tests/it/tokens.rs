//! Tokens that are good, and every way in which one is not.

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::JwkSet};
use reqwest::Method;
use serde_json::{Value, json};
use service_kit::{
    clock,
    identity::{ACCESS_TYPE, ServiceSigner, SigningKey, generate_pem},
    testing::user,
};

use crate::{
    harness::{Gateway, KEY_FILE, answer, claims, signing_key, token},
    upstreams::Upstream,
};

const BOOKINGS: &str = "/bookingService/api/v1/booking";

fn good() -> Value {
    serde_json::to_value(claims(user(7, "ADMIN", None))).expect("claims")
}

fn without(claim: &str) -> Value {
    let mut claims = good();
    claims.as_object_mut().expect("an object").remove(claim);
    claims
}

fn with(claim: &str, value: Value) -> Value {
    let mut claims = good();
    claims[claim] = value;
    claims
}

fn signed(claims: &Value) -> String {
    signing_key().sign(ACCESS_TYPE, claims)
}

/// A token with a header of the attacker's choice, signed by the gateway's own key.
fn headed(change: impl FnOnce(&mut Header)) -> String {
    let mut header = Header::new(Algorithm::EdDSA);
    header.typ = Some(ACCESS_TYPE.to_owned());
    header.kid = Some("test-key".to_owned());
    change(&mut header);
    let pem = std::fs::read(&*KEY_FILE).expect("the key");
    let key = EncodingKey::from_ed_pem(&pem).expect("the key");
    encode(&header, &good(), &key).expect("signed")
}

/// The public key as the secret of an HMAC: what a confused verifier would accept.
async fn hmac_with_public_key(gateway: &Gateway, secret: impl Fn(&Value) -> Vec<u8>) -> String {
    let published = gateway.get_openly("/.well-known/jwks.json").await.json;
    let mut header = Header::new(Algorithm::HS256);
    header.typ = Some(ACCESS_TYPE.to_owned());
    header.kid = Some("test-key".to_owned());
    let key = EncodingKey::from_secret(&secret(&published["keys"][0]));
    encode(&header, &good(), &key).expect("signed")
}

fn unsigned() -> String {
    let token = signed(&good());
    let claims = token.split('.').nth(1).expect("three parts");
    // {"alg":"none","typ":"at+jwt","kid":"test-key"}
    format!("eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0Iiwia2lkIjoidGVzdC1rZXkifQ.{claims}.")
}

fn flipped(part: usize) -> String {
    let token = signed(&good());
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    let middle = parts[part].len() / 2;
    let other = if &parts[part][middle..=middle] == "A" {
        "B"
    } else {
        "A"
    };
    parts[part].replace_range(middle..=middle, other);
    parts.join(".")
}

fn strangers_key(kid: &str) -> SigningKey {
    SigningKey::from_pem(generate_pem().expect("a key").as_bytes(), kid).expect("a key")
}

/// Refused at the gateway's own routes and before a service is asked.
async fn refuse(cases: &[(&str, String)]) {
    let upstream = Upstream::start().await;
    let gateway = Gateway::with(&[("BOOKING_SERVICE", &upstream.url)]).await;
    for (name, token) in cases {
        for path in ["/api/v1/7", BOOKINGS] {
            let answer = gateway.get(path, token).await;
            assert_eq!(answer.status, 401, "{name} at {path}: {}", answer.text);
            answer.is_problem(401, "UNAUTHENTICATED");
        }
    }
    assert!(upstream.seen().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_token_passes_here_and_at_the_services() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::with(&[("BOOKING_SERVICE", &upstream.url)]).await;
    gateway.sign_up("ada@example.test").await;
    let token = gateway.sign_in("ada@example.test").await;
    for path in ["/api/v1/me", BOOKINGS] {
        assert_eq!(gateway.get(path, &token).await.status, 200, "{path}");
    }
    let header = jsonwebtoken::decode_header(&token).expect("a header");
    assert_eq!(
        (header.alg, header.kid.as_deref()),
        (Algorithm::EdDSA, Some("test-key"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_was_not_signed_here_is_refused() {
    refuse(&[
        ("nothing", String::new()),
        ("no token", "nonsense".to_owned()),
        ("alg none", unsigned()),
        (
            "a stranger's key",
            strangers_key("test-key").sign(ACCESS_TYPE, &good()),
        ),
        (
            "an unknown kid",
            strangers_key("other").sign(ACCESS_TYPE, &good()),
        ),
        (
            "our key, wrong kid",
            headed(|header| header.kid = Some("other".to_owned())),
        ),
        ("no kid", headed(|header| header.kid = None)),
        ("one bit of the header", flipped(0)),
        ("one bit of the claims", flipped(1)),
        ("one bit of the signature", flipped(2)),
        (
            "no signature",
            signed(&good())
                .rsplit_once('.')
                .expect("parts")
                .0
                .to_owned()
                + ".",
        ),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_key_is_no_secret_to_sign_with() {
    let gateway = Gateway::start().await;
    let x = |jwk: &Value| jwk["x"].as_str().expect("x").as_bytes().to_vec();
    let whole = |jwk: &Value| serde_json::to_vec(jwk).expect("JSON");
    for token in [
        hmac_with_public_key(&gateway, x).await,
        hmac_with_public_key(&gateway, whole).await,
    ] {
        gateway
            .get("/api/v1/7", &token)
            .await
            .is_problem(401, "UNAUTHENTICATED");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_says_for_whom_by_whom_and_until_when() {
    let now = clock::unix_seconds();
    let mut cases = vec![
        ("expired", signed(&with("exp", json!(now - 6)))),
        ("expiry is text", signed(&with("exp", json!("tomorrow")))),
        ("another issuer", signed(&with("iss", json!("somebody")))),
        (
            "another audience",
            signed(&with("aud", json!("another-api"))),
        ),
        ("somebody else's id", signed(&with("id", json!(8)))),
        ("id is text", signed(&with("id", json!("7")))),
    ];
    for claim in ["exp", "iss", "aud", "sub", "id", "roles", "email", "sid"] {
        cases.push((claim, signed(&without(claim))));
    }
    refuse(&cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_kinds_of_tokens_are_no_access_tokens() {
    let service = ServiceSigner::new("booking", strangers_key("booking"));
    let by_our_key = ServiceSigner::new("gateway", signing_key());
    refuse(&[
        ("a service's token", service.token("gateway")),
        (
            "a service's token by our key",
            by_our_key.token("airside-api"),
        ),
        ("typ JWT", signing_key().sign("JWT", &good())),
        (
            "typ service+jwt",
            signing_key().sign("service+jwt", &good()),
        ),
        ("no typ", headed(|header| header.typ = None)),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_cannot_bring_its_own_key() {
    let evil = "http://127.0.0.1:1/jwks.json".to_owned();
    let stranger = generate_pem().expect("a key");
    let key = EncodingKey::from_ed_pem(stranger.as_bytes()).expect("a key");
    let token = |change: &dyn Fn(&mut Header)| {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(ACCESS_TYPE.to_owned());
        header.kid = Some("test-key".to_owned());
        change(&mut header);
        encode(&header, &good(), &key).expect("signed")
    };
    let own = SigningKey::from_pem(stranger.as_bytes(), "test-key").expect("a key");
    refuse(&[
        ("jku", token(&|header| header.jku = Some(evil.clone()))),
        ("x5u", token(&|header| header.x5u = Some(evil.clone()))),
        (
            "jwk",
            token(&|header| header.jwk = Some(own.public().clone())),
        ),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_ten_kilobytes_is_refused_unread() {
    let long = signed(&with("name", json!("x".repeat(7_500))));
    assert!(long.len() > 10_000);
    refuse(&[("10 kB", long), ("10 kB of noise", "x".repeat(10_240))]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_token_does_not_close_what_is_open() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::with(&[("FLIGHT_SERVICE", &upstream.url)]).await;
    for path in ["/api/v1/ping", "/flightsService/api/v1/flight"] {
        assert_eq!(gateway.get(path, "nonsense").await.status, 200, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_keys_are_published_and_the_first_one_signs() {
    let second = KEY_FILE.with_file_name("next-key.pem");
    std::fs::write(&second, generate_pem().expect("a key")).expect("written");
    let files = format!("{}, {}", second.display(), KEY_FILE.display());
    let gateway = Gateway::with(&[("JWT_KEYS", &files), ("JWT_EXPIRY", "1h")]).await;
    let answer = gateway.get_openly("/.well-known/jwks.json").await;
    assert_eq!(answer.status, 200);
    assert!(
        answer.json["keys"][0].get("d").is_none(),
        "a private key is published"
    );
    let set: JwkSet = serde_json::from_str(&answer.text).expect("a JWK set");
    let ids = set.keys.iter().map(|key| key.common.key_id.as_deref());
    assert_eq!(
        ids.collect::<Vec<_>>(),
        [Some("next-key"), Some("test-key")]
    );

    gateway.sign_up("ada@example.test").await;
    let fresh = gateway.sign_in("ada@example.test").await;
    let header = jsonwebtoken::decode_header(&fresh).expect("a header");
    assert_eq!(header.kid.as_deref(), Some("next-key"));
    for token in [fresh, token(7, "ADMIN")] {
        assert_ne!(gateway.get("/api/v1/7", &token).await.status, 401);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_tokens_none_counts() {
    let gateway = Gateway::start().await;
    let id = gateway.sign_up("ada@example.test").await;
    let token = gateway.sign_in("ada@example.test").await;
    let path = format!("/api/v1/{id}");
    assert_eq!(gateway.get(&path, &token).await.status, 200);
    for second in [token.as_str(), "x"] {
        let request = gateway.request(Method::GET, &path).bearer_auth(&token);
        let refused = answer(request.bearer_auth(second)).await;
        refused.is_problem(401, "UNAUTHENTICATED");
    }
}
