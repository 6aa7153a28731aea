//! How long a client may take.

use super::*;

fn between(time: Duration, from: u64, to: u64) {
    let allowed = Duration::from_millis(from)..Duration::from_millis(to);
    assert!(allowed.contains(&time), "{time:?} is not in {allowed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_connection_is_closed() {
    let running = running(limits()).await;
    let (answer, after) = Client::connect(&running).await.rest().await;
    assert_eq!(answer.text, "");
    between(after, 280, 2_000);
    let series = r#"connections_timed_out_total{service="life",awaited="first byte"} "#;
    eventually("it is counted", async || {
        let metrics = service_kit::telemetry::scrape();
        let count = metrics.lines().find_map(|line| line.strip_prefix(series));
        count.is_some_and(|count| count != "0")
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_drips_is_408_in_time() {
    let running = running(limits()).await;
    let mut client = Client::connect(&running).await;
    let (mut reader, mut writer) = client.stream.split();
    let drip = async {
        for byte in HELLO.bytes() {
            tokio::time::sleep(Duration::from_millis(50)).await;
            if writer.write_u8(byte).await.is_err() {
                break;
            }
        }
    };
    let mut text = String::new();
    let closed = async {
        reader.read_to_string(&mut text).await.unwrap();
        client.since.elapsed()
    };
    let ((), closed) = futures::join!(drip, closed);
    between(closed, 330, 2_000);
    Answer { text }.is_last_problem(408, "drip");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_in_two_pieces_is_a_request() {
    let running = running(limits()).await;
    let mut client = Client::sending(&running, &HELLO[..10]).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    client.send(&HELLO[10..]).await;
    assert_eq!(client.answer().await.body(), "hello");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_stalls_is_408_and_the_connection_closed() {
    let running = running(limits()).await;
    for (length, half) in [
        ("content-length: 10", "half"),
        ("content-length: 10", ""),
        ("transfer-encoding: chunked", "4\r\nhalf\r\n"),
        ("transfer-encoding: chunked", "4\r\nha"),
    ] {
        let head = format!("POST /echo HTTP/1.1\r\nhost: a\r\n{length}\r\n\r\n{half}");
        let mut client = Client::sending(&running, &head).await;
        let answer = client.answer().await;
        between(client.since.elapsed(), 280, 2_000);
        answer.is_last_problem(408, half);
        assert_eq!(client.rest().await.0.text, "");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_body_that_nobody_wants_the_connection_goes_on() {
    // `/hello` takes no POST and looks at no body.
    let running = running(limits()).await;
    for body in [
        "content-length: 4\r\n\r\n|late",
        "transfer-encoding: chunked\r\n\r\n|4\r\nlate\r\n0\r\n\r\n",
    ] {
        let (head, late) = body.split_once('|').expect("two parts");
        let head = format!("POST /hello HTTP/1.1\r\nhost: a\r\n{head}");
        let mut client = Client::sending(&running, &head).await;
        tokio::time::sleep(Duration::from_millis(10)).await;
        client.send(late).await;
        let answer = client.answer().await;
        assert_eq!(
            (answer.status(), answer.header("connection")),
            (405, ""),
            "{body}"
        );
        client.send(HELLO).await;
        assert_eq!(client.answer().await.body(), "hello", "{body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_before_a_body_that_does_not_come_is_the_last() {
    let running = running(limits()).await;
    let head = "POST /hello HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\n";
    let mut client = Client::sending(&running, head).await;
    let answer = client.answer().await;
    assert_eq!(
        (answer.status(), answer.header("connection")),
        (405, "close")
    );
    assert_eq!(client.rest().await.0.text, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_goes_on_may_take_longer_than_one_piece_of_it() {
    let running = running(limits()).await;
    let head = "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\n";
    let mut client = Client::sending(&running, head).await;
    for piece in ["h", "e", "l", "l", "o"] {
        tokio::time::sleep(Duration::from_millis(150)).await;
        client.send(piece).await;
    }
    assert_eq!(client.answer().await.body(), "hello");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_may_take_longer_than_any_client() {
    let running = running(limits()).await;
    let slow = "GET /slow HTTP/1.1\r\nhost: a\r\n\r\n";
    let mut client = Client::sending(&running, slow).await;
    assert_eq!(client.answer().await.body(), "slow");
    client.send(HELLO).await;
    assert_eq!(client.answer().await.body(), "hello");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_connection_may_be_idle_longer_than_a_new_one_silent() {
    let running = running(limits()).await;
    let mut client = Client::sending(&running, HELLO).await;
    assert_eq!(client.answer().await.body(), "hello");
    tokio::time::sleep(Duration::from_millis(1_000)).await;
    client.send(HELLO).await;
    assert_eq!(client.answer().await.body(), "hello");
    let (answer, after) = client.rest().await;
    assert_eq!(answer.text, "");
    between(after, 2_450, 5_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_head_on_a_kept_connection_has_no_more_time_than_the_first() {
    let running = running(limits()).await;
    let mut client = Client::sending(&running, HELLO).await;
    assert_eq!(client.answer().await.body(), "hello");
    client.send("GET /hel").await;
    let (answer, after) = client.rest().await;
    answer.is_last_problem(408, "half");
    between(after, 280, 2_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_read_is_dropped() {
    let running = running(limits()).await;
    let endless = "GET /endless HTTP/1.1\r\nhost: a\r\n\r\n";
    let mut client = Client::sending(&running, endless).await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let mut scrap = vec![0; 1024 * 1024];
    let reading = async { while matches!(client.stream.read(&mut scrap).await, Ok(1..)) {} };
    let ended = tokio::time::timeout(Duration::from_secs(5), reading).await;
    ended.expect("what was on its way is the end");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_reads_slowly_is_not() {
    let write = Duration::from_secs(2);
    let running = running(Limits { write, ..limits() }).await;
    let endless = "GET /endless HTTP/1.1\r\nhost: a\r\n\r\n";
    let mut client = Client::sending(&running, endless).await;
    let mut piece = vec![0; 512 * 1024];
    let begun = Instant::now();
    while begun.elapsed() < 2 * write {
        tokio::time::sleep(Duration::from_millis(100)).await;
        client.stream.read_exact(&mut piece).await.expect("goes on");
    }
}
