//! The service as it is operated: configuration, health, a lost database, its end.

use reqwest::Method;
use service_kit::{
    config::Env,
    testing::{Identities, TestDatabase, free_port},
};

use crate::harness::{World, environment};

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_variable_stops_the_start_by_name() {
    let database = TestDatabase::create(&flights::MIGRATOR).await;
    let identities = Identities::create().await;
    for (variable, value) in [
        ("DATABASE_URL", ""),
        ("DATABASE_URL", "postgres://x"),
        ("JWKS_URL", ""),
        ("JWKS_URL", "nonsense"),
        ("SERVICE_JWKS", ""),
        ("PORT", "65536"),
        ("HOST", "localhost"),
        ("DEFAULT_CURRENCY", "usd"),
        ("DATABASE_CONNECTIONS", "1"),
    ] {
        let env = environment(&database, &identities, &[(variable, value)]);
        let Err(error) = flights::config::Config::from_env(&env) else {
            panic!("{variable}={value:?} was accepted");
        };
        assert!(
            error.to_string().starts_with(&format!("{variable}: ")),
            "{error}"
        );
    }
    let env = environment(&database, &identities, &[("SERVICE_JWKS", "/nowhere")]);
    let config = flights::config::Config::from_env(&env).expect("a path");
    let Err(error) = flights::build(config, free_port().await).await else {
        panic!("a missing file was accepted");
    };
    assert!(format!("{error:#}").contains("/nowhere"));
    let error = flights::migrate(Env::default()).await.expect_err("refused");
    assert!(error.to_string().starts_with("MIGRATE_DATABASE_URL: "));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_database_is_503_and_not_ready_but_live() {
    let world = World::new().await;
    let at = async |path: &str| world.send(Method::GET, path, "", None).await.status;
    assert_eq!((at("/livez").await, at("/readyz").await), (200, 200));
    let broken = environment(
        &world.database,
        &world.identities,
        &[(
            "DATABASE_URL",
            "mysql://nobody@localhost/none?socket=/nowhere/m.sock",
        )],
    );
    let config = flights::config::Config::from_env(&broken).expect("a good configuration");
    let service = flights::build(config, free_port().await)
        .await
        .expect("a service");
    let running = service_kit::testing::Running::start(service);
    let http = service_kit::testing::http();
    let at = async |path: &str| {
        let url = format!("{}{path}", running.url);
        http.get(url).send().await.expect("an answer")
    };
    assert_eq!(at("/livez").await.status(), 200);
    let response = at("/readyz").await;
    assert_eq!(response.status(), 503);
    let response = at("/api/v1/flight").await;
    assert_eq!(response.status(), 503);
    assert!(response.headers().contains_key("retry-after"));
    running.stop().await.expect("stopped");
}
