//! Whether the servers that the environment names answer.

use super::{Fault, PATIENCE};
use crate::process::step;
use crate::stack::Stack;
use anyhow::{Context as _, Result, bail, ensure};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::channel;
use std::thread;

/// One fault for each given server that cannot be used, without its password.
pub fn unreachable(stack: &Stack) -> Vec<Fault> {
    let fault = |variable: &str, address: String, error: anyhow::Error| {
        Fault::new(
            format!("{variable}: {address} cannot be used: {error:#}"),
            format!("start that server or correct {variable}; without it `up` starts its own"),
        )
    };
    thread::scope(|scope| {
        let mysql = scope.spawn(|| {
            let asked = (stack.mysql_is_given).then(|| ask_mysql(stack))?;
            let address = stack.mysql.public_url();
            Some(fault("AIRSIDE_MYSQL_URL", address, asked.err()?))
        });
        let redis = scope.spawn(|| {
            let url = stack.redis_is_given.then(|| stack.redis_url.clone())?;
            let asked = within_patience(move || ask_redis(&url));
            let address = crate::stack::public_redis_url(&stack.redis_url);
            Some(fault("AIRSIDE_REDIS_URL", address, asked.err()?))
        });
        let join = |thread: thread::ScopedJoinHandle<'_, _>| thread.join().expect("no panic");
        join(mysql).into_iter().chain(join(redis)).collect()
    })
}

/// Logs in, where the client is there already; else it is enough that somebody listens.
fn ask_mysql(stack: &Stack) -> Result<()> {
    if let Ok(mut client) = stack.mysql.client() {
        let answer = step::output_within(client.args(["--execute", "SELECT 1"]), PATIENCE)?;
        return answer.map(drop).with_context(nothing_heard);
    }
    if let Some(socket) = stack.mysql.socket() {
        UnixStream::connect(socket).with_context(|| socket.display().to_string())?;
        return Ok(());
    }
    let (host, port) = stack.mysql.host_and_port();
    let host = host.to_owned();
    within_patience(move || connect(&host, port).map(drop))
}

/// Logs in and pings; behind TLS it is enough that somebody listens.
fn ask_redis(url: &str) -> Result<()> {
    let (scheme, rest) = url.split_once("://").context("must start with redis://")?;
    let (login, place) = rest.rsplit_once('@').unwrap_or(("", rest));
    let place = place.split(['/', '?']).next().unwrap_or(place);
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().context("the port must be a number")?),
        None => (place, 6379),
    };
    match scheme {
        "redis" => {}
        "rediss" => return connect(host, port).map(drop),
        other => bail!("{other}:// is not known; use redis:// or rediss://"),
    }
    let mut stream = connect(host, port)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let (user, password) = login.split_once(':').unwrap_or((login, ""));
    let mut commands = vec![vec!["PING"]];
    let user = [user].into_iter().filter(|user| !user.is_empty());
    if !password.is_empty() {
        let login = ["AUTH"].into_iter().chain(user).chain([password]);
        commands.insert(0, login.collect());
    }
    let mut replies = BufReader::new(stream.try_clone()?);
    for command in commands {
        stream.write_all(request(&command).as_bytes())?;
        let mut reply = String::new();
        replies.read_line(&mut reply).context("no answer")?;
        // A password with escapes in the URL is for the services to decode.
        let is_refused = reply.starts_with('-') && !login.contains('%');
        ensure!(!is_refused, "{}", reply.trim_start_matches('-').trim());
        ensure!(!reply.is_empty(), "it closes the connection");
    }
    Ok(())
}

/// In the protocol's own form, so that a password may hold blanks.
fn request(words: &[&str]) -> String {
    let bulk = |word: &&str| format!("${}\r\n{word}\r\n", word.len());
    format!("*{}\r\n", words.len()) + &words.iter().map(bulk).collect::<String>()
}

fn connect(host: &str, port: u16) -> Result<TcpStream> {
    Ok(TcpStream::connect((host.trim_matches(['[', ']']), port))?)
}

/// Looking up a name and connecting take their time: a thread does it, and may be late.
fn within_patience(work: impl FnOnce() -> Result<()> + Send + 'static) -> Result<()> {
    let (sender, done) = channel();
    // Nobody waits for one that is late.
    thread::spawn(move || sender.send(work()).ok());
    done.recv_timeout(PATIENCE).with_context(nothing_heard)?
}

fn nothing_heard() -> String {
    format!("no answer within {} s", PATIENCE.as_secs_f32())
}
