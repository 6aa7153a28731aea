//! Seeds and imports, as the command line runs them.

use std::path::{Path, PathBuf};

use flights::import::{import_file, seed_demo, seed_nyc};
use serde_json::json;
use service_kit::config::Env;

use crate::{
    days::january,
    harness::{World, hold_id},
};

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data")
}

pub fn env(world: &World) -> Env {
    Env::from_pairs([("DATABASE_URL", world.database.url.as_str())])
}

/// A folder of its own that goes away with the test.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        let path = std::env::temp_dir().join(format!("airside-import-{}", hold_id()));
        std::fs::create_dir_all(&path).expect("a folder");
        std::fs::copy(data().join("nyc/airplanes.csv"), path.join("airplanes.csv"))
            .expect("copied");
        Self(path)
    }

    pub fn file(&self, lines: &str) -> PathBuf {
        let header = "flightNumber,origin,destination,departureDate,departureTime,arrivalTime,\
            aircraft,seats,price,currency\n";
        let path = self.0.join("flights.csv");
        std::fs::write(&path, format!("{header}{lines}")).expect("written");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_can_be_seeded_twice_and_continued() {
    let world = World::new().await;
    let env = env(&world);
    seed_demo(&env, &data(), 7).await.expect("seeded");
    let first = world.rows().await;
    let flights = world.count("SELECT COUNT(*) FROM Flight").await;
    assert!(flights > 1_000, "{flights}");
    let bookable = world.get("/flight?trips=JFK-LAX&limit=1").await.data(200);
    let flight = bookable[0]["id"].as_i64().expect("an id");
    world.hold(&hold_id(), &[(flight, 2)]).await;
    let left = world.seats(flight).await;
    seed_demo(&env, &data(), 7).await.expect("seeded again");
    assert_eq!(world.seats(flight).await, left);
    assert_eq!(world.count("SELECT COUNT(*) FROM Flight").await, flights);
    assert_eq!(world.rows().await, first + 2);
    seed_demo(&env, &data(), 9).await.expect("continued");
    assert!(world.count("SELECT COUNT(*) FROM Flight").await > flights + 300);
    assert_eq!(world.count("SELECT COUNT(*) FROM Airport").await, 82);
    assert_eq!(world.count("SELECT COUNT(*) FROM Airlines").await, 10);
    assert_eq!(
        world.count("SELECT COUNT(*) FROM Seat").await,
        world
            .count("SELECT CAST(SUM(capacity) AS SIGNED) FROM Airplane")
            .await
    );
    let odd = "SELECT COUNT(*) FROM Flight WHERE TIMESTAMPDIFF(MINUTE, departureTime, arrivalTime) \
        NOT BETWEEN 30 AND 1200 OR departureTime <= NOW(6)";
    assert_eq!(world.count(odd).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn new_york_can_be_seeded_twice() {
    let world = World::new().await;
    let env = env(&world);
    seed_nyc(&env, &data()).await.expect("seeded");
    let flights = world.count("SELECT COUNT(*) FROM Flight").await;
    assert!((52_000..=53_156).contains(&flights), "{flights}");
    seed_nyc(&env, &data()).await.expect("seeded again");
    assert_eq!(world.count("SELECT COUNT(*) FROM Flight").await, flights);
    let early = "SELECT COUNT(*) FROM Flight WHERE departureTime < NOW(6) + INTERVAL 6 DAY";
    assert_eq!(world.count(early).await, 0);
    let late = "SELECT COUNT(*) FROM Flight WHERE departureTime > NOW(6) + INTERVAL 45 DAY";
    assert_eq!(world.count(late).await, 0);
    let portlands = "SELECT COUNT(*) FROM Cities WHERE city LIKE 'Portland%'";
    assert_eq!(world.count(portlands).await, 2);
    let york = "SELECT COUNT(*) FROM Airport a JOIN Cities c ON c.id = a.cityId \
        WHERE c.city = 'New York'";
    assert_eq!(world.count(york).await, 2);
    let back = world.get("/flight?trips=LAX-JFK&limit=1").await.data(200);
    assert!(back[0]["id"].is_i64());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_ones_own_is_imported_with_its_return_legs() {
    let world = World::new().await;
    let folder = Folder::new();
    let [day, next] = january(10);
    let file = folder.file(&format!(
        "AA1,JFK,LAX,{day},08:00,11:15,320,,10000,USD\n\
         AA2,LAX,JFK,{day},22:00,06:10,320,100,20000,EUR\n"
    ));
    for _ in 0..2 {
        import_file(&env(&world), &file, true, None)
            .await
            .expect("imported");
    }
    let flights = world.pages("/flight?sort=departureTime_asc").await;
    let shown: Vec<_> = flights
        .iter()
        .map(|f| {
            json!([
                f["flightNumber"],
                f["departureLocal"],
                f["arrivalLocal"],
                f["totalSeats"]
            ])
        })
        .collect();
    assert_eq!(
        shown,
        [
            json!([
                "AA1",
                format!("{day}T08:00:00-05:00"),
                format!("{day}T11:15:00-08:00"),
                150
            ]),
            json!([
                "AA1",
                format!("{day}T12:15:00-08:00"),
                format!("{day}T21:30:00-05:00"),
                150
            ]),
            json!([
                "AA2",
                format!("{day}T22:00:00-08:00"),
                format!("{next}T06:10:00-05:00"),
                100
            ]),
            json!([
                "AA2",
                format!("{next}T07:10:00-05:00"),
                format!("{next}T09:20:00-08:00"),
                100
            ]),
        ]
    );
    let airline = world.get("/airline").await.data(200);
    assert_eq!(
        (&airline[0]["code"], &airline[0]["name"]),
        (&json!("AA"), &json!("AA"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_line_is_named_and_nothing_is_written() {
    let world = World::new().await;
    let folder = Folder::new();
    let good = "AA1,JFK,LAX,2027-01-10,08:00,11:15,320,,10000,USD\n";
    for (line, fault) in [
        (
            "aa1,JFK,LAX,2027-01-10,08:00,11:15,320,,1,USD",
            "column flightNumber",
        ),
        (
            "AA1,ZZZ,LAX,2027-01-10,08:00,11:15,320,,1,USD",
            "column origin",
        ),
        (
            "AA1,JFK,lax,2027-01-10,08:00,11:15,320,,1,USD",
            "column destination",
        ),
        (
            "AA1,JFK,JFK,2027-01-10,08:00,11:15,320,,1,USD",
            "column destination",
        ),
        (
            "AA1,JFK,LAX,2027-02-30,08:00,11:15,320,,1,USD",
            "column departureDate",
        ),
        (
            "AA1,JFK,LAX,9998-01-10,08:00,11:15,320,,1,USD",
            "column departureDate",
        ),
        (
            "AA1,JFK,LAX,1989-12-31,08:00,11:15,320,,1,USD",
            "column departureDate",
        ),
        (
            "AA1,JFK,LAX,2027-01-10,8:00,11:15,320,,1,USD",
            "column departureTime",
        ),
        (
            "AA1,JFK,LAX,2027-01-10,08:00,24:00,320,,1,USD",
            "column arrivalTime",
        ),
        (
            "AA1,JFK,LAX,2027-01-10,08:00,11:15,XXX,,1,USD",
            "column aircraft",
        ),
        (
            "AA1,JFK,LAX,2027-01-10,08:00,11:15,320,151,1,USD",
            "column seats",
        ),
        (
            "AA1,JFK,LAX,2027-01-10,08:00,11:15,320,0,1,USD",
            "column seats",
        ),
        (
            "AA1,JFK,LAX,2027-01-10,08:00,11:15,320,,1.5,USD",
            "column price",
        ),
        (
            "AA1,JFK,LAX,2027-01-10,08:00,11:15,320,,-1,USD",
            "column price",
        ),
        (
            "AA1,JFK,LAX,2027-01-10,08:00,11:15,320,,1,usd",
            "column currency",
        ),
        ("AA1,JFK,LAX,2027-01-10,08:00,11:15,320,,1", "line 1502"),
    ] {
        let file = folder.file(&format!("{}{line}\n", good.repeat(1500)));
        let error = import_file(&env(&world), &file, false, None)
            .await
            .expect_err("refused");
        let message = format!("{error:#}");
        assert!(
            message.contains("line 1502") && message.contains(fault),
            "{message}"
        );
        assert_eq!(world.rows().await, 0, "{message}");
    }
    let file = folder.0.join("columns.csv");
    std::fs::write(&file, "number,from,to\n").expect("written");
    let error = import_file(&env(&world), &file, false, None)
        .await
        .expect_err("refused");
    assert!(format!("{error:#}").contains("line 1: the columns must be"));
    let error = import_file(&env(&world), &folder.file(""), false, None)
        .await
        .expect_err("refused");
    assert!(format!("{error:#}").contains("no flights"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shift_keeps_weekday_and_local_time() {
    let world = World::new().await;
    let folder = Folder::new();
    // A Tuesday in summer; clocks may show another offset on the day it is shifted to.
    let file = folder.file("AA1,JFK,LAX,2013-06-04,08:00,11:15,320,,10000,USD\n");
    import_file(&env(&world), &file, false, Some(30))
        .await
        .expect("imported");
    let found = world.get("/flight").await.data(200);
    let local = found[0]["departureLocal"].as_str().expect("a time");
    assert_eq!(&local[10..19], "T08:00:00");
    let weekday = "SELECT CAST(WEEKDAY(departureDate) AS SIGNED) FROM Flight";
    assert_eq!(world.count(weekday).await, 1);
    let ahead = "SELECT CAST(DATEDIFF(departureDate, UTC_DATE()) AS SIGNED) FROM Flight";
    assert!((30..37).contains(&world.count(ahead).await));
}
