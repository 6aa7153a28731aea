//! The limits of one gateway: whom each policy counts, and what clients are told.

use std::{collections::BTreeMap, time::Duration};

use reqwest::Method;
use sfv::{BareItem, List, ListEntry, Parser};

use crate::{
    harness::{Answer, Gateway, answer, token},
    upstreams::Upstream,
};

pub const PING: &str = "/api/v1/ping";

/// How a client stands by the RateLimit headers: of each policy q, w, r and t.
pub fn standings(answer: &Answer) -> Vec<(String, BTreeMap<String, i64>)> {
    let mut found: Vec<(String, BTreeMap<String, i64>)> = vec![];
    for name in ["ratelimit-policy", "ratelimit"] {
        let lines = answer.headers.get_all(name).iter();
        let lines: Vec<_> = lines.map(|line| line.to_str().expect("text")).collect();
        let list: List = Parser::new(&lines.join(", ")).parse().expect("a list");
        for entry in list {
            let ListEntry::Item(item) = entry else {
                panic!("{name} has a list in it");
            };
            let BareItem::String(policy) = item.bare_item else {
                panic!("{name} has no string");
            };
            let numbers = item.params.into_iter().map(|(key, value)| match value {
                BareItem::Integer(number) => (key.to_string(), number.into()),
                other => panic!("{key} is {other:?}"),
            });
            let numbers: BTreeMap<_, _> = numbers.collect();
            match found
                .iter_mut()
                .find(|(known, _)| *known == policy.as_str())
            {
                Some((_, known)) => known.extend(numbers),
                None => found.push((policy.to_string(), numbers)),
            }
        }
    }
    found
}

/// Status, and what is left of the one policy.
fn left(answer: &Answer) -> (u16, i64) {
    let standings = standings(answer);
    assert_eq!(standings.len(), 1, "{standings:?}");
    (answer.status, standings[0].1["r"])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_is_told_how_it_stands_and_then_refused() {
    let gateway = Gateway::with(&[("RATE_LIMIT_MAX", "3"), ("RATE_LIMIT_WINDOW", "300s")]).await;
    // Refusals and unknown paths count as much as answers do.
    for (path, status, places) in [(PING, 200, 2), ("/api/v1/me", 401, 1), ("/nowhere", 404, 0)] {
        let answer = gateway.get_openly(path).await;
        assert_eq!(left(&answer), (status, places));
        assert_eq!(answer.header("ratelimit-policy"), "\"default\";q=3;w=300");
        let reset = standings(&answer)[0].1["t"];
        assert!((1..=100).contains(&reset), "{reset}");
    }
    let refused = gateway.get_openly(PING).await;
    refused.is_problem(429, "RATE_LIMITED");
    assert_eq!(left(&refused), (429, 0));
    assert!(
        refused.text.contains("the policy default"),
        "{}",
        refused.text
    );
    let wait: i64 = refused.header("retry-after").parse().expect("seconds");
    assert!((90..=100).contains(&wait), "{wait}");
    assert_eq!(standings(&refused)[0].1["t"], wait);
    assert_eq!(
        gateway.get_openly("/livez").await.status,
        200,
        "health is not limited"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_waits_as_told_is_served() {
    let gateway = Gateway::with(&[("RATE_LIMIT_MAX", "2"), ("RATE_LIMIT_WINDOW", "6s")]).await;
    for _ in 0..3 {
        let refused = loop {
            let answer = gateway.get_openly(PING).await;
            if answer.status != 200 {
                break answer;
            }
        };
        refused.is_problem(429, "RATE_LIMITED");
        // It asks in between: that makes nothing worse.
        let again = gateway.get_openly(PING).await;
        again.is_problem(429, "RATE_LIMITED");
        let seconds = refused.header("retry-after").parse().expect("seconds");
        assert!((1..=3).contains(&seconds), "{seconds}");
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        assert_eq!(gateway.get_openly(PING).await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_counted_each_for_themselves() {
    let gateway = Gateway::with(&[("RATE_LIMIT_MAX", "2")]).await;
    let (ada, eve) = (token(1, "CUSTOMER"), token(2, "CUSTOMER"));
    for _ in 0..2 {
        assert_eq!(gateway.get(PING, &ada).await.status, 200);
    }
    let refused = gateway.get(PING, &ada).await;
    refused.is_problem(429, "RATE_LIMITED");
    // Another token of the same user is the same client, a bad one is only an address.
    let refused = gateway.get(PING, &token(1, "ADMIN")).await;
    refused.is_problem(429, "RATE_LIMITED");
    assert_eq!(left(&gateway.get(PING, &eve).await), (200, 1));
    assert_eq!(left(&gateway.get_openly(PING).await), (200, 1));
    assert_eq!(left(&gateway.get(PING, "nonsense").await), (200, 0));
    let refused = gateway.get(PING, "more nonsense").await;
    refused.is_problem(429, "RATE_LIMITED");
}

#[tokio::test(flavor = "multi_thread")]
async fn zero_turns_all_limits_off() {
    let gateway = Gateway::with(&[("RATE_LIMIT_MAX", "0"), ("RATE_LIMITS", "search=1/1h")]).await;
    for path in [PING, "/flightsService/api/v1/flight"] {
        for _ in 0..700 {
            let answer = gateway.get_openly(path).await;
            assert_ne!(answer.status, 429);
            assert_eq!(standings(&answer), []);
        }
    }
}

/// A request of somebody at this address.
async fn ask(
    gateway: &Gateway,
    (method, path): (&str, &str),
    address: &str,
    user: Option<i64>,
) -> Answer {
    let method = Method::from_bytes(method.as_bytes()).expect("a method");
    let mut request = gateway.request(method, path);
    request = request.header("x-forwarded-for", address);
    if let Some(id) = user {
        request = request.bearer_auth(token(id, "CUSTOMER"));
    }
    answer(request.json(&serde_json::json!({}))).await
}

/// A gateway with one request for everything, behind a proxy, and a service behind it.
async fn strict() -> (Gateway, Upstream) {
    let behind = Upstream::start().await;
    let limits = "search=1/1h, booking=1/1h, sign-in=1/1h, sign-up=1/1h, refresh=1/1h,
                  password=1/1h, mail-link=1/1h";
    let variables = [
        ("RATE_LIMIT_MAX", "1"),
        ("RATE_LIMIT_WINDOW", "1h"),
        ("RATE_LIMITS", limits),
        ("TRUSTED_PROXIES", "127.0.0.0/8"),
        ("FLIGHT_SERVICE", &behind.url),
        ("BOOKING_SERVICE", &behind.url),
    ];
    (Gateway::with(&variables).await, behind)
}

const FLIGHT: (&str, &str) = ("GET", "/flightsService/api/v1/flight");
const BOOK: (&str, &str) = ("POST", "/bookingService/api/v1/booking");
const SIGN_UP: (&str, &str) = ("POST", "/api/v1/signup");

#[tokio::test(flavor = "multi_thread")]
async fn a_user_is_one_client_wherever_and_an_address_is_one_for_who_is_not_signed_in() {
    let (gateway, behind) = strict().await;
    for (at, (policy, route)) in [
        ("default", ("GET", PING)),
        ("search", FLIGHT),
        ("search", ("GET", "/flightsService/api/v1/flight/?limit=1")),
        ("search", ("HEAD", "/flightsService/api/v1/flight")),
        ("booking", BOOK),
        (
            "booking",
            ("POST", "/bookingService/api/v1/booking/payments"),
        ),
        (
            "booking",
            ("POST", "/bookingService/api/v1/booking/7/cancel"),
        ),
        ("password", ("PUT", "/api/v1/me/password")),
        ("password", ("PATCH", "/api/v1/me")),
        ("default", ("GET", "/bookingService/api/v1/booking")),
        ("default", ("GET", "/flightsService/api/v1/flight/7")),
    ]
    .into_iter()
    .enumerate()
    {
        let (ada, eve) = (at as i64 * 10 + 1, at as i64 * 10 + 2);
        let [here, there] = [1, 2].map(|host| format!("192.0.{at}.{host}"));
        let first = ask(&gateway, route, &here, Some(ada)).await;
        assert_ne!(first.status, 429, "{route:?}");
        assert_eq!(
            first.header("ratelimit-policy"),
            format!("\"{policy}\";q=1;w=3600"),
            "{route:?}"
        );
        let arrived = behind.seen().len();
        for address in [&here, &there] {
            let again = ask(&gateway, route, address, Some(ada)).await;
            assert_eq!(
                (again.status, standings(&again)[0].1["r"]),
                (429, 0),
                "{route:?}"
            );
        }
        assert_eq!(behind.seen().len(), arrived, "nobody behind is troubled");
        assert_ne!(ask(&gateway, route, &here, Some(eve)).await.status, 429);
        for status in [false, true] {
            let stranger = ask(&gateway, route, &here, None).await;
            assert_eq!(stranger.status == 429, status, "{route:?}");
        }
        assert_ne!(ask(&gateway, route, &there, None).await.status, 429);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_hashes_or_tells_is_counted_by_network_whoever_it_is() {
    let (gateway, _behind) = strict().await;
    for (policy, route) in [
        ("sign-in", ("POST", "/api/v1/signin")),
        ("sign-up", SIGN_UP),
        ("refresh", ("POST", "/api/v1/token/refresh")),
        ("mail-link", ("POST", "/api/v1/password/forgot")),
    ] {
        let first = ask(&gateway, route, "2001:db8::1", None).await;
        assert_ne!(first.status, 429);
        assert_eq!(
            first.header("ratelimit-policy"),
            format!("\"{policy}\";q=1;w=3600")
        );
        // The /64 is one subscriber's.
        for (address, user) in [("2001:db8::1", Some(7)), ("2001:db8::ffff:0:0:2", None)] {
            let refused = ask(&gateway, route, address, user).await;
            refused.is_problem(429, "RATE_LIMITED");
            assert!(refused.text.contains(policy), "{}", refused.text);
        }
        for address in ["2001:db8:0:1::1", "192.0.2.1"] {
            assert_ne!(ask(&gateway, route, address, None).await.status, 429);
        }
        let elsewhere = ask(&gateway, ("GET", PING), "2001:db8::1", None).await;
        assert_eq!(elsewhere.status == 429, policy != "sign-in", "has its own");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_are_believed_from_trusted_proxies_alone() {
    let claim = async |gateway: &Gateway, claims: &[&str]| {
        let mut request = gateway.request(Method::GET, PING);
        for claim in claims {
            request = request.header("x-forwarded-for", *claim);
        }
        answer(request).await.status
    };
    let open = Gateway::with(&[("RATE_LIMIT_MAX", "1")]).await;
    assert_eq!(claim(&open, &["203.0.113.1"]).await, 200);
    let made_up = claim(&open, &["203.0.113.2"]).await;
    assert_eq!(made_up, 429, "a made-up address is no new client");

    let variables = [
        ("RATE_LIMIT_MAX", "1"),
        (
            "TRUSTED_PROXIES",
            "127.0.0.0/8, 10.0.0.0/8, 2001:db8:ffff::/48",
        ),
    ];
    let behind = Gateway::with(&variables).await;
    assert_eq!(claim(&behind, &["203.0.113.1"]).await, 200);
    assert_eq!(claim(&behind, &["203.0.113.2"]).await, 200);
    for same in [
        // What a client writes itself stands to the left.
        &["198.51.100.9, 203.0.113.1"][..],
        &["198.51.100.9", "203.0.113.1"],
        &["nonsense, 203.0.113.1"],
        // Proxies of ours before the one that connects, by all the ways to write them.
        &["198.51.100.9, 203.0.113.1, 10.1.2.3"],
        &[
            "203.0.113.1",
            "10.1.2.3, ::ffff:10.4.5.6",
            "2001:db8:ffff::1",
        ],
        &["::ffff:203.0.113.1"],
        &["  203.0.113.1 ,10.1.2.3  "],
        // Nobody's proxy stands between: what is left of it may be made up.
        &["198.51.100.9, 8.8.8.8, 203.0.113.1"],
    ] {
        assert_eq!(claim(&behind, same).await, 429, "{same:?}");
    }
    // Who cannot be read is the proxy that says so.
    assert_eq!(claim(&behind, &["203.0.113.3, nonsense"]).await, 200);
    assert_eq!(claim(&behind, &["203.0.113.4, more nonsense"]).await, 429);
    assert_eq!(claim(&behind, &["203.0.113.4:1234"]).await, 429);
}
