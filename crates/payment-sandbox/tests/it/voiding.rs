use std::time::Duration;

use contracts::charges::ChargeState;
use service_kit::testing::eventually;

use crate::harness::{Provider, request};

#[tokio::test(flavor = "multi_thread")]
async fn a_charge_and_its_void_never_both_win() {
    let provider = Provider::start(Duration::ZERO).await;
    let (mut captured, mut voided) = (0, 0);
    for round in 0..200u64 {
        let request = request("tok_success");
        let (charge, void) = tokio::join!(
            async {
                tokio::time::sleep(Duration::from_micros(round % 5 * 300)).await;
                provider.client.charge(&request).await
            },
            async {
                tokio::time::sleep(Duration::from_micros(round % 7 * 200)).await;
                provider.client.void(&request.id).await
            }
        );
        let charge = charge.expect("an outcome");
        assert_eq!(charge, void.expect("an outcome"), "both hear the same");
        let ledger = provider.ledger(&request.id).await.expect("there");
        match charge.state {
            ChargeState::Captured => {
                captured += 1;
                assert_eq!(ledger, ("CAPTURED".into(), None, 0));
            }
            ChargeState::Declined => {
                voided += 1;
                assert_eq!(ledger, ("DECLINED".into(), Some("voided".into()), 0));
            }
            ChargeState::Processing => panic!("without a delay nothing runs"),
        }
    }
    assert_eq!(captured + voided, 200);
    assert!(
        captured > 0 && voided > 0,
        "{captured} captured, {voided} voided"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_charge_that_comes_after_its_void_is_declined() {
    let provider = Provider::start(Duration::ZERO).await;
    let request = request("tok_success");
    for _ in 0..2 {
        let void = provider.client.void(&request.id).await.expect("voided");
        assert_eq!(void.state, ChargeState::Declined);
    }
    let charge = provider.client.charge(&request).await.expect("an outcome");
    assert_eq!(charge.state, ChargeState::Declined);
    assert_eq!(charge.decline_reason.as_deref(), Some("voided"));
    assert_eq!((charge.amount, charge.currency.as_str()), (0, ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn voiding_a_running_charge_says_processing_and_then_how_it_ended() {
    let provider = Provider::start(Duration::from_millis(600)).await;
    let request = request("tok_success");
    let running = {
        let (client, request) = (provider.client.clone(), request.clone());
        tokio::spawn(async move { client.charge(&request).await })
    };
    eventually("the charge runs", async || {
        provider.client.get(&request.id).await.is_ok()
    })
    .await;
    let void = provider.client.void(&request.id).await.expect("an answer");
    assert_eq!(void.state, ChargeState::Processing, "not final");
    let charge = running.await.expect("no panic").expect("an outcome");
    assert_eq!(charge.state, ChargeState::Captured);
    let void = provider.client.void(&request.id).await.expect("an answer");
    assert_eq!(void.state, ChargeState::Captured);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_charge_whose_caller_hung_up_is_decided_without_being_asked_for() {
    let provider = Provider::start(Duration::from_millis(300)).await;
    let request = request("tok_success");
    let call = provider.client.charge(&request);
    let hung_up = tokio::time::timeout(Duration::from_millis(150), call).await;
    assert!(hung_up.is_err(), "the caller did not wait");
    eventually("the sweep decides", async || {
        provider.ledger(&request.id).await == Some(("CAPTURED".into(), None, 0))
    })
    .await;
}
