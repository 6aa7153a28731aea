//! Who has how many connections open.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, MutexGuard},
};

use metrics::{Gauge, gauge};

use super::limits::Limits;

/// Counts connections and refuses those over the limits.
pub(super) struct Caps {
    limits: Limits,
    open: Mutex<Open>,
    gauge: Gauge,
}

#[derive(Default)]
struct Open {
    total: usize,
    by_client: HashMap<IpAddr, usize>,
}

/// Why there is no room; the label of a metric.
pub(super) type Refusal = &'static str;

/// Room for one connection; given back when dropped.
pub(super) struct Permit {
    caps: Arc<Caps>,
    client: IpAddr,
}

impl Caps {
    pub(super) fn new(service: &'static str, limits: Limits) -> Arc<Self> {
        Arc::new(Self {
            limits,
            open: Mutex::default(),
            gauge: gauge!("connections_open", "service" => service),
        })
    }

    /// Room for a connection from `address`.
    pub(super) fn admit(self: &Arc<Self>, address: IpAddr) -> Result<Permit, Refusal> {
        let client = client_of(address);
        let mut open = self.open();
        if open.total >= self.limits.connections {
            return Err("all");
        }
        if self.limits.connections_per_address > 0 {
            let of_client = open.by_client.entry(client).or_default();
            if *of_client >= self.limits.connections_per_address {
                return Err("address");
            }
            *of_client += 1;
        }
        open.total += 1;
        self.gauge.increment(1.0);
        Ok(Permit {
            caps: Arc::clone(self),
            client,
        })
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open
            .lock()
            .expect("invariant: counting does not panic")
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut open = self.caps.open();
        open.total -= 1;
        if let Some(of_client) = open.by_client.get_mut(&self.client) {
            *of_client -= 1;
            if *of_client == 0 {
                open.by_client.remove(&self.client);
            }
        }
        self.caps.gauge.decrement(1.0);
    }
}

/// A whole /64 network is one client: whoever has an IPv6 address has 2^64 of them.
fn client_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let network = u128::from(address) >> 64 << 64;
            Ipv6Addr::from(network).into()
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caps(connections: usize, connections_per_address: usize) -> Arc<Caps> {
        let limits = Limits {
            connections,
            connections_per_address,
            ..Limits::default()
        };
        Caps::new("caps", limits)
    }

    fn refusal(caps: &Arc<Caps>, address: &str) -> Option<Refusal> {
        let address = address.parse().expect("an address");
        caps.admit(address).err()
    }

    #[test]
    fn one_client_does_not_take_the_room_of_others() {
        let caps = caps(10, 2);
        let address = "192.0.2.1".parse().expect("an address");
        let two = [caps.admit(address), caps.admit(address)];
        assert_eq!(refusal(&caps, "192.0.2.1"), Some("address"));
        assert_eq!(refusal(&caps, "::ffff:192.0.2.1"), Some("address"));
        assert_eq!(refusal(&caps, "192.0.2.2"), None);
        drop(two);
        assert_eq!(refusal(&caps, "192.0.2.1"), None);
        assert!(caps.open().by_client.is_empty());
    }

    #[test]
    fn addresses_of_one_ipv6_network_are_one_client() {
        let caps = caps(10, 1);
        let _one = caps.admit("2001:db8:0:1::1".parse().expect("an address"));
        assert_eq!(refusal(&caps, "2001:db8:0:1:ffff::2"), Some("address"));
        assert_eq!(refusal(&caps, "2001:db8:0:2::1"), None);
    }

    #[test]
    fn there_is_an_end_to_all_together() {
        let caps = caps(1, 0);
        let _one = caps.admit("192.0.2.1".parse().expect("an address"));
        assert_eq!(refusal(&caps, "192.0.2.2"), Some("all"));
    }
}
