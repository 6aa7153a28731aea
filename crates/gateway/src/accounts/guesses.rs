//! Guesses at passwords. A wrong one counts against the account as it is tried from that network,
//! and against the account as a whole, from wherever; a right one counts nowhere. The account's own
//! limit does not bind networks that it has signed in from. So no network can guess for long, nor
//! many of them together, and neither keeps out somebody who comes from where they always do.

use std::net::IpAddr;

use service_kit::http::problem::Problem;

use super::{Email, sessions};
use crate::{
    AppState,
    error::Error,
    limits::{self, Policy, Refusal, Taken},
};

/// A guess that was let through, to be counted or not.
pub struct Guess(Option<Taken>);

impl Guess {
    /// Lets a guess through, before anything is hashed. It counts until it is known to be right, so
    /// that many at once are no more than one after the other.
    pub async fn begin(app: &AppState, email: &Email, address: IpAddr) -> Result<Self, Problem> {
        let Some(limits) = &app.limits else {
            return Ok(Self(None));
        };
        let blinding = limits.blinding();
        let from_here = blinding.account_and_network(email.as_str(), address);
        let from_here = (Policy::SignInAccountNetwork, from_here);
        let from_anywhere = (Policy::SignInAccount, blinding.account(email.as_str()));
        let taken = match limits.take(&[from_here, from_anywhere]).await {
            Err(refusal) if is_at_home(app, &refusal, email, address).await? => {
                limits.take(&[from_here]).await
            }
            taken => taken,
        };
        Ok(Self(Some(taken?)))
    }

    /// Counts it if the password was wrong, and says in the answer how many are left.
    pub async fn end<T>(self, app: &AppState, outcome: Result<T, Error>) -> Result<T, Problem> {
        let (Some(limits), Some(taken)) = (&app.limits, self.0) else {
            return Ok(outcome?);
        };
        match outcome {
            Err(wrong @ Error::BadCredentials) => Err(limits::told(wrong.into(), &taken.standings)),
            other => {
                limits.give_back(taken).await;
                Ok(other?)
            }
        }
    }
}

async fn is_at_home(
    app: &AppState,
    refusal: &Refusal,
    email: &Email,
    address: IpAddr,
) -> Result<bool, Error> {
    if !refusal.is_by(Policy::SignInAccount) {
        return Ok(false);
    }
    let known = sessions::store::addresses(&app.database, email).await?;
    let known = known.iter().filter_map(|known| known.parse().ok());
    let here = limits::network(address);
    Ok(known.map(limits::network).any(|network| network == here))
}
