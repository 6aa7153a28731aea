//! Synthetic flights by SQL: one or two a route and day, whatever their number, so that a search
//! gives the same rows of 20,000 flights as of 300,000.

use chrono::{Days, NaiveDate};
use rand::Rng;
use sqlx::{AssertSqlSafe, Executor, MySqlConnection};

use audit::Schemas;

const AIRPORTS: usize = 82;
const DAYS: usize = 60;
/// More have no route and day left: each pair of airports has one or two flights a day.
pub const MOST_FLIGHTS: usize = AIRPORTS * (AIRPORTS - 1) * DAYS / 2 * 3;
/// The one airplane's.
const CAPACITY: u32 = 10_000_000;
const ROWS_A_STATEMENT: usize = 1_000;

/// What to make.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Ordinary flights.
    pub count: usize,
    /// Seats of an ordinary flight.
    pub seats: u32,
    /// Seats of the one flight that everybody wants.
    pub hot_seats: u32,
}

/// What was made.
#[derive(Clone, Debug)]
pub struct Flights {
    /// First id of the ordinary ones; they follow without a gap.
    pub first: i64,
    /// How many of them.
    pub count: usize,
    /// The one that everybody wants.
    pub hot: i64,
    from: NaiveDate,
}

impl Flights {
    /// The query of a random route and day that has flights.
    pub fn random_search(&self) -> String {
        let pairs = pairs_of(self.count);
        let (origin, destination, day) = place(rand::random_range(0..pairs));
        let date = self.from + Days::new(day as u64);
        format!("trips={origin}-{destination}&tripdate={date}&sort=price_asc")
    }

    /// A random ordinary flight.
    pub fn random(&self) -> i64 {
        self.random_by(&mut rand::rng())
    }

    /// The same by another source of chance.
    pub fn random_by(&self, random: &mut impl Rng) -> i64 {
        self.first + i64::try_from(random.random_range(0..self.count)).unwrap_or_default()
    }
}

/// Makes them.
pub async fn make(
    connection: &mut MySqlConnection,
    schemas: &Schemas,
    shape: Shape,
) -> anyhow::Result<Flights> {
    let (flights, count) = (&schemas.flights, shape.count);
    let mut places = vec![];
    for at in 0..AIRPORTS {
        let code = airport(at);
        places.push(format!(
            "('{code}', '{code} Airport', 1, 'US', 0, 0, 'UTC')"
        ));
    }
    for statement in [
        format!("INSERT INTO `{flights}`.Cities (id, city) VALUES (1, 'Benchmark')"),
        format!(
            "INSERT INTO `{flights}`.Airport (code, name, cityId, country, latitude, longitude,
             timezone) VALUES {}",
            places.join(",")
        ),
        format!(
            "INSERT INTO `{flights}`.Airplane (id, modelNumber, capacity)
             VALUES (1, 'Benchmark', {CAPACITY})"
        ),
    ] {
        connection.execute(AssertSqlSafe(statement)).await?;
    }
    // Not today, so that none departs meanwhile.
    let today: NaiveDate = sqlx::query_scalar("SELECT UTC_DATE()")
        .fetch_one(&mut *connection)
        .await?;
    let from = today + Days::new(7);
    let mut rows = vec![];
    let mut id = 1;
    for pair in 0..pairs_of(count) {
        for nth in 0..=(pair % 2) {
            if id <= count {
                rows.push(row(id, pair, nth, from, shape.seats));
                id += 1;
            }
        }
        if rows.len() >= ROWS_A_STATEMENT {
            insert(connection, flights, &mut rows).await?;
        }
    }
    rows.push(row(count + 1, 0, 2, from, shape.hot_seats));
    insert(connection, flights, &mut rows).await?;
    let analyze = format!("ANALYZE TABLE `{flights}`.Flight");
    connection.execute(AssertSqlSafe(analyze)).await?;
    Ok(Flights {
        first: 1,
        count,
        hot: i64::try_from(count)? + 1,
        from,
    })
}

async fn insert(
    connection: &mut MySqlConnection,
    flights: &str,
    rows: &mut Vec<String>,
) -> anyhow::Result<()> {
    let statement = format!(
        "INSERT INTO `{flights}`.Flight (id, flightNumber, airline, airplaneId,
         departureAirportId, arrivalAirportId, departureTime, arrivalTime, departureDate, price,
         currency, totalSeats, availableSeats) VALUES {}",
        rows.join(",")
    );
    connection.execute(AssertSqlSafe(statement)).await?;
    rows.clear();
    Ok(())
}

/// Odd pairs have two flights, even ones have one.
fn pairs_of(count: usize) -> usize {
    (count * 2).div_ceil(3)
}

/// Route and day of a pair.
fn place(pair: usize) -> (String, String, usize) {
    let (route, day) = (pair / DAYS, pair % DAYS);
    let (origin, other) = (route / (AIRPORTS - 1), route % (AIRPORTS - 1));
    let destination = if other < origin { other } else { other + 1 };
    (airport(origin), airport(destination), day)
}

fn airport(at: usize) -> String {
    let letter = |n: usize| char::from(b'A' + u8::try_from(n % 26).unwrap_or_default());
    format!("{}{}X", letter(at / 26), letter(at))
}

fn row(id: usize, pair: usize, nth: usize, from: NaiveDate, seats: u32) -> String {
    let (origin, destination, day) = place(pair);
    let nth_of_route = (pair / DAYS) * 3 + nth;
    let (airline, number) = (nth_of_route / 9_999, nth_of_route % 9_999 + 1);
    let (date, hour) = (from + Days::new(day as u64), 6 + nth * 5);
    let price = 5_000 + (id * 7_919) % 90_000;
    let arrival = hour + 3;
    format!(
        "({id}, 'B{airline}{number}', 'B{airline}', 1, '{origin}', '{destination}', \
         '{date} {hour:02}:15', '{date} {arrival:02}:45', '{date}', {price}, 'USD', {seats}, {seats})"
    )
}
