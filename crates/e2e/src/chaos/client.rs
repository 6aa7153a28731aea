//! A customer who books, pays and cancels, tries again with the same key after every error, and
//! remembers what was promised.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use serde_json::Value;
use ulid::Ulid;

use crate::{
    api::Answer,
    bench::data::Flights,
    traveller::{Traveller, id_of},
};

/// A customer gives up after this long with one request.
const PATIENCE: Duration = Duration::from_secs(45);

/// A booking that was acknowledged by 201, and what was acknowledged of it since.
#[derive(Clone, Debug)]
pub struct Promise {
    /// The booking.
    pub booking: i64,
    /// Whose it is.
    pub traveller: usize,
    /// Whether a payment was answered 200.
    pub paid: bool,
    /// Whether a payment was tried whose answer never came.
    pub maybe_paid: bool,
    /// Whether a cancellation was tried.
    pub cancel_tried: bool,
    /// Whether one was answered 200.
    pub cancelled: bool,
}

/// An answer to a payment: the key and what was said.
#[derive(Clone, Debug)]
pub struct Settled {
    /// The idempotency key.
    pub key: String,
    /// 200 or 402.
    pub status: u16,
    /// The bytes.
    pub text: String,
    /// To ask again.
    pub booking: Value,
    /// What stood for the card.
    pub card: &'static str,
    /// Who paid.
    pub traveller: usize,
}

/// What clients remember.
#[derive(Default)]
pub struct Memory {
    /// The clients.
    pub travellers: Vec<Traveller>,
    /// Acknowledged bookings.
    pub promises: Vec<Promise>,
    /// Acknowledged payments.
    pub settled: Vec<Settled>,
    /// Answers by status; 0 for none.
    pub answers: BTreeMap<u16, u64>,
    /// Requests that never got a final answer.
    pub given_up: u64,
    /// Answers that the API does not promise, and missing ones, each once.
    pub strange: Vec<String>,
}

impl Memory {
    /// Takes another client's memory in.
    pub fn add(&mut self, other: Self) {
        let shift = self.travellers.len();
        self.travellers.extend(other.travellers);
        let moved = other.promises.into_iter();
        self.promises.extend(moved.map(|p| Promise {
            traveller: p.traveller + shift,
            ..p
        }));
        let moved = other.settled.into_iter();
        self.settled.extend(moved.map(|s| Settled {
            traveller: s.traveller + shift,
            ..s
        }));
        for (status, count) in other.answers {
            *self.answers.entry(status).or_default() += count;
        }
        self.given_up += other.given_up;
        for strange in other.strange {
            if !self.strange.contains(&strange) && self.strange.len() < 20 {
                self.strange.push(strange);
            }
        }
    }

    /// In one line.
    pub fn summary(&self) -> String {
        let paid = self.promises.iter().filter(|p| p.paid).count();
        let cancelled = self.promises.iter().filter(|p| p.cancelled).count();
        format!(
            "acknowledged: {} bookings, {paid} of them paid, {cancelled} cancelled; {} payments \
             answered; {} requests given up; answers by status {:?}",
            self.promises.len(),
            self.settled.len(),
            self.given_up,
            self.answers
        )
    }
}

/// A customer.
pub struct Client {
    traveller: Traveller,
    flights: Flights,
    random: StdRng,
    memory: Memory,
}

impl Client {
    /// A customer whose choices follow from `seed`.
    pub fn new(traveller: Traveller, flights: Flights, seed: u64) -> Self {
        let memory = Memory {
            travellers: vec![traveller.clone()],
            ..Memory::default()
        };
        Self {
            traveller,
            flights,
            random: StdRng::seed_from_u64(seed),
            memory,
        }
    }

    /// Goes on until told to stop; what it remembers.
    pub async fn run(mut self, stop: Arc<AtomicBool>) -> Memory {
        while !stop.load(Ordering::Relaxed) {
            self.journey().await;
            let pause = self.random.random_range(5..100);
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
        self.memory
    }

    async fn journey(&mut self) {
        let path = format!(
            "/flightsService/api/v1/flight?{}",
            self.flights.random_search()
        );
        let found = self.traveller.api.get(&path).await;
        self.note(&found, &[200, 503]);
        let flight = match self.random.random_bool(0.1) {
            true => self.flights.hot,
            false => self.flights.random_by(&mut self.random),
        };
        let Some(booking) = self.book(flight).await else {
            return;
        };
        match self.random.random_range(0..100) {
            0..10 => {}
            10..20 => self.cancel(id_of(&booking)).await,
            _ => self.pay(&booking).await,
        }
    }

    async fn book(&mut self, flight: i64) -> Option<Value> {
        let seats = self.random.random_range(1..=3);
        let key = Ulid::new().to_string();
        let traveller = self.traveller.clone();
        let send = || traveller.book_with_key(flight, seats, &key);
        let answer = self.insist(send, &[201, 404, 409, 422]).await?;
        if answer.status != 201 {
            return None;
        }
        let booking = answer.data().clone();
        self.memory.promises.push(Promise {
            booking: id_of(&booking),
            traveller: 0,
            paid: false,
            maybe_paid: false,
            cancel_tried: false,
            cancelled: false,
        });
        Some(booking)
    }

    async fn pay(&mut self, booking: &Value) {
        let card = self.card();
        let status = self.pay_by(booking, card).await;
        if status == Some(402) && self.random.random_bool(0.5) {
            self.pay_by(booking, "tok_success").await;
        }
        let paid = self.promise().paid;
        if paid && self.random.random_bool(0.1) {
            self.cancel(id_of(booking)).await;
        }
    }

    fn card(&mut self) -> &'static str {
        let cards = [
            ("tok_success", 84),
            ("tok_declined", 6),
            ("tok_insufficient_funds", 6),
            ("tok_timeout_charged", 2),
            ("tok_timeout_not_charged", 2),
        ];
        let chosen = cards.choose_weighted(&mut self.random, |(_, weight)| *weight);
        chosen.map_or("tok_success", |(card, _)| card)
    }

    async fn pay_by(&mut self, booking: &Value, card: &'static str) -> Option<u16> {
        let key = Ulid::new().to_string();
        let traveller = self.traveller.clone();
        self.promise().maybe_paid = true;
        let send = || traveller.pay_by(booking, &key, card);
        let answer = self.insist(send, &[200, 402, 409]).await?;
        if answer.status == 200 {
            self.promise().paid = true;
        }
        if answer.status != 409 {
            self.memory.settled.push(Settled {
                key,
                status: answer.status,
                text: answer.text,
                booking: booking.clone(),
                card,
                traveller: 0,
            });
        }
        Some(answer.status)
    }

    async fn cancel(&mut self, booking: i64) {
        let traveller = self.traveller.clone();
        self.promise().cancel_tried = true;
        let answer = self.insist(|| traveller.cancel(booking), &[200, 409]).await;
        if answer.is_some_and(|answer| answer.status == 200) {
            self.promise().cancelled = true;
        }
    }

    fn promise(&mut self) -> &mut Promise {
        let last = self.memory.promises.last_mut();
        last.expect("invariant: called after a booking was acknowledged")
    }

    /// Sends the same request until the answer is final; what is neither final nor a fault of the
    /// moment is strange.
    async fn insist<F>(&mut self, send: impl Fn() -> F, last: &[u16]) -> Option<Answer>
    where
        F: Future<Output = anyhow::Result<Answer>>,
    {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            let outcome = send().await;
            self.note(&outcome, &[last, &[202, 409, 502, 503, 504]].concat());
            if let Ok(answer) = outcome
                && last.contains(&answer.status)
                && !is_for_the_moment(&answer)
            {
                return Some(answer);
            }
            let pause = self.random.random_range(50..400);
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
        self.memory.given_up += 1;
        None
    }

    fn note(&mut self, outcome: &anyhow::Result<Answer>, expected: &[u16]) {
        let status = outcome.as_ref().map_or(0, |answer| answer.status);
        *self.memory.answers.entry(status).or_default() += 1;
        let strange = match outcome {
            Ok(answer) if expected.contains(&status) => return,
            Ok(answer) => format!("{status} {}", answer.text),
            // The gateway is never killed: it owes an answer, in time.
            Err(error) => format!("the gateway did not answer: {error:#}"),
        };
        if self.memory.strange.len() < 20 {
            self.memory.strange.push(strange);
        }
    }
}

/// 409s that a repeat can overcome.
fn is_for_the_moment(answer: &Answer) -> bool {
    let codes = [
        "IDEMPOTENCY_IN_PROGRESS",
        "PAYMENT_IN_PROGRESS",
        "BOOKING_NOT_READY",
    ];
    codes.contains(&answer.code())
}
