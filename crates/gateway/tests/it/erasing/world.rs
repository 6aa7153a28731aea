//! A gateway with somebody to be erased, and with those who keep something of people.

use reqwest::Method;
use serde_json::{Value, json};
use service_kit::{
    db,
    testing::{eventually, places_of},
};

use super::keeper::{Keeper, Mood};
use crate::harness::{Answer, Gateway, PASSWORD, admin, answer};

pub const ERASED: &str = "SELECT COUNT(*) FROM `User` WHERE erasedAt IS NOT NULL";
pub const SHUT: &str = "SELECT COUNT(*) FROM `User` WHERE erasingSince IS NOT NULL";

pub const CLEO: &str = "cleo.canary@example.test";
const AGENT: &str = "Canary-Browser";

/// A gateway with those who keep something of people.
pub struct World {
    pub gateway: Gateway,
    pub booking: Keeper,
    pub notification: Keeper,
}

impl World {
    pub async fn start(booking: Mood, notification: Mood) -> Self {
        let booking = Keeper::start(booking).await;
        let notification = Keeper::start(notification).await;
        let gateway = Gateway::with(&[
            ("BOOKING_SERVICE", &booking.url),
            ("NOTIFICATION_SERVICE", &notification.url),
        ])
        .await;
        Self {
            gateway,
            booking,
            notification,
        }
    }

    /// Cleo's account and token.
    pub async fn cleo(&self) -> (i64, String) {
        let body = json!({"email": CLEO, "password": PASSWORD, "name": "Cleo Canary"});
        let answer = self.gateway.post("/api/v1/signup", &body).await;
        let id = answer.json["data"]["id"].as_i64().expect("an id");
        self.mails_are_done().await;
        (id, self.sign_in().await)
    }

    pub async fn sign_in(&self) -> String {
        let request = self.gateway.request(Method::POST, "/api/v1/signin");
        let body = json!({"email": CLEO, "password": PASSWORD});
        let signed_in = answer(request.header("user-agent", AGENT).json(&body)).await;
        assert_eq!(signed_in.status, 200, "{}", signed_in.text);
        signed_in.json["data"]["jwt"]
            .as_str()
            .expect("a token")
            .to_owned()
    }

    pub async fn erase(&self, token: &str, password: &str) -> Answer {
        let request = self.gateway.request(Method::DELETE, "/api/v1/me");
        answer(
            request
                .bearer_auth(token)
                .json(&json!({"currentPassword": password})),
        )
        .await
    }

    /// The erasure of `user` is due now.
    pub async fn hurry(&self) {
        self.sql("UPDATE Outbox SET availableAt = NOW(6) WHERE topic = 'account.erase'")
            .await;
    }

    /// No ledger is there that would know them.
    pub async fn mails_are_done(&self) {
        self.sql("UPDATE Outbox SET doneAt = NOW(6) WHERE topic = 'email'")
            .await;
    }

    pub async fn sql(&self, sql: &'static str) {
        // The relays are at the same rows.
        let run = || sqlx::query(sql).execute(&self.gateway.database.admin);
        db::retry(run).await.expect("a good statement");
    }

    pub async fn count(&self, sql: &'static str) -> i64 {
        let query = sqlx::query_scalar(sql);
        query
            .fetch_one(&self.gateway.database.admin)
            .await
            .expect("a number")
    }

    pub async fn eventually(&self, what: &str, sql: &'static str, number: i64) {
        eventually(what, async || self.count(sql).await == number).await;
    }

    pub async fn traces(&self) -> Vec<String> {
        let database = &self.gateway.database;
        let mut connection = database.admin.acquire().await.expect("connected");
        let mut traces = vec![];
        for word in ["canary", "cleo"] {
            let found = places_of(&mut connection, &database.schema, word).await;
            traces.extend(found.expect("read"));
        }
        traces
    }

    pub async fn log_of(&self, user: i64) -> Vec<Value> {
        let path = format!("/api/v1/audit?userId={user}");
        let log = self.gateway.get(&path, &admin()).await;
        log.json["data"].as_array().expect("a list").clone()
    }
}
