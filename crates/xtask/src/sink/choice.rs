//! Which mail sink the stack gets: maildev with its pages, or our own.

use crate::console;
use crate::interrupt;
use crate::process::{find_program, guarded, step};
use crate::stack::Stack;
use crate::supervisor::probe::Probe;
use crate::supervisor::spec::{PartSpec, Tier};
use crate::supervisor::state::SinkFacts;
use anyhow::{Context as _, Result};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

const INSTALLED: [&str; 3] = [".npmrc", "package.json", "package-lock.json"];

/// The part to supervise: maildev where Node is there and npm can install it.
pub fn part(stack: &Stack, node: bool) -> Result<PartSpec> {
    let maildev = if node {
        install(stack)
    } else {
        Err(anyhow::anyhow!("there is no Node"))
    };
    let (program, args) = match maildev {
        Ok(script) => (
            find_program("node").unwrap_or_else(|| "node".into()),
            maildev_arguments(stack, script),
        ),
        Err(reason) => {
            interrupt::check()?;
            console::shout(&format!(
                "  no maildev ({reason:#}): mails go to a plain sink, kept in memory only"
            ));
            (
                PathBuf::from(format!("/proc/{}/exe", std::process::id())),
                own_arguments(stack),
            )
        }
    };
    Ok(PartSpec {
        name: "mail".to_owned(),
        url: facts(stack).inbox,
        program,
        args,
        env: Vec::new(),
        folder: stack.layout.data.clone(),
        log: stack.layout.logs().join("mail.out"),
        probe: Probe::Http {
            port: stack.inbox_port(),
            path: "/healthz",
        },
        tier: Tier::MailSink,
        grace: Duration::from_secs(5),
    })
}

/// Its addresses.
pub fn facts(stack: &Stack) -> SinkFacts {
    let web = format!("http://127.0.0.1:{}", stack.inbox_port());
    SinkFacts {
        inbox: format!("{web}/"),
        api: format!("{web}/email"),
        smtp: format!("smtp://127.0.0.1:{}", stack.smtp_port()),
    }
}

/// Mails lie in a folder, so that they survive a restart of the sink.
fn maildev_arguments(stack: &Stack, script: PathBuf) -> Vec<OsString> {
    let (smtp, web) = (
        stack.smtp_port().to_string(),
        stack.inbox_port().to_string(),
    );
    let mut arguments: Vec<OsString> = vec![script.into()];
    arguments.extend(
        [
            "--ip",
            "127.0.0.1",
            "--smtp",
            &smtp,
            "--web",
            &web,
            "--silent",
        ]
        .map(Into::into),
    );
    arguments.extend([
        "--mail-directory".into(),
        stack.layout.data.join("mail").into(),
    ]);
    arguments
}

fn own_arguments(stack: &Stack) -> Vec<OsString> {
    let (smtp, web) = (
        stack.smtp_port().to_string(),
        stack.inbox_port().to_string(),
    );
    ["sink", "--smtp", &smtp, "--web", &web]
        .map(OsString::from)
        .into()
}

/// Installs maildev under `.data/tools` as tools/maildev/package-lock.json says; gives its script.
fn install(stack: &Stack) -> Result<PathBuf> {
    let source = stack.layout.root.join("tools/maildev");
    let target = stack.layout.data.join("tools/maildev");
    let script = target.join("node_modules/maildev/bin/maildev");
    // npm writes this file last: with it the installation is whole.
    let whole = target.join("node_modules/.package-lock.json").is_file();
    if whole && same_lock(&source, &target) {
        return Ok(script);
    }
    fs::create_dir_all(&target)?;
    let mut command = guarded("npm");
    command
        .args(["ci", "--no-audit", "--no-fund", "--omit=dev"])
        .current_dir(&target);
    // The lock file is copied last: only then is the installation whole.
    for file in INSTALLED {
        fs::copy(source.join(file), target.join(file))
            .with_context(|| format!("tools/maildev/{file}"))?;
    }
    let log = stack.layout.logs().join("npm-maildev.log");
    step::run_logged("installing the mail inbox (npm)", &mut command, &log)?;
    Ok(script)
}

fn same_lock(source: &Path, target: &Path) -> bool {
    let read = |folder: &Path| fs::read(folder.join("package-lock.json")).ok();
    read(source).is_some() && read(source) == read(target)
}
