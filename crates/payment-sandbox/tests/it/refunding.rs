use std::time::Duration;

use crate::harness::{Provider, code, request};

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_happens_once_however_often_it_is_asked_for() {
    let provider = Provider::start(Duration::ZERO).await;
    let request = request("tok_success");
    provider.client.charge(&request).await.expect("captured");
    let calls = (0..20).map(|_| {
        let (client, id) = (provider.client.clone(), request.id.clone());
        tokio::spawn(async move { client.refund(&id).await })
    });
    for call in calls.collect::<Vec<_>>() {
        let charge = call.await.expect("no panic").expect("refunded");
        assert!(charge.refunded);
    }
    let ledger = provider.ledger(&request.id).await;
    assert_eq!(ledger, Some(("CAPTURED".into(), None, 1)));
    assert!(
        provider
            .client
            .get(&request.id)
            .await
            .expect("known")
            .refunded
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_captured_is_not_refunded() {
    let provider = Provider::start(Duration::ZERO).await;
    let declined = request("tok_declined");
    provider.client.charge(&declined).await.expect("an outcome");
    let voided = request("tok_success");
    provider.client.void(&voided.id).await.expect("voided");
    let unknown = request("tok_success");
    for id in [&declined.id, &voided.id, &unknown.id] {
        assert_eq!(code(provider.client.refund(id).await), "409 NOT_CAPTURED");
    }
}
