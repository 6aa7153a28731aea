//! All SQL of erasures.

use contracts::ProblemField;
use service_kit::str_enum;
use sqlx::{MySqlConnection, MySqlPool, types::Json};

use super::Outcome;
use crate::accounts::{
    audit::{self, Action, Actor},
    email_tokens, store as accounts,
};

str_enum! {
    /// Where an erasure stands.
    enum State {
        /// Not decided.
        Asked = "ASKED",
        /// Something stood in the way.
        Blocked = "BLOCKED",
        /// Done.
        Erased = "ERASED",
    }
}

/// The account signs in no more.
pub async fn shut(connection: &mut MySqlConnection, user: i64) -> sqlx::Result<()> {
    sqlx::query("UPDATE `User` SET erasingSince = NOW(6) WHERE id = ? AND erasingSince IS NULL")
        .bind(user)
        .execute(connection)
        .await?;
    Ok(())
}

/// Writes down that somebody asked.
pub async fn insert(
    connection: &mut MySqlConnection,
    erasure: &str,
    user: i64,
) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO Erasures (id, userId) VALUES (?, ?)")
        .bind(erasure)
        .bind(user)
        .execute(connection)
        .await?;
    Ok(())
}

/// The erasure of this account that is under way.
pub async fn asked_by(connection: &mut MySqlConnection, user: i64) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar("SELECT id FROM Erasures WHERE userId = ? AND state = 'ASKED'")
        .bind(user)
        .fetch_optional(connection)
        .await
}

/// What became of an erasure; `None` while it is not decided.
pub async fn outcome(pool: &MySqlPool, erasure: &str) -> sqlx::Result<Option<Outcome>> {
    let (state, reasons): (State, Option<Json<Vec<ProblemField>>>) =
        sqlx::query_as("SELECT state, reasons FROM Erasures WHERE id = ?")
            .bind(erasure)
            .fetch_one(pool)
            .await?;
    Ok(match state {
        State::Asked => None,
        State::Blocked => Some(Outcome::Blocked(
            reasons.map(|json| json.0).unwrap_or_default(),
        )),
        State::Erased => Some(Outcome::Erased),
    })
}

/// Whether mails to the account are in the outbox still.
pub async fn has_mails_to_go(pool: &MySqlPool, user: i64) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM Outbox
                        WHERE userId = ? AND topic = 'email' AND doneAt IS NULL)",
    )
    .bind(user)
    .fetch_one(pool)
    .await
}

/// Opens the account again, if it was not decided otherwise: for what shut it was this erasure.
pub async fn call_off(
    pool: &MySqlPool,
    erasure: &str,
    user: i64,
    reasons: &[ProblemField],
) -> sqlx::Result<()> {
    let mut transaction = pool.begin().await?;
    accounts::lock(&mut transaction, user).await?;
    if !decide(&mut transaction, erasure, State::Blocked, Some(reasons)).await? {
        return Ok(());
    }
    sqlx::query("UPDATE `User` SET erasingSince = NULL WHERE id = ? AND erasedAt IS NULL")
        .bind(user)
        .execute(&mut *transaction)
        .await?;
    let actor = Actor::later(user);
    audit::record(&mut transaction, &actor, Action::ErasureBlocked, user, None).await?;
    transaction.commit().await
}

/// Blanks all that is kept here of the account's owner, once.
pub async fn blank(pool: &MySqlPool, erasure: &str, user: i64) -> sqlx::Result<()> {
    let mut transaction = pool.begin().await?;
    let Some(before) = accounts::find_locked(&mut transaction, user).await? else {
        return Ok(());
    };
    if !decide(&mut transaction, erasure, State::Erased, None).await? {
        return Ok(());
    }
    for statement in [
        // The address is none that could be typed, the hash none that a password has.
        "UPDATE `User` SET email = CONCAT('erased:', id), emailVerifiedAt = NULL, name = '',
                passwordHash = '!', erasedAt = NOW(6) WHERE id = ?",
        // Nobody acts by them any more, and an airline says where somebody works.
        "DELETE FROM `User_Roles` WHERE userId = ?",
        "UPDATE Sessions SET address = '', userAgent = '' WHERE userId = ?",
        "UPDATE Outbox SET payload =
           JSON_SET(payload, '$.to', '', '$.subject', '', '$.params', JSON_OBJECT())
         WHERE userId = ? AND topic = 'email' AND doneAt IS NOT NULL",
    ] {
        sqlx::query(statement)
            .bind(user)
            .execute(&mut *transaction)
            .await?;
    }
    email_tokens::void(&mut transaction, user, None).await?;
    let after = accounts::find(&mut *transaction, user).await?;
    let after = after.ok_or(sqlx::Error::RowNotFound)?;
    let change = Some((audit::state(&before), audit::state(&after)));
    let actor = Actor::later(user);
    audit::record(&mut transaction, &actor, Action::Erased, user, change).await?;
    transaction.commit().await
}

/// ASKED -> `state`; `false` if it was decided before.
async fn decide(
    connection: &mut MySqlConnection,
    erasure: &str,
    state: State,
    reasons: Option<&[ProblemField]>,
) -> sqlx::Result<bool> {
    let sql = "UPDATE Erasures SET state = ?, reasons = ?, decidedAt = NOW(6)
               WHERE id = ? AND state = 'ASKED'";
    let decided = sqlx::query(sql)
        .bind(state)
        .bind(reasons.map(Json))
        .bind(erasure)
        .execute(connection)
        .await?;
    Ok(decided.rows_affected() == 1)
}
