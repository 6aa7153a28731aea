//! Imports against what others do to the schema, before and meanwhile.

use std::time::Duration;

use flights::import::import_file;
use sqlx::{MySql, Transaction};

use crate::{
    days::january,
    harness::World,
    import::{Folder, env},
};

/// A file with one flight from this airport.
fn flight(folder: &Folder, from: &str) -> std::path::PathBuf {
    let [day] = january(10);
    folder.file(&format!(
        "AA1,{from},LAX,{day},08:00,11:15,320,,10000,USD\n"
    ))
}

/// A transaction that holds up whoever needs an airplane to stay as it is.
async fn with_airplanes_locked(world: &World) -> Transaction<'static, MySql> {
    let mut transaction = world.db().begin().await.expect("a transaction");
    sqlx::query("SELECT id FROM Airplane FOR UPDATE")
        .fetch_all(&mut *transaction)
        .await
        .expect("locked");
    transaction
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_under_an_import_stops_it() {
    for (change, named) in [
        ("UPDATE Airplane SET capacity = capacity - 1", "airplane"),
        ("UPDATE Airplane SET airline = 'BB'", "airplane"),
        (
            "UPDATE Airport SET timezone = 'Asia/Tokyo' WHERE code = 'LAX'",
            "airport LAX",
        ),
    ] {
        let (world, folder) = (World::new().await, Folder::new());
        let env = env(&world);
        let first = flight(&folder, "JFK");
        import_file(&env, &first, false, None)
            .await
            .expect("imported");
        let file = flight(&folder, "SFO");
        let mut locked = with_airplanes_locked(&world).await;
        let changed = async {
            tokio::time::sleep(Duration::from_millis(500)).await;
            sqlx::query(change)
                .execute(&mut *locked)
                .await
                .expect("changed");
            locked.commit().await.expect("committed");
        };
        let (outcome, ()) = tokio::join!(import_file(&env, &file, false, None), changed);
        let message = format!("{:#}", outcome.expect_err("stopped"));
        assert!(
            message.contains(named) && message.contains("was changed"),
            "{message}"
        );
        assert_eq!(world.count("SELECT COUNT(*) FROM Flight").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_outlasts_a_lock_that_is_held_too_long() {
    let (world, folder) = (World::new().await, Folder::new());
    let env = env(&world);
    let first = flight(&folder, "JFK");
    import_file(&env, &first, false, None)
        .await
        .expect("imported");
    let file = flight(&folder, "SFO");
    let locked = with_airplanes_locked(&world).await;
    // A lock is waited for 5 s.
    let unlocked = async {
        tokio::time::sleep(Duration::from_millis(5_500)).await;
        locked.rollback().await.expect("rolled back");
    };
    let (outcome, ()) = tokio::join!(import_file(&env, &file, false, None), unlocked);
    outcome.expect("imported");
    assert_eq!(world.count("SELECT COUNT(*) FROM Flight").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_city_with_a_code_that_lost_its_airport_is_used_again() {
    let (world, folder) = (World::new().await, Folder::new());
    let env = env(&world);
    for airport in ["PDX", "PWM", "PWM"] {
        let file = flight(&folder, airport);
        import_file(&env, &file, false, None)
            .await
            .expect("imported");
        sqlx::query("DELETE FROM Airport WHERE code = 'PWM'")
            .execute(world.db())
            .await
            .expect("deleted");
    }
    let portlands = "SELECT COUNT(*) FROM Cities WHERE city LIKE 'Portland%'";
    assert_eq!(world.count(portlands).await, 2);
}
