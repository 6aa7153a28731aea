//! The table of variables in docs/operations.md is made of comments: here they are held against what
//! the services really read.

use std::path::Path;

use service_kit::{
    config::{ConfigError, Env},
    db::DatabaseConfig,
    service::Limits,
    telemetry,
};
use xtask::configuration;

use crate::{processes::SERVICES, shared::stack};

/// Other ways to say what the stack says by URLs; each is read only when the URL is not there.
const IN_PARTS: [(&str, &str); 6] = [
    ("DATABASE_HOST", "127.0.0.1"),
    ("DATABASE_USER", "someone"),
    ("DATABASE_PASSWORD", "something"),
    ("MIGRATE_DATABASE_URL", "mysql://someone@127.0.0.1/x"),
    ("MAIL_USER", "someone@example.test"),
    ("MAIL_PASS", "something"),
];
const URLS: [&str; 4] = ["DATABASE_URL", "REDIS_URL", "SMTP_URL", "MAIL_FROM"];
/// Serves nobody and has no schema.
const AUDIT: &str = "audit";
/// Read to warn that it is not.
const OF_OLD: &str = "JWT_SECRET";
/// Its default is told in words: the schema of each service.
const IN_WORDS: &str = "DATABASE_NAME";

#[tokio::test(flavor = "multi_thread")]
async fn each_service_reads_the_variables_that_the_table_explains_and_no_other() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let stack = stack().await;
    let mut faults: Vec<String> = vec![];
    let of_audit = [("AUDIT_DATABASE_URL".to_owned(), stack.database.audit_url())];
    for service in SERVICES.into_iter().chain([AUDIT]) {
        let by_urls = match service {
            AUDIT => of_audit.as_slice(),
            _ => &stack.part(service).launch.environment,
        };
        let mut in_parts = by_urls.to_vec();
        in_parts.retain(|(name, _)| !URLS.contains(&name.as_str()));
        in_parts.extend(IN_PARTS.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let mut asked = read(service, by_urls).asked();
        asked.extend(read(service, &in_parts).asked());
        asked.remove(OF_OLD);
        let all = configuration::all(&root, service).unwrap();
        for (name, default) in &asked {
            let about = all.iter().find(|some| some.names.contains(name));
            match about {
                None => faults.push(format!("{service}: {name} is not explained")),
                Some(some) if name != IN_WORDS && !some.text.contains(default) => {
                    faults.push(format!("{service}: {name} has the default {default}"));
                }
                Some(_) => {}
            }
        }
        let explained = all.iter().flat_map(|some| &some.names);
        for name in explained {
            let read = asked.contains_key(name.strip_suffix("_FILE").unwrap_or(name))
                // One list of files for all services.
                || name.ends_with("_FILE");
            if !read {
                faults.push(format!("{service}: {name} is explained and not read"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Reads a service's configuration, as its start does.
fn read(service: &str, environment: &[(String, String)]) -> Env {
    let env = Env::from_pairs(environment.iter().cloned());
    let outcome: Result<(), ConfigError> = match service {
        "gateway" => gateway::config::Config::from_env(&env).map(drop),
        "flights" => flights::config::Config::from_env(&env).map(drop),
        "booking" => booking::config::Config::from_env(&env).map(drop),
        "notification" => notification::config::Config::from_env(&env).map(drop),
        "payment-sandbox" => payment_sandbox::config::Config::from_env(&env).map(drop),
        _ => audit::config::Config::from_env(&env).map(drop),
    };
    outcome.unwrap();
    telemetry::switch(&env).unwrap();
    drop(telemetry::start_logs(service, &env).unwrap());
    if service != AUDIT {
        Limits::default().with_env(&env).unwrap();
        // Without the variable it fails, having asked for it.
        let _ = DatabaseConfig::for_migration(&env);
    }
    env
}
