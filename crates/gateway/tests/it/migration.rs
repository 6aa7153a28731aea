//! Accounts brought over from the original, with bcrypt hashes.

use gateway::accounts::import::{Imported, import};
use serde_json::json;

use crate::harness::{Gateway, PASSWORD};

const HEADER: &str = "email,name,password_hash,role,airline\n";

fn bcrypt_hash(version: bcrypt::Version) -> String {
    let parts = bcrypt::hash_with_result(PASSWORD, 4).expect("hashed");
    parts.format_for_version(version)
}

async fn import_text(gateway: &Gateway, lines: &str) -> anyhow::Result<Imported> {
    let file = format!("{HEADER}{lines}");
    import(&gateway.database.config().pool(), file.as_bytes()).await
}

async fn count(gateway: &Gateway) -> i64 {
    sqlx::query_scalar("SELECT COUNT(*) FROM `User`")
        .fetch_one(&gateway.database.admin)
        .await
        .expect("counted")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bcrypt_hash_signs_in_once_and_is_argon2id_then() {
    let gateway = Gateway::start().await;
    for (name, version) in [
        ("a", bcrypt::Version::TwoA),
        ("b", bcrypt::Version::TwoB),
        ("y", bcrypt::Version::TwoY),
    ] {
        let email = format!("{name}@example.test");
        let line = format!("{email},Ada,{},CUSTOMER,\n", bcrypt_hash(version));
        import_text(&gateway, &line).await.expect("imported");
        gateway
            .sign_in_with(&email, "wrong password")
            .await
            .is_problem(401, "BAD_CREDENTIALS");
        assert!(
            gateway.hash_of(&email).await.starts_with("$2"),
            "kept after a wrong password"
        );
        gateway.sign_in(&email).await;
        let renewed = gateway.hash_of(&email).await;
        assert!(
            renewed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{renewed}"
        );
        gateway.sign_in(&email).await;
        assert_eq!(
            gateway.hash_of(&email).await,
            renewed,
            "hashed anew only once"
        );
        gateway
            .sign_in_with(&email, "wrong password")
            .await
            .is_problem(401, "BAD_CREDENTIALS");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_sign_ins_at_once_leave_one_good_hash() {
    let gateway = Gateway::start().await;
    let line = format!(
        "ada@example.test,Ada,{},CUSTOMER,\n",
        bcrypt_hash(bcrypt::Version::TwoB)
    );
    import_text(&gateway, &line).await.expect("imported");
    let sign_ins = (0..8).map(|_| gateway.sign_in("ada@example.test"));
    futures::future::join_all(sign_ins).await;
    assert!(
        gateway
            .hash_of("ada@example.test")
            .await
            .starts_with("$argon2id$")
    );
    gateway.sign_in("ada@example.test").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_chosen_meanwhile_is_not_overwritten() {
    let gateway = Gateway::start().await;
    let id = gateway.sign_up("ada@example.test").await;
    let chosen = gateway.hash_of("ada@example.test").await;
    let pool = gateway.database.config().pool();
    let stale = "$2b$04$stale";
    let replaced = gateway::accounts::store::replace_hash(&pool, id, stale, "$argon2id$new");
    replaced.await.expect("asked");
    assert_eq!(gateway.hash_of("ada@example.test").await, chosen);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_keeps_roles_and_can_be_repeated() {
    let gateway = Gateway::start().await;
    let hash = bcrypt_hash(bcrypt::Version::TwoB);
    let lines = format!(
        " Ada@Example.test ,Ada Lovelace,{hash},FLIGHT_COMPANY,AA\n\
         root@example.test,\"Root, the\",{hash},ADMIN,\n"
    );
    let first = import_text(&gateway, &lines).await.expect("imported");
    assert_eq!(
        first,
        Imported {
            added: 2,
            skipped: 0
        }
    );
    let second = import_text(&gateway, &lines).await.expect("imported");
    assert_eq!(
        second,
        Imported {
            added: 0,
            skipped: 2
        }
    );
    let ada = gateway.sign_in_with("ada@example.test", PASSWORD).await;
    assert_eq!(ada.json["data"]["user"]["roles"], json!(["FLIGHT_COMPANY"]));
    assert_eq!(ada.json["data"]["user"]["airline"], "AA");
    let root = gateway.sign_in_with("root@example.test", PASSWORD).await;
    assert_eq!(root.json["data"]["user"]["name"], "Root, the");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_line_is_named_and_nothing_is_imported() {
    let gateway = Gateway::start().await;
    let hash = bcrypt_hash(bcrypt::Version::TwoB);
    let good = format!("ada@example.test,Ada,{hash},CUSTOMER,\n");
    for (line, fault) in [
        (format!("nonsense,Eve,{hash},CUSTOMER,"), "email"),
        (format!("eve@example.test,,{hash},CUSTOMER,"), "name"),
        (
            "eve@example.test,Eve,plain text,CUSTOMER,".to_owned(),
            "password_hash",
        ),
        (format!("eve@example.test,Eve,{hash},ROOT,"), "role"),
        (format!("eve@example.test,Eve,{hash},{hash},"), "role"),
        (
            format!("eve@example.test,Eve,{hash},FLIGHT_COMPANY,"),
            "airline",
        ),
        (format!("eve@example.test,Eve,{hash},ADMIN,AA"), "airline"),
        (format!("eve@example.test,Eve,{hash}"), "fields"),
    ] {
        let failed = import_text(&gateway, &format!("{good}{line}\n")).await;
        let message = format!("{:#}", failed.expect_err(&line));
        assert!(
            message.contains("line 3") && message.contains(fault),
            "{message}"
        );
        assert!(
            !message.contains(&hash) && !message.contains("plain text"),
            "{message}"
        );
    }
    assert_eq!(count(&gateway).await, 0);
    let logged: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM AuditLog")
        .fetch_one(&gateway.database.admin)
        .await
        .expect("counted");
    assert_eq!(logged, 0);
}
