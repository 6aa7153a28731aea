//! How many connections there are.

use futures::future::join_all;

use super::*;

fn few(connections: usize, connections_per_address: usize) -> Limits {
    Limits {
        connections,
        connections_per_address,
        ..Limits::default()
    }
}

async fn holds_and_recovers(limits: Limits, most: usize) {
    let running = running(limits).await;
    let mut kept = vec![];
    for _ in 0..most {
        let mut client = Client::sending(&running, HELLO).await;
        assert_eq!(client.answer().await.body(), "hello");
        kept.push(client);
    }
    for _ in 0..20 {
        let (answer, after) = Client::connect(&running).await.rest().await;
        answer.is_last_problem(503, "one too many");
        assert_eq!(answer.header("retry-after"), "1");
        assert!(after < Duration::from_secs(1), "{after:?}");
    }
    for client in &mut kept {
        client.send(HELLO).await;
        assert_eq!(client.answer().await.body(), "hello");
    }
    kept.pop();
    eventually("there is room again", async || {
        let mut client = Client::connect(&running).await;
        client.send(HELLO).await;
        client.status().await == 200
    })
    .await;
}

impl Client {
    /// The status of the next answer, 0 if the connection ends before it.
    async fn status(&mut self) -> u16 {
        let mut start = [0; 12];
        match self.stream.read_exact(&mut start).await {
            Ok(_) => String::from_utf8_lossy(&start[9..]).parse().unwrap_or(0),
            Err(_) => 0,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_have_a_limit_that_holds_and_recovers() {
    holds_and_recovers(few(3, 0), 3).await;
    let metrics = service_kit::telemetry::scrape();
    let refused = r#"connections_refused_total{service="life",reason="all"}"#;
    assert!(metrics.contains(refused), "{metrics}");
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_of_one_address_do_too() {
    holds_and_recovers(few(10_000, 3), 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn silent_connections_give_their_room_back() {
    let limits = Limits {
        connections: 3,
        first_byte: Duration::from_secs(1),
        ..limits()
    };
    let running = running(limits).await;
    let _silent = join_all((0..3).map(|_| Client::connect(&running))).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let refused = Client::connect(&running).await.rest().await.0;
    refused.is_last_problem(503, "full");
    tokio::time::sleep(Duration::from_millis(2_000)).await;
    let mut client = Client::sending(&running, HELLO).await;
    assert_eq!(client.answer().await.body(), "hello");
}

#[tokio::test(flavor = "multi_thread")]
async fn three_hundred_slow_clients_keep_nobody_waiting() {
    let running = running(Limits::default()).await;
    let half = "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nhalf";
    let slow = ["", "GET /hello HTTP/1.1\r\nho", half];
    let slow = (0..300).map(|number| Client::sending(&running, slow[number % 3]));
    let _slow = join_all(slow).await;
    for _ in 0..100 {
        let mut client = Client::sending(&running, HELLO).await;
        assert_eq!(client.answer().await.body(), "hello");
        assert!(client.since.elapsed() < Duration::from_secs(1));
    }
}
