//! Looks for a word in everything that a schema stores.

use sqlx::{AssertSqlSafe, MySqlConnection};

/// Where `schema` has `word`, in any letters' case: `Table.column`, once for each row. Every column
/// of text and JSON of every table is read, and those of bytes too.
pub async fn places_of(
    connection: &mut MySqlConnection,
    schema: &str,
    word: &str,
) -> sqlx::Result<Vec<String>> {
    let columns: Vec<(String, String)> = sqlx::query_as(
        "SELECT table_name, column_name FROM information_schema.columns
         WHERE table_schema = ? AND (character_maximum_length IS NOT NULL OR data_type = 'json')
         ORDER BY table_name, ordinal_position",
    )
    .bind(schema)
    .fetch_all(&mut *connection)
    .await?;
    let mut places = vec![];
    for (table, column) in columns {
        let sql = format!(
            "SELECT COUNT(*) FROM `{schema}`.`{table}`
             WHERE LOCATE(LOWER(?), LOWER(CONVERT(`{column}` USING utf8mb4))) > 0"
        );
        let found: i64 = sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(word)
            .fetch_one(&mut *connection)
            .await?;
        for _ in 0..found {
            places.push(format!("{table}.{column}"));
        }
    }
    Ok(places)
}
