//! Open-loop load: a request is due every so often, whether or not those before it are answered,
//! and its time counts from then. So a server that stops for a moment is seen to.

use std::{
    cell::RefCell,
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::Context;
use tokio::{task::LocalSet, time::MissedTickBehavior};

use super::{
    http1::Connection,
    load::{Check, Measured, Next, PATIENCE},
};

/// Every so many requests, one comes on a connection of its own: clients come and go.
const NEW_EVERY: usize = 10;

/// So many requests a second for `length`, in a thread of their own.
pub async fn run(
    address: SocketAddr,
    rate: u32,
    length: Duration,
    next: Box<Next>,
    check: Box<Check>,
) -> anyhow::Result<Measured> {
    let (done, measured) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        // Nobody listens any more only when the whole program ends.
        let _ = done.send(run_here(address, rate, length, next, check));
    });
    measured.await.context("the load thread died")?
}

/// What the requests share.
struct Shared {
    address: SocketAddr,
    check: RefCell<Box<Check>>,
    kept: RefCell<Vec<Connection>>,
    measured: RefCell<Measured>,
}

fn run_here(
    address: SocketAddr,
    rate: u32,
    length: Duration,
    mut next: Box<Next>,
    check: Box<Check>,
) -> anyhow::Result<Measured> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let shared = Rc::new(Shared {
        address,
        check: RefCell::new(check),
        kept: RefCell::default(),
        measured: RefCell::default(),
    });
    let started = Instant::now();
    let mine = Rc::clone(&shared);
    LocalSet::new().block_on(&runtime, async move {
        let mut tick = tokio::time::interval(Duration::from_secs(1) / rate);
        tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut sent = vec![];
        while started.elapsed() < length {
            let due = tick.tick().await.into_std();
            let mut request = vec![];
            if !next(&mut request) {
                break;
            }
            let is_new = sent.len() % NEW_EVERY == 0;
            let exchange = exchange(Rc::clone(&mine), request, due, is_new);
            sent.push(tokio::task::spawn_local(exchange));
        }
        for exchange in sent {
            exchange.await?;
        }
        anyhow::Ok(())
    })?;
    let mut measured = shared.measured.take();
    measured.elapsed = started.elapsed();
    measured.micros.sort_unstable();
    Ok(measured)
}

async fn exchange(shared: Rc<Shared>, request: Vec<u8>, due: Instant, is_new: bool) {
    let kept = shared.kept.borrow_mut().pop().filter(|_| !is_new);
    let mut connection = kept.unwrap_or_else(|| Connection::new(shared.address));
    let answer = tokio::time::timeout(PATIENCE, connection.exchange(&request)).await;
    let mut measured = shared.measured.borrow_mut();
    let is_right = measured.record(due, answer, &mut **shared.check.borrow_mut());
    drop(measured);
    if is_right {
        shared.kept.borrow_mut().push(connection);
    }
}
