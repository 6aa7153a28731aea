//! The gateway's signing key is replaced by another one while people work: nobody gets a 401.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use e2e::{
    api::Api,
    stack::{Options, Stack, client},
    traveller::PASSWORD,
};
use futures::future::join_all;
use serde_json::{Value, json};

/// Access tokens live so long here; everybody refreshes long before.
const EXPIRY: &str = "4s";
const REFRESH_AFTER: Duration = Duration::from_secs(1);
/// From one step to the next: all tokens of the step before have run out, with their leeway.
const STEP: Duration = Duration::from_secs(10);

/// Somebody who asks booking and the gateway in turn.
struct Worker {
    gateway: Api,
    booking: Api,
    refresh_token: String,
    answered: u64,
    refused: Vec<String>,
}

impl Worker {
    async fn arrive(stack: &Stack, nth: usize) -> Self {
        let api = stack.gateway().with_client(client());
        let email = format!("worker{nth}@example.test");
        api.signed_up(&email, PASSWORD).await.unwrap();
        let credentials = json!({"email": email, "password": PASSWORD});
        let session = api.post("/api/v1/signin", &credentials).await.unwrap();
        let mut worker = Self {
            gateway: api,
            booking: stack.direct("booking").with_client(client()),
            refresh_token: String::new(),
            answered: 0,
            refused: vec![],
        };
        worker.take(session.data());
        worker
    }

    fn take(&mut self, session: &Value) {
        let text = |field: &str| session[field].as_str().unwrap().to_owned();
        self.refresh_token = text("refreshToken");
        self.gateway = self.gateway.with_token(&text("jwt"));
        self.booking = self.booking.with_token(&text("jwt"));
    }

    async fn work(mut self, stop: Arc<AtomicBool>) -> Self {
        let mut refreshed = Instant::now();
        while !stop.load(Ordering::Relaxed) {
            if refreshed.elapsed() > REFRESH_AFTER && self.refresh().await {
                refreshed = Instant::now();
            }
            self.look().await;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self
    }

    /// A gateway that is just being started again answers nothing; the token is good then still.
    async fn refresh(&mut self) -> bool {
        let body = json!({"refreshToken": self.refresh_token});
        match self.gateway.post("/api/v1/token/refresh", &body).await {
            Ok(answer) if answer.status == 200 => {
                self.take(&answer.data().clone());
                true
            }
            Ok(answer) => {
                self.refused.push(format!("refresh: {}", answer.text));
                false
            }
            Err(_) => false,
        }
    }

    async fn look(&mut self) {
        let mine = self.gateway.get("/api/v1/me").await;
        let booked = self.booking.get("/booking").await;
        for answer in [mine, booked].into_iter().flatten() {
            match answer.status {
                200 => self.answered += 1,
                503 => {}
                _ => self.refused.push(answer.text),
            }
        }
    }
}

/// The key id that a new token is signed with.
async fn signing_key(stack: &Stack) -> String {
    let api = stack.gateway().with_client(client());
    let api = api.signed_in("worker0@example.test", PASSWORD).await;
    let token = api.unwrap().token().unwrap().to_owned();
    let header = jsonwebtoken::decode_header(token).unwrap();
    header.kid.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signing_key_is_replaced_under_load_without_one_401() {
    let options = Options::for_tests().with("gateway", "JWT_EXPIRY", EXPIRY);
    let mut stack = Stack::start(&options).await.unwrap();
    let [old, new] = ["gateway.pem", "next.pem"].map(|name| stack.file(name).display().to_string());
    stack
        .run("gateway", &["keys", "create", &new, "--kid", "next"])
        .unwrap();
    let workers = join_all((0..4).map(|nth| Worker::arrive(&stack, nth))).await;
    let stop = Arc::new(AtomicBool::new(false));
    let working: Vec<_> = workers
        .into_iter()
        .map(|worker| tokio::spawn(worker.work(Arc::clone(&stop))))
        .collect();

    assert_eq!(signing_key(&stack).await, "gateway");
    for (keys, signs) in [
        (format!("{old},{new}"), "gateway"),
        (format!("{new},{old}"), "next"),
        (new.clone(), "next"),
    ] {
        let gateway = stack.part_mut("gateway");
        gateway.signal_stop();
        gateway.wait_end().await.unwrap();
        let environment = &mut gateway.launch.environment;
        environment.retain(|(name, _)| name != "JWT_KEYS");
        environment.push(("JWT_KEYS".to_owned(), keys));
        stack.restart("gateway").await.unwrap();
        assert_eq!(signing_key(&stack).await, signs);
        tokio::time::sleep(STEP).await;
    }
    stop.store(true, Ordering::Relaxed);
    for worker in join_all(working).await {
        let worker = worker.unwrap();
        assert_eq!(worker.refused, [""; 0]);
        assert!(worker.answered > 500, "{} answers", worker.answered);
    }
    stack.finish().await.unwrap();
}
