//! What a person does, from signing up to getting the money back, and what must be true after each
//! step. Told of a stack of our own by the tests, of any other by `e2e story`.

use std::time::Duration;

use anyhow::{Context, ensure};
use audit::Schemas;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, MySqlConnection};

use crate::{
    api::Api,
    inbox::Inbox,
    traveller::{Traveller, id_of},
};

/// Where it happens.
pub struct Scene<'a> {
    /// The gateway.
    pub gateway: Api,
    /// Where the mails arrive.
    pub inbox: Inbox<'a>,
    /// An account that may read all schemas.
    pub books: String,
    /// Their names.
    pub schemas: Schemas,
}

impl Scene<'_> {
    /// Tells the story; an error says what was not true.
    pub async fn tell(&self) -> anyhow::Result<()> {
        let someone = Traveller::arrive(&self.gateway).await?;
        let search = cheapest_first_search(&someone).await?;
        let flight = cheapest(&someone, &search).await?;
        let free_before = flight["availableSeats"].as_i64().context("seats")?;

        let booking = someone.must_book(id_of(&flight), 2).await?;
        let price = flight["price"].as_i64().context("a price")?;
        same("the status", &booking["status"], &json!("INITIATED"))?;
        same("the total", &booking["totalCost"], &json!(price * 2))?;
        same("the currency", &booking["currency"], &flight["currency"])?;

        let paid = self
            .pays_twice_and_is_charged_once(&someone, &booking)
            .await?;
        same("the status", &paid["status"], &json!("BOOKED"))?;
        let seen = someone.look(id_of(&booking)).await?;
        same("the status", &seen.data()["status"], &json!("BOOKED"))?;
        let locator = seen.data()["reference"].as_str().unwrap_or_default();
        is_a_locator(locator)?;
        self.gets_one_mail_saying(&someone, locator, 1).await?;
        let free = &cheapest(&someone, &search).await?["availableSeats"];
        same("the free seats", free, &json!(free_before - 2))?;

        self.gets_the_money_back(&someone, &booking).await?;
        self.gets_one_mail_saying(&someone, locator, 2).await?;
        eventually("the seats are free again", async || {
            Ok(cheapest(&someone, &search).await?["availableSeats"] == free_before)
        })
        .await?;
        the_timeline_tells_it_all(&someone, id_of(&booking)).await
    }

    async fn pays_twice_and_is_charged_once(
        &self,
        someone: &Traveller,
        booking: &Value,
    ) -> anyhow::Result<Value> {
        let first = someone.pay(booking, "my first payment").await?;
        ensure!(first.status == 200, "paying: {}", first.text);
        ensure!(first.header("idempotency-replayed").is_empty(), "replayed");
        let again = someone.pay(booking, "my first payment").await?;
        let is_same = (again.status, &again.text) == (200, &first.text);
        ensure!(
            is_same,
            "paying again: {} is not {}",
            again.text,
            first.text
        );
        ensure!(
            again.header("idempotency-replayed") == "true",
            "not replayed"
        );
        let charges = format!(
            "SELECT COUNT(*) FROM {{payments}}.Charges c JOIN {{booking}}.Payments p ON p.id = c.id
             WHERE p.bookingId = {} AND c.state = 'CAPTURED'",
            booking["id"]
        );
        let charges = self.number(&charges).await?;
        ensure!(charges == 1, "{charges} charges");
        Ok(first.data().clone())
    }

    async fn gets_one_mail_saying(
        &self,
        someone: &Traveller,
        locator: &str,
        total: usize,
    ) -> anyhow::Result<()> {
        let look = async || self.inbox.about("Your booking", &someone.email).await;
        eventually("the mail", async || Ok(look().await?.len() >= total)).await?;
        let mails = look().await?;
        ensure!(mails.len() == total, "{} mails: {mails:?}", mails.len());
        let says = |mail: &String| mail.contains(locator);
        ensure!(mails.iter().all(says), "no {locator}: {mails:?}");
        Ok(())
    }

    async fn gets_the_money_back(
        &self,
        someone: &Traveller,
        booking: &Value,
    ) -> anyhow::Result<()> {
        let id = id_of(booking);
        let cancelled = someone.cancel(id).await?;
        ensure!(cancelled.status == 200, "cancelling: {}", cancelled.text);
        let data = cancelled.data();
        same("the status", &data["status"], &json!("CANCELLED"))?;
        same("the reason", &data["reason"], &json!("CUSTOMER"))?;
        let again = someone.cancel(id).await?;
        ensure!(again.status == 200, "cancelling again: {}", again.text);
        eventually("the refund", async || {
            Ok(someone.look(id).await?.data()["refund"]["status"] == "SUCCEEDED")
        })
        .await?;
        let refunded = format!(
            "SELECT CAST(COALESCE(SUM(r.amount), 0) AS SIGNED) FROM {{payments}}.Refunds r
             JOIN {{booking}}.Payments p ON p.id = r.chargeId WHERE p.bookingId = {id}"
        );
        let refunded = self.number(&refunded).await?;
        same("the refund", &json!(refunded), &booking["totalCost"])
    }

    async fn number(&self, sql: &str) -> anyhow::Result<i64> {
        let mut books = MySqlConnection::connect(&self.books).await?;
        let sql = AssertSqlSafe(self.schemas.fill(sql));
        Ok(sqlx::query_scalar(sql).fetch_one(&mut books).await?)
    }
}

/// JFK-LAX on the last day on sale, by price.
async fn cheapest_first_search(someone: &Traveller) -> anyhow::Result<String> {
    let path = "/flightsService/api/v1/flight?trips=JFK-LAX&sort=departureTime_desc&limit=1";
    let last = someone.api.get(path).await?;
    let departure = last.data()[0]["departureLocal"].as_str();
    let date = departure.and_then(|local| local.split('T').next());
    let date = date.with_context(|| format!("a flight from JFK to LAX, not {}", last.text))?;
    Ok(format!(
        "trips=JFK-LAX&tripdate={date}&travellers=2&sort=price_asc"
    ))
}

async fn cheapest(someone: &Traveller, search: &str) -> anyhow::Result<Value> {
    let path = format!("/flightsService/api/v1/flight?{search}");
    let found = someone.api.get(&path).await?;
    ensure!(found.status == 200, "searching: {}", found.text);
    let flights = found.data().as_array().context("flights")?;
    let prices: Vec<_> = flights.iter().map(|f| f["price"].as_i64()).collect();
    ensure!(prices.len() > 1 && prices.is_sorted(), "{prices:?}");
    Ok(flights[0].clone())
}

async fn the_timeline_tells_it_all(someone: &Traveller, booking: i64) -> anyhow::Result<()> {
    let events = someone.events(booking).await?;
    let events = events.data().as_array().context("events")?;
    let to: Vec<_> = events.iter().map(|event| &event["to"]).collect();
    let whole = json!(["INITIATED", "PENDING", "BOOKED", "CANCELLED"]);
    same("the timeline", &json!(to), &whole)
}

/// Six letters and digits without those that are taken for others.
fn is_a_locator(text: &str) -> anyhow::Result<()> {
    let is_one = |c: char| c.is_ascii_uppercase() && !"IO".contains(c) || ('2'..='9').contains(&c);
    ensure!(
        text.len() == 6 && text.chars().all(is_one),
        "{text:?} is no record locator"
    );
    Ok(())
}

fn same(what: &str, is: &Value, must_be: &Value) -> anyhow::Result<()> {
    ensure!(is == must_be, "{what} is {is}, not {must_be}");
    Ok(())
}

/// Looks every 50 ms; fails after 20 s.
async fn eventually(
    what: &str,
    seen: impl AsyncFn() -> anyhow::Result<bool>,
) -> anyhow::Result<()> {
    for _ in 0..400 {
        if seen().await? {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    anyhow::bail!("not within 20 s: {what}")
}
