//! A network path to the database that can go silent: nothing arrives any more, nothing is reset.

use std::sync::{Arc, Mutex};

use service_kit::{config::Env, db::DatabaseConfig, testing::TestDatabase};
use tokio::{
    io::{AsyncRead, AsyncWrite, copy_bidirectional},
    net::{TcpListener, TcpStream, UnixStream},
};
use tokio_util::sync::CancellationToken;

/// A path to one database.
pub struct Tunnel {
    url: String,
    /// Cancelled: connections made with it carry nothing, for good.
    line: Arc<Mutex<CancellationToken>>,
}

impl Tunnel {
    /// A path to `database`.
    pub async fn to(database: &TestDatabase) -> Self {
        let (account, place) = database.url.rsplit_once('@').unwrap();
        let (host, place) = place.split_once('/').unwrap();
        let (schema, options) = place.split_once('?').unwrap_or((place, ""));
        let socket = form_urlencoded::parse(options.as_bytes())
            .find(|(name, _)| name == "socket")
            .map(|(_, path)| path.into_owned());
        let host = host.to_owned();

        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("{account}@{}/{schema}", listener.local_addr().unwrap());
        let line = Arc::new(Mutex::new(CancellationToken::new()));
        let carried_on = Arc::clone(&line);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let line = carried_on.lock().unwrap().clone();
                match &socket {
                    Some(path) => carry(client, UnixStream::connect(path).await.unwrap(), line),
                    None => carry(client, TcpStream::connect(&host).await.unwrap(), line),
                }
            }
        });
        Self { url, line }
    }

    /// What a service is given to reach the database this way.
    pub fn config(&self, connections: u32) -> DatabaseConfig {
        let env = Env::from_pairs([
            ("DATABASE_URL", self.url.clone()),
            ("DATABASE_CONNECTIONS", connections.to_string()),
        ]);
        DatabaseConfig::from_env(&env, "").unwrap()
    }

    /// From now on nothing arrives, on old connections and new ones.
    pub fn go_silent(&self) {
        self.line.lock().unwrap().cancel();
    }

    /// New connections carry again; the old ones stay silent.
    pub fn heal(&self) {
        *self.line.lock().unwrap() = CancellationToken::new();
    }
}

fn carry<S>(mut client: TcpStream, mut server: S, line: CancellationToken)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    tokio::spawn(async move {
        tokio::select! {
            biased;
            () = line.cancelled() => {}
            _ = copy_bidirectional(&mut client, &mut server) => return,
        }
        // Both ends stay open.
        std::future::pending::<()>().await;
    });
}
