//! Somebody who is to be erased, and what is stored of them.

use reqwest::Method;
use serde_json::{Value, json};
use service_kit::testing::{places_of, user};

use super::{Answer, World};

/// Words of a person that are nowhere else.
pub const PERSON: [&str; 4] = ["canary@example.test", "Cleo Canary", "Given5CAN", "Sur5CAN"];
pub const MAILS_ARE_DONE: &str =
    "UPDATE Outbox SET doneAt = NOW(6) WHERE topic = 'email' AND doneAt IS NULL";

impl World {
    /// Asks as the gateway does.
    pub async fn erase(&self, user: i64) -> Answer {
        let token = self.identities.gateway_token("booking");
        let path = format!("/internal/v1/users/{user}/erasure");
        self.call(Method::POST, &path, &token, None, None).await
    }

    /// Asks in vain: these stand in the way, and nothing changes.
    pub async fn is_blocked(&self, user: i64, by: &[&str]) {
        let before = self.dump().await;
        let answer = self.erase(user).await;
        answer.is(409, "ERASURE_BLOCKED");
        let errors = answer.json()["errors"].clone();
        let mut codes: Vec<_> = errors
            .as_array()
            .unwrap()
            .iter()
            .map(|e| e["code"].clone())
            .collect();
        codes.sort_by_key(ToString::to_string);
        assert_eq!(json!(codes), json!(by), "{}", answer.text);
        assert_eq!(self.dump().await, before);
        assert_eq!(
            self.count("SELECT COUNT(erasedAt) FROM UnpaidHolds").await,
            0
        );
    }

    /// All that is stored of people, as text.
    pub async fn dump(&self) -> Vec<String> {
        let sql = "SELECT CONCAT_WS('|', id, contactName, contactEmail) FROM Bookings
             UNION ALL SELECT CONCAT_WS('|', bookingId, position, givenName, surname) FROM Passengers
             UNION ALL SELECT CONCAT_WS('|', id, status, body) FROM IdempotencyKeys
             UNION ALL SELECT CONCAT_WS('|', id, payload) FROM Outbox WHERE topic = 'email'
             UNION ALL SELECT CONCAT_WS('|', userId, erasedAt) FROM UnpaidHolds
             ORDER BY 1";
        sqlx::query_scalar(sql)
            .fetch_all(&self.bookings.admin)
            .await
            .unwrap()
    }

    /// Where the person still is.
    pub async fn traces(&self) -> Vec<String> {
        let mut connection = self.bookings.admin.acquire().await.unwrap();
        let mut traces = vec![];
        for word in PERSON {
            traces.extend(
                places_of(&mut connection, &self.bookings.schema, word)
                    .await
                    .unwrap(),
            );
        }
        traces
    }

    pub async fn run(&self, sql: &'static str) {
        sqlx::query(sql)
            .execute(&self.bookings.admin)
            .await
            .unwrap();
    }
}

/// The person's token.
pub fn cleo(world: &World) -> String {
    let mut cleo = user(5, "CUSTOMER", None);
    (cleo.email, cleo.name) = (PERSON[0].to_owned(), PERSON[1].to_owned());
    world.identities.token(cleo)
}

/// Two seats, for people with names.
pub fn trip(flight: i64) -> Value {
    let person = |kind: &str| json!({"givenName": PERSON[2], "surname": PERSON[3], "type": kind});
    json!({
        "items": [{"flightId": flight, "noOfSeats": 2}],
        "passengers": [person("ADULT"), person("CHILD")],
    })
}
