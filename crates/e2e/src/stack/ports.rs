//! Free loopback ports that stay free: outside the range from which the kernel takes the local
//! ports of outgoing connections.

use std::net::TcpListener;

use anyhow::Context;

const RANGE: std::ops::Range<u16> = 15_000..32_000;

/// A port nobody listens on, for a server that is told its port before it starts.
pub fn free() -> anyhow::Result<u16> {
    (0..200)
        .map(|_| rand::random_range(RANGE))
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .context("no free port in 200 tries")
}
