//! Grafana's dashboards: each panel's query, on a real Prometheus that scraped the real services
//! under load, has data; and what no query shows: ids, units, places.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use e2e::{
    stack::{Options, Prometheus, Stack},
    traveller::{Traveller, id_of},
};
use serde_json::{Value, json};

use crate::shared::a_flight_of;

/// For how long the services are under load, and scraped every two seconds.
const LOAD: Duration = Duration::from_secs(30);
/// The longest that it takes on a busy machine.
const LIMIT: Duration = Duration::from_secs(120);
/// What Grafana puts for `$__rate_interval`: four scrapes, and more than a short gap.
const RATE_INTERVAL: &str = "15s";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// File name and content of every dashboard.
fn dashboards() -> Vec<(String, Value)> {
    let files = fs::read_dir(root().join("grafana/dashboards")).unwrap();
    let dashboards: Vec<_> = files
        .map(|file| {
            let file = file.unwrap();
            let text = fs::read_to_string(file.path()).unwrap();
            let name = file.file_name().to_string_lossy().into_owned();
            (name, serde_json::from_str(&text).unwrap())
        })
        .collect();
    assert!(dashboards.len() >= 5, "too few: {}", dashboards.len());
    dashboards
}

fn panels(dashboard: &Value) -> &Vec<Value> {
    dashboard["panels"].as_array().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_panel_has_data_under_load() {
    let stack = Stack::start(&Options::for_tests()).await.unwrap();
    let flight = a_flight_of(&stack).await;
    let prometheus = Prometheus::start(&stack, &root()).await.unwrap();
    let began = Instant::now();
    // What is computed every quarter of a minute takes that long to be there.
    let complete = async || {
        let budget = "job:error_budget:left30d{job=\"api-gateway\"}";
        let budget = prometheus.instant(budget).await;
        !budget.unwrap().is_empty()
    };
    while began.elapsed() < LOAD || began.elapsed() < LIMIT && !complete().await {
        travel(&stack, flight).await;
    }
    let mut empty = vec![];
    for (file, dashboard) in dashboards() {
        for panel in panels(&dashboard) {
            for target in panel["targets"].as_array().into_iter().flatten() {
                let expression = target["expr"].as_str().unwrap();
                let expression = expression.replace("$__rate_interval", RATE_INTERVAL);
                let series = prometheus
                    .range(&expression, began.elapsed().as_secs())
                    .await
                    .unwrap();
                if !series.iter().any(has_a_number) {
                    empty.push(format!("{file}: {}: {expression}", panel["title"]));
                }
            }
        }
    }
    assert!(empty.is_empty(), "{}", empty.join("\n"));
    let up = prometheus.instant("sum(up)").await.unwrap();
    assert_eq!(up[0]["value"][1], "8");
    let firing = prometheus
        .instant("ALERTS{alertstate=\"firing\"}")
        .await
        .unwrap();
    assert!(firing.is_empty(), "{firing:?}");
    stack.finish().await.unwrap();
}

fn has_a_number(series: &Value) -> bool {
    let values = series["values"].as_array().into_iter().flatten();
    values
        .filter_map(|value| value[1].as_str()?.parse::<f64>().ok())
        .any(f64::is_finite)
}

/// A bit of everything, some of it in vain.
async fn travel(stack: &Stack, flight: i64) {
    let someone = Traveller::arrive(&stack.gateway()).await.unwrap();
    let search = "/flightsService/api/v1/flight?limit=2";
    assert_eq!(someone.api.get(search).await.unwrap().status, 200);
    let booking = someone.must_book(flight, 1).await.unwrap();
    assert_eq!(someone.pay(&booking, "pay").await.unwrap().status, 200);
    assert_eq!(someone.cancel(id_of(&booking)).await.unwrap().status, 200);
    let path = "/bookingService/api/v1/booking";
    let nonsense = someone.api.post(path, &json!({"flightId": "x"})).await;
    assert_eq!(nonsense.unwrap().status, 422);
}

#[test]
fn dashboards_are_well_made() {
    let mut uids = BTreeSet::new();
    for (file, dashboard) in dashboards() {
        let uid = dashboard["uid"].as_str().unwrap();
        assert_eq!(format!("{}.json", uid.trim_start_matches("airside-")), file);
        assert!(uids.insert(uid.to_owned()), "{uid} twice");
        let mut ids = BTreeSet::new();
        let mut taken = BTreeSet::new();
        for panel in panels(&dashboard) {
            let title = format!("{file}: {}", panel["title"]);
            assert!(ids.insert(panel["id"].as_i64().unwrap()), "{title}: id");
            assert_eq!(panel["datasource"]["uid"], "airside-prometheus", "{title}");
            assert!(
                panel["fieldConfig"]["defaults"]["unit"].is_string(),
                "{title}: unit"
            );
            let side = |name: &str| panel["gridPos"][name].as_u64().unwrap();
            assert!(side("x") + side("w") <= 24, "{title}: too wide");
            for x in side("x")..side("x") + side("w") {
                for y in side("y")..side("y") + side("h") {
                    assert!(taken.insert((x, y)), "{title}: overlaps");
                }
            }
        }
    }
    let rules = fs::read_dir(root().join("prometheus/rules")).unwrap();
    let rules: String = rules
        .map(|file| fs::read_to_string(file.unwrap().path()).unwrap())
        .collect();
    let runbooks = fs::read_to_string(root().join("docs/operations.md")).unwrap();
    for line in rules.lines().map(str::trim) {
        if let Some(uid) = line.strip_prefix("dashboard: /d/") {
            assert!(uids.contains(uid), "an alert links to {uid}");
        }
        if let Some(section) = line.strip_prefix("runbook: docs/operations.md#") {
            let heading = format!("\n### {}\n", section.replace('-', " "));
            let runbooks = runbooks.to_lowercase();
            assert!(runbooks.contains(&heading), "an alert links to {section}");
        }
    }
}
