//! Odd senders that RFC 9112 allows, and what they may not hide.

use super::*;

const CHUNKED: &str = "POST /echo HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n\
                       5\r\nhello\r\n0\r\n\r\n";

/// A body that looks like the head of a request.
fn decoy() -> String {
    let body = "x\ncontent-length: 9\ntransfer-encoding: chunked\r\ncontent-length: 5";
    let length = body.len();
    format!("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: {length}\r\n\r\n{body}")
}

fn odd() -> Vec<String> {
    let chunked = |body: &str| CHUNKED.replace("5\r\nhello\r\n0\r\n\r\n", body);
    vec![
        decoy(),
        CHUNKED.to_owned(),
        // Field names in any case, white space around values, values without it (RFC 9112, 5).
        CHUNKED.replace("transfer-encoding: chunked", "TRANSFER-Encoding:Chunked"),
        CHUNKED.replace(
            "transfer-encoding: chunked",
            "Transfer-Encoding: \tchunked  ",
        ),
        // Chunk extensions, capital digits, leading zeros, trailers (7.1).
        chunked("000A;a=\"b;c\"\r\nhello\r\nyou\r\n0\r\n\r\n"),
        chunked("5\r\nhello\r\n000;last\r\nx-checksum: 7\r\n\r\n"),
        chunked("28\r\n\r\ncontent-length: 5\r\n\r\ncontent-length: 6\r\n0\r\n\r\n"),
        // Empty lines before a request, lines that end with LF alone (2.2).
        format!("\r\n\r\n{CHUNKED}"),
        "POST /echo HTTP/1.1\nhost: a\ncontent-length: 5\n\nhello".to_owned(),
        // Two lengths that agree (RFC 9110, 8.6).
        "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ncontent-length: 5\r\n\r\nhello"
            .to_owned(),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_senders_are_understood_one_after_the_other() {
    let running = running(Limits::default()).await;
    let mut client = Client::connect(&running).await;
    for request in odd().iter().chain(odd().iter().rev()) {
        client.send(request).await;
        assert_eq!(client.answer().await.status(), 200, "{request}");
    }
    let mut behind_each_other = Client::sending(&running, &odd().concat()).await;
    for request in odd() {
        let answer = behind_each_other.answer().await;
        assert_eq!(answer.status(), 200, "{request}: {}", answer.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_odd_sender_hides_two_lengths_behind_it() {
    let running = running(Limits::default()).await;
    let two = CHUNKED.replace("host: a\r\n", "host: a\r\ncontent-length: 5\r\n");
    for request in odd() {
        let mut client = Client::sending(&running, &format!("{request}{two}")).await;
        assert_eq!(client.answer().await.status(), 200, "{request}");
        client.rest().await.0.is_last_problem(400, &request);
    }
    // Nor does what comes after it.
    let mut client = Client::sending(&running, &format!("{two}{CHUNKED}{HELLO}")).await;
    client.rest().await.0.is_last_problem(400, "first");
}
