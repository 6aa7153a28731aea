//! Small clean books in fresh schemas, written by SQL, to be broken by the audit's tests. No
//! service runs on them, so nothing repairs what a test breaks.

use std::{path::Path, process::Command, time::Duration};

use audit::{Audit, Report};
use e2e::stack::{Choice, Database, Options, Server, binaries};
use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection, migrate::Migrator};
use tokio::sync::{Mutex, MutexGuard, OnceCell};

/// Flight 1 has 10 seats: booking 1 has paid for 2, booking 2 gave its 3 back and got its money,
/// booking 3 holds 1.
const BOOKS: &str = "
INSERT INTO {flights}.Cities (id, city) VALUES (1, 'New York'), (2, 'Los Angeles');
INSERT INTO {flights}.Airport (code, name, cityId, country, latitude, longitude, timezone) VALUES
  ('JFK', 'Kennedy', 1, 'US', 40.6, -73.8, 'America/New_York'),
  ('LAX', 'Los Angeles', 2, 'US', 33.9, -118.4, 'America/Los_Angeles');
INSERT INTO {flights}.Airplane (id, modelNumber, capacity) VALUES (1, 'Airbus A320', 150);
INSERT INTO {flights}.Flight (id, flightNumber, airline, airplaneId, departureAirportId,
    arrivalAirportId, departureTime, arrivalTime, departureDate, price, currency, totalSeats,
    availableSeats) VALUES
  (1, '3Y101', '3Y', 1, 'JFK', 'LAX', '2036-01-01 12:00', '2036-01-01 18:00', '2036-01-01',
   10000, 'USD', 10, 7);
INSERT INTO {flights}.SeatHolds (holdId, state) VALUES
  ('HOLD1', 'SOLD'), ('HOLD2', 'RELEASED'), ('HOLD3', 'HELD');
INSERT INTO {flights}.HoldItems (holdId, flightId, seats, unitPrice, currency, departureTime)
VALUES ('HOLD1', 1, 2, 10000, 'USD', '2036-01-01 12:00'),
  ('HOLD2', 1, 3, 10000, 'USD', '2036-01-01 12:00'),
  ('HOLD3', 1, 1, 10000, 'USD', '2036-01-01 12:00');
INSERT INTO {booking}.Bookings (id, reference, flightId, userId, status, noOfSeats, totalCost,
    currency, seatState, reason, holdId, paymentId, contactName, contactEmail, expiresAt) VALUES
  (1, 'AAAAA2', 1, 7, 'BOOKED', 2, 20000, 'USD', 'SOLD', NULL, 'HOLD1', 'PAY1', 'T', 't@e.test',
   NOW(6)),
  (2, 'AAAAA3', 1, 7, 'CANCELLED', 3, 30000, 'USD', 'RELEASED', 'CUSTOMER', 'HOLD2', 'PAY2', 'T',
   't@e.test', NOW(6)),
  (3, 'AAAAA4', 1, 7, 'INITIATED', 1, 10000, 'USD', 'HELD', NULL, 'HOLD3', NULL, 'T', 't@e.test',
   NOW(6) + INTERVAL 10 MINUTE);
INSERT INTO {booking}.BookingItems (bookingId, position, flightId, noOfSeats, unitPrice) VALUES
  (1, 0, 1, 2, 10000), (2, 0, 1, 3, 10000), (3, 0, 1, 1, 10000);
INSERT INTO {booking}.BookingEvents (bookingId, fromStatus, toStatus, cause) VALUES
  (1, NULL, 'INITIATED', 'x'), (2, NULL, 'INITIATED', 'x'), (2, 'INITIATED', 'PENDING', 'x'),
  (1, 'INITIATED', 'PENDING', 'x'), (1, 'PENDING', 'INITIATED', 'x'),
  (1, 'INITIATED', 'PENDING', 'x'), (1, 'PENDING', 'BOOKED', 'x'), (2, 'PENDING', 'BOOKED', 'x'),
  (2, 'BOOKED', 'CANCELLED', 'x'), (3, NULL, 'INITIATED', 'x');
INSERT INTO {booking}.UnpaidHolds (userId, n) VALUES (7, 1), (8, 0);
INSERT INTO {booking}.Payments (id, bookingId, userId, amount, currency, status) VALUES
  ('PAY0', 1, 7, 20000, 'USD', 'DECLINED'), ('PAY1', 1, 7, 20000, 'USD', 'CAPTURED'),
  ('PAY2', 2, 7, 30000, 'USD', 'CAPTURED');
INSERT INTO {booking}.Refunds (paymentId, amount, currency, status) VALUES
  ('PAY2', 30000, 'USD', 'SUCCEEDED');
INSERT INTO {booking}.Outbox (id, topic, payload, doneAt) VALUES
  ('JOB1', 'email', '{\"bookingId\": 1, \"templateId\": \"booking_success\"}', NULL),
  ('JOB2', 'email', '{\"bookingId\": 2, \"templateId\": \"booking_success\"}', NULL),
  ('JOB3', 'email', '{\"bookingId\": 2, \"templateId\": \"booking_cancelled\"}', NULL),
  ('JOB4', 'hold.release', '{\"bookingId\": 2}', NOW(6));
INSERT INTO {gateway}.`User` (id, email, passwordHash, name) VALUES (7, 't@e.test', 'x', 'T');
INSERT INTO {gateway}.Outbox (id, topic, payload) VALUES
  ('JOB5', 'email', '{\"userId\": 7, \"templateId\": \"welcome\"}');
INSERT INTO {payments}.Charges (id, state, amount, currency, declineReason, intendedState,
    decidesAt) VALUES
  ('PAY0', 'DECLINED', 20000, 'USD', 'card_declined', 'DECLINED', NOW(6)),
  ('PAY1', 'CAPTURED', 20000, 'USD', NULL, 'CAPTURED', NOW(6)),
  ('PAY2', 'CAPTURED', 30000, 'USD', NULL, 'CAPTURED', NOW(6));
INSERT INTO {payments}.Refunds (chargeId, amount) VALUES ('PAY2', 30000)";

/// Everything that `BOOKS` writes, children first.
const TABLES: [&str; 20] = [
    "{flights}.HoldItems",
    "{flights}.SeatHolds",
    "{flights}.Flight",
    "{flights}.Airplane",
    "{flights}.Airport",
    "{flights}.Cities",
    "{booking}.Outbox",
    "{booking}.Refunds",
    "{booking}.Payments",
    "{booking}.BookingEvents",
    "{booking}.BookingItems",
    "{booking}.Passengers",
    "{booking}.Bookings",
    "{booking}.UnpaidHolds",
    "{payments}.Refunds",
    "{payments}.Charges",
    "{notification}.Deliveries",
    "{gateway}.Outbox",
    "{gateway}.Sessions",
    "{gateway}.`User`",
];

/// Clean books; a test has them to itself while it holds this.
pub struct Books(MutexGuard<'static, Database>);

impl Books {
    /// The schemas are made once for all tests, the books written anew for each.
    pub async fn clean() -> Self {
        static SCHEMAS: OnceCell<Mutex<Database>> = OnceCell::const_new();
        let schemas = SCHEMAS
            .get_or_init(async || Mutex::new(make_schemas().await))
            .await;
        let books = Self(schemas.lock().await);
        let clear = TABLES.map(|table| format!("DELETE FROM {table}"));
        books.change(&clear.join(";\n")).await;
        books.change(BOOKS).await;
        books
    }

    /// Runs statements on them; `{booking}` and the like stand for the schemas.
    pub async fn change(&self, sql: &str) {
        let mut connection = self.0.root().await.unwrap();
        let filled = self.0.schemas.fill(sql);
        for statement in filled.split(";\n") {
            let run = connection
                .execute(AssertSqlSafe(statement.to_owned()))
                .await;
            run.unwrap_or_else(|error| panic!("{error}: {statement}"));
        }
    }

    /// What the audit says, by its own account.
    pub async fn audit(&self) -> Report {
        self.auditor()
            .rereading(0, Duration::ZERO)
            .run()
            .await
            .unwrap()
    }

    /// The audit.
    pub fn auditor(&self) -> Audit {
        Audit::new(&self.0.audit_url(), self.0.schemas.clone()).unwrap()
    }

    /// The command line tool on them: its exit code and all that it said.
    pub fn run_tool(&self) -> (Option<i32>, String) {
        let output = self.tool().args(["--quiesce", "0"]).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(said).unwrap())
    }

    /// The command line tool, told of these books.
    pub fn tool(&self) -> Command {
        let mut tool = audit_tool();
        tool.args(["--schema-prefix", self.0.prefix()])
            .env("AUDIT_DATABASE_URL", self.0.audit_url());
        tool
    }

    /// The error of a statement run by the audit's account.
    pub async fn write_as_auditor(&self, sql: &str) -> sqlx::Error {
        let mut auditor = MySqlConnection::connect(&self.0.audit_url()).await.unwrap();
        let filled = self.0.schemas.fill(sql);
        auditor.execute(AssertSqlSafe(filled)).await.unwrap_err()
    }
}

/// The command line tool.
pub fn audit_tool() -> Command {
    Command::new(binaries().unwrap().join("audit"))
}

async fn make_schemas() -> Database {
    let Choice::Given(server) = Options::for_tests().database else {
        unreachable!("tests have a server")
    };
    let prefix = format!("a{:06x}_", rand::random_range(0..0x0100_0000));
    let server = Server::parse(&server).unwrap();
    let database = Database::create(server, &prefix).await.unwrap();
    let schemas = &database.schemas;
    for schema in [
        &schemas.flights,
        &schemas.booking,
        &schemas.payments,
        &schemas.notification,
        &schemas.gateway,
    ] {
        migrate(&database, schema, &prefix).await;
    }
    database
}

async fn migrate(database: &Database, schema: &str, prefix: &str) {
    let usual = schema.strip_prefix(prefix).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../migrations")
        .join(usual);
    let mut migrator = Migrator::new(folder).await.unwrap();
    migrator.set_locking(false);
    let mut connection = database.root().await.unwrap();
    let using = AssertSqlSafe(format!("USE `{schema}`"));
    connection.execute(using).await.unwrap();
    migrator
        .run_direct(None, &mut connection, false)
        .await
        .unwrap();
}
