//! Everybody who asks.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use e2e::{
    api::Api,
    traveller::{PASSWORD, Traveller},
};
use serde_json::{Value, json};
use service_kit::identity::{ACCESS_TYPE, ServiceSigner, SigningKey};

use crate::shared;

/// The airlines that the companies' people work for.
pub const AIRLINES: [&str; 2] = ["1A", "1B"];

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Without a token.
    Anonymous,
    /// A CUSTOMER.
    Customer,
    /// Another CUSTOMER.
    OtherCustomer,
    /// A FLIGHT_COMPANY of the first of [`AIRLINES`].
    CompanyA,
    /// A FLIGHT_COMPANY of the second.
    CompanyB,
    /// An ADMIN.
    Admin,
    /// Booking, its token made for the service asked.
    Service,
    /// The gateway, the same.
    GatewayService,
    /// Booking, its token made for somebody else.
    ServiceElsewhere,
    /// An ADMIN whose token the gateway's key made for somebody else.
    AdminElsewhere,
}

use Caller::{
    Admin, AdminElsewhere, Anonymous, CompanyA, CompanyB, Customer, GatewayService, OtherCustomer,
    Service, ServiceElsewhere,
};

/// All of them.
pub const EVERYBODY: [Caller; 10] = [
    Anonymous,
    Customer,
    OtherCustomer,
    CompanyA,
    CompanyB,
    Admin,
    Service,
    GatewayService,
    ServiceElsewhere,
    AdminElsewhere,
];

/// Those who have signed in.
const PEOPLE: [Caller; 5] = [Customer, OtherCustomer, CompanyA, CompanyB, Admin];

/// The callers with their tokens.
pub struct Cast {
    people: Vec<(Caller, Traveller)>,
    booking: ServiceSigner,
    gateway: ServiceSigner,
    admin_elsewhere: String,
}

impl Cast {
    /// New people, signed in with their roles.
    pub async fn assemble() -> Self {
        let boss = shared::admin().await;
        let mut people = vec![];
        for caller in PEOPLE {
            people.push((caller, arrive(caller, &boss).await));
        }
        let stack = shared::stack().await;
        let gateway = SigningKey::from_file(&stack.file("gateway.pem"), "gateway").unwrap();
        let signer = |name| {
            let key = stack.file(&format!("{name}-service.pem"));
            ServiceSigner::from_file(name, &key).unwrap()
        };
        let admin = people[4].1.api.token().unwrap();
        let mut claims = claims_of(admin);
        claims["aud"] = json!("somebody-else");
        Self {
            booking: signer("booking"),
            gateway: signer("gateway"),
            admin_elsewhere: gateway.sign(ACCESS_TYPE, &claims),
            people,
        }
    }

    /// A person.
    pub fn person(&self, caller: Caller) -> &Traveller {
        let found = self.people.iter().find(|(name, _)| *name == caller);
        &found.unwrap().1
    }

    /// The token that a caller shows to a service.
    pub fn token(&self, caller: Caller, service: &str) -> Option<String> {
        match caller {
            Anonymous => None,
            Service => Some(self.booking.token(service)),
            GatewayService => Some(self.gateway.token(service)),
            ServiceElsewhere => Some(self.booking.token("somebody-else")),
            AdminElsewhere => Some(self.admin_elsewhere.clone()),
            person => self.person(person).api.token().map(str::to_owned),
        }
    }

    /// A client of `base` as a caller.
    pub fn api(&self, caller: Caller, service: &str, base: &Api) -> Api {
        match self.token(caller, service) {
            Some(token) => base.with_token(&token),
            None => base.clone(),
        }
    }
}

/// What a token says, unchecked.
pub fn claims_of(token: &str) -> Value {
    let claims = token.split('.').nth(1).unwrap();
    let claims = BASE64_URL_SAFE_NO_PAD.decode(claims).unwrap();
    serde_json::from_slice(&claims).unwrap()
}

async fn arrive(caller: Caller, boss: &Api) -> Traveller {
    let person = shared::traveller().await;
    let me = person.api.get("/api/v1/me").await.unwrap().data()["id"].clone();
    let role = match caller {
        CompanyA => json!({"id": me, "role": "FLIGHT_COMPANY", "airline": AIRLINES[0]}),
        CompanyB => json!({"id": me, "role": "FLIGHT_COMPANY", "airline": AIRLINES[1]}),
        Admin => json!({"id": me, "role": "ADMIN"}),
        _ => return person,
    };
    let given = boss.post("/api/v1/role", &role).await.unwrap();
    assert_eq!(given.status, 200, "{}", given.text);
    let gateway = shared::gateway().await;
    let api = gateway.signed_in(&person.email, PASSWORD).await.unwrap();
    Traveller { api, ..person }
}
