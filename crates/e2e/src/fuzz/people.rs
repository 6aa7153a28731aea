//! Who asks.

use std::{fmt, str::FromStr};

use anyhow::{Context, ensure};
use serde_json::Value;

use super::account;
use crate::{
    api::Api,
    stack::{ADMIN_EMAIL, Stack},
    traveller::Traveller,
};

/// An airline of the demo data.
const AIRLINE: &str = "3Y";
const AIRLINE_EMAIL: &str = "airline@example.test";

/// A kind of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Person {
    /// Without a token.
    Anonymous,
    /// A traveller.
    Customer,
    /// Works for an airline.
    FlightCompany,
    /// Administers the platform.
    Admin,
}

impl Person {
    /// In the order in which they ask: administrators change things for all others.
    pub const ALL: [Self; 4] = [
        Self::Anonymous,
        Self::Customer,
        Self::FlightCompany,
        Self::Admin,
    ];
}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Anonymous => "anonymous",
            Self::Customer => "CUSTOMER",
            Self::FlightCompany => "FLIGHT_COMPANY",
            Self::Admin => "ADMIN",
        })
    }
}

impl FromStr for Person {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut all = Self::ALL.into_iter();
        let found = all.find(|person| person.to_string().eq_ignore_ascii_case(text));
        found.ok_or_else(|| "must be anonymous, CUSTOMER, FLIGHT_COMPANY or ADMIN".to_owned())
    }
}

/// One of them, signed in.
pub struct Somebody {
    /// What kind.
    pub person: Person,
    /// Access token.
    pub token: Option<String>,
    /// Account.
    pub id: Option<i64>,
    roles: Value,
}

impl Somebody {
    /// Signs in, with a new account where there is none.
    pub async fn arrive(stack: &Stack, person: Person) -> anyhow::Result<Self> {
        let gateway = stack.gateway();
        let api = match person {
            Person::Anonymous => gateway,
            Person::Customer => Traveller::arrive(&gateway).await?.api,
            Person::FlightCompany => {
                let company = ["--role", "FLIGHT_COMPANY", "--airline", AIRLINE];
                let create = [
                    "user",
                    "create",
                    "--email",
                    AIRLINE_EMAIL,
                    "--name",
                    "Al Airline",
                ];
                stack.run("gateway", &[&create[..], &company].concat())?;
                gateway
                    .signed_in(AIRLINE_EMAIL, &stack.admin_password)
                    .await?
            }
            Person::Admin => {
                gateway
                    .signed_in(ADMIN_EMAIL, &stack.admin_password)
                    .await?
            }
        };
        let Some(token) = api.token().map(str::to_owned) else {
            return Ok(Self {
                person,
                token: None,
                id: None,
                roles: Value::Null,
            });
        };
        let account = account(&api).await?;
        let id = account["id"].as_i64().context("an account without an id")?;
        let roles = account["roles"].clone();
        ensure!(roles.is_array(), "an account without roles: {account}");
        Ok(Self {
            person,
            token: Some(token),
            id: Some(id),
            roles,
        })
    }

    /// Whether the token still is good and the account what it was: else the answers to it were
    /// nothing but refusals.
    pub async fn is_who_they_were(&self, gateway: &Api) -> anyhow::Result<bool> {
        match &self.token {
            None => Ok(true),
            Some(token) => Ok(account(&gateway.with_token(token)).await?["roles"] == self.roles),
        }
    }
}
