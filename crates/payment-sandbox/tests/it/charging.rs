use std::time::{Duration, Instant};

use contracts::charges::{Charge, ChargeState};
use serde_json::{Value, json};

use crate::harness::{Provider, body, code, request};

#[tokio::test(flavor = "multi_thread")]
async fn each_token_leads_to_its_outcome() {
    let provider = Provider::start(Duration::ZERO).await;
    for (token, state, reason) in [
        ("tok_success", ChargeState::Captured, None),
        ("tok_declined", ChargeState::Declined, Some("card_declined")),
        (
            "tok_insufficient_funds",
            ChargeState::Declined,
            Some("insufficient_funds"),
        ),
    ] {
        let request = request(token);
        let charge = provider.client.charge(&request).await.expect("an outcome");
        let expected = Charge {
            id: request.id.clone(),
            state,
            amount: 21_800,
            currency: "USD".to_owned(),
            decline_reason: reason.map(str::to_owned),
            refunded: false,
        };
        assert_eq!(charge, expected);
        assert_eq!(
            provider.client.get(&request.id).await.expect("known"),
            expected
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tok_timeout_charged_captures_and_answers_too_late() {
    let provider = Provider::start(Duration::ZERO).await;
    let request = request("tok_timeout_charged");
    let begun = Instant::now();
    let outcome = provider.client.charge(&request).await;
    assert!(code(outcome).contains("Unknown"), "no answer in time");
    // The caller waits 6 s and says so; it may hear right before that its time is up.
    assert!(begun.elapsed() >= Duration::from_secs(5));
    let charge = provider.client.get(&request.id).await.expect("known");
    assert_eq!(charge.state, ChargeState::Captured);
}

#[tokio::test(flavor = "multi_thread")]
async fn tok_timeout_not_charged_leaves_nothing_and_void_wins() {
    let provider = Provider::start(Duration::ZERO).await;
    let request = request("tok_timeout_not_charged");
    let (answer, void) = tokio::join!(provider.client.charge(&request), async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(
            code(provider.client.get(&request.id).await),
            "404 NOT_FOUND"
        );
        provider.client.void(&request.id).await
    });
    assert!(code(answer).contains("Unknown"), "no answer in time");
    assert_eq!(void.expect("voided").state, ChargeState::Declined);
    tokio::time::sleep(Duration::from_millis(2500)).await;
    let ledger = provider.ledger(&request.id).await;
    assert_eq!(
        ledger,
        Some(("DECLINED".into(), Some("voided".into()), 0)),
        "the held request charged nothing when it ended"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_parallel_charges_with_one_id_are_one_charge() {
    for delay in [Duration::ZERO, Duration::from_millis(300)] {
        let provider = Provider::start(delay).await;
        let request = request("tok_success");
        let calls = (0..20).map(|_| {
            let (client, request) = (provider.client.clone(), request.clone());
            tokio::spawn(async move { client.charge(&request).await })
        });
        let mut captured = 0;
        for call in calls.collect::<Vec<_>>() {
            let charge = call.await.expect("no panic").expect("an outcome");
            let running = charge.state == ChargeState::Processing && !delay.is_zero();
            assert!(running || charge.state == ChargeState::Captured);
            captured += usize::from(charge.state == ChargeState::Captured);
        }
        assert!(
            captured >= 1,
            "the one that claimed the id waits for its end"
        );
        let ledger = provider.ledger(&request.id).await;
        assert_eq!(ledger, Some(("CAPTURED".into(), None, 0)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_answers_the_stored_outcome_whatever_its_token() {
    let provider = Provider::start(Duration::ZERO).await;
    let mut request = request("tok_declined");
    let first = provider.client.charge(&request).await.expect("an outcome");
    for token in ["tok_success", "tok_timeout_not_charged"] {
        request.token = token.to_owned();
        let again = provider.client.charge(&request).await.expect("an outcome");
        assert_eq!(again, first);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_id_with_other_money_is_refused() {
    let provider = Provider::start(Duration::ZERO).await;
    let first = request("tok_success");
    provider.client.charge(&first).await.expect("captured");
    let mut dearer = first.clone();
    dearer.amount += 1;
    let mut foreign = first.clone();
    foreign.currency = "EUR".to_owned();
    for other in [dearer, foreign] {
        let outcome = provider.client.charge(&other).await;
        assert_eq!(code(outcome), "422 CHARGE_MISMATCH");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_names_its_field_and_charges_nothing() {
    let provider = Provider::start(Duration::ZERO).await;
    for (field, value) in [
        ("id", json!("not-a-ulid")),
        ("id", json!("01m81566kwna3h25hjx7vn1xme")),
        ("amount", json!(0)),
        ("amount", json!(-1)),
        ("amount", json!(1.5)),
        ("amount", json!("100")),
        ("amount", json!(1e30)),
        ("amount", Value::Null),
        ("currency", json!("usd")),
        ("currency", json!("USDT")),
        ("currency", json!("€€€")),
        ("token", json!("4111111111111111")),
        ("token", json!(true)),
        ("discount", json!(1)),
    ] {
        let mut body = body(&request("tok_success"));
        body[field] = value.clone();
        let (status, problem) = provider.post("/internal/v1/charges", &body).await;
        assert_eq!(
            (status.as_u16(), &problem["errors"][0]["field"]),
            (422, &json!(field)),
            "{value}"
        );
    }
    for field in ["id", "amount", "currency", "token"] {
        let mut body = body(&request("tok_success"));
        body.as_object_mut().expect("an object").remove(field);
        let (status, problem) = provider.post("/internal/v1/charges", &body).await;
        assert_eq!(
            (status.as_u16(), &problem["errors"][0]["field"]),
            (422, &json!(field))
        );
    }
    let (status, problem) = provider
        .post("/internal/v1/charges/x/void", &json!({}))
        .await;
    assert_eq!(
        (status.as_u16(), &problem["errors"][0]["field"]),
        (422, &json!("id"))
    );
    let rows: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM Charges")
        .fetch_one(&provider.database.admin)
        .await
        .expect("counted");
    assert_eq!(rows, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_booking_may_call() {
    let provider = Provider::start(Duration::ZERO).await;
    let http = service_kit::testing::http();
    let url = format!("{}/internal/v1/charges/{}", provider.url, request("").id);
    let status = async |token: Option<String>| {
        let mut get = http.get(&url);
        if let Some(token) = token {
            get = get.bearer_auth(token);
        }
        get.send().await.expect("an answer").status().as_u16()
    };
    assert_eq!(status(None).await, 401);
    assert_eq!(status(Some(provider.identities.admin())).await, 401);
    let elsewhere = provider.identities.booking_token("flights");
    assert_eq!(status(Some(elsewhere)).await, 401);
    let booking = provider.identities.booking_token("payment-sandbox");
    assert_eq!(status(Some(booking)).await, 404);
}
