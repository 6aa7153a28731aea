//! The shape of every failure.

use serde_json::json;

use crate::shared;

#[tokio::test(flavor = "multi_thread")]
async fn every_failure_is_a_problem_and_every_path_takes_a_slash() {
    let gateway = shared::gateway().await;
    for (path, status) in [
        ("/nowhere", 404),
        ("/flightsService/api/v1/nowhere", 404),
        ("/flightsService/api/v1/flight/0", 422),
        ("/flightsService/api/v1/flight/999999999", 404),
        ("/flightsService/api/v1/flight?sort=colour", 422),
        ("/flightsService/api/v1/flight?colour=red", 422),
        ("/flightsService/api/v1/flight/1?colour=red", 422),
        ("/flightsService/api/v1/ping?colour=red", 422),
        ("/bookingService/api/v1/booking", 401),
    ] {
        let answer = gateway.get(path).await.unwrap();
        assert_eq!(
            answer.header("content-type"),
            "application/problem+json",
            "{path}"
        );
        assert_eq!(answer.status, status, "{path}: {}", answer.text);
        assert_eq!(answer.body["success"], json!(false), "{path}");
        for member in [
            "type",
            "title",
            "status",
            "detail",
            "code",
            "correlationId",
            "message",
        ] {
            assert!(
                !answer.body[member].is_null(),
                "{path} has no {member}: {}",
                answer.text
            );
        }
    }
    for path in [
        "/api/v1/ping",
        "/flightsService/api/v1/ping",
        "/bookingService/api/v1/ping/health",
    ] {
        let plain = gateway.get(path).await.unwrap();
        let slash = gateway.get(&format!("{path}/")).await.unwrap();
        assert_eq!((plain.status, slash.status), (200, 200), "{path}");
        assert_eq!(plain.text, slash.text);
    }
}
