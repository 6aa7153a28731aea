//! What of a message's headers goes on to the other side.

use std::{fmt::Write, net::IpAddr};

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::client::X_FORWARDED_FOR;

const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Headers of one connection, not of the message (RFC 9110, 7.6.1), beside those that
/// `Connection` names.
const HOP_BY_HOP: [HeaderName; 9] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// Beginnings of names by which some servers are told who calls or what was asked. Services here
/// believe tokens only; nobody shall even try.
const CLAIMS: [&str; 8] = [
    "x-user",
    "x-auth",
    "x-role",
    "x-real-ip",
    "x-remote",
    "x-forwarded-",
    "x-original-",
    "x-rewrite-",
];

/// Leaves what the service may see of a request, and says where it came from.
pub fn clean_request(headers: &mut HeaderMap, peer: IpAddr, peer_is_trusted: bool) {
    strip_hop_by_hop(headers);
    // The gateway itself answers 100 Continue.
    headers.remove(header::EXPECT);
    let said = peer_is_trusted.then(|| Said::of(headers));
    strip_claims(headers);
    let said = said.unwrap_or_default();
    let host = said.host.or_else(|| headers.get(header::HOST).cloned());
    headers.insert(X_FORWARDED_FOR, path_of(said.path, peer));
    let proto = said.proto.unwrap_or(HeaderValue::from_static("http"));
    headers.insert(X_FORWARDED_PROTO, proto);
    if let Some(host) = host {
        headers.insert(X_FORWARDED_HOST, host);
    }
}

/// Leaves what the client may see of an answer.
pub fn clean_response(headers: &mut HeaderMap) {
    strip_hop_by_hop(headers);
}

fn strip_hop_by_hop(headers: &mut HeaderMap) {
    if headers.contains_key(header::CONNECTION) {
        let named: Vec<HeaderName> = headers
            .get_all(header::CONNECTION)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .filter_map(|name| name.trim().parse().ok())
            .collect();
        for name in named {
            headers.remove(name);
        }
    }
    for name in &HOP_BY_HOP {
        headers.remove(name);
    }
}

fn strip_claims(headers: &mut HeaderMap) {
    let is_claim = |name: &&HeaderName| {
        let name = name.as_str();
        let hidden = name.starts_with("x-") && CLAIMS.iter().any(|claim| name.starts_with(claim));
        hidden || matches!(name, "forwarded" | "remote-user") || name.contains('_')
    };
    let claims: Vec<HeaderName> = headers.keys().filter(is_claim).cloned().collect();
    for name in claims {
        headers.remove(name);
    }
}

/// What a trusted proxy in front says of the request it passes on.
#[derive(Default)]
struct Said {
    path: Option<String>,
    host: Option<HeaderValue>,
    proto: Option<HeaderValue>,
}

impl Said {
    fn of(headers: &HeaderMap) -> Self {
        let hops: Vec<&str> = headers
            .get_all(X_FORWARDED_FOR)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .collect();
        let proto = headers.get(X_FORWARDED_PROTO);
        Self {
            path: (!hops.is_empty()).then(|| hops.join(", ")),
            host: headers.get(X_FORWARDED_HOST).cloned(),
            proto: proto
                .filter(|proto| *proto == "http" || *proto == "https")
                .cloned(),
        }
    }
}

fn path_of(said: Option<String>, peer: IpAddr) -> HeaderValue {
    let mut path = said.unwrap_or_default();
    if !path.is_empty() {
        path.push_str(", ");
    }
    let _ = write!(path, "{}", peer.to_canonical());
    HeaderValue::from_str(&path).expect("invariant: header text and addresses are header text")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(pairs: &[(&str, &str)], trusted: bool) -> Vec<(String, String)> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            let name: HeaderName = name.parse().expect("a name");
            headers.append(name, value.parse().expect("a value"));
        }
        clean_request(
            &mut headers,
            "192.0.2.1".parse().expect("an address"),
            trusted,
        );
        let text = |value: &HeaderValue| value.to_str().expect("text").to_owned();
        let mut left: Vec<_> = headers
            .iter()
            .map(|(name, value)| (name.to_string(), text(value)))
            .collect();
        left.sort();
        left
    }

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = list
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        owned.collect()
    }

    const FROM_PEER: [(&str, &str); 2] = [
        ("x-forwarded-for", "192.0.2.1"),
        ("x-forwarded-proto", "http"),
    ];

    #[test]
    fn headers_of_the_connection_stay_on_it() {
        let sent = [
            ("connection", "keep-alive, x-private"),
            ("connection", "close"),
            ("x-private", "1"),
            ("keep-alive", "timeout=5"),
            ("proxy-connection", "keep-alive"),
            ("proxy-authorization", "Basic x"),
            ("te", "trailers"),
            ("trailer", "x"),
            ("transfer-encoding", "chunked"),
            ("upgrade", "websocket"),
            ("expect", "100-continue"),
        ];
        assert_eq!(cleaned(&sent, false), pairs(&FROM_PEER));
    }

    #[test]
    fn nobody_says_who_they_are_by_a_header() {
        let sent = [
            ("x-user-id", "1"),
            ("x-user-roles", "ADMIN"),
            ("x-userid", "1"),
            ("x_user_id", "1"),
            ("x-authenticated-user", "1"),
            ("x-roles", "ADMIN"),
            ("x-real-ip", "127.0.0.1"),
            ("x-original-url", "/internal/v1/holds"),
            ("forwarded", "for=127.0.0.1"),
            ("x-forwarded-for", "127.0.0.1"),
            ("x-forwarded-user", "root"),
            ("remote-user", "root"),
        ];
        assert_eq!(cleaned(&sent, false), pairs(&FROM_PEER));
    }

    #[test]
    fn what_belongs_to_the_message_passes() {
        let sent = [
            ("authorization", "Bearer t"),
            ("x-correlation-id", "c"),
            ("x-idempotency-key", "k"),
        ];
        let mut expected = pairs(&[&sent[..], &FROM_PEER[..]].concat());
        expected.sort();
        assert_eq!(cleaned(&sent, false), expected);
    }

    #[test]
    fn a_trusted_proxy_is_believed_and_added_to() {
        let sent = [
            ("host", "inner:5000"),
            ("x-forwarded-for", "203.0.113.9"),
            ("x-forwarded-host", "airside.example"),
            ("x-forwarded-proto", "https"),
        ];
        let expected = pairs(&[
            ("host", "inner:5000"),
            ("x-forwarded-for", "203.0.113.9, 192.0.2.1"),
            ("x-forwarded-host", "airside.example"),
            ("x-forwarded-proto", "https"),
        ]);
        assert_eq!(cleaned(&sent, true), expected);
    }
}
