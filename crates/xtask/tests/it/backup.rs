//! `backup` and `restore` on a real server, with small schemas full of what is hard to copy.

use crate::helpers::{Scratch, eventually, executable, use_real_shim, xtask};
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;
use xtask::mysql_url::MysqlServer;
use xtask::process::{find_program, step};
use xtask::servers::throwaway::Servers;
use xtask::services::SERVICES;

/// Percent-encoded in the URL: `a"b\c#d 'e`.
const PASSWORD: &str = "a%22b%5Cc%23d%20'e";

struct Place {
    scratch: Scratch,
    servers: Servers,
    root: MysqlServer,
}

impl Place {
    fn new() -> Self {
        use_real_shim();
        let scratch = Scratch::new();
        let servers = Servers::start(&scratch.path("")).unwrap();
        let root = MysqlServer::parse(&servers.mysql_url()).unwrap();
        let place = Self {
            scratch,
            servers,
            root,
        };
        place.query(
            r#"CREATE USER owner@localhost IDENTIFIED BY 'a"b\\c#d ''e';
               GRANT ALL ON *.* TO owner@localhost WITH GRANT OPTION"#,
        );
        for service in &SERVICES {
            let version = a_version(service.schema);
            place.query(&format!(
                "CREATE DATABASE {0}; USE {0};
                 CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY);
                 INSERT INTO _sqlx_migrations VALUES ({version});
                 CREATE TABLE empty (id INT PRIMARY KEY)",
                service.schema
            ));
        }
        place.query(
            r#"USE flights_dev;
               CREATE TABLE Bookings (id INT PRIMARY KEY AUTO_INCREMENT, what TEXT, raw VARBINARY(9),
                 document JSON, twice INT GENERATED ALWAYS AS (id * 2) VIRTUAL) CHARACTER SET utf8mb4;
               INSERT INTO Bookings (what, raw, document) VALUES ('),(\'\\', 0x00FF270A, '{"a":"\'"}'),
                 ('two\nlines\r\n-- Dump completed', NULL, NULL), ('Zürich 🛫', '', '[]')"#,
        );
        place
    }

    fn query(&self, sql: &str) -> String {
        let sql = format!("SET NAMES utf8mb4; {sql}");
        step::capture("asking", &mut self.root.client().unwrap(), sql.as_bytes()).unwrap()
    }

    fn bookings(&self) -> String {
        self.query("SELECT id, what, HEX(raw), document, twice FROM flights_dev.Bookings")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = xtask(&self.scratch.path("data"));
        let socket = self.servers.mysql_url();
        let socket = socket.split_once("socket=").unwrap().1;
        let url = format!("mysql://owner:{PASSWORD}@localhost/?socket={socket}");
        command.args(arguments).env("AIRSIDE_MYSQL_URL", url);
        command
    }

    fn must(&self, arguments: &[&str]) {
        let output = self.command(arguments).output().unwrap();
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            errors(&output)
        );
    }

    fn refused(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        assert!(!output.status.success(), "{arguments:?}");
        errors(&output)
    }
}

fn errors(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A migration that this version knows.
fn a_version(schema: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut folder = fs::read_dir(root.join("migrations").join(schema)).unwrap();
    let file = folder.next().unwrap().unwrap().file_name();
    file.to_str().unwrap().split('_').next().unwrap().to_owned()
}

fn text(path: PathBuf) -> String {
    path.to_str().unwrap().to_owned()
}

fn manifest(folder: &str) -> Value {
    serde_json::from_slice(&fs::read(format!("{folder}/manifest.json")).unwrap()).unwrap()
}

fn mode(path: &str) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn every_byte_comes_back_and_nothing_is_overwritten_unasked() {
    let place = Place::new();
    let folder = text(place.scratch.path("backup"));
    place.must(&["backup", "--to", &folder]);
    let rows = &manifest(&folder)["schemas"]["flights_dev"]["rows"];
    assert_eq!(
        rows,
        &json!({"_sqlx_migrations": 1, "Bookings": 3, "empty": 0})
    );
    let modes = ["", "/airside.sql", "/manifest.json"].map(|name| mode(&format!("{folder}{name}")));
    assert_eq!(modes, [0o700, 0o600, 0o600]);
    let again = place.refused(&["backup", "--to", &folder]);
    assert!(again.contains("is there already"), "{again}");

    let before = place.bookings();
    place.query("UPDATE flights_dev.Bookings SET what = 'lost'; DROP DATABASE payment_sandbox");
    let damaged = place.bookings();
    let full = place.refused(&["restore", &folder]);
    assert!(
        full.contains("the schemas hold data (flights_dev.Bookings)"),
        "{full}"
    );
    assert_eq!(place.bookings(), damaged);
    place.must(&["restore", &folder, "--force"]);
    assert_eq!(place.bookings(), before);
    let second = text(place.scratch.path("second"));
    place.must(&["backup", "--to", &second]);
    assert_eq!(manifest(&folder)["sha256"], manifest(&second)["sha256"]);
}

#[test]
fn a_damaged_or_newer_backup_changes_nothing() {
    let place = Place::new();
    let folder = text(place.scratch.path("backup"));
    place.must(&["backup", "--to", &folder]);
    let before = place.bookings();

    let file = format!("{folder}/manifest.json");
    let whole = fs::read_to_string(&file).unwrap();
    let mut newer = manifest(&folder);
    newer["schemas"]["flights_dev"]["versions"] = json!([99_990_101_000_000_i64]);
    fs::write(&file, newer.to_string()).unwrap();
    let told = place.refused(&["restore", &folder, "--force"]);
    assert!(
        told.contains("flights_dev has the migration 99990101000000"),
        "{told}"
    );
    fs::write(&file, whole).unwrap();

    let dump = format!("{folder}/airside.sql");
    let sql = fs::read_to_string(&dump).unwrap();
    fs::write(&dump, sql.replace("two", "six")).unwrap();
    let told = place.refused(&["restore", &folder, "--force"]);
    assert!(
        told.contains("is damaged") && told.contains("nothing was changed"),
        "{told}"
    );
    fs::write(&dump, &sql[..sql.len() / 2]).unwrap();
    let told = place.refused(&["restore", &folder, "--force"]);
    assert!(told.contains("the dump is cut off"), "{told}");
    let told = place.refused(&["restore", "/nowhere", "--force"]);
    assert!(told.contains("/nowhere is no backup"), "{told}");
    assert_eq!(place.bookings(), before);
}

#[test]
fn a_restore_waits_for_nobody_who_is_connected() {
    let place = Place::new();
    let folder = text(place.scratch.path("backup"));
    place.must(&["backup", "--to", &folder]);
    place.query("CREATE USER airside_booking@localhost");
    let socket = place.root.socket().unwrap();
    let service = MysqlServer::private(socket.to_path_buf());
    let service = service.owner_url().replace("//root:", "//airside_booking:");
    let mut service = MysqlServer::parse(&service).unwrap().client().unwrap();
    let mut service = service
        .args(["--execute", "SELECT SLEEP(60)"])
        .spawn()
        .unwrap();
    let connected = "SELECT user FROM information_schema.processlist WHERE user LIKE 'airside%'";
    eventually("it is connected", || !place.query(connected).is_empty());
    let told = place.refused(&["restore", &folder, "--force"]);
    assert!(
        told.contains("services are connected (airside_booking)"),
        "{told}"
    );
    step::stop(&mut service, Duration::ZERO).unwrap();
    eventually("it is gone", || place.query(connected).is_empty());
    place.must(&["restore", &folder, "--force"]);
}

#[test]
fn a_login_is_on_no_command_line_and_a_failed_backup_leaves_nothing() {
    let place = Place::new();
    let folder = text(place.scratch.path("backup"));
    let seen = text(place.scratch.path("seen"));
    fs::create_dir(place.scratch.path("bin")).unwrap();
    let real = find_program("mariadb-dump").unwrap();
    let dump = place.scratch.path("bin/mariadb-dump");
    let look = format!(
        "echo \"$@\" >>{seen}; case $1 in --defaults-file=*) stat -c %a \"${{1#*=}}\" >>{seen};; esac"
    );
    executable(&dump, &format!("{look}; exec {} \"$@\"", real.display()));
    let path = std::env::var("PATH").unwrap();
    let path = format!("{}:{path}", place.scratch.path("bin").display());
    let backup = || {
        let mut command = place.command(&["backup", "--to", &folder]);
        command.env("PATH", &path).output().unwrap()
    };
    let output = backup();
    assert!(output.status.success(), "{}", errors(&output));
    let seen = fs::read_to_string(&seen).unwrap();
    assert!(
        seen.contains("--single-transaction") && seen.contains("\n600\n"),
        "{seen}"
    );
    assert!(
        !seen.contains("a\"b") && !seen.contains("password"),
        "{seen}"
    );
    let run = fs::read_dir(place.scratch.path("data/run")).unwrap();
    assert_eq!(run.count(), 1, "the lock alone");

    fs::remove_dir_all(&folder).unwrap();
    executable(
        &dump,
        "case $1 in --version) echo MariaDB;; *) echo half; echo broken >&2; exit 3;; esac",
    );
    let output = backup();
    assert!(!output.status.success());
    assert!(errors(&output).contains("broken"), "{}", errors(&output));
    assert!(!Path::new(&folder).exists() && !Path::new(&format!("{folder}.new")).exists());
}
