//! Who is counted. E-mail addresses are kept as keyed hashes alone, here and in Redis.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    net::{IpAddr, Ipv6Addr},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// Buckets that networks share while there are too many to tell apart.
const SHARED_BUCKETS: u64 = 1_024;

/// Who is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A signed-in user, wherever they are.
    User(i64),
    /// Everybody behind an address.
    Network(IpAddr),
    /// An account, or an account and a network, by keyed hash.
    Account([u8; 16]),
    /// One of the buckets that networks share.
    Shared(u64),
}

impl Subject {
    /// The network of an address; of IPv6 the first half, since a subscriber has all of the other.
    pub fn network(address: IpAddr) -> Self {
        Self::Network(network(address))
    }

    /// The bucket that a network shares with others. Users keep their own: whoever has a million
    /// addresses has no million accounts, and must not take the room of those who sign in. Accounts
    /// do, because their number is bounded by what networks may try.
    pub fn crowded(self) -> Self {
        let Self::Network(_) = self else {
            return self;
        };
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        Self::Shared(hasher.finish() % SHARED_BUCKETS)
    }
}

/// What of an address says whose it is.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) => Ipv6Addr::from_bits(six.to_bits() >> 64 << 64).into(),
        four => four,
    }
}

/// Makes keyed hashes: the same in every replica, and nobody else can tell whose they are.
#[derive(Clone)]
pub struct Blinding(Hmac<Sha256>);

impl Blinding {
    /// With this key.
    pub fn new(key: [u8; 32]) -> Self {
        Self(Hmac::new_from_slice(&key).expect("invariant: HMAC takes keys of every length"))
    }

    /// An account by its e-mail address, as it is stored.
    pub fn account(&self, email: &str) -> Subject {
        Subject::Account(self.hash(&[b"account", email.as_bytes()]))
    }

    /// An account and the network that somebody tries it from.
    pub fn account_and_network(&self, email: &str, address: IpAddr) -> Subject {
        let network = network(address).to_string();
        Subject::Account(self.hash(&[b"both", network.as_bytes(), email.as_bytes()]))
    }

    /// The name of the Redis key for a subject of a policy.
    pub fn key(&self, policy: &str, subject: Subject) -> String {
        let hash = match subject {
            Subject::User(id) => self.hash(&[b"user", &id.to_be_bytes()]),
            Subject::Network(address) => self.hash(&[b"network", address.to_string().as_bytes()]),
            Subject::Account(hash) => hash,
            Subject::Shared(bucket) => self.hash(&[b"shared", &bucket.to_be_bytes()]),
        };
        format!("airside:limit:{policy}:{}", URL_SAFE_NO_PAD.encode(hash))
    }

    fn hash(&self, parts: &[&[u8]]) -> [u8; 16] {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(part);
            mac.update(&[0]);
        }
        let whole: [u8; 32] = mac.finalize().into_bytes().into();
        whole[..16].try_into().expect("invariant: 16 of 32 bytes")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Subject {
        Subject::network(text.parse().expect("an address"))
    }

    #[test]
    fn an_ipv6_network_is_one_subject_and_a_mapped_ipv4_address_is_itself() {
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    }

    #[test]
    fn a_key_says_nothing_of_whom_it_is_about() {
        let (ours, others) = (Blinding::new([1; 32]), Blinding::new([2; 32]));
        let account = ours.account("ada@example.test");
        let key = ours.key("sign-in-account", account);
        assert!(key.starts_with("airside:limit:sign-in-account:"));
        assert!(!key.contains("ada"));
        assert_ne!(
            key,
            others.key("sign-in-account", others.account("ada@example.test"))
        );
        let address = "192.0.2.1".parse().expect("an address");
        assert_ne!(
            account,
            ours.account_and_network("ada@example.test", address)
        );
        assert!(!ours.key("sign-in", of("192.0.2.1")).contains("192"));
    }

    #[test]
    fn in_a_crowd_users_are_still_known() {
        assert_eq!(Subject::User(7).crowded(), Subject::User(7));
        assert!(matches!(of("192.0.2.1").crowded(), Subject::Shared(_)));
    }
}
