//! Private servers, schemas and accounts.

use crate::helpers::{Scratch, use_real_shim};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use xtask::database;
use xtask::layout::Layout;
use xtask::mysql_url::MysqlServer;
use xtask::process::{procfs, step};
use xtask::servers::throwaway::Servers;
use xtask::services::{SERVICES, account_password};
use xtask::stack::Stack;

fn query(server: &MysqlServer, sql: &str) -> anyhow::Result<String> {
    step::capture("asking", &mut server.client()?, sql.as_bytes())
}

fn stack(scratch: &Scratch, servers: &Servers) -> Stack {
    let layout = Layout {
        root: PathBuf::from("/"),
        data: scratch.path("data"),
        port_offset: 0,
    };
    layout.create().unwrap();
    Stack {
        layout,
        mysql: MysqlServer::parse(&servers.mysql_url()).unwrap(),
        redis_url: servers.redis_url().to_owned(),
        mysql_is_given: true,
        redis_is_given: true,
        release: false,
        limits_off: false,
        watched: false,
        has_frontend: false,
    }
}

#[test]
fn throw_away_servers_answer_and_leave_nothing() {
    use_real_shim();
    let scratch = Scratch::new();
    let servers = Servers::start(&scratch.path("")).unwrap();
    let mysql = MysqlServer::parse(&servers.mysql_url()).unwrap();
    assert_eq!(query(&mysql, "SELECT @@max_connections").unwrap(), "2000\n");
    let address = servers
        .redis_url()
        .strip_prefix("redis://")
        .unwrap()
        .to_owned();
    let mut redis = TcpStream::connect(&address).unwrap();
    redis.write_all(b"SELECT 4095\r\n").unwrap();
    let mut reply = [0; 5];
    redis.read_exact(&mut reply).unwrap();
    assert_eq!(&reply, b"+OK\r\n");
    let port = address.rsplit_once(':').unwrap().1.parse().unwrap();
    let server = procfs::port_holder(port).unwrap();
    drop(servers);
    // Not by its port, which another may have by now.
    assert_eq!(procfs::started(server.pid), None);
    assert_eq!(std::fs::read_dir(scratch.path("")).unwrap().count(), 0);
}

#[test]
fn servers_of_a_deep_checkout_leave_no_folder_in_tmp() {
    use_real_shim();
    let scratch = Scratch::new();
    let deep = scratch.path(&"deep/".repeat(20));
    let servers = Servers::start(&deep).unwrap();
    let url = servers.mysql_url();
    let folder = url.split_once("socket=").unwrap().1;
    let folder = PathBuf::from(folder).parent().unwrap().to_path_buf();
    assert!(folder.starts_with("/tmp") && folder.is_dir(), "{url}");
    drop(servers);
    assert!(!folder.exists());
}

#[test]
fn an_account_can_touch_its_own_schema_only() {
    use_real_shim();
    let scratch = Scratch::new();
    let servers = Servers::start(&scratch.path("")).unwrap();
    let stack = stack(&scratch, &servers);
    database::prepare(&stack).unwrap();
    database::prepare(&stack).expect("a second run finds everything");
    for service in &SERVICES {
        let schema = service.schema;
        let migrate = MysqlServer::parse(&service.migrate_url(&stack).unwrap()).unwrap();
        query(&migrate, &format!("CREATE TABLE {schema}.t (a INT)")).unwrap();
        query(&migrate, &format!("CREATE TABLE {schema}.AuditLog (a INT)")).unwrap();
    }
    database::grant(&stack).unwrap();
    database::grant(&stack).expect("a second run changes nothing");
    let booking = &SERVICES[3];
    let account = MysqlServer::parse(&booking.database_url(&stack).unwrap()).unwrap();
    query(
        &account,
        "INSERT INTO flights_dev.t VALUES (1); UPDATE flights_dev.t SET a = 2",
    )
    .unwrap();
    let denied = query(&account, "SELECT * FROM flights_booking.t").unwrap_err();
    assert!(format!("{denied:#}").contains("denied"), "{denied:#}");
    assert!(query(&account, "DROP TABLE flights_dev.t").is_err());
    query(&account, "INSERT INTO flights_dev.AuditLog VALUES (1)").unwrap();
    for forbidden in [
        "UPDATE flights_dev.AuditLog SET a = 2",
        "DELETE FROM flights_dev.AuditLog",
    ] {
        assert!(query(&account, forbidden).is_err(), "{forbidden}");
    }
    let password = account_password(&stack.layout, database::AUDIT_ACCOUNT).unwrap();
    let audit = stack.mysql.url(database::AUDIT_ACCOUNT, &password, "");
    let audit = MysqlServer::parse(&audit).unwrap();
    for service in &SERVICES {
        query(&audit, &format!("SELECT * FROM {}.t", service.schema)).unwrap();
    }
    assert!(query(&audit, "DELETE FROM flights_dev.t").is_err());
}
