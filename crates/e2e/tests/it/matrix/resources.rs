//! Requests for something that is there, by one caller or another.

use e2e::{
    api::{Answer, Api},
    traveller::Traveller,
};
use reqwest::Method;
use serde_json::Value;
use ulid::Ulid;

use super::{
    callers::{Caller, Cast},
    tables::{Door, PREFIXES},
    walk,
};

/// A service's API at one door.
pub struct Desk<'a> {
    cast: &'a Cast,
    service: &'static str,
    base: Api,
    prefix: String,
}

impl<'a> Desk<'a> {
    /// Behind this door.
    pub async fn of(cast: &'a Cast, service: &'static str, door: Door) -> Self {
        let behind = PREFIXES.iter().find(|(name, _)| *name == service);
        let prefix = match (door, behind) {
            (Door::Gateway, Some((_, prefix))) => prefix,
            _ => "",
        };
        Self {
            cast,
            service,
            base: walk::door(door, service).await,
            prefix: format!("{prefix}/api/v1"),
        }
    }

    /// Who a caller is.
    pub fn person(&self, caller: Caller) -> &Traveller {
        self.cast.person(caller)
    }

    /// Asks as a caller.
    pub async fn ask(&self, caller: Caller, method: Method, path: &str, body: &Value) -> Answer {
        let api = self.cast.api(caller, self.service, &self.base);
        let path = format!("{}{path}", self.prefix);
        let body = (method != Method::GET).then_some(body);
        let key = Ulid::new().to_string();
        let key = [("x-idempotency-key", key.as_str())];
        api.send(method, &path, &key, body).await.unwrap()
    }

    /// The caller gets this status.
    pub async fn is(
        &self,
        caller: Caller,
        method: Method,
        path: &str,
        body: &Value,
        status: u16,
    ) -> Value {
        let what = format!("{caller:?}: {method} {path} {body}");
        let answer = self.ask(caller, method, path, body).await;
        assert_eq!(answer.status, status, "{what}: {}", answer.text);
        let challenge = answer.header("www-authenticate");
        assert_eq!(status == 401, challenge.starts_with("Bearer"), "{what}");
        answer.data().clone()
    }

    /// The caller succeeds; `data` of the answer.
    pub async fn must(&self, caller: Caller, method: Method, path: &str, body: &Value) -> Value {
        let what = format!("{caller:?}: {method} {path} {body}");
        let answer = self.ask(caller, method, path, body).await;
        assert!(
            (200..300).contains(&answer.status),
            "{what}: {} {}",
            answer.status,
            answer.text
        );
        answer.data().clone()
    }

    /// Those are refused, then this one succeeds.
    pub async fn only(
        &self,
        refused: &[(Caller, u16)],
        admitted: Caller,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Value {
        for (caller, status) in refused {
            self.is(*caller, method.clone(), path, body, *status).await;
        }
        self.must(admitted, method, path, body).await
    }

    /// The same, and nothing is changed by who was refused.
    pub async fn only_changes(
        &self,
        refused: &[(Caller, u16)],
        admitted: Caller,
        method: &Method,
        path: &str,
        body: &Value,
    ) {
        let look = || self.must(Caller::Admin, Method::GET, path, body);
        let before = look().await;
        for (caller, status) in refused {
            self.is(*caller, method.clone(), path, body, *status).await;
        }
        assert_eq!(before, look().await, "{path} was changed");
        self.must(admitted, method.clone(), path, body).await;
        let after = look().await;
        for (field, value) in body.as_object().unwrap() {
            assert_eq!(&after[field], value, "{path} was not changed: {after}");
        }
    }
}
