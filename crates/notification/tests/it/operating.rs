//! The ledger as booking's dashboard sees and works it.

use std::{sync::Arc, time::Duration};

use contracts::{
    CallError, Endpoint,
    email::{EmailJob, NOTIFICATION},
    jobs::{By, Changed, JobState, LedgerClient, ListJobs},
};
use service_kit::testing::http;
use ulid::Ulid;

use crate::{
    harness::{World, job, until},
    sink::Manner,
};

impl World {
    /// Booking's dashboard at this replica.
    fn dashboard(&self, url: &str) -> LedgerClient {
        let identities = Arc::clone(&self.identities);
        let tokens = Arc::new(move |audience: &str| identities.booking_token(audience));
        LedgerClient::new(Endpoint::new(
            (*http()).clone(),
            [url],
            NOTIFICATION,
            tokens,
        ))
    }

    /// A mail that the mail server refused for good.
    async fn a_dead_mail(&self) -> EmailJob {
        let job = job();
        self.sink.next(Manner::Refuse(550));
        self.push(&job).await;
        self.until_state(&job, "DEAD").await;
        job
    }
}

fn changed(n: u64) -> Changed {
    Changed { changed: n }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_mail_is_sent_once_when_it_is_retried_twice() {
    let world = World::create().await;
    let service = world.start().await;
    let dashboard = world.dashboard(&service.url);
    let job = world.a_dead_mail().await;
    assert_eq!(
        dashboard
            .state()
            .await
            .expect("answered")
            .ledger
            .counts
            .dead,
        1
    );
    let revived = dashboard.retry(&job.job_id).await.expect("answered");
    assert_eq!(revived, changed(1));
    world.until_state(&job, "SENT").await;
    let again = dashboard.retry(&job.job_id).await;
    assert!(
        matches!(&again, Err(CallError::Refused { code, .. }) if code == "NOT_NOW"),
        "{again:?}"
    );
    assert_eq!(world.mails_of(&job).len(), 1);
}

/// After a day of failures a mail is given up; who is revived then has another day.
#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_was_revived_has_a_day_anew() {
    let world = World::create().await;
    let service = world.start().await;
    let job = world.a_dead_mail().await;
    let old = "UPDATE Deliveries SET createdAt = NOW(6) - INTERVAL 3 DAY WHERE jobId = ?";
    world.sql(old, &job).await;
    world.sink.next(Manner::Refuse(451));
    world
        .dashboard(&service.url)
        .retry(&job.job_id)
        .await
        .expect("answered");
    world.until_state(&job, "QUEUED").await;
    until("it failed again", 10, async || {
        world
            .row(&job)
            .await
            .is_some_and(|(_, attempts, _)| attempts == 2)
    })
    .await;
    world.until_state(&job, "QUEUED").await;
    world.make_due(&job).await;
    world.until_state(&job, "SENT").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_dead_mails_are_replayed_but_not_the_discarded_and_the_blank() {
    let world = World::create().await;
    let service = world.start().await;
    let dashboard = world.dashboard(&service.url);
    let (dead, other) = (world.a_dead_mail().await, world.a_dead_mail().await);
    let (discarded, blank) = (world.a_dead_mail().await, world.a_dead_mail().await);
    assert_eq!(
        dashboard
            .discard(&discarded.job_id)
            .await
            .expect("answered"),
        changed(1)
    );
    assert_eq!(
        dashboard
            .discard(&discarded.job_id)
            .await
            .expect("answered"),
        changed(0)
    );
    let erased = "UPDATE Deliveries SET erasedAt = NOW(6) WHERE jobId = ?";
    world.sql(erased, &blank).await;
    let counts = dashboard.state().await.expect("answered").ledger.counts;
    assert_eq!((counts.dead, counts.discarded), (2, 2));
    assert_eq!(dashboard.replay().await.expect("answered"), changed(2));
    for job in [&dead, &other] {
        world.until_state(job, "SENT").await;
    }
    assert_eq!(dashboard.replay().await.expect("answered"), changed(0));
    for job in [&discarded, &blank] {
        assert_eq!(world.state(job).await.as_deref(), Some("DEAD"));
        let revived = dashboard.retry(&job.job_id).await;
        assert!(matches!(
            revived,
            Err(CallError::Refused { status: 409, .. })
        ));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_waits_for_its_next_attempt_is_discarded_or_tried_now() {
    let world = World::create().await;
    let service = world.start().await;
    let dashboard = world.dashboard(&service.url);
    let (unwanted, wanted) = (job(), job());
    for job in [&unwanted, &wanted] {
        world.sink.next(Manner::Refuse(451));
        world.push(job).await;
        until("it failed", 10, async || {
            world
                .row(job)
                .await
                .is_some_and(|(state, attempts, error)| {
                    state == "QUEUED" && attempts >= 1 && error.is_some()
                })
        })
        .await;
        let later = "UPDATE Deliveries SET nextAttemptAt = NOW(6) + INTERVAL 1 HOUR
                     WHERE jobId = ?";
        world.sql(later, job).await;
    }
    assert_eq!(
        dashboard
            .state()
            .await
            .expect("answered")
            .ledger
            .counts
            .failed,
        2
    );
    assert_eq!(
        dashboard.discard(&unwanted.job_id).await.expect("answered"),
        changed(1)
    );
    assert_eq!(
        dashboard.retry(&wanted.job_id).await.expect("answered"),
        changed(1)
    );
    world.until_state(&wanted, "SENT").await;
    let found = dashboard.get(&unwanted.job_id).await.expect("answered");
    assert_eq!(found.job.state, JobState::Discarded);
    assert!(world.mails_of(&unwanted).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_stops_the_senders_of_all_replicas_and_outlives_them() {
    let world = World::create().await;
    let (first, second) = (world.start().await, world.start().await);
    let dashboard = world.dashboard(&first.url);
    let by = By { by: 7 };
    assert_eq!(dashboard.pause(by).await.expect("answered"), changed(1));
    assert_eq!(dashboard.pause(by).await.expect("answered"), changed(0));
    let job = job();
    world.push(&job).await;
    world.until_state(&job, "QUEUED").await;
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    assert!(world.mails_of(&job).is_empty(), "a paused sender went on");
    first.stop().await.expect("answered");
    second.stop().await.expect("answered");
    let third = world.start().await;
    let dashboard = world.dashboard(&third.url);
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    assert!(world.mails_of(&job).is_empty(), "a restart ended the pause");
    let ledger = dashboard.state().await.expect("answered").ledger;
    assert_eq!(ledger.paused.map(|paused| paused.by), Some(7));
    assert_eq!(ledger.counts.waiting, 1);
    assert_eq!(dashboard.resume().await.expect("answered"), changed(1));
    assert_eq!(dashboard.resume().await.expect("answered"), changed(0));
    world.until_state(&job, "SENT").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_is_shown_without_anything_of_the_person() {
    let world = World::create().await;
    let service = world.start().await;
    let dashboard = world.dashboard(&service.url);
    let job = world.a_dead_mail().await;
    let told = "UPDATE Deliveries SET lastError = '550 <ann@example.test> is unknown'
                WHERE jobId = ?";
    world.sql(told, &job).await;
    let found = dashboard.get(&job.job_id).await.expect("answered");
    assert_eq!(found.job.state, JobState::Dead);
    assert_eq!(
        found.last_error.as_deref(),
        Some("550 <a•••@example.test> is unknown")
    );
    assert_eq!(found.payload["to"], "a•••@example.test");
    let shown = serde_json::to_string(&found).expect("answered");
    assert!(!shown.contains("Ann") && !shown.contains("ann@"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_are_listed_by_state_newest_first() {
    let world = World::create().await;
    let service = world.start().await;
    let dashboard = world.dashboard(&service.url);
    let (dead, sent) = (world.a_dead_mail().await, job());
    world.push(&sent).await;
    world.until_state(&sent, "SENT").await;
    let list = async |state, before: Option<&EmailJob>| -> Vec<String> {
        let before = before.map(|job| job.job_id.clone());
        let asked = ListJobs {
            state,
            before,
            limit: 10,
        };
        let jobs = dashboard.list(&asked).await.expect("answered");
        jobs.into_iter().map(|job| job.id).collect()
    };
    assert_eq!(list(None, None).await, [&*sent.job_id, &*dead.job_id]);
    assert_eq!(list(None, Some(&sent)).await, [&*dead.job_id]);
    assert_eq!(list(Some(JobState::Dead), None).await, [&*dead.job_id]);
    assert_eq!(list(Some(JobState::Done), None).await, [&*sent.job_id]);
    assert!(list(Some(JobState::Waiting), None).await.is_empty());
    let unknown = dashboard.get(&Ulid::new().to_string()).await;
    assert!(matches!(
        unknown,
        Err(CallError::Refused { status: 404, .. })
    ));
    until("Redis is seen", 15, async || {
        dashboard.state().await.expect("answered").redis.is_some()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_booking_works_the_ledger() {
    let world = World::create().await;
    let service = world.start().await;
    let url = format!("{}/internal/v1/deliveries/state", service.url);
    let status = async |token: &str| {
        let request = http().get(&url).bearer_auth(token);
        request.send().await.expect("answered").status().as_u16()
    };
    assert_eq!(status(&world.identities.admin()).await, 401);
    assert_eq!(
        status(&world.identities.gateway_token("notification")).await,
        403
    );
    assert_eq!(
        status(&world.identities.booking_token("notification")).await,
        200
    );
}
