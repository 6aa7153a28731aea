//! Paging by opaque cursor: the sort key of the last row, so that pages hold while rows come in.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};

use super::problem::Problem;

/// Items of a page when the client does not say.
pub const DEFAULT_LIMIT: u32 = 20;
/// The most items of a page.
pub const MAX_LIMIT: u32 = 100;

/// Makes a cursor of the sort key of a page's last row.
pub fn cursor(key: &impl Serialize) -> String {
    let json = serde_json::to_vec(key).expect("invariant: a sort key is plain JSON");
    URL_SAFE_NO_PAD.encode(json)
}

/// Reads a cursor back; one that we did not make is 422 naming `cursor`.
pub fn position<T: DeserializeOwned>(cursor: Option<&str>) -> Result<Option<T>, Problem> {
    let Some(cursor) = cursor else {
        return Ok(None);
    };
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
    bytes
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .map(Some)
        .ok_or_else(|| Problem::field("cursor", "cursor", "is not a cursor of this list"))
}

/// Cuts a result of `limit + 1` rows to a page and the cursor of the next one.
pub fn cut<T, K: Serialize>(
    mut rows: Vec<T>,
    limit: u32,
    key: impl Fn(&T) -> K,
) -> (Vec<T>, Option<String>) {
    let limit = limit as usize;
    if rows.len() <= limit {
        return (rows, None);
    }
    rows.truncate(limit);
    let next = rows.last().map(|row| cursor(&key(row)));
    (rows, next)
}
