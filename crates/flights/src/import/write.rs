//! Writes flights, many to a statement.

use service_kit::db::{self, Failing};
use sqlx::{Connection, MySql, MySqlConnection, QueryBuilder};
use tokio::sync::Mutex;

use super::{Leg, ground::Ground};

/// Flights of a statement; 13 values each, of the 65,535 that a statement may bind.
const BATCH: usize = 1000;
/// How often a long import says how far it is, in flights.
const REPORT_EVERY: usize = 50_000;

/// Collects flights and writes them. Those that are there already stay as they are.
pub struct Writer<'a> {
    db: &'a mut MySqlConnection,
    ground: &'a Ground,
    batch: Vec<Leg>,
    read: usize,
    flights_before: i64,
}

/// Why a batch was not written.
#[derive(Debug, thiserror::Error)]
enum Error {
    /// The flights were made of something that is not so any more.
    #[error("{0} was changed while its flights were imported; import again for the rest")]
    Changed(String),
    /// The database.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl Failing for Error {
    fn database(&self) -> Option<&sqlx::Error> {
        match self {
            Self::Database(error) => Some(error),
            Self::Changed(_) => None,
        }
    }
}

impl<'a> Writer<'a> {
    /// A writer to this connection, of flights that were made with this ground.
    pub async fn new(db: &'a mut MySqlConnection, ground: &'a Ground) -> sqlx::Result<Self> {
        let flights_before = count(db).await?;
        Ok(Self {
            db,
            ground,
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
        if !self.batch.is_empty() {
            self.write().await?;
        }
        let added = count(self.db).await? - self.flights_before;
        tracing::info!(flights = self.read, added, "imported");
        Ok(())
    }

    async fn write(&mut self) -> Result<(), Error> {
        // Every attempt borrows the connection anew.
        let connection = Mutex::new(&mut *self.db);
        let (ground, batch) = (self.ground, &self.batch);
        db::retry(|| async { write(*connection.lock().await, ground, batch).await }).await?;
        self.batch.clear();
        Ok(())
    }
}

/// A batch is written whole or not at all.
async fn write(db: &mut MySqlConnection, ground: &Ground, batch: &[Leg]) -> Result<(), Error> {
    let mut transaction = db.begin().await?;
    if let Some(what) = ground.changed(&mut transaction, batch).await? {
        return Err(Error::Changed(what));
    }
    insert(&mut transaction, batch).await?;
    Ok(transaction.commit().await?)
}

async fn insert(db: &mut MySqlConnection, batch: &[Leg]) -> sqlx::Result<()> {
    let mut query: QueryBuilder<MySql> = QueryBuilder::new(
        "INSERT INTO Flight (flightNumber, airline, airplaneId, departureAirportId, \
         arrivalAirportId, departureTime, arrivalTime, departureDate, price, currency, \
         totalSeats, availableSeats) ",
    );
    query.push_values(batch, |mut values, leg| {
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
    let whole = batch.len() == BATCH;
    query.build().persistent(whole).execute(db).await?;
    Ok(())
}

async fn count(db: &mut MySqlConnection) -> sqlx::Result<i64> {
    sqlx::query_scalar("SELECT COUNT(*) FROM Flight")
        .fetch_one(db)
        .await
}
