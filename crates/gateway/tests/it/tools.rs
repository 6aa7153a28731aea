//! The real binary's tools: accounts and keys from the command line.

use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::{
    harness::{Gateway, PASSWORD},
    process::{folder, run, text},
};

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_is_created_once() {
    let gateway = Gateway::start().await;
    let variables = [("DATABASE_URL", gateway.database.url.as_str())];
    let create = [
        "admin",
        "create",
        "--email",
        "Root@example.test",
        "--name",
        "Root",
    ];
    let first = run(&create, &variables, &format!("{PASSWORD}\n")).await;
    assert!(first.status.success(), "{}", text(&first.stderr));
    let hash = gateway.hash_of("root@example.test").await;
    let again = run(&create, &variables, "another password\n").await;
    assert!(again.status.success(), "{}", text(&again.stderr));
    assert!(text(&again.stdout).contains("has an account already"));
    assert_eq!(gateway.hash_of("root@example.test").await, hash);
    let signed_in = gateway.sign_in_with("root@example.test", PASSWORD).await;
    assert_eq!(
        signed_in.json["data"]["user"]["roles"],
        serde_json::json!(["ADMIN"])
    );
    for output in [first, again] {
        let said = text(&output.stdout) + &text(&output.stderr);
        assert!(
            !said.contains(PASSWORD) && !said.contains("argon2"),
            "{said}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_of_each_role_can_be_created() {
    let gateway = Gateway::start().await;
    let variables = [("DATABASE_URL", gateway.database.url.as_str())];
    let create = async |email: &str, more: &[&str]| {
        let arguments = [&["user", "create", "--name", "Ada", "--email", email], more].concat();
        run(&arguments, &variables, PASSWORD).await
    };
    let staff = create(
        "staff@example.test",
        &["--role", "FLIGHT_COMPANY", "--airline", "AA"],
    )
    .await;
    assert!(staff.status.success(), "{}", text(&staff.stderr));
    assert!(
        create("ada@example.test", &["--role", "CUSTOMER"])
            .await
            .status
            .success()
    );
    let signed_in = gateway.sign_in_with("staff@example.test", PASSWORD).await;
    assert_eq!(signed_in.json["data"]["user"]["airline"], "AA");
    for (email, more, fault) in [
        (
            "eve@example.test",
            &["--role", "FLIGHT_COMPANY"][..],
            "--airline",
        ),
        (
            "eve@example.test",
            &["--role", "ADMIN", "--airline", "AA"],
            "--airline",
        ),
        ("eve@example.test", &["--role", "ROOT"], "--role"),
        ("nonsense", &["--role", "ADMIN"], "--email"),
    ] {
        let refused = create(email, more).await;
        assert!(!refused.status.success(), "{email} {more:?}");
        assert!(
            text(&refused.stderr).contains(fault),
            "{}",
            text(&refused.stderr)
        );
    }
    for password in ["", "short\n", "\n\n"] {
        let create = [
            "admin",
            "create",
            "--email",
            "eve@example.test",
            "--name",
            "Eve",
        ];
        let refused = run(&create, &variables, password).await;
        assert!(
            text(&refused.stderr).contains("password"),
            "{}",
            text(&refused.stderr)
        );
        assert!(!refused.status.success());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_users_is_imported() {
    let gateway = Gateway::start().await;
    let variables = [("DATABASE_URL", gateway.database.url.as_str())];
    let file = folder().join("users.csv");
    let hash = bcrypt::hash(PASSWORD, 4).expect("hashed");
    let lines =
        format!("email,name,password_hash,role,airline\nada@example.test,Ada,{hash},CUSTOMER,\n");
    std::fs::write(&file, lines).expect("written");
    let path = file.display().to_string();
    let imported = run(&["user", "import", &path], &variables, "").await;
    assert!(imported.status.success(), "{}", text(&imported.stderr));
    assert!(text(&imported.stdout).contains("1 added, 0 had an account already"));
    gateway.sign_in("ada@example.test").await;
    let missing = run(&["user", "import", "/nowhere.csv"], &variables, "").await;
    assert!(!missing.status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_command_line_makes_is_in_the_audit_log_once() {
    let gateway = Gateway::start().await;
    let variables = [("DATABASE_URL", gateway.database.url.as_str())];
    let staff = ["--role", "FLIGHT_COMPANY", "--airline", "AA"];
    let named = |email| ["--email", email, "--name", "Ada"];
    let file = folder().join("users.csv");
    let hash = bcrypt::hash(PASSWORD, 4).expect("hashed");
    let line = format!("old@example.test,Old,{hash},CUSTOMER,");
    let lines = format!("email,name,password_hash,role,airline\n{line}\n");
    std::fs::write(&file, lines).expect("written");
    let path = file.display().to_string();
    for _ in 0..2 {
        for arguments in [
            [&["admin", "create"][..], &named("root@example.test")].concat(),
            [&["user", "create"][..], &named("aa@example.test"), &staff].concat(),
            vec!["user", "import", &path],
        ] {
            let done = run(&arguments, &variables, PASSWORD).await;
            assert!(done.status.success(), "{}", text(&done.stderr));
        }
    }
    let root = gateway.sign_in("root@example.test").await;
    let log = gateway.get("/api/v1/audit", &root).await;
    let lines = log.json["data"].as_array().expect("a list");
    let seen: Vec<_> = lines
        .iter()
        .map(|line| {
            (
                &line["action"],
                &line["after"]["roles"][0],
                &line["after"]["airline"],
            )
        })
        .collect();
    let (imported, created, none) = ("USER_IMPORTED".into(), "USER_CREATED".into(), Value::Null);
    let [customer, company, admin] = ["CUSTOMER", "FLIGHT_COMPANY", "ADMIN"].map(Value::from);
    assert_eq!(
        seen,
        [
            (&imported, &customer, &none),
            (&created, &company, &"AA".into()),
            (&created, &admin, &none),
        ]
    );
    for line in lines {
        assert!(line["userId"].as_i64().is_some());
        for nobody in ["actorId", "address", "correlationId", "before"] {
            assert_eq!(line[nobody], Value::Null, "{nobody}: {line}");
        }
    }
    assert!(!log.text.contains("example.test"), "{}", log.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_created_once_for_its_owner_only() {
    let file = folder().join("booking.pem");
    let path = file.display().to_string();
    let create = ["keys", "create", &path, "--kid", "booking"];
    let first = run(&create, &[], "").await;
    assert!(first.status.success(), "{}", text(&first.stderr));
    let jwk: Value = serde_json::from_slice(&first.stdout).expect("one line of JSON");
    assert_eq!(
        (&jwk["kid"], &jwk["kty"]),
        (&"booking".into(), &"OKP".into())
    );
    assert!(jwk.get("d").is_none());
    assert_eq!(text(&first.stdout).trim_end().lines().count(), 1);
    let mode = std::fs::metadata(&file)
        .expect("there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let pem = std::fs::read(&file).expect("read");
    let again = run(&create, &[], "").await;
    assert_eq!((again.status.code(), again.stdout), (Some(0), first.stdout));
    assert_eq!(std::fs::read(&file).expect("read"), pem);
    let nowhere = ["keys", "create", "/nowhere/at/all.pem", "--kid", "x"];
    assert!(!run(&nowhere, &[], "").await.status.success());
}
