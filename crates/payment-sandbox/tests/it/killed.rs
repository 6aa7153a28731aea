use std::{
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use contracts::charges::{ChargeState, ChargesClient};
use payment_sandbox::MIGRATOR;
use service_kit::testing::{Identities, TestDatabase, eventually, free_port, http};

use crate::harness::{client, request};

/// A process that does not outlive the test, however that ends.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        // It may have ended by itself, which the test notices otherwise.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The real binary; killed with it.
struct Process {
    client: ChargesClient,
    _child: Killed,
}

impl Process {
    async fn start(database: &TestDatabase, identities: &Arc<Identities>) -> Self {
        let port = free_port().await.local_addr().expect("bound").port();
        let child = Command::new(env!("CARGO_BIN_EXE_payment-sandbox"))
            .env("PORT", port.to_string())
            .env("DATABASE_URL", &database.url)
            .env("SERVICE_JWKS", &identities.service_jwks)
            .env("CHARGE_DELAY_MS", "1500")
            .stdout(Stdio::null())
            .spawn()
            .expect("the binary starts");
        let child = Killed(child);
        let url = format!("http://127.0.0.1:{port}");
        eventually("it is ready", async || {
            let answer = http().get(format!("{url}/readyz")).send().await;
            answer.is_ok_and(|answer| answer.status().is_success())
        })
        .await;
        Self {
            client: client(&url, identities),
            _child: child,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_killed_in_the_middle_of_a_charge_still_decides_it() {
    let database = TestDatabase::create(&MIGRATOR).await;
    let identities = Arc::new(Identities::create().await);
    let first = Process::start(&database, &identities).await;
    let requests = [request("tok_success"), request("tok_declined")];
    let calls = requests.clone().map(|request| {
        let client = first.client.clone();
        tokio::spawn(async move { client.charge(&request).await })
    });
    eventually("both charges run", async || {
        let running: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM Charges WHERE state = 'PROCESSING'")
                .fetch_one(&database.admin)
                .await
                .expect("counted");
        running == 2
    })
    .await;
    drop(first);
    for call in calls {
        assert!(call.await.expect("no panic").is_err(), "nobody answers");
    }
    tokio::time::sleep(Duration::from_millis(1500)).await;

    let second = Process::start(&database, &identities).await;
    let captured = second.client.get(&requests[0].id).await.expect("known");
    assert_eq!(captured.state, ChargeState::Captured);
    let declined = second.client.void(&requests[1].id).await.expect("known");
    assert_eq!(declined.state, ChargeState::Declined);
    assert_eq!(declined.decline_reason.as_deref(), Some("card_declined"));
}
