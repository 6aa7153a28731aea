//! A mail sink of our own, for machines without Node: SMTP in, JSON out in maildev's shape.
//! Mails are kept in memory.

pub mod choice;
mod http;
mod mime;
mod smtp;

use anyhow::{Context as _, Result};
use clap::Args;
use serde_json::Value;
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// Ports of the sink.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// SMTP, on loopback
    #[arg(long, default_value_t = 1025)]
    pub smtp: u16,
    /// The inbox, on loopback
    #[arg(long, default_value_t = 1080)]
    pub web: u16,
}

/// All mails that came in, oldest first.
#[derive(Debug, Clone, Default)]
pub struct Inbox(Arc<Mutex<Vec<Value>>>);

impl Inbox {
    fn with<T>(&self, use_mails: impl FnOnce(&mut Vec<Value>) -> T) -> T {
        // A thread that panicked elsewhere leaves whole mails behind.
        use_mails(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Listens until the process is ended.
pub fn run(options: &Options) -> Result<()> {
    let [smtp, web] = [options.smtp, options.web]
        .map(|port| TcpListener::bind(("127.0.0.1", port)).with_context(|| format!("port {port}")));
    serve(smtp?, web?)
        .join()
        .expect("the inbox thread does not panic");
    Ok(())
}

/// Serves both listeners, on threads.
pub fn serve(smtp: TcpListener, web: TcpListener) -> thread::JoinHandle<()> {
    let inbox = Inbox::default();
    let for_smtp = inbox.clone();
    thread::spawn(move || accept(&smtp, &for_smtp, smtp::converse));
    thread::spawn(move || accept(&web, &inbox, http::answer))
}

fn accept(
    listener: &TcpListener,
    inbox: &Inbox,
    handle: fn(TcpStream, &Inbox) -> std::io::Result<()>,
) {
    for stream in listener.incoming().flatten() {
        let inbox = inbox.clone();
        // A client that goes away in the middle loses only its own mail.
        thread::spawn(move || handle(stream, &inbox).ok());
    }
}
