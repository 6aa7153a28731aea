//! A scratch folder per test, small children, patience.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{fs, thread};
use xtask::process::procfs::port_is_free;
use xtask::process::shim;
use xtask::supervisor::probe::Probe;
use xtask::supervisor::spec::{PartSpec, Tier};

/// What a stack listens on at offset 0.
const STANDARD_PORTS: [u16; 11] = [
    1025, 1080, 3500, 4000, 4500, 5000, 5001, 6390, 8000, 9090, 9093,
];

/// A folder that is removed at the end of the test.
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder =
            std::env::temp_dir().join(format!("airside-xtask-{}-{count}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The program under test, with a data folder of its own and ports nobody else uses.
pub fn xtask(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command
        .env("AIRSIDE_DATA_DIR", data)
        .env_remove("AIRSIDE_MYSQL_URL")
        .env_remove("AIRSIDE_REDIS_URL");
    command
}

/// Makes an executable shell script.
pub fn executable(file: &Path, script: &str) {
    fs::write(file, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
}

/// An `AIRSIDE_PORT_OFFSET` with all ports of a stack free, but for those of `taken`, which are
/// held. They lie below the range from which the kernel takes ports for others, so that nobody
/// gets one by chance, and each call gives others.
pub fn free_offset<const N: usize>(taken: [u16; N]) -> (u16, [TcpListener; N]) {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    let is_free = |offset: &u16| {
        STANDARD_PORTS
            .iter()
            .all(|port| port_is_free(port + offset))
    };
    loop {
        let turn = (std::process::id() + CALLS.fetch_add(1, Ordering::Relaxed)) % 1_400;
        let offset = 9_000 + 10 * u16::try_from(turn).unwrap();
        let listen = |port| TcpListener::bind(("127.0.0.1", port + offset)).ok();
        let held: Vec<_> = taken.into_iter().filter_map(listen).collect();
        match held.try_into() {
            Ok(held) if taken.is_empty() && is_free(&offset) => return (offset, held),
            Ok(held) if !taken.is_empty() => return (offset, held),
            _ => {}
        }
    }
}

/// Children of this test program go through the real shim.
pub fn use_real_shim() {
    shim::set_path(PathBuf::from(env!("CARGO_BIN_EXE_xtask")));
}

/// A shell script as a part. It runs in the scratch folder and is ready when `ready` exists there.
pub fn script(scratch: &Scratch, name: &str, tier: Tier, script: &str) -> PartSpec {
    use_real_shim();
    PartSpec {
        name: name.to_owned(),
        url: String::new(),
        program: "/bin/sh".into(),
        args: vec!["-c".into(), script.into()],
        env: vec![("PATH".to_owned(), "/usr/bin:/bin".into())],
        folder: scratch.path(""),
        log: scratch.path(&format!("{name}.out")),
        probe: Probe::File(scratch.path(&format!("{name}.ready"))),
        tier,
        grace: Duration::from_millis(500),
    }
}

/// Waits up to 20 s for something to become true.
pub fn eventually(what: &str, holds: impl FnMut() -> bool) {
    within(20, what, holds);
}

/// The same for as many seconds.
pub fn within(seconds: u64, what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(seconds);
    while !holds() {
        assert!(Instant::now() < deadline, "not within {seconds} s: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}
