//! "What the original got wrong and stays fixed", where it takes the whole system: one test a line.

use e2e::{
    stack::{ADMIN_EMAIL, Options, Stack, services::SERVICES},
    traveller::{PASSWORD, Traveller},
};
use serde_json::json;
use sqlx::AssertSqlSafe;

use crate::shared::{a_flight_of, eventually, text};

#[tokio::test(flavor = "multi_thread")]
async fn idempotency_lived_in_memory() {
    let mut stack = Stack::start(&Options::for_tests()).await.unwrap();
    let flight = a_flight_of(&stack).await;
    let someone = Traveller::arrive(&stack.gateway()).await.unwrap();
    let booked = someone.book_with_key(flight, 2, "seats").await.unwrap();
    let booking = booked.data().clone();
    let paid = someone.pay(&booking, "money").await.unwrap();
    assert_eq!((booked.status, paid.status), (201, 200), "{}", paid.text);

    for _ in 0..2 {
        stack.part_mut("booking").kill();
        stack.restart("booking").await.unwrap();
        for (first, again) in [
            (&booked, someone.book_with_key(flight, 2, "seats").await),
            (&paid, someone.pay(&booking, "money").await),
        ] {
            let again = again.unwrap();
            assert_eq!((again.status, &again.text), (first.status, &first.text));
            assert_eq!(again.header("idempotency-replayed"), "true");
        }
    }
    let mut root = stack.database.root().await.unwrap();
    let sql = stack.database.schemas.fill(
        "SELECT (SELECT COUNT(*) FROM {booking}.Bookings) * 100
              + (SELECT COUNT(*) FROM {payments}.Charges)",
    );
    let bookings_and_charges: i64 = sqlx::query_scalar(AssertSqlSafe(sql))
        .fetch_one(&mut root)
        .await
        .unwrap();
    assert_eq!(bookings_and_charges, 101);
    stack.finish().await.unwrap();
}

/// Everything that the services wrote, to their log files and to stdout and stderr.
pub fn logs_of(stack: &Stack) -> String {
    let mut all = String::new();
    for service in SERVICES {
        all.push_str(
            &std::fs::read_to_string(stack.file(&format!("{}.out", service.name))).unwrap(),
        );
    }
    for file in std::fs::read_dir(stack.file("logs")).unwrap() {
        all.push_str(&std::fs::read_to_string(file.unwrap().path()).unwrap());
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_had_passwords_and_mail_payloads() {
    let options = SERVICES
        .iter()
        .fold(Options::for_tests(), |options, service| {
            options.with(service.name, "RUST_LOG", "debug")
        });
    let stack = Stack::start(&options).await.unwrap();
    let flight = a_flight_of(&stack).await;
    let someone = Traveller::arrive(&stack.gateway()).await.unwrap();
    // The mail server names this address in its refusal.
    let refused = Traveller {
        email: "refused-by-all@example.test".to_owned(),
        api: stack
            .gateway()
            .signed_up("refused-by-all@example.test", PASSWORD)
            .await
            .unwrap(),
    };
    let wrong = stack
        .gateway()
        .signed_in(&someone.email, "a wrong guess")
        .await;
    assert!(wrong.is_err());
    let forgotten = json!({"email": someone.email});
    let asked = someone
        .api
        .post("/api/v1/password/forgot", &forgotten)
        .await;
    assert_eq!(asked.unwrap().status, 202);
    let mut secrets = vec![
        PASSWORD.to_owned(),
        "a wrong guess".to_owned(),
        stack.admin_password.clone(),
        ADMIN_EMAIL.to_owned(),
        someone.email.clone(),
        refused.email.clone(),
        "tok_success".to_owned(),
        "tok_declined".to_owned(),
        "BEGIN PRIVATE KEY".to_owned(),
    ];
    for who in [&someone, &refused] {
        let booking = who.must_book(flight, 1).await.unwrap();
        let declined = who.pay_by(&booking, "first", "tok_declined").await.unwrap();
        assert_eq!(declined.status, 402, "{}", declined.text);
        let paid = who.pay(&booking, "second").await.unwrap();
        assert_eq!(paid.status, 200, "{}", paid.text);
        secrets.push(text(&paid.data()["reference"]).to_owned());
        secrets.push(who.api.token().unwrap().to_owned());
    }
    eventually(
        "one mail is sent and one given up",
        async || logs_of(&stack),
        |logs| logs.contains("mail accepted") && logs.contains("mail given up"),
    )
    .await;

    let logs = logs_of(&stack);
    assert!(logs.contains("/api/v1/signin"), "requests are logged");
    let mails = eventually(
        "the mails",
        async || {
            let about = |words| stack.sink.mails_about(words, &someone.email);
            [about("Welcome"), about("is confirmed"), about("Choose")].concat()
        },
        |mails| mails.len() == 3,
    )
    .await;
    secrets.extend([mails[0].token(), mails[2].token()]);
    secrets.extend(mails[1..].iter().map(|mail| mail.subject().to_owned()));
    for secret in secrets {
        assert!(secret.len() > 5, "{secret:?} is no secret to look for");
        let line = logs.lines().find(|line| line.contains(&secret));
        assert_eq!(line, None, "{secret} is in the logs");
    }
    stack.finish().await.unwrap();
}
