//! Keys and tokens for tests.

use axum::{Json, Router, routing::get};
use jsonwebtoken::jwk::JwkSet;
use tokio::{net::TcpListener, task::JoinHandle};
use ulid::Ulid;

use crate::{
    clock,
    identity::{
        ACCESS_AUDIENCE, ACCESS_ISSUER, ACCESS_TYPE, AccessClaims, ServiceSigner, SigningKey, User,
        generate_pem,
    },
};

/// The gateway's and the services' identities, with the gateway's keys published on loopback.
pub struct Identities {
    /// What a service is given as `JWKS_URL`.
    pub jwks_url: String,
    /// What a service is given as `SERVICE_JWKS`: a file with the keys of `booking` and `gateway`.
    pub service_jwks: std::path::PathBuf,
    /// What booking is given as `SERVICE_KEY`.
    pub booking_key: std::path::PathBuf,
    gateway: SigningKey,
    booking: SigningKey,
    gateway_service: SigningKey,
    _server: JoinHandle<()>,
}

impl Identities {
    /// Fresh keys.
    pub async fn create() -> Self {
        let gateway = fresh_key("test-gateway");
        let booking_pem = generate_pem().expect("a key");
        let booking = SigningKey::from_pem(booking_pem.as_bytes(), "booking").expect("a key");
        let folder = std::env::temp_dir().join(format!("airside-test-{}", Ulid::new()));
        std::fs::create_dir_all(&folder).expect("a temporary folder");
        let service_jwks = folder.join("service-jwks.json");
        let gateway_service = fresh_key("gateway");
        let callers = JwkSet {
            keys: vec![booking.public().clone(), gateway_service.public().clone()],
        };
        std::fs::write(&service_jwks, serde_json::to_vec(&callers).expect("JSON"))
            .expect("written");
        let booking_key = folder.join("booking.pem");
        std::fs::write(&booking_key, booking_pem).expect("written");
        let published = JwkSet {
            keys: vec![gateway.public().clone()],
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let router = Router::new().route("/jwks.json", get(async move || Json(published)));
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        let jwks_url = format!("http://{address}/jwks.json");
        Self {
            jwks_url,
            service_jwks,
            booking_key,
            gateway,
            booking,
            gateway_service,
            _server: server,
        }
    }

    /// An access token of this user, valid for ten minutes.
    pub fn token(&self, user: User) -> String {
        let now = clock::unix_seconds();
        self.sign_access(&AccessClaims {
            iss: ACCESS_ISSUER.to_owned(),
            aud: ACCESS_AUDIENCE.to_owned(),
            iat: now,
            exp: now + 600,
            sub: user.id.to_string(),
            sid: Ulid::new().to_string(),
            user,
        })
    }

    /// Any claims, signed by the gateway's key: for tests of bad tokens.
    pub fn sign_access(&self, claims: &AccessClaims) -> String {
        self.gateway.sign(ACCESS_TYPE, claims)
    }

    /// A traveller's token.
    pub fn customer(&self, id: i64) -> String {
        self.token(user(id, "CUSTOMER", None))
    }

    /// An administrator's token.
    pub fn admin(&self) -> String {
        self.token(user(1_000_001, "ADMIN", None))
    }

    /// The token of somebody who works for an airline.
    pub fn airline(&self, designator: &str) -> String {
        self.token(user(1_000_002, "FLIGHT_COMPANY", Some(designator)))
    }

    /// Booking's token for a call to `audience`.
    pub fn booking_token(&self, audience: &str) -> String {
        ServiceSigner::new("booking", self.booking.clone()).token(audience)
    }

    /// The gateway's token for a call to `audience`.
    pub fn gateway_token(&self, audience: &str) -> String {
        ServiceSigner::new("gateway", self.gateway_service.clone()).token(audience)
    }
}

impl Drop for Identities {
    fn drop(&mut self) {
        if let Some(folder) = self.service_jwks.parent() {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

fn fresh_key(kid: &str) -> SigningKey {
    SigningKey::from_pem(generate_pem().expect("a key").as_bytes(), kid).expect("a key")
}

/// A user as a token names them.
pub fn user(id: i64, role: &str, airline: Option<&str>) -> User {
    User {
        id,
        email: format!("user{id}@example.test"),
        name: format!("User {id}"),
        roles: vec![role.to_owned()],
        airline: airline.map(str::to_owned),
    }
}
