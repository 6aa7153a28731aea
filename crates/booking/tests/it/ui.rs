//! The queue dashboard: who may, what it shows, what it does. Mails that are notification's are in
//! `e2e`, where there is one.

mod acting;
mod page;
mod pausing;
mod watching;

use reqwest::Method;
use serde_json::Value;

use crate::world::{Answer, World};

/// The queue that a test works: `email`, whose messages nobody takes.
const EMAIL: &str = "/ui/api/queues/email";

impl World {
    /// An administrator asks.
    async fn look(&self, path: &str) -> Answer {
        self.get(&self.identities.admin(), path).await
    }

    /// An administrator does something; how much it changed.
    async fn act(&self, path: &str) -> Answer {
        let admin = self.identities.admin();
        self.call(Method::POST, path, &admin, None, None).await
    }

    /// A topic of the outbox in the overview.
    async fn topic(&self, queue: &str) -> Value {
        let overview = self.look("/ui/api/overview").await.data();
        let topics = overview["outbox"].as_array().unwrap().iter();
        let mut topics = topics.filter(|topic| topic["queue"] == queue);
        topics.next().unwrap().clone()
    }

    /// Books and pays; the id of the mail's row.
    async fn a_mail(&self) -> String {
        let flight = self.flight(4).await;
        let token = crate::world::person::cleo(self);
        let booking = self.book(&token, flight, 1).await;
        let paid = self.pay(&token, &booking, "k", "tok_success").await;
        assert_eq!(paid.status, 200, "{}", paid.text);
        let sql = "SELECT id FROM Outbox WHERE topic = 'email' ORDER BY id DESC LIMIT 1";
        let query = sqlx::query_scalar(sql);
        query.fetch_one(&self.bookings.admin).await.unwrap()
    }

    /// Actor, action, queue, job, outcome and count of each line, oldest first.
    async fn audit(&self) -> Vec<String> {
        let sql = "SELECT CONCAT_WS(' ', actorId, action, queue, COALESCE(jobId, '-'), outcome,
                                    COALESCE(changed, '-'))
                   FROM AuditLog ORDER BY id";
        let query = sqlx::query_scalar(sql);
        query.fetch_all(&self.bookings.admin).await.unwrap()
    }
}

/// Who `World::act` is.
const ADMIN_ID: i64 = 1_000_001;
