//! Where mails arrive: our own sink, or maildev (and what speaks like it).

use anyhow::Context;
use serde_json::Value;

use crate::stack::Sink;

/// An inbox that can be read.
pub enum Inbox<'a> {
    /// In this process.
    Sink(&'a Sink),
    /// Base URL of the page.
    Maildev(String, reqwest::Client),
}

impl Inbox<'_> {
    /// The texts of the mails to this address whose subject has these words.
    pub async fn about(&self, words: &str, address: &str) -> anyhow::Result<Vec<String>> {
        match self {
            Self::Sink(sink) => {
                let mails = sink.mails_about(words, address);
                Ok(mails.into_iter().map(|mail| mail.text).collect())
            }
            Self::Maildev(url, http) => {
                let mails: Value = http
                    .get(format!("{url}/email"))
                    .send()
                    .await?
                    .json()
                    .await?;
                let mails = mails.as_array().context("the inbox's mails")?;
                let wanted = mails.iter().filter(|mail| {
                    let subject = mail["subject"].as_str().unwrap_or_default();
                    subject.contains(words) && mail["to"].to_string().contains(address)
                });
                Ok(wanted.map(|mail| mail["text"].to_string()).collect())
            }
        }
    }
}
