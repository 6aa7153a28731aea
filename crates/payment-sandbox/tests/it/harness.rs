//! The real service on port 0, and booking's side of the calls.

use std::{sync::Arc, time::Duration};

use contracts::{
    CallError, Endpoint,
    charges::{Charge, ChargeRequest, ChargesClient, PAYMENT_SANDBOX},
};
use payment_sandbox::{MIGRATOR, build, config::Config};
use reqwest::StatusCode;
use serde_json::{Value, json};
use service_kit::{
    config::Env,
    testing::{Identities, Running, TestDatabase, free_port, http},
};
use ulid::Ulid;

pub struct Provider {
    pub database: TestDatabase,
    pub identities: Arc<Identities>,
    pub client: ChargesClient,
    pub url: String,
    _running: Running,
}

impl Provider {
    pub async fn start(delay: Duration) -> Self {
        let database = TestDatabase::create(&MIGRATOR).await;
        let identities = Arc::new(Identities::create().await);
        let env = Env::from_pairs([
            ("DATABASE_URL", database.url.clone()),
            (
                "SERVICE_JWKS",
                identities.service_jwks.display().to_string(),
            ),
            ("CHARGE_DELAY_MS", delay.as_millis().to_string()),
        ]);
        let config = Config::from_env(&env).expect("a good environment");
        let service = build(config, free_port().await).await.expect("it builds");
        let running = Running::start(service);
        Self {
            client: client(&running.url, &identities),
            url: running.url.clone(),
            database,
            identities,
            _running: running,
        }
    }

    /// What the ledger says of a charge: state, decline reason, refunds.
    pub async fn ledger(&self, id: &str) -> Option<(String, Option<String>, i64)> {
        sqlx::query_as(
            "SELECT state, declineReason, (SELECT COUNT(*) FROM Refunds WHERE chargeId = id)
             FROM Charges WHERE id = ?",
        )
        .bind(id)
        .fetch_optional(&self.database.admin)
        .await
        .expect("the ledger answers")
    }

    /// A raw POST as booking, for bodies that the client would not send.
    pub async fn post(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        let request = http().post(format!("{}{path}", self.url)).json(body);
        let token = self.identities.booking_token(PAYMENT_SANDBOX);
        let answer = request.bearer_auth(token).send().await.expect("an answer");
        (answer.status(), answer.json().await.expect("JSON"))
    }
}

pub fn client(url: &str, identities: &Arc<Identities>) -> ChargesClient {
    let identities = Arc::clone(identities);
    let tokens = Arc::new(move |audience: &str| identities.booking_token(audience));
    let http = (*http()).clone();
    ChargesClient::new(Endpoint::new(http, [url], PAYMENT_SANDBOX, tokens))
}

pub fn request(token: &str) -> ChargeRequest {
    ChargeRequest {
        id: Ulid::new().to_string(),
        amount: 21_800,
        currency: "USD".to_owned(),
        token: token.to_owned(),
    }
}

pub fn body(request: &ChargeRequest) -> Value {
    json!(request)
}

pub fn code(outcome: Result<Charge, CallError>) -> String {
    match outcome {
        Err(CallError::Refused { status, code, .. }) => format!("{status} {code}"),
        other => format!("{other:?}"),
    }
}
