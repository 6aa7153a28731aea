//! From a job to a message. A template is a folder: `subject.hbs`, `text.hbs`, `html.hbs`; what
//! several share lies in `shared/`, as `html` or `text` parts.

use contracts::email::EmailJob;
use handlebars::{Handlebars, no_escape};
use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
};
use rust_embed::RustEmbed;

/// Longer subjects are cut, in characters.
const SUBJECT_LENGTH: usize = 200;

#[derive(RustEmbed)]
#[folder = "templates/"]
#[include = "*.hbs"]
struct Templates;

/// Why a job is no mail and never will be.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// The recipient is no address.
    #[error("bad address: {0}")]
    Address(#[from] lettre::address::AddressError),
    /// There is no such template, or it needs something that the job does not have.
    #[error("template: {0}")]
    Template(#[from] handlebars::RenderError),
    /// The parts make no message.
    #[error("message: {0}")]
    Message(#[from] lettre::error::Error),
}

/// What a template says for one job.
#[derive(Debug)]
pub struct Parts {
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// HTML.
    pub html: String,
}

/// Writes the mails of one sender.
pub struct Composer {
    from: Mailbox,
    html: Handlebars<'static>,
    text: Handlebars<'static>,
}

impl Composer {
    /// Reads the embedded templates.
    pub fn new(from: Mailbox) -> anyhow::Result<Self> {
        let mut html = Handlebars::new();
        let mut text = Handlebars::new();
        text.register_escape_fn(no_escape);
        for registry in [&mut html, &mut text] {
            registry.set_strict_mode(true);
            registry.register_embed_templates_with_extension::<Templates>(".hbs")?;
        }
        Ok(Self { from, html, text })
    }

    /// The domain of the sender's address.
    pub fn domain(&self) -> &str {
        self.from.email.domain()
    }

    /// Whether there is such a template.
    pub fn knows(&self, template: &str) -> bool {
        self.text.has_template(&format!("{template}/subject"))
    }

    /// The job's mail.
    pub fn compose(&self, job: &EmailJob, message_id: &str) -> Result<Message, ComposeError> {
        let recipient: Address = job.to.trim().parse()?;
        let parts = self.render(job)?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, recipient))
            .subject(parts.subject)
            .message_id(Some(message_id.to_owned()))
            .raw_header(generated())
            .raw_header(caused_by(job.cause()))
            .multipart(MultiPart::alternative_plain_html(parts.text, parts.html))?;
        Ok(message)
    }

    /// The parts of the job's mail; the job's own subject wins over the template's.
    pub fn render(&self, job: &EmailJob) -> Result<Parts, ComposeError> {
        let part = |name: &str| format!("{}/{name}", job.template_id);
        let subject = match job.subject.trim() {
            "" => self.text.render(&part("subject"), &job.params)?,
            given => given.to_owned(),
        };
        Ok(Parts {
            subject: one_line(&subject),
            text: self.text.render(&part("text"), &job.params)?,
            html: self.html.render(&part("html"), &job.params)?,
        })
    }
}

/// RFC 3834: nobody's out-of-office reply should answer this.
fn generated() -> HeaderValue {
    let name = HeaderName::new_from_ascii_str("Auto-Submitted");
    HeaderValue::new(name, "auto-generated".to_owned())
}

/// By it the log of the request that caused the mail is found.
fn caused_by(id: String) -> HeaderValue {
    let name = HeaderName::new_from_ascii_str("X-Correlation-Id");
    HeaderValue::new(name, one_line(&id))
}

/// A subject is one line: line breaks and control characters would start headers of their own.
fn one_line(subject: &str) -> String {
    let visible = |letter: char| if letter.is_control() { ' ' } else { letter };
    let letters: String = subject.chars().map(visible).collect();
    let words: Vec<&str> = letters.split_whitespace().collect();
    words.join(" ").chars().take(SUBJECT_LENGTH).collect()
}
