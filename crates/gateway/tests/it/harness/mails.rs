//! Mails that the gateway has written.

use super::Gateway;

impl Gateway {
    /// Templates of the mails to this address, oldest first.
    pub async fn mails_to(&self, address: &str) -> Vec<String> {
        sqlx::query_scalar(
            "SELECT CAST(JSON_VALUE(payload, '$.templateId') AS CHAR) FROM Outbox
             WHERE topic = 'email' AND JSON_VALUE(payload, '$.to') = ? ORDER BY createdAt, id",
        )
        .bind(address)
        .fetch_all(&self.database.admin)
        .await
        .expect("mails")
    }

    /// Tokens of the links of this template that were mailed to this address, oldest first.
    pub async fn tokens_mailed(&self, template: &str, address: &str) -> Vec<String> {
        let links: Vec<String> = sqlx::query_scalar(
            "SELECT CAST(JSON_VALUE(payload, '$.params.link') AS CHAR) FROM Outbox
             WHERE topic = 'email' AND JSON_VALUE(payload, '$.to') = ?
               AND JSON_VALUE(payload, '$.templateId') = ? ORDER BY createdAt, id",
        )
        .bind(address)
        .bind(template)
        .fetch_all(&self.database.admin)
        .await
        .expect("links");
        let token = |link: &String| link.rsplit_once("?token=").expect(link).1.to_owned();
        links.iter().map(token).collect()
    }

    /// The only one of them.
    pub async fn token_mailed(&self, template: &str, address: &str) -> String {
        let mut tokens = self.tokens_mailed(template, address).await;
        assert_eq!(tokens.len(), 1, "{template} to {address}");
        tokens.remove(0)
    }
}
