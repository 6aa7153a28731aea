//! Writes flights, many to a statement.

use sqlx::{MySql, MySqlConnection, QueryBuilder};

use super::Leg;

/// Flights of a statement; 13 values each, of the 65,535 that a statement may bind.
const BATCH: usize = 1000;
/// How often a long import says how far it is, in flights.
const REPORT_EVERY: usize = 50_000;

/// Collects flights and writes them. Those that are there already stay as they are.
pub struct Writer<'a> {
    db: &'a mut MySqlConnection,
    batch: Vec<Leg>,
    read: usize,
    flights_before: i64,
}

impl<'a> Writer<'a> {
    /// A writer to this connection.
    pub async fn new(db: &'a mut MySqlConnection) -> sqlx::Result<Self> {
        let flights_before = count(db).await?;
        Ok(Self {
            db,
            batch: Vec::with_capacity(BATCH),
            read: 0,
            flights_before,
        })
    }

    /// Adds a flight.
    pub async fn add(&mut self, leg: Leg) -> anyhow::Result<()> {
        self.batch.push(leg);
        self.read += 1;
        if self.read.is_multiple_of(REPORT_EVERY) {
            tracing::info!(flights = self.read, "importing");
        }
        if self.batch.len() == BATCH {
            self.write().await?;
        }
        Ok(())
    }

    /// Writes what is left and says how much came of it.
    pub async fn finish(mut self) -> anyhow::Result<()> {
        self.write().await?;
        let added = count(self.db).await? - self.flights_before;
        tracing::info!(flights = self.read, added, "imported");
        Ok(())
    }

    /// One statement is one transaction: a batch is written whole or not at all.
    async fn write(&mut self) -> sqlx::Result<()> {
        if self.batch.is_empty() {
            return Ok(());
        }
        let whole = self.batch.len() == BATCH;
        let mut query: QueryBuilder<MySql> = QueryBuilder::new(
            "INSERT INTO Flight (flightNumber, airline, airplaneId, departureAirportId, \
             arrivalAirportId, departureTime, arrivalTime, departureDate, price, currency, \
             totalSeats, availableSeats) ",
        );
        query.push_values(self.batch.drain(..), |mut values, leg| {
            values
                .push_bind(leg.flight_number.as_str().to_owned())
                .push_bind(leg.flight_number.designator().to_owned())
                .push_bind(leg.airplane_id)
                .push_bind(leg.origin.to_string())
                .push_bind(leg.destination.to_string())
                .push_bind(leg.departure)
                .push_bind(leg.arrival)
                .push_bind(leg.day)
                .push_bind(leg.price)
                .push_bind(leg.currency.as_str())
                .push_bind(leg.seats)
                .push_bind(leg.seats);
        });
        query.push(" ON DUPLICATE KEY UPDATE Flight.id = Flight.id");
        query
            .build()
            .persistent(whole)
            .execute(&mut *self.db)
            .await?;
        Ok(())
    }
}

async fn count(db: &mut MySqlConnection) -> sqlx::Result<i64> {
    sqlx::query_scalar("SELECT COUNT(*) FROM Flight")
        .fetch_one(db)
        .await
}
