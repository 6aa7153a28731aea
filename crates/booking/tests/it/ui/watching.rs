use std::time::Duration;

use reqwest::Response;
use serde_json::Value;
use service_kit::testing::{eventually, http};

use crate::world::World;

async fn events(world: &World, token: &str) -> Response {
    let url = format!("{}/ui/api/events", world.booking_url());
    http().get(url).bearer_auth(token).send().await.unwrap()
}

/// Reads overviews until one is as wanted.
async fn until(stream: &mut Response, wanted: impl Fn(&Value) -> bool) -> Value {
    let reading = async {
        let mut text = String::new();
        loop {
            let piece = stream.chunk().await.unwrap().expect("more");
            text.push_str(std::str::from_utf8(&piece).unwrap());
            while let Some((event, rest)) = text.split_once("\n\n") {
                let data = event.strip_prefix("event: overview\ndata: ");
                let found: Option<Value> = data.map(|data| serde_json::from_str(data).unwrap());
                text = rest.to_owned();
                if let Some(found) = found.filter(&wanted) {
                    return found;
                }
            }
        }
    };
    let limit = Duration::from_secs(20);
    tokio::time::timeout(limit, reading).await.expect("in time")
}

fn of<'a>(overview: &'a Value, queue: &str) -> &'a Value {
    let topics = overview["outbox"].as_array().unwrap().iter();
    let mut topics = topics.filter(|topic| topic["queue"] == queue);
    topics.next().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_is_seen_by_all_who_look_within_seconds() {
    let world = World::start().await;
    let mut streams = vec![];
    for _ in 0..2 {
        let stream = events(&world, &world.identities.admin()).await;
        assert_eq!(stream.headers()["content-type"], "text/event-stream");
        streams.push(stream);
    }
    for stream in &mut streams {
        until(stream, |seen| of(seen, "email")["counts"]["done"] == 0).await;
    }
    world.act("/ui/api/queues/email/pause").await;
    world.a_mail().await;
    for stream in &mut streams {
        let seen = until(stream, |seen| of(seen, "email")["counts"]["waiting"] == 1).await;
        assert_eq!(of(&seen, "email")["paused"]["by"], super::ADMIN_ID);
        assert_eq!(of(&seen, "email")["cameLastMinute"], 1);
        let sold = |seen: &Value| of(seen, "hold.sell")["counts"]["done"] == 1;
        until(stream, sold).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_sees_the_stream() {
    let world = World::start().await;
    assert_eq!(
        events(&world, &world.identities.customer(1)).await.status(),
        403
    );
    assert_eq!(events(&world, "x.y.z").await.status(), 401);
}

/// Else a restart would take as long as requests may.
#[tokio::test(flavor = "multi_thread")]
async fn a_stream_does_not_keep_booking_from_stopping() {
    let mut world = World::start().await;
    let mut stream = events(&world, &world.identities.admin()).await;
    until(&mut stream, |_| true).await;
    let begun = std::time::Instant::now();
    world.restart().await;
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "{:?}",
        begun.elapsed()
    );
    while let Ok(Some(_)) = stream.chunk().await {}
}

#[tokio::test(flavor = "multi_thread")]
async fn the_work_beside_the_requests_says_what_it_did_last() {
    let world = World::start().await;
    let _second = world.replica().await;
    let flight = world.flight(4).await;
    let token = world.identities.customer(1);
    let booking = world.book(&token, flight, 1).await.booking_id();
    let overdue = "UPDATE Bookings SET expiresAt = NOW(6) - INTERVAL 90 SECOND WHERE id = ?";
    world.sql(overdue, booking).await;
    let workers = async || world.look("/ui/api/overview").await.data()["workers"].clone();
    eventually(
        "both replicas have swept, one of them something",
        async || {
            let workers = workers().await;
            let replicas = workers[0]["replicas"].as_array().unwrap();
            replicas.len() == 2 && replicas.iter().filter(|it| it["lastWork"] == 1).count() == 1
        },
    )
    .await;
    let workers = workers().await;
    for (index, name) in ["sweeper", "reconciler", "refunds"].iter().enumerate() {
        let worker = &workers[index];
        assert_eq!(worker["worker"], *name);
        assert_eq!(
            (&worker["due"], &worker["lagSeconds"]),
            (&0.into(), &0.into())
        );
        assert!(worker["replicas"][0]["lastRunAt"].is_string());
        assert_eq!(worker["replicas"][0]["failures"], 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn work_that_is_not_done_shows_as_lag() {
    let world = World::start().await;
    let flight = world.flight(4).await;
    let token = world.identities.customer(1);
    world
        .to_provider
        .always(Some(crate::network::Fault::LoseRequest));
    let booking = world.book(&token, flight, 1).await;
    world.pay(&token, &booking, "k", "tok_success").await;
    let due = "UPDATE Payments SET nextCheckAt = NOW(6) - INTERVAL 10 MINUTE, leaseToken = NULL";
    let lag = async || {
        world.run(due).await;
        world.look("/ui/api/overview").await.data()["workers"][1].clone()
    };
    eventually("the reconciler is behind", async || {
        let reconciler = lag().await;
        reconciler["due"] == 1 && reconciler["lagSeconds"].as_i64() >= Some(599)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_are_listed_by_state_newest_first_page_by_page() {
    let world = World::start().await;
    world.act("/ui/api/queues/email/pause").await;
    let insert = "INSERT INTO Outbox (id, topic, payload, failures, availableAt, leasedUntil, doneAt)
        VALUES ('01ARZ3NDEKTSV4RRFFQ69G5FA1', 'email', '{}', 0, NOW(6), NULL, NULL),
               ('01ARZ3NDEKTSV4RRFFQ69G5FA2', 'email', '{}', 3, NOW(6) + INTERVAL 1 HOUR, NULL, NULL),
               ('01ARZ3NDEKTSV4RRFFQ69G5FA3', 'email', '{}', 0, NOW(6) + INTERVAL 1 HOUR, NULL, NULL),
               ('01ARZ3NDEKTSV4RRFFQ69G5FA4', 'email', '{}', 0, NOW(6),
                NOW(6) + INTERVAL 1 HOUR, NULL),
               ('01ARZ3NDEKTSV4RRFFQ69G5FA5', 'email', '{}', 0, NOW(6), NULL, NOW(6)),
               ('01ARZ3NDEKTSV4RRFFQ69G5FA6', 'email', '{}', 0, NOW(6), NULL, NOW(6))";
    world.run(insert).await;
    let ids = async |query: &str| {
        let answer = world.look(&format!("{}/jobs{query}", super::EMAIL)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let jobs = answer.data().as_array().unwrap().clone();
        let ids = jobs
            .iter()
            .map(|job| job["id"].as_str().unwrap()[25..].to_owned());
        (
            ids.collect::<String>(),
            answer.json()["page"]["next"].clone(),
        )
    };
    for (state, found) in [
        ("waiting", "1"),
        ("failed", "2"),
        ("delayed", "3"),
        ("running", "4"),
        ("done", "65"),
        ("dead", ""),
        ("discarded", ""),
    ] {
        assert_eq!(ids(&format!("?state={state}")).await.0, found, "{state}");
        let counted = &world.topic("email").await["counts"][state];
        assert_eq!(*counted, found.len(), "{state}");
    }
    let (mut pages, mut cursor) = (vec![], String::new());
    loop {
        let (page, next) = ids(&format!("?limit=2{cursor}")).await;
        pages.push(page);
        match next.as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(pages, ["65", "43", "21"]);
    world
        .look("/ui/api/queues/email/jobs?state=lost")
        .await
        .is(422, "VALIDATION");
    world
        .look("/ui/api/queues/email/jobs?cursor=x")
        .await
        .is(422, "VALIDATION");
    world
        .look("/ui/api/queues/nobodys/jobs")
        .await
        .is(404, "NOT_FOUND");
    world
        .look("/ui/api/overview?x=1")
        .await
        .is(422, "VALIDATION");
}
