//! The queue dashboard with everything behind it: through the gateway and on booking's own port,
//! asked as its page asks, and in a real browser.

use std::{
    path::{Path, PathBuf},
    process::Output,
};

use e2e::{
    api::{Answer, Api},
    stack::{ADMIN_EMAIL, Options, Stack, client, find},
    traveller::{PASSWORD, Traveller},
};
use reqwest::header;
use serde_json::{Value, json};

use crate::shared::{a_flight_of, admin, eventually, stack, text};

const THROUGH: &str = "/bookingService/ui/api";

async fn admin_of(stack: &Stack) -> Api {
    let gateway = stack.gateway();
    let signed_in = gateway.signed_in(ADMIN_EMAIL, &stack.admin_password).await;
    signed_in.unwrap()
}

/// Somebody whose address the mail server does not know signs up; the job of the mail that is dead.
async fn a_dead_mail(stack: &Stack, admin: &Api, email: &str) -> Value {
    let gateway = stack.gateway();
    gateway.signed_up(email, PASSWORD).await.unwrap();
    let path = format!("{THROUGH}/queues/mails/jobs?state=dead");
    let dead = eventually(
        "a mail is dead",
        || async { admin.get(&path).await.unwrap() },
        |answer: &Answer| !answer.data()[0].is_null(),
    );
    dead.await.data()[0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_mails_are_worked_through_the_gateway_and_each_deed_is_written_down() {
    let stack = Stack::start(&Options::for_tests()).await.unwrap();
    let admin = admin_of(&stack).await;
    let post = async |path: &str| admin.post(&format!("{THROUGH}{path}"), &json!({})).await;
    let dead = a_dead_mail(&stack, &admin, "refused@example.test").await;
    let job = format!("/queues/mails/jobs/{}", text(&dead["id"]));

    let detail = admin.get(&format!("{THROUGH}{job}")).await.unwrap();
    assert_eq!(detail.status, 200, "{}", detail.text);
    assert_eq!(detail.data()["payload"]["to"], "r•••@example.test");
    assert!(!detail.text.contains("refused@") && !detail.text.contains("Tess"));
    assert!(!detail.text.contains("token="), "{}", detail.text);

    let replayed = post("/queues/mails/replay").await.unwrap();
    assert_eq!(replayed.data()["changed"], 1, "{}", replayed.text);
    let again = eventually(
        "it is refused again",
        || async { admin.get(&format!("{THROUGH}{job}")).await.unwrap() },
        |answer| answer.data()["state"] == "dead" && answer.data()["attempts"] == 2,
    );
    again.await;
    let discarded = post(&format!("{job}/discard")).await.unwrap();
    assert_eq!(discarded.data()["changed"], 1, "{}", discarded.text);
    let refused = post(&format!("{job}/retry")).await.unwrap();
    assert_eq!((refused.status, refused.code()), (409, "NOT_NOW"));

    let audit = admin.get(&format!("{THROUGH}/audit")).await.unwrap();
    let lines = audit.data().as_array().unwrap().iter();
    let lines = lines.map(|line| format!("{} {}", text(&line["action"]), text(&line["outcome"])));
    assert_eq!(
        lines.collect::<Vec<_>>(),
        [
            "RETRY REFUSED",
            "RETRY ASKED",
            "DISCARD DONE",
            "DISCARD ASKED",
            "REPLAY DONE",
            "REPLAY ASKED",
        ]
    );
    let me = admin.get("/api/v1/me").await.unwrap().data()["id"].clone();
    assert_eq!(audit.data()[0]["actorId"], me);
    stack.finish().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn paused_mails_go_out_when_they_are_resumed() {
    let stack = Stack::start(&Options::for_tests()).await.unwrap();
    let admin = admin_of(&stack).await;
    let post = async |path: &str| admin.post(&format!("{THROUGH}{path}"), &json!({})).await;
    post("/queues/mails/pause").await.unwrap();
    let traveller = Traveller::arrive(&stack.gateway()).await.unwrap();
    let waits = eventually(
        "the mail waits",
        || async { admin.get(&format!("{THROUGH}/overview")).await.unwrap() },
        |answer| answer.data()["mails"]["ledger"]["counts"]["waiting"] == 1,
    );
    waits.await;
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    assert!(stack.sink.mails().is_empty(), "{:?}", stack.sink.mails());
    post("/queues/mails/resume").await.unwrap();
    let arrives = eventually(
        "the mail arrives",
        || async { stack.sink.mails() },
        |mails| {
            mails
                .iter()
                .any(|mail| mail.to == [traveller.email.clone()])
        },
    );
    arrives.await;
    stack.finish().await.unwrap();
}

/// The page on booking's own port has nobody else to ask.
#[tokio::test(flavor = "multi_thread")]
async fn one_signs_in_on_bookings_own_port_as_at_the_gateway() {
    let stack = stack().await;
    let booking = Api::new(client(), stack.part("booking").url());
    let credentials = |password: &str| json!({"email": ADMIN_EMAIL, "password": password});
    let wrong = booking.post("/ui/signin", &credentials("not mine")).await;
    let wrong = wrong.unwrap();
    assert_eq!((wrong.status, wrong.code()), (401, "BAD_CREDENTIALS"));
    let right = credentials(&stack.admin_password);
    let granted = booking.post("/ui/signin", &right).await.unwrap();
    assert_eq!(granted.status, 200, "{}", granted.text);
    assert_eq!(granted.header("cache-control"), "no-store");
    let refresh = json!({"refreshToken": granted.data()["refreshToken"]});
    let refreshed = booking.post("/ui/refresh", &refresh).await.unwrap();
    assert_eq!(refreshed.status, 200, "{}", refreshed.text);
    let admin = booking.with_token(text(&refreshed.data()["jwt"]));
    assert_eq!(admin.get("/ui/api/overview").await.unwrap().status, 200);
    let over = admin.post("/ui/signout", &json!({})).await.unwrap();
    assert_eq!(over.status, 200, "{}", over.text);
    eventually(
        "the token is taken back",
        || async { admin.get("/ui/api/overview").await.unwrap().status },
        |status| *status == 401,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_is_seen_through_the_gateway() {
    let admin = admin().await;
    let url = format!("{}{THROUGH}/events", stack().await.part("gateway").url());
    let request = client().get(url).bearer_auth(admin.token().unwrap());
    let mut stream = request.send().await.unwrap();
    assert_eq!(stream.headers()[header::CONTENT_TYPE], "text/event-stream");
    let first = stream.chunk().await.unwrap().unwrap();
    assert!(first.starts_with(b"event: overview\ndata: {"), "{first:?}");
}

/// `UPDATE_SNAPSHOTS=1` puts the pictures into docs/.
#[tokio::test(flavor = "multi_thread")]
async fn the_page_works_in_a_browser_by_keyboard_and_on_a_phone() {
    let options = Options::for_tests().with("gateway", "JWT_EXPIRY", "8s");
    let stack = Stack::start(&options).await.unwrap();
    let flight = a_flight_of(&stack).await;
    for n in 0..5 {
        let traveller = Traveller::arrive(&stack.gateway()).await.unwrap();
        let booking = traveller.must_book(flight, 1).await.unwrap();
        traveller.pay(&booking, &format!("key-{n}")).await.unwrap();
    }
    a_dead_mail(&stack, &admin_of(&stack).await, "refused@example.test").await;
    let password = stack.file("admin-password");
    std::fs::write(&password, &stack.admin_password).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let pictures = match std::env::var_os("UPDATE_SNAPSHOTS") {
        Some(_) => root.join("docs"),
        None => stack.file(""),
    };
    let doors = [
        format!("{}/ui", stack.part("booking").url()),
        format!("{}/bookingService/ui", stack.part("gateway").url()),
        format!("{}/bookingService/ui/", stack.part("gateway").url()),
    ];
    for door in doors {
        let output = work(&root, &door, &password, &pictures).await;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{door}: {said}");
    }
    for name in ["dashboard.png", "dashboard-dark.png", "dashboard-phone.png"] {
        let picture = std::fs::read(pictures.join(name)).unwrap();
        assert!(picture.starts_with(b"\x89PNG") && picture.len() > 20_000);
    }
    stack.finish().await.unwrap();
}

async fn work(root: &Path, url: &str, password: &Path, pictures: &Path) -> Output {
    let mut command = std::process::Command::new(find("python3").unwrap());
    command.arg(root.join("tools/dashboard.py"));
    command.args([url, ADMIN_EMAIL]);
    command.args([password, pictures].map(PathBuf::from));
    // Longer than a token lives.
    command.arg("9");
    let work = tokio::task::spawn_blocking(move || command.output());
    work.await.unwrap().unwrap()
}
