//! What the tests of every service need: throw-away schemas on a real server, identities, a
//! running service. `cargo xtask test` starts the servers and says where they are.

mod canary;
mod documents;
mod identities;
mod redis_server;

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection, MySqlPool, migrate::Migrator};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use ulid::Ulid;

use crate::{Service, config::Env, db::DatabaseConfig};

pub use canary::places_of;
pub use documents::{operations, sound_document};
pub use identities::{Identities, user};
pub use redis_server::RedisServer;

const SERVICE_ACCOUNT: &str = "airside_test";
/// Selects the GRANTs of a service's account.
const RIGHTS: &str = include_str!("../../../migrations/rights.sql");

fn required(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| {
        panic!("{variable} is not set: run the tests with `cargo xtask test`, which starts servers")
    })
}

/// A fresh schema with all migrations, and an account that has table rights in it alone.
#[derive(Clone)]
pub struct TestDatabase {
    /// What a service is given as `DATABASE_URL`.
    pub url: String,
    /// The same with all rights, for tests that move time or look behind the curtain.
    pub admin: MySqlPool,
    /// The schema's name.
    pub schema: String,
}

impl TestDatabase {
    /// Makes the schema `t_<ulid>` and migrates it.
    pub async fn create(migrator: &Migrator) -> Self {
        let server = required("AIRSIDE_TEST_MYSQL_URL");
        let schema = format!("t_{}", Ulid::new().to_string().to_lowercase());
        let mut root = MySqlConnection::connect(&server)
            .await
            .expect("the test server answers");
        for statement in [
            format!("CREATE DATABASE {schema} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"),
            format!("CREATE USER IF NOT EXISTS {SERVICE_ACCOUNT}@'%' IDENTIFIED BY 'test'"),
            format!("CREATE USER IF NOT EXISTS {SERVICE_ACCOUNT}@localhost IDENTIFIED BY 'test'"),
        ] {
            root.execute(AssertSqlSafe(statement))
                .await
                .expect("root may make schemas");
        }
        root.close().await.expect("closing");
        let admin_url = with_schema(&server, &schema, None);
        let env = Env::from_pairs([
            ("MIGRATE_DATABASE_URL", admin_url.as_str()),
            ("DATABASE_CONNECTIONS", "4"),
        ]);
        let admin = DatabaseConfig::for_migration(&env).expect("a good URL");
        crate::db::migrate(&admin, migrator)
            .await
            .expect("migrations run");
        grant_tables(&server, &schema).await;
        let url = with_schema(&server, &schema, Some(&format!("{SERVICE_ACCOUNT}:test")));
        let admin = admin.pool();
        Self { url, admin, schema }
    }

    /// The configuration of the account that may change tables.
    pub fn admin_config(&self) -> DatabaseConfig {
        let server = required("AIRSIDE_TEST_MYSQL_URL");
        let url = with_schema(&server, &self.schema, None);
        let env = Env::from_pairs([("MIGRATE_DATABASE_URL", url)]);
        DatabaseConfig::for_migration(&env).expect("a good URL")
    }

    /// The service account's configuration, for tests that call operations directly.
    pub fn config(&self) -> DatabaseConfig {
        let env = Env::from_pairs([("DATABASE_URL", self.url.as_str())]);
        DatabaseConfig::from_env(&env, "").expect("a good URL")
    }
}

/// What `xtask up` grants: rights in each table, not in the schema.
async fn grant_tables(server: &str, schema: &str) {
    let mut root = MySqlConnection::connect(server)
        .await
        .expect("the test server answers");
    for host in ["%", "localhost"] {
        let select = RIGHTS
            .replace("{schema}", schema)
            .replace("{account}", SERVICE_ACCOUNT)
            .replace("{host}", host);
        let grants: Vec<String> = sqlx::query_scalar(AssertSqlSafe(select))
            .fetch_all(&mut root)
            .await
            .expect("the tables");
        for grant in grants {
            root.execute(AssertSqlSafe(grant)).await.expect("granted");
        }
    }
    root.close().await.expect("closing");
}

/// `mysql://account@host/schema?options` from the server's URL.
fn with_schema(server: &str, schema: &str, account: Option<&str>) -> String {
    let rest = server
        .strip_prefix("mysql://")
        .expect("AIRSIDE_TEST_MYSQL_URL is mysql://..");
    let (root, host) = rest
        .split_once('@')
        .expect("AIRSIDE_TEST_MYSQL_URL names an account");
    let (host, options) = host
        .split_once('/')
        .expect("AIRSIDE_TEST_MYSQL_URL ends with /");
    format!(
        "mysql://{}@{host}/{schema}{options}",
        account.unwrap_or(root)
    )
}

/// A Redis database of the caller's own (by number) on the test server.
pub fn redis_url() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let server = required("AIRSIDE_TEST_REDIS_URL");
    // The server is made with 4096 databases; processes that run at once have other numbers.
    let number = 1 + (std::process::id() * 64 + NEXT.fetch_add(1, Ordering::Relaxed)) % 4000;
    format!("{}/{number}", server.trim_end_matches('/'))
}

/// A service that runs in this process until it is dropped.
pub struct Running {
    /// `http://127.0.0.1:port`.
    pub url: String,
    stop: CancellationToken,
    task: Option<JoinHandle<anyhow::Result<()>>>,
}

impl Running {
    /// Runs `service`.
    pub fn start(service: Service) -> Self {
        let url = format!("http://{}", service.address().expect("bound"));
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let run = service.run_until(async move { stopped.cancelled().await });
        Self {
            url,
            stop,
            task: Some(tokio::spawn(run)),
        }
    }

    /// Stops it as SIGTERM would and waits for its end.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        self.stop.cancel();
        let task = self.task.take().expect("invariant: taken once, here");
        tokio::time::timeout(Duration::from_secs(20), task).await??
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// A listener on a free port.
pub async fn free_port() -> TcpListener {
    TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0)))
        .await
        .expect("a free port")
}

/// A port nobody listens on, for what is told its port before it listens: outside the range from
/// which the kernel takes the local ports of outgoing connections.
pub fn closed_port() -> u16 {
    (0..200)
        .map(|_| rand::random_range(15_000..32_000))
        .find(|port| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .expect("a free port in 200 tries")
}

/// Waits until `condition` holds, looking every 20 ms; panics with `what` after half a minute.
pub async fn eventually<F>(what: &str, mut condition: impl FnMut() -> F)
where
    F: Future<Output = bool>,
{
    for _ in 0..1_500 {
        if condition().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("not within half a minute: {what}");
}

/// An HTTP client for tests, shared so that connections are.
pub fn http() -> Arc<reqwest::Client> {
    Arc::new(crate::http::client::build())
}
