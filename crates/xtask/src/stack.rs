//! One running (or once started) stack: its servers and how it was started. Kept in a private
//! file, so that `seed`, `import`, `audit` and `down` find what `up` used.

use crate::cli::{Limits, UpOptions};
use crate::frontend;
use crate::layout::Layout;
use crate::mysql_url::MysqlServer;
use crate::secrets;
use crate::servers::Durability;
use crate::servers::{mariadb::Mariadb, redis::Redis};
use crate::services::{METRICS_PORT, SERVICES};
use crate::watching::{ALERTMANAGER_PORT, PROMETHEUS_PORT, sources};
use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use std::{env, fs};

/// The standard port of the private Redis; not 6379, where a machine's own may be.
const REDIS_PORT: u16 = 6390;
const SMTP_PORT: u16 = 1025;
const INBOX_PORT: u16 = 1080;

/// A stack.
#[derive(Debug, Clone)]
pub struct Stack {
    /// Its folders and ports.
    pub layout: Layout,
    /// Its database server.
    pub mysql: MysqlServer,
    /// Its queue, with the login.
    pub redis_url: String,
    /// The database server is somebody else's.
    pub mysql_is_given: bool,
    /// The queue is somebody else's.
    pub redis_is_given: bool,
    /// Optimised binaries.
    pub release: bool,
    /// No rate limit, no limit on unpaid holds.
    pub limits_off: bool,
    /// Prometheus and Alertmanager run beside the services.
    pub watched: bool,
    /// The web front end runs before them.
    pub has_frontend: bool,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    mysql: String,
    redis: String,
    mysql_is_given: bool,
    redis_is_given: bool,
    release: bool,
    limits_off: bool,
    #[serde(default)]
    watched: bool,
    #[serde(default)]
    has_frontend: bool,
}

impl Stack {
    /// A stack about to be started: servers given by the environment, else private ones.
    pub fn plan(layout: Layout, options: &UpOptions) -> Result<Self> {
        let given_mysql = env::var("AIRSIDE_MYSQL_URL")
            .ok()
            .filter(|url| !url.is_empty());
        let given_redis = env::var("AIRSIDE_REDIS_URL")
            .ok()
            .filter(|url| !url.is_empty());
        let mysql = match &given_mysql {
            Some(url) => MysqlServer::parse(url).context("AIRSIDE_MYSQL_URL")?,
            None => MysqlServer::private(layout.sockets().join("mariadb.sock")),
        };
        let (mysql_is_given, redis_is_given) = (given_mysql.is_some(), given_redis.is_some());
        let redis_url = given_redis.unwrap_or_default();
        Ok(Self {
            layout,
            mysql,
            redis_url,
            mysql_is_given,
            redis_is_given,
            release: options.release,
            limits_off: options.limits == Limits::Off,
            watched: !options.no_prometheus,
            has_frontend: !options.no_frontend,
        })
    }

    /// Makes the folders and passwords and keeps the plan for other commands.
    pub fn keep(&mut self) -> Result<()> {
        self.layout.create()?;
        if !self.redis_is_given {
            self.redis_url = self.redis()?.url();
        }
        let kept = Kept {
            mysql: self.mysql.owner_url(),
            redis: self.redis_url.clone(),
            mysql_is_given: self.mysql_is_given,
            redis_is_given: self.redis_is_given,
            release: self.release,
            limits_off: self.limits_off,
            watched: self.watched,
            has_frontend: self.has_frontend,
        };
        secrets::write_private(
            &self.layout.secrets().join("stack.json"),
            &serde_json::to_vec(&kept)?,
        )
    }

    /// The stack that `up` started last.
    pub fn load(layout: &Layout) -> Result<Self> {
        let file = layout.secrets().join("stack.json");
        let text = fs::read(&file).context("nothing was started here yet: run `cargo xtask up`")?;
        let kept: Kept =
            serde_json::from_slice(&text).with_context(|| file.display().to_string())?;
        Ok(Self {
            layout: layout.clone(),
            mysql: MysqlServer::parse(&kept.mysql)?,
            redis_url: kept.redis,
            mysql_is_given: kept.mysql_is_given,
            redis_is_given: kept.redis_is_given,
            release: kept.release,
            limits_off: kept.limits_off,
            watched: kept.watched,
            has_frontend: kept.has_frontend,
        })
    }

    /// The private database server.
    pub fn mariadb(&self) -> Mariadb {
        Mariadb::of(&self.layout)
    }

    /// The private queue.
    pub fn redis(&self) -> Result<Redis> {
        Ok(Redis {
            data: self.layout.data.join("redis"),
            port: self.layout.port(REDIS_PORT),
            password: Some(secrets::password(
                &self.layout.secrets().join("redis.password"),
            )?),
            durability: Durability::Kept,
        })
    }

    /// Where mails are delivered.
    pub fn smtp_port(&self) -> u16 {
        self.layout.port(SMTP_PORT)
    }

    /// The page of the mail inbox.
    pub fn inbox_port(&self) -> u16 {
        self.layout.port(INBOX_PORT)
    }

    /// All ports that must be free, with what will listen there.
    pub fn ports(&self) -> Vec<(u16, &'static str)> {
        let services = SERVICES.iter();
        let mut ports: Vec<_> = services
            .map(|s| (self.layout.port(s.port), s.name))
            .collect();
        ports.push((self.layout.port(METRICS_PORT), "gateway (metrics)"));
        ports.push((self.smtp_port(), "mail sink (SMTP)"));
        ports.push((self.inbox_port(), "mail sink (inbox)"));
        if !self.redis_is_given {
            ports.push((self.layout.port(REDIS_PORT), "Redis"));
        }
        if self.has_frontend {
            ports.push((self.layout.port(frontend::PORT), "front end"));
        }
        if self.watched {
            ports.push((self.layout.port(PROMETHEUS_PORT), "Prometheus"));
            ports.push((self.layout.port(ALERTMANAGER_PORT), "Alertmanager"));
            let sources = sources::PORTS.map(|(port, name)| (self.layout.port(port), name));
            ports.extend(sources);
        }
        ports
    }
}

/// A Redis address without its login, for people.
pub fn public_redis_url(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, address))) => format!("{scheme}://{address}"),
        _ => url.to_owned(),
    }
}
