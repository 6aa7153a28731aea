//! Which address a request comes from, behind proxies of our own or not.

use std::{net::IpAddr, str::FromStr};

use axum::http::{HeaderMap, HeaderName};

/// Where proxies write the addresses they saw, the latest last.
pub const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// An address with the number of leading bits that count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

impl FromStr for Network {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| ())?;
        let all = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(all), str::parse).map_err(|_| ())?;
        match bits <= all {
            true => Ok(Self { address, bits }),
            false => Err(()),
        }
    }
}

impl Network {
    fn contains(&self, address: IpAddr) -> bool {
        let differs = |ours: u128, theirs: u128, width: u32| {
            let ignored = width - u32::from(self.bits);
            (ours ^ theirs).checked_shr(ignored).unwrap_or(0) != 0
        };
        match (self.address, address) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => {
                !differs(ours.to_bits().into(), theirs.to_bits().into(), 32)
            }
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => {
                !differs(ours.to_bits(), theirs.to_bits(), 128)
            }
            _ => false,
        }
    }
}

/// The proxies whose word is believed.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(Vec<Network>);

impl TrustedProxies {
    /// Believes these; none by default.
    pub fn new(networks: Vec<Network>) -> Self {
        Self(networks)
    }

    /// Whether this peer's forwarding headers are believed.
    pub fn trusts(&self, peer: IpAddr) -> bool {
        self.0
            .iter()
            .any(|network| network.contains(peer.to_canonical()))
    }

    /// The client: the peer, or behind trusted proxies the last address that none of them has.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        let values = headers.get_all(X_FORWARDED_FOR).iter().rev();
        let hops = values
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.rsplit(','));
        for hop in hops {
            let claimed = hop.trim().parse::<IpAddr>();
            match claimed {
                Ok(address) if self.trusts(client) => client = address.to_canonical(),
                _ => break,
            }
        }
        client
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(trusted: &[&str], peer: &str, forwarded: &[&str]) -> String {
        let networks = trusted.iter().map(|text| text.parse().expect("a network"));
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(X_FORWARDED_FOR, value.parse().expect("a value"));
        }
        let proxies = TrustedProxies::new(networks.collect());
        proxies
            .client(peer.parse().expect("an address"), &headers)
            .to_string()
    }

    #[test]
    fn a_stranger_cannot_say_who_it_is() {
        assert_eq!(client(&[], "198.51.100.7", &["10.0.0.1"]), "198.51.100.7");
        assert_eq!(
            client(&["10.0.0.0/8"], "198.51.100.7", &["10.0.0.1"]),
            "198.51.100.7"
        );
    }

    #[test]
    fn behind_trusted_proxies_the_last_untrusted_address_counts() {
        let trusted = ["10.0.0.0/8", "127.0.0.1", "fd00::/8"];
        assert_eq!(
            client(&trusted, "127.0.0.1", &["203.0.113.9"]),
            "203.0.113.9"
        );
        assert_eq!(
            client(&trusted, "10.1.2.3", &["6.6.6.6, 203.0.113.9", "10.9.9.9"]),
            "203.0.113.9"
        );
        assert_eq!(client(&trusted, "fd00::1", &["nonsense"]), "fd00::1");
        assert_eq!(
            client(&trusted, "::ffff:127.0.0.1", &["2001:db8::1"]),
            "2001:db8::1"
        );
    }

    #[test]
    fn networks_are_read_strictly() {
        for bad in [
            "",
            "10.0.0.0/33",
            "10.0.0/8",
            "::/129",
            "host",
            "10.0.0.0/x",
        ] {
            assert!(bad.parse::<Network>().is_err(), "{bad}");
        }
        let everything: Network = "0.0.0.0/0".parse().expect("a network");
        assert!(everything.contains("8.8.8.8".parse().expect("an address")));
    }
}
